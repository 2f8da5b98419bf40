"""Who asks? A GitHub token in the request, and what GitHub shows to it. Nothing else opens anything here."""

from __future__ import annotations

import asyncio
import hashlib
import re
from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from typing import Protocol

from aiohttp import web
from cachetools import TTLCache

from bot.github.errors import GitHubError, RateLimited, Unauthorized
from bot.registry.asking.visible import Sight
from bot.settings import Secret

_TOKEN = re.compile(r"[A-Za-z0-9_.-]{20,1024}")
_ASKS_A_MINUTE = 60
"""Questions of one viewer."""
_NEWCOMERS_A_MINUTE = 60
"""Viewers that were not heard of for a minute. Each costs a call to GitHub, also those whose token is made up."""
_WAITING_SECONDS = 25


class Sees(Protocol):
    """Asks GitHub as the viewer (bot.github.sight.Sights)."""

    async def of(self, token: Secret, repositories: Collection[str], organisations: Collection[str]) -> Sight: ...


class NotAdmitted(Exception):
    """The viewer gets no answer. message: a sentence for whoever asked."""

    def __init__(self, status: int, message: str, *, wait: int = 0) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.wait = wait


class Viewer:
    """Somebody with a token, for the time of one request."""

    def __init__(self, token: Secret, sees: Sees) -> None:
        self._token = token
        self._sees = sees

    async def sight(self, repositories: Collection[str], organisations: Collection[str] = ()) -> Sight:
        """Which of these they can read and belong to, in lower case. Raises NotAdmitted."""
        try:
            async with asyncio.timeout(_WAITING_SECONDS):
                return await self._sees.of(self._token, repositories, organisations)
        except Unauthorized:
            raise NotAdmitted(401, "GitHub does not accept this token.") from None
        except RateLimited as error:
            raise NotAdmitted(429, f"GitHub limits this token until {error.until:%H:%M} UTC.", wait=60) from None
        except (GitHubError, TimeoutError):
            raise NotAdmitted(502, "GitHub did not say what you can read. Try again in a minute.", wait=60) from None


class Door:
    """Lets viewers in, each and all together at a pace that GitHub and we can bear."""

    def __init__(self, sees: Sees, *, now: Callable[[], datetime]) -> None:
        self._sees = sees
        self._now = now
        self._asked: TTLCache[str, int] = TTLCache(10_000, 60, timer=self._seconds)
        self._newcomers: list[datetime] = []

    def viewer(self, request: web.Request) -> Viewer:
        """Whoever sent the request, by `Authorization: Bearer TOKEN`. Raises NotAdmitted."""
        scheme, _, value = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() not in ("bearer", "token") or not _TOKEN.fullmatch(value.strip()):
            raise NotAdmitted(401, "Send a GitHub token of yours: `Authorization: Bearer TOKEN`.")
        token = value.strip()
        self._count(hashlib.sha256(token.encode()).hexdigest())
        return Viewer(Secret(token), self._sees)

    def _count(self, who: str) -> None:
        asked = self._asked.get(who, 0)
        if asked >= _ASKS_A_MINUTE:
            raise NotAdmitted(429, f"At most {_ASKS_A_MINUTE} questions a minute, please.", wait=60)
        if not asked:
            since = self._now() - timedelta(minutes=1)
            self._newcomers = [moment for moment in self._newcomers if moment > since]
            if len(self._newcomers) >= _NEWCOMERS_A_MINUTE:
                raise NotAdmitted(429, "Too many people are asking. Try again in a minute.", wait=60)
            self._newcomers.append(self._now())
        self._asked[who] = asked + 1

    def _seconds(self) -> float:
        return self._now().timestamp()
