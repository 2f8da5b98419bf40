"""Accounts, teams, apps and installations as GitHub's REST answers show them."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

from tests.github_standin.clock import iso
from tests.github_standin.world.accounts import Organisation, Team, User

if TYPE_CHECKING:
    from tests.github_standin.github import GitHub
    from tests.github_standin.webhooks.post import Delivery
    from tests.github_standin.world.accounts import Owner
    from tests.github_standin.world.apps import App, Installation

Json = dict[str, Any]


def node_id(prefix: str, id: int | str) -> str:
    """Opaque to clients, like GitHub's: PR_kwDO…"""
    return f"{prefix}_{base64.urlsafe_b64encode(str(id).encode()).decode().rstrip('=')}"


def simple_user(who: Owner) -> Json:
    github = who.github
    url = f"{github.url}/users/{who.login.replace('[', '%5B').replace(']', '%5D')}"
    kind = who.kind if isinstance(who, User) else "Organization"
    page = f"{github.url}/apps/{who.login.removesuffix('[bot]')}" if kind == "Bot" else f"{github.url}/{who.login}"
    return {
        "login": who.login,
        "id": who.id,
        "node_id": account_node(who),
        "avatar_url": f"{github.url}/avatars/{who.id}",
        "gravatar_id": "",
        "url": url,
        "html_url": page,
        "followers_url": f"{url}/followers",
        "following_url": f"{url}/following{{/other_user}}",
        "gists_url": f"{url}/gists{{/gist_id}}",
        "starred_url": f"{url}/starred{{/owner}}{{/repo}}",
        "subscriptions_url": f"{url}/subscriptions",
        "organizations_url": f"{url}/orgs",
        "repos_url": f"{url}/repos",
        "events_url": f"{url}/events{{/privacy}}",
        "received_events_url": f"{url}/received_events",
        "type": kind,
        "user_view_type": "public",
        "site_admin": False,
    }


def account_node(who: Owner) -> str:
    if isinstance(who, Organisation):
        return node_id("O", who.id)
    return node_id("BOT" if who.kind == "Bot" else "U", who.id)


def nullable_user(who: Owner | None) -> Json | None:
    """Null for an account that is gone."""
    return None if who is None else simple_user(who)


def public_user(who: User) -> Json:
    return {
        **simple_user(who),
        "name": who.name,
        "company": None,
        "blog": "",
        "location": None,
        "email": None,
        "hireable": None,
        "bio": None,
        "twitter_username": None,
        "public_repos": sum(repo.owner is who for repo in who.github.repositories),
        "public_gists": 0,
        "followers": 0,
        "following": 0,
        "created_at": iso(who.created_at),
        "updated_at": iso(who.created_at),
    }


def simple_organisation(org: Organisation) -> Json:
    url = f"{org.github.url}/orgs/{org.login}"
    return {
        "login": org.login,
        "id": org.id,
        "node_id": account_node(org),
        "url": url,
        "repos_url": f"{url}/repos",
        "events_url": f"{url}/events",
        "hooks_url": f"{url}/hooks",
        "issues_url": f"{url}/issues",
        "members_url": f"{url}/members{{/member}}",
        "public_members_url": f"{url}/public_members{{/member}}",
        "avatar_url": f"{org.github.url}/avatars/{org.id}",
        "description": None,
    }


def full_organisation(org: Organisation) -> Json:
    return {
        **simple_organisation(org),
        "html_url": f"{org.github.url}/{org.login}",
        "has_organization_projects": True,
        "has_repository_projects": True,
        "public_repos": sum(r.owner is org and not r.private for r in org.github.repositories),
        "public_gists": 0,
        "followers": 0,
        "following": 0,
        "type": "Organization",
        "created_at": iso(org.created_at),
        "updated_at": iso(org.created_at),
        "archived_at": None,
    }


def team(team: Team, permission: str = "pull") -> Json:
    shown = _team(team, permission)
    shown["parent"] = None if team.parent is None else _team(team.parent, permission)
    return shown


def _team(team: Team, permission: str) -> Json:
    org = team.organisation
    url = f"{org.github.url}/organizations/{org.id}/team/{team.id}"
    return {
        "id": team.id,
        "node_id": node_id("T", team.id),
        "name": team.name,
        "slug": team.slug,
        "description": None,
        "privacy": "secret" if team.secret else "closed",
        "notification_setting": "notifications_enabled",
        "permission": permission,
        "url": url,
        "html_url": f"{org.github.url}/orgs/{org.login}/teams/{team.slug}",
        "members_url": f"{url}/members{{/member}}",
        "repositories_url": f"{url}/repos",
        "type": "organization",
        "organization_id": org.id,
    }


def full_team(shown: Team) -> Json:
    return {
        **team(shown),
        "members_count": len(shown.everyone()),
        "repos_count": sum(repo.team_level(shown) is not None for repo in shown.github.repositories),
        "created_at": iso(shown.created_at),
        "updated_at": iso(shown.created_at),
        "organization": full_organisation(shown.organisation),
    }


def app(app: App) -> Json:
    return {
        "id": app.id,
        "slug": app.slug,
        "client_id": f"Iv23li{app.id:014d}",
        "node_id": node_id("A", app.id),
        "owner": simple_user(app.owner),
        "name": app.name,
        "description": "",
        "external_url": "https://countersign.example",
        "html_url": f"{app.github.url}/apps/{app.slug}",
        "created_at": iso(app.created_at),
        "updated_at": iso(app.created_at),
        "permissions": dict(app.permissions),
        "events": list(app.events),
    }


def own_app(shown: App) -> Json:
    """What the app itself sees of it."""
    return {**app(shown), "installations_count": len(shown.installations)}


def installation(shown: Installation) -> Json:
    github = shown.app.github
    account = shown.account
    return {
        "id": shown.id,
        "client_id": f"Iv23li{shown.app.id:014d}",
        "account": simple_user(account),
        "repository_selection": "all" if shown.repositories is None else "selected",
        "access_tokens_url": f"{github.url}/app/installations/{shown.id}/access_tokens",
        "repositories_url": f"{github.url}/installation/repositories",
        "html_url": f"{github.url}/settings/installations/{shown.id}",
        "app_id": shown.app.id,
        "app_slug": shown.app.slug,
        "target_id": account.id,
        "target_type": "Organization" if isinstance(account, Organisation) else "User",
        "permissions": dict(shown.permissions),
        "events": list(shown.app.events),
        "created_at": iso(shown.created_at),
        "updated_at": iso(shown.suspended_at or shown.created_at),
        "single_file_name": None,
        "has_multiple_single_files": False,
        "single_file_paths": [],
        "suspended_by": None if shown.suspended_at is None else simple_user(_anyone(github)),
        "suspended_at": None if shown.suspended_at is None else iso(shown.suspended_at),
    }


def delivery(number: int, shown: Delivery) -> Json:
    """GitHub's words for what became of it; 502 for a host that could not be reached is its own."""
    installation = shown.payload.get("installation") or {}
    repository = shown.payload.get("repository") or {}
    reached = bool(shown.status)
    return {
        "id": number,
        "guid": shown.id,
        "delivered_at": iso(shown.at),
        "redelivery": shown.again,
        "duration": 0.1,
        "status": "OK" if shown.status in (200, 202) else "Invalid HTTP Response" if reached else "failed to connect",
        "status_code": shown.status or 502,
        "event": shown.event,
        "action": shown.action,
        "installation_id": installation.get("id"),
        "repository_id": repository.get("id"),
        "throttled_at": None,
    }


def _anyone(github: GitHub) -> User:
    return github.users[0]
