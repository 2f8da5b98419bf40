"""Who stands behind the handles of a registry."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from cachetools import TTLCache

from bot.github import queries
from bot.github.client import Client
from bot.github.errors import Forbidden, NotFound
from bot.github.pull import person
from bot.review.values import Person, Roster

KEPT_FOR = 180
"""Seconds. Membership is what it was at most three minutes ago (security.md: minutes, never beyond)."""
_HANDLES_A_CALL = 50


class People:
    """Asks for one installation, and keeps the answers for minutes."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._members: TTLCache[str, tuple[Person, ...] | None] = TTLCache(5_000, KEPT_FOR, timer=self._seconds)
        self._asked_at: TTLCache[str, datetime] = TTLCache(5_000, KEPT_FOR, timer=self._seconds)
        self._admins: TTLCache[str, tuple[Person, ...]] = TTLCache(500, KEPT_FOR, timer=self._seconds)

    async def roster(
        self, repository: str, handles: Collection[str], *, need_admins: bool = False, fresh: bool = False
    ) -> Roster:
        """Members of all `handles` (`@user`, `@org/team`) in one call, none when all were asked minutes ago.

        A team's members are those of its child teams too. Handles that GitHub does not show us are left out.
        `fresh`: ask again whatever was kept, for the moment that somebody's command is weighed.
        `need_admins`: the repository's administrators as well, which costs a call of its own.
        """
        wanted = sorted(set(handles))
        answers: dict[str, tuple[Person, ...] | None] = {}
        unknown: list[str] = []
        for handle in wanted:
            if fresh or handle not in self._members:
                unknown.append(handle)
            else:
                answers[handle] = self._members[handle]
        for start in range(0, len(unknown), _HANDLES_A_CALL):
            answers |= await self._ask(unknown[start : start + _HANDLES_A_CALL])
        self._members.update(answers)
        now = self._client.now()
        self._asked_at.update(dict.fromkeys(unknown, now))
        members = {handle: answers[handle] for handle in wanted}
        return Roster(
            members={handle: people for handle, people in members.items() if people is not None},
            admins=await self.admins(repository, fresh=fresh) if need_admins else (),
            asked_at={handle: self._asked_at.get(handle, now) for handle in wanted},
        )

    async def admins(self, repository: str, *, fresh: bool = False) -> tuple[Person, ...]:
        """The repository's administrators; empty when the installation may not see them."""
        if fresh or repository not in self._admins:
            self._admins[repository] = await self._ask_admins(repository)
        return self._admins[repository]

    async def _ask(self, handles: Collection[str]) -> dict[str, tuple[Person, ...] | None]:
        teams = [handle for handle in handles if "/" in handle]
        users = [handle for handle in handles if "/" not in handle]
        parts = [_team(handle) for handle in teams]
        found: dict[str, list[Person] | None] = {}
        after: dict[str, str] = {}
        pending = list(range(len(teams)))
        document, variables = queries.roster(parts, [user.removeprefix("@") for user in users])
        data = (await self._client.query(document, variables)).data
        for u, user in enumerate(users):
            account = person(data.get(f"user{u}"))
            found[user] = [account] if account else None
        while True:
            for place, t in enumerate(pending):
                members = _members(data.get(f"team{place}"))
                found[teams[t]] = _joined(found.get(teams[t]), members)
                if members and members["pageInfo"]["hasNextPage"]:
                    after[teams[t]] = members["pageInfo"]["endCursor"]
                else:
                    after.pop(teams[t], None)
            pending = [t for t in pending if teams[t] in after]
            if not pending:
                return {handle: tuple(people) if people is not None else None for handle, people in found.items()}
            document, variables = queries.roster([parts[t] for t in pending], [])
            cursors = {f"after{place}": after[teams[t]] for place, t in enumerate(pending)}
            data = (await self._client.query(document, variables | cursors)).data

    async def _ask_admins(self, repository: str) -> tuple[Person, ...]:
        owner, name = repository.split("/", 1)
        path = "/repos/{owner}/{name}/collaborators?permission=admin&per_page=100"
        found: list[Person] = []
        try:
            async for account in self._client.getiter(path, {"owner": owner, "name": name}):
                found.append(Person(account["id"], account["login"], account.get("type") != "User"))
        except (Forbidden, NotFound):
            return ()
        return tuple(found)

    def _seconds(self) -> float:
        return self._client.now().timestamp()


def _team(handle: str) -> tuple[str, str]:
    organisation, _, slug = handle.removeprefix("@").partition("/")
    return organisation, slug


def _members(organisation: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
    team = (organisation or {}).get("team")
    return team["members"] if team else None


def _joined(before: list[Person] | None, members: Mapping[str, Any] | None) -> list[Person] | None:
    if members is None:
        return before
    return [*(before or []), *(found for node in members["nodes"] if (found := person(node)) is not None)]
