"""What a decision is made of. Same names in code, comment, database and pages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Literal

from bot.registry.impact import Impact
from bot.registry.terms import Enforcement
from bot.review.capacity import Capacity, Signature
from bot.review.disputes import Dispute, Escalation, FollowUp, Objection, Reclassification, Revocation
from bot.review.people import Comment, Person
from bot.review.silence import Course

VERSION_NOT_RAISED = "version.not_raised"
"""The fact that a contract breaks and its version does not say so: the decision owner's alone."""


class RequirementState(StrEnum):
    """What holds: `open`, `objected`, `rejected` (by a ruling) and `honoured` (held until the day of a ruling).

    What does not: `approved`, `acknowledged` (where no more is asked), `overruled` (a ruling against the consumer's
    objection; never its own signature), `waived`, `consented` (silence, by the consumer's own rule).
    Past ones, in transitions only: `expired`, `superseded` (asked in another form now) and `moot` (the change is gone).
    """

    OPEN = "open"
    OBJECTED = "objected"
    REJECTED = "rejected"
    HONOURED = "honoured"
    APPROVED = "approved"
    ACKNOWLEDGED = "acknowledged"
    OVERRULED = "overruled"
    WAIVED = "waived"
    CONSENTED = "consented"
    EXPIRED = "expired"
    SUPERSEDED = "superseded"
    MOOT = "moot"

    @property
    def is_settled(self) -> bool:
        return self in _SETTLED


_SETTLED = frozenset(
    {
        RequirementState.APPROVED,
        RequirementState.ACKNOWLEDGED,
        RequirementState.OVERRULED,
        RequirementState.WAIVED,
        RequirementState.CONSENTED,
    }
)


@dataclass(frozen=True, slots=True)
class Requirement:
    """One signature that is asked for.

    finding: the shown id of the finding (ten hex digits of its fingerprint).
    fingerprint: 64 hex digits, over the finding's f1 and the places that reach this capacity: a signature is for
        exactly this.
    signers: handles that may sign; `people`: who of them may, after exclusions.
    blocking: False when it is only asked (possibly affected; a consumer added by the pull request itself).
    why: a sentence for the reader; also says when somebody signs in place of another.
    needed: how many different people must sign (the contract's quorum). `signatures`: all that count so far, oldest
        first; `signature` is the oldest of them once it is settled by one (an overruled or silent consumer has none).
    wants: `waiver` where no approval helps (a removal before its sunset), `acknowledgement` where an `/ack` is enough.
    enforcement: of the contract; only `enforce` holds a merge.
    stays_until: the day from which an approval is enough where now only a waiver helps, if it is known.
    silence: the course of the request, None where nobody was asked yet or there is nothing to wait for.
    """

    contract: str
    finding: str
    fingerprint: str
    capacity: Capacity
    signers: tuple[str, ...]
    people: tuple[Person, ...]
    blocking: bool
    state: RequirementState
    places: tuple[str, ...] = ()
    signature: Signature | None = None
    why: str = ""
    needed: int = 1
    signatures: tuple[Signature, ...] = ()
    wants: Literal["signature", "acknowledgement", "waiver"] = "signature"
    enforcement: Enforcement = "enforce"
    stays_until: date | None = None
    silence: Course | None = None

    @property
    def holds(self) -> bool:
        """Whether it would hold the merge, were its contract enforced."""
        return self.blocking and not self.state.is_settled

    @property
    def lacks_people(self) -> bool:
        """Whether fewer people are left than must sign."""
        return len(self.people) < self.needed


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of one command: a reaction, and when refused the reason, in words the person can act on.

    command: the line as it was written, cut to what a reader needs. `line`: where in the body, from 1.
    is_told: accepted, and its reason is told all the same: it is what was asked for, or says what does not count.
    edit: lines for the registry, ready to be committed, that write down what was decided.
    """

    comment: Comment
    command: str
    accepted: bool
    reason: str = ""
    line: int = 1
    is_told: bool = False
    edit: str = ""


@dataclass(frozen=True, slots=True)
class JudgedFinding:
    """An impact with its shown id and its 64-digit fingerprint (f1 and all places)."""

    id: str
    fingerprint: str
    impact: Impact


@dataclass(frozen=True, slots=True)
class AskedFor:
    """What a requirement's fingerprint stood for when it was published, kept so that a signature whose finding has
    changed since can still be shown for what it was.
    """

    contract: str
    finding: str
    capacity: Capacity
    element: str


@dataclass(frozen=True, slots=True)
class FindingSeen:
    """A finding as it was published. fingerprint: 64 digits."""

    fingerprint: str
    contract: str
    element: str


@dataclass(frozen=True, slots=True)
class PublishedDecision:
    """What people could see from `published_at` on: for each shown finding id, the fingerprints of the requirements
    it stood for.

    `open`: fingerprints still unsigned when it was published, what a bare /approve-breaking covers. `digest` names it.
    `asked`: by fingerprint, what was asked. `withdrawn`: signatures taken back up to then (`Decision.withdrawn`); kept,
    because a revocation must outlive the comment that made it: deleting or editing that comment signs nothing again.
    findings: by shown id, what people can object to or reclassify. states: by fingerprint. objections: every one ever
    made. raised: findings that people have made worse than the catalogue says. is_draft: shown, but nobody was asked.
    unasked: fingerprints that nobody was asked about, being only observed. is_failed: nothing could be judged.
    asked_at: by our own clock, when those were asked who had not been asked before; None where there are none.
    is_altered: somebody else changed our comment, and what it said from then on is not known.
    """

    digest: str
    published_at: datetime
    head_sha: str
    requirements: Mapping[str, tuple[str, ...]]
    open: tuple[str, ...]
    asked: Mapping[str, AskedFor] = field(default_factory=dict)
    withdrawn: tuple[str, ...] = ()
    findings: Mapping[str, FindingSeen] = field(default_factory=dict)
    states: Mapping[str, RequirementState] = field(default_factory=dict)
    objections: tuple[Objection, ...] = ()
    raised: tuple[Reclassification, ...] = ()
    is_draft: bool = False
    unasked: tuple[str, ...] = ()
    is_failed: bool = False
    asked_at: datetime | None = None
    is_altered: bool = False

    @property
    def is_restored(self) -> bool:
        """Whether it was made from the block in our comment, and so is only a part of what was shown."""
        return not self.head_sha


@dataclass(frozen=True, slots=True)
class SupersededSignature:
    """A signature that was good once and no longer counts; shown struck through.

    finding: the id that was signed. reason: `changed` (the finding is different now; `replaced_by` is the present one's
    id), `gone` (nothing like it is in the pull request any more) or `expired`.
    """

    finding: str
    signature: Signature
    contract: str = ""
    reason: Literal["changed", "gone", "expired"] = "changed"
    replaced_by: str | None = None


@dataclass(frozen=True, slots=True)
class Asks:
    """Whom to ask on GitHub. `users` are logins and `teams` slugs, to request as reviewers; `mentions` are handles that
    a review request can't reach (a team of another organisation, a handle that GitHub does not know).
    """

    users: tuple[str, ...] = ()
    teams: tuple[str, ...] = ()
    mentions: tuple[str, ...] = ()


class Verdict(StrEnum):
    """`held`: blocking requirements are open. `released`: all signed. `clear`: nothing to sign. `reported`: the base
    is not gated.

    `failed`: the registry on the base is broken, so nothing could be decided. `warned`, `observed`: what would be held
    is of contracts that only warn or are only observed. Only held and failed fail the check.
    """

    HELD = "held"
    RELEASED = "released"
    CLEAR = "clear"
    REPORTED = "reported"
    WARNED = "warned"
    OBSERVED = "observed"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Decision:
    """The outcome of a reconcile. `problems` are why it failed (registry errors: file, line, what to write instead).

    excluded: by person id, who may not sign and in which role they had a hand in the change ("the author of commit
        3f2c1ab, ..."). `superseded`: signatures to show struck through.
    withdrawn: names of signatures taken back by `/revoke`; to be passed on in the published decision.
    would: the verdict if every contract were enforced. disputes: findings that somebody objects to.
    objections: every one that was ever made here, also those taken back or about something that is gone.
    reclassified: those that count; `raised`: to be passed on. next_due: when time alone changes something.
    retracted: by finding id, who took back an objection to it last.
    expiring: signatures that hold and have less than a fifth of their time left.
    beginning: by requirement fingerprint, the courses of requests that nobody could see before this decision.
    """

    verdict: Verdict
    findings: tuple[JudgedFinding, ...]
    requirements: tuple[Requirement, ...]
    answers: tuple[Answer, ...]
    digest: str
    not_checked: tuple[str, ...] = ()
    faults: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()
    excluded: Mapping[int, str] = field(default_factory=dict)
    superseded: tuple[SupersededSignature, ...] = ()
    withdrawn: tuple[str, ...] = ()
    would: Verdict | None = None
    disputes: tuple[Dispute, ...] = ()
    objections: tuple[Objection, ...] = ()
    reclassified: tuple[Reclassification, ...] = ()
    raised: tuple[Reclassification, ...] = ()
    follow_ups: tuple[FollowUp, ...] = ()
    escalations: tuple[Escalation, ...] = ()
    revocations: tuple[Revocation, ...] = ()
    retracted: Mapping[str, Revocation] = field(default_factory=dict)
    expiring: tuple[Signature, ...] = ()
    next_due: datetime | None = None
    is_draft: bool = False
    beginning: Mapping[str, Course] = field(default_factory=dict)
