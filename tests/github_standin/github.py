"""The stand-in itself: everything there is, and what people do with it."""

from __future__ import annotations

import asyncio
import itertools
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from types import TracebackType

from aiohttp import web

from tests.github_standin.clock import Clock, Stamps, Ticking
from tests.github_standin.faults import Fault, Faults
from tests.github_standin.requests import Request, RequestLog
from tests.github_standin.rest.calls import Answer
from tests.github_standin.server import application
from tests.github_standin.webhooks.events import Events
from tests.github_standin.webhooks.post import Delivery, Post
from tests.github_standin.world import checks
from tests.github_standin.world.accounts import Organisation, Owner, User
from tests.github_standin.world.apps import App, Installation, Token, key_of
from tests.github_standin.world.git import WEB_FLOW, Content, Git
from tests.github_standin.world.repositories import Repository

Observer = Callable[[Request, Answer | None], None]
"""Is given a request and its answer; None when a fault struck."""


class GitHub:
    """`async with GitHub() as github:` serves REST, GraphQL and pages at `github.url` until the block ends.

    clock: shared with the bot when given; every write takes a second of it.
    latency: seconds that every API answer takes longer.
    """

    def __init__(self, clock: Ticking | None = None, host: str = "127.0.0.1", port: int = 0) -> None:
        self.clock: Ticking = clock or Clock()
        self.latency = 0.0
        self.url = ""
        self.users: list[User] = []
        self.web_flow = User(self, 19864447, "web-flow", "GitHub Web Flow", self.clock.now())
        self.organisations: list[Organisation] = []
        self.repositories: list[Repository] = []
        self.apps: list[App] = []
        self.tokens: dict[str, Token] = {}
        self.user_tokens: dict[str, User] = {}
        self.signed: set[str] = set()
        """Commits that GitHub made for a button, and signed."""
        self.is_slow_to_link = False
        """Which merged pull request brought a commit is known some time after the merge (apache/texera#4620)."""
        self.moved: dict[str, Repository] = {}
        self.post = Post()
        self.events = Events(self)
        self.faults = Faults()
        self.log = RequestLog()
        self.observers: list[Observer] = []
        """Told of every exchange of the API, for those who judge them."""
        self._stamps = Stamps(self.clock)
        self._ids = itertools.count(1001)
        self._host, self._port = host, port
        self._folder = tempfile.TemporaryDirectory(prefix="github-", ignore_cleanup_errors=True)
        self._runner: web.AppRunner | None = None

    # Running

    async def __aenter__(self) -> GitHub:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def start(self) -> None:
        self._runner = web.AppRunner(application(self), access_log=None, handle_signals=False, shutdown_timeout=1)
        await self._runner.setup()
        await web.TCPSite(self._runner, self._host, self._port).start()
        self._port = self._runner.addresses[0][1]
        self.url = f"http://{self._host}:{self._port}"

    async def close(self) -> None:
        await self.post.close()
        if self._runner is not None:
            await self._runner.cleanup()
        await asyncio.to_thread(self._folder.cleanup)

    @property
    def api_url(self) -> str:
        """The base address of REST, as a GitHub Enterprise Server has it. `url` itself serves it too."""
        return f"{self.url}/api/v3"

    @property
    def host(self) -> str:
        return f"{self._host}:{self._port}"

    def stamp(self) -> datetime:
        """The time of a write: whole seconds, later than any before."""
        return self._stamps.next()

    def next_id(self) -> int:
        return next(self._ids)

    # Who there is

    def user(self, login: str, name: str | None = None) -> User:
        """The person of that login, signed up now if there is none."""
        found = self.find_user(login)
        if found is None:
            found = User(self, self.next_id(), login, name or login.capitalize(), self.stamp())
            self.users.append(found)
        return found

    def organisation(self, login: str) -> Organisation:
        found = self.find_organisation(login)
        if found is None:
            found = Organisation(self, self.next_id(), login, self.stamp())
            self.organisations.append(found)
        return found

    def app(
        self,
        name: str,
        permissions: Mapping[str, str],
        events: Sequence[str],
        webhook_url: str = "",
        webhook_secret: str = "",
        owner: Owner | None = None,
    ) -> App:
        """Registers an app. Its `webhook_url` may be set later, when the bot's port is known."""
        slug = name.lower().replace(" ", "-")
        now = self.stamp()
        bot = User(self, self.next_id(), f"{slug}[bot]", name, now, "Bot")
        self.users.append(bot)
        app = App(
            github=self,
            id=self.next_id(),
            slug=slug,
            name=name,
            owner=owner or (self.organisations[0] if self.organisations else self.user("app-owner")),
            permissions={"metadata": "read", **permissions},
            events=tuple(events),
            webhook_url=webhook_url,
            webhook_secret=webhook_secret,
            bot=bot,
            created_at=now,
            hook_id=self.next_id(),
            key=key_of(len(self.apps)),
        )
        self.apps.append(app)
        return app

    def installations(self) -> Iterator[Installation]:
        return (installation for app in self.apps for installation in list(app.installations))

    def find_user(self, login: str) -> User | None:
        return next((u for u in self.users if u.login.lower() == login.lower()), None)

    def find_organisation(self, login: str) -> Organisation | None:
        return next((o for o in self.organisations if o.login.lower() == login.lower()), None)

    def account_by_email(self, email: str) -> User | None:
        """GitHub's way from a commit to an account; what buttons commit is by the account `web-flow`."""
        if email == WEB_FLOW.email:
            return self.web_flow
        return next((u for u in self.users if u.email == email), None)

    def remove_user(self, user: User) -> None:
        self.users.remove(user)
        for repo in self.repositories:
            for issue in repo.issues.values():
                if issue.author is user:
                    issue.author = None
                for comment in issue.comments:
                    if comment.author is user:
                        comment.author = None
            for pull in repo.pulls:
                pull.head_owner = None if pull.head_owner is user else pull.head_owner
                pull.requested_users = [u for u in pull.requested_users if u is not user]
                for review in pull.reviews:
                    if review.author is user:
                        review.author = None

    def forget_tokens(self, installation: Installation) -> None:
        self.tokens = {value: token for value, token in self.tokens.items() if token.installation is not installation}

    # Repositories

    def create_repository(self, owner: Owner, name: str, files: Mapping[str, Content], private: bool) -> Repository:
        """`files` are the first commit on main; without any, the repository is empty."""
        repo = self._new_repository(owner, name, private, None)
        if files:
            sha = repo.make_commit(dict(files), (), WEB_FLOW, "Initial commit")
            repo.branches[repo.default_branch] = sha
            repo.git.keep(f"refs/heads/{repo.default_branch}", sha)
        return repo

    def _new_repository(self, owner: Owner, name: str, private: bool, parent: Repository | None) -> Repository:
        id = self.next_id()
        git = Git(Path(self._folder.name) / f"{id}.git")
        repo = Repository(self, id, owner, name, private, self.stamp(), git, parent)
        repo.git.point_head(repo.default_branch)
        self.repositories.append(repo)
        return repo

    def fork(self, repo: Repository, user: User) -> Repository:
        fork = self._new_repository(user, repo.name, repo.private, repo)
        for branch, sha in repo.branches.items():
            fork.git.take_from(repo.git, f"refs/heads/{branch}")
            fork.branches[branch] = sha
            fork.git.keep(f"refs/heads/{branch}", sha)
        return fork

    def find_repository(self, owner: str, name: str) -> Repository | None:
        wanted = f"{owner}/{name}".lower()
        return next((r for r in self.repositories if r.full_name.lower() == wanted), None)

    def move(self, repo: Repository, owner: Owner, name: str, user: User) -> None:
        before = repo.full_name
        self.moved[before.lower()] = repo
        renamed = owner is repo.owner
        changes = {"repository": {"name": {"from": repo.name}}} if renamed else {}
        repo.owner, repo.name = owner, name
        self.events.repository(repo, "renamed" if renamed else "transferred", user, changes)

    def delete_repository(self, repo: Repository, user: User) -> None:
        self.events.repository(repo, "deleted", user)
        self.repositories.remove(repo)
        for pull in [p for r in self.repositories for p in r.pulls if p.head_repo is repo]:
            pull.head_repo = None
            if pull.state == "open":
                pull.close(user)

    def request_suites(self, repo: Repository, branch: str, sha: str, pusher: User) -> None:
        """A push opens a check suite for every app that writes checks."""
        for installation in self.installations():
            if installation.covers(repo) and installation.grants("checks", "write"):
                suite = checks.suite_of(repo, installation.app, sha)
                suite.head_branch = suite.head_branch or branch
                self.events.check_suite(suite, "requested", pusher)

    # Webhooks

    @property
    def deliveries(self) -> list[Delivery]:
        return self.post.log

    async def settled(self) -> None:
        """Every webhook was answered (what the bot does after its answer is the bot's to wait for)."""
        await self.post.settled()

    def redeliver(self, delivery: Delivery) -> None:
        self.post.redeliver(delivery)

    def hold_webhooks(self) -> None:
        self.post.hold()

    def release_webhooks(self, order: Callable[[list[Delivery]], Sequence[Delivery]] = list) -> None:
        self.post.release(order)

    def lose_webhooks(self, count: int = 1) -> None:
        self.post.lose_next(count)

    def repeat_webhooks(self, count: int = 1) -> None:
        self.post.repeat_next(count)

    # Faults and counting

    def fault(self, route: str, kind: str, times: int = 1, **options: object) -> Fault:
        """The next `times` calls whose "METHOD /path" matches the glob `route` go wrong; see faults.KINDS."""
        return self.faults.add(route, kind, times, options)

    @property
    def requests(self) -> list[Request]:
        return self.log.all

    def mark(self) -> int:
        return len(self.log.all)

    def requests_since(self, mark: int) -> list[Request]:
        return self.log.all[mark:]
