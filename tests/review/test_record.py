"""What was published survives being written down."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.review.capacity import Capacity
from bot.review.record import as_plain, from_plain
from bot.review.seal import is_sealed, restored, seal, sealing_key
from bot.review.silence import Course
from bot.review.values import RequirementState, Verdict
from tests.review.story import (
    CHECKOUT,
    CHECKOUT_CHO,
    COUNCIL_CARL,
    OTHER,
    OWNER_OLA,
    REMOVED,
    RISKY,
    Story,
    consumer,
    held,
    registry,
    state,
)

KEY, SUBJECT = sealing_key("a secret"), "1/7"


def test_a_published_decision_survives_being_written_down() -> None:
    story = Story((REMOVED, OTHER, RISKY))
    story.publish()
    story.says(COUNCIL_CARL, "/approve-breaking")
    story.says(CHECKOUT_CHO, "/approve-breaking")
    story.says(COUNCIL_CARL, "/revoke")
    story.says(CHECKOUT_CHO, "/object -- no\nnot at all")
    story.says(OWNER_OLA, f"/reclassify {story.decide().findings[2].id} breaking -- it is")
    story.says(COUNCIL_CARL, f"/reclassify {story.decide().findings[2].id} breaking -- it is")
    published = story.publish()
    assert published.withdrawn
    assert published.asked
    assert published.objections
    assert published.raised[0].proposed_by == OWNER_OLA
    assert from_plain(json.loads(json.dumps(as_plain(published)))) == published


def test_a_record_of_another_version_is_refused() -> None:
    plain = as_plain(Story().publish())
    with pytest.raises(ValueError, match="version 3"):
        from_plain({**plain, "version": 3})


def test_what_the_first_version_wrote_is_still_read() -> None:
    """As it was written before there were objections: signatures given then must count now."""
    story = held()
    story.says(COUNCIL_CARL, "/approve-breaking")
    story.publish()
    plain: list[dict[str, Any]] = [as_plain(published) for published in story.publications]
    for one in plain:
        one["version"] = 1
        for key in ("findings", "states", "objections", "raised", "is_draft"):
            del one[key]
        one["asked"] = {
            fingerprint: [contract, finding, consumer, element]
            for fingerprint, (contract, finding, _, consumer, element) in one["asked"].items()
        }
    story.publications = [from_plain(one) for one in plain]
    assert {asked.capacity for asked in story.publications[0].asked.values()} == {
        Capacity("decision_owner"),
        Capacity("consumer", "checkout-web"),
    }
    assert state(story.decide()) is RequirementState.APPROVED
    story.says(CHECKOUT_CHO, "/object -- no")
    assert state(story.decide()) is RequirementState.OBJECTED


# ---- the block in the comment


def rebuilt(story: Story) -> Story:
    """The same pull request after the database was lost, as far as our comment's block and the comments tell."""
    block = seal(story.decide(), SUBJECT, KEY)
    assert is_sealed(block, SUBJECT, [KEY])
    found = {published.digest: published for published in restored(block, SUBJECT, [KEY])}
    return Story(
        story.impacts, story.rules, comments=list(story.comments), publications=list(found.values()), now=story.now
    )


def test_a_dispute_and_its_ruling_outlive_the_database() -> None:
    story = held()
    story.says(CHECKOUT_CHO, "/object -- no")
    story.publish()
    again = rebuilt(story)
    assert [o.text for o in again.decide().disputes[0].objections] == ["no"]
    story.says(COUNCIL_CARL, "/rule accept -- announced")
    assert story.decide().verdict is Verdict.RELEASED
    again = rebuilt(story)
    assert again.decide().verdict is Verdict.RELEASED
    assert state(again.decide(), "checkout-web") is RequirementState.OVERRULED


def test_waivers_and_reclassifications_outlive_the_database() -> None:
    story = held(impacts=(REMOVED, RISKY))
    story.says(COUNCIL_CARL, f"/reclassify {story.decide().findings[1].id} breaking -- it is")
    story.publish()
    story.says(COUNCIL_CARL, "/waive checkout-web reason:bug_fix until:2026-12-31 -- they know\n/approve-breaking")
    assert story.decide().verdict is Verdict.RELEASED
    again = rebuilt(story)
    assert [case.after.value for case in again.decide().reclassified] == ["breaking"]
    assert again.decide().verdict is Verdict.RELEASED


def test_the_block_holds_no_words_of_an_objection() -> None:
    story = held()
    story.says(CHECKOUT_CHO, "/object -- a secret of ours")
    found = restored(seal(story.decide(), SUBJECT, KEY), SUBJECT, [KEY])
    (objection,) = [objection for published in found for objection in published.objections]
    assert (objection.text, objection.person) == ("", CHECKOUT_CHO)
    assert "secret" not in json.dumps([as_plain(published) for published in found])


def test_an_objection_outlives_database_and_comment_together() -> None:
    story = held()
    said = story.says(CHECKOUT_CHO, "/object -- no")
    story.publish()
    again = rebuilt(story)
    again.comments = [comment for comment in again.comments if comment.id != said.id]
    (dispute,) = again.decide().disputes
    assert [(o.person, str(o.capacity), o.text) for o in dispute.objections] == [(CHECKOUT_CHO, "checkout-web", "")]


def test_whoever_objects_for_a_private_consumer_is_not_named_in_the_block_and_heard_once() -> None:
    unnamed = tuple(replace(one, alias="a private consumer") for one in REMOVED.consumers)
    rules = registry(consumers=[consumer("checkout-web", CHECKOUT, visibility="private")])
    story = held(impacts=(replace(REMOVED, consumers=unnamed),), rules=rules)
    story.says(CHECKOUT_CHO, "/object -- no")
    story.publish()
    again = rebuilt(story)
    assert "checkout-web" not in json.dumps([as_plain(published) for published in again.publications])
    assert [o.text for o in again.decide().objections] == ["no"]
    again.comments.clear()
    assert [str(o.capacity) for o in again.decide().objections] == ["a private consumer"]


def test_signatures_of_the_same_second_outlive_the_database() -> None:
    """GitHub's times are whole seconds."""
    story = held()
    first = story.says(COUNCIL_CARL, "/approve-breaking")
    second = story.says(CHECKOUT_CHO, "/approve-breaking")
    story.comments = [first, replace(second, created_at=first.created_at)]
    assert story.decide().verdict is Verdict.RELEASED
    assert rebuilt(story).decide().verdict is Verdict.RELEASED


# ---- time, after the database was lost


def _courses(story: Story) -> dict[str, Course | None]:
    return {str(r.capacity): r.silence for r in story.decide().requirements}


def test_a_lost_database_neither_shortens_nor_lengthens_anybodys_time() -> None:
    story = held()
    asked = _courses(story)
    assert all(asked.values())
    story.now += timedelta(days=2)
    assert _courses(rebuilt(story)) == asked
    story.says(CHECKOUT_CHO, "/object -- no")
    story.publish()
    story.now += timedelta(days=1)
    disputed = _courses(story)
    assert disputed["decision owner"] != asked["decision owner"], "a ruling is something else to wait for"
    assert _courses(rebuilt(story)) == disputed
    assert _courses(rebuilt(rebuilt(story))) == disputed


def test_who_is_asked_only_by_the_lost_decision_has_their_time_from_then_on() -> None:
    """The database may be lost before it could be written down what was just shown."""
    story = Story()
    now = story.now
    again = rebuilt(story)
    again.now += timedelta(days=1)
    assert {course.asked_at for course in _courses(again).values() if course is not None} == {now}


def test_what_is_new_since_the_database_was_lost_has_all_its_time() -> None:
    again = rebuilt(held())
    again.impacts = (REMOVED, OTHER)
    again.now += timedelta(days=2)
    began = again.decide().beginning
    assert {r.fingerprint for r in again.decide().requirements if r.silence is None} == set(began)
    assert {course.asked_at for course in began.values()} == {again.now}


def test_time_that_does_not_pass_in_a_draft_does_not_pass_when_the_database_is_lost() -> None:
    story = held()
    story.is_draft = True
    story.publish()
    assert not any(_courses(rebuilt(story)).values())


def test_who_signed_for_a_silent_consumer_has_signed_when_the_database_is_lost() -> None:
    story = held(now=datetime(2026, 11, 23, 12, 0, tzinfo=UTC))
    story.now += timedelta(days=4)
    story.publish()
    story.says(COUNCIL_CARL, "/approve-breaking as checkout-web\n/approve-breaking as decision-owner")
    assert story.decide().verdict is Verdict.RELEASED
    story.publish()
    again = rebuilt(story)
    assert again.decide().verdict is Verdict.RELEASED
    again.comments.clear()
    assert not any(_courses(again).values()), "and that its time was over says nothing of a new wait"


def test_a_block_that_would_take_too_much_room_keeps_the_signatures(monkeypatch: pytest.MonkeyPatch) -> None:
    story = held()
    story.says(CHECKOUT_CHO, "/approve-breaking")
    monkeypatch.setattr("bot.review.seal._MOST_ROOM", 100)
    again = rebuilt(story)
    assert state(again.decide(), "checkout-web") is RequirementState.APPROVED
    assert not any(_courses(again).values())
