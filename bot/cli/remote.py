"""A running server's graph, asked over HTTP by the command line."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode, urlsplit

import aiohttp

_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_SECONDS = 30
_MOST_BYTES = 64_000_000


class NotAnswered(Exception):
    """The server gave no answer. The message is for the person at the terminal, and never holds the token."""


def insist_on_privacy(server: str) -> str:
    """The server's address without a slash at its end. Raises NotAnswered where a token would travel in the open."""
    wanted = f"`{server}` is not the address of a server: write one like https://countersign.example.com"
    try:
        url = urlsplit(server)
        loopback = url.hostname in _LOOPBACK
        _ = url.port
    except ValueError:
        raise NotAnswered(wanted) from None
    if url.scheme not in ("https", "http") or not url.hostname or url.query or url.fragment or url.username:
        raise NotAnswered(wanted)
    if url.scheme == "http" and not loopback:
        raise NotAnswered(f"`{server}` has no TLS, and your token would be sent there: use https://")
    return server.rstrip("/")


async def ask(server: str, path: str, parameters: Mapping[str, str], token: str) -> Any:
    """The JSON value at `/api/PATH`. Redirects are not followed: the token goes nowhere else. Raises NotAnswered."""
    url = f"{insist_on_privacy(server)}/api/{path}"
    address = f"{url}?{urlencode(parameters)}" if parameters else url
    headers = {"Authorization": f"Bearer {token}", "Accept": "application/json"}
    timeout = aiohttp.ClientTimeout(total=_SECONDS)
    try:
        async with (
            aiohttp.ClientSession(timeout=timeout, cookie_jar=aiohttp.DummyCookieJar()) as session,
            session.get(address, headers=headers, allow_redirects=False) as response,
        ):
            body = await response.content.read(_MOST_BYTES + 1)
            while len(body) <= _MOST_BYTES and (more := await response.content.read(_MOST_BYTES)):
                body += more
            status = response.status
    except (aiohttp.ClientError, TimeoutError, ConnectionError) as error:
        raise NotAnswered(f"{server} does not answer: {str(error) or type(error).__name__}") from None
    if len(body) > _MOST_BYTES:
        raise NotAnswered(f"{server} answers with more than {_MOST_BYTES:,} bytes")
    value = _json(body)
    if status == 200 and value is not None:
        return value
    told = value.get("message") if isinstance(value, dict) else None
    raise NotAnswered(f"{server} answers {status}" + (f": {told}" if isinstance(told, str) else ""))


def _json(body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None
