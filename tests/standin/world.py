"""A small organisation on the stand-in, an app in it, and a client that calls as the app."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import jwt
from aiohttp import web
from yarl import URL

from tests.github_standin import App, GitHub, Installation, Organisation, PullRequest, Repository, User

PERMISSIONS = {"checks": "write", "contents": "read", "issues": "write", "members": "read", "pull_requests": "write"}
EVENTS = ("push", "pull_request", "pull_request_review", "issue_comment", "check_run", "merge_group")
SECRET = "a webhook secret"


@dataclass(frozen=True)
class Reply:
    status: int
    headers: Mapping[str, str]
    raw: bytes
    json: Any


@dataclass
class Arrived:
    """One webhook as the app received it."""

    event: str
    action: str | None
    id: str
    headers: dict[str, str]
    body: bytes
    payload: dict[str, Any]


@dataclass
class World:
    github: GitHub
    acme: Organisation
    alice: User
    bob: User
    shop: Repository
    app: App
    installation: Installation
    session: aiohttp.ClientSession
    arrived: list[Arrived] = field(default_factory=list)

    def pull(self, branch: str = "change", text: str = "two\n") -> PullRequest:
        self.shop.commit(branch, {"api.yml": text}, author=self.alice)
        return self.shop.open_pull_request(branch, self.alice, title="Change the API")

    def jwt(self, app: App | None = None, life: float = 300, **claims: Any) -> str:
        app = app or self.app
        now = int(self.github.clock.now().timestamp())
        return jwt.encode(
            {"iat": now - 60, "exp": int(now + life), "iss": str(app.id), **claims}, app.private_key_pem, "RS256"
        )

    def token(self) -> str:
        return self.installation.token({}).value

    async def call(self, method: str, path: str, body: Any = None, token: str | None = None, **headers: str) -> Reply:
        """As the installation unless another token is given; header names with _ for -."""
        sent = {"Authorization": f"Bearer {token or self.token()}"}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        url = URL(self.github.url + path, encoded=True)
        async with self.session.request(method, url, json=body, headers=sent, allow_redirects=False) as answer:
            raw = await answer.read()
            json = await answer.json() if answer.content_type == "application/json" and raw else None
            return Reply(answer.status, answer.headers, raw, json)

    async def query(self, document: str, **variables: Any) -> dict[str, Any]:
        reply = await self.call("POST", "/graphql", {"query": document, "variables": variables})
        assert reply.status == 200, reply
        answer: dict[str, Any] = reply.json
        return answer

    def heard(self, event: str) -> list[Arrived]:
        return [one for one in self.arrived if one.event == event]


@asynccontextmanager
async def a_world() -> AsyncIterator[World]:
    arrived: list[Arrived] = []

    async def receive(request: web.Request) -> web.Response:
        body = await request.read()
        payload = await request.json()
        event, id = request.headers["X-GitHub-Event"], request.headers["X-GitHub-Delivery"]
        arrived.append(Arrived(event, payload.get("action"), id, dict(request.headers), body, payload))
        return web.Response(status=202)

    receiver = web.Application()
    receiver.router.add_post("/webhook", receive)
    runner = web.AppRunner(receiver)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    hook = f"http://127.0.0.1:{runner.addresses[0][1]}/webhook"
    async with GitHub() as github, aiohttp.ClientSession() as session:
        acme = github.organisation("acme")
        alice, bob = github.user("alice"), github.user("bob")
        acme.member(alice, bob)
        shop = acme.repository("shop", {"api.yml": "one\n", "README.md": "# Shop\n"})
        shop.grant(alice, "push")
        app = github.app("Countersign", PERMISSIONS, EVENTS, hook, SECRET)
        installation = app.install(acme)
        yield World(github, acme, alice, bob, shop, app, installation, session, arrived)
    await runner.cleanup()
