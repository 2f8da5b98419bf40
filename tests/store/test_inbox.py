from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from pathlib import Path

from bot.store import Backoff, Store


async def test_a_repeated_delivery_is_not_taken_twice(store: Store, now: datetime) -> None:
    assert await store.accept("d1", "push", ["pr:1"], {"action": "opened"}, now)
    assert not await store.accept("d1", "push", ["pr:1", "pr:2"], {}, now)
    assert [d.delivery for d in await store.pending("pr:1")] == ["d1"]
    assert await store.pending("pr:2") == ()


async def test_a_done_delivery_repeated_stays_done(store: Store, now: datetime) -> None:
    await store.accept("d1", "push", ["pr:1"], {}, now)
    await store.done("pr:1", [row.id for row in await store.pending("pr:1")])
    assert not await store.accept("d1", "push", ["pr:1"], {}, now)
    assert await store.pending("pr:1") == ()


async def test_a_lane_reads_its_deliveries_in_order_with_what_was_written_down(store: Store, now: datetime) -> None:
    for i in range(5):
        await store.accept(
            f"d{i}", "issue_comment", ["pr:1"], {"n": i, "text": "/recheck ☃"}, now + timedelta(seconds=i)
        )
    rows = await store.pending("pr:1")
    assert [row.facts["n"] for row in rows] == [0, 1, 2, 3, 4]
    assert rows[4].received_at == now + timedelta(seconds=4)
    assert rows[0].facts["text"] == "/recheck ☃"


async def test_each_lane_of_a_delivery_is_done_by_itself(store: Store, now: datetime) -> None:
    await store.accept("d1", "push", ["pr:1", "base:main"], {}, now)
    await store.done("pr:1", [row.id for row in await store.pending("pr:1")])
    assert await store.lanes_with_pending(now) == ("base:main",)


async def test_what_arrives_during_a_reconcile_is_still_pending_after_it(store: Store, now: datetime) -> None:
    await store.accept("d1", "push", ["pr:1"], {}, now)
    seen = await store.pending("pr:1")
    await store.accept("d2", "push", ["pr:1"], {}, now)
    await store.done("pr:1", [row.id for row in seen])
    assert [row.delivery for row in await store.pending("pr:1")] == ["d2"]


async def test_a_lane_that_waits_is_not_listed_until_its_time(store: Store, now: datetime) -> None:
    await store.accept("d1", "push", ["pr:1"], {}, now)
    later = now + timedelta(minutes=1)
    await store.postpone(Backoff("pr:1", 3, later, False, "GitHub answered 502"))
    assert await store.lanes_with_pending(now) == ()
    assert await store.lanes_with_pending(later) == ("pr:1",)
    assert await store.backoff("pr:1") == Backoff("pr:1", 3, later, False, "GitHub answered 502")


async def test_a_new_event_ends_a_wait_after_a_failure_but_not_a_firm_one(store: Store, now: datetime) -> None:
    for lane, firm in (("pr:1", False), ("pr:2", True)):
        await store.accept(f"first {lane}", "push", [lane], {}, now)
        await store.postpone(Backoff(lane, 3, now + timedelta(minutes=1), firm, ""))
        await store.accept(f"second {lane}", "push", [lane], {}, now)
    assert await store.lanes_with_pending(now) == ("pr:1",)
    backoff = await store.backoff("pr:1")
    assert backoff is not None and backoff.attempts == 3


async def test_success_ends_a_wait(store: Store, now: datetime) -> None:
    await store.accept("d1", "push", ["pr:1"], {}, now)
    await store.postpone(Backoff("pr:1", 1, now, False, ""))
    await store.done("pr:1", [row.id for row in await store.pending("pr:1")])
    assert await store.backoff("pr:1") is None


async def test_the_backlog_counts_lanes_rows_and_age(store: Store, now: datetime) -> None:
    empty = await store.backlog(now)
    assert (empty.lanes, empty.rows, empty.oldest_seconds) == (0, 0, 0.0)
    await store.accept("d1", "push", ["pr:1", "pr:2"], {}, now)
    await store.accept("d2", "push", ["pr:1"], {}, now)
    await store.postpone(Backoff("pr:1", 1, now, False, ""))
    backlog = await store.backlog(now + timedelta(seconds=7))
    assert (backlog.lanes, backlog.rows, backlog.failing, backlog.oldest_seconds) == (2, 3, 1, 7.0)


async def test_old_deliveries_are_forgotten_only_when_done(store: Store, now: datetime) -> None:
    await store.accept("done", "push", ["pr:1"], {}, now)
    await store.done("pr:1", [row.id for row in await store.pending("pr:1")])
    await store.accept("waiting", "push", ["pr:1"], {}, now)
    assert await store.forget_deliveries(now + timedelta(days=1)) == 1
    assert [row.delivery for row in await store.pending("pr:1")] == ["waiting"]


async def test_a_due_timer_becomes_a_delivery_of_its_lane_once(store: Store, now: datetime) -> None:
    await store.set_timer("pr:1", "reminder", now + timedelta(days=1), {"finding": "ab12"})
    await store.set_timer("pr:1", "reminder", now + timedelta(days=2), {"finding": "cd34"})
    await store.set_timer("pr:2", "expiry", now + timedelta(days=9))
    assert await store.ring_timers(now + timedelta(days=1)) == ()
    assert await store.ring_timers(now + timedelta(days=2)) == ("pr:1",)
    assert await store.ring_timers(now + timedelta(days=2)) == ()
    (row,) = await store.pending("pr:1")
    assert (row.event, row.facts) == ("timer", {"finding": "cd34", "kind": "reminder"})


async def test_a_cancelled_timer_never_rings(store: Store, now: datetime) -> None:
    await store.set_timer("pr:1", "reminder", now)
    await store.cancel_timer("pr:1", "reminder")
    assert await store.ring_timers(now) == ()


async def test_a_hundred_simultaneous_deliveries_are_all_there_after_reopening(tmp_path: Path, now: datetime) -> None:
    path = tmp_path / "countersign.db"
    async with await Store.open(path) as store:
        fresh = await asyncio.gather(
            *(store.accept(f"d{i % 60}", "push", [f"pr:{i % 7}"], {"i": i}, now) for i in range(100))
        )
    assert sum(fresh) == 60
    async with await Store.open(path) as store:
        assert (await store.backlog(now)).rows == 60
