"""Each fault of the stand-in, on every route that the bot uses, in the middle of each story."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from tests.faults.stories import STORIES, Pause, Shown, no_pause, opened, shown
from tests.github_standin import PullRequest, Request
from tests.github_standin.faults import KINDS, Fault
from tests.shop.world import Shop

Story = Callable[[Shop, Pause], Awaitable[PullRequest]]

FAULTS: dict[str, tuple[str, dict[str, Any]]] = {kind: (kind, {}) for kind in KINDS} | {
    "secondary-403 with Retry-After": ("secondary-403", {"retry_after": 7}),
    "secondary-429 with Retry-After": ("secondary-429", {"retry_after": 300}),
    "primary, for most of an hour": ("primary", {"reset_in": 3000}),
    "slow": ("slow", {"seconds": 0.02}),
    "reset after it took effect": ("reset", {"after": True}),
    "422 in GitHub's words": ("422", {"message": "Validation Failed"}),
    "graphql-error that lasts": ("graphql-error", {"type": "NOT_FOUND", "message": "Could not resolve to a node"}),
}
ROUTES = (
    "GET /app",
    "POST /app/installations/*/access_tokens",
    "GET /installation/repositories",
    "GET /repos/acme/orders/pulls",
    "POST /graphql Tips",
    "POST /graphql PullRequest",
    "POST /graphql Files",
    "POST /graphql Roster",
    "GET /repos/acme/orders/compare/*",
    "GET /repos/acme/orders/git/matching-refs/heads/gh-readonly-queue/main/pr-",
    "POST /repos/acme/orders/check-runs",
    "PATCH /repos/acme/orders/check-runs/*",
    "POST /repos/acme/orders/issues/*/comments",
    "PATCH /repos/acme/orders/issues/comments/*",
    "POST /repos/acme/orders/issues/comments/*/reactions",
    "POST /repos/acme/orders/pulls/*/requested_reviewers",
    "POST /repos/acme/orders/labels",
    "POST /repos/acme/orders/issues/*/labels",
)

_without: dict[str, tuple[Shown, frozenset[str]]] = {}


async def without_faults(story: Story, folder: Path) -> tuple[Shown, frozenset[str]]:
    """What is shown in the end, and the routes that led there."""
    if story.__name__ not in _without:
        async with opened(folder, story) as shop:
            mark = shop.github.mark()
            end = shown(shop, await story(shop, no_pause))
            _without[story.__name__] = end, frozenset(map(route, shop.github.requests_since(mark))) - {"GET /app"}
    return _without[story.__name__]


def route(request: Request) -> str:
    """The one of ROUTES that a request belongs to."""
    if request.path == "/graphql":
        assert isinstance(request.body, dict)
        named = re.search(r"query (\w+)", request.body["query"])
        assert named is not None
        return f"POST /graphql {named[1]}"
    path = re.sub(r"(?<=/)\d+(?=/|$)", "*", re.sub(r"/compare/.*", "/compare/*", request.path))
    return f"{request.method} {path}"


def can_meet(route: str, kind: str) -> bool:
    """Errors in an answer of status 200 are GraphQL's way alone."""
    return kind != "graphql-error" or "/graphql" in route


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.__name__)
async def test_every_route_in_use_is_struck(story: Story, tmp_path: Path) -> None:
    async with opened(tmp_path, story) as shop:
        await story(shop, no_pause)
        assert {route(request) for request in shop.github.requests} <= set(ROUTES)


@pytest.mark.parametrize("kind", FAULTS)
@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.__name__)
async def test_the_story_ends_the_same_when_every_call_meets(story: Story, kind: str, tmp_path: Path) -> None:
    """Before each thing that somebody does, all routes are armed: whatever the bot calls then goes wrong at first."""
    end, used = await without_faults(story, tmp_path / "without")
    async with opened(tmp_path / "with", story) as shop:
        faults: list[Fault] = []

        async def arm() -> None:
            await shop.bot.later(90)  # what GitHub refused is tried again after a minute
            shop.github.faults.clear()
            name, options = FAULTS[kind]
            faults.extend(shop.github.fault(route, name, **options) for route in ROUTES if can_meet(route, name))

        pull = await story(shop, arm)
        assert shown(shop, pull) == end
        assert {fault.route for fault in faults if fault.met} >= {
            route for route in used if can_meet(route, FAULTS[kind][0])
        }


async def test_the_bot_starts_while_github_does_not_say_who_it_is(tmp_path: Path) -> None:
    async with opened(tmp_path, STORIES[0]) as shop:
        for kind, (name, options) in FAULTS.items():
            if name in ("502", "primary", "404", "html", "reset"):
                fault = shop.github.fault("GET /app", name, **options)
                await shop.restart()
                async with asyncio.timeout(10):
                    while not (fault.met and _is_answered(shop.github.requests[-1])):  # noqa: ASYNC110
                        await asyncio.sleep(0.01)
                assert fault.times == 0, kind


def _is_answered(request: Request) -> bool:
    return request.path == "/app" and request.status == 200
