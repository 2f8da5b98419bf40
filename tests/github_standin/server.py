"""HTTP: from a request to the answer, with limits, validators, redirects and faults on the way."""

from __future__ import annotations

import asyncio
import hashlib
import re
import secrets
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import orjson
from aiohttp import web

from tests.github_standin.faults import Fault
from tests.github_standin.graphql import endpoint
from tests.github_standin.pages import site
from tests.github_standin.requests import Request
from tests.github_standin.rest import access
from tests.github_standin.rest.calls import Answer, Call, Viewer
from tests.github_standin.rest.table import ROUTES
from tests.github_standin.world.refusals import Refused, not_found

if TYPE_CHECKING:
    from tests.github_standin.github import GitHub
    from tests.github_standin.world.repositories import Repository

LIMIT = 5_000
"""Requests an hour, for each installation or person."""

_PAGE = (
    "<!DOCTYPE html>\n<html><head><title>Unicorn! &middot; GitHub</title></head>"
    "<body><h1>We had issues producing the response to your request.</h1></body></html>\n"
)


def application(github: GitHub) -> web.Application:
    app = web.Application(client_max_size=64 * 1024 * 1024)
    server = _Server(github)
    app.router.add_route("*", "/{tail:.*}", server.answer)
    return app


class _Server:
    def __init__(self, github: GitHub) -> None:
        self._github = github
        self._used: dict[tuple[str, int], int] = {}

    async def answer(self, request: web.Request) -> web.StreamResponse:
        raw_path = request.rel_url.raw_path
        path = re.sub(r"^/api/v3(?=/|$)", "", raw_path)
        if path in ("/graphql", "/api/graphql"):
            path = "/graphql"
        elif raw_path == path and ROUTES.find(request.method, _addressed(path)) is None:
            page = site.page(self._github, request.method, path)
            if page is not None:
                return _response(page)
        return await self._api(request, path)

    async def _api(self, request: web.Request, path: str) -> web.StreamResponse:
        github = self._github
        body = await request.read()
        if github.latency:
            await asyncio.sleep(github.latency)
        named = re.search(rb"query (\w+)", body) if path == "/graphql" else None
        fault = github.faults.next(request.method, path, named[1].decode() if named else "")
        if fault is not None and fault.kind == "slow":
            await asyncio.sleep(float(fault.options.get("seconds", 1)))
        if fault is not None and fault.kind == "reset" and not fault.options.get("after"):
            return self._broken(request, path)
        viewer: Viewer = None
        parsed: Any = None
        try:
            viewer = access.viewer(github, request.headers.get("Authorization"))
            parsed = orjson.loads(body) if body else None
            answer = _struck(github, fault) or self._handled(request, path, parsed, viewer, fault)
            if fault is not None and "path" in fault.options:
                _lose(answer, fault.options)
        except orjson.JSONDecodeError:
            answer = _refusal(Refused(400, "Problems parsing JSON"))
        except Refused as refused:
            answer = _refusal(refused)
        if fault is not None and fault.kind == "reset":
            return self._broken(request, path)
        response = _response(answer)
        self._finish(request, response, answer, viewer)
        if fault is not None and fault.kind == "truncated" and isinstance(response.body, bytes):
            response.body = response.body[: len(response.body) // 2]
        who = access.name_of(viewer)
        headers = {name: value for name, value in request.headers.items() if name.lower() != "authorization"}
        query = request.rel_url.raw_query_string
        logged = Request(request.method, path, query, who, response.status, parsed, headers)
        github.log.add(logged)
        for observe in github.observers:
            observe(logged, answer if fault is None else None)
        return response

    def _broken(self, request: web.Request, path: str) -> web.StreamResponse:
        """The connection is gone before an answer."""
        query = request.rel_url.raw_query_string
        self._github.log.add(Request(request.method, path, query, "", 0))
        if request.transport is not None:
            request.transport.abort()
        return web.Response(status=500)

    def _handled(self, request: web.Request, path: str, parsed: Any, viewer: Viewer, fault: Fault | None) -> Answer:
        github = self._github
        stale = fault is not None and fault.kind == "stale"
        if path == "/graphql":
            return endpoint.answer(github, request.method, parsed, viewer, stale)
        found = ROUTES.find(request.method, _addressed(path))
        if found is None:
            raise not_found()
        route, params = found
        query = dict(request.query)
        call = Call(github, request.method, path, params, query, request.headers, viewer, parsed, stale)
        if "repo" in params:
            call.repository = self._repository(path, params)
            asked = f"{params['owner']}/{params['repo']}".lower()
            if asked != call.repository.full_name.lower() and not path.startswith("/repositories/"):
                access.check(call, route)
                return _moved(github, request, path, call.repository, 301 if request.method == "GET" else 307)
            if fault is not None and fault.kind in ("301", "307") and not path.startswith("/repositories/"):
                return _moved(github, request, path, call.repository, int(fault.kind))
        access.check(call, route)
        answer = route.handler(call)
        if route.needs and route.needs != "app":
            names, level = route.alternatives
            accepted = "; ".join(f"{name}={level}" for name in names)
            return Answer(
                answer.body,
                answer.status,
                {"X-Accepted-GitHub-Permissions": accepted, **answer.headers},
                answer.content_type,
            )
        return answer

    def _repository(self, path: str, params: dict[str, str]) -> Repository:
        github = self._github
        if path.startswith("/repositories/"):
            found = next((r for r in github.repositories if str(r.id) == params["repo"]), None)
        else:
            found = github.find_repository(params["owner"], params["repo"])
            found = found or github.moved.get(f"{params['owner']}/{params['repo']}".lower())
        if found is None:
            raise not_found()
        return found

    def _finish(self, request: web.Request, response: web.Response, answer: Answer, viewer: Viewer) -> None:
        now = int(self._github.clock.now().timestamp())
        hour = now - now % 3600
        who = access.name_of(viewer)
        if response.status == 200 and request.method == "GET" and isinstance(response.body, bytes):
            # Weak, and different for every token, as GitHub's are.
            salt = request.headers.get("Authorization", "") + request.headers.get("Accept", "")
            tag = f'W/"{hashlib.sha256(salt.encode() + response.body).hexdigest()}"'
            response.headers["ETag"] = tag
            if request.headers.get("If-None-Match") == tag:
                response.set_status(304)
                response.body = None
        if response.status != 304:
            self._used[who, hour] = self._used.get((who, hour), 0) + 1
        used = self._used.get((who, hour), 0)
        limits = {
            "X-RateLimit-Limit": str(LIMIT),
            "X-RateLimit-Remaining": str(max(LIMIT - used, 0)),
            "X-RateLimit-Used": str(used),
            "X-RateLimit-Reset": str(hour + 3600),
            "X-RateLimit-Resource": "graphql" if request.path.endswith("/graphql") else "core",
            "X-GitHub-Request-Id": secrets.token_hex(8).upper(),
            "X-GitHub-Media-Type": "github.v3; format=json",
        }
        for name, value in limits.items():
            response.headers.setdefault(name, value)


def _addressed(path: str) -> str:
    """/repositories/ID/… is /repos/OWNER/NAME/… by the id that no rename changes."""
    match = re.fullmatch(r"/repositories/(\d+)(/.*)?", path)
    return f"/repos/-/{match[1]}{match[2] or ''}" if match else path


def _moved(github: GitHub, request: web.Request, path: str, repo: Repository, status: int) -> Answer:
    """GitHub answers GET with 301, everything else with 307; both lead to the repository's id."""
    rest = path.split("/", 4)[4:]
    query = f"?{request.rel_url.raw_query_string}" if request.rel_url.raw_query_string else ""
    address = "/".join([f"{github.url}/repositories/{repo.id}", *rest]) + query
    body = {"message": "Moved Permanently", "url": address, "documentation_url": _GUIDELINES}
    return Answer(body, status, {"Location": address})


_GUIDELINES = "https://docs.github.com/rest/guides/best-practices-for-using-the-rest-api#follow-redirects"


def _struck(github: GitHub, fault: Fault | None) -> Answer | None:
    """The answer that a fault gives instead of the right one."""
    if fault is None:
        return None
    kind, options = fault.kind, fault.options
    if kind in ("500", "503", "html"):
        return Answer(_PAGE.encode(), 200 if kind == "html" else int(kind), content_type="text/html")
    if kind == "502":
        return Answer({"error": "Server Error"}, 502)
    if kind.startswith("secondary"):
        after = options.get("retry_after")
        headers = {} if after is None else {"Retry-After": str(after)}
        return _refusal(
            Refused(
                int(kind[-3:]),
                "You have exceeded a secondary rate limit. Please wait a few minutes before you try again.",
                documentation="https://docs.github.com/rest/overview/rate-limits-for-the-rest-api",
            ),
            headers,
        )
    if kind == "primary":
        reset = int(github.clock.now().timestamp() + options.get("reset_in", 60))
        headers = {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": str(reset)}
        return _refusal(Refused(403, "API rate limit exceeded for installation."), headers)
    words = {"401": "Bad credentials", "403": "Resource not accessible by integration", "404": "Not Found"}
    if kind in words:
        raise Refused(int(kind), words[kind])
    if kind == "422":
        raise Refused(422, str(options.get("message", "Validation Failed")))
    if kind == "graphql-error" and "path" not in options:
        message = options.get("message", "Something went wrong while executing your query.")
        return Answer({"data": None, "errors": [{"type": options.get("type"), "message": message}]})
    return None


def _lose(answer: Answer, options: Mapping[str, Any]) -> None:
    """Takes what lies at a path out of the data, and says why."""
    *above, last = path = list(options["path"])
    data = answer.body["data"]
    for key in above:
        data = data[key]
    data[last] = None
    message = options.get("message", "Something went wrong while executing your query.")
    answer.body.setdefault("errors", []).append({"type": options.get("type"), "path": path, "message": message})


def _refusal(refused: Refused, headers: dict[str, str] | None = None) -> Answer:
    body: dict[str, Any] = {"message": refused.message}
    if refused.errors is not None:
        body["errors"] = list(refused.errors)
    body |= {"documentation_url": refused.documentation, "status": str(refused.status)}
    return Answer(body, refused.status, headers or {})


def _response(answer: Answer) -> web.Response:
    body = answer.body
    if body is None:
        data = b""
    elif isinstance(body, bytes):
        data = body
    else:
        data = orjson.dumps(body)
    return web.Response(
        body=data,
        status=answer.status,
        headers=dict(answer.headers),
        content_type=answer.content_type,
        charset=None if answer.content_type == "application/octet-stream" else "utf-8",
    )
