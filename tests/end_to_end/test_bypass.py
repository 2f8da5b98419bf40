"""A merge past the check is found, written down, and reported once to whoever decides."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.engine.bypass import BYPASS
from bot.store import LedgerRow
from tests.github_standin import PullRequest
from tests.github_standin.world.issues import Issue
from tests.shop.world import REGISTRY, SPEC, Shop, spec, with_phone, without_email

BROKEN = {SPEC: without_email(spec())}


async def _held(shop: Shop, branch: str = "no-email") -> PullRequest:
    pull = await shop.propose(branch, BROKEN, shop.olga)
    assert shop.verdict(pull) == "failure"
    return pull


async def _merged(shop: Shop, pull: PullRequest, method: str = "merge") -> None:
    pull.merge(shop.ada, bypass=True, method=method)
    await shop.bot.settled()


def _issues(shop: Shop) -> list[Issue]:
    return [issue for issue in shop.orders.issues.values() if not isinstance(issue, PullRequest)]


async def _bypasses(shop: Shop) -> list[LedgerRow]:
    return [row for row in await shop.bot.services.store.ledger() if row.kind == BYPASS]


@pytest.mark.parametrize("method", ["merge", "squash", "rebase"])
async def test_a_merge_without_signatures_is_written_down_and_reported_to_the_decision_owner(
    shop: Shop, method: str
) -> None:
    pull = await _held(shop)
    await shop.push(pull, {"README.md": "# Orders!\n"}, shop.olga, "A second commit")
    await _merged(shop, pull, method)
    (row,) = await _bypasses(shop)
    assert row.subject == f"acme/orders#{pull.number}"
    assert row.body["actor"]["login"] == "ada"
    assert row.body["surprise"] is True
    assert row.body["consumers"] == ["checkout-web"]
    assert {m["capacity"] for m in row.body["missing"]} == {"decision owner", "checkout-web"}
    (issue,) = _issues(shop)
    assert f"#{pull.number}" in issue.title
    assert "@acme/api-council" in (issue.body or "")
    assert "`email` is no longer returned" in (issue.body or "") or "no longer returned" in (issue.body or "")
    assert "checkout-web" in (issue.body or "")


async def test_a_signed_merge_is_none(shop: Shop) -> None:
    pull = await _held(shop)
    await shop.say(pull, shop.dana, "/approve-breaking")
    await shop.say(pull, shop.chris, "/approve-breaking")
    pull.merge(shop.olga)
    await shop.bot.settled()
    assert await _bypasses(shop) == []
    assert _issues(shop) == []


async def test_a_merge_that_touches_no_contract_costs_no_look_into_it(shop: Shop) -> None:
    pull = await shop.propose("readme", {"README.md": "# Orders!\n"}, shop.olga)
    mark = shop.github.mark()
    pull.merge(shop.olga)
    await shop.bot.settled()
    assert not [r for r in shop.github.requests_since(mark) if r.path == "/graphql" and "mergeCommit" in str(r.body)]
    assert await _bypasses(shop) == []


async def test_a_compatible_merge_is_none(shop: Shop) -> None:
    pull = await shop.propose("phone", {SPEC: with_phone(spec())}, shop.olga)
    pull.merge(shop.olga)
    await shop.bot.settled()
    assert await _bypasses(shop) == []


async def test_it_is_reported_once_however_often_it_is_told(shop: Shop) -> None:
    pull = await _held(shop)
    await _merged(shop, pull)
    await shop.say(pull, shop.dana, "/recheck")
    await shop.restart(forget=True)
    await shop.say(pull, shop.dana, "/recheck")
    assert len(_issues(shop)) == 1


async def test_a_merge_that_nobody_told_us_of_is_found_with_the_next_push(shop: Shop) -> None:
    pull = await _held(shop)
    with shop.losing_webhooks():
        pull.merge(shop.ada, bypass=True)
    await shop.on_main({SPEC: with_phone(without_email(spec()))})
    assert len(await _bypasses(shop)) == 1
    assert len(_issues(shop)) == 1


async def test_a_merge_that_nobody_told_us_of_is_found_within_a_day_though_nothing_else_happens(shop: Shop) -> None:
    pull = await _held(shop)
    other = await shop.propose("phone", {SPEC: with_phone(spec())}, shop.olga)
    with shop.losing_webhooks():
        pull.merge(shop.ada, bypass=True)
    await shop.bot.later(86_400)
    assert len(await _bypasses(shop)) == 1
    with shop.losing_webhooks():
        other.merge(shop.ada, bypass=True)
    await shop.bot.later(2 * 86_400)
    assert await shop.bot.services.store.believed_open("acme/orders") == frozenset()


async def test_where_there_are_no_issues_it_is_said_on_the_pull_request(shop: Shop) -> None:
    pull = await _held(shop)
    shop.github.fault("* /repos/acme/orders/issues", "404", times=9)
    await _merged(shop, pull)
    said = [c.body for c in pull.comments if "countersign-notice:bypass" in c.body]
    assert len(said) == 1
    assert "@acme/api-council" in said[0]
    assert _issues(shop) == []


async def test_a_bypass_while_we_were_away_and_the_database_was_lost_is_found(shop: Shop) -> None:
    pull = await _held(shop)
    await shop.stop()
    shop.github.hold_webhooks()
    pull.merge(shop.ada, bypass=True)
    for file in shop.folder.glob("countersign.db*"):
        file.unlink()
    await shop.start()
    shop.github.release_webhooks()
    await shop.bot.settled()
    assert len(_issues(shop)) == 1


async def test_what_is_signed_after_the_merge_does_not_count(shop: Shop) -> None:
    pull = await _held(shop)
    with shop.losing_webhooks():
        pull.merge(shop.ada, bypass=True)
        shop.github.clock.advance(60)
        pull.comment(shop.dana, "/approve-breaking")
    await shop.say(pull, shop.chris, "/approve-breaking")
    (row,) = await _bypasses(shop)
    assert len(row.body["missing"]) == 2


async def test_a_signature_taken_back_in_the_moment_of_the_merge_is_missing(shop: Shop) -> None:
    pull = await _held(shop)
    await shop.say(pull, shop.dana, "/approve-breaking")
    await shop.say(pull, shop.chris, "/approve-breaking")
    assert pull.may_merge
    shop.github.hold_webhooks()
    pull.comment(shop.chris, "/revoke")
    pull.merge(shop.olga)
    shop.github.release_webhooks()
    await shop.bot.settled()
    (row,) = await _bypasses(shop)
    assert [m["capacity"] for m in row.body["missing"]] == ["checkout-web"]


async def test_a_push_in_the_moment_of_the_merge_is_judged_for_what_it_brought(shop: Shop) -> None:
    pull = await shop.propose("phone", {SPEC: with_phone(spec())}, shop.olga)
    assert pull.may_merge
    shop.github.hold_webhooks()
    shop.orders.commit("phone", BROKEN, author=shop.olga, message="Stop returning the e-mail")
    pull.merge(shop.ada, bypass=True)
    shop.github.release_webhooks()
    await shop.bot.settled()
    assert len(await _bypasses(shop)) == 1


async def test_what_was_merged_before_anybody_watched_is_left_alone(shop: Shop) -> None:
    with shop.losing_webhooks():
        shop.orders.commit("no-email", BROKEN, author=shop.olga, message="Stop returning the e-mail")
        pull = shop.orders.open_pull_request("no-email", shop.olga)
        pull.merge(shop.ada, bypass=True)
    await shop.say(pull, shop.dana, "/recheck")
    assert await _bypasses(shop) == []


async def test_a_merge_onto_a_branch_that_is_not_gated_is_none(shop: Shop) -> None:
    shop.orders.create_branch("scratch", shop.orders.tip("main"), shop.ada)
    shop.orders.commit("no-email", BROKEN, author=shop.olga, message="Stop returning the e-mail")
    pull = shop.orders.open_pull_request("no-email", shop.olga, base="scratch")
    await shop.bot.settled()
    pull.merge(shop.olga)
    await shop.bot.settled()
    assert await _bypasses(shop) == []


async def test_putting_a_broken_registry_right_past_the_check_is_reported_as_what_it_is(shop: Shop) -> None:
    await shop.on_main({REGISTRY: "apiVersion: nonsense\n"})
    pull = await shop.propose("mended", {REGISTRY: None}, shop.olga)
    assert shop.verdict(pull) == "failure"
    await _merged(shop, pull)
    (row,) = await _bypasses(shop)
    assert row.body["verdict"] == "failed"
    assert row.body["surprise"] is False
    assert "Nothing could be judged then" in (_issues(shop)[0].body or "")


async def test_what_ran_out_after_the_merge_was_there_when_it_was_merged(shop: Shop) -> None:
    pull = await _held(shop)
    tomorrow = (shop.github.clock.now() + timedelta(days=1)).date()
    await shop.say(pull, shop.dana, f"/approve-breaking until {tomorrow}")
    await shop.say(pull, shop.chris, f"/approve-breaking until {tomorrow}")
    with shop.losing_webhooks():
        pull.merge(shop.olga)
    await shop.bot.later(2 * 86_400)
    assert await shop.bot.services.store.believed_open("acme/orders") == frozenset()
    assert await _bypasses(shop) == []


async def test_a_promise_that_ended_after_the_merge_was_broken_by_it(shop: Shop) -> None:
    pull = await _held(shop)
    await shop.say(pull, shop.chris, "/object -- our receipts still print the address")
    tomorrow = (shop.github.clock.now() + timedelta(days=1)).date()
    await shop.say(pull, shop.dana, f"/rule honour-until {tomorrow} -- they need the day")
    with shop.losing_webhooks():
        pull.merge(shop.ada, bypass=True)
    await shop.bot.later(2 * 86_400)
    (row,) = await _bypasses(shop)
    assert {missing["state"] for missing in row.body["missing"]} == {"honoured"}
    assert len(_issues(shop)) == 1
