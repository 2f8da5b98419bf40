"""Neither a way around a signature nor a dead end: what time, refusals of GitHub and sheer size may not bring about."""

from __future__ import annotations

from tests.end_to_end.test_three_repositories import ALONE, EMAIL, half, neighbour, without_the_email
from tests.shop.world import REGISTRY, SPEC, Shop, registry, spec, without_email

DAY = 86_400.0
BROKEN = {SPEC: without_email(spec())}
CONSENTS = half(
    "checkout-web", "@acme/checkout", EMAIL, more="    signoff: {respond_within: 3d, on_silence: consent}\n"
)


async def test_nobody_consents_by_silence_while_a_pull_request_is_closed(shop: Shop) -> None:
    await shop.on_main({REGISTRY: ALONE})
    await neighbour(shop, "checkout-web", {REGISTRY: CONSENTS}, "checkout")
    pull = await without_the_email(shop)
    await shop.say(pull, shop.dana, "/approve-breaking")
    pull.close(shop.olga)
    await shop.bot.settled()
    await shop.bot.later(14 * DAY)
    pull.reopen(shop.olga)
    await shop.bot.settled()
    assert not shop.may_merge(pull), "it was closed all that time, so nobody had to answer"
    await shop.bot.later(2 * DAY)
    assert not shop.may_merge(pull)
    await shop.bot.later(7 * DAY)
    assert shop.may_merge(pull)


async def test_what_was_signed_counts_when_a_pull_request_is_opened_again(shop: Shop) -> None:
    pull = await shop.propose("no-email", BROKEN, shop.olga)
    await shop.say(pull, shop.dana, "/approve-breaking")
    pull.close(shop.olga)
    await shop.bot.settled()
    pull.reopen(shop.olga)
    await shop.bot.settled()
    rows = [row for row in await shop.bot.services.store.ledger() if row.kind == "transition"]
    seen = [(row.body["fingerprint"], row.body["from"], row.body["to"]) for row in rows]
    assert len(seen) == len(set(seen)), "the ledger has every step once"
    await shop.say(pull, shop.chris, "/approve-breaking")
    assert shop.may_merge(pull)


async def test_a_waiver_whose_issue_may_not_be_opened_keeps_no_verdict_from_being_shown(shop: Shop) -> None:
    shop.app.permissions["issues"] = "read"
    shop.installation.permissions["issues"] = "read"
    pull = await shop.propose("no-email", BROKEN, shop.olga)
    await shop.say(pull, shop.dana, "/approve-breaking")
    await shop.say(pull, shop.dana, "/waive checkout-web reason:emergency until:2099-01-01 -- the site is down")
    assert shop.may_merge(pull)
    await shop.say(pull, shop.chris, "/object -- our receipts print it")
    assert not shop.may_merge(pull), "an objection holds, whatever became of the issue"


async def test_administrators_may_sign_where_too_few_are_left_for_the_quorum(shop: Shop) -> None:
    two = registry().replace("    guarantees:\n", "    signoff: {quorum: 2}\n    guarantees:\n")
    await shop.on_main({REGISTRY: two})
    shop.teams["api-council"].members.remove(shop.devi)
    shop.teams["orders"].members.remove(shop.oskar)
    pull = await shop.propose("no-email", BROKEN, shop.olga)
    for person in (shop.dana, shop.chris, shop.ada):
        await shop.say(pull, person, "/approve-breaking")
    assert shop.may_merge(pull), shop.comment(pull)


async def test_what_could_not_be_seen_is_held_by_those_whom_other_repositories_and_floors_name(shop: Shop) -> None:
    """More files than GitHub lists, and none of those that it does list is a contract."""
    family = ALONE + (
        "    enforcement: observe\n"
        "consumers:\n"
        '  - id: orders-ui\n    owner: "@acme/orders"\n    uses: [{contract: orders-api}]\n'
    )
    await shop.on_main({REGISTRY: family})
    await neighbour(shop, "checkout-web", {REGISTRY: half("checkout-web", "@acme/checkout", EMAIL)}, "checkout")
    floors = "apiVersion: contracts.review/v1\nkind: ContractRegistry\nfloors: {enforcement: enforce}\n"
    await neighbour(shop, ".github", {REGISTRY: floors})
    pull = await shop.propose("large", {f"a/{n:04}.txt": "x" for n in range(3_001)} | BROKEN, shop.olga)
    assert not shop.may_merge(pull), shop.comment(pull)


async def test_who_committed_what_could_not_be_seen_may_not_sign_it(shop: Shop) -> None:
    shop.orders.commit("large", {f"a/{n:04}.txt": "x" for n in range(3_001)} | BROKEN, author=shop.dana)
    pull = shop.orders.open_pull_request("large", shop.olga, title="Change")
    await shop.bot.settled()
    await shop.say(pull, shop.chris, "/approve-breaking")
    await shop.say(pull, shop.dana, "/approve-breaking")
    assert not shop.may_merge(pull), shop.comment(pull)
    await shop.say(pull, shop.devi, "/approve-breaking")
    assert "devi" in shop.comment(pull)
