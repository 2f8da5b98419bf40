"""Accounts and teams in GraphQL."""

from __future__ import annotations

from typing import Any

from tests.github_standin.graphql.context import Context
from tests.github_standin.graphql.pagination import Fields, connection, refusal
from tests.github_standin.shapes.accounts import account_node, node_id
from tests.github_standin.world.accounts import Organisation, Owner, Team, User


def actor(who: Owner | None) -> Fields | None:
    """Null for an account that is gone. Bots' logins come without "[bot]"."""
    if who is None:
        return None
    if isinstance(who, Organisation):
        kind = "Organization"
    else:
        kind = who.kind
    login = who.login.removesuffix("[bot]")
    path = f"/apps/{login}" if kind == "Bot" else f"/{login}"
    return {
        "__typename": kind,
        "id": account_node(who),
        "login": login,
        "databaseId": who.id,
        "name": who.name if isinstance(who, User) else who.login,
        "email": "",
        "avatarUrl": f"{who.github.url}/avatars/{who.id}",
        "resourcePath": path,
        "url": f"{who.github.url}{path}",
    }


def user(who: User) -> Fields:
    return actor(who) or {}


def organisation(org: Organisation, context: Context) -> Fields:
    visible = [t for t in org.teams.values() if context.sees_members(org)]

    def one(info: Any, slug: str) -> Fields | None:
        if not context.sees_members(org):
            raise refusal("FORBIDDEN", "Resource not accessible by integration")
        found = org.teams.get(slug)
        return None if found is None else team(found, context)

    return {
        **(actor(org) or {}),
        "team": one,
        "teams": lambda info, **args: connection("teams", visible, lambda t: team(t, context), args),
        "viewerIsAMember": context.viewer in org.members or context.viewer in org.owners,
    }


def team(shown: Team, context: Context) -> Fields:
    org = shown.organisation

    def members(info: Any, membership: str = "ALL", **args: Any) -> Fields:
        everyone = shown.everyone()
        chosen = {
            "ALL": everyone,
            "IMMEDIATE": shown.members,
            "CHILD_TEAM": [u for u in everyone if u not in shown.members],
        }[membership]
        return connection("members", chosen, user, args)

    return {
        "__typename": "Team",
        "id": node_id("T", shown.id),
        "databaseId": shown.id,
        "slug": shown.slug,
        "combinedSlug": f"{org.login}/{shown.slug}",
        "name": shown.name,
        "privacy": "SECRET" if shown.secret else "VISIBLE",
        "url": f"{org.github.url}/orgs/{org.login}/teams/{shown.slug}",
        "organization": lambda info: organisation(org, context),
        "parentTeam": lambda info: team(shown.parent, context) if shown.parent else None,
        "members": members,
    }
