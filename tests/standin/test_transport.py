from __future__ import annotations

import json
from datetime import UTC, datetime

import aiohttp
import pytest

from tests.github_standin import Clock, GitHub
from tests.standin.world import World


async def test_an_unchanged_answer_is_304_for_the_same_token(world: World) -> None:
    token = world.token()
    first = await world.call("GET", "/repos/acme/shop", token=token)
    assert first.headers["ETag"].startswith('W/"')
    again = await world.call("GET", "/repos/acme/shop", token=token, If_None_Match=first.headers["ETag"])
    assert (again.status, again.raw) == (304, b"")
    assert again.headers["X-RateLimit-Used"] == first.headers["X-RateLimit-Used"]
    other = await world.call("GET", "/repos/acme/shop", If_None_Match=first.headers["ETag"])
    assert other.status == 200


async def test_a_renamed_repository_redirects_reads_301_and_writes_307(world: World) -> None:
    pull = world.pull()
    world.shop.rename("store", world.alice)
    read = await world.call("GET", f"/repos/acme/shop/pulls/{pull.number}?x=1")
    assert read.status == 301
    assert read.headers["Location"] == f"{world.github.url}/repositories/{world.shop.id}/pulls/{pull.number}?x=1"
    write = await world.call("POST", f"/repos/acme/shop/issues/{pull.number}/comments", {"body": "x"})
    assert (write.status, write.json["message"]) == (307, "Moved Permanently")
    assert pull.comments == []
    there = write.headers["Location"].removeprefix(world.github.url)
    assert (await world.call("POST", there, {"body": "x"})).status == 201


@pytest.mark.parametrize(
    ("kind", "status", "words"),
    [
        ("500", 500, b"<html>"),
        ("502", 502, b"Server Error"),
        ("503", 503, b"<html>"),
        ("html", 200, b"<html>"),
        ("secondary-403", 403, b"secondary rate limit"),
        ("secondary-429", 429, b"secondary rate limit"),
        ("401", 401, b"Bad credentials"),
        ("422", 422, b"Validation Failed"),
    ],
)
async def test_a_fault_strikes_as_often_as_it_was_told_to(world: World, kind: str, status: int, words: bytes) -> None:
    fault = world.github.fault("GET /repos/acme/*", kind, times=2)
    for _ in range(2):
        struck = await world.call("GET", "/repos/acme/shop")
        assert struck.status == status
        assert words in struck.raw
    assert (await world.call("GET", "/repos/acme/shop")).json["name"] == "shop"
    assert fault.met == 2


@pytest.mark.parametrize("kind", ["301", "307"])
async def test_a_write_can_be_redirected_without_taking_effect(world: World, kind: str) -> None:
    path = f"/repos/acme/shop/issues/{world.pull().number}/comments"
    world.github.fault(f"POST {path}", kind)
    moved = await world.call("POST", path, {"body": "x"})
    assert moved.status == int(kind)
    there = moved.headers["Location"].removeprefix(world.github.url)
    assert (await world.call("POST", there, {"body": "x"})).status == 201
    assert len(world.shop.pull(1).comments) == 1


async def test_limits_tell_when_to_come_back(world: World) -> None:
    world.github.fault("GET *", "secondary-429", retry_after=7)
    assert (await world.call("GET", "/repos/acme/shop")).headers["Retry-After"] == "7"
    world.github.fault("GET *", "primary", reset_in=30)
    limited = await world.call("GET", "/repos/acme/shop")
    assert (limited.status, limited.headers["X-RateLimit-Remaining"]) == (403, "0")


async def test_an_answer_can_be_cut_short(world: World) -> None:
    world.github.fault("GET *", "truncated")
    with pytest.raises(json.JSONDecodeError):
        await world.call("GET", "/repos/acme/shop")


@pytest.mark.parametrize(("after", "written"), [(False, 0), (True, 1)])
async def test_a_connection_can_break_before_or_after_the_effect(world: World, after: bool, written: int) -> None:
    pull = world.pull()
    world.github.fault("POST *", "reset", after=after)
    with pytest.raises(aiohttp.ClientError):
        await world.call("POST", f"/repos/acme/shop/issues/{pull.number}/comments", {"body": "x"})
    assert len(pull.comments) == written


async def test_calls_are_counted_with_who_made_them(world: World) -> None:
    mark = world.github.mark()
    await world.call("GET", "/api/v3/repos/acme/shop")
    await world.query("{ viewer { login } }")
    seen = [(r.method, r.path, r.who, r.status) for r in world.github.requests_since(mark)]
    assert seen == [
        ("GET", "/repos/acme/shop", "countersign[bot]", 200),
        ("POST", "/graphql", "countersign[bot]", 200),
    ]


async def test_what_is_not_there_is_404_in_githubs_shape(world: World) -> None:
    reply = await world.call("GET", "/repos/acme/nothing")
    assert reply.status == 404
    assert reply.json == {
        "message": "Not Found",
        "documentation_url": "https://docs.github.com/rest",
        "status": "404",
    }


async def test_every_write_has_its_own_second_on_a_clock_that_stands_still() -> None:
    clock = Clock(datetime(2026, 11, 21, 9, 0, tzinfo=UTC))
    async with GitHub(clock) as github:
        alice = github.user("alice")
        issue = alice.repository("notes", {"a": "b"}).open_issue(alice, "One")
        times = [issue.comment(alice, str(n)).created_at for n in range(3)]
        assert times == sorted(set(times))
        assert clock.now() >= times[-1]
