"""The ledger of a pull request: every step, by whom, in which role, by which comment, at which commits."""

from __future__ import annotations

from typing import Any

from bot import __version__
from tests.github_standin import PullRequest
from tests.shop.world import REGISTRY, SPEC, Shop, registry, spec, with_required_currency, without_email

DAY = 86_400.0
BROKEN = {SPEC: without_email(spec())}
EMAIL = "        email:\n          type: string\n          format: email\n"
DEPRECATED = {SPEC: spec().replace(EMAIL, EMAIL + "          deprecated: true\n")}
Step = tuple[str, str | None, str, str, str | None]
"""Capacity, from, to, cause, who."""


async def _rows(shop: Shop, kind: str, pull: PullRequest) -> list[dict[str, Any]]:
    subject = f"acme/orders#{pull.number}"
    rows = [row for row in await shop.bot.services.store.ledger(subject, limit=10_000) if row.kind == kind]
    for row in rows:
        assert row.body["tool_version"] == __version__ and row.body["repository_id"] == shop.orders.id
        assert len(row.body["head_sha"]) == len(row.body["registry_sha"]) == 40
    return [dict(row.body) for row in rows]


async def _steps(shop: Shop, pull: PullRequest) -> list[Step]:
    """Every transition. What a person brought about names them by id, with their comment and what it says."""
    rows = await _rows(shop, "transition", pull)
    for row in rows:
        if row["cause"] not in ("asked", "change", "time", "silence"):
            actor = shop.github.find_user(row["actor"]["login"])
            assert actor is not None and row["actor"]["id"] == actor.id
            assert f"/pull/{pull.number}#issuecomment-" in row["comment"] and row["at"] and row["capacity"]
    return [(r["capacity"], r["from"], r["to"], r["cause"], (r["actor"] or {}).get("login")) for r in rows]


async def _of_consumer(shop: Shop, pull: PullRequest) -> list[Step]:
    return [step for step in await _steps(shop, pull) if step[0] == "checkout-web"]


async def test_signed_taken_back_signed_expired_and_asked_again(shop: Shop) -> None:
    pull = await shop.propose("no-email", BROKEN, shop.olga)
    await shop.say(pull, shop.chris, "/approve-breaking -- we moved")
    await shop.say(pull, shop.chris, "/revoke")
    await shop.say(pull, shop.chris, "/approve-breaking -- we moved, really")
    await shop.bot.later(31 * DAY)
    assert await _of_consumer(shop, pull) == [
        ("checkout-web", None, "open", "asked", None),
        ("checkout-web", "open", "approved", "approve", "chris"),
        ("checkout-web", "approved", "open", "revoke", "chris"),
        ("checkout-web", "open", "approved", "approve", "chris"),
        ("checkout-web", "approved", "expired", "time", "chris"),
        ("checkout-web", "expired", "open", "time", None),
    ]
    notes = [row["note"] for row in await _rows(shop, "transition", pull) if row["cause"] == "approve"]
    assert notes == ["we moved", "we moved, really"]


async def test_objected_ruled_ruled_again_and_honoured_until_a_day(shop: Shop) -> None:
    pull = await shop.propose("no-email", BROKEN, shop.olga)
    await shop.say(pull, shop.chris, "/object -- every invoice prints it")
    await shop.say(pull, shop.dana, "/rule reject -- not before autumn")
    until = (shop.github.clock.now()).date().replace(year=2099).isoformat()
    await shop.say(pull, shop.devi, f"/rule honour-until {until} -- then it goes")
    await shop.say(pull, shop.dana, "/rule accept -- they have moved")
    assert await _of_consumer(shop, pull) == [
        ("checkout-web", None, "open", "asked", None),
        ("checkout-web", "open", "objected", "object", "chris"),
        ("checkout-web", "objected", "rejected", "reject", "dana"),
        ("checkout-web", "rejected", "honoured", "honour-until", "devi"),
        ("checkout-web", "honoured", "overruled", "accept", "dana"),
    ]
    rows = [row for row in await _rows(shop, "transition", pull) if row["capacity"] == "checkout-web"]
    assert [row["note"] for row in rows] == [
        None,
        "every invoice prints it",
        "not before autumn",
        "then it goes",
        "they have moved",
    ]
    assert rows[3]["until"] == until
    decisions = await _rows(shop, "decision", pull)
    assert decisions[-1]["objections"][0]["text"] == "every invoice prints it"
    assert decisions[-1]["rulings"][0]["note"] == "they have moved"


async def test_waived_and_what_is_due_after_it(shop: Shop) -> None:
    pull = await shop.propose("no-email", BROKEN, shop.olga)
    until = (shop.github.clock.now()).date().replace(year=2099).isoformat()
    await shop.say(pull, shop.dana, f"/waive checkout-web reason:emergency until:{until} -- fire")
    assert (await _of_consumer(shop, pull))[-1] == ("checkout-web", "open", "waived", "waive", "dana")
    (row,) = [row for row in await _rows(shop, "transition", pull) if row["to"] == "waived"]
    assert (row["code"], row["note"], row["until"]) == ("emergency", "fire", until)
    (follow_up,) = await _rows(shop, "follow-up", pull)
    assert (follow_up["actor"]["login"], follow_up["until"]) == ("dana", until) and follow_up["issue"]


async def test_changed_again_and_gone(shop: Shop) -> None:
    pull = await shop.propose("email", {SPEC: spec().replace("format: email", "format: uri")}, shop.olga)
    await shop.push(pull, {SPEC: spec().replace("format: email", "format: uuid")}, shop.olga, "Another format")
    await shop.push(pull, {SPEC: spec()}, shop.olga, "Never mind")
    assert [(step[1], step[2], step[3]) for step in await _of_consumer(shop, pull)] == [
        (None, "open", "asked"),
        (None, "open", "asked"),
        ("open", "superseded", "change"),
        ("open", "moot", "change"),
    ]


async def test_reclassified_by_whom_and_against_which_rule(shop: Shop) -> None:
    pull = await shop.propose("no-email", BROKEN, shop.olga)
    (id,) = shop.ids(pull)
    await shop.say(pull, shop.oskar, f"/reclassify {id} compatible -- it was never there")
    await shop.say(pull, shop.dana, f"/reclassify {id} compatible -- true")
    assert (await _of_consumer(shop, pull))[-1] == ("checkout-web", "open", "moot", "reclassify", "dana")
    (one,) = (await _rows(shop, "decision", pull))[-1]["reclassified"]
    assert (one["login"], one["proposed_by"]["login"], one["from"], one["to"]) == (
        "dana",
        "oskar",
        "breaking",
        "compatible",
    )


async def test_what_was_only_to_be_seen_was_seen(shop: Shop) -> None:
    pull = await shop.propose("deprecated", DEPRECATED, shop.olga)
    await shop.say(pull, shop.chris, "/ack")
    assert (await _of_consumer(shop, pull))[-1] == ("checkout-web", "open", "acknowledged", "ack", "chris")


async def test_every_command_with_what_became_of_it_once(shop: Shop) -> None:
    listed = registry().replace(
        "    guarantees:\n",
        "    deprecated:\n"
        '      - {at: "GET /orders query:page", since: "2026-01-01", sunset: "2098-01-01"}\n'
        "    guarantees:\n",
    )
    await shop.on_main({REGISTRY: listed})
    pull = await shop.propose("no-email", BROKEN, shop.olga)
    await shop.say(pull, shop.olga, "/approve-breaking")
    await shop.say(pull, shop.olga, "/extend GET /orders query:page to:2099-01-01")
    comment = await shop.say(pull, shop.chris, "/escalate\n/approve-breaking -- moved")
    await shop.say(pull, shop.oskar, "/recheck")
    await shop.restart()
    await shop.say(pull, shop.oskar, "/recheck")
    comment.edit(shop.chris, "/escalate")
    await shop.bot.settled()
    rows = await _rows(shop, "command", pull)
    assert [(row["actor"]["login"], row["command"], row["counts"]) for row in rows] == [
        ("olga", "/approve-breaking", False),
        ("olga", "/extend GET /orders query:page to:2099-01-01", True),
        ("chris", "/escalate", True),
        ("chris", "/approve-breaking -- moved", True),
        ("oskar", "/recheck", True),
        ("oskar", "/recheck", True),
        ("chris", "/approve-breaking -- moved", False),
    ]
    assert "commit" in rows[0]["reason"] and "edited" in rows[-1]["reason"]
    assert all("#issuecomment-" in row["comment"] and row["at"] for row in rows)
    assert (await _of_consumer(shop, pull))[-1][2] == "open"


async def test_closed_opened_again_and_merged_past_the_check(shop: Shop) -> None:
    pull = await shop.propose("no-email", BROKEN, shop.olga)
    pull.close(shop.oskar)
    await shop.bot.settled()
    pull.reopen(shop.olga)
    await shop.bot.settled()
    pull.merge(shop.ada, bypass=True)
    await shop.bot.settled()
    subject = f"acme/orders#{pull.number}"
    kinds = [row.kind for row in await shop.bot.services.store.ledger(subject) if row.kind != "transition"]
    assert kinds == ["decision", "closed", "decision", "bypass", "bypass-reported", "closed"]
    (past,) = await _rows(shop, "bypass", pull)
    assert (past["actor"]["id"], len(past["missing"])) == (shop.ada.id, 2)
    closed, merged = await _rows(shop, "closed", pull)
    assert (closed["merged"], closed["actor"]["login"]) == (False, "oskar")
    assert (merged["merged"], merged["actor"]["login"], merged["bypass"]) == (True, "ada", True)


async def test_a_signature_is_in_the_ledger_also_when_github_takes_no_comment_of_ours(shop: Shop) -> None:
    pull = await shop.propose("no-email", BROKEN, shop.olga)
    await shop.say(pull, shop.dana, "/approve-breaking")
    pull.comment(shop.chris, "/approve-breaking")
    shop.github.fault("PATCH /repos/acme/orders/issues/comments/*", "403", times=99)
    await shop.bot.settled()
    assert shop.may_merge(pull)
    await shop.say(pull, shop.olga, "/recheck")
    assert [(step[2], step[4]) for step in await _of_consumer(shop, pull)] == [("open", None), ("approved", "chris")]
    assert (await _rows(shop, "decision", pull))[-1]["verdict"] == "released"


async def test_a_second_signature_of_two_names_who_gave_the_first(shop: Shop) -> None:
    quorum = registry().replace("    guarantees:\n", "    signoff: {quorum: 2}\n    guarantees:\n", 1)
    await shop.on_main({REGISTRY: quorum})
    pull = await shop.propose("currency", {SPEC: with_required_currency(spec())}, shop.olga)
    for person in (shop.dana, shop.devi):
        await shop.say(pull, person, f"/approve-breaking -- says {person.login}")
    said = [
        [(one["login"], one["note"]) for one in row["requirements"][0]["signatures"]]
        for row in await _rows(shop, "decision", pull)
    ]
    assert said == [[], [("dana", "says dana")], [("dana", "says dana"), ("devi", "says devi")]]
