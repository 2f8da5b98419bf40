"""Repositories in memory: commits by name, every read counted."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Mapping

from bot.contracts.document import Document
from bot.registry.look import look
from bot.registry.snapshot import ChangedFile, ContractSides, Snapshot, Unreadable

Content = str | Unreadable


class Repository:
    """Implements `Files`. `reads` holds what each round trip asked for, `days` when a path was last touched."""

    def __init__(self, **commits: Mapping[str, Content]) -> None:
        self.commits = commits
        self.reads: list[set[tuple[str, str]]] = []
        self.listings = 0
        self.days: dict[str, str] = {}

    async def read(self, wanted: Collection[tuple[str, str]]) -> Mapping[tuple[str, str], Document | Unreadable]:
        self.reads.append(set(wanted))
        return {
            (commit, path): _document(path, self.commits[commit][path])
            for commit, path in wanted
            if path in self.commits[commit]
        }

    async def paths(self, commit: str) -> frozenset[str]:
        self.listings += 1
        return frozenset(self.commits[commit])

    async def dates(self, commit: str, paths: Collection[str]) -> Mapping[str, str]:
        return {path: self.days[path] for path in paths if path in self.days and path in self.commits[commit]}

    def changed(self, *renames: tuple[str, str]) -> list[ChangedFile]:
        """What differs between merge base and head, as GitHub would say it."""
        base, head = self.commits["merge_base"], self.commits["head"]
        files = [ChangedFile(new, "renamed", old) for old, new in renames]
        told = {path for pair in renames for path in pair}
        for path in sorted({*base, *head} - told):
            if path not in base:
                files.append(ChangedFile(path, "added"))
            elif path not in head:
                files.append(ChangedFile(path, "removed"))
            elif base[path] != head[path]:
                files.append(ChangedFile(path, "modified"))
        return files


class SniffingParser:
    """Implements `Parser` by looks: a contract says `openapi:`, a reference stands behind `$ref:`."""

    async def recognise(self, path: str, data: bytes) -> str | None:
        return "openapi" if b"openapi:" in data else None

    async def references(self, format: str, document: Document) -> frozenset[str]:
        return frozenset(re.findall(r"\$ref: ([a-z/]+\.yaml)", document.data.decode()))


async def look_at(repository: Repository, *renames: tuple[str, str]) -> Snapshot:
    """A look at the repository's commits `merge_base` and `head`; `tip` too, when it has one."""
    repository.commits.setdefault("tip", repository.commits["merge_base"])
    return await look(
        repository,
        base_sha="tip" if repository.commits["tip"] is not repository.commits["merge_base"] else "merge_base",
        merge_base_sha="merge_base",
        head_sha="head",
        changed=repository.changed(*renames),
        parser=SniffingParser(),
        recognised={"openapi"},
    )


def contents(side: ContractSides) -> tuple[dict[str, str], dict[str, str]]:
    """The text of every file on both sides."""
    return (
        {p: d.data.decode() for p, d in side.base.documents.items()},
        {p: d.data.decode() for p, d in side.head.documents.items()},
    )


def _document(path: str, content: Content) -> Document | Unreadable:
    if isinstance(content, Unreadable):
        return content
    data = content.encode()
    return Document(path, hashlib.sha1(data).hexdigest(), data)
