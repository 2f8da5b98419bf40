"""Repositories as a whole: which ones an installation covers, where they stand, and who can write to them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.github import queries
from bot.github.client import Client
from bot.github.errors import Forbidden, NotFound
from bot.github.files import GitHubFiles

_REPOSITORIES_A_CALL = 25
_WITH_PERMISSIONS = "application/vnd.github.v3.repository+json"
"""Without it the answer only says that a team has the repository (docs: "Check team permissions for a repository")."""
_WRITES = frozenset({"admin", "maintain", "write"})


@dataclass(frozen=True, slots=True)
class Tip:
    """A repository and the tip of its default branch. commit: empty when nothing was ever pushed.

    hidden: not public. internal: everybody in the enterprise can read it. archived: read-only.
    """

    repository: str
    repository_id: int
    commit: str
    hidden: bool
    internal: bool
    archived: bool


async def covered(client: Client) -> tuple[str, ...]:
    """The full names of all repositories of the installation: a call for a hundred of them."""
    found = [
        str(repository["full_name"])
        async for repository in client.getiter("/installation/repositories?per_page=100", iterable_key="repositories")
    ]
    return tuple(sorted(set(found)))


async def tips(client: Client, repositories: Sequence[str], paths: Sequence[str]) -> Mapping[str, Tip]:
    """Each repository by the name it was asked for, a GraphQL call for twenty-five; old names lead to renamed ones.

    Those that are gone, or not visible, are left out. `paths`: files at the tip that will be read next; they come
    along, so that GitHubFiles finds them without a call.
    """
    found: dict[str, Tip] = {}
    for start in range(0, len(repositories), _REPOSITORIES_A_CALL):
        some = repositories[start : start + _REPOSITORIES_A_CALL]
        document, variables = queries.tips([_parts(name) for name in some], paths)
        data = (await client.query(document, variables)).data
        for index, name in enumerate(some):
            answer = data.get(f"repository{index}")
            if answer:
                found[name] = await _tip(client, answer, paths)
    return found


async def may_write(client: Client, repository: str, handle: str) -> bool:
    """Whether `@user` or `@org/team` can push to the repository; False where GitHub does not say."""
    owner, name = _parts(repository)
    organisation, _, team = handle.removeprefix("@").partition("/")
    try:
        if team:
            where = {"org": organisation, "team": team, "owner": owner, "name": name}
            path = "/orgs/{org}/teams/{team}/repos/{owner}/{name}"
            answer = await client.getitem(path, where, accept=_WITH_PERMISSIONS)
            return bool(answer and answer.get("permissions", {}).get("push"))
        where = {"owner": owner, "name": name, "user": organisation}
        answer = await client.getitem("/repos/{owner}/{name}/collaborators/{user}/permission", where)
    except (NotFound, Forbidden):
        return False
    return answer.get("permission") in _WRITES


async def _tip(client: Client, answer: Mapping[str, Any], paths: Sequence[str]) -> Tip:
    name = str(answer["nameWithOwner"])
    commit = (answer.get("defaultBranchRef") or {}).get("target") or {}
    sha = str(commit.get("oid") or "")
    files = GitHubFiles(client, name)
    for index, path in enumerate(paths if sha else ()):
        await files.keep(sha, path, commit.get(f"file{index}"))
    visibility = answer["visibility"]
    return Tip(
        repository=name,
        repository_id=int(answer["databaseId"]),
        commit=sha,
        hidden=visibility != "PUBLIC",
        internal=visibility == "INTERNAL",
        archived=bool(answer["isArchived"]),
    )


def _parts(repository: str) -> tuple[str, str]:
    owner, _, name = repository.partition("/")
    return owner, name
