"""Who stands behind the handles of a registry."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from cachetools import LRUCache, TTLCache

from bot.github import queries
from bot.github.client import Client
from bot.github.errors import Forbidden, NotFound
from bot.github.pull import person
from bot.review.people import Person, Roster

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
        self._wanted: LRUCache[tuple[str, int], frozenset[str]] = LRUCache(5_000)
        self.changes = 0
        """How often somebody came or went, as far as we were told."""

    def forget(self) -> None:
        """Somebody came or went: all are asked anew, and what is being answered right now is not kept."""
        self.changes += 1
        self._members.clear()
        self._asked_at.clear()
        self._admins.clear()

    def expected(self, repository: str, number: int) -> frozenset[str]:
        """The handles that were last wanted for a pull request, as many as can be asked along with it in one call."""
        return frozenset(sorted(self._wanted.get((repository.lower(), number), ()))[:_HANDLES_A_CALL])

    def expect(self, repository: str, number: int, handles: Collection[str]) -> None:
        self._wanted[repository.lower(), number] = frozenset(handles)

    def part(self, handles: Collection[str]) -> queries.Part:
        """What asks for the members of `handles`, to go along with another query; its answer is for `heard`."""
        teams, users = _sorted(handles)
        return queries.members([_team(handle) for handle in teams], [user.removeprefix("@") for user in users])

    async def heard(self, handles: Collection[str], data: Mapping[str, Any], since: int) -> None:
        """Takes an answer that came along with another one. Whoever was not in its first page costs a call.

        since: `changes` when it was asked for.
        """
        self._keep(await self._read(*_sorted(handles), data), since)

    async def roster(
        self,
        repository: str,
        handles: Collection[str],
        *,
        need_admins: bool = False,
        fresh: bool = False,
        just_heard: Collection[str] = (),
    ) -> Roster:
        """Members of all `handles` (`@user`, `@org/team`) in one call, none when all were asked minutes ago.

        A team's members are those of its child teams too. Handles that GitHub does not show us are left out.
        `fresh`: ask again whatever was kept, for the moment that somebody's command is weighed, but for what was
        `just_heard`.
        `need_admins`: the repository's administrators as well, which costs a call of its own.
        """
        wanted = sorted(set(handles))
        answers: dict[str, tuple[Person, ...] | None] = {}
        unknown: list[str] = []
        for handle in wanted:
            if (fresh and handle not in just_heard) or handle not in self._members:
                unknown.append(handle)
            else:
                answers[handle] = self._members[handle]
        since = self.changes
        for start in range(0, len(unknown), _HANDLES_A_CALL):
            answers |= await self._ask(unknown[start : start + _HANDLES_A_CALL])
        self._keep({handle: answers[handle] for handle in unknown}, since)
        now = self._client.now()
        members = {handle: answers[handle] for handle in wanted}
        return Roster(
            members={handle: people for handle, people in members.items() if people is not None},
            admins=await self.admins(repository, fresh=fresh) if need_admins else (),
            asked_at={handle: self._asked_at.get(handle, now) for handle in wanted},
        )

    async def admins(self, repository: str, *, fresh: bool = False) -> tuple[Person, ...]:
        """The repository's administrators; empty when the installation may not see them."""
        if not fresh and repository in self._admins:
            return self._admins[repository]
        since = self.changes
        admins = await self._ask_admins(repository)
        if since == self.changes:
            self._admins[repository] = admins
        return admins

    def _keep(self, answers: Mapping[str, tuple[Person, ...] | None], since: int) -> None:
        if since != self.changes:
            return
        self._members.update(answers)
        self._asked_at.update(dict.fromkeys(answers, self._client.now()))

    async def _ask(self, handles: Collection[str]) -> dict[str, tuple[Person, ...] | None]:
        return await self._read(*_sorted(handles), await self._answer(self.part(handles), {}))

    async def _answer(self, wanted: queries.Part, cursors: Mapping[str, str]) -> Mapping[str, Any]:
        return (await self._client.query(queries.roster(wanted), {**wanted.variables, **cursors})).data

    async def _read(
        self, teams: Sequence[str], users: Sequence[str], data: Mapping[str, Any]
    ) -> dict[str, tuple[Person, ...] | None]:
        """An answer, with the further pages of teams."""
        parts = [_team(handle) for handle in teams]
        found: dict[str, list[Person] | None] = {}
        after: dict[str, str] = {}
        pending = list(range(len(teams)))
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
            cursors = {f"after{place}": after[teams[t]] for place, t in enumerate(pending)}
            data = await self._answer(queries.members([parts[t] for t in pending], []), cursors)

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


def _sorted(handles: Collection[str]) -> tuple[list[str], list[str]]:
    """Teams and users, each in order."""
    return [h for h in sorted(handles) if "/" in h], [h for h in sorted(handles) if "/" not in h]


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
