"""Who reconciles what, when: one reconcile at a time in a lane, many lanes side by side.

A lane is a name: one pull request, one base branch. The truth is the inbox: a lane has work while it has pending rows.
A wake-up only says "look now", so it may be lost, repeated or early. The sweep, at start and every 30 seconds, finds
what a lost one left behind.
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol

from bot.store import Backoff, Delivery

log = logging.getLogger(__name__)

Handler = Callable[[str, tuple[Delivery, ...]], Awaitable[None]]
"""Does a lane's work, given its pending rows in order. Returning marks them done; raising leaves them pending."""

ROWS_A_TURN = 200
FIRST_WAIT = 1.0
LONGEST_WAIT = 900.0
KEEP_DELIVERIES = timedelta(days=30)
KEEP_BRANCH_PUSHES = timedelta(days=365)
"""Until a branch becomes a pull request, only this says who pushed it, and whoever waits for longer gets away with it.
A year of silence is more than anybody waits with a change that they want merged.
"""
SWEEPS_BETWEEN_CLEARING = 120


class Engine(Protocol):
    """The port. The embedded engine is below; one over a shared queue can stand in its place."""

    def wake(self, lane: str, delay: float = 0) -> None:
        """Have the lane looked at in `delay` seconds, or sooner."""
        ...

    async def run(self) -> None:
        """Work until cancelled, then finish what is under way."""
        ...


class Later(Exception):
    """Raised by a handler that knows when it can go on (a rate limit): waits `seconds`, whatever else arrives."""

    def __init__(self, seconds: float, reason: str) -> None:
        super().__init__(reason)
        self.seconds = seconds
        self.reason = reason


class LaneInbox(Protocol):
    """What the runner asks of the store (bot.store.Store)."""

    async def pending(self, lane: str, limit: int) -> tuple[Delivery, ...]: ...
    async def done(self, lane: str, ids: Collection[int]) -> None: ...
    async def lanes_with_pending(self, now: datetime) -> tuple[str, ...]: ...
    async def backoff(self, lane: str) -> Backoff | None: ...
    async def postpone(self, waits: Backoff) -> None: ...
    async def ring_timers(self, now: datetime) -> tuple[str, ...]: ...
    async def forget_deliveries(self, before: datetime) -> int: ...
    async def forget_branch_pushes(self, before: datetime) -> int: ...


@dataclass(slots=True)
class LaneStatistics:
    """Since the start of the process. `seconds` is the sum of all reconciles that ended."""

    reconciles: int = 0
    failures: int = 0
    postponed: int = 0
    seconds: float = 0.0
    running: int = 0


def utc_now() -> datetime:
    return datetime.now(UTC)


def wait_after(attempts: int) -> float:
    """Seconds to wait after `attempts` failures in a row: doubling, up to a quarter of an hour, spread by a fifth."""
    wait = min(FIRST_WAIT * 2.0 ** min(attempts - 1, 30), LONGEST_WAIT)
    return wait * random.uniform(0.8, 1.0)  # noqa: S311 (spreads load; nothing secret)


class LaneRunner:
    """The embedded engine, in the process of the web server.

    parallel: reconciles at a time. debounce: seconds that a wake-up waits for its like, since GitHub sends several
    events for one push. longest: seconds after which a reconcile counts as failed. drain: seconds that a shutdown
    gives reconciles to finish. `wake` is called from the event loop that runs `run`.
    """

    def __init__(
        self,
        inbox: LaneInbox,
        handler: Handler,
        *,
        parallel: int = 16,
        debounce: float = 0.02,
        sweep_every: float = 30.0,
        longest: float = 600.0,
        drain: float = 20.0,
        now: Callable[[], datetime] = utc_now,
        wait_after: Callable[[int], float] = wait_after,
    ) -> None:
        self.statistics = LaneStatistics()
        self._inbox = inbox
        self._handler = handler
        self._slots = asyncio.Semaphore(parallel)
        self._debounce = debounce
        self._sweep_every = sweep_every
        self._longest = longest
        self._drain = drain
        self._now = now
        self._wait_after = wait_after
        self._loop: asyncio.AbstractEventLoop | None = None
        self._due: dict[str, asyncio.TimerHandle] = {}
        self._turns: dict[str, asyncio.Task[None]] = {}
        self._again: dict[str, float] = {}

    def wake(self, lane: str, delay: float = 0) -> None:
        if self._loop is None:  # not started yet, or stopping: the row waits for the next sweep
            return
        when = self._loop.time() + max(delay, self._debounce)
        if lane in self._turns:
            self._again[lane] = min(when, self._again.get(lane, when))
            return
        due = self._due.get(lane)
        if due is not None:
            if due.when() <= when:
                return
            due.cancel()
        self._due[lane] = self._loop.call_at(when, self._take_turn, lane)

    async def run(self) -> None:
        self._loop = asyncio.get_running_loop()
        sweeps = 0
        try:
            while True:
                await self._sweep(clear=sweeps % SWEEPS_BETWEEN_CLEARING == 0)
                sweeps += 1
                await asyncio.sleep(self._sweep_every)
        finally:
            await self._stop()

    async def _sweep(self, *, clear: bool) -> None:
        try:
            now = self._now()
            if clear:
                await self._inbox.forget_deliveries(now - KEEP_DELIVERIES)
                await self._inbox.forget_branch_pushes(now - KEEP_BRANCH_PUSHES)
            await self._inbox.ring_timers(now)
            for lane in await self._inbox.lanes_with_pending(now):
                self.wake(lane)
        except Exception:
            log.exception("the sweep failed; the next one tries again")

    async def _stop(self) -> None:
        """No new turns; those under way may finish, for a while. Whatever is cut off stays pending."""
        self._loop = None
        for due in self._due.values():
            due.cancel()
        self._due.clear()
        self._again.clear()
        turns = set(self._turns.values())
        if not turns:
            return
        _, unfinished = await asyncio.wait(turns, timeout=self._drain)
        for turn in unfinished:
            turn.cancel()
        await asyncio.gather(*unfinished, return_exceptions=True)

    def _take_turn(self, lane: str) -> None:
        del self._due[lane]
        self._turns[lane] = asyncio.create_task(self._turn(lane), name=f"lane {lane}")

    async def _turn(self, lane: str) -> None:
        try:
            async with self._slots:
                if self._loop is None:
                    return
                self._again.pop(lane, None)  # this turn reads every row there is by now
                await self._work(lane)
        except Exception:
            log.exception("the inbox could not be read or marked; the sweep tries again", extra={"lane": lane})
        finally:
            del self._turns[lane]
            again = self._again.pop(lane, None)
            if again is not None and self._loop is not None:
                self.wake(lane, again - self._loop.time())

    async def _work(self, lane: str) -> None:
        backoff = await self._inbox.backoff(lane)
        now = self._now()
        if backoff is not None and backoff.not_before > now:
            self.wake(lane, (backoff.not_before - now).total_seconds())
            return
        rows = await self._inbox.pending(lane, ROWS_A_TURN)
        if not rows:
            return
        attempts = backoff.attempts if backoff else 0
        try:
            await self._handle(lane, rows)
        except Later as later:
            self.statistics.postponed += 1
            log.warning("postponed: %s", later.reason, extra={"lane": lane, "seconds": later.seconds})
            await self._wait(lane, attempts, later.seconds, firm=True, reason=later.reason)
        except Exception as error:
            self.statistics.failures += 1
            log.exception("reconcile failed", extra={"lane": lane, "attempts": attempts + 1})
            reason = f"{type(error).__name__}: {error}"
            await self._wait(lane, attempts + 1, self._wait_after(attempts + 1), firm=False, reason=reason[:500])
        else:
            await self._inbox.done(lane, [row.id for row in rows])
            if len(rows) == ROWS_A_TURN:
                self.wake(lane)

    async def _handle(self, lane: str, rows: tuple[Delivery, ...]) -> None:
        loop = asyncio.get_running_loop()
        started = loop.time()
        self.statistics.running += 1
        try:
            async with asyncio.timeout(self._longest):
                await self._handler(lane, rows)
        finally:
            self.statistics.running -= 1
            self.statistics.reconciles += 1
            self.statistics.seconds += loop.time() - started

    async def _wait(self, lane: str, attempts: int, seconds: float, *, firm: bool, reason: str) -> None:
        until = self._now() + timedelta(seconds=seconds)
        await self._inbox.postpone(Backoff(lane, attempts, until, firm, reason))
        self.wake(lane, seconds)
