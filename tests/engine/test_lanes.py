from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.engine.lanes import LONGEST_WAIT, Handler, LaneRunner, Later, utc_now, wait_after
from bot.store import Delivery, Store


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    async with await Store.open(tmp_path / "countersign.db") as store:
        yield store


@asynccontextmanager
async def running(store: Store, handler: Handler, **options: Any) -> AsyncIterator[LaneRunner]:
    runner = LaneRunner(store, handler, **{"debounce": 0.0, "wait_after": lambda attempts: 0.01, **options})
    task = asyncio.create_task(runner.run())
    await asyncio.sleep(0)
    try:
        yield runner
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def until(condition: Callable[[], bool | Awaitable[bool]]) -> None:
    async with asyncio.timeout(10):
        while True:
            answer = condition()
            if answer if isinstance(answer, bool) else await answer:
                return
            await asyncio.sleep(0.005)


async def nothing_pending(store: Store) -> bool:
    return (await store.backlog(utc_now())).rows == 0


class Recorder:
    """A handler that notes its turns and may be held up or told to fail."""

    def __init__(self) -> None:
        self.turns: list[tuple[str, list[str]]] = []
        self.gate = asyncio.Event()
        self.gate.set()
        self.now_running = 0
        self.most_at_once = 0
        self.failures: list[Exception] = []

    async def __call__(self, lane: str, rows: tuple[Delivery, ...]) -> None:
        self.turns.append((lane, [row.delivery for row in rows]))
        self.now_running += 1
        self.most_at_once = max(self.most_at_once, self.now_running)
        try:
            await self.gate.wait()
            if self.failures:
                raise self.failures.pop(0)
        finally:
            self.now_running -= 1


async def arrive(store: Store, runner: LaneRunner | None, delivery: str, *lanes: str) -> None:
    await store.accept(delivery, "pull_request", lanes, {}, utc_now())
    if runner is not None:
        for lane in lanes:
            runner.wake(lane)


async def test_a_wake_up_has_the_lane_handled_with_its_rows_and_marks_them_done(store: Store) -> None:
    handler = Recorder()
    async with running(store, handler) as runner:
        await arrive(store, runner, "d1", "pr:1")
        await until(lambda: nothing_pending(store))
    assert handler.turns == [("pr:1", ["d1"])]
    assert runner.statistics.reconciles == 1


async def test_what_was_left_behind_is_found_at_start_without_any_wake_up(store: Store) -> None:
    for lane in ("pr:1", "pr:2"):
        await arrive(store, None, f"before {lane}", lane)
    handler = Recorder()
    async with running(store, handler):
        await until(lambda: nothing_pending(store))
    assert sorted(handler.turns) == [("pr:1", ["before pr:1"]), ("pr:2", ["before pr:2"])]


async def test_a_lost_wake_up_is_made_good_by_the_next_sweep(store: Store) -> None:
    handler = Recorder()
    async with running(store, handler, sweep_every=0.05):
        await asyncio.sleep(0.02)
        await arrive(store, None, "lost", "pr:1")
        await until(lambda: nothing_pending(store))
    assert handler.turns == [("pr:1", ["lost"])]


async def test_a_lane_is_never_handled_twice_at_once_and_runs_again_for_what_came_meanwhile(store: Store) -> None:
    handler = Recorder()
    handler.gate.clear()
    async with running(store, handler) as runner:
        await arrive(store, runner, "d1", "pr:1")
        await until(lambda: handler.now_running == 1)
        for n in range(2, 6):
            await arrive(store, runner, f"d{n}", "pr:1")
        await asyncio.sleep(0.03)
        assert handler.turns == [("pr:1", ["d1"])]
        handler.gate.set()
        await until(lambda: nothing_pending(store))
    assert handler.turns == [("pr:1", ["d1"]), ("pr:1", ["d2", "d3", "d4", "d5"])]
    assert handler.most_at_once == 1


async def test_many_lanes_run_side_by_side_but_not_more_than_allowed(store: Store) -> None:
    handler = Recorder()
    handler.gate.clear()
    async with running(store, handler, parallel=4) as runner:
        for n in range(9):
            await arrive(store, runner, f"d{n}", f"pr:{n}")
        await until(lambda: handler.now_running == 4)
        await asyncio.sleep(0.03)
        assert handler.now_running == 4
        handler.gate.set()
        await until(lambda: nothing_pending(store))
    assert handler.most_at_once == 4
    assert sorted(lane for lane, _ in handler.turns) == [f"pr:{n}" for n in range(9)]


async def test_events_that_come_together_are_handled_together(store: Store) -> None:
    handler = Recorder()
    async with running(store, handler, debounce=0.5) as runner:
        for n in range(5):
            await arrive(store, runner, f"d{n}", "pr:1")
        await until(lambda: nothing_pending(store))
    assert handler.turns == [("pr:1", ["d0", "d1", "d2", "d3", "d4"])]


async def test_an_earlier_wake_up_beats_a_later_one(store: Store) -> None:
    handler = Recorder()
    async with running(store, handler) as runner:
        await asyncio.sleep(0.02)
        await store.accept("d1", "pull_request", ["pr:1"], {}, utc_now())
        runner.wake("pr:1", delay=3600)
        runner.wake("pr:1")
        runner.wake("pr:1", delay=3600)
        await until(lambda: nothing_pending(store))
    assert len(handler.turns) == 1


async def test_a_failure_is_logged_keeps_the_rows_and_is_tried_again(
    store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    handler = Recorder()
    handler.failures = [RuntimeError("GitHub answered 502"), RuntimeError("and again")]
    async with running(store, handler) as runner:
        await arrive(store, runner, "d1", "pr:1")
        await until(lambda: nothing_pending(store))
    assert handler.turns == [("pr:1", ["d1"])] * 3
    assert runner.statistics.failures == 2
    assert await store.backoff("pr:1") is None
    errors = [record for record in caplog.records if record.levelno == logging.ERROR]
    assert [getattr(record, "attempts", None) for record in errors] == [1, 2]


async def test_a_failing_lane_says_in_the_store_how_often_and_why(store: Store) -> None:
    handler = Recorder()
    handler.failures = [RuntimeError("GitHub answered 502")] * 3
    async with running(store, handler, wait_after=lambda attempts: 0.01 if attempts < 3 else 60.0) as runner:
        await arrive(store, runner, "d1", "pr:1")
        await until(lambda: runner.statistics.failures == 3)
        await asyncio.sleep(0.05)
        backoff = await store.backoff("pr:1")
    assert backoff is not None
    assert (backoff.attempts, backoff.reason, backoff.firm) == (3, "RuntimeError: GitHub answered 502", False)
    assert not await nothing_pending(store)


async def test_one_failing_lane_holds_up_no_other(store: Store) -> None:
    async def handler(lane: str, rows: tuple[Delivery, ...]) -> None:
        if lane == "pr:bad":
            raise RuntimeError("always")
        done.append(lane)

    done: list[str] = []
    async with running(store, handler, parallel=1) as runner:
        await arrive(store, runner, "d1", "pr:bad")
        for n in range(5):
            await arrive(store, runner, f"good {n}", f"pr:{n}")
        await until(lambda: len(done) == 5)
    assert await store.lanes_with_pending(utc_now() + timedelta(hours=1)) == ("pr:bad",)


async def test_a_new_event_tries_a_failed_lane_at_once(store: Store) -> None:
    handler = Recorder()
    handler.failures = [RuntimeError("once")]
    async with running(store, handler, wait_after=lambda attempts: 3600.0) as runner:
        await arrive(store, runner, "d1", "pr:1")
        await until(lambda: runner.statistics.failures == 1)
        await until(lambda: _waits(store, "pr:1"))
        await arrive(store, runner, "d2", "pr:1")
        await until(lambda: nothing_pending(store))
    assert handler.turns == [("pr:1", ["d1"]), ("pr:1", ["d1", "d2"])]


async def test_a_rate_limited_lane_waits_however_much_arrives(store: Store) -> None:
    handler = Recorder()
    handler.failures = [Later(1.0, "rate limit")]
    async with running(store, handler) as runner:
        await arrive(store, runner, "d1", "pr:1")
        await until(lambda: _waits(store, "pr:1"))
        await arrive(store, runner, "d2", "pr:1")
        await asyncio.sleep(0.05)
        assert len(handler.turns) == 1
        await until(lambda: nothing_pending(store))
    assert handler.turns[1:] == [("pr:1", ["d1", "d2"])]
    assert (runner.statistics.failures, runner.statistics.postponed) == (0, 1)


async def _waits(store: Store, lane: str) -> bool:
    return await store.backoff(lane) is not None


async def test_a_reconcile_that_hangs_counts_as_failed(store: Store) -> None:
    handler = Recorder()
    handler.gate.clear()
    async with running(store, handler, longest=0.05, wait_after=lambda attempts: 60.0) as runner:
        await arrive(store, runner, "d1", "pr:1")
        await until(lambda: runner.statistics.failures == 1)
        await until(lambda: _waits(store, "pr:1"))
    assert not await nothing_pending(store)


async def test_a_shutdown_lets_work_under_way_finish(store: Store) -> None:
    handler = Recorder()
    handler.gate.clear()
    async with running(store, handler) as runner:
        await arrive(store, runner, "d1", "pr:1")
        await until(lambda: handler.now_running == 1)
        asyncio.get_running_loop().call_later(0.05, handler.gate.set)
    assert await nothing_pending(store)


async def test_a_shutdown_that_cannot_wait_leaves_the_rows_for_the_next_start(store: Store) -> None:
    handler = Recorder()
    handler.gate.clear()
    async with running(store, handler, drain=0.05) as runner:
        await arrive(store, runner, "d1", "pr:1")
        await until(lambda: handler.now_running == 1)
    assert handler.now_running == 0
    successor = Recorder()
    async with running(store, successor):
        await until(lambda: nothing_pending(store))
    assert successor.turns == [("pr:1", ["d1"])]


async def test_a_wake_up_before_start_or_after_stop_is_harmless(store: Store) -> None:
    handler = Recorder()
    idle = LaneRunner(store, handler)
    idle.wake("pr:1")
    async with running(store, handler) as runner:
        pass
    runner.wake("pr:1")
    await asyncio.sleep(0.02)
    assert handler.turns == []


async def test_a_due_timer_wakes_its_lane(store: Store) -> None:
    moment = datetime(2026, 11, 21, tzinfo=UTC)
    await store.set_timer("pr:1", "reminder", moment)
    seen: list[Delivery] = []

    async def handler(lane: str, rows: tuple[Delivery, ...]) -> None:
        seen.extend(rows)

    async with running(store, handler, now=lambda: moment):
        await until(lambda: bool(seen))
    assert (seen[0].event, seen[0].facts) == ("timer", {"kind": "reminder"})


async def test_a_store_that_fails_for_a_while_stops_neither_sweep_nor_lanes(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    handler = Recorder()
    sound = store.pending
    failures = 2

    async def unsound(lane: str, limit: int = 200) -> tuple[Delivery, ...]:
        nonlocal failures
        if failures:
            failures -= 1
            raise OSError("disk I/O error")
        return await sound(lane, limit)

    monkeypatch.setattr(store, "pending", unsound)
    async with running(store, handler, sweep_every=0.03) as runner:
        await arrive(store, runner, "d1", "pr:1")
        await until(lambda: nothing_pending(store))
    assert handler.turns == [("pr:1", ["d1"])]


async def test_more_rows_than_one_turn_takes_are_all_handled(store: Store) -> None:
    handler = Recorder()
    await asyncio.gather(*(arrive(store, None, f"d{n}", "pr:1") for n in range(450)))
    async with running(store, handler):
        await until(lambda: nothing_pending(store))
    assert [len(deliveries) for _, deliveries in handler.turns] == [200, 200, 50]


def test_waits_double_and_end_at_a_quarter_of_an_hour() -> None:
    for attempts in range(1, 60):
        full = min(2.0 ** (attempts - 1), LONGEST_WAIT)
        assert 0.8 * full <= wait_after(attempts) <= full
