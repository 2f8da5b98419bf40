"""What time does to a decision: reminders, escalation, consent, expiry, and until when something was promised."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.contracts.change import Change, Place
from bot.judge.finding import Finding, Level
from bot.registry.impact import Guarantee, Reach
from bot.registry.model import ConsumerSignoff, OwnWord, Registry
from bot.review.decision import asks
from bot.review.people import Person
from bot.review.values import RequirementState, Verdict
from tests.review.story import (
    CHECKOUT_CHO,
    CHECKOUT_WEB,
    COUNCIL_CARL,
    MOBILE_APP,
    MOBILE_MIA,
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
    state,
)

MONDAY = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
THURSDAY = MONDAY + timedelta(days=3, minutes=1)
"""Three business days after a decision that was published on Monday, a minute past noon."""


def silent(on_silence: str = "escalate", own: str | None = None, **changes: object) -> Story:
    rules = registry(contract(signoff={"on_silence": on_silence, "respond_within": "3d"}))
    if own is not None:
        word = OwnWord(repository="acme/web", signoff=ConsumerSignoff.model_validate({"on_silence": own, **changes}))
        rules = rules.model_copy(update={"own_words": {"checkout-web": word}})
    return held(rules=rules, now=MONDAY)


def test_a_request_has_a_course_from_when_it_was_shown() -> None:
    story = silent()
    course = requirement(story.decide(), "checkout-web").silence
    assert course is not None
    assert course.asked_at == MONDAY + timedelta(minutes=1)
    assert course.follows_at == THURSDAY
    assert story.decide().next_due == course.remind_at
    story.now = course.remind_at
    assert story.decide().next_due == THURSDAY


def test_what_nobody_was_asked_before_begins_with_this_decision() -> None:
    story = silent()
    first = Story(rules=story.rules, now=MONDAY).decide()
    asked = requirement(first, "checkout-web")
    assert asked.silence is None
    assert first.beginning[asked.fingerprint].asked_at == MONDAY
    story.now += timedelta(minutes=1)
    assert story.decide().beginning == {}


def test_the_time_for_a_ruling_begins_when_the_objection_is_shown_and_not_with_the_request() -> None:
    story = silent()
    story.now += timedelta(days=1)
    story.says(CHECKOUT_CHO, "/object -- we read it")
    decision = story.decide()
    council = requirement(decision, "decision owner")
    assert decision.beginning[council.fingerprint].asked_at == story.now
    assert council.silence is not None and council.silence.asked_at < story.now


def test_what_is_shown_again_later_does_not_begin_anew() -> None:
    story = silent()
    story.now += timedelta(days=1)
    story.says(COUNCIL_CARL, "/approve-breaking as decision-owner")
    story.publish()
    course = requirement(story.decide(), "checkout-web").silence
    assert course is not None
    assert course.asked_at == MONDAY + timedelta(minutes=1)


def test_a_draft_asks_nobody_so_no_time_runs() -> None:
    story = Story(is_draft=True, now=MONDAY)
    story.publish()
    assert requirement(story.decide()).silence is None
    assert story.decide().next_due is None
    story.is_draft = False
    assert story.decide().digest != story.publications[-1].digest, "so that it is published, and time begins"
    assert story.decide().next_due is not None


def test_for_a_consumer_that_does_not_answer_the_decision_owner_may_sign_but_says_so() -> None:
    story = silent()
    story.says(COUNCIL_CARL, "/approve-breaking")
    story.says(COUNCIL_CARL, "/approve-breaking as checkout-web")
    assert not story.answer().accepted
    story.now = THURSDAY
    assert open_for(story.decide()) == ["checkout-web"], "what was written before that time signs nothing for it"
    assert "@acme/api-council may sign for it" in requirement(story.decide(), "checkout-web").why
    story.says(COUNCIL_CARL, "/approve-breaking")
    assert open_for(story.decide()) == ["checkout-web"], "it has to be named"
    story.says(COUNCIL_CARL, "/approve-breaking as checkout-web")
    assert story.decide().verdict is Verdict.RELEASED
    (signature,) = requirement(story.decide(), "checkout-web").signatures
    assert signature.for_silent
    assert signature.person == COUNCIL_CARL


@pytest.mark.parametrize("person", [STRANGER, Person(77, "dependabot[bot]")])
def test_nobody_else_signs_for_a_silent_consumer(person: Person) -> None:
    story = silent()
    story.now = THURSDAY
    story.says(person, "/approve-breaking as checkout-web")
    assert "checkout-web" in open_for(story.decide())


def test_where_silence_blocks_it_blocks() -> None:
    story = silent("block")
    story.now = THURSDAY + timedelta(days=300)
    story.says(COUNCIL_CARL, "/approve-breaking as checkout-web")
    assert "checkout-web" in open_for(story.decide())


def test_silence_is_consent_only_by_the_consumers_own_word() -> None:
    theirs, own = silent("consent"), silent("block", own="consent")
    for story in (theirs, own):
        story.now = THURSDAY
        story.says(COUNCIL_CARL, "/approve-breaking as decision-owner")
    assert open_for(theirs.decide()) == ["checkout-web"]
    assert own.decide().verdict is Verdict.RELEASED
    assert state(own.decide(), "checkout-web") is RequirementState.CONSENTED
    own.publish()
    own.now += timedelta(hours=1)
    own.publish()
    assert state(own.decide(), "checkout-web") is RequirementState.CONSENTED, "it does not begin to ask again"


def test_a_consumer_that_objected_has_not_been_silent() -> None:
    story = silent("block", own="consent")
    story.says(CHECKOUT_CHO, "/object -- no")
    story.publish()
    story.now = THURSDAY + timedelta(days=30)
    assert state(story.decide(), "checkout-web") is RequirementState.OBJECTED


def test_a_consumer_sets_its_own_time() -> None:
    story = silent("block", own="consent", respond_within="10d")
    story.now = THURSDAY
    assert state(story.decide(), "checkout-web") is RequirementState.OPEN


def test_the_last_fifth_of_a_signatures_time_is_announced() -> None:
    story = signed(rules=registry(contract(signoff={"approval_ttl": "10d"})))
    at = story.comments[0].created_at
    story.now = at + timedelta(days=8) - timedelta(seconds=1)
    assert story.decide().expiring == ()
    assert story.decide().next_due == at + timedelta(days=8)
    story.now = at + timedelta(days=8)
    assert [s.person for s in story.decide().expiring] == [COUNCIL_CARL]
    assert story.decide().verdict is Verdict.RELEASED


# ---- promised until a day


def removed(**attributes: str | bool) -> Finding:
    what = finding(element="GET /orders", fact="operation.removed")
    change = Change(
        fact="operation.removed",
        element="GET /orders",
        places=(Place("GET /orders", {"direction": "none"}),),
        attributes=dict(attributes),
    )
    return Finding(what.contract, change, what.verdicts)


EARLY = removed(lifecycle="before_sunset", sunset="2027-01-01")


def deprecated(windows: str = "any", **entry: str) -> Registry:
    return registry(contract(deprecated=({"at": "GET /orders", **entry},), deprecation={"windows": windows}))


@pytest.mark.parametrize(
    ("what", "rules"),
    [
        (EARLY, registry()),
        (removed(), deprecated(sunset="2027-01-01")),
        (removed(), deprecated(since="2026-11-01")),
        (removed(), deprecated("quarterly", sunset="2026-11-20")),
        (removed(), deprecated("monthly", since="2026-08-10")),
    ],
    ids=["the document's sunset", "the registry's sunset", "the notice", "a quarter begins", "a month begins"],
)
def test_no_approval_clears_a_removal_before_its_day(what: Finding, rules: Registry) -> None:
    story = held(impacts=(impact(what),), rules=rules)
    story.says(CHECKOUT_CHO, "/approve-breaking")
    story.says(COUNCIL_CARL, "/approve-breaking")
    assert "no approval clears that" in story.answer().reason
    assert open_for(story.decide()) == ["decision owner"]
    story.says(COUNCIL_CARL, "/waive decision-owner reason:bug_fix until:2026-12-31 -- it never worked")
    assert "reason:security" in story.answer().reason
    story.says(COUNCIL_CARL, "/waive decision-owner reason:security until:2026-12-31 -- it leaks")
    assert story.decide().verdict is Verdict.RELEASED
    assert state(story.decide()) is RequirementState.WAIVED


@pytest.mark.parametrize(
    ("what", "rules"),
    [
        (removed(lifecycle="sunset_passed"), registry()),
        (removed(), deprecated(sunset="2026-11-21")),
        (removed(), deprecated(since="2026-01-01")),
        (finding(), deprecated(sunset="2027-01-01")),
    ],
)
def test_after_its_day_or_elsewhere_a_removal_is_signed_as_ever(what: Finding, rules: Registry) -> None:
    story = held(impacts=(impact(what),), rules=rules)
    story.says(COUNCIL_CARL, "/approve-breaking")
    assert open_for(story.decide()) == ["checkout-web"]


def test_nobody_reclassifies_a_promise_away() -> None:
    story = held(impacts=(impact(EARLY),))
    story.says(COUNCIL_CARL, f"/reclassify {story.decide().findings[0].id} compatible -- fine")
    assert not story.answer().accepted


def test_what_was_not_promised_has_no_day() -> None:
    story = held(impacts=(impact(EARLY, guarantee=Guarantee.MAY_CHANGE),))
    story.says(COUNCIL_CARL, "/approve-breaking")
    assert story.decide().verdict is Verdict.RELEASED


@pytest.mark.parametrize(
    ("person", "day", "told"),
    [
        (COUNCIL_CARL, "2027-06-01", 'sunset: "2027-06-01"'),
        (COUNCIL_CARL, "2026-12-01", "only moves it later"),
        (CHECKOUT_CHO, "2027-06-01", "confirms by writing the same"),
        (STRANGER, "2027-06-01", "may ask for that"),
    ],
)
def test_a_sunset_moves_later_by_one_owners_word(person: Person, day: str, told: str) -> None:
    story = held(rules=deprecated(sunset="2027-01-01"))
    story.says(person, f"/extend GET /orders to:{day}")
    answer = story.answer()
    assert told in answer.edit + answer.reason
    assert answer.accepted == (day == "2027-06-01" and person != STRANGER)


# ---- how far it is enforced


@pytest.mark.parametrize(
    ("enforcement", "verdict"),
    [("observe", Verdict.OBSERVED), ("warn", Verdict.WARNED), ("enforce", Verdict.HELD)],
)
def test_what_is_not_enforced_says_what_it_would_have_done(enforcement: str, verdict: Verdict) -> None:
    story = held(rules=registry(contract(enforcement=enforcement)))
    assert story.decide().verdict is verdict
    assert story.decide().would is Verdict.HELD
    assert bool(asks(story.decide(), ROSTER, "acme").teams) == (enforcement != "observe")
    story.says(COUNCIL_CARL, "/approve-breaking")
    story.says(CHECKOUT_CHO, "/approve-breaking")
    assert story.decide().verdict is Verdict.RELEASED


def test_an_observed_contract_releases_no_other() -> None:
    rules = Registry(contracts=(contract(enforcement="observe"), contract(id="orders-v2")), consumers=())
    story = held(impacts=(impact(reaches={}), impact(finding(of="orders-v2"), {})), rules=rules)
    assert story.decide().verdict is Verdict.HELD
    v2 = story.decide().findings[1].id
    story.says(COUNCIL_CARL, f"/approve-breaking {v2}")
    assert story.decide().verdict is Verdict.OBSERVED


# ---- further capacities


def test_an_acknowledgement_is_enough_where_no_more_is_asked() -> None:
    story = held(impacts=(impact(finding(Level.RISKY)),))
    story.says(CHECKOUT_CHO, "/ack")
    assert state(story.decide(), "checkout-web") is RequirementState.ACKNOWLEDGED
    story = held()
    story.says(CHECKOUT_CHO, "/ack")
    assert "More than having seen it" in story.answer().reason


def test_an_acknowledgement_blocks_only_where_the_policy_asks_for_it() -> None:
    story = held(impacts=(impact(finding(Level.RISKY)),), rules=registry(contract(signoff={"ack_required": True})))
    assert story.decide().verdict is Verdict.HELD
    story.says(CHECKOUT_CHO, "/ack")
    assert story.decide().verdict is Verdict.RELEASED


def test_any_affected_consumer_signs_for_all() -> None:
    rules = registry(contract(signoff={"breaking": ("any_affected_consumer",)}), (CHECKOUT_WEB, MOBILE_APP))
    both = {"checkout-web": Reach.AFFECTED, "mobile-app": Reach.AFFECTED}
    story = held(impacts=(impact(reaches=both),), rules=rules)
    assert open_for(story.decide()) == ["any affected consumer"]
    story.says(COUNCIL_CARL, "/approve-breaking")
    assert story.decide().verdict is Verdict.HELD
    story.says(MOBILE_MIA, "/approve-breaking")
    assert story.decide().verdict is Verdict.RELEASED


def test_the_verification_owner_signs_where_the_policy_says_so() -> None:
    tester = Person(40, "quinn")
    policy = contract(verification_owner="@quinn", signoff={"breaking": ("decision_owner", "verification_owner")})
    roster = type(ROSTER)({**ROSTER.members, "@quinn": (tester,)})
    story = held(rules=registry(policy), roster=roster)
    assert open_for(story.decide()) == ["decision owner", "verification owner"]
    story.says(tester, "/approve-breaking")
    assert open_for(story.decide()) == ["decision owner"]


def test_the_verification_owner_is_asked_about_promises() -> None:
    promise = finding(fact="registry.behaviour.weakened", element="newest-first")
    story = held(impacts=(impact(promise),), rules=registry(contract(verification_owner="@quinn")))
    assert not requirement(story.decide(), "verification owner").blocking


def test_more_people_decide_where_a_critical_consumer_is_affected() -> None:
    policy = contract(signoff={"critical_quorum": 2})
    assert requirement(held(rules=registry(policy)).decide()).needed == 1
    critical = CHECKOUT_WEB.model_copy(update={"criticality": "high"})
    assert requirement(held(rules=registry(policy, (critical,))).decide()).needed == 2
