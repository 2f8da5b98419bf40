"""What the comment and the check say in each state, on the pull request itself."""

from __future__ import annotations

from html import unescape

from tests.end_to_end.test_three_repositories import CHECKOUT, neighbour, neighbours, without_the_email
from tests.github_standin import PullRequest
from tests.shop.world import REGISTRY, SPEC, Shop, registry, spec

DAY = 86_400.0


def plain(shop: Shop, pull: PullRequest) -> str:
    return unescape(shop.comment(pull)).replace("\u200b", "")


def title(shop: Shop, pull: PullRequest) -> str:
    return shop.checks(pull)[-1].title or ""


async def test_an_objection_stands_above_the_verdict_and_stays_there_once_overruled(shop: Shop) -> None:
    pull = await without_the_email(shop)
    await shop.say(pull, shop.chris, "/object -- we print it on every invoice")
    whole = plain(shop, pull)
    assert whole.startswith("### ✋ checkout-web objects\n")
    assert whole.index("> we print it on every invoice") < whole.index("**Held** until")
    assert title(shop, pull) == "Held: 1 objection, 1 breaking change"
    await shop.say(pull, shop.dana, "/rule accept -- the invoice has had its own address since May")
    whole = plain(shop, pull)
    assert whole.startswith("### ⚖️ checkout-web objected and was overruled\n")
    assert "> we print it on every invoice" in whole
    assert "not everybody has signed: **checkout-web** was **overruled**" in whole
    assert title(shop, pull) == "Released: 1 breaking change, 1 signature, 1 overruled"


async def test_the_first_comment_says_until_when_and_a_ruling_has_a_time_of_its_own(shop: Shop) -> None:
    await shop.on_main({REGISTRY: registry() + "calendar: {time_zone: Europe/Berlin}\n"})
    pull = await without_the_email(shop)
    assert "**checkout-web**: time to answer until" in plain(shop, pull)
    assert "(Europe/Berlin), reminder on" in plain(shop, pull)
    shop.github.clock.advance(2 * DAY)
    await shop.say(pull, shop.chris, "/object -- we print it on every invoice")
    told = plain(shop, pull)
    await shop.say(pull, shop.chris, "/recheck")
    assert told.partition("expected by")[2][:30] == plain(shop, pull).partition("expected by")[2][:30]


async def test_a_waiver_links_to_its_follow_up_issue(shop: Shop) -> None:
    pull = await without_the_email(shop)
    until = shop.github.clock.now().date().replace(year=shop.github.clock.now().year + 1).isoformat()
    await shop.say(pull, shop.dana, f"/waive checkout-web reason:policy_exception until:{until} -- they follow")
    (issue,) = [one for one in shop.orders.issues.values() if not isinstance(one, PullRequest)]
    assert f"until {until} · [follow-up issue]({shop.github.url}/acme/orders/issues/{issue.number})" in plain(
        shop, pull
    )
    assert f"waived until {until}" in plain(shop, pull)


async def test_whoever_left_a_file_unreadable_is_told_to_repair_it_before_anybody_is_waited_for(shop: Shop) -> None:
    repair = "Once what can't be read is repaired, this is judged anew, and may need nobody."
    broken = registry().replace("    type: openapi\n", "    type: opneapi\n")
    for branch, file, text in (("registry", REGISTRY, broken), ("contract", SPEC, spec() + "\n  bad: [")):
        pull = await shop.propose(branch, {file: text}, shop.olga)
        whole = plain(shop, pull)
        assert repair in whole
        assert "`**`" not in whole
        assert all(not annotation["message"].startswith("**") for annotation in shop.checks(pull)[-1].annotations)


async def test_a_broken_half_is_a_quiet_line_and_a_private_one_is_not_named(shop: Shop) -> None:
    checkout, _ = await neighbours(shop)
    secret = await neighbour(shop, "stealth", {REGISTRY: CHECKOUT.replace("checkout-web", "stealth")}, private=True)
    for consumer in (checkout, secret):
        consumer.commit("main", {REGISTRY: CHECKOUT.replace("consumes:", "konsumes:")}, author=shop.ada)
    await shop.bot.settled()
    whole = plain(shop, await without_the_email(shop))
    assert "🔇 `acme/checkout-web` can't be read in full. .github/contracts.yml:4: `konsumes`" in whole
    assert "What it last said goes on counting." in whole
    assert "The registry of a private consumer can't be read." in whole
    assert "stealth" not in whole


async def test_the_organisations_floors_are_shown_where_they_raise_something(shop: Shop) -> None:
    floors = "apiVersion: contracts.review/v1\nkind: ContractRegistry\nfloors: {quorum: 2}\n"
    await neighbour(shop, ".github", {"contracts.yml": floors})
    pull = await without_the_email(shop)
    assert "`signoff.quorum` of `orders-api` counts as 2, not 1: the organisation's floor." in plain(shop, pull)


async def test_what_is_only_observed_says_what_it_would_have_done(shop: Shop) -> None:
    observing = registry().replace("    lifecycle: production\n", "    enforcement: observe\n")
    await shop.on_main({REGISTRY: observing})
    pull = await without_the_email(shop)
    assert shop.may_merge(pull)
    assert plain(shop, pull).startswith("### 👁️ Would have been held: 1 breaking change to `orders-api`\n")
    assert title(shop, pull) == "Would have been held: 1 breaking change, 2 signatures missing (observed only)"
    assert not pull.requested_teams


async def test_the_comment_is_not_written_again_while_nothing_happens(shop: Shop) -> None:
    pull = await without_the_email(shop)
    await shop.say(pull, shop.chris, "/object -- we print it on every invoice")
    mark = shop.github.mark()
    await shop.bot.later(60)
    pull.comment(shop.mallory, "I am curious how this ends.")
    await shop.bot.settled()
    writes = [r for r in shop.github.requests_since(mark) if r.method in ("PATCH", "POST") and "graphql" not in r.path]
    assert writes == []
