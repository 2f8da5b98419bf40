"""A small organisation on the stand-in, and the bot's own client for it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime

from bot.github.app import GitHubApp
from bot.github.client import Client
from bot.github.credentials import AppKey
from bot.github.http import Host
from bot.github.permissions import EVENTS, PERMISSIONS
from bot.github.pull import PullRequestState
from bot.github.snapshot import Told, look
from bot.github.transport import Timeouts, Transport
from bot.review.stamp import Stamp
from tests.github_standin.clock import Clock
from tests.github_standin.github import GitHub
from tests.github_standin.requests import Request
from tests.github_standin.world.apps import App, Installation
from tests.github_standin.world.git import Content
from tests.github_standin.world.pulls import PullRequest
from tests.github_standin.world.repositories import Repository

REGISTRY = ".github/contracts.yml"
STAMP = Stamp("1/1", (b"a key of ours",))
START = datetime(2026, 11, 21, 5, 0, tzinfo=UTC)


@dataclass
class World:
    """`slept` are the seconds that the bot waited; the world's clock moved on by them."""

    github: GitHub
    registered: App
    installed: Installation
    repo: Repository
    app: GitHubApp
    slept: list[float] = field(default_factory=list)

    @property
    def client(self) -> Client:
        return self.app.installation(self.installed.id)

    def open(self, files: Mapping[str, Content | None], author: str = "alice", branch: str = "change") -> PullRequest:
        """A pull request by `author` with one commit."""
        user = self.github.user(author)
        self.repo.grant(user, "push")
        self.repo.commit(branch, files, author=user, message="Change it")
        return self.repo.open_pull_request(head=branch, base="main", author=user, title="A change")

    async def look(
        self, pull: PullRequest, told: Told | None = None, at_base: tuple[str, ...] = (REGISTRY,)
    ) -> PullRequestState:
        return await look(self.client, self.repo.full_name, pull.number, app_id=self.app.id, told=told, at_base=at_base)

    def calls(self, mark: int) -> list[Request]:
        """What was asked since, without the token."""
        return [r for r in self.github.requests_since(mark) if not r.path.endswith("/access_tokens")]


@asynccontextmanager
async def world(timeouts: Timeouts | None = None) -> AsyncIterator[World]:
    clock = Clock(START)
    async with GitHub(clock=clock) as github:
        acme = github.organisation("acme")
        acme.member(github.user("alice"), github.user("bob"))
        repo = acme.repository(
            "shop", {REGISTRY: "contracts: []\n", "openapi.yaml": "openapi: 3.0.3\n", "README.md": "Shop\n"}
        )
        registered = github.app("countersign", dict(PERMISSIONS), sorted(EVENTS))
        installed = registered.install(acme)
        host = Host(f"{github.url}/api/v3")
        slept: list[float] = []

        async def sleep(seconds: float) -> None:
            slept.append(seconds)
            clock.advance(seconds)

        async with Transport.open(host, timeouts) as transport:
            key = AppKey(registered.id, registered.private_key_pem, clock.now)
            app = GitHubApp(transport, key, now=clock.now, sleep=sleep, chance=lambda: 0.0)
            yield World(github, registered, installed, repo, app, slept)
