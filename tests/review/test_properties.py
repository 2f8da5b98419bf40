"""Whatever is said, in whatever order it arrives: the same decision, and no signature from nowhere."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.review.capacity import Act
from bot.review.people import Person
from bot.review.values import Decision, Verdict
from tests.review.story import (
    AUTHOR,
    BOT,
    CHANGED,
    CHECKOUT_CHE,
    CHECKOUT_CHO,
    COUNCIL_CARL,
    COUNCIL_CORA,
    OTHER,
    REMOVED,
    STRANGER,
    Story,
)

_PEOPLE: list[Person | None] = [AUTHOR, BOT, STRANGER, COUNCIL_CARL, COUNCIL_CORA, CHECKOUT_CHO, CHECKOUT_CHE, None]
_BODIES = [
    "/approve-breaking",
    "/approve-breaking as checkout-web",
    "/approve-breaking as decision-owner",
    "/approve-breaking {0}",
    "/approve-breaking {0} {1} -- fine",
    "/approve-breaking {1} until 2026-11-22",
    "/revoke",
    "/revoke {0}",
    "/recheck\n/approve-breaking",
    "/object -- no",
    "/object {0} -- not this one",
    "/rule accept -- announced",
    "/rule accept {0} -- announced",
    "/rule reject {0} -- keep it",
    "/rule honour-until 2026-12-31 {0} -- the quarter",
    "/waive checkout-web reason:bug_fix until:2026-12-31 -- closed",
    "/ack",
    "/escalate",
    "> /approve-breaking",
    "`/approve-breaking`",
    "/contracts status",
    "thanks",
]
_IMPACTS = st.sampled_from([(REMOVED,), (REMOVED, OTHER), (CHANGED,), (CHANGED, OTHER), ()])
_SAYS = st.tuples(st.just("says"), st.sampled_from(_PEOPLE), st.sampled_from(_BODIES), st.booleans())
_STEPS = st.lists(st.one_of(_SAYS, _SAYS, st.just("publish"), _IMPACTS), max_size=14)

_IDS = [finding.id for finding in Story((REMOVED, OTHER)).decide().findings]


_WORDS: dict[Act, str] = {
    "approve": "/approve-breaking",
    "ack": "/ack",
    "waive": "/waive checkout-web",
    "accept": "/rule accept",
    "reject": "/rule reject",
    "honour-until": "/rule honour-until",
}


def told(steps: list[object]) -> Story:
    story = Story()
    for step in steps:
        match step:
            case "publish":
                story.publish()
            case ("says", person, body, edited):
                assert isinstance(body, str)
                assert person is None or isinstance(person, Person)
                story.says(person, body.format(*_IDS), edited=bool(edited) and body.startswith(("/approve", "/rule")))
            case tuple():
                story.impacts = step
    return story


@given(_STEPS, st.randoms())
@settings(max_examples=150, deadline=None)
def test_any_order_and_repetition_of_the_comments_gives_the_same_decision(steps: list[object], random: object) -> None:
    story = told(steps)
    shuffled = story.comments + story.comments[: len(story.comments) // 2]
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert story.decide(shuffled) == story.decide()


@given(_STEPS)
@settings(max_examples=150, deadline=None)
def test_no_signature_comes_from_nowhere(steps: list[object]) -> None:
    story = told(steps)
    decision = story.decide()
    by_id = {comment.id: comment for comment in story.comments}
    for requirement in decision.requirements:
        for signature in requirement.signatures:
            comment = by_id[signature.comment_id]
            assert comment.author == signature.person
            assert _WORDS[signature.act] in comment.body
            assert not comment.edited
            assert signature.act == "waive" or signature.person in requirement.people
            assert signature.person not in (AUTHOR, BOT, STRANGER)
            assert requirement.finding in comment.body or any(
                requirement.fingerprint in seen.open
                for seen in story.publications
                if seen.published_at < comment.created_at
            )


@given(_STEPS)
@settings(max_examples=100, deadline=None)
def test_fewer_comments_never_release_a_merge_that_more_would_hold(steps: list[object]) -> None:
    """Deleting any comment, once the decision that saw it was published, can only take signatures away."""
    story = told(steps)
    story.publish()
    before = _approved(story.decide())
    for comment in story.comments:
        rest = [other for other in story.comments if other is not comment]
        assert _approved(story.decide(rest)) <= before


@given(_STEPS)
@settings(max_examples=100, deadline=None)
def test_deciding_twice_decides_the_same_and_publishing_changes_nothing(steps: list[object]) -> None:
    story = told(steps)
    first = story.decide()
    story.publish()
    again = story.decide()
    assert (again.verdict, again.digest) == (first.verdict, first.digest)
    assert [replace(r, silence=None) for r in again.requirements] == [
        replace(r, silence=None) for r in first.requirements
    ]  # publishing starts clocks, and nothing else
    assert [(a.comment.id, a.line, a.accepted) for a in again.answers] == [
        (a.comment.id, a.line, a.accepted) for a in first.answers
    ]


@given(_STEPS)
@settings(max_examples=100, deadline=None)
def test_it_is_released_only_when_every_blocking_requirement_is_approved(steps: list[object]) -> None:
    decision = told(steps).decide()
    blocking = [r for r in decision.requirements if r.blocking]
    expected = Verdict.CLEAR
    if blocking:
        done = all(r.state.is_settled for r in blocking)
        expected = Verdict.RELEASED if done else Verdict.HELD
    assert decision.verdict is expected
    assert all(answer.accepted or answer.reason for answer in decision.answers)


@given(_STEPS)
@settings(max_examples=150, deadline=None)
def test_no_objection_is_lost_and_none_is_passed_over(steps: list[object]) -> None:
    """Whatever is deleted: what was quoted is quoted, and holds until its author takes it back or a ruling ends it."""
    story = told(steps)
    story.publish()
    before = story.decide()
    story.comments.clear()
    after = story.decide()
    assert after.objections == before.objections
    for objection in after.objections:
        present = [r for r in after.requirements if r.finding == objection.finding]
        assert not present or any(r.holds for r in present)


def _approved(decision: Decision) -> set[str]:
    return {r.fingerprint for r in decision.requirements if r.state.is_settled}
