"""How a pull request came onto its base: by whom, when, and what the base was without it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.github import queries
from bot.github.client import Client
from bot.github.errors import NotFound, Unprocessable
from bot.github.pull import moment, person
from bot.review.people import Person


@dataclass(frozen=True, slots=True)
class Merge:
    """before, after: the base's commits without and with the pull request; None when GitHub does not say which.

    by: None for an account that was deleted.
    """

    at: datetime
    by: Person | None
    before: str | None
    after: str | None


async def merge_of(client: Client, repository: str, number: int) -> Merge | None:
    """None when it is not merged. One call. Raises the client's errors."""
    owner, name = repository.split("/", 1)
    answered = await client.query(queries.MERGED, {"owner": owner, "name": name, "number": number})
    pull = (answered.data.get("repository") or {}).get("pullRequest") or {}
    if not pull.get("mergedAt"):
        return None
    commit = pull.get("mergeCommit")
    at, by = moment(str(pull["mergedAt"])), person(pull.get("mergedBy"))
    if commit is None:
        return Merge(at, by, None, None)
    return Merge(at, by, _before(commit, pull["commits"]["nodes"]), str(commit["oid"]))


async def pulls_with(client: Client, repository: str, sha: str) -> tuple[int, ...]:
    """The merged pull requests that brought a commit; none for one that is not there. One call.

    REST: "List pull requests associated with a commit".
    """
    owner, name = repository.split("/", 1)
    where = {"owner": owner, "name": name, "sha": sha}
    path = "/repos/{owner}/{name}/commits/{sha}/pulls?per_page=100"
    try:
        return tuple([pull["number"] async for pull in client.getiter(path, where) if pull["merged_at"] is not None])
    except (NotFound, Unprocessable):
        return ()


def _before(commit: Mapping[str, Any], commits: Sequence[Mapping[str, Any]]) -> str | None:
    """The base's tip of just before. A merge or a squash stands on it. "Rebase and merge" makes every commit anew, in a
    row, with the messages they had, and leaves merges out (docs: "About pull request merges").
    """
    if len(commit["parents"]["nodes"]) == 1:
        own = [node["commit"] for node in commits if len(node["commit"]["parents"]["nodes"]) < 2]
        landed = commit["history"]["nodes"][: len(own)]
        if [_headline(one) for one in landed] == [_headline(one) for one in reversed(own)]:
            commit = landed[-1] if landed else commit
    parents = commit["parents"]["nodes"]
    return str(parents[0]["oid"]) if parents else None


def _headline(commit: Mapping[str, Any]) -> str:
    return str(commit["messageHeadline"])
