"""Nobody can have us write to other people without end."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from bot.review.answers import ANSWERED_A_DAY, worth_showing
from tests.review.story import CHECKOUT_CHE, CHECKOUT_CHO, OTHER, OWNER_OLA, REMOVED, STRANGER, Story, held


def _called(story: Story) -> list[bool]:
    return [answer.accepted for answer in story.decide().answers]


def test_the_decision_owner_is_called_once_a_day_whoever_calls() -> None:
    story = held()
    for person in (CHECKOUT_CHO, CHECKOUT_CHO, CHECKOUT_CHE, OWNER_OLA):
        story.says(person, "/escalate")
    assert _called(story) == [True, False, False, False]
    assert "already called for this at 12:02 UTC" in story.answer().reason
    assert "repeated on 2026-11-22" in story.answer().reason
    story.now += timedelta(days=1)
    story.says(CHECKOUT_CHE, "/escalate")
    assert _called(story)[-1]
    assert len(story.decide().escalations) == 2


def test_what_is_new_may_be_called_for_on_the_same_day() -> None:
    story = held()
    story.says(CHECKOUT_CHO, "/escalate")
    story.impacts = (REMOVED, OTHER)
    story.publish()
    story.says(CHECKOUT_CHO, "/escalate")
    assert _called(story) == [True, True]
    first, second = story.decide().escalations
    assert not set(first.fingerprints) & set(second.fingerprints)


def test_of_each_person_and_day_so_many_commands_are_answered() -> None:
    story = held()
    for _ in range(ANSWERED_A_DAY + 10):
        story.says(STRANGER, "/approve-breaking\n/ack")
    story.says(CHECKOUT_CHO, "/approve-breaking")
    answers = story.decide().answers
    shown = worth_showing(answers)
    assert len([a for a in shown if a.comment.author == STRANGER]) == 2 * ANSWERED_A_DAY
    assert shown[-1].comment.author == CHECKOUT_CHO
    tomorrow = [
        replace(a, comment=replace(a.comment, created_at=a.comment.created_at + timedelta(days=1))) for a in answers
    ]
    assert len(worth_showing([*answers, *tomorrow])) == 2 * len(shown)
