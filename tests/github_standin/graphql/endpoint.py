"""POST /graphql."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from graphql import (
    DocumentNode,
    GraphQLError,
    GraphQLSchema,
    build_schema,
    execute_sync,
    parse,
    validate,
)

from tests.github_standin.clock import iso
from tests.github_standin.graphql import checks, pulls
from tests.github_standin.graphql.content import Objects
from tests.github_standin.graphql.context import Context
from tests.github_standin.graphql.pagination import Fields, connection, refusal
from tests.github_standin.graphql.people import organisation, team, user
from tests.github_standin.rest.calls import Answer, Viewer
from tests.github_standin.shapes.accounts import account_node, node_id
from tests.github_standin.shapes.repositories import ROLES, page
from tests.github_standin.world.accounts import User
from tests.github_standin.world.apps import App, Token
from tests.github_standin.world.pulls import PullRequest
from tests.github_standin.world.refusals import Refused, not_found
from tests.github_standin.world.repositories import Repository

if TYPE_CHECKING:
    from tests.github_standin.github import GitHub


@lru_cache(1)
def schema() -> GraphQLSchema:
    return build_schema((Path(__file__).parent / "schema.graphql").read_text("utf-8"))


@lru_cache(256)
def _checked(document: str) -> tuple[DocumentNode | None, tuple[GraphQLError, ...]]:
    """The parsed document, or what is wrong with it."""
    try:
        parsed = parse(document)
    except GraphQLError as error:
        return None, (error,)
    problems = tuple(validate(schema(), parsed))
    return (None if problems else parsed), problems


def answer(github: GitHub, method: str, body: Any, viewer: Viewer, stale: bool) -> Answer:
    """Problems are told in a 200, beside whatever could be answered."""
    if method != "POST":
        raise not_found()
    if viewer is None or isinstance(viewer, App):
        raise Refused(401, "This endpoint requires you to be authenticated.")
    if not isinstance(body, dict) or not isinstance(body.get("query"), str):
        raise Refused(400, "A query attribute must be specified and must be a string.")
    document, problems = _checked(body["query"])
    if document is None:
        return Answer({"errors": [_told(error) for error in problems]})
    result = execute_sync(
        schema(),
        document,
        root_value=_root(Context(github, viewer, stale)),
        variable_values=body.get("variables") or {},
        operation_name=body.get("operationName"),
    )
    told: Fields = {"data": result.data}
    if result.errors:
        told["errors"] = [_told(error) for error in result.errors]
    return Answer(told)


def _told(error: GraphQLError) -> Fields:
    """`type` stands beside the message; validation problems carry a code in their extensions instead."""
    if error.original_error is not None and not isinstance(error.original_error, GraphQLError):
        raise error.original_error
    shown: Fields = {}
    if error.extensions and "type" in error.extensions:
        shown["type"] = error.extensions["type"]
    if error.path is not None:
        shown["path"] = list(error.path)
    shown["locations"] = [{"line": at.line, "column": at.column} for at in error.locations or []]
    shown["message"] = error.message
    return shown


def _root(context: Context) -> Fields:
    github = context.github

    def repository(_: Any, owner: str, name: str, followRenames: bool = True) -> Fields:  # noqa: N803
        found = github.find_repository(owner, name)
        if found is None and followRenames:
            found = github.moved.get(f"{owner}/{name}".lower())
        if found is None or not context.sees(found):
            raise refusal("NOT_FOUND", f"Could not resolve to a Repository with the name '{owner}/{name}'.")
        return _repository(found, context)

    def by_login(_: Any, login: str) -> Fields:
        found = github.find_user(login)
        if found is None or found.kind != "User":
            raise refusal("NOT_FOUND", f"Could not resolve to a User with the login of '{login}'.")
        return user(found)

    def organisation_named(_: Any, login: str) -> Fields:
        found = github.find_organisation(login)
        if found is None:
            raise refusal("NOT_FOUND", f"Could not resolve to an Organization with the login of '{login}'.")
        return organisation(found, context)

    def node(_: Any, id: str) -> Fields:
        found = _node(context, id)
        if found is None:
            raise refusal("NOT_FOUND", f"Could not resolve to a node with the global id of '{id}'")
        return found

    def rate_limit(_: Any, dryRun: bool = False) -> Fields:  # noqa: N803
        reset = int(github.clock.now().timestamp()) // 3600 * 3600 + 3600
        at = type(github.clock.now()).fromtimestamp(reset, github.clock.now().tzinfo)
        return {"cost": 1, "limit": 5000, "nodeCount": 0, "remaining": 4999, "used": 1, "resetAt": iso(at)}

    return {
        "repository": repository,
        "user": by_login,
        "organization": organisation_named,
        "node": node,
        "nodes": lambda info, ids: [_node(context, id) for id in ids],
        "rateLimit": rate_limit,
        "viewer": _viewer(context),
    }


def _viewer(context: Context) -> Fields | None:
    """An app sees itself as a user whose login keeps its [bot]."""
    account = context.account
    if account is None:
        return None
    return {**user(account), "__typename": "User", "login": account.login}


def _node(context: Context, id: str) -> Fields | None:
    github = context.github
    for who in github.users:
        if account_node(who) == id:
            return user(who)
    for org in github.organisations:
        if account_node(org) == id:
            return organisation(org, context)
        for each in org.teams.values():
            if node_id("T", each.id) == id and context.sees_members(org):
                return team(each, context)
    for repo in github.repositories:
        if context.sees(repo) and (found := _node_in(repo, context, id)) is not None:
            return found
    return None


def _node_in(repo: Repository, context: Context, id: str) -> Fields | None:
    if node_id("R", repo.id) == id:
        return _repository(repo, context)
    for pull in repo.pulls:
        if node_id("PR", pull.id) == id:
            return _pull(pull, context)
        for comment in pull.comments:
            if node_id("IC", comment.id) == id:
                return pulls.comment(comment, context, lambda pull=pull: _pull(pull, context))  # type: ignore[misc]
        for review in pull.reviews:
            if node_id("PRR", review.id) == id:
                return pulls.review(review, context, _objects(repo, context))
    return next((checks.check_run(run) for run in repo.check_runs if node_id("CR", run.id) == id), None)


def _objects(repo: Repository, context: Context) -> Objects:
    return Objects(repo, context, _repository, checks.suites, _pulls_of_commit)


def _pulls_of_commit(repo: Repository, sha: str, context: Context) -> Callable[..., Fields]:
    def associated(_: Any, **args: Any) -> Fields:
        context.demand("pull_requests")
        return connection("associatedPullRequests", repo.pulls_of(sha), lambda pull: _pull(pull, context), args)

    return associated


def _pull(pull: PullRequest, context: Context) -> Fields:
    return pulls.pull_request(pull, context, _objects(pull.repository, context), _repository)


def _repository(repo: Repository, context: Context) -> Fields:
    objects = _objects(repo, context)

    def branch(name: str) -> Fields | None:
        return pulls.ref(repo, name, objects, lambda: _repository(repo, context))

    def git_object(_: Any, expression: str | None = None, oid: str | None = None) -> Fields | None:
        context.demand("contents")
        return objects.expression(expression) if expression is not None else objects.oid(oid or "")

    def pull(_: Any, number: int) -> Fields:
        context.demand("pull_requests")
        if not isinstance(repo.issues.get(number), PullRequest):
            raise refusal("NOT_FOUND", f"Could not resolve to a PullRequest with the number of {number}.")
        return _pull(repo.pull(number), context)

    def pull_requests(
        _: Any,
        states: list[str] | None = None,
        baseRefName: str | None = None,  # noqa: N803
        headRefName: str | None = None,  # noqa: N803
        **args: Any,
    ) -> Fields:
        context.demand("pull_requests")
        found = [
            p
            for p in repo.pulls
            if (states is None or ("MERGED" if p.merged_at else p.state.upper()) in states)
            and baseRefName in (None, p.base_branch)
            and headRefName in (None, p.head_branch)
        ]
        return connection("pullRequests", found, lambda p: _pull(p, context), args)

    def refs(_: Any, refPrefix: str, **args: Any) -> Fields:  # noqa: N803
        named = sorted(repo.branches) if refPrefix == "refs/heads/" else []
        return connection("refs", named, lambda name: branch(name) or {}, args)

    def collaborators(_: Any, **args: Any) -> Fields:
        people = [who for who in repo.collaborators() if who.kind == "User"]
        shown = connection("collaborators", people, user, args)
        by_login = {who.login: who for who in people}
        shown["edges"] = [
            {"cursor": "", "node": node, "permission": ROLES[repo.level(by_login[node["login"]]) or "pull"].upper()}
            for node in shown["nodes"]
        ]
        return shown

    def label(_: Any, name: str) -> Fields | None:
        found = repo.labels.get(name.lower())
        return pulls.label(found) if found else None

    def merge_queue(_: Any, branch: str | None = None) -> Fields | None:
        """Each entry's commits are those of its group; GitHub has them once it has begun to build the group."""
        context.demand("merge_queues")
        name = branch or repo.default_branch
        waiting = [step for group in repo.merge_groups if group.base_branch == name for step in group.steps]

        def entry(step: tuple[PullRequest, str, str]) -> Fields:
            queued, before, after = step
            return {
                "__typename": "MergeQueueEntry",
                "id": node_id("MQE", f"{queued.id}:{after}"),
                "position": waiting.index(step) + 1,
                "baseCommit": objects.commit(before),
                "headCommit": objects.commit(after),
                "pullRequest": pulls.pull_request(queued, context, objects, _repository),
            }

        def entries(_: Any, **args: Any) -> Fields:
            return connection("entries", waiting, entry, args)

        return {"__typename": "MergeQueue", "id": node_id("MQ", f"{repo.id}:{name}"), "entries": entries}

    def protection(_: Any, **args: Any) -> Fields:
        """Rules here are rulesets; there is no branch protection of the old kind."""
        context.demand("administration")
        nothing: list[Fields] = []
        return connection("branchProtectionRules", nothing, lambda rule: rule, args)

    return {
        "__typename": "Repository",
        "id": node_id("R", repo.id),
        "databaseId": repo.id,
        "name": repo.name,
        "nameWithOwner": repo.full_name,
        "owner": user(repo.owner) if isinstance(repo.owner, User) else organisation(repo.owner, context),
        "url": page(repo),
        "isPrivate": repo.private,
        "isFork": repo.parent is not None,
        "isArchived": repo.archived,
        "forkCount": sum(other.parent is repo for other in context.github.repositories),
        "visibility": "PRIVATE" if repo.private else "PUBLIC",
        "viewerPermission": _permission(repo, context),
        "parent": lambda _: _repository(repo.parent, context) if repo.parent else None,
        "defaultBranchRef": lambda _: branch(repo.default_branch),
        "ref": lambda _, **args: branch(args["qualifiedName"].removeprefix("refs/heads/")),
        "refs": refs,
        "object": git_object,
        "pullRequest": pull,
        "pullRequests": pull_requests,
        "label": label,
        "mergeQueue": merge_queue,
        "collaborators": collaborators,
        "branchProtectionRules": protection,
    }


def _permission(repo: Repository, context: Context) -> str | None:
    if isinstance(context.viewer, Token):
        return "WRITE" if context.viewer.allows("contents", "write") else "READ"
    level = repo.level(context.viewer) if isinstance(context.viewer, User) else None
    return ROLES[level].upper() if level else None
