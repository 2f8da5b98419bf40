"""The calendar that deadlines are counted by: less time to answer is less protection."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from bot.registry.edits.edit import Edit, Side, listed, spelled
from bot.registry.model import Contract


def compare(old: Contract, base: Side, head: Side, today: date) -> Iterator[Edit]:
    """Holidays that go give less time, those that come more. Days that are past count for no deadline any more.

    In another time zone the same day ends at another hour: sooner for somebody, whichever way it goes.
    """
    before, after = base.registry.calendar, head.registry.calendar
    if before.time_zone != after.time_zone:
        yield _edit(old, base, head, "shortened", "time_zone", before.time_zone, after.time_zone)
    was, now = ({day for day in one.holidays if date.fromisoformat(day) >= today} for one in (before, after))
    if was != now:
        direction = "lengthened" if was < now else "shortened"
        yield _edit(old, base, head, direction, "holidays", listed(was), listed(now))


def _edit(old: Contract, base: Side, head: Side, direction: str, key: str, was: str | None, now: str | None) -> Edit:
    side = head if head.has_root("calendar") else base
    return Edit(
        contract=old.id,
        fact=f"registry.calendar.{direction}",
        element=f"calendar.{key}",
        spot=side.at_root("calendar"),
        before=was,
        after=now,
        identity=(spelled(was), spelled(now)),
    )
