"""One look at a proposed change: what `look` brings back, from GitHub or from a local repository alike."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Literal, Protocol

from bot.contracts.document import Document, Side


@dataclass(frozen=True, slots=True)
class ChangedFile:
    """A file that differs between merge base and head. `previous_path` is set for renames (and copies)."""

    path: str
    status: Literal["added", "modified", "removed", "renamed"]
    previous_path: str | None = None


@dataclass(frozen=True, slots=True)
class ContractSides:
    """Both sides of one contract. `tip`: the base branch's tip, when it differs from the merge base in these files.
    `releases`: by tag, newest first, what was released, as far as the policy compares with that.
    """

    contract: str
    format: str
    base: Side
    head: Side
    tip: Side | None = None
    releases: tuple[tuple[str, Side], ...] = ()


@dataclass(frozen=True, slots=True)
class RegistryEdit:
    """The registry as the change found it, and as it will be once the change is merged, by path.

    Files that the change leaves alone are the tip's on both sides, for that is what a merge leaves there.
    troubles: sentences about what will be there and cannot be read as a file at all.
    paths: every file at the tip of the base, when the edit may leave some of them out of a contract; else None.
    """

    before: Mapping[str, Document]
    after: Mapping[str, Document]
    troubles: tuple[str, ...] = ()
    paths: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class LostEvidence:
    """What a consumer was seen to use of a contract, by files of this repository, and would be seen to use no more.

    files: those of them that the change alters or removes.
    """

    contract: str
    consumer: str
    elements: tuple[str, ...]
    files: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Everything the judgement needs to know about the proposed change itself.

    `registry`: the registry files at the tip of the base branch, by path (empty: there is none).
    `incomplete`: sentences about what could not be seen (more than 3,000 files, say); each blocks as unclassified.
    `not_checked`: sentences about what was left out and does not block, for the reader.
    `registry_edit`: what the change does to the registry, None when it touches none of its files.
    `lost_evidence`: whose use would be forgotten.
    """

    base_sha: str
    merge_base_sha: str
    head_sha: str
    files: tuple[ChangedFile, ...]
    registry: Mapping[str, Document] = field(default_factory=dict)
    contracts: tuple[ContractSides, ...] = ()
    incomplete: tuple[str, ...] = ()
    not_checked: tuple[str, ...] = ()
    registry_edit: RegistryEdit | None = None
    lost_evidence: tuple[LostEvidence, ...] = ()


@dataclass(frozen=True, slots=True)
class Unreadable:
    """Why a file that is there could not be had, in words for a reader ("is a Git LFS pointer").

    blob_sha: git's name for what is there. leads_to: of a symbolic link, where it points, as it is written.
    """

    reason: str
    blob_sha: str = ""
    leads_to: str = ""


class Parser(Protocol):
    """What a look has to know about contents. Answers come from the parsing children; none of them raises."""

    async def recognise(self, path: str, data: bytes) -> str | None:
        """The format of a file by its content, None when it is no contract."""
        ...

    async def references(self, format: str, document: Document) -> frozenset[str]:
        """The repository paths that a document refers to."""
        ...


class Files(Protocol):
    """The files of a repository at given commits: GitHub's or a local one's."""

    async def read(self, wanted: Collection[tuple[str, str]]) -> Mapping[tuple[str, str], Document | Unreadable]:
        """(commit sha, path) to what is there. Paths that do not exist at that commit are left out of the answer.

        All of `wanted` is asked in as few round trips as the source allows.
        """
        ...

    async def paths(self, commit: str) -> frozenset[str]:
        """Every file path at `commit`."""
        ...

    async def dates(self, commit: str, paths: Collection[str]) -> Mapping[str, str]:
        """The day (UTC, `YYYY-MM-DD`) of the last commit up to `commit` that touched each path, where one is known."""
        ...
