"""The merge queue: what is judged is what lands, on the base that it lands on."""

from __future__ import annotations

import pytest

from tests.github_standin import PullRequest
from tests.shop.world import REGISTRY, SPEC, Shop, registry, spec, with_phone, without_email

BROKEN = {SPEC: without_email(spec())}


async def _signed(shop: Shop, pull: PullRequest) -> None:
    await shop.say(pull, shop.dana, "/approve-breaking")
    await shop.say(pull, shop.chris, "/approve-breaking")


async def test_a_merge_group_of_released_pull_requests_passes(shop: Shop) -> None:
    pull = await shop.propose("no-email", BROKEN, shop.olga)
    other = await shop.propose("readme", {"README.md": "# Orders!\n"}, shop.oskar)
    await _signed(shop, pull)
    group = shop.orders.merge_group(shop.ada, pull, other)
    await shop.bot.settled()
    assert group.may_merge
    (run,) = [run for run in shop.orders.check_runs if run.head_sha == group.head_sha]
    assert f"#{pull.number}: Countersigned" in (run.summary or "")
    group.merge(shop.ada)
    await shop.bot.settled()
    assert pull.state == other.state == "closed"


async def test_a_merge_group_names_the_pull_request_that_holds_it(shop: Shop) -> None:
    fine = await shop.propose("readme", {"README.md": "# Orders!\n"}, shop.oskar)
    held = await shop.propose("no-email", BROKEN, shop.olga)
    last = await shop.propose("notes", {"NOTES.md": "Notes\n"}, shop.oskar)
    group = shop.orders.merge_group(shop.ada, fine, held, last)
    await shop.bot.settled()
    assert not group.may_merge
    (run,) = [run for run in shop.orders.check_runs if run.head_sha == group.head_sha]
    assert run.title == f"Held by #{held.number}"
    assert f"- #{fine.number}: No contract change" in (run.summary or "")


async def test_a_merge_group_is_judged_for_the_base_it_lands_on(shop: Shop) -> None:
    """What was compatible with the base that the pull request saw breaks what that base has become."""
    pull = await shop.propose("phone", {SPEC: with_phone(spec())}, shop.olga)
    assert pull.may_merge
    with shop.losing_webhooks():
        held = shop.orders.open_pull_request(_pushed(shop, "no-email", BROKEN), shop.oskar)
    group = shop.orders.merge_group(shop.ada, pull, held)
    await shop.bot.settled()
    assert not group.may_merge


async def test_what_the_base_says_when_it_lands_is_what_counts(shop: Shop) -> None:
    """A registry that came to the base after the pull request was judged."""
    await shop.on_main({REGISTRY: None})
    pull = await shop.propose("no-email", BROKEN, shop.olga)
    assert pull.may_merge
    with shop.losing_webhooks():
        shop.orders.commit("main", {REGISTRY: registry()}, author=shop.ada, message="A registry")
    group = shop.orders.merge_group(shop.ada, pull)
    await shop.bot.settled()
    assert not group.may_merge


def _pushed(shop: Shop, branch: str, files: dict[str, str]) -> str:
    shop.orders.commit(branch, files, author=shop.oskar, message="Change")
    return branch


async def test_signatures_in_a_queue_are_those_of_the_pull_request_though_the_base_has_moved(shop: Shop) -> None:
    pull = await shop.propose("no-email", BROKEN, shop.olga)
    await _signed(shop, pull)
    first = await shop.propose("phone", {"docs/phone.md": "Call us\n"}, shop.oskar)
    with shop.losing_webhooks():
        shop.orders.commit("main", {SPEC: with_phone(spec())}, author=shop.ada, message="A phone number")
    group = shop.orders.merge_group(shop.ada, first, pull)
    await shop.bot.settled()
    assert group.may_merge


async def test_a_signature_taken_back_while_it_is_queued_holds_the_next_group(shop: Shop) -> None:
    pull = await shop.propose("no-email", BROKEN, shop.olga)
    await _signed(shop, pull)
    await shop.say(pull, shop.chris, "/revoke")
    group = shop.orders.merge_group(shop.ada, pull)
    await shop.bot.settled()
    assert not group.may_merge


@pytest.mark.parametrize("method", ["merge", "squash", "rebase"])
async def test_each_of_a_group_is_judged_by_its_own_signatures_however_the_queue_merges(
    shop: Shop, method: str
) -> None:
    pull = await shop.propose("no-email", BROKEN, shop.olga)
    await shop.push(pull, {"README.md": "# Orders!\n"}, shop.olga, "A second commit (#77)")
    await _signed(shop, pull)
    last = await shop.propose("notes", {"NOTES.md": "Notes\n"}, shop.oskar)
    group = shop.orders.merge_group(shop.ada, pull, last, method=method)
    await shop.bot.settled()
    assert group.may_merge
    group.merge(shop.ada)
    await shop.bot.settled()
    assert pull.merged_at and last.merged_at
    assert not [row for row in await shop.bot.services.store.ledger() if row.kind == "bypass"]


async def test_a_commit_that_calls_itself_anothers_is_not_judged_by_the_others_signatures(shop: Shop) -> None:
    """The queue rebases: its commits bear the messages that people gave them."""
    pull = await shop.propose("no-email", BROKEN, shop.olga)
    await _signed(shop, pull)
    with shop.losing_webhooks():
        shop.orders.commit("own", BROKEN, author=shop.mallory, message=f"Tidy up (#{pull.number})")
        shop.orders.commit("own", {"NOTES.md": "Notes\n"}, author=shop.mallory, message="Notes")
        forged = shop.orders.open_pull_request("own", shop.mallory)
    group = shop.orders.merge_group(shop.ada, forged, method="rebase")
    await shop.bot.settled()
    assert not group.may_merge


async def test_when_one_leaves_the_middle_of_a_group_the_others_go_on(shop: Shop) -> None:
    first = await shop.propose("readme", {"README.md": "# Orders!\n"}, shop.oskar)
    pull = await shop.propose("no-email", BROKEN, shop.olga)
    await _signed(shop, pull)
    last = await shop.propose("notes", {"NOTES.md": "Notes\n"}, shop.oskar)
    group = shop.orders.merge_group(shop.ada, first, pull, last)
    await shop.bot.settled()
    await shop.say(pull, shop.chris, "/revoke")
    assert not group.may_merge
    group.remove(shop.ada)
    rest = shop.orders.merge_group(shop.ada, first, last)
    await shop.bot.settled()
    assert rest.may_merge
