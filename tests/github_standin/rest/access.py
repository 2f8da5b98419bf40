"""Who calls, and may they?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import jwt

from tests.github_standin.rest.calls import Viewer
from tests.github_standin.world.accounts import User
from tests.github_standin.world.apps import App, Token
from tests.github_standin.world.refusals import Refused, not_found

if TYPE_CHECKING:
    from tests.github_standin.github import GitHub
    from tests.github_standin.rest.calls import Call
    from tests.github_standin.rest.routing import Route


def viewer(github: GitHub, authorization: str | None) -> Viewer:
    """Raises Refused (401, or 404 for an app that is not there)."""
    if not authorization:
        return None
    scheme, _, value = authorization.partition(" ")
    if scheme.lower() not in ("bearer", "token") or not value:
        raise Refused(401, "Bad credentials")
    if value.count(".") == 2:
        return _app(github, value)
    token = github.tokens.get(value)
    if token is not None:
        if token.expires_at <= github.clock.now() or token.installation.suspended_at is not None:
            raise Refused(401, "Bad credentials")
        return token
    if value in github.user_tokens:
        return github.user_tokens[value]
    raise Refused(401, "Bad credentials")


def _app(github: GitHub, token: str) -> App:
    try:
        issuer = str(jwt.decode(token, options={"verify_signature": False}).get("iss", ""))
    except jwt.InvalidTokenError:
        raise Refused(401, "A JSON web token could not be decoded") from None
    if not issuer:
        raise Refused(401, "'Issuer' claim ('iss') must be an Integer")
    for app in github.apps:
        if issuer in (str(app.id), f"Iv23li{app.id:014d}"):
            app.verify(token)
            return app
    raise Refused(404, "Integration not found")


def name_of(viewer: Viewer) -> str:
    if isinstance(viewer, App):
        return viewer.slug
    if isinstance(viewer, Token):
        return viewer.installation.app.bot.login
    return viewer.login if isinstance(viewer, User) else ""


def check(call: Call, route: Route) -> None:
    """Raises Refused: 404 for what the caller can't see, 403 for what it may not do."""
    if route.needs == "app":
        if not isinstance(call.viewer, App):
            raise Refused(401, "A JSON web token could not be decoded")
        return
    if isinstance(call.viewer, App) and route.needs:
        raise Refused(403, "Resource not accessible by integration")
    if call.repository is not None and not call.sees(call.repository):
        raise not_found()
    if not route.needs:
        return
    names, level = route.alternatives
    if isinstance(call.viewer, Token):
        outside = call.repository is not None and not call.viewer.covers(call.repository)
        if (outside and level != "read") or not any(call.viewer.allows(name, level) for name in names):
            raise Refused(403, "Resource not accessible by integration")
    elif level != "read" and call.viewer is None:
        raise Refused(401, "Requires authentication")
