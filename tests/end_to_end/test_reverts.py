"""A revert of what came just now and was never released needs nobody; that it calls itself one decides nothing."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from tests.github_standin import PullRequest, User
from tests.github_standin.world.git import Content
from tests.shop.world import REGISTRY, SPEC, Shop, registry, spec, without_email

DAY = 86_400


def _with_limit(greatest: int) -> str:
    return spec().replace("maximum: 100", f"maximum: {greatest}")


async def _raised_since_the_release(shop: Shop, method: str = "merge") -> PullRequest:
    """Released with a limit of 100; main has 200 since a moment ago."""
    shop.orders.tag("v1.4.0")
    return await _merged(shop, await shop.propose("more", {SPEC: _with_limit(200)}, shop.oskar, "More at once"), method)


async def _merged(shop: Shop, pull: PullRequest, method: str = "merge") -> PullRequest:
    pull.merge(shop.ada, method=method)
    await shop.bot.settled()
    return pull


async def _reverts(
    shop: Shop, said: str, files: Mapping[str, Content | None] | None = None, author: User | None = None
) -> PullRequest:
    branch = f"revert-{len(shop.orders.issues)}"
    shop.orders.commit(branch, files or {SPEC: _with_limit(100)}, author=author or shop.olga, message="Back")
    pull = shop.orders.open_pull_request(branch, author or shop.olga, title='Revert "More at once"', body=said)
    await shop.bot.settled()
    return pull


def _tags_asked(shop: Shop) -> int:
    return sum(request.path.endswith("/tags") for request in shop.github.requests)


@pytest.mark.parametrize("method", ["merge", "squash", "rebase"])
async def test_a_revert_of_what_was_never_released_needs_nobody_and_says_so(shop: Shop, method: str) -> None:
    more = await _raised_since_the_release(shop, method)
    back = await _reverts(shop, f"Reverts acme/orders#{more.number}")
    assert shop.verdict(back) == "success"
    assert "undoes what was never released (newest release: `v1.4.0`)" in shop.comment(back)
    assert not back.requested_teams and not back.requested_users
    await _merged(shop, back)
    assert not [row for row in await shop.bot.services.store.ledger() if row.kind == "bypass"]


async def test_a_revert_that_names_the_commit_needs_nobody_either(shop: Shop) -> None:
    more = await _raised_since_the_release(shop, "squash")
    back = await _reverts(shop, f"This reverts commit {more.merge_commit_sha}.")
    assert shop.verdict(back) == "success"


async def test_what_is_reverted_may_be_named_later(shop: Shop) -> None:
    more = await _raised_since_the_release(shop)
    back = await _reverts(shop, "Too many at once")
    assert shop.verdict(back) == "failure"
    back.edit_body(shop.olga, f"Too many at once.\n\nReverts #{more.number}")
    await shop.bot.settled()
    assert shop.verdict(back) == "success"
    back.edit_body(shop.olga, "Never mind")
    await shop.bot.settled()
    assert shop.verdict(back) == "failure"


async def test_the_same_without_saying_so_is_asked_for(shop: Shop) -> None:
    await _raised_since_the_release(shop)
    less = await _reverts(shop, "Fewer at once")
    assert shop.verdict(less) == "failure"
    assert _tags_asked(shop) == 0, "tags are asked for only when they can make a difference"


async def test_a_revert_of_what_came_days_ago_is_asked_for_whatever_the_tags_say(shop: Shop) -> None:
    """Who deploys what is merged, and tagged something once: it is in use by now."""
    more = await _raised_since_the_release(shop)
    await shop.bot.later(4 * DAY)
    back = await _reverts(shop, f"Reverts #{more.number}")
    assert shop.verdict(back) == "failure"


async def test_an_excuse_that_is_over_holds_the_revert_again_though_nothing_happens(shop: Shop) -> None:
    more = await _raised_since_the_release(shop)
    back = await _reverts(shop, f"Reverts #{more.number}")
    assert back.may_merge
    await shop.bot.later(4 * DAY)
    assert not back.may_merge


async def test_a_release_that_is_tagged_after_the_verdict_holds_the_revert(shop: Shop) -> None:
    more = await _raised_since_the_release(shop)
    back = await _reverts(shop, f"Reverts #{more.number}")
    assert back.may_merge
    shop.orders.push_tag("v1.5.0", shop.oskar)
    await shop.bot.settled()
    assert not back.may_merge


async def test_a_release_whose_tag_is_deleted_was_released(shop: Shop) -> None:
    more = await _raised_since_the_release(shop)
    shop.orders.push_tag("v1.5.0", shop.oskar)
    await shop.bot.settled()
    shop.orders.delete_tag("v1.5.0", shop.mallory)
    await shop.bot.settled()
    back = await _reverts(shop, f"Reverts #{more.number}", author=shop.mallory)
    assert shop.verdict(back) == "failure"
    rows = [row for row in await shop.bot.services.store.ledger() if row.kind == "tag"]
    assert [(row.subject, row.body["tag"]) for row in rows] == [("acme/orders", "v1.5.0")]


@pytest.mark.parametrize("tag", ["v1.5.0", "v1.5.0-rc.1", "deployed-2026-11-21"])
async def test_what_any_tag_holds_is_no_longer_unreleased(shop: Shop, tag: str) -> None:
    more = await _raised_since_the_release(shop)
    shop.orders.tag(tag)
    await shop.on_main({"README.md": "# Orders!\n"})
    back = await _reverts(shop, f"Reverts #{more.number}")
    assert shop.verdict(back) == "failure"


async def test_a_revert_of_something_else_takes_back_no_more_than_came_with_it(shop: Shop) -> None:
    """What a pull request of today is named as reverted excuses nothing that stood there before it."""
    await _raised_since_the_release(shop)
    await shop.bot.later(4 * DAY)
    other = await _merged(shop, await shop.propose("readme", {"README.md": "# Orders!\n"}, shop.mallory))
    back = await _reverts(shop, f"Reverts #{other.number}", author=shop.mallory)
    assert shop.verdict(back) == "failure"


async def test_a_revert_of_a_revert_that_breaks_the_release_again_is_asked_for(shop: Shop) -> None:
    shop.orders.tag("v1.4.0")
    broken = await shop.propose("no-email", {SPEC: without_email(spec())}, shop.olga)
    broken.merge(shop.ada, bypass=True)
    await shop.bot.settled()
    back = await _merged(shop, await _reverts(shop, f"Reverts #{broken.number}", {SPEC: spec()}))
    again = await _reverts(shop, f"Reverts #{back.number}", {SPEC: without_email(spec())})
    assert shop.verdict(again) == "failure"


async def test_half_a_revert_is_judged_by_what_it_takes(shop: Shop) -> None:
    more = await _raised_since_the_release(shop)
    half = await _reverts(shop, f"Reverts #{more.number}", {SPEC: _with_limit(150)})
    assert shop.verdict(half) == "success"


async def test_a_revert_behind_the_release_is_held(shop: Shop) -> None:
    more = await _raised_since_the_release(shop)
    behind = await _reverts(shop, f"Reverts #{more.number}", {SPEC: _with_limit(50)}, shop.mallory)
    assert shop.verdict(behind) == "failure"


async def test_a_revert_where_nothing_was_released_is_held(shop: Shop) -> None:
    more = await _merged(shop, await shop.propose("more", {SPEC: _with_limit(200)}, shop.oskar))
    back = await _reverts(shop, f"Reverts #{more.number}")
    assert shop.verdict(back) == "failure"


async def test_a_release_of_another_line_excuses_nothing(shop: Shop) -> None:
    """v2.0.0 stands on a branch of its own; who uses what main releases may have what the revert takes."""
    more = await _raised_since_the_release(shop)
    shop.orders.commit("two", {SPEC: _with_limit(100)}, author=shop.oskar, message="Another line")
    shop.orders.tag("v2.0.0", "two")
    back = await _reverts(shop, f"Reverts #{more.number}")
    assert shop.verdict(back) == "failure"


async def test_what_was_merged_elsewhere_excuses_nothing_here(shop: Shop) -> None:
    shop.orders.tag("v1.4.0")
    await shop.on_main({SPEC: _with_limit(200)})
    shop.orders.create_branch("scratch", shop.orders.tags["v1.4.0"], shop.ada)
    shop.orders.commit("more", {SPEC: _with_limit(200)}, author=shop.mallory, start="scratch", message="More")
    elsewhere = shop.orders.open_pull_request("more", shop.mallory, base="scratch")
    await shop.bot.settled()
    await _merged(shop, elsewhere)
    back = await _reverts(shop, f"Reverts #{elsewhere.number}", author=shop.mallory)
    assert shop.verdict(back) == "failure"


async def test_a_contract_that_is_used_as_soon_as_it_is_merged_asks_about_every_revert(shop: Shop) -> None:
    asked = registry().replace("    guarantees:\n", "    signoff: {reverts: asked}\n    guarantees:\n", 1)
    assert asked != registry()
    await shop.on_main({REGISTRY: asked})
    more = await _raised_since_the_release(shop)
    back = await _reverts(shop, f"Reverts #{more.number}")
    assert shop.verdict(back) == "failure"
    weaker = await shop.propose("weaker", {REGISTRY: registry()}, shop.mallory)
    assert shop.verdict(weaker) == "failure", "and who lowers that asks whoever decides"


async def test_an_edit_of_the_registry_is_not_excused_by_a_revert(shop: Shop) -> None:
    more = await _raised_since_the_release(shop)
    weaker = registry().replace("decision_owner:", "enforcement: observe\n    decision_owner:", 1)
    assert weaker != registry()
    both = {SPEC: _with_limit(100), REGISTRY: weaker}
    pull = await _reverts(shop, f"Reverts #{more.number}", both, shop.mallory)
    assert shop.verdict(pull) == "failure"
    assert "undoes what was never released" in shop.comment(pull)


async def test_putting_back_what_was_removed_needs_nobody(shop: Shop) -> None:
    pull = await shop.propose("no-email", {SPEC: without_email(spec())}, shop.olga)
    for signer in (shop.dana, shop.chris):
        await shop.say(pull, signer, "/approve-breaking")
    pull.merge(shop.olga)
    await shop.bot.settled()
    back = await shop.propose("back", {SPEC: spec()}, shop.oskar, 'Revert "Stop returning the e-mail"')
    assert back.may_merge
    assert back.requested_teams == []


async def test_putting_a_consumer_back_into_the_registry_needs_nobody(shop: Shop) -> None:
    without = registry()[: registry().index("  - id: warehouse")]
    await shop.on_main({REGISTRY: without})
    back = await shop.propose("back", {REGISTRY: registry()}, shop.olga, 'Revert "Drop the warehouse"')
    assert back.may_merge
