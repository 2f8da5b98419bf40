"""Deadlines count only days on which somebody may be expected to answer, whatever the clocks do."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.registry.model import Calendar
from bot.review.calendar import BusinessTime, business_deadline

BERLIN = ZoneInfo("Europe/Berlin")
BERLINERS = Calendar(time_zone="Europe/Berlin", holidays=("2026-12-24", "2026-12-25", "2027-01-01"))


def berlin(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN)


@pytest.mark.parametrize(
    ("start", "span", "deadline"),
    [
        ("2026-11-23T15:00", "3d", "2026-11-26T15:00"),  # Monday to Thursday
        ("2026-11-20T15:00", "3d", "2026-11-25T15:00"),  # Friday: the weekend does not count
        ("2026-11-21T15:00", "3d", "2026-11-26T00:00"),  # Saturday: all of Monday, Tuesday and Wednesday
        ("2026-12-22T10:00", "3d", "2026-12-29T10:00"),  # two holidays and a weekend
        ("2026-12-31T10:00", "1d", "2027-01-04T10:00"),
        ("2026-12-24T10:00", "1d", "2026-12-29T00:00"),  # asked on a holiday
        ("2026-11-23T15:00", "2w", "2026-12-07T15:00"),
        ("2026-12-14T15:00", "2w", "2026-12-30T15:00"),
        ("2026-11-20T18:00", "12h", "2026-11-23T06:00"),
        ("2026-11-21T18:00", "12h", "2026-11-23T12:00"),
        ("2026-11-23T18:00", "12h", "2026-11-24T06:00"),
        ("2026-03-27T02:30", "1d", "2026-03-30T02:30"),  # clocks go forward on the Sunday between
    ],
)
def test_a_deadline_is_so_many_business_days_or_hours_away(start: str, span: str, deadline: str) -> None:
    assert business_deadline(berlin(start), span, BERLINERS) == berlin(deadline)


def test_the_day_is_that_of_the_registrys_time_zone() -> None:
    friday_evening = datetime(2026, 11, 20, 23, 30, tzinfo=UTC)  # Saturday in Tokyo
    assert business_deadline(friday_evening, "1d", Calendar()) == datetime(2026, 11, 23, 23, 30, tzinfo=UTC)
    tokyo = business_deadline(friday_evening, "1d", Calendar(time_zone="Asia/Tokyo"))
    assert tokyo == datetime(2026, 11, 24, 0, 0, tzinfo=ZoneInfo("Asia/Tokyo"))


def test_a_time_of_day_that_the_clocks_skip_is_as_much_later() -> None:
    cairo = Calendar(time_zone="Africa/Cairo")  # clocks go forward at 00:00 on Friday, 24 April 2026
    start = datetime(2026, 4, 23, 0, 30, tzinfo=ZoneInfo("Africa/Cairo"))
    assert business_deadline(start, "1d", cairo) == datetime(2026, 4, 24, 1, 30, tzinfo=ZoneInfo("Africa/Cairo"))


def test_hours_are_real_hours_on_a_day_of_twenty_three() -> None:
    start = datetime(2026, 4, 23, 12, 0, tzinfo=ZoneInfo("Africa/Cairo"))
    assert business_deadline(start, "24h", Calendar(time_zone="Africa/Cairo")) - start.astimezone(UTC) == timedelta(
        hours=24
    )


MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))
CALENDARS = st.builds(
    lambda zone, days: Calendar(time_zone=zone, holidays=tuple(sorted(str(day) for day in days))),
    st.sampled_from(["UTC", "Europe/Berlin", "Asia/Kathmandu", "America/St_Johns", "Africa/Cairo", "Pacific/Apia"]),
    st.sets(st.dates(date(2026, 1, 1), date(2030, 2, 1)), max_size=20),
)
SPANS = st.builds(lambda number, unit: f"{number}{unit}", st.integers(1, 40), st.sampled_from("hdw"))


@given(MOMENTS, SPANS, CALENDARS)
def test_a_deadline_falls_on_a_business_day_or_the_midnight_that_ends_one(
    start: datetime, span: str, calendar: Calendar
) -> None:
    deadline = business_deadline(start, span, calendar)
    before = (deadline - timedelta(microseconds=1)).astimezone(ZoneInfo(calendar.time_zone)).date()
    at = deadline.astimezone(ZoneInfo(calendar.time_zone)).date()
    business = BusinessTime(calendar)
    assert deadline > start
    assert business.counts(before) or business.counts(at)


@given(MOMENTS, st.integers(1, 500), CALENDARS)
def test_hours_counted_out_are_the_hours_counted_back(start: datetime, hours: int, calendar: Calendar) -> None:
    deadline = business_deadline(start, f"{hours}h", calendar)
    assert BusinessTime(calendar).between(start, deadline) == timedelta(hours=hours)


@given(MOMENTS, SPANS, CALENDARS)
def test_a_holiday_more_never_brings_a_deadline_nearer(start: datetime, span: str, calendar: Calendar) -> None:
    deadline = business_deadline(start, span, calendar)
    holiday = deadline.astimezone(ZoneInfo(calendar.time_zone)).date().isoformat()
    more = calendar.model_copy(update={"holidays": (*calendar.holidays, holiday)})
    assert business_deadline(start, span, more) >= deadline


@given(MOMENTS, st.integers(1, 30), CALENDARS)
def test_more_days_are_never_less_time(start: datetime, days: int, calendar: Calendar) -> None:
    assert business_deadline(start, f"{days}d", calendar) < business_deadline(start, f"{days + 1}d", calendar)


@given(MOMENTS, MOMENTS, st.integers(1, 100), CALENDARS)
def test_who_is_asked_later_has_never_less_hours(
    one: datetime, other: datetime, hours: int, calendar: Calendar
) -> None:
    early, late = sorted((one, other))
    span = f"{hours}h"
    assert business_deadline(early, span, calendar) <= business_deadline(late, span, calendar)
