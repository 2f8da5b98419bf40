"""Silence is reminded of first, and means what the consumer itself chose."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.registry.model import Calendar, ConsumerSignoff, OwnWord
from bot.review.silence import OnSilence, Phase, Terms, course, terms_of

MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
THREE_DAYS = Terms("3d", "escalate")


def test_a_reminder_comes_halfway_and_what_follows_at_the_end() -> None:
    found = course(MONDAY, THREE_DAYS, Calendar())
    assert found.remind_at == datetime(2026, 11, 24, 21, 0, tzinfo=UTC)
    assert found.follows_at == datetime(2026, 11, 26, 9, 0, tzinfo=UTC)
    assert found.on_silence == "escalate"


def test_a_weekend_is_no_time_to_answer_in() -> None:
    found = course(MONDAY - timedelta(days=3), THREE_DAYS, Calendar())  # on a Friday
    assert found.remind_at == datetime(2026, 11, 23, 21, 0, tzinfo=UTC)
    assert found.follows_at == datetime(2026, 11, 25, 9, 0, tzinfo=UTC)


def test_the_phases_follow_one_another_and_say_when() -> None:
    found = course(MONDAY, THREE_DAYS, Calendar())
    assert found.phase(MONDAY) is Phase.WAITING
    assert found.next_after(MONDAY) == found.remind_at
    assert found.phase(found.remind_at) is Phase.REMINDED
    assert found.next_after(found.remind_at) == found.follows_at
    assert found.phase(found.follows_at) is Phase.SILENT
    assert found.next_after(found.follows_at) is None


@pytest.mark.parametrize(
    ("own", "expected"),
    [
        (None, Terms("3d", "escalate")),
        (OwnWord(repository="acme/web", signoff=ConsumerSignoff()), Terms("3d", "escalate")),
        (
            OwnWord(repository="acme/web", signoff=ConsumerSignoff(respond_within="5d", on_silence="consent")),
            Terms("5d", "consent"),
        ),
        (
            OwnWord(repository="acme/web", signoff=ConsumerSignoff(on_silence="consent"), blocks=False),
            Terms("3d", "escalate"),
        ),
        (
            OwnWord(repository="acme/web", signoff=ConsumerSignoff(respond_within="2w", on_silence="block")),
            Terms("2w", "block"),
        ),
    ],
)
def test_a_consumer_decides_for_itself_what_its_silence_means(own: OwnWord | None, expected: Terms) -> None:
    assert terms_of(THREE_DAYS, own) == expected


def test_no_producer_can_make_a_consumers_silence_consent() -> None:
    assert terms_of(Terms("3d", "consent"), None) == Terms("3d", "escalate")


@given(
    st.datetimes(datetime(2026, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC)),
    st.builds(lambda number, unit: f"{number}{unit}", st.integers(1, 30), st.sampled_from("hdw")),
    st.sampled_from(["block", "escalate", "consent"]),
)
def test_the_reminder_always_comes_before_the_end(asked_at: datetime, span: str, on_silence: OnSilence) -> None:
    found = course(asked_at, Terms(span, on_silence), Calendar(time_zone="Europe/Berlin"))
    assert asked_at < found.remind_at < found.follows_at
