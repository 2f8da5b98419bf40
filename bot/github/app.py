"""Our GitHub App, as GitHub knows it: one client for the app itself, one for each installation."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

from cachetools import LRUCache

from bot.github.client import Client
from bot.github.credentials import AppAuthorization, AppKey, Authorization, InstallationAuthorization
from bot.github.errors import InstallationGone, NotFound
from bot.github.patience import Patience
from bot.github.transport import Transport

_INSTALLATIONS = 1_000
"""Clients kept at hand; an installation that was not heard of for long gets a new one, and a new token."""


class GitHubApp:
    """Where clients come from. Tokens, ETags and limits are kept per installation and never shared."""

    def __init__(
        self,
        transport: Transport,
        key: AppKey,
        *,
        now: Callable[[], datetime],
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        chance: Callable[[], float] = random.random,
        patience: Patience | None = None,
    ) -> None:
        self.id = key.app_id
        self._transport = transport
        self._now = now
        self._sleep = sleep
        self._chance = chance
        self._patience = patience
        self._itself = self._client(AppAuthorization(key))
        self._installations: LRUCache[int, Client] = LRUCache(_INSTALLATIONS)
        self._slug: str | None = None

    async def slug(self) -> str:
        """The app's name in addresses; its comments are by `SLUG[bot]`. Asked once."""
        if self._slug is None:
            self._slug = str((await self.description())["slug"])
        return self._slug

    async def description(self) -> dict[str, Any]:
        """What GitHub says about the app: name, permissions, events."""
        answer: dict[str, Any] = await self._itself.getitem("/app")
        return answer

    async def installation_of(self, repository: str) -> int:
        """The id of the installation that covers `repository` (OWNER/NAME). Raises InstallationGone."""
        owner, name = repository.split("/", 1)
        try:
            answer = await self._itself.getitem("/repos/{owner}/{name}/installation", {"owner": owner, "name": name})
        except NotFound as error:
            raise InstallationGone(error.call, f"the app is not installed on {repository}") from error
        return int(answer["id"])

    def installation(self, installation_id: int) -> Client:
        """The client that speaks for one installation."""
        client = self._installations.get(installation_id)
        if client is None:
            authorization = InstallationAuthorization(installation_id, self._itself, self._now, self._sleep)
            client = self._installations[installation_id] = self._client(authorization)
        return client

    def forget(self, installation_id: int) -> None:
        """Drops what is kept of an installation that was suspended, removed or given other permissions."""
        self._installations.pop(installation_id, None)

    def _client(self, authorization: Authorization) -> Client:
        return Client(
            self._transport,
            authorization,
            now=self._now,
            sleep=self._sleep,
            chance=self._chance,
            patience=self._patience,
        )
