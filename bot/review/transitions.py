"""What changed from one published decision to the next, requirement by requirement: the rows of the ledger.

Nothing is ever taken out of the ledger: whoever reads its transitions in order knows the state of every requirement at
every time, and who brought it about, in which role, by which comment, at which head, under which registry.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from typing import Any, Literal

from bot.review.capacity import Act, Capacity, Signature
from bot.review.disputes import Dispute
from bot.review.fingerprint import blanked
from bot.review.people import Person
from bot.review.values import AskedFor, Decision, PublishedDecision, Requirement, RequirementState, SupersededSignature

_State = RequirementState
_DISPUTED = (_State.OBJECTED, _State.REJECTED, _State.HONOURED, _State.OVERRULED)
Cause = Act | Literal["object", "revoke", "reclassify", "silence", "time", "change", "asked"]
"""What brought it about: a command, or nobody's (`change`: the pull request, its base, the registry or a team)."""


@dataclass(frozen=True, slots=True)
class Circumstance:
    """Where things stood. registry_sha: the commit that the registry was read at. tool_version: of this program."""

    head_sha: str
    registry_sha: str
    tool_version: str


@dataclass(frozen=True, slots=True)
class Transition:
    """One requirement's step. before: None when it is new. person, comment_url, at: of the comment that caused it.
    note: what it says, word for word. until: the last day, of a waiver or of what is honoured.
    """

    contract: str
    finding: str
    fingerprint: str
    capacity: Capacity
    before: RequirementState | None
    after: RequirementState
    cause: Cause
    where: Circumstance
    person: Person | None = None
    comment_url: str = ""
    at: datetime | None = None
    code: str = ""
    note: str = ""
    until: date | None = None
    replaced_by: str | None = None

    def as_plain(self) -> dict[str, Any]:
        """Strings, numbers, None and dictionaries only."""
        return {
            "contract": self.contract,
            "finding": self.finding,
            "fingerprint": self.fingerprint,
            "capacity": str(self.capacity),
            "from": self.before.value if self.before else None,
            "to": self.after.value,
            "cause": self.cause,
            "actor": self.person.account if self.person else None,
            "comment": self.comment_url or None,
            "at": self.at.isoformat() if self.at else None,
            "code": self.code or None,
            "note": self.note or None,
            "until": self.until.isoformat() if self.until else None,
            "replaced_by": self.replaced_by,
            **asdict(self.where),
        }


def transitions(before: PublishedDecision | None, decision: Decision, where: Circumstance) -> tuple[Transition, ...]:
    """What became of every requirement since `before`, the newest decision that was published. Decisions that failed
    judge nothing, so nothing becomes of anything in them.
    """
    if decision.problems:
        return ()
    return tuple(_present(before, decision, where)) + tuple(_gone(before, decision, where))


def last_judged(publications: Sequence[PublishedDecision]) -> PublishedDecision | None:
    """The newest decision that judged anything. publications: oldest first. What was restored is no whole decision, and
    the ledger that knew of it is lost: everything is told anew.
    """
    return next((one for one in reversed(publications) if not (one.is_failed or one.is_restored)), None)


def _states(before: PublishedDecision | None) -> Mapping[str, RequirementState]:
    if before is None:
        return {}
    if before.states:
        return before.states
    return {f: _State.OPEN if f in before.open else _State.APPROVED for f in before.asked}


def _present(before: PublishedDecision | None, decision: Decision, where: Circumstance) -> Iterator[Transition]:
    known = _states(before)
    disputes = {dispute.finding: dispute for dispute in decision.disputes}
    expired = {(s.finding, s.signature.capacity): s for s in decision.superseded if s.reason == "expired"}
    for requirement in decision.requirements:
        was = known.get(requirement.fingerprint)
        if was is requirement.state:
            continue
        if was is None and requirement.state is not _State.OPEN:
            yield _step(requirement, None, _State.OPEN, "asked", where)
            was = _State.OPEN
        ended = expired.get((requirement.finding, requirement.capacity))
        if ended is not None and was is not None and was.is_settled and not requirement.state.is_settled:
            yield _of_expiry(requirement, was, ended, where)
            was = _State.EXPIRED
        yield _caused(requirement, was, decision, disputes.get(requirement.finding), where)


def _caused(
    requirement: Requirement,
    was: RequirementState | None,
    decision: Decision,
    dispute: Dispute | None,
    where: Circumstance,
) -> Transition:
    """A step with whoever brought it about."""
    state = requirement.state
    if state is _State.OBJECTED and dispute is not None:
        newest = max(dispute.objections, key=lambda o: o.at)
        return replace(
            _step(requirement, was, state, "object", where, person=newest.person, url=newest.comment_url, at=newest.at),
            note=newest.text,
        )
    if state is _State.CONSENTED:
        return _step(requirement, was, state, "silence", where)
    said = requirement.signatures[-1] if requirement.signatures else None
    if state in (_State.OVERRULED, _State.REJECTED, _State.HONOURED) or (dispute and dispute.ruling and not said):
        said = dispute.ruling if dispute is not None and dispute.ruling is not None else said
    if said is not None and state is not _State.OPEN:
        return _said(requirement, was, said, where)
    revoked = next((r for r in reversed(decision.revocations) if r.fingerprint == requirement.fingerprint), None)
    if was in _DISPUTED:
        revoked = decision.retracted.get(requirement.finding, revoked)
    if was is not None and was is not _State.EXPIRED and revoked is not None:
        return _step(
            requirement, was, state, "revoke", where, person=revoked.person, url=revoked.comment_url, at=revoked.at
        )
    cause: Cause = "asked" if was is None else "time" if was is _State.EXPIRED else "change"
    return _step(requirement, was, state, cause, where)


def _said(requirement: Requirement, was: RequirementState | None, said: Signature, where: Circumstance) -> Transition:
    step = _step(
        requirement,
        was,
        requirement.state,
        said.act,
        where,
        person=said.person,
        url=said.comment_url,
        at=said.signed_at,
    )
    return replace(step, code=said.code or "", note=said.note, until=said.until)


def _of_expiry(
    requirement: Requirement, was: RequirementState, ended: SupersededSignature, where: Circumstance
) -> Transition:
    signature = ended.signature
    return _step(
        requirement,
        was,
        _State.EXPIRED,
        "time",
        where,
        person=signature.person,
        url=signature.comment_url,
        at=signature.expires_at,
    )


def _step(
    requirement: Requirement,
    before: RequirementState | None,
    after: RequirementState,
    cause: Cause,
    where: Circumstance,
    *,
    person: Person | None = None,
    url: str = "",
    at: datetime | None = None,
) -> Transition:
    return Transition(
        contract=requirement.contract,
        finding=requirement.finding,
        fingerprint=requirement.fingerprint,
        capacity=requirement.capacity,
        before=before,
        after=after,
        cause=cause,
        where=where,
        person=person,
        comment_url=url,
        at=at,
    )


def _gone(before: PublishedDecision | None, decision: Decision, where: Circumstance) -> Iterator[Transition]:
    """Requirements that are no longer asked: superseded by one about the same element and role, or moot."""
    if before is None:
        return
    elements = {finding.id: finding.impact.finding.change.element for finding in decision.findings}
    present = {r.fingerprint for r in decision.requirements}
    now: dict[tuple[str, Capacity, str], str] = {
        (r.contract, r.capacity, blanked(elements[r.finding])): r.finding for r in decision.requirements
    }
    reclassified = {one.finding: one for one in decision.reclassified}
    for fingerprint, state in _states(before).items():
        asked = before.asked.get(fingerprint)
        if fingerprint in present or asked is None:
            continue
        replaced_by = now.get(_subject(asked))
        by = reclassified.get(asked.finding)
        yield Transition(
            contract=asked.contract,
            finding=asked.finding,
            fingerprint=fingerprint,
            capacity=asked.capacity,
            before=state,
            after=_State.SUPERSEDED if replaced_by else _State.MOOT,
            cause="reclassify" if by is not None else "change",
            where=where,
            person=by.person if by is not None else None,
            comment_url=by.comment_url if by is not None else "",
            at=by.at if by is not None else None,
            replaced_by=replaced_by,
        )


def _subject(asked: AskedFor) -> tuple[str, Capacity, str]:
    return asked.contract, asked.capacity, blanked(asked.element)
