"""The files of a proposed change, each read once, and followed along their references."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from bot.contracts.document import Document, Side
from bot.contracts.formats import SETS
from bot.registry.edits.coverage import SUFFIXES
from bot.registry.snapshot import ChangedFile, Files, Parser, Unreadable

MAX_FILES = 2_000
"""Files that one side of one contract may consist of. The largest published descriptions have a few hundred."""

_UNNAMED = "is no .yaml, .json, .proto or the like"
"""What does not look like a contract is not followed: nobody would look when it changes."""

_REFERENCE = re.compile(rb"\$ref")
_LOCAL_REFERENCE = re.compile(rb"\$ref[\"']?\s*:\s*[\"']?#[/\"'A-Za-z]")
_ESCAPED_DOLLAR = (b"\\u0024", b"\\x24")

Found = Document | Unreadable | None


class Shelf:
    """Files by commit and path. A file that the change leaves alone is the same at merge base and head: read once."""

    def __init__(self, files: Files, merge_base_sha: str, head_sha: str, changed: Iterable[ChangedFile]) -> None:
        self._files = files
        self._merge_base, self._head = merge_base_sha, head_sha
        self._touched = {path for file in changed for path in paths_of(file)}
        self._found: dict[tuple[str, str], Found] = {}

    async def fetch(self, wanted: Iterable[tuple[str, str]]) -> None:
        """Makes these files ready for `get`, in one read for all that are not yet there."""
        missing = {self._key(commit, path) for commit, path in wanted} - self._found.keys()
        if missing:
            answer = await self._files.read(sorted(missing))
            self._found.update({key: answer.get(key) for key in missing})

    def get(self, commit: str, path: str) -> Found:
        """A file that was fetched: what is there, or None when nothing is. KeyError when it was not fetched."""
        return self._found[self._key(commit, path)]

    def document(self, commit: str, path: str) -> Document | None:
        """Like `get`, for those who have no use for a file that cannot be read."""
        found = self.get(commit, path)
        return found if isinstance(found, Document) else None

    def _key(self, commit: str, path: str) -> tuple[str, str]:
        if commit == self._head and path not in self._touched:
            return self._merge_base, path  # where the base has not moved on, that is its tip: the registry is at hand
        return commit, path


def paths_of(file: ChangedFile) -> tuple[str, ...]:
    """Every name by which the change knows the file."""
    if file.status == "renamed" and file.previous_path:
        return (file.path, file.previous_path)
    return (file.path,)


@dataclass(frozen=True, slots=True)
class Root:
    """Where one side of a contract starts. entrypoint None: the contract is not there on this side.

    members: all files to start from, of a contract that is a set of files.
    """

    commit: str
    format: str
    entrypoint: str | None
    members: frozenset[str] = frozenset()

    @property
    def starts(self) -> frozenset[str]:
        return self.members if self.entrypoint is None else self.members | {self.entrypoint}


@dataclass
class _Growing:
    """A side while its files are being collected."""

    root: Root
    documents: dict[str, Document] = field(default_factory=dict)
    unreadable: dict[str, str] = field(default_factory=dict)
    unread: dict[str, str] = field(default_factory=dict)
    seen: set[str] = field(default_factory=set)
    frontier: set[str] = field(default_factory=set)
    cut: bool = False

    def side(self) -> Side:
        there = sorted(path for path in self.root.starts if path in self.documents or path in self.unreadable)
        own = self.root.members & set(there)
        return Side(there[0] if there else None, self.documents, self.unreadable, own, self.unread)


async def sides(shelf: Shelf, parser: Parser, roots: Sequence[Root]) -> tuple[Mapping[Root, Side], tuple[str, ...]]:
    """Each root's entrypoint with every file it reaches by `$ref`, and sentences about what was cut off.

    All roots advance together: one wave of references is one read. A reference to a file that is not there is simply
    not followed; the comparison says so where it matters.
    """
    growing = {root: _Growing(root, frontier=set(root.starts)) for root in roots}
    references = _References(parser)
    while any(side.frontier for side in growing.values()):
        await shelf.fetch((side.root.commit, path) for side in growing.values() for path in side.frontier)
        for side in growing.values():
            await _advance(side, shelf, references)
    cut = tuple(
        f"`{root.entrypoint}` reaches more than {MAX_FILES:,} files; the rest was not read."
        for root, side in growing.items()
        if side.cut
    )
    return {root: side.side() for root, side in growing.items()}, tuple(dict.fromkeys(cut))


async def _advance(side: _Growing, shelf: Shelf, references: _References) -> None:
    following: set[str] = set()
    for path in sorted(side.frontier):
        side.seen.add(path)
        found = shelf.get(side.root.commit, path)
        if isinstance(found, Unreadable):
            side.unreadable[path] = found.reason
            if found.blob_sha:
                side.unread[path] = found.blob_sha
            if found.leads_to:
                following |= behind(path, found.leads_to)  # not read in its place, but watched
        elif found is not None:
            side.documents[path] = found
            for target in await references.of(side.root.format, found):
                if PurePosixPath(target).suffix.lower() in SUFFIXES:
                    following.add(target)
                else:
                    side.unreadable[target] = _UNNAMED
    side.frontier = following - side.seen
    room = MAX_FILES - len(side.seen)
    if len(side.frontier) > room:
        side.cut = True
        side.frontier = set(sorted(side.frontier)[:room])


def behind(path: str, leads_to: str) -> frozenset[str]:
    """The repository path to which a symbolic link leads; none when that is outside."""
    if leads_to.startswith("/"):
        return frozenset()
    target = posixpath.normpath(posixpath.join(posixpath.dirname(path), leads_to))
    return frozenset() if target.startswith("../") or target in (".", "..") else frozenset({target})


class _References:
    """What documents refer to, each asked for once; most refer to nothing but themselves, which their text shows."""

    def __init__(self, parser: Parser) -> None:
        self._parser = parser
        self._known: dict[tuple[str, str, str], frozenset[str]] = {}

    async def of(self, format: str, document: Document) -> frozenset[str]:
        if not may_refer_elsewhere(format, document.data):
            return frozenset()
        key = (format, document.path, document.blob_sha)
        if key not in self._known:
            self._known[key] = await self._parser.references(format, document)
        return self._known[key]


def may_refer_elsewhere(format: str, data: bytes) -> bool:
    """Whether there is an import, or some `$ref` that is not plainly `#…`. Spares reading a large document for what a
    glance shows.
    """
    if format in SETS:
        return b"import" in data
    if any(escape in data for escape in _ESCAPED_DOLLAR):
        return True
    return len(_REFERENCE.findall(data)) != len(_LOCAL_REFERENCE.findall(data))
