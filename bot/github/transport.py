"""One HTTP exchange with GitHub: timeouts, redirects, one host, a bound on what is under way at once.

No retries here: see client.py.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass

import aiohttp
from yarl import URL

from bot.github.errors import Call, ForeignHost
from bot.github.http import Answer, Host

MAX_CONCURRENT = 90
"""GitHub allows 100 requests at once, REST and GraphQL together (docs: "Rate limits for the REST API")."""

MAX_ANSWER = 64_000_000
"""Bytes. Above what any call of ours is answered with; it keeps a misbehaving server from filling our memory."""

_REDIRECTS = frozenset({301, 302, 307, 308})
_MAX_REDIRECTS = 5


class NotSent(Exception):
    """No connection was made: the request certainly had no effect."""


class AnswerLost(Exception):
    """The request may have arrived; its answer did not, or not whole."""


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Seconds. GitHub itself gives up on a request after ten."""

    connect: float = 10
    total: float = 30


class Transport:
    """All exchanges with one GitHub."""

    def __init__(self, session: aiohttp.ClientSession, host: Host, timeouts: Timeouts | None = None) -> None:
        timeouts = timeouts or Timeouts()
        self.host = host
        self._session = session
        self._timeout = aiohttp.ClientTimeout(total=timeouts.total, connect=timeouts.connect)
        self._places = asyncio.Semaphore(MAX_CONCURRENT)

    @classmethod
    @asynccontextmanager
    async def open(cls, host: Host, timeouts: Timeouts | None = None) -> AsyncIterator[Transport]:
        """A transport with a session of its own, closed at the end. It keeps no cookies."""
        async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as session:
            yield cls(session, host, timeouts)

    async def send(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes = b"", max_bytes: int = MAX_ANSWER
    ) -> Answer:
        """The answer to one request, redirects followed with method and body unchanged.

        GitHub answers 301 (reads) or 307 (writes) for a repository that was renamed or transferred, and says of all
        of 301, 302 and 307 that the request is to be repeated as it was; HTTP clients turn a POST into a GET on 301.

        Raises ForeignHost (nothing is sent outside the configured host), NotSent, AnswerLost.
        """
        for _ in range(_MAX_REDIRECTS):
            self._insist_on_our_host(method, url)
            answer = await self._exchange(method, url, headers, body, max_bytes)
            location = answer.headers.get("location")
            if answer.status not in _REDIRECTS or not location:
                return answer
            url = self.host.absolute(location, seen_from=url)
        return answer

    def _insist_on_our_host(self, method: str, url: str) -> None:
        if not self.host.owns(url):
            raise ForeignHost(
                Call(method, self.host.path(url)), f"is not on {self.host.api_url}, where alone our tokens are sent"
            )

    async def _exchange(self, method: str, url: str, headers: Mapping[str, str], body: bytes, max_bytes: int) -> Answer:
        try:
            async with (
                self._places,
                self._session.request(
                    method,
                    URL(url, encoded=True),
                    headers=headers,
                    data=body or None,
                    allow_redirects=False,
                    timeout=self._timeout,
                ) as response,
            ):
                received = await _read(response, max_bytes)
                return Answer(response.status, {k.lower(): v for k, v in response.headers.items()}, received)
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            raise NotSent(str(error)) from error
        except (aiohttp.ClientError, TimeoutError, ConnectionError) as error:
            raise AnswerLost(str(error) or type(error).__name__) from error


async def _read(response: aiohttp.ClientResponse, max_bytes: int) -> bytes:
    received = bytearray()
    async for chunk in response.content.iter_any():
        received += chunk
        if len(received) > max_bytes:
            raise AnswerLost(f"the answer is longer than {max_bytes:,} bytes")
    return bytes(received)
