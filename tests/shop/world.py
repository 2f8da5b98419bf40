"""Who works at acme, what they own, and how they change it."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from bot.github.permissions import EVENTS, PERMISSIONS
from tests.github_standin import (
    App,
    CheckRun,
    Comment,
    GitHub,
    Installation,
    Organisation,
    PullRequest,
    Repository,
    Team,
    Ticking,
    User,
)
from tests.github_standin.github import Observer
from tests.github_standin.world.git import Content
from tests.shop.bot import Bot, running

FILES = Path(__file__).parent / "files"
SPEC = "api/openapi.yaml"
REGISTRY = ".github/contracts.yml"
SECRET = "the webhook secret of the shop, long enough to be one"


def spec() -> str:
    return (FILES / "openapi.yaml").read_text()


def registry() -> str:
    return (FILES / "contracts.yml").read_text()


def without_email(text: str) -> str:
    """The breaking change of the story: the customer's e-mail address is no longer returned."""
    removed = text.replace("        email:\n          type: string\n          format: email\n", "").replace(
        "required: [id, email]", "required: [id]"
    )
    assert removed != text
    return removed


def with_phone(text: str) -> str:
    """A compatible change: one more optional property in what is returned."""
    added = text.replace(
        "        display_name:\n          type: string\n",
        "        display_name:\n          type: string\n        phone:\n          type: string\n",
    )
    assert added != text
    return added


def with_required_currency(text: str) -> str:
    """Another breaking change: whoever places an order has to say in which currency."""
    added = text.replace("required: [customer_id, items]", "required: [customer_id, items, currency]").replace(
        "        customer_id:\n          type: string\n          format: uuid\n",
        "        customer_id:\n          type: string\n          format: uuid\n"
        "        currency:\n          type: string\n",
    )
    assert added != text
    return added


@dataclass
class Shop:
    """acme: `orders` is produced by olga and oskar, used by checkout (chris) and the warehouse (wanda); dana and devi
    decide about compatibility; mallory may push, and owns nothing.
    """

    github: GitHub
    app: App
    installation: Installation
    acme: Organisation
    orders: Repository
    teams: dict[str, Team]
    bot: Bot
    folder: Path
    skips_waits: bool = False
    _running: AsyncExitStack = field(default_factory=AsyncExitStack, repr=False)

    def __getattr__(self, login: str) -> User:
        user = self.github.find_user(login)
        if user is None:
            raise AttributeError(login)
        return user

    async def propose(
        self, branch: str, files: Mapping[str, Content | None], author: User, title: str = "Change"
    ) -> PullRequest:
        """Push a branch with one commit and open a pull request onto main; waits for the bot."""
        self.orders.commit(branch, files, author=author, message=title)
        pull = self.orders.open_pull_request(branch, author, title=title)
        await self.bot.settled()
        return pull

    async def push(self, pull: PullRequest, files: Mapping[str, Content | None], author: User, message: str) -> None:
        self.orders.commit(pull.head_branch, files, author=author, message=message)
        await self.bot.settled()

    async def on_main(self, files: Mapping[str, Content | None]) -> None:
        """The administrator pushes to main."""
        self.orders.commit("main", files, author=self.ada, message="Straight to main")
        await self.bot.settled()

    async def restart(self, *, forget: bool = False, environ: Mapping[str, str] | None = None) -> None:
        """Stops the bot and starts it again; `forget`: its database is lost meanwhile."""
        await self.stop()
        if forget:
            for file in self.folder.glob("countersign.db*"):
                file.unlink()
        await self.start(environ)

    async def stop(self) -> None:
        await self._running.aclose()

    async def start(self, environ: Mapping[str, str] | None = None) -> None:
        bot = running(self.github, self.app, self.folder, environ=environ, skips_waits=self.skips_waits)
        self.bot = await self._running.enter_async_context(bot)
        await self.bot.settled()

    async def say(self, pull: PullRequest, user: User, body: str) -> Comment:
        comment = pull.comment(user, body)
        await self.bot.settled()
        return comment

    @contextmanager
    def losing_webhooks(self) -> Iterator[None]:
        """What happens inside is never told to the bot."""
        self.github.hold_webhooks()
        yield
        self.github.release_webhooks(lambda _: [])

    def verdict(self, pull: PullRequest) -> str | None:
        """The conclusion of our newest check run on the head that was not withdrawn."""
        runs = [run for run in self.checks(pull) if run.conclusion != "cancelled"]
        return runs[-1].conclusion if runs else None

    def may_merge(self, pull: PullRequest) -> bool:
        """What the merge box says: is the required check there, and does it pass?"""
        return pull.may_merge

    def checks(self, pull: PullRequest) -> list[CheckRun]:
        return [run for run in self.orders.check_runs if run.head_sha == pull.head_sha and run.app is self.app]

    def comment(self, pull: PullRequest) -> str:
        """The one comment that shows the decision."""
        (ours,) = [c for c in pull.comments if c.author is self.app.bot and "<!-- countersign:v1" in c.body]
        return ours.body

    def ids(self, pull: PullRequest) -> list[str]:
        """The ids of the findings that need a signature, in the order in which the comment shows them."""
        shown = self.comment(pull).partition("#### Changes to")[2].partition("#### Signatures")[0]
        return list(dict.fromkeys(re.findall(r"(?:🔴|🟣|✅).* (?:`|<code>)([0-9a-f]{10})(?:`|</code>)", shown)))

    def replies(self, pull: PullRequest) -> list[str]:
        return [c.body for c in pull.comments if c.author is self.app.bot and "countersign-reply" in c.body]


_TEAMS = {
    "orders": ("olga", "oskar"),
    "checkout": ("chris",),
    "warehouse": ("wanda",),
    "api-council": ("dana", "devi"),
}


def organised(
    github: GitHub, files: Mapping[str, Content] | None = None
) -> tuple[App, Installation, Repository, dict[str, Team]]:
    """The people, their repository, and the App installed, but nobody behind it yet."""
    acme = github.organisation("acme")
    teams = {}
    for name, logins in _TEAMS.items():
        members = [github.user(login) for login in logins]
        acme.member(*members)
        teams[name] = acme.team(name, members)
    orders = acme.repository("orders", files or {SPEC: spec(), REGISTRY: registry(), "README.md": "# Orders\n"})
    orders.grant(teams["orders"], "push")
    for name in ("checkout", "warehouse", "api-council"):
        orders.grant(teams[name], "pull")
    orders.grant(github.user("mallory"), "push")
    acme.owner(github.user("ada"))
    app = github.app("Countersign", dict(PERMISSIONS), sorted(EVENTS), webhook_secret=SECRET)
    installation = app.install(acme)
    orders.require_check("countersign", app)
    return app, installation, orders, teams


@asynccontextmanager
async def open_shop(
    folder: Path,
    *,
    clock: Ticking | None = None,
    port: int = 0,
    files: Mapping[str, Content] | None = None,
    observers: Sequence[Observer] = (),
    skips_waits: bool = False,
) -> AsyncIterator[Shop]:
    """The organisation as it stands before anybody proposes anything. `files`: those of `orders`, if not the usual.
    `observers` are told of every exchange with GitHub's API. `skips_waits`: see `running`.
    """
    async with GitHub(clock=clock, port=port) as github:
        github.observers.extend(observers)
        app, installation, orders, teams = organised(github, files)
        async with AsyncExitStack() as stack:
            bot = await stack.enter_async_context(running(github, app, folder, skips_waits=skips_waits))
            yield Shop(
                github, app, installation, github.organisation("acme"), orders, teams, bot, folder, skips_waits, stack
            )
