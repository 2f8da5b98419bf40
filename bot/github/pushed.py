"""What a push brought to a branch that no pull request brought."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from bot.github import queries
from bot.github.changes import compare
from bot.github.client import Client
from bot.github.errors import NotFound
from bot.github.files import GitHubFiles, TooLargeToList
from bot.github.merge_group import first_parents, named_in
from bot.github.merged import merge_of
from bot.registry.snapshot import ChangedFile

_COMMITS_A_CALL = 50


@dataclass(frozen=True, slots=True)
class Run:
    """A part of what was pushed: the branch's commits without and with it. commits: those between them, by first
    parents; none when the branch was only set back. messages: theirs.
    """

    before: str
    after: str
    commits: tuple[str, ...] = ()
    messages: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Step:
    """From one commit of the branch to the next. commit: None where a force-push left the line of its history."""

    before: str
    after: str
    commit: Mapping[str, Any] | None
    is_merged: bool


async def past_pull_requests(client: Client, repository: str, branch: str, before: str, after: str) -> tuple[Run, ...]:
    """What of `before` to `after` no merged pull request onto the branch brought, oldest first, as long runs as can be.

    A pull request brought what GitHub says it was merged by, and nothing else: a commit of it that was squashed and is
    pushed by itself is nobody's. Two calls, and one more for each merged pull request where there are several commits.
    Raises the client's errors.
    """
    try:
        line = await first_parents(client, repository, before, after)
    except NotFound:  # no history in common, or none that is there any more
        return (Run(before, after),)
    merged = await _merged(client, repository, branch, line)
    steps = list(_steps(line, before, after, await _brought(client, repository, line, merged)))
    runs: list[Run] = []
    for is_merged, part in groupby(steps, lambda step: step.is_merged):
        run = list(part)
        if not is_merged:
            commits = [step.commit for step in run if step.commit is not None]
            shas, messages = [str(one["sha"]) for one in commits], [str(one["commit"]["message"]) for one in commits]
            runs.append(Run(run[0].before, run[-1].after, tuple(shas), tuple(messages)))
    return tuple(runs)


def _steps(line: Sequence[Mapping[str, Any]], before: str, after: str, brought: Collection[str]) -> Iterator[_Step]:
    at = before
    start = _parent(line[0]) if line else after
    if start and start != before:
        yield _Step(before, start, None, is_merged=False)
        at = start
    for commit in line:
        sha = str(commit["sha"])
        yield _Step(at, sha, commit, is_merged=sha in brought)
        at = sha


async def _merged(client: Client, repository: str, branch: str, line: Sequence[Mapping[str, Any]]) -> Mapping[str, int]:
    """By the commit that merged it, each pull request onto the branch whose merge is on the line.

    GraphQL: `Commit.associatedPullRequests`. GitHub knows it some time after the merge (apache/texera#4620: tens of
    seconds), so those that GitHub's messages name are asked for as well.
    """
    owner, name = repository.split("/", 1)
    found: dict[str, int] = {}
    for start in range(0, len(line), _COMMITS_A_CALL):
        some = line[start : start + _COMMITS_A_CALL]
        named = {number for commit in some if (number := named_in(str(commit["commit"]["message"]))) is not None}
        document, variables = queries.brought([str(commit["sha"]) for commit in some], sorted(named))
        answered = await client.query(document, {"owner": owner, "name": name, **variables})
        told = answered.data.get("repository") or {}
        for pull in _pulls(told):
            is_onto = pull["baseRefName"] == branch and pull["repository"]["databaseId"] == told.get("databaseId")
            if pull["merged"] and pull.get("mergeCommit") and is_onto:
                found[str(pull["mergeCommit"]["oid"])] = int(pull["number"])
    return {str(commit["sha"]): found[commit["sha"]] for commit in line if commit["sha"] in found}


def _pulls(told: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for key, value in told.items():
        if key.startswith("commit") and value:
            yield from (pull for pull in (value.get("associatedPullRequests") or {}).get("nodes") or () if pull)
        elif key.startswith("pull") and value:
            yield value


async def _brought(
    client: Client, repository: str, line: Sequence[Mapping[str, Any]], merged: Mapping[str, int]
) -> frozenset[str]:
    """The commits of the line that merged pull requests brought: one each, but as many as they had when rebased."""
    places = {str(commit["sha"]): place for place, commit in enumerate(line)}
    found = set(merged)
    for sha, number in merged.items() if len(line) > 1 else ():
        merge = await merge_of(client, repository, number)
        if merge is None or merge.after != sha or merge.before is None:
            continue
        starts = [place for place, commit in enumerate(line) if _parent(commit) == merge.before]
        if starts and starts[0] <= places[sha]:
            found |= {str(commit["sha"]) for commit in line[starts[0] : places[sha] + 1]}
    return frozenset(found)


def _parent(commit: Mapping[str, Any]) -> str:
    parents = commit["parents"]
    return str(parents[0]["sha"]) if parents else ""


async def files_between(
    client: Client, repository: str, before: str, after: str
) -> tuple[tuple[ChangedFile, ...], bool]:
    """Every file that may differ between two commits, one of which need not come from the other; and whether all of
    them are listed. A call, and another one or two where `after` does not come from `before`. Raises CommitMissing and
    the client's errors.
    """
    there = await compare(client, repository, before, after)
    if there.merge_base_sha == before:
        return there.files, there.complete
    if there.merge_base_sha is None:
        return await _all_files(client, repository, before, after)
    back = await compare(client, repository, after, before)
    paths = {path for file in (*there.files, *back.files) for path in (file.path, file.previous_path) if path}
    return _either_way(paths), there.complete and back.complete


async def _all_files(client: Client, repository: str, before: str, after: str) -> tuple[tuple[ChangedFile, ...], bool]:
    files = GitHubFiles(client, repository)
    try:
        return _either_way(await files.paths(before) | await files.paths(after)), True
    except TooLargeToList:
        return (), False


def _either_way(paths: Collection[str]) -> tuple[ChangedFile, ...]:
    """They are read on both sides, and may be missing on either, or the same."""
    return tuple(ChangedFile(path, "modified") for path in sorted(paths))
