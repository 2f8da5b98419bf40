"""What GitHub told us once and can never change, so that it is not asked again."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum

from cachetools import LRUCache

from bot.registry.snapshot import ChangedFile

_BLOB_BYTES = 48_000_000


@dataclass(frozen=True, slots=True)
class Entry:
    """What stands at a path of a commit: git's file mode and the name of its content."""

    mode: int
    oid: str


@dataclass(frozen=True, slots=True)
class CommitComparison:
    """What `base...head` is, for two commits named by sha. `complete`: every changed file is listed."""

    merge_base_sha: str | None
    files: tuple[ChangedFile, ...]
    complete: bool


class Touch(Enum):
    """What a commit does to a path: `kept` as it was, or `changed`. What a merge leaves as neither side had it is
    `mixed`; looked at closer, it is `combined` from both sides' edits and nothing else, or `settled` by somebody.
    """

    KEPT = "kept"
    CHANGED = "changed"
    MIXED = "mixed"
    COMBINED = "combined"
    SETTLED = "settled"


@dataclass(slots=True)
class Memory:
    """Of one installation. Keys begin with the repository's full name, except where git's names are their own proof.

    touched: by commit and path. written_by_app: by comment id, whether an app wrote it in its author's name.
    """

    entries: LRUCache[tuple[str, str, str], Entry | None] = field(default_factory=lambda: LRUCache(50_000))
    blobs: LRUCache[str, bytes] = field(default_factory=lambda: LRUCache(_BLOB_BYTES, getsizeof=len))
    comparisons: LRUCache[tuple[str, str, str], CommitComparison] = field(default_factory=lambda: LRUCache(500))
    touched: LRUCache[tuple[str, str], Touch] = field(default_factory=lambda: LRUCache(50_000))
    written_by_app: LRUCache[int, bool] = field(default_factory=lambda: LRUCache(10_000))

    def keep_blob(self, oid: str, data: bytes) -> None:
        """Keeps what fits: one huge file is not worth all the others."""
        if len(data) <= _BLOB_BYTES // 4:
            self.blobs[oid] = data
