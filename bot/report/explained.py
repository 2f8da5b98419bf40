"""The explanation of a decision as plain values: what `GET /api/pulls/…` answers and `countersign explain` shows.

The format is that of `Explanation`, as JSON; `version` goes up when something is removed or changes its meaning, and
fields may be added without that. What is not known is ignored on reading.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time
from typing import Any

from pydantic import TypeAdapter, ValidationError

from bot.report.names import Names

VERSION = 1


class NotUnderstood(Exception):
    """What came is no explanation of this version. The message is for a person."""


@dataclass(frozen=True, slots=True)
class Account:
    """A GitHub account. Identity is the id."""

    id: int
    login: str


@dataclass(frozen=True, slots=True)
class Shown:
    """What the check shows at GitHub: `success` or `failure`, and its title."""

    conclusion: str
    title: str


@dataclass(frozen=True, slots=True)
class Said:
    """What one comment says to a requirement.

    act: approve, ack, waive, accept, reject, honour-until (the last three are rulings). until: of a waiver or
    `honour-until`, its last day. code: why something was waived.
    """

    act: str
    by: Account
    capacity: str
    at: datetime
    comment: str
    note: str = ""
    expires_at: datetime | None = None
    until: date | None = None
    code: str | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """One signature that is asked for.

    capacity: the role. may_sign: handles. people: how many behind these may sign, after exclusions. needed: how many
    must. wants: signature, acknowledgement or waiver. holds: it keeps the merge from happening (if it is enforced).
    asked_at: since when people can see it; remind_at, follows_at: when a reminder comes, and when `on_silence` follows.
    """

    contract: str
    finding: str
    fingerprint: str
    capacity: str
    state: str
    holds: bool
    blocking: bool
    enforcement: str
    wants: str
    why: str
    may_sign: tuple[str, ...]
    people: int
    needed: int
    places: tuple[str, ...] = ()
    asked_at: datetime | None = None
    remind_at: datetime | None = None
    follows_at: datetime | None = None
    on_silence: str | None = None
    signatures: tuple[Said, ...] = ()


@dataclass(frozen=True, slots=True)
class Reached:
    """A consumer whom a finding reaches: affected or possibly. uses: elements as it named them."""

    consumer: str
    reach: str
    uses: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Found:
    """A finding. guarantee: what was promised about it; None where the contract is not registered. settled: it needed
    somebody's word, and needs none any more.
    """

    id: str
    contract: str
    level: str
    rule: str
    title: str
    element: str
    before: str | None
    after: str | None
    path: str | None
    line: int | None
    guarantee: str | None
    settled: bool
    consumers: tuple[Reached, ...] = ()


@dataclass(frozen=True, slots=True)
class Objected:
    """An objection, verbatim. stands: nobody has taken it back. ruling: what was decided about it."""

    finding: str
    contract: str
    capacity: str
    by: Account
    at: datetime
    text: str
    comment: str
    stands: bool
    respond_by: datetime | None = None
    ruling: Said | None = None


@dataclass(frozen=True, slots=True)
class Reclassified:
    """What people said a finding is, against the catalogue."""

    finding: str
    contract: str
    rule: str
    before: str
    after: str
    by: Account
    proposed_by: Account | None
    at: datetime
    reason: str
    comment: str


@dataclass(frozen=True, slots=True)
class Superseded:
    """A signature that no longer counts: what was signed has changed, is gone, or the time is over (`expired`)."""

    finding: str
    contract: str
    reason: str
    replaced_by: str | None
    signature: Said


@dataclass(frozen=True, slots=True)
class Commanded:
    """A command and what became of it. by: None for a deleted account. line: in the comment, from 1."""

    command: str
    by: Account | None
    at: datetime
    comment: str
    line: int
    counts: bool
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Barred:
    """Who may not sign, by what they did. login: None where it is not known."""

    id: int
    because: str
    login: str | None = None


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that was asked or read at some time and is believed since.

    kind: `registry` (of the base, at a commit), `half` (what a repository says of itself), `members` (of a handle),
    `evidence` (of a use). about: whose. at: when it was asked. seen: of evidence, the day. commit: where it was read.
    count: of members. stale: what is believed is older than it should be. age_seconds: filled in for an answer.
    """

    kind: str
    about: str
    at: datetime | None = None
    seen: date | None = None
    commit: str | None = None
    count: int | None = None
    note: str = ""
    stale: bool = False
    age_seconds: int | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the ledger (docs/cli.md, audit)."""

    id: int
    at: datetime
    kind: str
    body: Mapping[str, Any]
    hash: str


@dataclass(frozen=True, slots=True)
class Closed:
    """How the pull request ended. at, by: None when nobody told, or the account was deleted. noticed_at: when we saw
    it. bypass: it was merged without what was needed; None where nobody can tell, and for what was not merged. issue:
    by which that was reported.
    """

    merged: bool
    noticed_at: datetime
    at: datetime | None = None
    by: Account | None = None
    merge_sha: str | None = None
    bypass: bool | None = None
    issue: str | None = None


@dataclass(frozen=True, slots=True)
class Explanation:
    """A pull request as it was last looked at. `looked_at`, `tool_version`: when, and by which version.

    verdict: as in docs/cli.md; would: what it would be if every contract were enforced. check: what GitHub shows, which
    is worse than the verdict when another pull request with the same head is held. registry_sha: the commit of the base
    whose registry judged. next_due: when time alone changes something. left_out: how many of a list are not told.

    Filled in for an answer: state (open, or closed as far as we know), closed (how; None also where that was not
    written down), waiting (events that have yet to be looked at), names (private consumers whom the asker may see, by
    the name used here), ledger (the newest rows).
    """

    version: int
    repository: str
    number: int
    url: str
    looked_at: datetime
    tool_version: str
    verdict: str
    would: str | None
    check: Shown
    digest: str
    base_ref: str
    head_sha: str
    registry_sha: str
    merge_base_sha: str | None
    draft: bool
    comment: str | None
    next_due: datetime | None
    requirements: tuple[Asked, ...] = ()
    findings: tuple[Found, ...] = ()
    objections: tuple[Objected, ...] = ()
    reclassified: tuple[Reclassified, ...] = ()
    superseded: tuple[Superseded, ...] = ()
    commands: tuple[Commanded, ...] = ()
    may_not_sign: tuple[Barred, ...] = ()
    facts: tuple[Fact, ...] = ()
    not_checked: tuple[str, ...] = ()
    faults: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()
    left_out: Mapping[str, int] = field(default_factory=dict)
    state: str = "open"
    closed: Closed | None = None
    waiting: int = 0
    names: Mapping[str, str] = field(default_factory=dict)
    ledger: tuple[Row, ...] = ()


def answered(
    kept: Explanation,
    now: datetime,
    *,
    is_open: bool,
    waiting: int,
    names: Mapping[str, str],
    ledger: Iterable[Row],
) -> Explanation:
    """What is told to whoever asks now: with the age of every fact. ledger: oldest first."""
    ledger = tuple(ledger)
    end = None if is_open else next((row for row in reversed(ledger) if row.kind == "closed"), None)
    return replace(
        kept,
        state="open" if is_open else "closed",
        closed=_closed(end) if end is not None else None,
        waiting=waiting,
        names=dict(names),
        ledger=ledger,
        facts=tuple(replace(fact, age_seconds=_age(fact, now)) for fact in kept.facts),
    )


def _closed(row: Row) -> Closed:
    body = row.body
    by, at = body["actor"], body["at"]
    return Closed(
        merged=body["merged"],
        noticed_at=row.at,
        at=datetime.fromisoformat(at) if at else None,
        by=Account(by["id"], by["login"]) if by else None,
        merge_sha=body["merge_sha"],
        bypass=body["bypass"],
        issue=body["issue"],
    )


def _age(fact: Fact, now: datetime) -> int | None:
    since = fact.at or (datetime.combine(fact.seen, time(0), UTC) if fact.seen else None)
    return None if since is None else max(0, int((now - since).total_seconds()))


def without_names(value: Any, private: Mapping[str, str]) -> Any:
    """A plain JSON value in which no private consumer is named. private: the names to show, by consumer id."""
    names = Names(None, private)
    if isinstance(value, str):
        return names.hide(value)
    if isinstance(value, Mapping):
        return {names.hide(str(key)): without_names(inner, private) for key, inner in value.items()}
    if isinstance(value, Sequence):
        return [without_names(inner, private) for inner in value]
    return value


_ADAPTER: TypeAdapter[Explanation] = TypeAdapter(Explanation)


def to_plain(explanation: Explanation) -> dict[str, Any]:
    """The explanation as a JSON object. Half characters of a hostile contract, which readers of JSON refuse, become
    question marks.
    """
    plain: dict[str, Any] = _whole(_ADAPTER.dump_python(explanation, mode="json"))
    return plain


def _whole(value: Any) -> Any:
    if isinstance(value, str):
        return value if value.isascii() else value.encode("utf-8", "replace").decode()
    if isinstance(value, dict):
        return {_whole(key): _whole(inner) for key, inner in value.items()}
    return [_whole(inner) for inner in value] if isinstance(value, list) else value


def from_plain(value: object) -> Explanation:
    """What `to_plain` gave. Raises NotUnderstood."""
    if not isinstance(value, dict) or value.get("version") != VERSION:
        raise NotUnderstood(f"this is no explanation of version {VERSION}: use the countersign that fits to it")
    try:
        return _ADAPTER.validate_python(value)
    except ValidationError as error:
        where = ".".join(str(step) for step in error.errors()[0]["loc"])
        raise NotUnderstood(f"the explanation is not understood at `{where}`") from None
