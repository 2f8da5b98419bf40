"""Who takes part in a review, and what they wrote and committed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

CommentKind = Literal["comment", "review"]


@dataclass(frozen=True, slots=True)
class Person:
    """A GitHub account. Identity is the id; the login is for showing."""

    id: int
    login: str
    is_bot: bool = False

    @property
    def account(self) -> dict[str, Any]:
        """As the ledger names it."""
        return {"id": self.id, "login": self.login}


@dataclass(frozen=True, slots=True)
class Comment:
    """A conversation comment or a review's body, as GitHub holds it now. `author` is None for a deleted account
    (ghost).
    """

    kind: CommentKind
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
    `asked_at`: by handle, when GitHub was asked.
    """

    members: Mapping[str, tuple[Person, ...]] = field(default_factory=dict)
    admins: tuple[Person, ...] = ()
    fallback: str | None = None
    asked_at: Mapping[str, datetime] = field(default_factory=dict, compare=False)
