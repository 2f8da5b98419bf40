"""Which commits of a pull request change certain files: whoever made those may not sign."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from bot.contracts.document import Document
from bot.github import queries
from bot.github.changes import compare
from bot.github.client import Client
from bot.github.files import GitHubFiles
from bot.github.memory import Touch
from bot.github.three_way import is_combination
from bot.review.people import Commit, Person, Roster

_PAIRS_A_CALL = 100


async def touching(
    client: Client, repository: str, commits: Sequence[Commit], paths: Collection[str]
) -> tuple[Commit, ...]:
    """`commits`, with `touches` saying whether the commit itself changes one of `paths`.

    A merge of the base that GitHub made touches nothing, unless what it put at a path is not both sides' edits
    together: then somebody settled a conflict by hand (on GitHub's pages that looks the same), maybe for one side as a
    whole, and it is no mere merge of the base any more. A merge that a person made touches what differs from either
    side. A commit that GitHub does not show is left as touching. One call for up to a hundred pairs of commit and path
    that were not asked before, and two for a merge by GitHub that a path came out of other than it went in.
    """
    wanted = sorted(set(paths))
    known = client.memory.touched
    unknown = [commit.sha for commit in commits if any((commit.sha, path) not in known for path in wanted)]
    answers: dict[tuple[str, str], Touch] = {
        (commit.sha, path): known[commit.sha, path]
        for commit in commits
        for path in wanted
        if (commit.sha, path) in known
    }
    for some_commits, some_paths in _portions(unknown, wanted):
        answers |= await _ask(client, repository, some_commits, some_paths)
    for commit in commits:
        unclear = [path for path in wanted if answers.get((commit.sha, path)) in (Touch.CHANGED, Touch.MIXED)]
        if commit.base_merge and unclear:
            answers |= await _looked_at_closer(client, repository, commit, unclear)
    known.update(answers)
    return tuple(_judged(commit, [answers.get((commit.sha, path)) for path in wanted]) for commit in commits)


def is_worth_asking(commits: Sequence[Commit], roster: Roster, author: Person | None) -> bool:
    """Whether `touching` can make a difference: somebody who may sign, and is not excluded as the author anyway, made
    or committed one of `commits`. Otherwise the call can be saved.
    """
    signers = {person.id for people in (*roster.members.values(), roster.admins) for person in people}
    makers = {person.id for commit in commits for person in commit.people if person is not None}
    return bool((makers & signers) - ({author.id} if author else set()))


def _portions(commits: Sequence[str], paths: Sequence[str]) -> Iterator[tuple[Sequence[str], Sequence[str]]]:
    for p in range(0, len(paths), _PAIRS_A_CALL):
        some_paths = paths[p : p + _PAIRS_A_CALL]
        step = max(1, _PAIRS_A_CALL // len(some_paths))
        for c in range(0, len(commits), step):
            yield commits[c : c + step], some_paths


async def _ask(
    client: Client, repository: str, commits: Sequence[str], paths: Sequence[str]
) -> dict[tuple[str, str], Touch]:
    owner, name = repository.split("/", 1)
    document, variables = queries.entries(commits, paths)
    answered = await client.query(document, {**variables, "owner": owner, "name": name})
    found = answered.data.get("repository") or {}
    touches: dict[tuple[str, str], Touch] = {}
    for c, commit in enumerate(commits):
        shown = found.get(f"commit{c}")
        if shown:
            touches |= {(commit, path): _touch(shown, f"file{p}") for p, path in enumerate(paths)}
    return touches


def _touch(commit: Mapping[str, Any], file: str) -> Touch:
    parents = [parent[file] for parent in commit["parents"]["nodes"]] or [None]
    different = [parent != commit[file] for parent in parents]
    if len(parents) > 1 and all(different):
        return Touch.MIXED
    return Touch.CHANGED if any(different) else Touch.KEPT


async def _looked_at_closer(
    client: Client, repository: str, merge: Commit, paths: Sequence[str]
) -> dict[tuple[str, str], Touch]:
    """Of paths that a merge by GitHub left other than some parent had them: whether somebody had a say in that."""
    ours, theirs = merge.parents
    base = (await compare(client, repository, theirs, ours)).merge_base_sha
    if base is None:
        return {(merge.sha, path): Touch.SETTLED for path in paths}
    versions = (base, ours, theirs, merge.sha)
    found = await GitHubFiles(client, repository).read([(version, path) for path in paths for version in versions])
    known = client.memory.entries
    touches: dict[tuple[str, str], Touch] = {}
    for path in paths:
        keys = [(repository, version, path) for version in versions]
        if all(key in known for key in keys):
            was, mine, others, became = (known[key] for key in keys)
            if (was, became) in ((others, mine), (mine, others)):  # only one side changed it, whatever it is
                touches[merge.sha, path] = Touch.COMBINED
                continue
        texts = [f.data for version in versions if isinstance(f := found.get((version, path)), Document)]
        # In a thread: a contract may be large, and other pull requests are not to wait.
        combined = len(texts) == len(versions) and await asyncio.to_thread(is_combination, *texts)
        touches[merge.sha, path] = Touch.COMBINED if combined else Touch.SETTLED
    return touches


def _judged(commit: Commit, touches: Sequence[Touch | None]) -> Commit:
    if None in touches:
        return replace(commit, touches=True, base_merge=False)
    if commit.base_merge:
        by_hand = Touch.SETTLED in touches or Touch.MIXED in touches
        return replace(commit, touches=by_hand, base_merge=not by_hand)
    return replace(commit, touches=any(touch is not Touch.KEPT for touch in touches))
