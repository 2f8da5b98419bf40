"""People, teams and collaborators."""

from __future__ import annotations

from tests.github_standin.rest.calls import Answer, Call
from tests.github_standin.rest.routing import Routes
from tests.github_standin.shapes import accounts, repositories
from tests.github_standin.world.accounts import User
from tests.github_standin.world.refusals import not_found
from tests.github_standin.world.repositories import LEVELS

routes = Routes()


def _named(call: Call) -> User:
    user = call.github.find_user(call.params["user"])
    if user is None:
        raise not_found()
    return user


@routes("GET", "/users/{user}")
def user(call: Call) -> Answer:
    return Answer(accounts.public_user(_named(call)))


@routes("GET", "/user")
def myself(call: Call) -> Answer:
    return Answer(accounts.public_user(call.actor))


@routes("GET", "/orgs/{org}/teams/{team}", needs="members:read")
def team(call: Call) -> Answer:
    return Answer(accounts.full_team(call.team()))


@routes("GET", "/orgs/{org}/teams/{team}/members", needs="members:read")
def team_members(call: Call) -> Answer:
    return call.paged(call.team().everyone(), accounts.simple_user)


@routes("GET", "/orgs/{org}/teams/{team}/memberships/{user}", needs="members:read")
def team_membership(call: Call) -> Answer:
    team, user = call.team(), _named(call)
    if user not in team.everyone():
        raise not_found()
    url = f"{call.github.url}/organizations/{team.organisation.id}/team/{team.id}/memberships/{user.login}"
    return Answer({"url": url, "role": "member", "state": "active"})


@routes("GET", "/orgs/{org}/teams/{team}/repos/{owner}/{repo}", needs="members:read")
def team_has_repository(call: Call) -> Answer:
    """What the team may do there is only told to who asks for the repository's media type."""
    level = call.repo.team_level(call.team())
    if level is None:
        raise not_found()
    if "repository+json" in call.headers.get("Accept", ""):
        return Answer(repositories.team_repository(call.repo, level))
    return Answer(None, 204)


@routes("GET", "/orgs/{org}/members/{user}", needs="members:read")
def organisation_member(call: Call) -> Answer:
    if _named(call) not in call.organisation().members:
        raise not_found()
    return Answer(None, 204)


@routes("GET", "/orgs/{org}/members", needs="members:read")
def organisation_members(call: Call) -> Answer:
    return call.paged(call.organisation().members, accounts.simple_user)


@routes("GET", "/repos/{owner}/{repo}/collaborators", needs="metadata:read")
def collaborators(call: Call) -> Answer:
    wanted = call.query.get("permission", "pull")
    repo = call.repo
    found = [user for user in repo.collaborators() if user.kind == "User"]
    if wanted in LEVELS:
        found = [user for user in found if repo.allows(user, wanted)]
    return call.paged(found, lambda user: repositories.collaborator(repo, user))


@routes("GET", "/repos/{owner}/{repo}/collaborators/{user}", needs="metadata:read")
def is_collaborator(call: Call) -> Answer:
    if call.repo.level(_named(call)) is None:
        raise not_found()
    return Answer(None, 204)


@routes("GET", "/repos/{owner}/{repo}/collaborators/{user}/permission", needs="metadata:read")
def permission(call: Call) -> Answer:
    """The older word (admin, write, read, none) and the role."""
    repo, user = call.repo, _named(call)
    level = repo.level(user) or (None if repo.private else "pull")
    role = repositories.ROLES[level] if level else "none"
    older = {"maintain": "write", "triage": "read"}.get(role, role)
    return Answer({"permission": older, "role_name": role, "user": repositories.collaborator(repo, user)})
