"""Ways around a signature that somebody might try, or stumble into, and dead ends in which nobody could sign."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from bot.judge.finding import Level
from bot.registry.impact import Reach
from bot.registry.model import ConsumerSignoff, Floors, OwnWord
from bot.review.decision import failed, published
from bot.review.transitions import Circumstance, Transition, last_judged, transitions
from bot.review.values import Decision, PublishedDecision, RequirementState, Verdict
from tests.review.story import (
    ADMIN,
    AUTHOR,
    CHECKOUT_CHO,
    COUNCIL,
    COUNCIL_CARL,
    COUNCIL_CORA,
    MOBILE,
    MOBILE_APP,
    MOBILE_MIA,
    OWNER_OLA,
    OWNERS,
    ROSTER,
    Story,
    contract,
    finding,
    held,
    impact,
    registry,
    requirement,
    signed,
    state,
)

WHERE = Circumstance("f" * 40, "b" * 40, "1")
TOTAL = "GET /orders/{id} 200:$.total"
PROMISED = impact(finding(element=TOTAL))
KEPT = {"deprecated": ({"at": TOTAL, "sunset": "2027-01-01"},)}


def id_of(story: Story) -> str:
    return story.decide().findings[0].id


# ---- quorum


def test_a_promise_is_set_aside_by_as_many_people_as_would_have_to_sign() -> None:
    story = held(impacts=(PROMISED,), rules=registry(contract(signoff={"quorum": 2}, **KEPT)))
    command = f"/waive decision-owner {id_of(story)} reason:security until:2026-12-24 -- it leaks"
    story.says(COUNCIL_CARL, command)
    assert state(story.decide()) is RequirementState.OPEN
    story.says(COUNCIL_CORA, command)
    assert state(story.decide()) is RequirementState.WAIVED


def test_a_finding_is_made_less_by_as_many_people_as_would_have_to_sign() -> None:
    story = held(rules=registry(contract(signoff={"quorum": 2})))
    command = f"/reclassify {id_of(story)} compatible -- it was never sent"
    story.says(COUNCIL_CARL, command)
    decision = story.decide()
    assert decision.verdict is Verdict.HELD
    assert decision.answers[-1].accepted
    assert "1 of 2" in decision.answers[-1].reason
    story.says(COUNCIL_CARL, command)
    assert story.decide().verdict is Verdict.HELD, "the same person counts once"
    story.says(COUNCIL_CORA, command)
    assert story.decide().verdict is Verdict.CLEAR


def test_a_finding_is_made_worse_by_one_person_whatever_the_quorum() -> None:
    risky = impact(finding(Level.RISKY, fact="schema.enum.value.added", identity=("", "PAID")))
    story = held(impacts=(risky,), rules=registry(contract(signoff={"quorum": 2})))
    story.says(COUNCIL_CARL, f"/reclassify {id_of(story)} breaking -- our till stops")
    assert story.decide().verdict is Verdict.HELD


def test_administrators_are_asked_when_too_few_are_left_for_the_quorum() -> None:
    alone = replace(ROSTER, members={**ROSTER.members, COUNCIL: (COUNCIL_CARL,), OWNERS: (AUTHOR,)})
    story = held(rules=registry(contract(signoff={"quorum": 2})), roster=replace(alone, admins=()))
    assert requirement(story.decide()).lacks_people
    story.roster = alone
    assert not requirement(story.decide()).lacks_people
    assert ADMIN in requirement(story.decide()).people


# ---- rulings


def test_what_was_rejected_is_not_let_go_by_a_waiver_of_the_promise() -> None:
    story = held(impacts=(PROMISED,), rules=registry(contract(**KEPT)))
    id = id_of(story)
    story.says(CHECKOUT_CHO, f"/object {id} -- our till stops")
    story.publish()
    story.says(COUNCIL_CARL, f"/rule reject {id} -- keep it")
    story.publish()
    story.says(COUNCIL_CORA, f"/waive decision-owner {id} reason:security until:2026-12-24 -- it leaks")
    assert not story.answer().accepted
    assert "/rule accept" in story.answer().reason
    assert state(story.decide()) is RequirementState.REJECTED


def test_what_is_honoured_until_a_day_is_not_let_go_by_a_waiver_of_the_promise() -> None:
    story = held(impacts=(PROMISED,), rules=registry(contract(**KEPT)))
    id = id_of(story)
    story.says(CHECKOUT_CHO, f"/object {id} -- our till stops")
    story.publish()
    story.says(COUNCIL_CARL, f"/rule honour-until 2026-12-20 {id} -- they need it")
    story.publish()
    story.says(COUNCIL_CORA, f"/waive decision-owner {id} reason:security until:2026-12-24 -- it leaks")
    assert state(story.decide()) is RequirementState.HONOURED


def test_an_accepted_removal_before_its_sunset_still_takes_the_waiver() -> None:
    story = held(impacts=(PROMISED,), rules=registry(contract(**KEPT)))
    id = id_of(story)
    story.says(CHECKOUT_CHO, f"/object {id} -- our till stops")
    story.publish()
    story.says(COUNCIL_CARL, f"/rule accept {id} -- announced")
    story.publish()
    assert story.decide().verdict is Verdict.HELD
    story.says(COUNCIL_CARL, f"/waive decision-owner {id} reason:security until:2026-12-24 -- it leaks")
    assert story.decide().verdict is Verdict.RELEASED


# ---- objections


def test_an_objection_stays_when_what_holds_the_element_is_removed_instead() -> None:
    rules = registry(consumers=(MOBILE_APP,))
    story = held(impacts=(impact(reaches={"mobile-app": Reach.POSSIBLY}),), rules=rules)
    story.says(MOBILE_MIA, f"/object {id_of(story)} -- the app shows it")
    story.publish()
    everything = finding(fact="operation.removed", element="GET /orders/{id}", identity=("", ""))
    story.impacts = (impact(everything, reaches={"mobile-app": Reach.POSSIBLY}),)
    story.publish()
    assert state(story.decide()) is RequirementState.OBJECTED
    assert [d.objections[0].text for d in story.decide().disputes] == ["the app shows it"]


def test_an_objection_does_not_spread_to_what_lies_beside_it() -> None:
    story = held()
    story.says(CHECKOUT_CHO, f"/object {id_of(story)} -- our till stops")
    story.publish()
    story.impacts = (PROMISED,)
    story.publish()
    assert not story.decide().disputes


def test_a_refused_approval_takes_no_objection_back() -> None:
    story = held(impacts=(impact(reaches={"checkout-web": Reach.POSSIBLY}),))
    id = id_of(story)
    story.says(CHECKOUT_CHO, f"/object {id} -- our till stops")
    story.publish()
    story.says(CHECKOUT_CHO, f"/approve-breaking {id} until 2026-01-01")
    assert not story.answer().accepted
    assert story.decide().disputes, "a refused command does nothing"


def test_who_takes_back_an_objection_by_approving_without_being_asked_to_sign_is_told_so() -> None:
    story = held()
    id = id_of(story)
    story.says(OWNER_OLA, f"/object {id} -- not before spring")
    story.publish()
    story.says(OWNER_OLA, f"/approve-breaking {id}")
    decision = story.decide()
    assert bool(decision.disputes) is not decision.answers[-1].accepted, "refused, it does nothing"


# ---- silence


def consenting(**signoff: object) -> Story:
    word = OwnWord(repository="acme/checkout", signoff=ConsumerSignoff(respond_within="3d", on_silence="consent"))
    rules = registry(contract(**signoff)).model_copy(update={"own_words": {"checkout-web": word}})
    return Story(rules=rules)


def test_nobody_consents_by_silence_to_what_was_only_observed() -> None:
    story = consenting(enforcement="observe")
    story.publish()
    story.now += timedelta(days=10)
    story.publish()
    story.rules = consenting(enforcement="enforce").rules
    assert state(story.decide(), "checkout-web") is RequirementState.OPEN
    story.publish()
    story.now += timedelta(days=10)
    assert state(story.decide(), "checkout-web") is RequirementState.CONSENTED


# ---- answers that fit the state


def test_nobody_is_said_to_be_called_where_everything_is_signed() -> None:
    story = signed()
    story.says(CHECKOUT_CHO, "/escalate")
    assert "Called" not in story.answer().reason


def test_nobody_is_said_to_be_called_in_a_draft() -> None:
    story = held(is_draft=True)
    story.says(CHECKOUT_CHO, "/escalate")
    assert "Called" not in story.answer().reason
    assert "draft" in story.answer().reason


def test_nobody_is_said_to_be_called_where_it_is_only_observed() -> None:
    story = held(rules=registry(contract(enforcement="observe")))
    story.says(CHECKOUT_CHO, "/escalate")
    assert "Called" not in story.answer().reason


# ---- the ledger


def recorded(story: Story, decision: Decision | None = None) -> tuple[Transition, ...]:
    """What the ledger gets; then it is published."""
    decision = decision or story.decide()
    found = transitions(last_judged(story.publications), decision, WHERE)
    story.now += timedelta(minutes=1)
    story.publications.append(published(decision, story.now, "f" * 40))
    return found


def test_nothing_is_written_twice_because_the_registry_was_broken_in_between() -> None:
    story = signed()
    assert recorded(story) == ()
    assert recorded(story, failed(("contracts.yml:1: broken",), story.comments, story.publications)) == ()
    before: PublishedDecision = story.publications[-1]
    assert before.is_failed
    assert recorded(story) == ()


def test_who_takes_an_objection_back_is_in_the_ledger() -> None:
    story = held()
    story.says(CHECKOUT_CHO, f"/object {id_of(story)} -- our till stops")
    recorded(story)
    comment = story.says(CHECKOUT_CHO, "/revoke")
    steps = recorded(story)
    told = {str(s.capacity): (s.cause, s.person, s.comment_url) for s in steps}
    assert told == dict.fromkeys(("decision owner", "checkout-web"), ("revoke", CHECKOUT_CHO, comment.url))


def test_who_reclassified_what_is_moot_since_is_in_the_ledger() -> None:
    story = held()
    comment = story.says(COUNCIL_CARL, f"/reclassify {id_of(story)} compatible -- it was never sent")
    steps = recorded(story)
    assert {(s.after, s.cause, s.person, s.comment_url) for s in steps} == {
        (RequirementState.MOOT, "reclassify", COUNCIL_CARL, comment.url)
    }


def test_another_signature_in_place_of_one_is_published_anew() -> None:
    story = signed()
    before = story.decide().digest
    story.says(COUNCIL_CORA, f"/approve-breaking {id_of(story)} as decision-owner")
    first = next(c for c in story.comments if c.author == COUNCIL_CARL)
    story.deletes(first)
    assert story.decide().verdict is Verdict.RELEASED
    assert story.decide().digest != before


# ---- sunsets


def test_a_pull_request_that_waits_for_a_sunset_is_looked_at_again_on_that_day() -> None:
    rules = registry(contract(signoff={"respond_within": "1h"}, **KEPT))
    story = held(impacts=(PROMISED,), rules=rules)
    story.now += timedelta(days=20)
    story.publish()
    due = story.decide().next_due
    assert due is not None
    assert due.date().isoformat() == "2027-01-01"


def test_whoever_the_organisation_lets_waive_is_asked_where_only_a_waiver_helps() -> None:
    rules = registry(contract(**KEPT)).model_copy(update={"floors": Floors(may_waive=(MOBILE,))})
    story = held(impacts=(PROMISED,), rules=rules)
    assert requirement(story.decide()).signers == (MOBILE,)
    id = id_of(story)
    story.says(CHECKOUT_CHO, f"/object {id} -- our till stops")
    story.publish()
    story.says(COUNCIL_CARL, f"/rule accept {id} -- announced")
    assert story.answer().accepted, "ruling remains the decision owner's"
    story.publish()
    story.says(MOBILE_MIA, f"/waive decision-owner {id} reason:security until:2026-12-24 -- it leaks")
    assert story.decide().verdict is Verdict.RELEASED
