"""A pull request changes its base: what was judged for the one says nothing about the other."""

from __future__ import annotations

import asyncio

from tests.github_standin import PullRequest
from tests.shop.world import SPEC, Shop, spec, without_email

BROKEN = {SPEC: without_email(spec())}


async def _onto_scratch(shop: Shop) -> PullRequest:
    """Onto a branch that is not gated, where nothing is held."""
    shop.orders.create_branch("scratch", shop.orders.tip("main"), shop.ada)
    shop.orders.commit("no-email", BROKEN, author=shop.olga, message="Stop returning the e-mail")
    pull = shop.orders.open_pull_request("no-email", shop.olga, base="scratch")
    await shop.bot.settled()
    return pull


async def test_an_answer_that_still_shows_the_base_before_leaves_no_merge_box_open(shop: Shop) -> None:
    pull = await _onto_scratch(shop)
    shop.skips_waits = True
    await shop.restart()
    behind = shop.github.fault("POST /graphql PullRequest", "stale", times=9)
    pull.retarget(shop.olga, "main")
    await shop.bot.settled()
    assert behind.met == 9
    assert not pull.may_merge


async def test_a_look_that_began_before_the_base_was_changed_opens_no_merge_box(shop: Shop) -> None:
    """Away to a base where nothing is held, and back while that is still being judged."""
    shop.orders.create_branch("scratch", shop.orders.tip("main"), shop.ada)
    pull = await shop.propose("no-email", BROKEN, shop.olga)
    assert not pull.may_merge
    shop.github.fault("GET /repos/acme/orders/branches/scratch", "slow", times=1, seconds=1.0)
    pull.retarget(shop.olga, "scratch")
    while not shop.bot.reconciling:
        await asyncio.sleep(0.01)
    await asyncio.sleep(0.2)
    pull.retarget(shop.olga, "main")
    mark = shop.github.mark()
    await shop.bot.settled()
    written = [r for r in shop.github.requests_since(mark) if "/check-runs" in r.path and r.method != "GET"]
    assert not any(r.body["conclusion"] == "success" for r in written if isinstance(r.body, dict))
    assert not pull.may_merge
