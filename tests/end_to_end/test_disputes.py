"""A dispute from the objection to the ruling, on GitHub and in the ledger."""

from __future__ import annotations

from tests.shop.world import SPEC, Shop, spec, without_email


async def test_an_objection_holds_until_a_ruling_and_both_are_written_down(shop: Shop) -> None:
    pull = await shop.propose("no-email", {SPEC: without_email(spec())}, shop.olga)
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
    rows = [row.body for row in await shop.bot.services.store.ledger() if row.kind == "transition"]
    steps = [(r["capacity"], r["from"], r["to"], r["cause"], (r["actor"] or {}).get("login")) for r in rows]
    assert [step for step in steps if step[0] != "warehouse"] == [
        ("decision owner", None, "open", "asked", None),
        ("checkout-web", None, "open", "asked", None),
        ("decision owner", "open", "approved", "approve", "dana"),
        ("decision owner", "approved", "objected", "object", "chris"),
        ("checkout-web", "open", "objected", "object", "chris"),
        ("decision owner", "objected", "approved", "accept", "dana"),
        ("checkout-web", "objected", "overruled", "accept", "dana"),
    ]
    assert {row["registry_sha"] for row in rows} == {pull.base_sha}
