"""What every reconcile works with."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot import __version__
from bot.engine.comparing import Comparer
from bot.github.pull import PullRequestState
from bot.judge.catalogue import Catalogue
from bot.review.stamp import Stamp
from bot.store import Entry, PullKey, Store


@dataclass(frozen=True, slots=True)
class Bench:
    """`pages`: where GitHub's pages are. `keys`: for the block in the comment and our marks, the
    first seals. `now` is the only clock. `wake`: has another lane looked at again.
    """

    app_id: int
    store: Store
    comparer: Comparer
    catalogue: Catalogue
    pages: str
    keys: Sequence[bytes]
    now: Callable[[], datetime]
    wake: Callable[[str], None]


def subject(key: PullKey) -> str:
    """A pull request's name in the authenticated block of its comment."""
    return f"{key.repository_id}/{key.number}"


def stamp(bench: Bench, key: PullKey) -> Stamp:
    """What marks our replies, notices and issues about a pull request."""
    return Stamp(subject(key), bench.keys)


def entry(kind: str, state: PullRequestState, body: Mapping[str, Any]) -> Entry:
    """Something about a pull request, for the ledger. Names change hands, so the repository's id is told as well."""
    known = {
        "repository_id": state.repository_id,
        "tool_version": __version__,
        "head_sha": state.head_sha,
        "registry_sha": state.base_sha,
    }
    return Entry(kind, f"{state.repository}#{state.number}", {**known, **body})
