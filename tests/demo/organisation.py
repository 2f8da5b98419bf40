"""acme as the demo meets it: a producer, two consumers that speak for themselves in repositories of their own."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

from tests.github_standin import PullRequest, Repository
from tests.github_standin.clock import Clock
from tests.shop.world import REGISTRY, SPEC, Shop, open_shop, spec

FILES = Path(__file__).parent / "files"
EVENTS = "events/shipments.yaml"
DAY = 86_400.0
_AGE_OF_THE_PACT = 18
_DAYS_OF_THE_STORY = 7


def registry() -> str:
    return (FILES / "contracts.yml").read_text("utf-8")


def events() -> str:
    return (FILES / "shipments.yaml").read_text("utf-8")


def without_cancellation(text: str) -> str:
    """Orders can no longer be cancelled."""
    return _without(text, text[text.index("  /orders/{id}/cancellation:") : text.index("components:")])


def without_newest_first(text: str) -> str:
    """The registry no longer promises in which order orders come."""
    return _without(text, text[text.index("    behaviours:") : text.index("  - id: shipments")])


def without_carrier(text: str) -> str:
    """The event no longer says who brings the parcel."""
    return _without(_without(text, "          carrier:\n            type: string\n"), "carrier, ")


def _without(text: str, part: str) -> str:
    if part not in text:
        raise ValueError(f"the demo's files have changed: {part!r} is not there")
    return text.replace(part, "", 1)


@asynccontextmanager
async def open_acme(folder: Path, port: int) -> AsyncIterator[Shop]:
    """The organisation before anybody proposes anything. The story ends this week: its clock begins before."""
    clock = Clock()
    today = clock.now().replace(hour=9, minute=0)
    begins = today - timedelta(days=_AGE_OF_THE_PACT + _DAYS_OF_THE_STORY)
    clock.advance((begins - clock.now()).total_seconds())
    files = {
        SPEC: spec(),
        EVENTS: events(),
        REGISTRY: registry(),
        "tests/contract/test_ordering.py": "# Lists orders, and compares their created_at.\n",
        "README.md": "# Orders\n",
    }
    async with open_shop(folder, clock=clock, port=port, files=files) as shop:
        pact = (FILES / "checkout-web.pact.json").read_text("utf-8")
        await _joins(shop, "checkout-web", "checkout", {"pacts/orders.json": pact})
        await _joins(shop, "warehouse", "warehouse", {})
        await shop.bot.later(_AGE_OF_THE_PACT * DAY)
        yield shop


async def _joins(shop: Shop, name: str, team: str, files: dict[str, str]) -> Repository:
    """A consumer's repository, with its half of the registry, is created in the organisation."""
    half = (FILES / f"{name}.yml").read_text("utf-8")
    repository = shop.acme.repository(name, {REGISTRY: half, **files})
    repository.grant(shop.teams[team], "push")
    shop.github.events.repository(repository, "created", shop.ada)
    await shop.bot.settled()
    return repository


def asked(pull: PullRequest) -> set[str]:
    """The teams whose review is requested."""
    return {team.slug for team in pull.requested_teams}


def is_held(shop: Shop, pull: PullRequest) -> bool:
    return shop.verdict(pull) == "failure" and not pull.may_merge


def is_released(shop: Shop, pull: PullRequest) -> bool:
    return shop.verdict(pull) == "success" and pull.may_merge
