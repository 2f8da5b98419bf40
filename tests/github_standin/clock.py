"""The time of the stand-in's world."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Protocol


class Ticking(Protocol):
    """A clock that tests, the demo and the bot can share."""

    def now(self) -> datetime: ...

    def advance(self, seconds: float) -> None: ...


class Clock:
    """Real time plus what it was advanced by; or, given a start, a time that moves only when it is advanced."""

    def __init__(self, start: datetime | None = None) -> None:
        self._start = start
        self._ahead = timedelta()

    def now(self) -> datetime:
        return (self._start or datetime.now(UTC)) + self._ahead

    def advance(self, seconds: float) -> None:
        self._ahead += timedelta(seconds=seconds)


class Stamps:
    """Hands out a later second for every write: GitHub's times have second resolution; here their order is strict."""

    def __init__(self, clock: Ticking) -> None:
        self._clock = clock
        self._last = datetime.min.replace(tzinfo=UTC)

    def next(self) -> datetime:
        earliest = self._last + timedelta(seconds=1) if self._last.year > 1 else self._last
        now = self._clock.now()
        if now < earliest:
            self._clock.advance((earliest - now).total_seconds())
            now = self._clock.now()
        self._last = now.replace(microsecond=0)
        return self._last


def iso(time: datetime) -> str:
    """As GitHub writes times: 2026-11-21T05:00:00Z."""
    return time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
