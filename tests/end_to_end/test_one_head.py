"""Several pull requests with one head: GitHub shows the checks of a commit on all of them."""

from __future__ import annotations

import pytest

from tests.github_standin import PullRequest
from tests.shop.world import REGISTRY, SPEC, Shop, registry, spec, without_email

BROKEN = {SPEC: without_email(spec())}


async def _signed(shop: Shop, pull: PullRequest) -> None:
    await shop.say(pull, shop.dana, "/approve-breaking")
    await shop.say(pull, shop.chris, "/approve-breaking")


async def _gated_release_branch(shop: Shop) -> None:
    """release/1 is gated like main, and the e-mail is gone there already."""
    gated = {REGISTRY: registry() + 'branches: ["main", "release/*"]\n'}
    await shop.on_main(gated)
    shop.orders.create_branch("release/1", shop.orders.tip("main"), shop.ada)
    shop.orders.commit("release/1", BROKEN, author=shop.ada, message="The e-mail is gone here")
    await shop.bot.settled()


async def _twins(shop: Shop, first: str, second: str) -> dict[str, PullRequest]:
    """The same commit onto main, where it breaks, and onto a release branch, where it does not."""
    await _gated_release_branch(shop)
    shop.orders.commit("no-email", BROKEN, author=shop.olga, message="Stop returning the e-mail")
    pulls = {}
    for base in (first, second):
        pulls[base] = shop.orders.open_pull_request("no-email", shop.olga, base=base)
        if first == "main" or base == first:
            await shop.bot.settled()
    await shop.bot.settled()
    return pulls


@pytest.mark.parametrize("order", [("main", "release/1"), ("release/1", "main")])
async def test_of_two_pull_requests_with_one_head_the_worst_verdict_shows(shop: Shop, order: tuple[str, str]) -> None:
    pulls = await _twins(shop, *order)
    assert not shop.may_merge(pulls["main"])
    assert shop.verdict(pulls["release/1"]) == "failure"
    assert f"#{pulls['main'].number}" in (shop.checks(pulls["release/1"])[-1].title or "") or order[1] == "main"
    await _signed(shop, pulls["main"])
    assert shop.verdict(pulls["release/1"]) == "success"
    assert shop.may_merge(pulls["main"])


async def test_two_pull_requests_with_one_head_that_are_opened_at_once_show_the_worst(shop: Shop) -> None:
    await _gated_release_branch(shop)
    shop.orders.commit("no-email", BROKEN, author=shop.olga, message="Stop returning the e-mail")
    held = shop.orders.open_pull_request("no-email", shop.olga)
    free = shop.orders.open_pull_request("no-email", shop.olga, base="release/1")
    await shop.bot.settled()
    assert shop.verdict(free) == "failure"
    await shop.say(held, shop.mallory, "/recheck")
    mark = shop.github.mark()
    await shop.say(free, shop.mallory, "/contracts help")
    assert not [r for r in shop.github.requests_since(mark) if "check-runs" in r.path], "they settle"
    held.close(shop.olga)
    await shop.bot.settled()
    assert shop.verdict(free) == "success"


async def test_a_released_pull_request_is_held_again_when_its_twin_is(shop: Shop) -> None:
    pulls = await _twins(shop, "main", "release/1")
    await _signed(shop, pulls["main"])
    assert shop.verdict(pulls["release/1"]) == "success"
    await shop.say(pulls["main"], shop.chris, "/revoke")
    assert shop.verdict(pulls["release/1"]) == "failure"
    await shop.push(pulls["main"], {"README.md": "# Parted\n"}, shop.olga, "Part them")
    assert not shop.may_merge(pulls["main"])


async def test_twins_are_known_after_the_database_is_lost(shop: Shop) -> None:
    pulls = await _twins(shop, "main", "release/1")
    await shop.restart(forget=True)
    await shop.say(pulls["release/1"], shop.mallory, "/recheck")
    assert not shop.may_merge(pulls["main"])
    await _signed(shop, pulls["main"])
    assert shop.may_merge(pulls["main"])


async def test_a_twin_on_a_branch_that_is_not_gated_never_opens_the_merge_box_of_one_that_is(shop: Shop) -> None:
    """Not even before we have heard of the second one."""
    shop.orders.create_branch("scratch", shop.orders.tip("main"), shop.ada)
    shop.orders.commit("no-email", BROKEN, author=shop.olga, message="Stop returning the e-mail")
    free = shop.orders.open_pull_request("no-email", shop.olga, base="scratch")
    await shop.bot.settled()
    assert [(run.name, run.conclusion) for run in shop.checks(free)] == [("countersign (report)", "success")]
    assert shop.may_merge(free)
    shop.github.hold_webhooks()
    held = shop.orders.open_pull_request("no-email", shop.olga)
    assert not shop.may_merge(held)
    shop.github.release_webhooks()
    await shop.bot.settled()
    assert not shop.may_merge(held)
    await _signed(shop, held)
    assert shop.may_merge(held)
    await shop.say(free, shop.mallory, "/recheck")
    assert shop.may_merge(held)


async def test_a_twin_that_leaves_for_a_branch_that_is_not_gated_takes_no_verdict_with_it(shop: Shop) -> None:
    pulls = await _twins(shop, "main", "release/1")
    shop.orders.create_branch("scratch", shop.orders.tip("main"), shop.ada)
    await _signed(shop, pulls["main"])
    assert shop.may_merge(pulls["main"])
    pulls["release/1"].retarget(shop.olga, "scratch")
    await shop.bot.settled()
    assert shop.may_merge(pulls["main"])
