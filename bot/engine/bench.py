"""What every reconcile works with."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.engine.comparing import Comparer
from bot.judge.catalogue import Catalogue
from bot.store import PullKey, Store


@dataclass(frozen=True, slots=True)
class Bench:
    """`pages`: where GitHub's pages are. `keys`: for the block in the comment, the
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
