"""Three stories, told by people who wait until the bot has answered, and what everybody sees when they are over."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from tests.github_standin import Clock, PullRequest
from tests.shop.world import SPEC, Shop, open_shop, spec, with_required_currency, without_email

Pause = Callable[[], Awaitable[None]]
"""Called before each thing that somebody does; gives the bot its time, and can put something in its way."""


async def signed_and_released(shop: Shop, pause: Pause) -> PullRequest:
    """A breaking change is held; the wrong one and then the right ones sign; it is released."""
    await pause()
    pull = await shop.propose("no-email", {SPEC: without_email(spec())}, shop.olga, "Stop returning the e-mail")
    await pause()
    await shop.say(pull, shop.mallory, "/approve-breaking")
    await pause()
    await shop.say(pull, shop.dana, "/approve-breaking -- the profile service has it")
    await pause()
    await shop.say(pull, shop.chris, "/approve-breaking")
    await pause()
    return pull


async def rebased_and_edited(shop: Shop, pause: Pause) -> PullRequest:
    """Signed and released; a rebase keeps the signatures; another break asks again, for itself."""
    await pause()
    pull = await shop.propose("no-email", {SPEC: without_email(spec())}, shop.olga, "Stop returning the e-mail")
    await pause()
    await shop.say(pull, shop.dana, "/approve-breaking")
    await shop.say(pull, shop.chris, "/approve-breaking")
    await pause()
    await shop.on_main({"README.md": "# Orders, and how to place them\n"})
    pull.rebase(shop.olga)
    await shop.bot.settled()
    assert shop.verdict(pull) == "success"
    await pause()
    await shop.push(pull, {SPEC: with_required_currency(without_email(spec()))}, shop.olga, "Ask for the currency")
    await pause()
    return pull


async def offered_a_registry(shop: Shop, pause: Pause) -> PullRequest:
    """Where no registry is: the change is reported, and a registry is offered for it."""
    await pause()
    pull = await shop.propose("no-email", {SPEC: without_email(spec())}, shop.olga, "Stop returning the e-mail")
    await pause()
    await shop.say(pull, shop.mallory, "/contracts status")
    await pause()
    return pull


STORIES = (signed_and_released, rebased_and_edited, offered_a_registry)


@dataclass(frozen=True)
class Shown:
    """What people see of a pull request, but for ids, times and addresses."""

    check: tuple[str | None, str]
    comments: tuple[str, ...]
    reactions: tuple[tuple[str, tuple[str, ...]], ...]
    labels: frozenset[str]
    requested: frozenset[str]
    may_merge: bool


def shown(shop: Shop, pull: PullRequest) -> Shown:
    newest = shop.checks(pull)[-1]
    ours = [comment for comment in pull.comments if comment.author is shop.app.bot]
    return Shown(
        (newest.conclusion, newest.title or ""),
        tuple(sorted(_without_what_differs(comment.body) for comment in ours)),
        tuple(
            (comment.body, tuple(reaction.content for reaction in comment.reactions))
            for comment in pull.comments
            if comment.author is not shop.app.bot
        ),
        frozenset(label.name for label in pull.labels),
        frozenset(user.login for user in pull.requested_users) | frozenset(team.slug for team in pull.requested_teams),
        pull.may_merge,
    )


def _without_what_differs(body: str) -> str:
    body = re.sub(r"countersign:v1 \S+", "countersign:v1 BLOCK", body)
    body = re.sub(r"http://127\.0\.0\.1:\d+", "HOST", body)
    body = re.sub(r"issuecomment-\d+", "COMMENT", body)
    body = re.sub(r"(countersign-(?:reply|notice)):\S+ [0-9a-f]{32}", r"\1:MARK", body)
    body = re.sub(r"\b(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) )?\d{4}-\d\d-\d\d\b", "DATE", body)
    body = re.sub(r"seen \d+ \w+ ago", "seen AGE ago", body)
    body = re.sub(r"decision `[0-9a-f]+`", "decision `DIGEST`", body)
    return re.sub(r"\b[0-9a-f]{40}\b|`[0-9a-f]{7}`|commit [0-9a-f]{7}\b", "COMMIT", body)


async def no_pause() -> None:
    pass


@asynccontextmanager
async def opened(folder: Path, story: Callable[[Shop, Pause], Awaitable[PullRequest]]) -> AsyncIterator[Shop]:
    """The shop in which the story takes place, on a clock that moves only when somebody acts or waits."""
    files = {SPEC: spec(), "README.md": "# Orders\n"} if story is offered_a_registry else None
    clock = Clock(datetime(2026, 11, 21, 5, 0, tzinfo=UTC))
    async with open_shop(folder, clock=clock, files=files, skips_waits=True) as shop:
        yield shop
