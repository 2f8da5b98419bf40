"""What a decision is made of. Same names in code, comment, database and pages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Literal

from bot.registry.impact import Impact


@dataclass(frozen=True, slots=True)
class Person:
    """A GitHub account. Identity is the id; the login is for showing."""

    id: int
    login: str
    is_bot: bool = False


@dataclass(frozen=True, slots=True)
class Comment:
    """A conversation comment or a review's body, as GitHub holds it now. `author` is None for a deleted account
    (ghost).
    """

    kind: Literal["comment", "review"]
    id: int
    author: Person | None
    body: str
    created_at: datetime
    edited: bool
    url: str
    via_app: bool = False


@dataclass(frozen=True, slots=True)
class Commit:
    """A commit of the pull request. `people`: author and committer accounts (None: no account).

    `touches`: it changes a contract file or the registry. `base_merge`: a merge of the base branch that GitHub made.
    `parents`: their shas, the first one first.
    """

    sha: str
    people: tuple[Person | None, ...]
    touches: bool = True
    base_merge: bool = False
    parents: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Roster:
    """Who stands behind handles, as asked of GitHub now. A handle that is not in `members` could not be found.

    `admins`: the repository's administrators, the last resort when nobody else is left.
    `fallback`: the organisation's fallback handle, if it has set one.
    """

    members: Mapping[str, tuple[Person, ...]] = field(default_factory=dict)
    admins: tuple[Person, ...] = ()
    fallback: str | None = None


@dataclass(frozen=True, slots=True)
class Capacity:
    """In which role somebody signs: `decision_owner`, or `consumer` with the consumer's id."""

    kind: Literal["decision_owner", "consumer"]
    consumer: str | None = None

    def __str__(self) -> str:
        return self.consumer if self.consumer else "decision owner"


@dataclass(frozen=True, slots=True)
class Signature:
    """`expires_at`: from then on it no longer counts (`approval_ttl`, or the command's own `until`)."""

    person: Person
    capacity: Capacity
    signed_at: datetime
    comment_url: str
    comment_id: int
    note: str = ""
    expires_at: datetime | None = None
    comment_kind: Literal["comment", "review"] = "comment"


class RequirementState(StrEnum):
    OPEN = "open"
    APPROVED = "approved"


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
        first; `signature` is the oldest of them once there are enough.
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


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of one command: a reaction, and when refused the reason, in words the person can act on.

    command: the line as it was written, cut to what a reader needs. `line`: where in the body, from 1.
    new: this very answer has not been given before (the caller says which were).
    is_told: accepted, and its reason is told all the same: it is what was asked for, or says what does not count.
    """

    comment: Comment
    command: str
    accepted: bool
    reason: str = ""
    line: int = 1
    new: bool = True
    is_told: bool = False

    @property
    def key(self) -> str:
        """Names this answer to this line, for not giving it twice. Wording does not count: only a refusal that follows
        an acceptance (or the other way round) is a new answer.
        """
        return f"{self.comment.kind}:{self.comment.id}:{self.line}:{'accepted' if self.accepted else 'refused'}"


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
class PublishedDecision:
    """What people could see from `published_at` on: for each shown finding id, the fingerprints of the requirements
    it stood for.

    `open`: fingerprints still unsigned when it was published, what a bare /approve-breaking covers. `digest` names it.
    `asked`: by fingerprint, what was asked. `withdrawn`: signatures taken back up to then (`Decision.withdrawn`); kept,
    because a revocation must outlive the comment that made it: deleting or editing that comment signs nothing again.
    """

    digest: str
    published_at: datetime
    head_sha: str
    requirements: Mapping[str, tuple[str, ...]]
    open: tuple[str, ...]
    asked: Mapping[str, AskedFor] = field(default_factory=dict)
    withdrawn: tuple[str, ...] = ()


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

    `failed`: the registry on the base is broken, so nothing could be decided. Only held and failed fail the check.
    """

    HELD = "held"
    RELEASED = "released"
    CLEAR = "clear"
    REPORTED = "reported"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Decision:
    """The outcome of a reconcile. `problems` are why it failed (registry errors: file, line, what to write instead).

    excluded: by person id, who may not sign and in which role they had a hand in the change ("the author of commit
        3f2c1ab, ..."). `superseded`: signatures to show struck through.
    withdrawn: names of signatures taken back by `/revoke`; to be passed on in the published decision.
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
