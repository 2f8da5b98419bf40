"""The client under faults, on the stand-in and on a small server that answers whatever a test tells it to."""

from __future__ import annotations

import asyncio
import gzip
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from aiohttp import web

from bot.github.client import Client
from bot.github.errors import (
    Forbidden,
    ForeignHost,
    GitHubError,
    GraphQLRefused,
    NotFound,
    RateLimited,
    Refused,
    Unavailable,
    Unprocessable,
)
from bot.github.http import Answer, Host
from bot.github.transport import Timeouts, Transport

TOKEN = "ghs_secret"


class Authorized:
    """Always the same token."""

    async def header(self) -> str:
        return f"token {TOKEN}"

    async def try_again(self, sent: str, answer: Answer, tried: int) -> bool:
        return False


Reply = Callable[[web.Request], web.StreamResponse]


@dataclass
class Server:
    """Answers with `replies`, one after the other; the last one again and again."""

    replies: list[Reply] = field(default_factory=list)
    seen: list[tuple[str, str, bytes]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    now: datetime = datetime(2026, 11, 21, 5, 0, tzinfo=UTC)
    slept: list[float] = field(default_factory=list)
    url: str = ""
    client: Client = field(init=False)

    async def answer(self, request: web.Request) -> web.StreamResponse:
        self.seen.append((request.method, request.path_qs, await request.read()))
        self.headers.append({name.lower(): value for name, value in request.headers.items()})
        reply = self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]
        response = reply(request)
        if isinstance(response, Broken):
            assert request.transport is not None
            request.transport.abort()
        return response

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += timedelta(seconds=seconds)


class Broken(web.Response):
    """The connection is reset instead."""


@asynccontextmanager
async def serving(*replies: Reply, timeouts: Timeouts | None = None) -> AsyncIterator[Server]:
    server = Server(list(replies))
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", server.answer)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    server.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    async with Transport.open(Host(server.url), timeouts) as transport:
        server.client = Client(transport, Authorized(), now=lambda: server.now, sleep=server.sleep, chance=lambda: 0.0)
        try:
            yield server
        finally:
            await runner.cleanup()


def ok(value: object, status: int = 200, **headers: str) -> Reply:
    names = {name.replace("_", "-"): text for name, text in headers.items()}
    return lambda request: web.json_response(value, status=status, headers=names)


def page(status: int) -> Reply:
    return lambda request: web.Response(text="<html>Unicorn!</html>", content_type="text/html", status=status)


def broken(request: web.Request) -> web.StreamResponse:
    return Broken()


def truncated(request: web.Request) -> web.StreamResponse:
    return web.Response(body=b'[{"id": 1}, {"id": ', content_type="application/json")


@pytest.mark.parametrize("fault", [page(500), page(502), page(503), page(200), truncated, broken, ok({}, 599)])
@pytest.mark.parametrize("method", ["GET", "PATCH", "DELETE"])
async def test_what_is_safe_to_repeat_is_repeated(fault: Reply, method: str) -> None:
    async with serving(fault, fault, ok({"id": 1})) as server:
        match method:
            case "GET":
                assert await server.client.getitem("/thing") == {"id": 1}
            case "PATCH":
                assert await server.client.patch("/thing", data={"a": 1}) == {"id": 1}
            case _:
                await server.client.delete("/thing")
        assert len(server.seen) == 3
        # aiohttp itself repeats a read or a deletion once, at once, when a kept connection breaks.
        assert server.slept in ([0.5, 1.0], [0.5])


@pytest.mark.parametrize("fault", [page(500), page(502), page(200), truncated, broken])
async def test_a_creation_is_never_repeated_blindly(fault: Reply) -> None:
    async with serving(fault) as server:
        with pytest.raises(Unavailable) as caught:
            await server.client.post("/repos/a/b/issues/1/comments", data={"body": "x"})
        assert caught.value.may_have_happened
        assert len(server.seen) == 1


async def test_a_creation_whose_repetition_changes_nothing_is_repeated() -> None:
    async with serving(broken, ok([])) as server:
        await server.client.post("/repos/a/b/issues/1/labels", data={"labels": ["x"]})
        assert len(server.seen) == 2


async def test_added_annotations_are_not_repeated_blindly() -> None:
    async with serving(broken) as server:
        with pytest.raises(Unavailable) as caught:
            await server.client.patch("/repos/a/b/check-runs/1", data={"output": {"annotations": [{}]}})
        assert caught.value.may_have_happened
        assert len(server.seen) == 1


async def test_a_creation_that_never_reached_github_is_repeated() -> None:
    async with serving(ok({"id": 1})) as server:
        nowhere = Transport.open(Host("http://127.0.0.1:9"), Timeouts(connect=1))
        async with nowhere as transport:
            client = Client(transport, Authorized(), now=lambda: server.now, sleep=server.sleep, chance=lambda: 0.0)
            with pytest.raises(Unavailable) as caught:
                await client.post("/repos/a/b/issues/1/comments", data={"body": "x"})
        assert not caught.value.may_have_happened
        assert server.slept == [0.5, 1.0, 2.0, 4.0]


async def test_an_outage_ends_in_an_error_that_names_the_call_and_no_token() -> None:
    async with serving(ok({}, 502, X_GitHub_Request_Id="AB:12")) as server:
        with pytest.raises(Unavailable) as caught:
            await server.client.getitem("/repos/a/b?secret=1")
        assert str(caught.value) == "GET /repos/a/b 502 (request AB:12): GitHub has trouble"
        assert caught.value.call.status == 502
        assert TOKEN not in repr(caught.value)


async def test_a_slow_answer_is_given_up_and_asked_again() -> None:
    calls = iter([True, False])

    async def slow(request: web.Request) -> web.StreamResponse:
        if next(calls):
            await asyncio.sleep(0.5)
        return web.json_response({"id": 1})

    app = web.Application()
    app.router.add_get("/thing", slow)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    host = Host(f"http://127.0.0.1:{runner.addresses[0][1]}")
    server = Server()
    async with Transport.open(host, Timeouts(total=0.1)) as transport:
        client = Client(transport, Authorized(), now=lambda: server.now, sleep=server.sleep)
        assert await client.getitem("/thing") == {"id": 1}
    await runner.cleanup()


@pytest.mark.parametrize(
    ("limit", "waits"),
    [
        (ok({"message": "You have exceeded a secondary rate limit"}, 403, Retry_After="7"), 7.0),
        (ok({"message": "Slow down"}, 429, Retry_After="7"), 7.0),
        (ok({"message": "Slow down"}, 429), 60.0),
        (ok({"message": "You have exceeded a secondary rate limit"}, 403, X_RateLimit_Remaining="4000"), 60.0),
        (ok({"message": "You have triggered an abuse detection mechanism"}, 403), 60.0),
        (ok({"message": "Slow down"}, 429, Retry_After="Sat, 21 Nov 2026 05:00:30 GMT"), 30.0),
        (
            ok(
                {"message": "API rate limit exceeded for installation ID 1"},
                403,
                X_RateLimit_Remaining="0",
                X_RateLimit_Reset=str(int(datetime(2026, 11, 21, 5, 0, 20, tzinfo=UTC).timestamp())),
            ),
            21.0,
        ),
    ],
)
async def test_a_short_limit_is_waited_for_whatever_the_call(limit: Reply, waits: float) -> None:
    async with serving(limit, ok({"id": 1})) as server:
        assert await server.client.post("/repos/a/b/issues/1/comments", data={}) == {"id": 1}
        assert server.slept == [waits]
        assert len(server.seen) == 2


async def test_a_long_limit_is_handed_on_and_nothing_is_asked_until_it_ends() -> None:
    reset = datetime(2026, 11, 21, 5, 50, tzinfo=UTC)
    limit = ok({}, 403, X_RateLimit_Remaining="0", X_RateLimit_Reset=str(int(reset.timestamp())))
    async with serving(limit, ok({"id": 1})) as server:
        with pytest.raises(RateLimited) as caught:
            await server.client.getitem("/thing")
        assert caught.value.until == reset + timedelta(seconds=1)
        with pytest.raises(RateLimited):
            await server.client.getitem("/other")
        assert len(server.seen) == 1
        server.now = reset + timedelta(seconds=2)
        assert await server.client.getitem("/thing") == {"id": 1}


async def test_a_refusal_for_a_missing_permission_is_no_limit() -> None:
    async with serving(ok({"message": "Resource not accessible by integration"}, 403)) as server:
        with pytest.raises(Forbidden):
            await server.client.getitem("/thing")
        assert server.slept == []


@pytest.mark.parametrize("status", [301, 302, 307, 308])
async def test_a_redirected_post_stays_a_post_with_its_body(status: int) -> None:
    moved = ok({"message": "Moved Permanently"}, status, Location="/repositories/7/issues/1/comments")
    async with serving(moved, ok({"id": 1}, 201)) as server:
        assert await server.client.post("/repos/a/b/issues/1/comments", data={"body": "x"}) == {"id": 1}
        assert server.seen[1] == ("POST", "/repositories/7/issues/1/comments", b'{"body": "x"}')


@pytest.mark.parametrize("where", ["http://evil.example.com/x", "https://127.0.0.1/x", "//evil.example.com/x"])
async def test_no_token_ever_goes_to_another_host(where: str) -> None:
    async with serving(ok({}, 307, Location=where)) as server:
        with pytest.raises(ForeignHost):
            await server.client.post("/thing", data={})
        assert len(server.seen) == 1
        if "//evil" not in where[:6]:
            with pytest.raises(ForeignHost):
                await server.client.getitem(where)
        assert len(server.seen) == 1


async def test_a_next_page_on_another_host_is_refused() -> None:
    async with serving(ok([1], Link='<http://evil.example.com/?page=2>; rel="next"')) as server:
        found = []
        with pytest.raises(ForeignHost):
            async for item in server.client.getiter("/list"):
                found.append(item)
        assert found == [1]


async def test_redirects_in_a_circle_end() -> None:
    async with serving(ok({}, 301, Location="/thing")) as server:
        with pytest.raises(Refused):
            await server.client.getitem("/thing")
        assert len(server.seen) == 5


async def test_what_has_not_changed_is_not_sent_again() -> None:
    def conditional(request: web.Request) -> web.StreamResponse:
        if request.headers.get("If-None-Match") == 'W/"1"':
            return web.Response(status=304)
        return web.json_response({"id": 1}, headers={"ETag": 'W/"1"'})

    async with serving(conditional) as server:
        assert await server.client.getitem("/thing") == {"id": 1}
        assert await server.client.getitem("/thing") == {"id": 1}
        assert [headers.get("if-none-match") for headers in server.headers] == [None, 'W/"1"']
        await server.client.getitem("/thing", accept="application/vnd.github.object+json")
        assert server.headers[2].get("if-none-match") is None


async def test_raw_files_are_bytes_and_are_not_kept() -> None:
    def raw(request: web.Request) -> web.StreamResponse:
        return web.Response(
            body=gzip.compress(b"\xff\x00\xfe"),
            content_type="application/octet-stream",
            headers={"ETag": '"1"', "Content-Encoding": "gzip"},
        )

    async with serving(raw) as server:
        where = {"path": "a b/ü#?.yaml"}
        assert await server.client.raw("/contents/{path}", where) == b"\xff\x00\xfe"
        assert server.seen[0][1] == "/contents/a%20b%2F%C3%BC%23%3F.yaml"
        await server.client.raw("/contents/{path}", where)
        assert "if-none-match" not in server.headers[1]


async def test_an_answer_without_end_is_cut_off() -> None:
    async with serving(lambda request: web.Response(body=b"x" * 5_000)) as server:
        with pytest.raises(Unavailable):
            await server.client.raw("/big", {}, max_bytes=1_000)


@pytest.mark.parametrize(
    ("errors", "said"),
    [
        (["Plain words"], "Validation Failed; Plain words"),
        ("One text", "Validation Failed; One text"),
        (None, "Validation Failed"),
        ([{"resource": "Label", "code": "already_exists", "field": "name"}], "Label name already_exists"),
        ([{"message": "Body is too long"}], "Body is too long"),
    ],
)
async def test_refusals_are_read_in_every_form_github_gives_them(errors: object, said: str) -> None:
    async with serving(ok({"message": "Validation Failed", "errors": errors}, 422)) as server:
        with pytest.raises(Unprocessable, match=said):
            await server.client.post("/thing", data={})


async def test_a_refusal_that_is_a_page_is_still_a_refusal() -> None:
    async with serving(page(404)) as server:
        with pytest.raises(NotFound):
            await server.client.getitem("/thing")


async def test_a_query_gives_partial_data_with_the_reasons_for_its_gaps() -> None:
    error = {"type": "NOT_FOUND", "path": ["team0"], "message": "No such team"}
    async with serving(ok({"data": {"team0": None, "user0": {"login": "bob"}}, "errors": [error]})) as server:
        answered = await server.client.query("query { x }", {"a": 1})
        assert answered.data["user0"] == {"login": "bob"}
        assert [problem.type for problem in answered.problems] == ["NOT_FOUND"]
        assert json.loads(server.seen[0][2]) == {"query": "query { x }", "variables": {"a": 1}}


async def test_a_gap_that_is_no_answer_is_asked_for_again() -> None:
    broken = {"type": None, "path": ["team0"], "message": "Something went wrong while executing your query."}
    gap = ok({"data": {"team0": None}, "errors": [broken]})
    async with serving(gap, ok({"data": {"team0": {"slug": "council"}}})) as server:
        assert (await server.client.query("query { x }")).data == {"team0": {"slug": "council"}}
    async with serving(ok({"data": {"team0": None}, "errors": [{**broken, "type": "X", "message": "?"}]})) as server:
        with pytest.raises(GraphQLRefused):
            await server.client.query("query { x }")


async def test_a_query_without_data_is_an_error() -> None:
    async with serving(ok({"errors": [{"type": "FORBIDDEN", "message": "No"}]})) as server:
        with pytest.raises(GraphQLRefused) as caught:
            await server.client.query("query { x }")
        assert caught.value.types == {"FORBIDDEN"}


async def test_a_query_that_timed_out_at_github_is_asked_again() -> None:
    failed = {"data": None, "errors": [{"message": "Something went wrong while executing your query."}]}
    async with serving(ok(failed), page(502), ok({"data": {"x": 1}})) as server:
        assert (await server.client.query("query { x }")).data == {"x": 1}


async def test_a_query_that_is_limited_waits() -> None:
    limited = {"data": None, "errors": [{"type": "RATE_LIMITED", "message": "API rate limit exceeded"}]}
    async with serving(ok(limited, Retry_After="9"), ok({"data": {"x": 1}})) as server:
        assert (await server.client.query("query { x }")).data == {"x": 1}
        assert server.slept == [9.0]


async def test_writes_stay_below_githubs_bound_for_a_minute() -> None:
    async with serving(ok({"id": 1})) as server:
        for _ in range(61):
            await server.client.patch("/thing", data={})
        assert server.slept == [60.0]


async def test_texts_with_half_a_surrogate_pair_are_read() -> None:
    def half(request: web.Request) -> web.StreamResponse:
        return web.Response(body=b'{"body": "\\ud83d"}', content_type="application/json")

    async with serving(half) as server:
        assert await server.client.getitem("/thing") == {"body": "\ud83d"}


@pytest.mark.parametrize(
    ("api", "graphql"),
    [
        ("https://api.github.com", "https://api.github.com/graphql"),
        ("https://github.acme.com/api/v3/", "https://github.acme.com/api/graphql"),
        ("https://api.acme.ghe.com", "https://api.acme.ghe.com/graphql"),
    ],
)
def test_every_kind_of_github_has_its_addresses(api: str, graphql: str) -> None:
    assert Host(api).graphql_url == graphql


@pytest.mark.parametrize("address", ["api.github.com", "ftp://x", "https://", "https://x/?a=1", ""])
def test_an_address_that_is_none_is_refused(address: str) -> None:
    with pytest.raises(ValueError, match=r"api\.github\.com"):
        Host(address)


async def test_every_error_of_the_client_is_one_of_ours() -> None:
    for reply in (page(404), page(500), ok({}, 409), ok({}, 418), ok({}, 451)):
        async with serving(reply) as server:
            with pytest.raises(GitHubError):
                await server.client.getitem("/thing")
