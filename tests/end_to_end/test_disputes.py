"""Disputes from the objection to the ruling, on GitHub and in the ledger."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.github_standin import PullRequest
from tests.shop.world import SPEC, Shop, spec, with_phone, without_email

DAY = 86_400.0
BROKEN = {SPEC: without_email(spec())}


async def _disputed(shop: Shop) -> PullRequest:
    pull = await shop.propose("no-email", BROKEN, shop.olga)
    await shop.say(pull, shop.dana, "/approve-breaking")
    await shop.say(pull, shop.chris, "/object -- we print it on every invoice")
    assert not shop.may_merge(pull)
    return pull


def _in_days(shop: Shop, days: int) -> str:
    return (shop.github.clock.now() + timedelta(days=days)).date().isoformat()


async def _steps(shop: Shop) -> list[tuple[str, str | None, str, str, str | None]]:
    """Every transition in the ledger: capacity, from, to, cause, who."""
    rows = [row.body for row in await shop.bot.services.store.ledger() if row.kind == "transition"]
    return [(r["capacity"], r["from"], r["to"], r["cause"], (r["actor"] or {}).get("login")) for r in rows]


async def test_an_objection_holds_until_a_ruling_and_both_are_written_down(shop: Shop) -> None:
    pull = await shop.propose("no-email", BROKEN, shop.olga)
    await shop.say(pull, shop.dana, "/approve-breaking")
    objection = await shop.say(pull, shop.chris, "/object -- we print it on every invoice")
    await shop.say(pull, shop.dana, "/approve-breaking")
    assert not shop.may_merge(pull)
    objection.delete(shop.chris)
    await shop.bot.settled()
    assert not shop.may_merge(pull), "a deleted objection is kept"
    await shop.say(pull, shop.mallory, "/rule accept -- whatever")
    assert not shop.may_merge(pull)
    await shop.say(pull, shop.dana, "/rule accept -- the invoice has had its own address since May")
    assert shop.may_merge(pull)
    assert [step for step in await _steps(shop) if step[0] != "warehouse"] == [
        ("decision owner", None, "open", "asked", None),
        ("checkout-web", None, "open", "asked", None),
        ("decision owner", "open", "approved", "approve", "dana"),
        ("decision owner", "approved", "objected", "object", "chris"),
        ("checkout-web", "open", "objected", "object", "chris"),
        ("decision owner", "objected", "approved", "accept", "dana"),
        ("checkout-web", "objected", "overruled", "accept", "dana"),
    ]
    rows = [row.body for row in await shop.bot.services.store.ledger() if row.kind == "transition"]
    assert {row["registry_sha"] for row in rows} == {pull.base_sha}


async def test_what_was_rejected_stays_held_until_the_change_is_altered(shop: Shop) -> None:
    pull = await _disputed(shop)
    await shop.say(pull, shop.dana, "/rule reject -- they need it until the autumn")
    await shop.say(pull, shop.chris, "/approve-breaking")
    await shop.say(pull, shop.olga, "/recheck")
    assert ("decision owner", "objected", "rejected", "reject", "dana") in await _steps(shop)
    pull_is_held = not shop.may_merge(pull)
    await shop.push(pull, {SPEC: with_phone(spec())}, shop.olga, "Add instead of removing")
    assert (pull_is_held, shop.may_merge(pull)) == (True, True)


async def test_what_is_honoured_until_a_day_goes_by_itself_when_that_day_is_over(shop: Shop) -> None:
    pull = await _disputed(shop)
    await shop.say(pull, shop.dana, f"/rule honour-until {_in_days(shop, 10)} -- they move their invoices until then")
    assert not shop.may_merge(pull)
    assert ("decision owner", "objected", "honoured", "honour-until", "dana") in await _steps(shop)
    assert f'sunset: "{_in_days(shop, 10)}"' in shop.replies(pull)[-1], "the lines for the registry"
    await shop.bot.later(8 * DAY)
    assert not shop.may_merge(pull)
    await shop.bot.later(4 * DAY)
    assert shop.may_merge(pull), "nobody had to say anything"


async def test_who_takes_the_objection_back_by_signing_ends_the_dispute(shop: Shop) -> None:
    pull = await _disputed(shop)
    await shop.say(pull, shop.chris, "/approve-breaking -- we have found another way")
    assert shop.may_merge(pull)


@pytest.mark.parametrize("ruling", ["accept", "reject"])
async def test_an_objection_after_the_ruling_opens_the_dispute_again(shop: Shop, ruling: str) -> None:
    pull = await _disputed(shop)
    await shop.say(pull, shop.dana, f"/rule {ruling} -- so be it")
    await shop.say(pull, shop.chris, "/object -- and the tax office wants it, too")
    assert not shop.may_merge(pull)
    await shop.say(pull, shop.dana, "/approve-breaking")
    assert not shop.may_merge(pull), "an objection is answered by a ruling only"
    await shop.say(pull, shop.devi, "/rule accept -- the tax office has another copy")
    assert shop.may_merge(pull)


async def test_whoever_made_the_change_may_object_and_not_rule(shop: Shop) -> None:
    pull = await shop.propose("no-email", BROKEN, shop.olga)
    await shop.say(pull, shop.olga, "/object -- I was wrong about this")
    for person in (shop.dana, shop.chris):
        await shop.say(pull, person, "/approve-breaking")
    assert not shop.may_merge(pull)
    await shop.say(pull, shop.olga, "/rule accept -- no, I was right")
    assert not shop.may_merge(pull)
    await shop.say(pull, shop.olga, "/revoke")
    assert not shop.may_merge(pull), "what was written during the dispute did not decide"
    await shop.say(pull, shop.devi, "/approve-breaking")
    assert shop.may_merge(pull)


async def test_a_dispute_outlives_the_database(shop: Shop) -> None:
    pull = await _disputed(shop)
    pull.comments[:] = [c for c in pull.comments if c.author is not shop.chris]
    await shop.restart(forget=True)
    await shop.say(pull, shop.dana, "/approve-breaking")
    assert not shop.may_merge(pull)
    await shop.say(pull, shop.dana, "/rule accept -- settled by phone")
    assert shop.may_merge(pull)


async def test_an_objection_is_quoted_as_it_was_written_above_the_verdict(shop: Shop) -> None:
    pull = await shop.propose("no-email", BROKEN, shop.olga)
    await shop.say(pull, shop.chris, "/object -- we print it on *every* invoice\n\nand the tax office wants it\n")
    shown = shop.comment(pull)
    assert shown.index("and the tax office wants it") < shown.index("**Held**")


async def test_who_objected_and_was_overruled_is_never_shown_as_having_signed(shop: Shop) -> None:
    pull = await _disputed(shop)
    await shop.say(pull, shop.dana, "/rule accept -- the invoice has its own address")
    assert shop.may_merge(pull)
    shown = shop.comment(pull)
    assert "overruled" in shown
    assert "the invoice has its own address" in shown
    assert "Everybody it concerns has signed" not in shown
