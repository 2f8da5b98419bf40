"""Apps and installations."""

from __future__ import annotations

from tests.github_standin.clock import iso
from tests.github_standin.rest.calls import Answer, Call
from tests.github_standin.rest.routing import Routes
from tests.github_standin.shapes import accounts, repositories
from tests.github_standin.shapes.accounts import Json
from tests.github_standin.world.apps import App, Installation, Token
from tests.github_standin.world.refusals import Refused, not_found

routes = Routes()


def _app(call: Call) -> App:
    assert isinstance(call.viewer, App)
    return call.viewer


@routes("GET", "/app", needs="app")
def own_app(call: Call) -> Answer:
    return Answer(accounts.own_app(_app(call)))


@routes("GET", "/app/hook/config", needs="app")
def hook_config(call: Call) -> Answer:
    """The secret is never shown; that there is none, is."""
    app = _app(call)
    shown = {"content_type": app.content_type, "insecure_ssl": "0", "url": app.webhook_url}
    return Answer(shown | ({"secret": "********"} if app.webhook_secret else {}))


@routes("GET", "/app/hook/deliveries", needs="app")
def hook_deliveries(call: Call) -> Answer:
    """Those that were sent off and answered, or not in time, newest first. Numbers instead of real cursors."""
    app = _app(call)
    sent = [one for one in call.github.deliveries if one.app is app and one.status is not None and one.status >= 0]
    return call.paged([accounts.delivery(number, one) for number, one in reversed(list(enumerate(sent, 1)))], dict)


@routes("GET", "/app/installations", needs="app")
def installations(call: Call) -> Answer:
    return call.paged(_app(call).installations, accounts.installation)


def _installation(call: Call) -> Installation:
    for installation in _app(call).installations:
        if str(installation.id) == call.params["installation"]:
            return installation
    raise not_found()


@routes("GET", "/app/installations/{installation}", needs="app")
def installation(call: Call) -> Answer:
    return Answer(accounts.installation(_installation(call)))


@routes("POST", "/app/installations/{installation}/access_tokens", needs="app")
def access_token(call: Call) -> Answer:
    token = _installation(call).token(call.json or {})
    shown: Json = {
        "token": token.value,
        "expires_at": iso(token.expires_at),
        "permissions": token.permissions,
        "repository_selection": "selected" if _selected(token) else "all",
    }
    if token.repositories is not None:
        shown["repositories"] = [repositories.repository(r) for r in token.repositories]
    return Answer(shown, 201)


def _selected(token: Token) -> bool:
    return token.repositories is not None or token.installation.repositories is not None


@routes("GET", "/repos/{owner}/{repo}/installation", needs="app")
def repository_installation(call: Call) -> Answer:
    for installation in _app(call).installations:
        if installation.covers(call.repo):
            return Answer(accounts.installation(installation))
    raise not_found()


@routes("GET", "/orgs/{org}/installation", needs="app")
def organisation_installation(call: Call) -> Answer:
    return _installed_on(call, call.organisation())


@routes("GET", "/users/{user}/installation", needs="app")
def user_installation(call: Call) -> Answer:
    return _installed_on(call, call.github.find_user(call.params["user"]))


def _installed_on(call: Call, account: object) -> Answer:
    for installation in _app(call).installations:
        if installation.account is account:
            return Answer(accounts.installation(installation))
    raise not_found()


@routes("GET", "/installation/repositories")
def installation_repositories(call: Call) -> Answer:
    token = call.viewer
    if not isinstance(token, Token):
        needed = "an installation access token in order to list repositories for an installation."
        raise Refused(403, f"You must authenticate with {needed}")
    visible = [r for r in token.installation.all_repositories() if token.covers(r)]
    return call.paged(
        visible,
        repositories.repository,
        lambda page: {
            "total_count": len(visible),
            "repository_selection": "selected" if _selected(token) else "all",
            "repositories": page,
        },
    )


@routes("DELETE", "/installation/token")
def revoke_token(call: Call) -> Answer:
    if isinstance(call.viewer, Token):
        call.github.tokens.pop(call.viewer.value, None)
    return Answer(None, 204)


@routes("GET", "/rate_limit")
def rate_limit(call: Call) -> Answer:
    reset = int(call.github.clock.now().timestamp()) // 3600 * 3600 + 3600
    core = {"limit": 5000, "used": 0, "remaining": 5000, "reset": reset}
    shown: Json = {"resources": {"core": core, "graphql": core, "search": {**core, "limit": 30, "remaining": 30}}}
    if call.headers.get("X-GitHub-Api-Version") != "2026-03-10":
        shown["rate"] = core
    return Answer(shown)


@routes("GET", "/meta")
def meta(call: Call) -> Answer:
    return Answer({"verifiable_password_authentication": True, "hooks": ["127.0.0.1/32"], "web": [], "api": []})


@routes("GET", "/orgs/{org}")
def organisation(call: Call) -> Answer:
    return Answer(accounts.full_organisation(call.organisation()))
