"""Whatever happens to a pull request: nothing is released for which a signature is missing, and nobody is stuck."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, given, note, settings

from bot.review.values import Decision, Verdict
from tests.model.oracle import DECISION_OWNER
from tests.model.plan import Forget, Push, Step, plans
from tests.model.review import Review

EXAMPLES = int(os.environ.get("COUNTERSIGN_MODEL_EXAMPLES", "300"))
BEGIN = Step(Push("olga", "email", "gone"))

_bounded = settings(
    max_examples=EXAMPLES, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow], database=None
)


def is_free(decision: Decision | None) -> bool:
    return decision is not None and decision.verdict in (Verdict.RELEASED, Verdict.CLEAR)


def played(plan: list[Step]) -> Review:
    review = Review()
    for step in [BEGIN, *plan]:
        review.play(step)
    return review


@_bounded
@given(plans(14))
def test_nothing_is_released_while_a_signature_is_missing(plan: list[Step]) -> None:
    review = Review()
    for step in [BEGIN, *plan]:
        if is_free(review.play(step)):
            note(f"{step}: {review.words()}")
            assert review.oracle.missing() == []


@_bounded
@given(plans(14))
def test_what_counts_was_written_by_somebody_who_may_and_stands_as_it_was_written(plan: list[Step]) -> None:
    review = played(plan)
    note(f"{review.words()}")
    for requirement in review.look().requirements:
        for signature in requirement.signatures:
            said = review.oracle.said[signature.comment_id - 1]
            assert said.stands
            assert said.by == signature.person.login
            assert said.by not in review.oracle.hand
            role = str(requirement.capacity).replace(" ", "-")
            stands_in = signature.for_silent or signature.act == "waive"
            assert said.by in review.oracle.may_sign(DECISION_OWNER if stands_in else role)


@_bounded
@given(plans(14))
def test_nobody_is_ever_stuck(plan: list[Step]) -> None:
    """Whoever is needed can still answer, by new comments, and then it is released."""
    review = played(plan)
    review.look()
    review.finish()
    note(f"{review.words()}")
    assert is_free(review.look())


@_bounded
@given(plans(14))
def test_losing_the_database_releases_nothing_and_loses_no_signature(plan: list[Step]) -> None:
    """To the safe side some is lost: an objection taken back may be back, and who was silent is asked anew."""
    review = played(plan)
    before = review.look()
    review.play(Step(Forget(), "never"))
    after = review.look()
    note(f"{review.words()}")
    assert settled(after) <= settled(before)
    assert is_free(before) or not is_free(after)
    assert {o.key for o in before.objections} <= {o.key for o in after.objections}
    if not before.objections and not before.revocations:
        assert signed(after) == signed(before)


def settled(decision: Decision) -> set[str]:
    return {requirement.fingerprint for requirement in decision.requirements if requirement.state.is_settled}


def signed(decision: Decision) -> set[tuple[str, int, str]]:
    """Who signed what: requirement, comment, and how; without those who signed for somebody silent."""
    return {
        (requirement.fingerprint, signature.comment_id, signature.act)
        for requirement in decision.requirements
        for signature in requirement.signatures
        if not signature.for_silent
    }
