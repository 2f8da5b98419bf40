from __future__ import annotations

import pytest

from tests.standin.world import World


async def test_a_comment_is_at_most_65536_characters(world: World) -> None:
    path = f"/repos/acme/shop/issues/{world.pull().number}/comments"
    assert (await world.call("POST", path, {"body": "x" * 65_536})).status == 201
    reply = await world.call("POST", path, {"body": "x" * 65_537})
    assert reply.status == 422
    assert reply.json["errors"][0]["message"] == "Body is too long (maximum is 65536 characters)"


async def test_a_locked_conversation_refuses_comments(world: World) -> None:
    pull = world.pull()
    pull.lock(world.alice)
    path = f"/repos/acme/shop/issues/{pull.number}/comments"
    assert (await world.call("POST", path, {"body": "held"})).status == 403
    pull.comment(world.alice, "writers may")


async def test_a_deleted_comment_cannot_be_edited(world: World) -> None:
    pull = world.pull()
    path = f"/repos/acme/shop/issues/{pull.number}/comments"
    written = (await world.call("POST", path, {"body": "held"})).json
    pull.comments[0].delete(world.alice)
    assert (await world.call("PATCH", f"/repos/acme/shop/issues/comments/{written['id']}", {"body": "x"})).status == 404


async def test_an_edit_is_later_than_the_comment_and_shows(world: World) -> None:
    comment = world.pull().comment(world.bob, "one")
    comment.edit(world.bob, "two")
    shown = (await world.call("GET", f"/repos/acme/shop/issues/comments/{comment.id}")).json
    assert shown["updated_at"] > shown["created_at"]


async def test_the_same_reaction_twice_is_one(world: World) -> None:
    comment = world.pull().comment(world.bob, "/approve-breaking")
    path = f"/repos/acme/shop/issues/comments/{comment.id}/reactions"
    assert (await world.call("POST", path, {"content": "+1"})).status == 201
    assert (await world.call("POST", path, {"content": "+1"})).status == 200
    assert len((await world.call("GET", path)).json) == 1
    assert (await world.call("POST", path, {"content": "tada"})).status == 422


async def test_who_is_gone_is_nobody(world: World) -> None:
    pull = world.pull()
    comment = pull.comment(world.bob, "hello")
    world.bob.delete()
    assert (await world.call("GET", f"/repos/acme/shop/issues/comments/{comment.id}")).json["user"] is None


async def test_labels_come_and_go(world: World) -> None:
    path = f"/repos/acme/shop/issues/{world.pull().number}/labels"
    await world.call("POST", "/repos/acme/shop/labels", {"name": "contract: breaking", "color": "b60205"})
    again = await world.call("POST", "/repos/acme/shop/labels", {"name": "contract: breaking"})
    assert (again.status, again.json["errors"][0]["code"]) == (422, "already_exists")
    added = await world.call("POST", path, {"labels": ["contract: breaking"]})
    assert [label["color"] for label in added.json] == ["b60205"]
    assert (await world.call("DELETE", f"{path}/contract%3A%20breaking")).json == []
    gone = await world.call("DELETE", f"{path}/contract%3A%20breaking")
    assert (gone.status, gone.json["message"]) == (404, "Label does not exist")


@pytest.mark.parametrize(
    ("reviewers", "words"),
    [
        (["bob", "alice"], "Review cannot be requested from pull request author."),
        (["bob", "stranger"], "Reviews may only be requested from collaborators."),
        (["bob", "countersign[bot]"], "Reviews may only be requested from collaborators."),
        (["bob", "nobody-at-all"], "Reviews may only be requested from collaborators."),
    ],
)
async def test_one_reviewer_who_cannot_be_asked_refuses_them_all(
    world: World, reviewers: list[str], words: str
) -> None:
    world.github.user("stranger")
    pull = world.pull()
    path = f"/repos/acme/shop/pulls/{pull.number}/requested_reviewers"
    reply = await world.call("POST", path, {"reviewers": reviewers})
    assert reply.status == 422
    assert reply.json["message"].startswith(words)
    assert pull.requested_users == []


async def test_a_team_without_access_cannot_be_asked(world: World) -> None:
    team = world.acme.team("Orders", [world.bob])
    pull = world.pull()
    path = f"/repos/acme/shop/pulls/{pull.number}/requested_reviewers"
    assert (await world.call("POST", path, {"team_reviewers": ["orders"]})).status == 422
    world.shop.grant(team, "pull")
    assert (await world.call("POST", path, {"team_reviewers": ["orders"]})).status == 201
    assert pull.requested_teams == [team]


async def test_at_most_fifteen_are_asked(world: World) -> None:
    people = [world.github.user(f"user{n}") for n in range(16)]
    world.acme.member(*people)
    path = f"/repos/acme/shop/pulls/{world.pull().number}/requested_reviewers"
    assert (await world.call("POST", path, {"reviewers": [p.login for p in people]})).status == 422
    assert (await world.call("POST", path, {"reviewers": [p.login for p in people[:15]]})).status == 201


async def test_whoever_reviewed_is_no_longer_requested(world: World) -> None:
    pull = world.pull()
    pull.request_review(world.alice, ["bob"])
    pull.review(world.bob, "ok", "APPROVED")
    path = f"/repos/acme/shop/pulls/{pull.number}"
    assert (await world.call("GET", f"{path}/requested_reviewers")).json["users"] == []
    assert [r["state"] for r in (await world.call("GET", f"{path}/reviews")).json] == ["APPROVED"]


async def test_a_team_holds_the_members_of_its_child_teams(world: World) -> None:
    parent = world.acme.team("platform")
    world.acme.team("orders", [world.bob], parent=parent)
    members = (await world.call("GET", "/orgs/acme/teams/platform/members")).json
    assert [m["login"] for m in members] == ["bob"]
    assert (await world.call("GET", "/orgs/acme/teams/platform/memberships/bob")).json["state"] == "active"
    assert (await world.call("GET", "/orgs/acme/teams/platform/memberships/alice")).status == 404
    parent.rename("foundation")
    assert (await world.call("GET", "/orgs/acme/teams/platform/members")).status == 404
