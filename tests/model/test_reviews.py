"""Whatever happens to a pull request: nothing is released for which a signature is missing, and nobody is stuck."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, given, note, settings

from bot.review.values import Decision, Verdict
from tests.model.plan import Push, Step, plans
from tests.model.review import Review

EXAMPLES = int(os.environ.get("COUNTERSIGN_MODEL_EXAMPLES", "300"))
BEGIN = Step(Push("olga", "email", "gone"))

_bounded = settings(
    max_examples=EXAMPLES, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow], database=None
)


def is_free(decision: Decision | None) -> bool:
    return decision is not None and decision.verdict in (Verdict.RELEASED, Verdict.CLEAR)


@_bounded
@given(plans(14, alone=True))
def test_nothing_is_released_while_a_signature_is_missing(plan: list[Step]) -> None:
    review = Review()
    for step in [BEGIN, *plan]:
        if is_free(review.play(step)):
            note(f"{step}: {[comment and comment.body for comment in review.comments]}")
            assert review.oracle.missing() == []
