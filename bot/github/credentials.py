"""Who we are to GitHub: the app's own signature, and a token for each installation."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any, Protocol

import jwt
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from bot.github.errors import Forbidden, InstallationGone, InstallationSuspended, NotFound
from bot.github.http import Answer

_BACKDATED = timedelta(seconds=60)
_JWT_LIFETIME = timedelta(minutes=9)
"""From the back-dated start. GitHub refuses more than ten minutes (docs: "Generating a JSON Web Token")."""
_JWT_RENEWED_BEFORE = timedelta(minutes=2)
_TOKEN_RENEWED_BEFORE = timedelta(minutes=5)
"""Tokens live an hour; one that runs out in the middle of a reconcile would cost a retry."""

_FRESH = timedelta(seconds=10)
"""A new token is not known to all of GitHub's servers at once: 401 and then 403 were seen in its first seconds
(octokit/auth-app.js issues 65 and 589).
"""
_FRESH_WAITS = (1.0, 2.0, 4.0)
_LAGGING = "resource not accessible by integration"


class BadPrivateKey(ValueError):
    """The configured private key is not one. The message says what to give instead, and nothing of the key."""


class Authorization(Protocol):
    """How a client proves who it is."""

    async def header(self) -> str:
        """The value of the Authorization header to send now."""
        ...

    async def try_again(self, sent: str, answer: Answer, tried: int) -> bool:
        """After a 401 or 403 on the `tried`th attempt with header `sent`: whether the same request may work now.

        Waits, or gets a new token, before it says yes.
        """
        ...


class AppKey:
    """The app's id and private key. Its text never shows in a repr or a message."""

    def __init__(self, app_id: int, private_key: str, now: Callable[[], datetime]) -> None:
        """`private_key` is the PEM text as GitHub gave it; line ends written as `\\n`, as some environments force
        them, are understood. Raises BadPrivateKey.
        """
        self.app_id = app_id
        self._key = _rsa_key(private_key)
        self._now = now
        self._ahead = timedelta()
        self._signed: tuple[str, datetime] | None = None

    def set_clock(self, theirs: datetime) -> bool:
        """Signs by GitHub's clock from now on. False when ours says the same, give or take what back-dating covers."""
        ahead = theirs - self._now()
        if abs(ahead - self._ahead) < _BACKDATED / 2:
            return False
        self._ahead, self._signed = ahead, None
        return True

    def jwt(self) -> str:
        """A signed statement that we are the app, good for at least two more minutes."""
        now = self._now() + self._ahead
        if self._signed is None or now >= self._signed[1] - _JWT_RENEWED_BEFORE:
            issued = now - _BACKDATED
            expires = issued + _JWT_LIFETIME
            claims = {"iat": int(issued.timestamp()), "exp": int(expires.timestamp()), "iss": str(self.app_id)}
            self._signed = jwt.encode(claims, self._key, algorithm="RS256"), expires
        return self._signed[0]


def _rsa_key(text: str) -> RSAPrivateKey:
    try:
        key = load_pem_private_key(text.replace("\\n", "\n").encode(), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, RSAPrivateKey):
        raise BadPrivateKey(
            "the private key is not an unencrypted RSA key in PEM form: give the whole text of the .pem file that "
            "GitHub made under the app's settings, beginning with -----BEGIN RSA PRIVATE KEY-----"
        )
    return key


class AppAuthorization:
    """Speaks as the app itself (`/app`, access tokens)."""

    def __init__(self, key: AppKey) -> None:
        self._key = key

    async def header(self) -> str:
        return f"Bearer {self._key.jwt()}"

    async def try_again(self, sent: str, answer: Answer, tried: int) -> bool:  # noqa: ARG002
        """A signature that was refused will be refused again, unless it was for our clock's sake: GitHub refuses an
        `exp` more than ten minutes ahead of its own clock, and an `iat` in its future.
        """
        date = answer.headers.get("date")
        message = str(answer.json_object().get("message"))
        about_time = "('exp')" in message or "('iat')" in message
        if answer.status != 401 or tried > 1 or date is None or not about_time:
            return False
        try:
            return self._key.set_clock(parsedate_to_datetime(date))
        except (ValueError, TypeError):
            return False


class TokenSource(Protocol):
    """What can make an installation token: a client that speaks as the app."""

    async def post(self, url: str, url_vars: dict[str, str], *, data: Any) -> Any: ...


@dataclass(frozen=True, slots=True)
class _Token:
    header: str
    issued: datetime
    expires: datetime


class InstallationAuthorization:
    """Speaks as the app's installation, with a token that is renewed before it runs out, by one request at a time."""

    def __init__(
        self,
        installation_id: int,
        source: TokenSource,
        now: Callable[[], datetime],
        sleep: Callable[[float], Awaitable[None]],
    ) -> None:
        self.installation_id = installation_id
        self._source = source
        self._now = now
        self._sleep = sleep
        self._token: _Token | None = None
        self._renewal = asyncio.Lock()

    async def header(self) -> str:
        """Raises InstallationSuspended, InstallationGone, and what the client raises."""
        async with self._renewal:
            if self._token is None or self._now() >= self._token.expires - _TOKEN_RENEWED_BEFORE:
                self._token = await self._issue()
            return self._token.header

    async def try_again(self, sent: str, answer: Answer, tried: int) -> bool:
        token = self._token
        if token is None or token.header != sent:
            return True  # somebody else has renewed it meanwhile
        if self._now() - token.issued < _FRESH and tried <= len(_FRESH_WAITS):
            if answer.status == 403 and _LAGGING not in answer.body.decode("utf-8", "replace").lower():
                return False
            await self._sleep(_FRESH_WAITS[tried - 1])
            return True
        if answer.status == 401 and tried == 1:
            self._token = None  # revoked, or the installation was re-created
            return True
        return False

    async def _issue(self) -> _Token:
        where = {"installation": str(self.installation_id)}
        try:
            answer = await self._source.post("/app/installations/{installation}/access_tokens", where, data={})
        except Forbidden as error:
            if "suspended" in error.message.lower():
                raise InstallationSuspended(error.call, "the installation is suspended") from error
            raise
        except NotFound as error:
            raise InstallationGone(error.call, "the app is no longer installed there") from error
        return self._read(answer)

    def _read(self, answer: Any) -> _Token:
        issued = self._now()
        return _Token(f"token {answer['token']}", issued, _moment(answer.get("expires_at"), issued))


def _moment(text: object, issued: datetime) -> datetime:
    """When the token ends; ten minutes from now when GitHub does not say it in a way we can read."""
    try:
        moment = datetime.fromisoformat(str(text))
    except ValueError:
        return issued + timedelta(minutes=10)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
