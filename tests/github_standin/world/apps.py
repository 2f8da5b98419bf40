"""GitHub Apps: keys, installations, tokens, permissions."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Literal

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from tests.github_standin.world.refusals import Refused

if TYPE_CHECKING:
    from tests.github_standin.github import GitHub
    from tests.github_standin.world.accounts import Owner, User
    from tests.github_standin.world.repositories import Repository

TOKEN_LIFE = timedelta(hours=1)
_STRENGTH = {"read": 1, "write": 2, "admin": 3}


@dataclass(eq=False)
class App:
    """`bot` is the account it acts under, `slug[bot]`."""

    github: GitHub = field(repr=False)
    id: int
    slug: str
    name: str
    owner: Owner
    permissions: dict[str, str]
    events: tuple[str, ...]
    webhook_url: str
    webhook_secret: str
    bot: User
    created_at: datetime
    hook_id: int
    key: rsa.RSAPrivateKey = field(repr=False)
    content_type: Literal["json", "form"] = "json"
    installations: list[Installation] = field(default_factory=list, repr=False)

    @property
    def private_key_pem(self) -> str:
        return self.key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
        ).decode()

    def install(self, account: Owner, repositories: Literal["all"] | Sequence[Repository] = "all") -> Installation:
        chosen = None if repositories == "all" else list(repositories)
        installation = Installation(
            self, self.github.next_id(), account, chosen, dict(self.permissions), self.github.stamp()
        )
        self.installations.append(installation)
        self.github.events.installation(installation, "created")
        return installation

    def verify(self, token: str) -> None:
        """Raises Refused (401) in GitHub's words unless it is a good JSON web token of this app."""
        now = self.github.clock.now().timestamp()
        try:
            claims = jwt.decode(
                token,
                self.key.public_key(),
                algorithms=["RS256"],
                options={"verify_exp": False, "verify_iat": False, "verify_nbf": False, "verify_iss": False},
            )
        except jwt.InvalidTokenError:
            raise Refused(401, "A JSON web token could not be decoded") from None
        expires, issued = claims.get("exp"), claims.get("iat")
        if not isinstance(expires, int) or expires <= now:
            raise Refused(
                401,
                "'Expiration time' claim ('exp') must be a numeric value representing the future time at which the"
                " assertion expires",
            )
        if not isinstance(issued, int) or issued > now:
            raise Refused(
                401,
                "'Issued at' claim ('iat') must be an Integer representing the time that the assertion was issued",
            )
        if expires > now + 600:
            raise Refused(401, "'Expiration time' claim ('exp') is too far in the future")


@dataclass(eq=False)
class Installation:
    """`repositories` is None for all of the account's."""

    app: App
    id: int
    account: Owner
    repositories: list[Repository] | None
    permissions: dict[str, str]
    created_at: datetime
    suspended_at: datetime | None = None

    def covers(self, repository: Repository) -> bool:
        chosen = self.repositories
        return repository.owner is self.account and (chosen is None or repository in chosen)

    def all_repositories(self) -> list[Repository]:
        return [repo for repo in self.app.github.repositories if self.covers(repo)]

    def add(self, repository: Repository) -> None:
        if self.repositories is not None and repository not in self.repositories:
            self.repositories.append(repository)
            self.app.github.events.installation_repositories(self, added=[repository], removed=[])

    def remove(self, repository: Repository) -> None:
        kept = [r for r in self.all_repositories() if r is not repository]
        self.repositories = kept
        self.app.github.events.installation_repositories(self, added=[], removed=[repository])

    def suspend(self) -> None:
        """Still listed, but gives no tokens."""
        self.suspended_at = self.app.github.stamp()
        self.app.github.events.installation(self, "suspend")

    def unsuspend(self) -> None:
        self.suspended_at = None
        self.app.github.events.installation(self, "unsuspend")

    def uninstall(self) -> None:
        self.app.github.events.installation(self, "deleted")
        self.app.installations.remove(self)
        self.app.github.forget_tokens(self)

    def grants(self, permission: str, level: str) -> bool:
        return _holds(self.permissions, permission, level)

    def token(self, request: Mapping[str, Any]) -> Token:
        """A token for an hour, narrowed to the repositories and permissions that the request names."""
        if self.suspended_at is not None:
            raise Refused(403, "This installation has been suspended")
        permissions = dict(request.get("permissions") or self.permissions)
        if any(not self.grants(name, level) for name, level in permissions.items()):
            raise Refused(422, "The permissions requested are not granted to this installation.")
        permissions.setdefault("metadata", "read")
        expires = (self.app.github.clock.now() + TOKEN_LIFE).replace(microsecond=0)
        token = Token("ghs_" + secrets.token_hex(18), self, permissions, self._narrowed(request), expires)
        self.app.github.tokens[token.value] = token
        return token

    def _narrowed(self, request: Mapping[str, Any]) -> list[Repository] | None:
        names, ids = request.get("repositories"), request.get("repository_ids")
        if names is None and ids is None:
            return None
        mine = self.all_repositories()
        wanted = [r for r in mine if r.name in (names or ()) or r.id in (ids or ())]
        if len(wanted) < len(names or ()) + len(ids or ()):
            raise Refused(
                422,
                "There is at least one repository that does not exist or is not accessible to the parent installation.",
            )
        return wanted


@dataclass(frozen=True, eq=False)
class Token:
    """`repositories` is None when it was not narrowed."""

    value: str = field(repr=False)
    installation: Installation
    permissions: dict[str, str]
    repositories: list[Repository] | None
    expires_at: datetime

    def covers(self, repository: Repository) -> bool:
        return self.installation.covers(repository) and (self.repositories is None or repository in self.repositories)

    def allows(self, permission: str, level: str) -> bool:
        return _holds(self.permissions, permission, level)


def _holds(permissions: Mapping[str, str], permission: str, level: str) -> bool:
    return _STRENGTH.get(permissions.get(permission, ""), 0) >= _STRENGTH[level]


@lru_cache
def key_of(app: int) -> rsa.RSAPrivateKey:
    """The key of a GitHub's first, second, ... App: made once a process, since making one takes a while."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)
