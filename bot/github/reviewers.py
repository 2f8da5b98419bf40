"""Review requests: GitHub refuses a whole request for one name that it does not take."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.github.client import Client
from bot.github.errors import Refused, Unprocessable
from bot.github.pull import PullRequestState

MOST = 15
"""Reviewers that can be requested for one pull request, users and teams together (docs: "Request reviewers")."""
_TEAM = "team/"


@dataclass(frozen=True, slots=True)
class Requested:
    """asked: names that GitHub took. refused: names it did not. A team's name is `team/SLUG`. All in lower case."""

    asked: frozenset[str]
    refused: frozenset[str]
    writes: int
    problems: tuple[str, ...] = ()


async def request_reviewers(
    client: Client, state: PullRequestState, users: Sequence[str], teams: Sequence[str], known: frozenset[str]
) -> Requested:
    """Requests those who can still be asked, all at once, and one by one when GitHub refuses.

    Left out: the author, who is requested already, who has reviewed, and `known`: whom we asked or who was refused
    before. At most fifteen are requested in all; teams go first, since each reaches several people.
    """
    names = _open(state, users, teams, known)
    room = max(0, MOST - len(state.requested_users) - len(state.requested_teams))
    left_over = names[room:]
    names = names[:room]
    problems = (f"no room for more reviewers: {', '.join(left_over)}",) if left_over else ()
    if not names:
        return Requested(frozenset(), frozenset(), 0, problems)
    try:
        await _request(client, state, names)
    except Unprocessable:
        return await _one_by_one(client, state, names, problems)
    except Refused as error:
        return Requested(frozenset(), frozenset(), 0, (*problems, f"reviewers could not be requested: {error}"))
    return Requested(frozenset(names), frozenset(), 1, problems)


def _open(state: PullRequestState, users: Sequence[str], teams: Sequence[str], known: frozenset[str]) -> list[str]:
    author = state.author.login.lower() if state.author else ""
    out = {author, *state.requested_users, *state.reviewers, *(_TEAM + slug for slug in state.requested_teams), *known}
    wanted = [*(_TEAM + slug.lower() for slug in teams), *(user.lower() for user in users)]
    return [name for name in dict.fromkeys(wanted) if name not in out]


async def _one_by_one(
    client: Client, state: PullRequestState, names: Sequence[str], problems: tuple[str, ...]
) -> Requested:
    asked: set[str] = set()
    refused: set[str] = set()
    for name in names:
        try:
            await _request(client, state, [name])
        except Refused:
            refused.add(name)
        else:
            asked.add(name)
    return Requested(frozenset(asked), frozenset(refused), len(asked), problems)


async def _request(client: Client, state: PullRequestState, names: Sequence[str]) -> None:
    owner, name = state.repository.split("/", 1)
    data: dict[str, list[str]] = {}
    users = [one for one in names if not one.startswith(_TEAM)]
    teams = [one.removeprefix(_TEAM) for one in names if one.startswith(_TEAM)]
    if users:
        data["reviewers"] = users
    if teams:
        data["team_reviewers"] = teams
    where = {"owner": owner, "name": name, "number": str(state.number)}
    await client.post("/repos/{owner}/{name}/pulls/{number}/requested_reviewers", where, data=data)
