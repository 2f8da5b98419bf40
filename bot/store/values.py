"""What the store gives and takes. Moments are aware datetimes; facts, bodies and details are plain JSON values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Delivery:
    """A row of the inbox: something happened, this much was written down about it on arrival.

    `delivery`: GitHub's X-GitHub-Delivery, or an id of our own making for what the bot tells itself.
    """

    id: int
    delivery: str
    event: str
    facts: Mapping[str, Any]
    received_at: datetime


@dataclass(frozen=True, slots=True)
class Backoff:
    """A lane that waits. `attempts` failed in a row; `firm`: not even a new event may wake it earlier."""

    lane: str
    attempts: int
    not_before: datetime
    firm: bool
    reason: str


@dataclass(frozen=True, slots=True)
class Backlog:
    """What is not done yet. `oldest_seconds`: age of the oldest pending row (0 when there is none)."""

    lanes: int
    rows: int
    failing: int
    oldest_seconds: float


BEFORE_ANY = 0
"""Stands for the number of the pull request in what was pushed when there was none yet."""


@dataclass(frozen=True, slots=True)
class PullKey:
    """A pull request for ever: GitHub's repository id outlives renames and transfers."""

    repository_id: int
    number: int


@dataclass(frozen=True, slots=True)
class PullRecord:
    """What was last published on a pull request. Can be rebuilt from GitHub; losing it costs writes, never a verdict.

    `repository`, `base_ref`: full name and base branch as last seen. `head_sha`, `verdict`, `decision_digest`: of the
    last publication; `head_sha` is empty once the pull request was seen closed.
    `published`: what the publisher needs to know next time (`bot.github.published.Published.to_json()`).
    """

    key: PullKey
    repository: str
    base_ref: str = ""
    head_sha: str = ""
    verdict: str = ""
    decision_digest: str = ""
    published: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PrivateName:
    """A consumer that an explanation does not name. alias: what stands there instead; empty for one that earlier
    explanations were about. repository: whose readers may know it; empty when nobody may.
    """

    consumer: str
    alias: str
    repository: str


@dataclass(frozen=True, slots=True)
class Explained:
    """Why a pull request stands as it does (plain JSON, of `bot.report.explained`), and whom that does not name."""

    plain: Mapping[str, Any]
    private: tuple[PrivateName, ...] = ()


@dataclass(frozen=True, slots=True)
class ExplainedPull:
    """An open pull request with its explanation (plain JSON, of `bot.report.explained`)."""

    repository: str
    number: int
    plain: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Entry:
    """Something to be written into the ledger. `subject`: whom it is about (`acme/orders#12`)."""

    kind: str
    subject: str
    body: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """An entry as it stands in the ledger. `previous` and `hash` are 64 hex digits; the first `previous` is ""."""

    id: int
    at: datetime
    kind: str
    subject: str
    body: Mapping[str, Any]
    previous: str
    hash: str


@dataclass(frozen=True, slots=True)
class LedgerHealth:
    """The outcome of walking the whole chain. `broken_at`: the first row that does not fit, and `reason` says how.

    `head` is the last row's hash; kept elsewhere, it also shows rows cut off at the end.
    """

    rows: int
    head: str
    broken_at: int | None = None
    reason: str = ""
