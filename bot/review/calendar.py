"""Business time: when a span has passed that counts only days on which somebody may be expected to answer.

Mondays to Fridays count, in the registry's time zone, less its holidays. A day (`3d`) is such a day, a week (`2w`) is
five of them, an hour (`12h`) is an hour of one: nights count, weekends and holidays do not. What begins on a day that
does not count begins with the next one that does.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.registry.model import Calendar
from bot.registry.span import duration

DAYS_A_WEEK = 5
_SATURDAY = 5
_ONE_DAY = timedelta(days=1)


class BusinessTime:
    """A registry's calendar, ready to count by."""

    def __init__(self, calendar: Calendar) -> None:
        self._zone = ZoneInfo(calendar.time_zone)
        self._holidays = frozenset(date.fromisoformat(day) for day in calendar.holidays)

    def counts(self, day: date) -> bool:
        return day.weekday() < _SATURDAY and day not in self._holidays

    def first(self, start: datetime) -> datetime:
        """`start` itself, or the beginning of the next day that counts. In UTC, as all results here."""
        day = start.astimezone(self._zone).date()
        return start.astimezone(UTC) if self.counts(day) else self._midnight(self._next(day))

    def after_days(self, start: datetime, days: int) -> datetime:
        """The same time of day, `days` counting days later. Where clocks skip that time, it is as much later."""
        local = self.first(start).astimezone(self._zone)
        day = local.date()
        for _ in range(days):
            day = self._next(day)
        there = datetime.combine(day, local.time(), self._zone)
        return there.replace(fold=local.fold).astimezone(UTC)

    def after(self, start: datetime, span: timedelta) -> datetime:
        """When `span` of counting time has passed. Days are as long as they are, also when clocks change."""
        now, left = self.first(start), span
        while True:
            day = now.astimezone(self._zone).date()
            end = self._midnight(day + _ONE_DAY)
            if left <= end - now:
                return now + left
            left -= end - now
            now = self._midnight(self._next(day))

    def between(self, start: datetime, end: datetime) -> timedelta:
        """How much counting time passes from `start` to `end`; none when `end` is earlier."""
        total, now = timedelta(), self.first(start)
        while now < end:
            day = now.astimezone(self._zone).date()
            total += min(self._midnight(day + _ONE_DAY), end) - now
            now = self._midnight(self._next(day))
        return total

    def _next(self, day: date) -> date:
        day += _ONE_DAY
        while not self.counts(day):
            day += _ONE_DAY
        return day

    def _midnight(self, day: date) -> datetime:
        return datetime.combine(day, time(0), self._zone).astimezone(UTC)


def business_deadline(start: datetime, span: str, calendar: Calendar) -> datetime:
    """When a span of the registry (`12h`, `3d`, `2w`), begun at `start` (aware), has passed. In UTC.

    Raises ValueError for what is no span, which the registry's models do not let through.
    """
    length, business = duration(span), BusinessTime(calendar)
    if span.endswith("h"):
        return business.after(start, length)
    days = int(span[:-1]) * (DAYS_A_WEEK if span.endswith("w") else 1)
    return business.after_days(start, days)
