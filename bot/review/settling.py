"""In which state each requirement is, by what was said to it, who objects, and what time it is.

The decision owner's requirement is settled by enough signatures, all of them newer than the newest objection that
stands, and then only if one of them is a ruling. A consumer's own objection counts before everything that others say
for it, except that ruling.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.review.authority import DECISION_OWNER, Authority
from bot.review.capacity import RULINGS, Signature
from bot.review.case import end_of
from bot.review.disputes import Dispute, Objection
from bot.review.rulings import SETS_ASIDE_A_SUNSET
from bot.review.silence import Course
from bot.review.values import Requirement, RequirementState

_BY_RULING = {
    "accept": RequirementState.APPROVED,
    "reject": RequirementState.REJECTED,
    "honour-until": RequirementState.HONOURED,
}


@dataclass(frozen=True, slots=True)
class Situation:
    """signatures: by requirement fingerprint, those not taken back. standing: by finding id, objections that stand.
    courses: by fingerprint, since when an answer is waited for.
    """

    signatures: Mapping[str, tuple[Signature, ...]]
    standing: Mapping[str, tuple[Objection, ...]]
    courses: Mapping[str, Course]
    authority: Authority
    now: datetime

    def counted(self, fingerprint: str) -> tuple[Signature, ...]:
        found = self.signatures.get(fingerprint, ())
        return tuple(s for s in found if not is_expired(s, self.now))


def is_expired(signature: Signature, now: datetime) -> bool:
    return signature.expires_at is not None and signature.expires_at <= now


def settle(requirements: Sequence[Requirement], situation: Situation) -> tuple[Requirement, ...]:
    """The requirements in their present states, in the same order."""
    rulings = {r.finding: _decided(r, situation) for r in requirements if r.capacity == DECISION_OWNER}
    return tuple(
        rulings[requirement.finding]
        if requirement.capacity == DECISION_OWNER
        else _answered(requirement, rulings.get(requirement.finding), situation)
        for requirement in requirements
    )


def disputes(requirements: Sequence[Requirement], situation: Situation) -> tuple[Dispute, ...]:
    """One for each finding that somebody objects to, in the order of the findings' requirements."""
    found: list[Dispute] = []
    for requirement in requirements:
        objections = situation.standing.get(requirement.finding, ())
        if requirement.capacity == DECISION_OWNER and objections:
            ruling = _ruling(situation.counted(requirement.fingerprint), objections)
            respond_by = requirement.silence.follows_at if requirement.silence else None
            found.append(Dispute(requirement.finding, requirement.contract, objections, ruling, respond_by))
    return tuple(found)


def _decided(requirement: Requirement, situation: Situation) -> Requirement:
    """The decision owner's."""
    counted = situation.counted(requirement.fingerprint)
    objections = situation.standing.get(requirement.finding, ())
    ruling = _ruling(counted, objections)
    if objections and ruling is None:
        earlier = tuple(s for s in counted if s.act not in RULINGS)
        return replace(_waiting(requirement, situation), state=RequirementState.OBJECTED, signatures=earlier)
    state = _state_by(ruling, situation.now) if ruling is not None else RequirementState.APPROVED
    if ruling is not None and state is not RequirementState.APPROVED and objections:
        return replace(_waiting(requirement, situation), state=state, signature=ruling, signatures=(ruling,))
    if requirement.wants == "waiver":
        waivers = [s for s in counted if s.act == "waive" and s.code in SETS_ASIDE_A_SUNSET]
        return _settled(requirement, RequirementState.WAIVED, waivers, requirement.needed, situation)
    newest = max((o.at for o in objections), default=None)
    valid = [s for s in counted if s.act != "waive" and _state_by(s, situation.now) is RequirementState.APPROVED]
    valid = [s for s in valid if newest is None or s.signed_at > newest]
    return _settled(requirement, RequirementState.APPROVED, valid, requirement.needed, situation)


def _ruling(counted: Sequence[Signature], objections: Sequence[Objection]) -> Signature | None:
    """The newest ruling, unless an objection is newer."""
    rulings = [s for s in counted if s.act in RULINGS]
    if not rulings or any(o.at >= rulings[-1].signed_at for o in objections):
        return None
    return rulings[-1]


def _state_by(signature: Signature, now: datetime) -> RequirementState:
    """What an act of the decision owner comes to. What is honoured until a day may go after it."""
    if signature.act == "honour-until" and signature.until is not None and end_of(signature.until) <= now:
        return RequirementState.APPROVED
    return _BY_RULING.get(signature.act, RequirementState.APPROVED)


def _answered(requirement: Requirement, decided: Requirement | None, situation: Situation) -> Requirement:
    """Anybody's but the decision owner's."""
    counted = situation.counted(requirement.fingerprint)
    objections = situation.standing.get(requirement.finding, ())
    waiting = _waiting(requirement, situation)
    if any(o.capacity == requirement.capacity for o in objections):
        state = RequirementState.OBJECTED
        if decided is not None and decided.state.is_settled:
            state = RequirementState.OVERRULED
        elif decided is not None and decided.state in (RequirementState.REJECTED, RequirementState.HONOURED):
            state = decided.state
        return replace(waiting, state=state)
    if waivers := [s for s in counted if s.act == "waive"]:
        return _settled(requirement, RequirementState.WAIVED, waivers, 1, situation)
    approvals = [s for s in counted if s.act == "approve"]
    if len({s.person.id for s in approvals}) >= requirement.needed:
        return _settled(requirement, RequirementState.APPROVED, approvals, requirement.needed, situation)
    seen = [s for s in counted if s.act == "ack"]
    if seen and (requirement.wants == "acknowledgement" or not requirement.blocking):
        return _settled(requirement, RequirementState.ACKNOWLEDGED, seen, 1, situation)
    course = situation.courses.get(requirement.fingerprint)
    if course is not None and course.on_silence == "consent" and situation.now >= course.follows_at:
        return replace(waiting, state=RequirementState.CONSENTED, signatures=tuple(approvals))
    return replace(waiting, signatures=tuple(approvals))


def _settled(
    requirement: Requirement, state: RequirementState, by: Sequence[Signature], needed: int, situation: Situation
) -> Requirement:
    """Settled when enough different people say so; each counts once, by what they said last."""
    newest = {signature.person.id: signature for signature in by}
    counted = tuple(sorted(newest.values(), key=lambda s: (s.signed_at, s.comment_id)))
    if len(counted) < needed:
        return replace(_waiting(requirement, situation), signatures=counted)
    return replace(requirement, state=state, signature=counted[0], signatures=counted)


def _waiting(requirement: Requirement, situation: Situation) -> Requirement:
    """With the course of the request; once a consumer has been silent for too long, it says who may sign for it."""
    course = situation.courses.get(requirement.fingerprint)
    if course is None:
        return requirement
    requirement = replace(requirement, silence=course)
    is_silent = course.on_silence == "escalate" and situation.now >= course.follows_at
    if requirement.capacity.kind != "consumer" or not is_silent or not requirement.blocking:
        return requirement
    others = situation.authority.for_silent(requirement.contract)
    who = " or ".join(others.handles)
    if not who or set(others.handles) <= set(requirement.signers):
        return requirement
    why = (
        f"{requirement.why} It has not answered in time, so {who} may sign for it, by `/approve-breaking as "
        f"{requirement.capacity}`, or do without it, by `/waive {requirement.capacity}`."
    )
    return replace(requirement, why=why)
