"""How a pull request ended is said in the one comment, if what stands there is no longer true, and once."""

from __future__ import annotations

from tests.github_standin import PullRequest
from tests.shop.world import SPEC, Shop, spec, with_phone, without_email

BREAKING = {SPEC: without_email(spec())}


def _writes(shop: Shop, mark: int) -> list[str]:
    """Calls that change something; questions in GraphQL are no such."""
    return [
        f"{one.method} {one.path}"
        for one in shop.github.requests_since(mark)
        if one.method != "GET" and "graphql" not in one.path and "access_tokens" not in one.path
    ]


async def _closed(shop: Shop, pull: PullRequest) -> int:
    mark = shop.github.mark()
    pull.close(shop.olga)
    await shop.bot.settled()
    return mark


async def test_closed_unmerged_it_says_that_nobody_is_asked_any_more(shop: Shop) -> None:
    pull = await shop.propose("no-email", BREAKING, shop.olga)
    before = shop.comment(pull)
    mark = await _closed(shop, pull)
    after = shop.comment(pull)
    assert after.startswith("### 🏁 Closed without merging\n\nNobody is asked any more")
    assert after.endswith(before)
    assert len(_writes(shop, mark)) == 1
    assert shop.verdict(pull) == "failure"


async def test_opened_again_it_asks_again_and_closed_again_it_says_so_again(shop: Shop) -> None:
    pull = await shop.propose("no-email", BREAKING, shop.olga)
    before = shop.comment(pull)
    await _closed(shop, pull)
    pull.reopen(shop.olga)
    await shop.bot.settled()
    assert "🏁" not in shop.comment(pull)
    assert shop.comment(pull).partition("<!-- countersign:v1")[0] == before.partition("<!-- countersign:v1")[0]
    await shop.say(pull, shop.dana, "/approve-breaking")
    await shop.say(pull, shop.chris, "/approve-breaking")
    assert shop.may_merge(pull)


async def test_told_twice_of_the_end_it_writes_once(shop: Shop) -> None:
    pull = await shop.propose("no-email", BREAKING, shop.olga)
    await _closed(shop, pull)
    mark = shop.github.mark()
    await shop.say(pull, shop.dana, "/approve-breaking")
    assert _writes(shop, mark) == []
    assert shop.comment(pull).count("🏁") == 1


async def test_merged_past_the_check_it_names_the_issue(shop: Shop) -> None:
    pull = await shop.propose("no-email", BREAKING, shop.olga)
    pull.merge(shop.ada, bypass=True)
    await shop.bot.settled()
    (issue,) = [one for one in shop.orders.issues.values() if one.title.startswith("Merged without")]
    shown = shop.comment(pull)
    assert shown.startswith("### 🏁 Merged past the check\n\n")
    assert f"/issues/{issue.number})" in shown.partition("---")[0]
    assert shop.verdict(pull) == "failure"


async def test_merged_with_all_signatures_nothing_is_written(shop: Shop) -> None:
    pull = await shop.propose("no-email", BREAKING, shop.olga)
    await shop.say(pull, shop.dana, "/approve-breaking")
    await shop.say(pull, shop.chris, "/approve-breaking")
    before, mark = shop.comment(pull), shop.github.mark()
    pull.merge(shop.olga)
    await shop.bot.settled()
    assert _writes(shop, mark) == []
    assert shop.comment(pull) == before


async def test_closed_with_all_signatures_nothing_is_written(shop: Shop) -> None:
    pull = await shop.propose("no-email", BREAKING, shop.olga)
    await shop.say(pull, shop.dana, "/approve-breaking")
    await shop.say(pull, shop.chris, "/approve-breaking")
    assert _writes(shop, await _closed(shop, pull)) == []


async def test_what_breaks_nothing_or_touches_no_contract_ends_without_a_word(shop: Shop) -> None:
    for branch, files in (("phone", {SPEC: with_phone(spec())}), ("readme", {"README.md": "# All orders\n"})):
        pull = await shop.propose(branch, files, shop.olga)
        assert _writes(shop, await _closed(shop, pull)) == []


async def test_signatures_outlive_the_end_and_a_lost_database(shop: Shop) -> None:
    pull = await shop.propose("no-email", BREAKING, shop.olga)
    await shop.say(pull, shop.dana, "/approve-breaking")
    await _closed(shop, pull)
    await shop.restart(forget=True)
    pull.reopen(shop.olga)
    await shop.bot.settled()
    assert "🏁" not in shop.comment(pull)
    await shop.say(pull, shop.chris, "/approve-breaking")
    assert shop.may_merge(pull)


async def test_a_text_that_somebody_else_changed_is_not_vouched_for(shop: Shop) -> None:
    shop.orders.grant(shop.mallory, "maintain")
    pull = await shop.propose("no-email", BREAKING, shop.olga)
    (ours,) = [one for one in pull.comments if "<!-- countersign:v1" in one.body]
    with shop.losing_webhooks():
        ours.edit(shop.mallory, ours.body.replace("email", "fax"))
    await _closed(shop, pull)
    assert "🏁" not in shop.comment(pull)
