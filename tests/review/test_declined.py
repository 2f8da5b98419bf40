"""Who may not sign when they write has not signed, whatever they may do later."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.review.declined import Declined
from bot.review.people import Commit, Person
from tests.review.story import (
    AUTHOR,
    CHECKOUT,
    CHECKOUT_CHO,
    COUNCIL,
    COUNCIL_CARL,
    COUNCIL_CORA,
    NOON,
    ROSTER,
    STRANGER,
    Story,
    held,
    open_for,
    signed,
)


def _members(story: Story, handle: str, *people: Person) -> None:
    story.roster = replace(story.roster, members={**story.roster.members, handle: people})


@pytest.mark.parametrize("by_id", [False, True])
def test_joining_the_team_makes_nothing_count_that_was_written_before(by_id: bool) -> None:
    story = held()
    story.says(STRANGER, f"/approve-breaking {story.decide().findings[0].id if by_id else ''}")
    story.publish()
    _members(story, COUNCIL, STRANGER)
    assert open_for(story.decide()) == ["decision owner", "checkout-web"]
    assert "write a new comment" in story.answer().reason
    story.says(STRANGER, "/approve-breaking")
    assert open_for(story.decide()) == ["checkout-web"]


def test_one_role_says_nothing_of_another() -> None:
    story = held()
    story.says(CHECKOUT_CHO, "/approve-breaking")
    story.publish()
    _members(story, COUNCIL, CHECKOUT_CHO)
    assert open_for(story.decide()) == ["decision owner"]
    story.says(CHECKOUT_CHO, "/approve-breaking")
    assert open_for(story.decide()) == []


def test_who_left_and_came_back_signs_again() -> None:
    story = signed()
    _members(story, COUNCIL, COUNCIL_CORA)
    story.publish()
    _members(story, COUNCIL, COUNCIL_CARL)
    assert open_for(story.decide()) == ["decision owner"]
    story.says(COUNCIL_CARL, "/approve-breaking")
    assert open_for(story.decide()) == []


def test_a_team_that_github_does_not_know_for_a_while_takes_no_signature_for_good() -> None:
    story = signed()
    members = dict(ROSTER.members)
    del members[COUNCIL]
    story.roster = replace(ROSTER, members=members)
    story.publish()
    assert "decision owner" in open_for(story.decide())
    story.roster = ROSTER
    assert open_for(story.decide()) == []


def test_commits_that_are_rewritten_under_another_name_make_nothing_count() -> None:
    commit = Commit("a" * 40, (COUNCIL_CARL,), touches=True)
    story = held(commits=(commit,))
    story.says(COUNCIL_CARL, "/approve-breaking")
    story.publish()
    story.commits = (replace(commit, people=(AUTHOR,)),)
    assert "decision owner" in open_for(story.decide())


def test_nobody_waives_or_rules_before_they_may() -> None:
    story = held()
    story.says(STRANGER, "/waive checkout-web reason:emergency until:2027-01-01 -- now")
    story.publish()
    _members(story, COUNCIL, STRANGER)
    assert "checkout-web" in open_for(story.decide())
    story = held()
    story.says(CHECKOUT_CHO, "/object -- we need it")
    story.says(STRANGER, "/rule accept -- no")
    story.publish()
    _members(story, COUNCIL, STRANGER)
    assert "decision owner" in open_for(story.decide())


def test_who_signs_for_a_silent_consumer_undoes_it_neither_by_that_nor_by_signing_for_themselves() -> None:
    story = held()
    story.now += timedelta(days=10)
    story.says(COUNCIL_CARL, "/approve-breaking as checkout-web")
    story.says(COUNCIL_CARL, "/approve-breaking")
    story.publish()
    assert open_for(story.decide()) == []


def test_however_many_commands_somebody_writes_one_moment_is_remembered() -> None:
    story = held()
    for _ in range(50):
        story.says(STRANGER, "/approve-breaking")
        story.publish()
    remembered = [name for name in story.decide().withdrawn if Declined.is_name(name)]
    assert len(remembered) == 2  # for the decision owner and for the consumer
    assert not any(CHECKOUT.strip("@") in name or "checkout" in name for name in remembered)


def test_what_is_remembered_is_read_again() -> None:
    declined = Declined()
    assert not declined.admits(STRANGER, {2}, "role", NOON, is_known=True)
    again = Declined.remembered(["comment:7:f" + "0" * 63, *declined.names()])
    assert not again.admits(STRANGER, {STRANGER.id}, "role", NOON, is_known=True)
    assert again.admits(STRANGER, {STRANGER.id}, "role", NOON + timedelta(seconds=1), is_known=True)
    assert again.admits(STRANGER, {STRANGER.id}, "another", NOON, is_known=True)
