"""What the stand-in answers is what GitHub's own description says it answers."""

from __future__ import annotations

from typing import Any

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    build_schema,
)

from tests.github_standin import Submodule, Symlink
from tests.github_standin.graphql.endpoint import schema
from tests.github_standin.world.git import Content
from tests.published.github_description import GRAPHQL, REST, Judge, find_operation
from tests.published.packages import fetched_or_skipped
from tests.standin.world import World

SHOP = "/repos/acme/shop"


_MODULES = '[submodule "d/sub"]\n\tpath = d/sub\n\turl = https://github.example/acme/sub.git\n'

_MISTAKEN = (
    # The judge takes `commits/SHA/check-runs` for `commits/{ref}` with slashes in the ref.
    "answer 200 of GET /repos/{owner}/{repo}/commits/{ref}: body: ",
    # This one answer is described as an account that is a user and an enterprise at the same time.
    "answer 200 of GET /app/installations: body/0/account: ",
)


async def _everything(world: World) -> list[tuple[str, str, Any]]:
    """Every call that the stand-in answers, once, on a repository where there is something to see."""
    carol = world.github.user("carol")
    world.acme.owner(carol)
    team = world.acme.team("orders", [world.bob], parent=world.acme.team("platform"))
    world.shop.grant(team, "push")
    world.shop.require_check("countersign", world.app)
    world.shop.require_check("lint")
    world.shop.required_approvals = 1
    odd: dict[str, Content] = {
        "d/link": Symlink("../api.yml"),
        "d/out": Symlink("/x"),
        "d/sub": Submodule("1" * 40),
        ".gitmodules": _MODULES,
    }
    world.shop.commit("main", odd, author=world.alice)
    pull = world.pull()
    fork = world.shop.fork(world.bob)
    fork.commit("idea", {"api.yml": "three\n", "README.md": None}, author=world.bob)
    forked = world.shop.open_pull_request((fork, "idea"), world.bob, body="Because", draft=True)
    gone = world.shop.commit("merged", {"new": "x"}, author=world.alice)
    merged = world.shop.open_pull_request("merged", world.alice)
    world.shop.grant(carol, "admin")
    merged.merge(carol, bypass=True)
    comment = pull.comment(world.bob, "/approve-breaking")
    comment.edit(world.bob, "/approve-breaking -- fine")
    pull.review(world.bob, "ok", "APPROVED")
    reaction, _ = comment.react(world.bob, "+1")
    note = {"path": "api.yml", "start_line": 1, "end_line": 1, "annotation_level": "failure", "message": "m"}
    output = {"title": "t", "summary": "s", "text": "x", "annotations": [note]}
    run = (await world.call("POST", f"{SHOP}/check-runs", {"name": "countersign", "head_sha": pull.head_sha})).json
    blob = (await world.call("GET", f"{SHOP}/contents/api.yml")).json["sha"]
    one = f"{SHOP}/pulls/{pull.number}"
    issue = f"{SHOP}/issues/{pull.number}"
    written = f"{SHOP}/issues/comments/{comment.id}"
    checked = {"name": "countersign", "head_sha": forked.head_sha, "conclusion": "success", "output": output}
    return [
        ("GET", "/app", None),
        ("GET", "/app/hook/config", None),
        ("GET", "/app/hook/deliveries?per_page=100", None),
        ("GET", "/app/installations", None),
        ("GET", f"/app/installations/{world.installation.id}", None),
        ("POST", f"/app/installations/{world.installation.id}/access_tokens", None),
        ("POST", f"/app/installations/{world.installation.id}/access_tokens", {"repositories": ["shop"]}),
        ("GET", f"{SHOP}/installation", None),
        ("GET", "/orgs/acme/installation", None),
        ("GET", "/installation/repositories", None),
        ("GET", "/rate_limit", None),
        ("GET", "/meta", None),
        ("GET", "/orgs/acme", None),
        ("GET", SHOP, None),
        ("GET", "/repos/bob/shop", None),
        ("GET", f"{SHOP}/branches", None),
        ("GET", f"{SHOP}/branches/main", None),
        ("GET", f"{SHOP}/rules/branches/main", None),
        ("GET", f"{SHOP}/compare/main...change", None),
        ("GET", f"{SHOP}/git/ref/heads/main", None),
        ("GET", f"{SHOP}/commits", None),
        ("GET", f"{SHOP}/commits/{gone}", None),
        ("GET", f"{SHOP}/commits/{gone}/pulls", None),
        ("GET", f"{SHOP}/git/blobs/{blob}", None),
        ("GET", f"{SHOP}/git/trees/main?recursive=1", None),
        ("GET", f"{SHOP}/contents/api.yml", None),
        ("GET", f"{SHOP}/contents/d", None),
        ("GET", f"{SHOP}/contents/d/out", None),
        ("GET", f"{SHOP}/contents/d/sub", None),
        ("GET", f"{SHOP}/pulls?state=all", None),
        *(("GET", f"{SHOP}/pulls/{p.number}", None) for p in (pull, forked, merged)),
        ("GET", f"{one}/files", None),
        ("GET", f"{SHOP}/pulls/{forked.number}/files", None),
        ("GET", f"{one}/commits", None),
        ("GET", f"{one}/reviews", None),
        ("GET", f"{one}/requested_reviewers", None),
        ("POST", f"{one}/requested_reviewers", {"reviewers": ["carol"], "team_reviewers": ["orders"]}),
        ("GET", one, None),
        ("GET", f"{one}/requested_reviewers", None),
        ("DELETE", f"{one}/requested_reviewers", {"reviewers": ["carol"]}),
        ("PATCH", one, {"title": "Another title"}),
        ("POST", f"{SHOP}/check-runs", checked),
        ("GET", f"{SHOP}/check-runs/{run['id']}", None),
        ("PATCH", f"{SHOP}/check-runs/{run['id']}", {"conclusion": "failure", "output": output}),
        ("GET", f"{SHOP}/check-runs/{run['id']}/annotations", None),
        ("GET", f"{SHOP}/commits/{pull.head_sha}/check-runs", None),
        ("GET", f"{SHOP}/commits/{pull.head_sha}/check-suites", None),
        ("POST", f"{SHOP}/issues", {"title": "An issue", "body": "Text", "labels": ["bug"]}),
        ("GET", issue, None),
        ("GET", f"{issue}/comments", None),
        ("POST", f"{issue}/comments", {"body": "Hello"}),
        ("GET", written, None),
        ("POST", f"{written}/reactions", {"content": "eyes"}),
        ("POST", f"{written}/reactions", {"content": "eyes"}),
        ("GET", f"{written}/reactions", None),
        ("POST", f"{SHOP}/labels", {"name": "contract: breaking", "color": "b60205"}),
        ("GET", f"{SHOP}/labels", None),
        ("GET", f"{SHOP}/labels/bug", None),
        ("PATCH", f"{SHOP}/labels/bug", {"color": "ffffff"}),
        ("POST", f"{issue}/labels", {"labels": ["contract: breaking"]}),
        ("PUT", f"{issue}/labels", {"labels": ["contract: breaking", "bug"]}),
        ("GET", f"{issue}/labels", None),
        ("DELETE", f"{issue}/labels/bug", None),
        ("GET", "/users/alice", None),
        ("GET", "/users/countersign%5Bbot%5D", None),
        ("GET", "/orgs/acme/members", None),
        ("GET", "/orgs/acme/members/bob", None),
        ("GET", "/orgs/acme/teams/orders", None),
        ("GET", "/orgs/acme/teams/orders/members", None),
        ("GET", "/orgs/acme/teams/orders/memberships/bob", None),
        ("GET", "/orgs/acme/teams/orders/repos/acme/shop", None),
        ("GET", f"{SHOP}/collaborators?permission=admin", None),
        ("GET", f"{SHOP}/collaborators/bob", None),
        ("GET", f"{SHOP}/collaborators/bob/permission", None),
        ("DELETE", f"{written}/reactions/{reaction.id}", None),
        ("DELETE", written, None),
    ]


async def test_every_answer_is_as_github_describes_it(world: World) -> None:
    fetched_or_skipped(REST)
    judge = Judge()
    for method, address, body in await _everything(world):
        as_app = address.startswith("/app") or address.endswith("/installation")
        reply = await world.call(method, address, body, token=world.jwt() if as_app else None)
        assert reply.status < 300, (method, address, reply)
        path, _, query = address.partition("?")
        judge.exchange(method, path, query, body, reply.status, reply.json, json_answer=True)
    assert [violation for violation in judge.violations if not violation.startswith(_MISTAKEN)] == []


@pytest.mark.parametrize("address", [f"{SHOP}/pulls/1", f"{SHOP}/commits/abc/check-runs", "/app"])
def test_the_description_knows_the_calls(address: str) -> None:
    fetched_or_skipped(REST)
    assert find_operation("GET", address) is not None


def test_the_graphql_schema_is_a_part_of_githubs() -> None:
    theirs = build_schema(fetched_or_skipped(GRAPHQL).read_text("utf-8"), assume_valid=True)
    assert list(_differences(schema(), theirs)) == []


def _differences(ours: GraphQLSchema, theirs: GraphQLSchema) -> list[str]:
    found = []
    for name, kind in ours.type_map.items():
        if name.startswith("__"):
            continue
        other = theirs.type_map.get(name)
        if type(other) is not type(kind):
            found.append(f"{name} is {other!r} there")
        elif isinstance(kind, GraphQLEnumType) and isinstance(other, GraphQLEnumType):
            found += [f"{name}.{value}" for value in kind.values if value not in other.values]
        elif isinstance(kind, GraphQLInputObjectType) and isinstance(other, GraphQLInputObjectType):
            found += [f"{name}.{field}" for field in kind.fields if field not in other.fields]
        elif isinstance(kind, GraphQLObjectType | GraphQLInterfaceType):
            assert isinstance(other, GraphQLObjectType | GraphQLInterfaceType)
            found += _field_differences(name, kind, other)
    return found


def _field_differences(
    name: str, ours: GraphQLObjectType | GraphQLInterfaceType, theirs: GraphQLObjectType | GraphQLInterfaceType
) -> list[str]:
    found = []
    for field, mine in ours.fields.items():
        other = theirs.fields.get(field)
        if other is None:
            found.append(f"{name}.{field} is not there")
        elif str(other.type) != str(mine.type):
            found.append(f"{name}.{field} is {other.type} there, {mine.type} here")
        else:
            found += [
                f"{name}.{field}({argument}: {value.type})"
                for argument, value in mine.args.items()
                if argument not in other.args or str(other.args[argument].type) != str(value.type)
            ]
            found += [
                f"{name}.{field} needs {argument}"
                for argument, value in other.args.items()
                if str(value.type).endswith("!") and argument not in mine.args
            ]
    return found
