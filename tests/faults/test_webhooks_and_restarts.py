"""Webhooks in any order, lost, repeated; the bot stopped in the middle: what is shown in the end is the same."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from bot.store import Store
from tests.faults.stories import Shown, no_pause, opened, rebased_and_edited, shown, signed_and_released
from tests.github_standin import Delivery, PullRequest
from tests.shop.world import SPEC, Shop, spec, with_required_currency, without_email

Disorder = Callable[[list[Delivery]], Sequence[Delivery]]


def disorder(seed: int) -> Disorder:
    """Some are lost, some come twice, and none comes in its turn."""
    chance = random.Random(seed)

    def order(held: list[Delivery]) -> Sequence[Delivery]:
        kept = [delivery for delivery in held if chance.random() > 0.3]
        twice = [delivery for delivery in kept if chance.random() < 0.3]
        mixed = [*kept, *twice]
        chance.shuffle(mixed)
        return mixed

    return order


async def _push_and_force(shop: Shop, bring: Callable[[], Awaitable[None]]) -> PullRequest:
    """One after the other, each told of by several webhooks: a breaking change, a push that adds another break, a
    force-push that takes both back and makes the first again on another base, a new title, a draft that is ready.
    """
    shop.orders.commit("change", {SPEC: without_email(spec())}, author=shop.olga, message="Stop returning the e-mail")
    pull = shop.orders.open_pull_request("change", shop.olga, title="Change", draft=True)
    await bring()
    both = with_required_currency(without_email(spec()))
    shop.orders.commit("change", {SPEC: both}, author=shop.olga, message="Ask for the currency")
    await bring()
    tip = shop.orders.commit("main", {"README.md": "# Orders, really\n"}, author=shop.ada, message="Say more")
    only = {SPEC: without_email(spec())}
    shop.orders.commit("change", only, author=shop.oskar, message="Only the e-mail", parent=tip)
    await bring()
    pull.edit_title(shop.olga, "Stop returning the e-mail address")
    pull.ready(shop.olga)
    await bring()
    return pull


def _but_for_who_pushed(end: Shown) -> Shown:
    """Only the event says who pushed, so that a lost one leaves a reason less among those why somebody may not sign."""
    comments = tuple("\n".join(li for li in c.splitlines() if "May not sign" not in li) for c in end.comments)
    return replace(end, comments=comments)


async def _plain(folder: Path) -> Shown:
    async with opened(folder, signed_and_released) as shop:
        pull = await _push_and_force(shop, shop.bot.settled)
        await shop.say(pull, shop.mallory, "/recheck")
        return shown(shop, pull)


@pytest.mark.parametrize("seed", range(12))
async def test_any_order_loss_and_repetition_of_webhooks_ends_in_the_same_state(tmp_path: Path, seed: int) -> None:
    """Once any later event arrives (here a command that asks for nothing but another look)."""
    end = await _plain(tmp_path / "plain")
    async with opened(tmp_path / "disorder", signed_and_released) as shop:
        shop.github.hold_webhooks()

        async def bring() -> None:
            """Everything at the end, or now and then, as the seed will have it."""
            if seed % 2:
                shop.github.release_webhooks(disorder(seed))
                await shop.bot.settled()
                shop.github.hold_webhooks()

        pull = await _push_and_force(shop, bring)
        shop.github.release_webhooks(disorder(seed))
        await shop.bot.settled()
        await shop.say(pull, shop.mallory, "/recheck")
        assert _but_for_who_pushed(shown(shop, pull)) == _but_for_who_pushed(end)


async def test_signatures_whose_webhooks_are_lost_count_at_the_next_event(tmp_path: Path) -> None:
    async with opened(tmp_path, signed_and_released) as shop:
        pull = await shop.propose("no-email", {SPEC: without_email(spec())}, shop.olga)
        with shop.losing_webhooks():
            pull.comment(shop.dana, "/approve-breaking")
            pull.comment(shop.chris, "/approve-breaking")
        await shop.bot.settled()
        assert not pull.may_merge
        await shop.say(pull, shop.mallory, "/recheck")
        assert pull.may_merge


@pytest.mark.parametrize("story", [signed_and_released, rebased_and_edited], ids=lambda story: story.__name__)
async def test_a_restart_between_any_two_steps_changes_nothing(
    story: Callable[[Shop, Callable[[], Awaitable[None]]], Awaitable[PullRequest]], tmp_path: Path
) -> None:
    async with opened(tmp_path / "plain", story) as shop:
        end = shown(shop, await story(shop, no_pause))
    async with opened(tmp_path / "restarted", story) as shop:

        async def pause() -> None:
            await shop.restart()

        assert shown(shop, await story(shop, pause)) == end


CALLS = (
    "POST /graphql PullRequest",
    "GET /repos/acme/orders/compare/*",
    "POST /graphql Files",
    "POST /graphql Roster",
    "POST /repos/acme/orders/check-runs",
    "POST /repos/acme/orders/issues/*/comments",
    "POST /repos/acme/orders/pulls/*/requested_reviewers",
    "POST /repos/acme/orders/issues/*/labels",
)


@pytest.mark.parametrize("call", CALLS)
async def test_a_bot_that_was_stopped_in_the_middle_goes_on_where_it_was(tmp_path: Path, call: str) -> None:
    """It has acknowledged the webhook, and then GitHub is away from one call on, until the bot is stopped."""
    async with opened(tmp_path / "plain", signed_and_released) as shop:
        end = shown(shop, await shop.propose("no-email", {SPEC: without_email(spec())}, shop.olga))
    async with opened(tmp_path / "stopped", signed_and_released) as shop:
        outage = shop.github.fault(call, "503", times=1_000)
        shop.orders.commit("no-email", {SPEC: without_email(spec())}, author=shop.olga, message="Change")
        pull = shop.orders.open_pull_request("no-email", shop.olga)
        await shop.github.settled()
        async with asyncio.timeout(10):
            while not outage.met:  # noqa: ASYNC110
                await asyncio.sleep(0.01)
        await shop.stop()
        assert (await _rows_waiting(shop)) > 0
        shop.github.faults.clear()
        await shop.start()
        assert shown(shop, pull) == end


async def _rows_waiting(shop: Shop) -> int:
    async with await Store.open(shop.folder / "countersign.db") as store:
        return (await store.backlog(shop.github.clock.now())).rows
