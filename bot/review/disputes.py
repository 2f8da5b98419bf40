"""What people say against a change, or instead of signing it, and what follows from that."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from bot.judge.finding import Level
from bot.review.arguments import ReasonCode
from bot.review.capacity import Capacity, Signature
from bot.review.people import CommentKind, Person


@dataclass(frozen=True, slots=True)
class Objection:
    """Somebody's no, with the reason as they wrote it. Kept with the published decisions, so it outlives its comment.

    finding, contract, element: what it was written about. It stays with the element when the change is altered.
    line: of the command in the comment.
    """

    finding: str
    contract: str
    element: str
    capacity: Capacity
    person: Person
    at: datetime
    text: str
    comment_url: str
    comment_id: int
    comment_kind: CommentKind = "comment"
    line: int = 1

    @property
    def key(self) -> str:
        return f"{self.comment_kind}:{self.comment_id}:{self.line}:{self.finding}:{self.capacity}"


@dataclass(frozen=True, slots=True)
class Dispute:
    """The objections that stand against a finding, and what the decision owner has made of them.

    ruling: the newest one that answers all of them, None while none does. respond_by: when the decision owner's time
    for a ruling is over.
    """

    finding: str
    contract: str
    objections: tuple[Objection, ...]
    ruling: Signature | None = None
    respond_by: datetime | None = None


@dataclass(frozen=True, slots=True)
class Reclassification:
    """What people say a finding is, against the catalogue: a case for whoever keeps the catalogue.

    fingerprint: of the finding. proposed_by: the producer's owner, if it was their idea; person: who decided.
    """

    finding: str
    fingerprint: str
    contract: str
    rule: str
    before: Level
    after: Level
    person: Person
    at: datetime
    reason: str
    comment_url: str
    comment_id: int
    comment_kind: CommentKind = "comment"
    proposed_by: Person | None = None


@dataclass(frozen=True, slots=True)
class FollowUp:
    """What a waiver leaves to be done: the issue that the engine opens, once. `key` names it."""

    key: str
    contract: str
    consumer: str
    findings: tuple[str, ...]
    code: ReasonCode
    until: date
    note: str
    person: Person
    comment_url: str


@dataclass(frozen=True, slots=True)
class Escalation:
    """Somebody does not want to wait: the decision owner is called now. `key` names it, for calling them once.

    fingerprints: of the requirements for which nobody has called them before on that day (UTC).
    """

    key: str
    person: Person
    at: datetime
    comment_url: str
    fingerprints: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Revocation:
    """Who took a signature back, by which comment; or an objection, and then there is no fingerprint."""

    fingerprint: str
    person: Person
    at: datetime
    comment_url: str
