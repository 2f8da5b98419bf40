"""What somebody may see at GitHub, asked as they themselves, with their own token."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Collection, Sequence
from datetime import datetime
from typing import Any

from cachetools import TTLCache

from bot.github import queries
from bot.github.client import Client
from bot.github.http import Answer
from bot.github.patience import Patience
from bot.github.transport import Transport
from bot.registry.asking.visible import Sight
from bot.settings import Secret

KEPT_FOR = 300
"""Seconds for which an answer holds, at most: GitHub does not tell of everything by which somebody loses access."""

_NAMES_A_CALL = 100
_MOST_KEPT = 200_000
_PATIENCE = Patience(attempts=2, longest_backoff=2, longest_wait=5)
"""Somebody is waiting for the answer."""


class PersonalAuthorization:
    """Speaks with somebody's own token, which is neither renewed nor kept."""

    def __init__(self, token: Secret) -> None:
        self._token = token

    async def header(self) -> str:
        return f"Bearer {self._token.reveal()}"

    async def try_again(self, sent: str, answer: Answer, tried: int) -> bool:  # noqa: ARG002
        return False


class Sights:
    """Answers are kept for minutes, by a hash of the token; the token itself is held only while it is used."""

    def __init__(
        self,
        transport: Transport,
        *,
        now: Callable[[], datetime],
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._transport = transport
        self._now = now
        self._sleep = sleep
        self._kept: TTLCache[tuple[str, str], bool] = TTLCache(
            _MOST_KEPT, KEPT_FOR, timer=lambda: self._now().timestamp()
        )
        self._forgotten = 0

    def forget(self) -> None:
        """Somebody's access has changed: everybody is asked about anew, also whoever is being asked about right now."""
        self._forgotten += 1
        self._kept.clear()

    async def of(self, token: Secret, repositories: Collection[str], organisations: Collection[str]) -> Sight:
        """Which of these (names in lower case) the token's owner can read, and belongs to.

        What GitHub does not show, or does not know, is neither. Raises bot.github.errors.Unauthorized for a token that
        is none, and what else a client raises.
        """
        who = hashlib.sha256(token.reveal().encode()).hexdigest()
        wanted = [f"{name}/" for name in sorted(organisations)] + sorted(name for name in repositories if "/" in name)
        known = {name: answer for name in wanted if (answer := self._kept.get((who, name))) is not None}
        unknown = [name for name in wanted if name not in known]
        client = Client(
            self._transport, PersonalAuthorization(token), now=self._now, sleep=self._sleep, patience=_PATIENCE
        )
        for start in range(0, len(unknown), _NAMES_A_CALL):
            before = self._forgotten
            asked = await _ask(client, unknown[start : start + _NAMES_A_CALL])
            known |= asked
            if before == self._forgotten:
                self._kept.update({(who, name): answer for name, answer in asked.items()})
        return Sight(
            readable=frozenset(name for name, answer in known.items() if answer and not name.endswith("/")),
            member_of=frozenset(name.removesuffix("/") for name, answer in known.items() if answer and name[-1] == "/"),
        )


async def _ask(client: Client, names: Sequence[str]) -> dict[str, bool]:
    """By name; an organisation's ends in a slash."""
    repositories = [name for name in names if not name.endswith("/")]
    organisations = [name.removesuffix("/") for name in names if name.endswith("/")]
    data = (await client.query(*queries.sight(repositories, organisations))).data
    readable = {name: _is_read(data.get(f"repository{n}"), name) for n, name in enumerate(repositories)}
    member = {f"{name}/": _is_member(data.get(f"organisation{n}"), name) for n, name in enumerate(organisations)}
    return readable | member


def _is_read(repository: Any, name: str) -> bool:
    """Whatever answers by another name is another repository."""
    if not isinstance(repository, dict) or not isinstance(repository.get("object"), dict):
        return False
    return str(repository.get("nameWithOwner")).lower() == name


def _is_member(organisation: Any, name: str) -> bool:
    if not isinstance(organisation, dict) or str(organisation.get("login")).lower() != name:
        return False
    return organisation.get("viewerIsAMember") is True
