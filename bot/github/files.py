"""Files of a GitHub repository at given commits."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from bot.contracts.document import Document
from bot.github import queries
from bot.github.client import Client
from bot.github.errors import Call, GitHubError, NotFound
from bot.github.memory import Entry
from bot.registry.snapshot import Unreadable

MAX_BYTES = 20_000_000
"""Larger files are not fetched: no contract that a person keeps is near it (GitHub's own description has 13 MB)."""

_FILES_A_CALL = 60
"""GitHub ends a GraphQL query after ten seconds, and each text may have up to half a megabyte."""
_DATES_A_CALL = 50
"""Each date is a walk through the history."""
_LISTINGS = 300
"""Calls spent on listing one repository whose tree GitHub does not give at once."""

_SYMBOLIC_LINK, _SUBMODULE, _FOLDER = 0o120000, 0o160000, 0o040000
_LFS_POINTER = b"version https://git-lfs.github.com/spec/"
_TOO_LARGE = f"is larger than {MAX_BYTES // 1_000_000} MB"
_REASONS = {
    _SYMBOLIC_LINK: "is a symbolic link, which is not followed",
    _SUBMODULE: "is a submodule: its files are in another repository",
}


class CommitMissing(GitHubError):
    """GitHub does not have the commit, or not yet: one that was just pushed to a fork shows up seconds later."""

    def __init__(self, repository: str, commit: str, reason: str) -> None:
        super().__init__(Call("GET", f"/repos/{repository}"), f"commit {commit[:10]} is not there: {reason}")
        self.commit = commit


class TooLargeToList(GitHubError):
    """The repository has more folders than we are willing to list one by one."""

    def __init__(self, repository: str) -> None:
        super().__init__(Call("GET", f"/repos/{repository}"), f"its files could not be listed in {_LISTINGS} calls")


class GitHubFiles:
    """Implements `bot.registry.snapshot.Files`. Commits of forks can be read here once they are in a pull request."""

    def __init__(self, client: Client, repository: str) -> None:
        self._client = client
        self._repository = repository
        self._owner, self._name = repository.split("/", 1)
        self._listings: dict[str, frozenset[str]] = {}

    async def read(self, wanted: Collection[tuple[str, str]]) -> Mapping[tuple[str, str], Document | Unreadable]:
        """See `Files.read`. One GraphQL call for up to sixty files that were not seen before, none for the others.

        Raises GitHubError when GitHub does not answer, or does not know one of the commits.
        """
        answer: dict[tuple[str, str], Document | Unreadable] = {}
        unknown: list[tuple[str, str]] = []
        for commit, path in sorted(set(wanted)):
            if not self._is_known(commit, path):
                unknown.append((commit, path))
            elif (seen := self._recall(commit, path)) is not None:
                answer[commit, path] = seen
        for start in range(0, len(unknown), _FILES_A_CALL):
            answer |= await self._ask(unknown[start : start + _FILES_A_CALL])
        return answer

    async def paths(self, commit: str) -> frozenset[str]:
        """See `Files.paths`. Raises GitHubError, also when the repository is too large to be listed."""
        if commit not in self._listings:
            self._listings[commit] = frozenset(await self._list(commit))
        return self._listings[commit]

    async def dates(self, commit: str, paths: Collection[str]) -> Mapping[str, str]:
        """See `Files.dates`. One GraphQL call for up to fifty paths. Raises GitHubError."""
        found: dict[str, str] = {}
        wanted = sorted(paths)
        for start in range(0, len(wanted), _DATES_A_CALL):
            some = wanted[start : start + _DATES_A_CALL]
            document, variables = queries.dates(commit, some)
            answered = await self._client.query(document, {**variables, "owner": self._owner, "name": self._name})
            at_commit = (answered.data.get("repository") or {}).get("object") or {}
            for index, path in enumerate(some):
                commits = (at_commit.get(f"file{index}") or {}).get("nodes") or ()
                if commits:
                    found[path] = str(commits[0]["committedDate"])[:10]
        return found

    def _is_known(self, commit: str, path: str) -> bool:
        key = (self._repository, commit, path)
        entries = self._client.memory.entries
        if key not in entries:
            return False
        entry = entries[key]
        return entry is None or entry.mode == _SUBMODULE or entry.oid in self._client.memory.blobs

    def _recall(self, commit: str, path: str) -> Document | Unreadable | None:
        entry = self._client.memory.entries[self._repository, commit, path]
        if entry is None:
            return None
        if entry.mode in _REASONS:
            return _unreadable(entry.mode, entry.oid, self._client.memory.blobs.get(entry.oid, b""))
        return _document(path, entry.oid, self._client.memory.blobs[entry.oid])

    async def _ask(self, wanted: Sequence[tuple[str, str]]) -> dict[tuple[str, str], Document | Unreadable]:
        by_commit: dict[str, list[str]] = {}
        for commit, path in wanted:
            by_commit.setdefault(commit, []).append(path)
        document, variables = queries.files(by_commit)
        answered = await self._client.query(document, {**variables, "owner": self._owner, "name": self._name})
        repository = answered.data.get("repository")
        found: dict[tuple[str, str], Document | Unreadable] = {}
        for c, (commit, paths) in enumerate(by_commit.items()):
            at_commit = repository.get(f"commit{c}") if repository else None
            lacking = any(f"commit{c}" in problem.path for problem in answered.problems)  # a gap is no missing file
            if at_commit is None or lacking:
                reason = "; ".join(problem.message for problem in answered.problems) or "not found"
                raise CommitMissing(self._repository, commit, reason)
            for p, path in enumerate(paths):
                file = await self.keep(commit, path, at_commit.get(f"file{p}"))
                if file is not None:
                    found[commit, path] = file
        return found

    async def keep(self, commit: str, path: str, entry: Mapping[str, Any] | None) -> Document | Unreadable | None:
        """What a GraphQL TreeEntry (see queries.py) says, kept for the next `read`; None when nothing is there.

        Text is taken from the answer only when it is the blob to the byte, by git's own name for it: GitHub cuts
        long texts and repairs bytes that are no UTF-8. Otherwise the bytes are fetched.
        """
        memory = self._client.memory
        if entry is None or entry["mode"] == _FOLDER:
            memory.entries[self._repository, commit, path] = None
            return None
        oid, mode = str(entry["oid"]), int(entry["mode"])
        memory.entries[self._repository, commit, path] = Entry(mode, oid)
        blob = entry.get("object") or {}
        if mode in _REASONS:
            leads_to = (_exact(blob.get("text"), oid) or b"") if mode == _SYMBOLIC_LINK else b""
            if leads_to:
                memory.keep_blob(oid, leads_to)
            return _unreadable(mode, oid, leads_to)
        if int(blob.get("byteSize") or 0) > MAX_BYTES:
            return Unreadable(_TOO_LARGE, oid)
        if blob.get("isBinary"):
            return Unreadable("is a binary file", oid)
        data = _exact(blob.get("text"), oid)
        if data is None:
            data = memory.blobs[oid] if oid in memory.blobs else await self._fetch(oid)
        memory.keep_blob(oid, data)
        return _document(path, oid, data)

    async def _fetch(self, oid: str) -> bytes:
        where = {"owner": self._owner, "name": self._name, "oid": oid}
        return await self._client.raw("/repos/{owner}/{name}/git/blobs/{oid}", where, max_bytes=MAX_BYTES + 1)

    async def _list(self, commit: str) -> Collection[str]:
        """Every path. A tree above 100,000 entries or 7 MB comes truncated (docs: "Git trees"): then it is walked,
        folder by folder, with all below a folder in one call where it fits.
        """
        found: list[str] = []
        folders = [(commit, "")]
        for _ in range(_LISTINGS):
            if not folders:
                return found
            sha, prefix = folders.pop()
            tree = await self._tree(sha, recursive=True)
            if tree.get("truncated"):
                tree = await self._tree(sha, recursive=False)
                folders += [(e["sha"], f"{prefix}{e['path']}/") for e in tree["tree"] if e["type"] == "tree"]
            files = [(f"{prefix}{entry['path']}", entry) for entry in tree["tree"] if entry["type"] != "tree"]
            found += [path for path, _ in files]
            for path, entry in files:
                if entry["sha"] in self._client.memory.blobs:  # read before, in another commit: not asked for again
                    self._client.memory.entries[self._repository, commit, path] = Entry(
                        int(entry["mode"], 8), entry["sha"]
                    )
        raise TooLargeToList(self._repository)

    async def _tree(self, sha: str, *, recursive: bool) -> dict[str, Any]:
        where = {"owner": self._owner, "name": self._name, "sha": sha}
        path = "/repos/{owner}/{name}/git/trees/{sha}" + ("?recursive=1" if recursive else "")
        try:
            tree: dict[str, Any] = await self._client.getitem(path, where)
        except NotFound as error:
            raise CommitMissing(self._repository, sha, error.message) from error
        return tree


def _document(path: str, oid: str, data: bytes) -> Document | Unreadable:
    if data.startswith(_LFS_POINTER):
        return Unreadable("is a Git LFS pointer: the file itself is not in the repository", oid)
    if len(data) > MAX_BYTES:
        return Unreadable(_TOO_LARGE, oid)
    return Document(path, oid, data)


def _unreadable(mode: int, oid: str, leads_to: bytes) -> Unreadable:
    return Unreadable(_REASONS[mode], oid, leads_to.decode("utf-8", "replace"))


def _exact(text: str | None, oid: str) -> bytes | None:
    """`text` as bytes, if these are what git calls `oid` (SHA-1, or SHA-256 in newer repositories)."""
    if text is None:
        return None
    try:
        data = text.encode()
    except UnicodeEncodeError:
        return None
    named = hashlib.new("sha1" if len(oid) == 40 else "sha256", usedforsecurity=False)
    named.update(b"blob %d\0" % len(data))
    named.update(data)
    return data if named.hexdigest() == oid else None
