"""From the states of the requirements to one word, and what names a decision."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence

from bot.review.case import signature_name
from bot.review.deadlines import is_unasked
from bot.review.hearing import Heard
from bot.review.signatures import Signed
from bot.review.values import JudgedFinding, Requirement, Verdict


def verdicts(requirements: Sequence[Requirement], *, gated: bool) -> tuple[Verdict, Verdict]:
    """The verdict, and what it would be if every contract were enforced.

    Of several contracts the one that is enforced most counts: nothing is released by another that is only observed.
    """
    if not gated:
        return Verdict.REPORTED, Verdict.REPORTED
    blocking = [requirement for requirement in requirements if requirement.blocking]
    if not blocking:
        return Verdict.CLEAR, Verdict.CLEAR
    holding = {requirement.enforcement for requirement in blocking if requirement.holds}
    if not holding:
        return Verdict.RELEASED, Verdict.RELEASED
    if "enforce" in holding:
        return Verdict.HELD, Verdict.HELD
    return Verdict.WARNED if "warn" in holding else Verdict.OBSERVED, Verdict.HELD


def digest(
    verdict: Verdict,
    findings: Sequence[JudgedFinding],
    requirements: Sequence[Requirement],
    signed: Signed,
    heard: Heard,
    *,
    is_draft: bool,
) -> str:
    """Whatever has to outlive its comment is part of it, so that a decision is published, and that is kept, even if
    nothing else differs: a signature that was given and taken back between two looks, a second objection.
    """
    states = sorted(
        (r.fingerprint, r.state.value, *sorted(signature_name(s, "") for s in r.signatures)) for r in requirements
    )
    said = [verdict.value, sorted({finding.id for finding in findings}), states, list(signed.withdrawn)]
    objections = [objection.key for objection in heard.objections]
    reclassified = sorted(f"{one.fingerprint}:{one.after.value}" for one in heard.reclassified.values())
    unasked = sorted(requirement.fingerprint for requirement in requirements if is_unasked(requirement))
    more = [objections, reclassified, ["draft"] if is_draft and requirements else [], unasked]
    return hash_of([*said, more] if any(more) else said)


def hash_of(value: object) -> str:
    return hashlib.sha256(json.dumps(value, separators=(",", ":")).encode("ascii")).hexdigest()
