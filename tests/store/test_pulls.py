from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from bot.review.capacity import Capacity
from bot.review.people import Person
from bot.review.values import AskedFor, PublishedDecision
from bot.store import BEFORE_ANY, Entry, Explained, PrivateName, PullKey, PullRecord, Store

KEY = PullKey(7_000_000_001, 12)
RECORD = PullRecord(KEY, "acme/orders", "main", "a" * 40, "held", "d1", {"comment": {"id": 5}, "asked": ["ann"]})
ENTRY = Entry("decision", "acme/orders#12", {"verdict": "held"})


def decision(digest: str, at: datetime) -> PublishedDecision:
    asked = AskedFor("orders-api", "0123456789", Capacity("consumer", "checkout-web"), "GET /orders 200:$.id")
    requirements = {"0123456789": ("f" * 64, "e" * 64)}
    return PublishedDecision(digest, at, "a" * 40, requirements, ("f" * 64,), {"f" * 64: asked}, ("comment:1:x",))


async def test_an_unknown_pull_request_has_no_record(store: Store) -> None:
    assert await store.pull_request(KEY) is None
    assert await store.publications(KEY) == ()


async def test_a_publication_is_remembered_as_people_saw_it(store: Store, now: datetime) -> None:
    assert await store.record_publication(RECORD, decision("d1", now), [ENTRY], now)
    assert await store.pull_request(KEY) == RECORD
    assert await store.publications(KEY) == (decision("d1", now),)
    assert [row.kind for row in await store.ledger("acme/orders#12")] == ["decision"]


async def test_the_same_decision_published_again_keeps_the_moment_it_was_first_shown(
    store: Store, now: datetime
) -> None:
    later = now + timedelta(hours=1)
    await store.record_publication(RECORD, decision("d1", now), [ENTRY], now)
    moved = replace(RECORD, head_sha="b" * 40, repository="acme/orders-renamed")
    assert not await store.record_publication(moved, decision("d1", later), [ENTRY], later)
    assert [shown.published_at for shown in await store.publications(KEY)] == [now]
    assert await store.pull_request(KEY) == moved
    assert len(await store.ledger()) == 1


async def test_a_decision_that_comes_back_is_shown_anew(store: Store, now: datetime) -> None:
    moments = [now + timedelta(minutes=minute) for minute in range(3)]
    for digest, at in zip(("d1", "d2", "d1"), moments, strict=True):
        await store.record_publication(RECORD, decision(digest, at), [ENTRY], at)
    assert [(shown.digest, shown.published_at) for shown in await store.publications(KEY)] == [
        ("d1", moments[0]),
        ("d2", moments[1]),
        ("d1", moments[2]),
    ]


async def test_what_is_restored_comes_back_as_a_whole_or_not_at_all(store: Store, now: datetime) -> None:
    found = [decision("r1", now), decision("r2", now + timedelta(minutes=1))]
    broken = Entry("restored", "acme/orders#12", {"digest": object()})
    with pytest.raises(TypeError):
        await store.restore(RECORD, found, [ENTRY, broken], now)
    assert await store.pull_request(KEY) is None
    assert await store.publications(KEY) == ()
    assert await store.ledger() == ()
    await store.restore(RECORD, found, [ENTRY, ENTRY], now)
    assert await store.publications(KEY) == tuple(found)
    assert len(await store.ledger()) == 2


async def test_what_nobody_could_see_is_in_the_ledger_once_all_the_same(store: Store, now: datetime) -> None:
    await store.record_publication(RECORD, None, [ENTRY], now)
    await store.record_publication(RECORD, None, [ENTRY], now)
    assert await store.record_publication(RECORD, decision("d1", now), [ENTRY], now)
    assert len(await store.ledger()) == 1


async def test_an_end_is_written_down_once_and_again_after_it_was_opened_again(store: Store, now: datetime) -> None:
    closed, end = replace(RECORD, head_sha="", decision_digest=""), Entry("closed", "acme/orders#12", {})
    await store.record_publication(RECORD, decision("d1", now), [ENTRY], now)
    for _ in range(2):
        await store.record_end(closed, decision("closed", now), end, now)
    await store.record_publication(RECORD, decision("d1", now), [ENTRY], now)
    await store.record_end(closed, None, end, now)
    assert [row.kind for row in await store.ledger()] == ["decision", "closed", "decision", "closed"]


async def test_a_record_without_a_decision_is_kept_too(store: Store, now: datetime) -> None:
    plain = PullRecord(KEY, "acme/orders")
    assert not await store.record_publication(plain, None, [ENTRY], now)
    assert await store.pull_request(KEY) == plain
    assert await store.ledger() == ()


async def test_pull_requests_of_one_number_in_two_repositories_are_apart(store: Store, now: datetime) -> None:
    other = PullKey(2, KEY.number)
    await store.record_publication(RECORD, decision("d1", now), [], now)
    await store.record_push(KEY, "a" * 40, Person(1, "ann"), now)
    assert await store.pull_request(other) is None
    assert await store.publications(other) == ()
    assert await store.pushers(other) == {}


async def test_everybody_who_pushed_a_head_is_its_pusher_first_to_last(store: Store, now: datetime) -> None:
    ann, bob, bot = Person(1, "ann"), Person(2, "bob"), Person(3, "renovate[bot]", is_bot=True)
    await store.record_push(KEY, "a" * 40, ann, now)
    await store.record_push(KEY, "b" * 40, bot, now + timedelta(seconds=1))
    await store.record_push(KEY, "a" * 40, bob, now + timedelta(seconds=2))
    await store.record_push(KEY, "a" * 40, ann, now + timedelta(seconds=3))
    assert await store.pushers(KEY) == {"a" * 40: (ann, bob), "b" * 40: (bot,)}


async def test_other_pull_requests_with_the_same_head_are_found_with_their_verdicts(
    store: Store, now: datetime
) -> None:
    twin = replace(RECORD, key=PullKey(KEY.repository_id, 13), base_ref="next", verdict="reported")
    elsewhere = replace(RECORD, key=PullKey(7, 13))
    moved = replace(RECORD, key=PullKey(KEY.repository_id, 14), head_sha="b" * 40)
    for record in (RECORD, twin, elsewhere, moved):
        await store.record_publication(record, None, [], now)
    assert await store.with_head(KEY, "a" * 40) == {13: "reported"}
    assert await store.with_head(twin.key, "a" * 40) == {12: "held"}
    assert await store.with_head(KEY, "") == {}


async def test_an_explanation_stands_in_place_of_the_one_before_and_who_was_private_stays_unnamed(
    store: Store, now: datetime
) -> None:
    assert await store.explanation(KEY) is None
    first = Explained({"n": 1 << 70}, (PrivateName("x", "private consumer 1", "acme/x"),))
    second = Explained({"n": 2}, (PrivateName("y", "a private consumer", "acme/y"),))
    await store.record_publication(RECORD, None, [], now, first)
    assert await store.explanation(KEY) == first
    await store.record_publication(RECORD, None, [], now, second)
    await store.record_publication(RECORD, None, [], now)
    kept = await store.explanation(KEY)
    assert kept == Explained({"n": 2}, (*second.private, PrivateName("x", "", "acme/x")))
    assert await store.explanation(PullKey(2, KEY.number)) is None


async def test_open_pull_requests_are_found_by_what_their_explanation_says(store: Store, now: datetime) -> None:
    cut: dict[str, Any] = {"left_out": {"commands": 3}}
    whole: dict[str, Any] = {"left_out": {}}
    signed = {**whole, "by": {"id": 5, "login": "ann"}, "team": "@Acme/API"}
    other = {**whole, "by": {"id": 55, "login": "bob"}, "team": "@acme_/api"}
    said = {1: ("acme/orders", signed), 2: ("acme/orders", other), 3: ("acme/web", cut), 4: ("acme_web/web", signed)}
    for number, (repository, plain) in said.items():
        record = replace(RECORD, key=PullKey(7, number), repository=repository)
        await store.record_publication(record, None, [], now, Explained(plain))
    closed = replace(RECORD, key=PullKey(7, 5), head_sha="")
    await store.record_publication(closed, None, [], now, Explained(signed))

    async def found(account: str, *texts: str) -> list[int]:
        return [one.number for one in await store.explained_with(account, texts)]

    assert await found("acme", '"id":5,"login":') == [1, 3]
    assert await found("ACME", '"@acme/api"') == [1, 3]
    assert await found("acme", '"nobody"') == await found("acme") == [3]
    assert await found("acme_web", '"id":5,') == [4]
    assert await found("acme%") == []


async def test_who_pushed_before_there_was_a_pull_request_is_forgotten_after_the_time_for_one(
    store: Store, now: datetime
) -> None:
    branch, ann = PullKey(KEY.repository_id, BEFORE_ANY), Person(1, "ann")
    for key in (branch, KEY):
        await store.record_push(key, "a" * 40, ann, now)
        await store.record_push(key, "b" * 40, ann, now + timedelta(days=2))
    assert await store.forget_branch_pushes(now + timedelta(days=1)) == 1
    assert await store.pushers(branch) == {"b" * 40: (ann,)}
    assert set(await store.pushers(KEY)) == {"a" * 40, "b" * 40}, "those of pull requests stay"
