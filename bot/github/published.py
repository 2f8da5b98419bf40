"""What we last made GitHub show for a pull request, so that the next reconcile writes only what differs."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, Literal

Outcome = Literal["accepted", "refused"]


@dataclass(frozen=True, slots=True)
class CheckRecord:
    """A check run we wrote. output: digest of its title, summary, text and conclusion. annotated: how many it has."""

    id: int
    head_sha: str
    external_id: str
    output: str
    annotated: int


@dataclass(frozen=True, slots=True)
class CommentRecord:
    """Our comment. sent: digest of what we wrote. stored: digest of what GitHub made of it. updated_at: since when it
    can be read as it is, by GitHub's clock.
    """

    id: int
    url: str
    sent: str
    stored: str
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class Published:
    """superseded: the head moved meanwhile, and nothing (more) was written for the old one.

    asked: users and teams (`team/SLUG`) that were requested by us at some time; they are not asked twice, also when
    somebody removed the request. refused: those that GitHub would not take, who can only be mentioned.
    answered: outcome by id of the command's comment, as its reaction shows it. replied: those that got a reply.
    noticed: keys of the notices that were given.
    readable: whether our comment says now what was to be said; only then can anybody sign what it shows.
    problems: what did not work and does not matter enough to fail (a locked conversation), for the log.
    writes: calls that changed something this time.
    """

    check: CheckRecord | None = None
    comment: CommentRecord | None = None
    asked: frozenset[str] = frozenset()
    refused: frozenset[str] = frozenset()
    answered: Mapping[int, Outcome] = field(default_factory=dict)
    replied: frozenset[int] = frozenset()
    noticed: frozenset[str] = frozenset()
    superseded: bool = False
    readable: bool = False
    problems: tuple[str, ...] = ()
    writes: int = 0

    @property
    def refused_users(self) -> tuple[str, ...]:
        return tuple(sorted(name for name in self.refused if not name.startswith("team/")))

    @property
    def refused_teams(self) -> tuple[str, ...]:
        return tuple(sorted(name.removeprefix("team/") for name in self.refused if name.startswith("team/")))

    def to_json(self) -> dict[str, Any]:
        """What the next publish needs, as plain values for the store."""
        return {
            "check": asdict(self.check) if self.check else None,
            "comment": asdict(self.comment) | {"updated_at": self.comment.updated_at.isoformat()}
            if self.comment
            else None,
            "asked": sorted(self.asked),
            "refused": sorted(self.refused),
            "answered": {str(id): outcome for id, outcome in self.answered.items()},
            "replied": sorted(self.replied),
            "noticed": sorted(self.noticed),
        }

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Published:
        """What `to_json` gave. Raises KeyError or TypeError for anything else."""
        return cls(
            check=CheckRecord(**value["check"]) if value["check"] else None,
            comment=_comment(value["comment"]) if value["comment"] else None,
            asked=frozenset(value["asked"]),
            refused=frozenset(value["refused"]),
            answered={int(id): outcome for id, outcome in value["answered"].items()},
            replied=frozenset(value["replied"]),
            noticed=frozenset(value.get("noticed", ())),
        )


def _comment(value: Mapping[str, Any]) -> CommentRecord:
    return CommentRecord(**{**value, "updated_at": datetime.fromisoformat(value["updated_at"])})


def digest(*parts: str) -> str:
    """A short name for exactly these texts (twenty hex digits)."""
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:20]


def normal(text: str) -> str:
    """`text` as it compares: GitHub may change line ends, and cut white space at the end."""
    return text.replace("\r\n", "\n").rstrip()
