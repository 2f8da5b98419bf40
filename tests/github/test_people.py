"""Who stands behind handles, on the stand-in."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.github.people import KEPT_FOR, People
from bot.github.snapshot import Along, look
from tests.github.world import World, world


@pytest.fixture
async def w() -> AsyncIterator[World]:
    async with world() as made:
        yield made


async def test_all_teams_and_people_cost_one_call(w: World) -> None:
    acme = w.github.organisation("acme")
    acme.team("api", [w.github.user("bob")])
    acme.team("web", [w.github.user("carol"), w.github.user("alice")])
    mark = w.github.mark()
    roster = await People(w.client).roster("acme/shop", ["@acme/api", "@acme/web", "@dave", "@acme/nobody", "@bob"])
    assert {handle: {person.login for person in people} for handle, people in roster.members.items()} == {
        "@acme/api": {"bob"},
        "@acme/web": {"carol", "alice"},
        "@bob": {"bob"},
    }
    assert roster.admins == ()
    assert len(w.calls(mark)) == 1


async def test_members_of_child_teams_count(w: World) -> None:
    acme = w.github.organisation("acme")
    parent = acme.team("platform", [w.github.user("bob")])
    acme.team("platform-api", [w.github.user("carol")], parent=parent)
    roster = await People(w.client).roster("acme/shop", ["@acme/platform"])
    assert {person.login for person in roster.members["@acme/platform"]} == {"bob", "carol"}


async def test_large_teams_are_read_to_the_end(w: World) -> None:
    acme = w.github.organisation("acme")
    acme.team("all", [w.github.user(f"user{n}") for n in range(230)])
    acme.team("more", [w.github.user(f"user{n}") for n in range(120)])
    acme.team("few", [w.github.user("bob")])
    mark = w.github.mark()
    roster = await People(w.client).roster("acme/shop", ["@acme/few", "@acme/all", "@acme/more"])
    assert {handle: len(people) for handle, people in roster.members.items()} == {
        "@acme/few": 1,
        "@acme/all": 230,
        "@acme/more": 120,
    }
    assert len(w.calls(mark)) == 3


async def test_members_are_asked_in_the_same_call_as_the_pull_request(w: World) -> None:
    acme = w.github.organisation("acme")
    acme.team("api", [w.github.user("bob")])
    acme.team("all", [w.github.user(f"user{n}") for n in range(130)])
    pull = w.open({"README.md": "x"})
    people = People(w.client)
    people.expect("acme/shop", pull.number, ["@acme/api", "@dave"])
    expected = people.expected("acme/shop", pull.number)
    along = Along(people.part(expected))
    mark = w.github.mark()
    await look(w.client, "acme/shop", pull.number, app_id=w.app.id, along=along)
    calls = len(w.calls(mark))
    assert along.answer is not None
    await people.heard(expected, along.answer, 0)
    roster = await people.roster("acme/shop", expected, fresh=True, just_heard=expected)
    assert [person.login for person in roster.members["@acme/api"]] == ["bob"]
    assert "@dave" not in roster.members
    assert len(w.calls(mark)) == calls
    more = await people.roster("acme/shop", ["@acme/api", "@acme/all"], fresh=True, just_heard=expected)
    assert len(more.members["@acme/all"]) == 130


async def test_a_large_team_that_comes_along_is_read_to_the_end(w: World) -> None:
    w.github.organisation("acme").team("all", [w.github.user(f"user{n}") for n in range(130)])
    pull = w.open({"README.md": "x"})
    people = People(w.client)
    along = Along(people.part(["@acme/all"]))
    await look(w.client, "acme/shop", pull.number, app_id=w.app.id, along=along)
    await people.heard(["@acme/all"], along.answer or {}, 0)
    roster = await people.roster("acme/shop", ["@acme/all"], fresh=True, just_heard=["@acme/all"])
    assert len(roster.members["@acme/all"]) == 130


async def test_membership_is_kept_for_minutes_and_never_longer(w: World) -> None:
    team = w.github.organisation("acme").team("api", [w.github.user("bob")])
    people = People(w.client)
    await people.roster("acme/shop", ["@acme/api"])
    team.remove(w.github.user("bob"))
    mark = w.github.mark()
    assert len((await people.roster("acme/shop", ["@acme/api"])).members["@acme/api"]) == 1
    assert w.calls(mark) == []
    w.github.clock.advance(KEPT_FOR)
    assert (await people.roster("acme/shop", ["@acme/api"])).members["@acme/api"] == ()


async def test_for_a_command_membership_is_asked_at_once(w: World) -> None:
    team = w.github.organisation("acme").team("api", [w.github.user("bob")])
    people = People(w.client)
    await people.roster("acme/shop", ["@acme/api"])
    team.remove(w.github.user("bob"))
    assert (await people.roster("acme/shop", ["@acme/api"], fresh=True)).members["@acme/api"] == ()


async def test_administrators_are_asked_only_when_needed(w: World) -> None:
    w.repo.grant(w.github.user("dave"), "admin")
    w.repo.grant(w.github.user("carol"), "push")
    people = People(w.client)
    mark = w.github.mark()
    roster = await people.roster("acme/shop", [], need_admins=True)
    assert "dave" in {person.login for person in roster.admins}
    assert "carol" not in {person.login for person in roster.admins}
    assert len(w.calls(mark)) == 1


async def test_whoever_came_or_went_is_asked_about_at_once(w: World) -> None:
    acme = w.github.organisation("acme")
    team = acme.team("api", [w.github.user("bob")])
    people = People(w.client)
    await people.roster("acme/shop", ["@acme/api"])
    team.remove(w.github.user("bob"))
    people.forget()
    roster = await people.roster("acme/shop", ["@acme/api"])
    assert roster.members == {"@acme/api": ()}


async def test_an_answer_that_was_under_way_when_somebody_left_is_not_kept(w: World) -> None:
    acme = w.github.organisation("acme")
    acme.team("api", [w.github.user("bob")])
    people = People(w.client)
    handles = ["@acme/api"]
    since = people.changes
    people.forget()
    await people.heard(handles, {"team0": {"team": None}}, since)
    roster = await people.roster("acme/shop", handles)
    assert [person.login for person in roster.members["@acme/api"]] == ["bob"]
