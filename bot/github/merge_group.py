"""Which pull requests a merge group adds to its base, and which commits are whose.

The event of a merge group names a commit to build on and a branch (`gh-readonly-queue/BASE/pr-NUMBER-SHA`), which names
the last pull request alone. The queue itself names each one's last commit (GraphQL: MergeQueueEntry.headCommit).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.github import queries
from bot.github.client import Client
from bot.github.snapshot import OpenPull, open_pulls

_LAST = re.compile(r"gh-readonly-queue/.+/pr-([0-9]+)-[0-9a-f]+$")
_MERGED = re.compile(r"Merge pull request #([0-9]{1,9}) from ")
_SQUASHED = re.compile(r"\(#([0-9]{1,9})\)$")


@dataclass(frozen=True, slots=True)
class Entry:
    """A pull request of a group: what the base is without it, and what it is with it."""

    number: int
    before: str
    after: str


async def entries(client: Client, repository: str, head_sha: str, head_ref: str, base_sha: str) -> tuple[Entry, ...]:
    """The pull requests of a group in the order in which they land; empty when the branch is none of a merge queue.

    Commits that no entry of the queue ends with count with those that follow. Where the queue does not know the group
    any more, a commit belongs to the pull request whose head it merges, else to the one that GitHub's message names.
    The last ones always are the last pull request's, whatever their messages say.
    """
    found = _LAST.search(head_ref)
    if found is None:
        return ()
    last = int(found[1])
    base_ref = head_ref.partition("gh-readonly-queue/")[2].rpartition("/pr-")[0]
    line = await first_parents(client, repository, base_sha, head_sha)
    ends = await _ends(client, repository, base_ref)
    if ends.get(head_sha) == last:
        owners = [(ends.get(str(commit["sha"])), str(commit["sha"])) for commit in line]
    else:
        pulls = {pull.number: pull for pull in await open_pulls(client, repository, base_ref)}
        owners = [(_owner(commit, pulls), str(commit["sha"])) for commit in line]
    owners[-1:] = [(last, sha) for _, sha in owners[-1:]]
    parts: list[Entry] = []
    before = base_sha
    for place, (owner, sha) in enumerate(owners):
        following = next((number for number, _ in owners[place + 1 :] if number is not None), last)
        if owner is None or (following == owner and place + 1 < len(owners)):
            continue
        parts.append(Entry(owner, before, sha))
        before = sha
    if before != head_sha:
        parts.append(Entry(last, before, head_sha))
    return tuple(parts)


async def groups_onto(client: Client, repository: str, base_ref: str) -> dict[str, str]:
    """The branches of the groups that wait to be merged into a base, and their heads. One call.

    REST: "List matching references"; it lists what begins so.
    """
    owner, name = repository.split("/", 1)
    where = {"owner": owner, "name": name, "start": ["heads", "gh-readonly-queue", *base_ref.split("/"), "pr-"]}
    path = "/repos/{owner}/{name}/git/matching-refs{/start*}"
    found = [ref async for ref in client.getiter(path, where)]
    return {str(ref["ref"]): str(ref["object"]["sha"]) for ref in found}


async def _ends(client: Client, repository: str, base_ref: str) -> dict[str, int]:
    """By the last commit of each entry of a queue, its pull request. One call; of the first hundred entries."""
    owner, name = repository.split("/", 1)
    answered = await client.query(queries.MERGE_QUEUE, {"owner": owner, "name": name, "branch": base_ref})
    queue = (answered.data.get("repository") or {}).get("mergeQueue") or {}
    entries = [entry for entry in (queue.get("entries") or {}).get("nodes") or () if entry]
    return {
        str(entry["headCommit"]["oid"]): int(entry["pullRequest"]["number"])
        for entry in entries
        if entry.get("headCommit") and entry.get("pullRequest")
    }


async def first_parents(client: Client, repository: str, base_sha: str, head_sha: str) -> list[Mapping[str, Any]]:
    """The commits that landed one after the other: from base to head, by first parents. A call for each hundred."""
    owner, name = repository.split("/", 1)
    where = {"owner": owner, "name": name, "base": base_sha, "head": head_sha}
    path = "/repos/{owner}/{name}/compare/{base}...{head}?per_page=100"
    listed = client.getiter(path, where, iterable_key="commits")
    commits: dict[str, Mapping[str, Any]] = {str(commit["sha"]): commit async for commit in listed}
    line: list[Mapping[str, Any]] = []
    sha = head_sha
    while sha in commits:
        line.append(commits[sha])
        parents: Sequence[Mapping[str, Any]] = commits[sha]["parents"]
        sha = str(parents[0]["sha"]) if parents else ""
    return line[::-1]


def _owner(commit: Mapping[str, Any], pulls: Mapping[int, OpenPull]) -> int | None:
    """The pull request that a commit of the line brings, when it says so."""
    merged = {str(parent["sha"]) for parent in commit["parents"][1:]}
    for number, pull in sorted(pulls.items()):
        if pull.head_sha in merged:
            return number
    named = named_in(str(commit["commit"]["message"]))
    return named if named in pulls else None


def named_in(message: str) -> int | None:
    """The pull request that GitHub's own messages of merges and squashes name; anybody can write the like."""
    subject = message.partition("\n")[0]
    found = _MERGED.match(subject) or _SQUASHED.search(subject)
    return int(found[1]) if found else None
