"""Objections, rulings, waivers and reclassifications: nobody's words are lost, and nobody's no is talked over."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import yaml

from bot.judge.finding import Level
from bot.registry.impact import Reach
from bot.registry.model import Floors
from bot.review.people import Commit, Person, Roster
from bot.review.values import RequirementState, Verdict
from tests.review.story import (
    AUTHOR,
    BOT,
    CHANGED,
    CHECKOUT_CHE,
    CHECKOUT_CHO,
    CHECKOUT_WEB,
    COUNCIL_CARL,
    COUNCIL_CORA,
    MOBILE_APP,
    MOBILE_MIA,
    OTHER,
    OWNER_OLA,
    REMOVED,
    RISKY,
    ROSTER,
    STRANGER,
    Story,
    contract,
    finding,
    held,
    impact,
    open_for,
    registry,
    requirement,
    signed,
    signers,
    state,
)

OPEN, OBJECTED, APPROVED = RequirementState.OPEN, RequirementState.OBJECTED, RequirementState.APPROVED
REJECTED, HONOURED, OVERRULED = RequirementState.REJECTED, RequirementState.HONOURED, RequirementState.OVERRULED
WAIVED = RequirementState.WAIVED

REASON = "We read `status` in the till.\nIt  stops\n\n**tomorrow**."


def objected(**changes: object) -> Story:
    """Held, then objected to by the consumer, and shown so."""
    story = held(**changes)
    story.says(CHECKOUT_CHO, f"/object -- {REASON}")
    story.publish()
    return story


# ---- objections


def test_an_objection_blocks_and_is_quoted_as_it_was_written() -> None:
    story = objected()
    decision = story.decide()
    assert decision.verdict is Verdict.HELD
    assert (state(decision), state(decision, "checkout-web")) == (OBJECTED, OBJECTED)
    (dispute,) = decision.disputes
    (objection,) = dispute.objections
    assert objection.text == REASON
    assert (objection.person, str(objection.capacity)) == (CHECKOUT_CHO, "checkout-web")
    assert dispute.ruling is None
    assert dispute.respond_by is not None


@pytest.mark.parametrize(
    ("person", "capacity"),
    [
        (CHECKOUT_CHO, "checkout-web"),
        (COUNCIL_CARL, "decision owner"),
        (OWNER_OLA, "producer owner"),
        (AUTHOR, "producer owner"),
    ],
)
def test_consumers_and_owners_may_object_also_those_who_made_the_change(person: Person, capacity: str) -> None:
    story = held()
    story.says(person, "/object -- no")
    (objection,) = story.decide().objections
    assert str(objection.capacity) == capacity
    assert state(story.decide()) is OBJECTED


@pytest.mark.parametrize("person", [STRANGER, BOT, MOBILE_MIA, None])
def test_nobody_else_may_object(person: Person | None) -> None:
    story = held()
    story.says(person, f"/object {story.decide().findings[0].id} -- no")
    assert not story.answer().accepted
    assert story.answer().reason
    assert story.decide().objections == ()


def test_an_objection_outlives_the_comment_that_made_it() -> None:
    story = objected()
    story.edits(story.comments[0], "never mind")
    assert story.decide().disputes[0].objections[0].text == REASON
    story.deletes(story.comments[0])
    story.publish()
    assert story.decide().disputes[0].objections[0].text == REASON
    assert state(story.decide()) is OBJECTED


def test_a_second_objection_is_kept_though_no_state_changes() -> None:
    story = objected()
    comment = story.says(CHECKOUT_CHE, "/object -- the kiosk, too")
    story.publish()
    story.deletes(comment)
    assert [o.text for o in story.decide().disputes[0].objections] == [REASON, "the kiosk, too"]


def test_an_objection_to_something_risky_brings_in_the_decision_owner() -> None:
    story = held(impacts=(RISKY,))
    assert open_for(story.decide()) == []
    story.says(CHECKOUT_CHO, "/object -- our parser stops at unknown values")
    decision = story.decide()
    assert decision.verdict is Verdict.HELD
    assert open_for(decision) == ["decision owner"]
    assert state(decision, "checkout-web") is OBJECTED


def test_an_objection_stays_while_the_change_of_its_element_is_altered() -> None:
    story = objected(impacts=(RISKY,))
    again = finding(Level.RISKY, fact="schema.enum.value.added", identity=("", "PAID_LATER"))
    story.impacts = (impact(again),)
    assert state(story.decide()) is OBJECTED
    story.impacts = (OTHER,)
    assert story.decide().disputes == ()
    assert [o.text for o in story.decide().objections] == [REASON]


def test_an_objection_without_ids_speaks_of_what_concerns_its_author() -> None:
    mobiles = impact(finding(element="GET /m 200:$.a"), {"mobile-app": Reach.AFFECTED})
    story = held(impacts=(REMOVED, mobiles), rules=registry(consumers=(CHECKOUT_WEB, MOBILE_APP)))
    story.says(MOBILE_MIA, "/object -- no")
    assert [d.finding for d in story.decide().disputes] == [story.decide().findings[1].id]


def test_whoever_objected_takes_it_back_and_nobody_else() -> None:
    story = objected()
    story.says(CHECKOUT_CHE, "/revoke")
    assert not story.answer().accepted
    story.says(CHECKOUT_CHO, "/revoke")
    assert story.answer().accepted
    assert open_for(story.decide()) == ["decision owner", "checkout-web"]
    assert story.decide().disputes == ()


def test_taking_an_objection_back_counts_only_while_the_comment_stands_unedited() -> None:
    story = objected()
    comment = story.says(CHECKOUT_CHO, "/revoke")
    story.publish()
    story.edits(comment, "/revoke ")
    assert state(story.decide()) is OBJECTED
    story.deletes(story.comments[-1])
    assert state(story.decide()) is OBJECTED


def test_whoever_signs_after_all_takes_the_objection_back() -> None:
    story = objected()
    story.says(CHECKOUT_CHO, "/approve-breaking -- we have moved")
    assert open_for(story.decide()) == ["decision owner"]
    story.publish()
    story.says(COUNCIL_CARL, "/approve-breaking")
    assert story.decide().verdict is Verdict.RELEASED


def test_a_colleagues_signature_does_not_take_an_objection_back() -> None:
    story = objected()
    story.says(CHECKOUT_CHE, "/approve-breaking")
    assert state(story.decide(), "checkout-web") is OBJECTED


def test_an_objection_after_all_have_signed_holds_again() -> None:
    story = signed()
    assert story.decide().verdict is Verdict.RELEASED
    story.says(CHECKOUT_CHE, f"/object {story.decide().findings[0].id} -- wait")
    assert story.decide().verdict is Verdict.HELD
    assert state(story.decide()) is OBJECTED, "what the decision owner signed before they heard it does not count"


def test_an_approval_does_not_decide_a_dispute() -> None:
    story = objected()
    story.says(COUNCIL_CARL, "/approve-breaking")
    assert not story.answer().accepted
    assert "/rule accept" in story.answer().reason
    assert state(story.decide()) is OBJECTED


def test_contracts_that_only_report_take_no_objection() -> None:
    story = held(rules=registry(contract(lifecycle="experimental")))
    story.says(CHECKOUT_CHO, f"/object {story.decide().findings[0].id} -- no")
    assert "only reported" in story.answer().reason


# ---- rulings


def test_a_ruling_to_accept_overrules_and_never_signs_for_the_consumer() -> None:
    story = objected()
    story.says(COUNCIL_CARL, "/rule accept -- announced in March")
    decision = story.decide()
    assert decision.verdict is Verdict.RELEASED
    assert (state(decision), state(decision, "checkout-web")) == (APPROVED, OVERRULED)
    assert requirement(decision, "checkout-web").signatures == ()
    assert signers(decision) == [("carl", "decision owner")]
    assert decision.disputes[0].ruling is not None
    assert 'level: may_change, note: "announced in March"' in story.answer().edit


def test_a_ruling_does_not_sign_for_consumers_that_did_not_object() -> None:
    both = {"checkout-web": Reach.AFFECTED, "mobile-app": Reach.AFFECTED}
    story = objected(impacts=(impact(reaches=both),), rules=registry(consumers=(CHECKOUT_WEB, MOBILE_APP)))
    story.says(COUNCIL_CARL, "/rule accept -- announced")
    assert open_for(story.decide()) == ["mobile-app"]


def test_a_ruling_to_reject_holds_and_says_what_is_promised() -> None:
    story = objected()
    story.says(COUNCIL_CARL, "/rule reject -- keep it")
    decision = story.decide()
    assert decision.verdict is Verdict.HELD
    assert (state(decision), state(decision, "checkout-web")) == (REJECTED, REJECTED)
    assert "level: guaranteed" in story.answer().edit


def test_a_later_ruling_replaces_an_earlier_one() -> None:
    story = objected()
    story.says(COUNCIL_CARL, "/rule reject -- keep it")
    story.publish()
    story.says(COUNCIL_CORA, "/rule accept -- it was a month ago")
    assert story.decide().verdict is Verdict.RELEASED


def test_deleting_a_rejection_does_not_bring_back_what_it_took_back() -> None:
    story = objected()
    story.says(COUNCIL_CARL, "/rule accept -- fine")
    story.publish()
    rejection = story.says(COUNCIL_CORA, f"/rule reject {story.decide().findings[0].id} -- no")
    story.publish()
    assert story.decide().verdict is Verdict.HELD
    story.deletes(rejection)
    assert story.decide().verdict is Verdict.HELD


def test_what_is_honoured_until_a_day_is_held_until_it_is_over() -> None:
    story = objected()
    story.says(COUNCIL_CARL, "/rule honour-until 2026-12-31 -- they need the quarter")
    decision = story.decide()
    assert (state(decision), state(decision, "checkout-web")) == (HONOURED, HONOURED)
    assert 'sunset: "2026-12-31"' in story.answer().edit
    story.now = datetime(2026, 12, 31, 23, 59, tzinfo=UTC)
    assert story.decide().verdict is Verdict.HELD
    assert story.decide().next_due == datetime(2027, 1, 1, tzinfo=UTC)
    story.now = datetime(2027, 1, 1, tzinfo=UTC)
    assert story.decide().verdict is Verdict.RELEASED
    assert state(story.decide(), "checkout-web") is OVERRULED


def test_a_ruling_older_than_the_newest_objection_settles_nothing() -> None:
    story = objected()
    story.says(COUNCIL_CARL, "/rule accept -- fine")
    story.publish()
    story.says(CHECKOUT_CHE, f"/object {story.decide().findings[0].id} -- not fine")
    assert state(story.decide()) is OBJECTED
    assert story.decide().disputes[0].ruling is None


def test_a_ruling_needs_an_objection_that_was_there() -> None:
    story = held()
    story.says(COUNCIL_CARL, "/rule accept -- just so")
    assert "Nobody objected" in story.answer().reason
    assert story.decide().verdict is Verdict.HELD


@pytest.mark.parametrize("person", [CHECKOUT_CHO, OWNER_OLA, STRANGER, AUTHOR])
def test_only_the_decision_owner_rules(person: Person) -> None:
    story = objected()
    story.says(person, "/rule accept -- mine")
    assert not story.answer().accepted
    assert story.decide().verdict is Verdict.HELD


def test_whoever_made_the_change_may_not_rule_on_it() -> None:
    story = objected(commits=(Commit("d" * 40, (COUNCIL_CARL,)),))
    story.says(COUNCIL_CARL, "/rule accept -- mine")
    assert "the author of commit ddddddd" in story.answer().reason
    assert story.decide().verdict is Verdict.HELD


def test_a_ruling_expires_and_the_objection_holds_again() -> None:
    story = objected()
    comment = story.says(COUNCIL_CARL, "/rule accept -- fine")
    story.now = comment.created_at + timedelta(days=30)
    assert state(story.decide()) is OBJECTED


def test_a_ruling_does_not_outlive_the_change_that_it_was_about() -> None:
    story = objected()
    story.says(COUNCIL_CARL, "/rule accept -- fine")
    story.publish()
    story.impacts = (CHANGED,)
    assert state(story.decide()) is OBJECTED


def test_with_a_quorum_a_ruling_needs_others_to_sign_it() -> None:
    story = objected(rules=registry(contract(signoff={"quorum": 2})))
    story.says(COUNCIL_CARL, "/rule accept -- fine")
    assert state(story.decide()) is OPEN
    story.publish()
    story.says(COUNCIL_CORA, "/approve-breaking")
    assert story.decide().verdict is Verdict.RELEASED


# ---- waivers


WAIVE = "/waive checkout-web reason:policy_exception until:2026-12-01 -- they are closed"


def test_a_waiver_does_without_a_signature_until_a_day_and_leaves_something_to_do() -> None:
    story = held()
    story.says(COUNCIL_CARL, f"/approve-breaking\n{WAIVE}")
    decision = story.decide()
    assert decision.verdict is Verdict.RELEASED
    assert state(decision, "checkout-web") is WAIVED
    (follow_up,) = decision.follow_ups
    assert (follow_up.consumer, follow_up.code, str(follow_up.until)) == (
        "checkout-web",
        "policy_exception",
        "2026-12-01",
    )
    assert follow_up.findings == (decision.findings[0].id,)
    assert follow_up.note == "they are closed"
    story.now = datetime(2026, 12, 2, tzinfo=UTC)
    assert open_for(story.decide()) == ["checkout-web"]
    assert story.decide().follow_ups == ()


@pytest.mark.parametrize("person", [CHECKOUT_CHO, OWNER_OLA, STRANGER])
def test_only_the_decision_owner_waives(person: Person) -> None:
    story = held()
    story.says(person, WAIVE)
    assert "takes somebody from @acme/api-council" in story.answer().reason
    assert open_for(story.decide()) == ["decision owner", "checkout-web"]


def test_an_organisation_may_say_who_waives() -> None:
    rules = registry().model_copy(update={"floors": Floors(may_waive=("@acme/board",))})
    board = Person(30, "bea")
    story = held(rules=rules, roster=Roster({**ROSTER.members, "@acme/board": (board,)}))
    story.says(COUNCIL_CARL, WAIVE)
    assert "takes somebody from @acme/board" in story.answer().reason
    story.says(board, WAIVE)
    assert open_for(story.decide()) == ["decision owner"]


def test_whoever_made_the_change_may_not_waive() -> None:
    story = held(pushers=(COUNCIL_CARL,))
    story.says(COUNCIL_CARL, WAIVE)
    assert "pushed to this pull request" in story.answer().reason


def test_a_waiver_does_not_silence_an_objection() -> None:
    story = objected()
    story.says(COUNCIL_CARL, WAIVE)
    assert "/rule accept" in story.answer().reason
    story = held()
    story.says(COUNCIL_CARL, WAIVE)
    story.publish()
    story.says(CHECKOUT_CHO, f"/object {story.decide().findings[0].id} -- we are back")
    assert state(story.decide(), "checkout-web") is OBJECTED


def test_a_waiver_is_taken_back_like_a_signature() -> None:
    story = held()
    comment = story.says(COUNCIL_CARL, WAIVE)
    story.says(COUNCIL_CORA, "/revoke")
    assert open_for(story.decide()) == ["decision owner", "checkout-web"]
    story.comments.remove(story.comments[-1])
    story.edits(comment, WAIVE + "!")
    assert "edited" in story.decide().answers[0].reason


def test_the_decision_owners_own_signature_is_not_waived() -> None:
    story = held()
    story.says(COUNCIL_CARL, "/waive decision-owner reason:security until:2026-12-01 -- no time")
    assert "write `/approve-breaking`" in story.answer().reason


# ---- reclassifications


def test_the_decision_owner_reclassifies_and_it_is_kept_as_a_case() -> None:
    story = held()
    story.says(COUNCIL_CARL, f"/reclassify {story.decide().findings[0].id} compatible -- it was never sent")
    decision = story.decide()
    assert decision.verdict is Verdict.CLEAR
    (case,) = decision.reclassified
    assert (case.rule, case.before, case.after, case.reason) == (
        "response-property-removed",
        Level.BREAKING,
        Level.COMPATIBLE,
        "it was never sent",
    )


def test_the_producer_proposes_and_the_decision_owner_confirms() -> None:
    story = held()
    id = story.decide().findings[0].id
    story.says(OWNER_OLA, f"/reclassify {id} risky -- nobody reads it")
    assert story.answer().accepted
    assert "Proposed" in story.answer().reason
    assert story.decide().verdict is Verdict.HELD
    story.says(COUNCIL_CARL, f"/reclassify {id} risky -- agreed")
    assert story.decide().verdict is Verdict.CLEAR
    assert story.decide().reclassified[0].proposed_by == OWNER_OLA


@pytest.mark.parametrize("person", [CHECKOUT_CHO, STRANGER, AUTHOR, BOT])
def test_nobody_else_reclassifies(person: Person) -> None:
    story = held()
    story.says(person, f"/reclassify {story.decide().findings[0].id} compatible -- fine")
    assert not story.answer().accepted
    assert story.decide().verdict is Verdict.HELD


def test_a_reclassification_is_of_this_change_only() -> None:
    story = held()
    story.says(COUNCIL_CARL, f"/reclassify {story.decide().findings[0].id} compatible -- fine")
    story.publish()
    story.impacts = (CHANGED,)
    assert story.decide().verdict is Verdict.HELD


def test_a_consumer_may_object_to_a_reclassification() -> None:
    story = held()
    id = story.decide().findings[0].id
    story.says(COUNCIL_CARL, f"/reclassify {id} compatible -- fine")
    story.publish()
    story.says(CHECKOUT_CHO, f"/object {id} -- we read it")
    assert story.decide().verdict is Verdict.HELD


def test_making_it_worse_outlives_the_comment_and_making_it_better_does_not() -> None:
    story = held(impacts=(RISKY,))
    id = story.decide().findings[0].id
    worse = story.says(COUNCIL_CARL, f"/reclassify {id} breaking -- our clients stop")
    story.publish()
    story.deletes(worse)
    assert open_for(story.decide()) == ["decision owner", "checkout-web"]
    better = story.says(COUNCIL_CORA, f"/reclassify {id} risky -- no, they don't")
    story.publish()
    assert open_for(story.decide()) == []
    story.deletes(better)
    assert open_for(story.decide()) == ["decision owner", "checkout-web"]


def test_an_edited_reclassification_counts_for_nothing() -> None:
    story = held()
    comment = story.says(COUNCIL_CARL, "hm")
    story.comments[0] = replace(
        comment, body=f"/reclassify {story.decide().findings[0].id} compatible -- x", edited=True
    )
    assert story.decide().verdict is Verdict.HELD


# ---- escalation


@pytest.mark.parametrize("person", [OWNER_OLA, AUTHOR, CHECKOUT_CHO])
def test_the_producer_and_consumers_call_the_decision_owner(person: Person) -> None:
    story = held()
    story.says(person, "/escalate")
    assert story.answer().reason == "Called: @acme/api-council."
    assert [e.person for e in story.decide().escalations] == [person]


def test_a_stranger_calls_nobody() -> None:
    story = held()
    story.says(STRANGER, "/escalate")
    assert not story.answer().accepted
    assert story.decide().escalations == ()


@pytest.mark.parametrize("ruling", ["accept", "reject", "honour-until 2027-03-31"])
def test_the_lines_that_a_ruling_makes_speak_of_every_place_that_the_change_reaches(ruling: str) -> None:
    """Of a schema that is used in several places nothing can be promised but there."""
    places = ("GET /orders 200:$.orders[*].customer.email", "GET /orders/{id} 200:$.customer.email")
    story = held(impacts=(impact(finding(element="Customer:$.email", places=places)),))
    story.says(CHECKOUT_CHO, "/object -- our receipts print it")
    story.says(COUNCIL_CARL, f"/rule {ruling} -- so be it")
    (edited,) = yaml.safe_load(story.answer().edit)["contracts"]
    lines = edited.get("guarantees") or edited["deprecated"]
    assert tuple(line["at"] for line in lines) == places
    contract(**edited)
