"""What a pull request changes: the merge base of two commits, and the files that differ since."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any, Literal

from bot.contracts.document import Document
from bot.github.client import Client
from bot.github.errors import GitHubError, NotFound
from bot.github.files import CommitMissing, GitHubFiles
from bot.github.memory import CommitComparison
from bot.github.pull import changed_file
from bot.registry.snapshot import ChangedFile, Unreadable

_COMPARE_FILES = 300
"""Compare lists no more files than these (docs: "Compare two commits")."""
_PULL_FILES = 3_000
"""Nor the list of a pull request's files more than these (docs: "List pull requests files")."""
_MISSING_WAITS = (1.0, 2.0, 4.0)
_PLAIN_CHANGES: Mapping[str, Literal["added", "modified", "removed"]] = {
    "ADDED": "added",
    "MODIFIED": "modified",
    "CHANGED": "modified",
    "DELETED": "removed",
}
"""Of GraphQL's PatchStatus, what happens to one path. Renames and copies need the other path, which only REST tells."""

Matters = Callable[[Collection[str], Mapping[str, Document | Unreadable]], bool]


async def what_changed(
    client: Client,
    repository: str,
    number: int,
    pull: Mapping[str, Any],
    base_sha: str,
    at_base: Sequence[str],
    matters: Matters | None,
) -> tuple[CommitComparison, tuple[str, ...]]:
    """The changed files of `pull` (GraphQL's PullRequest, see queries.py), and sentences about what was not seen.
    Compared only when `matters` says so of its paths, given the `at_base` files; without it, always.
    """
    indifferent = await _indifferent(client, repository, pull, base_sha, at_base, matters)
    if indifferent is not None:
        return indifferent, ()
    return await _compared(client, repository, number, pull, base_sha)


async def _indifferent(
    client: Client,
    repository: str,
    pull: Mapping[str, Any],
    base_sha: str,
    at_base: Sequence[str],
    matters: Matters | None,
) -> CommitComparison | None:
    """What changed, if none of it matters: most pull requests touch no contract, and need no comparison."""
    listed = (pull.get("files") or {}).get("nodes") or []
    known = (repository, base_sha, pull["headRefOid"]) in client.memory.comparisons
    renamed = any(node["changeType"] not in _PLAIN_CHANGES for node in listed)
    if matters is None or known or renamed or not listed or len(listed) != int(pull["changedFiles"]):
        return None
    found = await GitHubFiles(client, repository).read([(base_sha, path) for path in at_base])
    documents = {path: content for (_, path), content in found.items()}
    if await asyncio.to_thread(matters, [str(node["path"]) for node in listed], documents):  # it may read a registry
        return None
    files = tuple(ChangedFile(str(node["path"]), _PLAIN_CHANGES[node["changeType"]]) for node in listed)
    return CommitComparison(None, files, complete=True)


async def _compared(
    client: Client, repository: str, number: int, pull: Mapping[str, Any], base_sha: str
) -> tuple[CommitComparison, tuple[str, ...]]:
    changed = int(pull["changedFiles"])
    comparison = await compare(client, repository, base_sha, str(pull["headRefOid"]))
    if comparison.merge_base_sha is None:
        return comparison, ("The two branches have no common ancestor, so there is nothing to compare with.",)
    if comparison.complete:
        return comparison, ()
    files = await _pull_files(client, repository, number)
    if changed > _PULL_FILES or len(files) >= _PULL_FILES:
        shown = (
            f"The pull request changes {changed:,} files. GitHub lists no more than {_PULL_FILES:,}: "
            "what the others change was not seen."
        )
        return replace(comparison, files=files), (shown,)
    return replace(comparison, files=files, complete=True), ()


async def compare(client: Client, repository: str, base_sha: str, head_sha: str) -> CommitComparison:
    """`base...head`: their merge base, and what head changes since. A commit that was just pushed to a fork is waited
    for some seconds. Raises CommitMissing.
    """
    key = (repository, base_sha, head_sha)
    known = client.memory.comparisons.get(key)
    if known is None:
        known = await _compare(client, repository, base_sha, head_sha)
        client.memory.comparisons[key] = known
    return known


async def _compare(client: Client, repository: str, base_sha: str, head_sha: str) -> CommitComparison:
    owner, name = repository.split("/", 1)
    where = {"owner": owner, "name": name, "base": base_sha, "head": head_sha}
    waits = iter(_MISSING_WAITS)
    while True:
        try:
            answer = await client.getitem("/repos/{owner}/{name}/compare/{base}...{head}?per_page=1", where)
        except NotFound as error:
            if "no common ancestor" in error.message.lower():
                return CommitComparison(None, (), complete=True)
            wait = next(waits, None)
            if wait is None:
                raise CommitMissing(repository, head_sha, error.message) from error
            await client.sleep(wait)
            continue
        return _comparison(answer)


def _comparison(answer: Mapping[str, Any]) -> CommitComparison:
    entries = answer.get("files") or []
    complete = len(entries) < _COMPARE_FILES
    return CommitComparison(str(answer["merge_base_commit"]["sha"]), _files(entries), complete)


async def compare_ahead(client: Client, repository: str, base_ref: str, head_sha: str) -> None:
    """Has the comparison at hand by the time that it is needed, if the base is where it was told to be. Whatever goes
    wrong here goes wrong again, and is dealt with, where the comparison is needed.
    """
    known = client.memory.comparisons
    if any(key[2] == head_sha for key in known):
        return
    owner, name = repository.split("/", 1)
    where = {"owner": owner, "name": name, "base": base_ref, "head": head_sha}
    with suppress(GitHubError):
        answer = await client.getitem("/repos/{owner}/{name}/compare/{base}...{head}?per_page=1", where)
        known[repository, str(answer["base_commit"]["sha"]), head_sha] = _comparison(answer)


async def _pull_files(client: Client, repository: str, number: int) -> tuple[ChangedFile, ...]:
    owner, name = repository.split("/", 1)
    where = {"owner": owner, "name": name, "number": str(number)}
    path = "/repos/{owner}/{name}/pulls/{number}/files?per_page=100"
    return _files([entry async for entry in client.getiter(path, where)])


def _files(entries: Sequence[Mapping[str, Any]]) -> tuple[ChangedFile, ...]:
    """Each path once: pages may overlap when the list moves between two of them."""
    files = {file.path: file for entry in entries if (file := changed_file(entry)) is not None}
    return tuple(files.values())
