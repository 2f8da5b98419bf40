"""What is pushed straight to a gated branch, past every pull request, is found, written down, and reported once."""

from __future__ import annotations

import pytest

from bot.engine.bypass import BYPASS
from bot.engine.pushed_past import LOOK_AFTER
from bot.store import LedgerRow
from tests.github_standin import PullRequest
from tests.github_standin.world.git import Content
from tests.github_standin.world.issues import Issue
from tests.shop.world import REGISTRY, SPEC, Shop, registry, spec, with_phone, with_required_currency, without_email

BROKEN: dict[str, Content | None] = {SPEC: without_email(spec())}


async def _looked(shop: Shop) -> None:
    await shop.bot.settled()
    await shop.bot.later(LOOK_AFTER.total_seconds() + 1)


def _issues(shop: Shop) -> list[Issue]:
    return [issue for issue in shop.orders.issues.values() if not isinstance(issue, PullRequest)]


async def _bypasses(shop: Shop) -> list[LedgerRow]:
    return [row for row in await shop.bot.services.store.ledger() if row.kind == BYPASS]


async def _is_unreported(shop: Shop) -> bool:
    return not await _bypasses(shop) and not _issues(shop)


async def _signed(shop: Shop, pull: PullRequest) -> None:
    await shop.say(pull, shop.dana, "/approve-breaking")
    await shop.say(pull, shop.chris, "/approve-breaking")
    assert pull.may_merge


async def test_a_break_pushed_by_an_administrator_is_written_down_and_reported_to_the_decision_owner(
    shop: Shop,
) -> None:
    before = shop.orders.tip("main")
    await shop.on_main(BROKEN)
    await _looked(shop)
    (row,) = await _bypasses(shop)
    assert row.subject == "acme/orders"
    assert row.body["actor"]["login"] == "ada"
    assert row.body["branch"] == "main"
    assert row.body["commits"] == [shop.orders.tip("main")]
    assert (row.body["registry_sha"], row.body["merge_sha"]) == (before, shop.orders.tip("main"))
    assert row.body["surprise"] is True
    assert row.body["consumers"] == ["checkout-web"]
    assert {missing["capacity"] for missing in row.body["missing"]} == {"decision owner", "checkout-web"}
    (issue,) = _issues(shop)
    body = issue.body or ""
    assert issue.title == f"Pushed straight to main without countersignatures: {shop.orders.tip('main')[:7]}"
    assert body.startswith("@acme/api-council: ")
    assert "ada" in body and "straight to `main`" in body
    assert "`email` is no longer returned" in body or "no longer returned" in body
    assert "checkout-web" in body
    assert f"/compare/{before}...{shop.orders.tip('main')}" in body


async def test_before_github_can_tell_where_commits_come_from_nothing_is_said(shop: Shop) -> None:
    await shop.on_main(BROKEN)
    await shop.bot.later(LOOK_AFTER.total_seconds() - 60)
    assert await _is_unreported(shop)
    await shop.bot.later(61)
    assert len(_issues(shop)) == 1


async def test_it_is_reported_though_the_bot_was_stopped_meanwhile(shop: Shop) -> None:
    await shop.on_main(BROKEN)
    await shop.restart()
    await _looked(shop)
    assert len(_issues(shop)) == 1
    await shop.restart()
    await _looked(shop)
    assert len(_issues(shop)) == 1


async def test_a_push_that_is_told_again_after_the_database_was_lost_is_not_reported_again(shop: Shop) -> None:
    await shop.on_main(BROKEN)
    await _looked(shop)
    assert len(_issues(shop)) == 1
    shop.github.clock.advance(7200)
    told = [delivery for delivery in shop.github.deliveries if delivery.event == "push"][-1]
    await shop.restart(forget=True)
    shop.github.redeliver(told)
    await _looked(shop)
    assert len(await _bypasses(shop)) == 1
    assert len(_issues(shop)) == 1


async def test_a_branch_merged_at_home_and_pushed_is_reported(shop: Shop) -> None:
    shop.orders.commit("no-email", BROKEN, author=shop.olga, message="Stop returning the e-mail")
    tip = shop.orders.tip("main")
    merged = shop.orders.make_commit(BROKEN, (tip, shop.orders.tip("no-email")), shop.ada, "Merge branch 'no-email'")
    shop.orders.push("main", merged, shop.ada)
    await _looked(shop)
    (row,) = await _bypasses(shop)
    assert row.body["commits"] == [merged]
    assert len(_issues(shop)) == 1


async def test_the_commits_of_a_pull_request_that_was_closed_are_reported(shop: Shop) -> None:
    pull = await shop.propose("no-email", BROKEN, shop.olga)
    pull.close(shop.olga)
    await shop.bot.settled()
    shop.orders.push("main", pull.head_sha, shop.ada)
    await _looked(shop)
    assert len(await _bypasses(shop)) == 1
    assert len(_issues(shop)) == 1


async def test_what_says_of_itself_that_a_pull_request_brought_it_is_reported_all_the_same(shop: Shop) -> None:
    fine = await shop.propose("phone", {"README.md": "# Orders!\n"}, shop.olga)
    fine.merge(shop.olga)
    shop.orders.commit("main", BROKEN, author=shop.ada, message=f"Stop returning the e-mail (#{fine.number})")
    await _looked(shop)
    assert len(_issues(shop)) == 1


async def test_a_commit_of_a_pull_request_that_was_squashed_is_nobodys_when_it_is_pushed(shop: Shop) -> None:
    pull = await shop.propose("no-email", BROKEN, shop.olga)
    await shop.push(pull, {SPEC: spec(), "NOTES.md": "Nothing changes after all\n"}, shop.olga, "Take it back")
    broken = shop.orders.git.info(pull.head_sha).parents[0]
    pull.merge(shop.olga, method="squash")
    await _looked(shop)
    assert await _is_unreported(shop)
    shop.orders.push("main", broken, shop.ada, force=True)
    await _looked(shop)
    assert len(_issues(shop)) == 1


@pytest.mark.parametrize("method", ["merge", "squash", "rebase"])
@pytest.mark.parametrize("slow", [False, True])
async def test_what_a_signed_pull_request_brought_is_not_reported(shop: Shop, method: str, slow: bool) -> None:
    """Also when GitHub cannot tell yet which pull request brought a commit, where its message does."""
    shop.github.is_slow_to_link = slow and method != "rebase"
    pull = await shop.propose("no-email", BROKEN, shop.olga)
    await shop.push(pull, {"README.md": "# Orders!\n"}, shop.olga, "A second commit")
    await _signed(shop, pull)
    pull.merge(shop.olga, method=method)
    await _looked(shop)
    assert await _is_unreported(shop)


@pytest.mark.parametrize("method", ["merge", "squash", "rebase"])
async def test_what_a_merge_queue_brought_is_not_reported(shop: Shop, method: str) -> None:
    pull = await shop.propose("no-email", BROKEN, shop.olga)
    other = await shop.propose("notes", {"notes.json": "{}\n"}, shop.oskar)
    await _signed(shop, pull)
    group = shop.orders.merge_group(shop.ada, other, pull, method=method)
    await shop.bot.settled()
    group.merge(shop.ada)
    await _looked(shop)
    assert await _is_unreported(shop)


async def test_a_signed_pull_request_that_was_merged_at_home_is_not_reported(shop: Shop) -> None:
    pull = await shop.propose("no-email", BROKEN, shop.olga)
    await _signed(shop, pull)
    merged = shop.orders.make_commit(BROKEN, (shop.orders.tip("main"), pull.head_sha), shop.ada, "Merge")
    shop.orders.push("main", merged, shop.ada)
    await _looked(shop)
    assert pull.merged_at is not None
    assert await _is_unreported(shop)


async def test_what_rides_along_with_a_signed_pull_request_is_reported_alone(shop: Shop) -> None:
    pull = await shop.propose("no-email", BROKEN, shop.olga)
    await _signed(shop, pull)
    merged = shop.orders.make_commit(BROKEN, (shop.orders.tip("main"), pull.head_sha), shop.ada, "Merge")
    more = {SPEC: with_required_currency(without_email(spec()))}
    last = shop.orders.make_commit(more, (merged,), shop.ada, "And the currency")
    shop.orders.push("main", last, shop.ada)
    await _looked(shop)
    (row,) = await _bypasses(shop)
    assert (row.body["registry_sha"], row.body["commits"]) == (merged, [last])
    (issue,) = _issues(shop)
    assert "currency" in (issue.body or "")
    assert "`email`" not in (issue.body or "")


async def test_a_merge_past_the_check_is_reported_once_and_as_a_merge(shop: Shop) -> None:
    pull = await shop.propose("no-email", BROKEN, shop.olga)
    pull.merge(shop.ada, bypass=True)
    await _looked(shop)
    (row,) = await _bypasses(shop)
    assert row.subject == f"acme/orders#{pull.number}"
    assert len(_issues(shop)) == 1


async def test_what_needs_nobody_is_not_reported(shop: Shop) -> None:
    await shop.on_main({SPEC: with_phone(spec())})
    await shop.on_main({"settings.json": "{}\n"})
    await _looked(shop)
    assert await _is_unreported(shop)


async def test_what_is_only_observed_is_not_reported(shop: Shop) -> None:
    await shop.bot.settled()
    with shop.losing_webhooks():
        shop.orders.commit("main", {REGISTRY: _observed()}, author=shop.ada)
    await shop.on_main(BROKEN)
    await _looked(shop)
    assert await _is_unreported(shop)


async def test_the_first_registry_is_not_reported(shop: Shop) -> None:
    with shop.losing_webhooks():
        shop.orders.commit("main", {REGISTRY: None}, author=shop.ada)
    await shop.on_main({REGISTRY: registry()} | BROKEN)
    await _looked(shop)
    assert await _is_unreported(shop)


async def test_a_registry_that_is_weakened_by_a_push_is_judged_by_what_stood_there_before(shop: Shop) -> None:
    await shop.on_main({REGISTRY: _observed()})
    await _looked(shop)
    assert len(_issues(shop)) == 1
    with shop.losing_webhooks():
        shop.orders.commit("main", {REGISTRY: registry()}, author=shop.ada)
    await shop.on_main({REGISTRY: _observed()} | BROKEN)
    await _looked(shop)
    assert len(_issues(shop)) == 2
    assert "no longer returned" in (_issues(shop)[1].body or "")


async def test_of_two_pushes_each_is_judged_by_itself(shop: Shop) -> None:
    await shop.on_main(BROKEN)
    await shop.on_main({SPEC: with_required_currency(without_email(spec()))})
    await _looked(shop)
    first, second = _issues(shop)
    assert "no longer returned" in (first.body or "") and "currency" not in (first.body or "")
    assert "currency" in (second.body or "") and "no longer returned" not in (second.body or "")


async def test_a_force_push_that_takes_something_away_is_reported(shop: Shop) -> None:
    with shop.losing_webhooks():
        start = shop.orders.commit("main", BROKEN, author=shop.ada)
    await shop.on_main({SPEC: spec()})
    await _looked(shop)
    assert await _is_unreported(shop)
    shop.orders.push("main", start, shop.ada, force=True)
    await _looked(shop)
    (row,) = await _bypasses(shop)
    assert row.body["commits"] == []
    assert "no longer returned" in (_issues(shop)[0].body or "")


async def test_a_force_push_back_that_breaks_nothing_is_not_reported(shop: Shop) -> None:
    start = shop.orders.tip("main")
    with shop.losing_webhooks():
        shop.orders.commit("main", BROKEN, author=shop.ada)
    shop.orders.push("main", start, shop.ada, force=True)
    await _looked(shop)
    assert await _is_unreported(shop)


async def test_a_force_push_to_another_history_is_judged_for_what_it_leaves(shop: Shop) -> None:
    with shop.losing_webhooks():
        start = shop.orders.commit("main", BROKEN, author=shop.ada)
        shop.orders.commit("main", {SPEC: spec()}, author=shop.ada)
    elsewhere = shop.orders.make_commit({"README.md": "# Orders!\n"}, (start,), shop.ada, "Another line")
    shop.orders.push("main", elsewhere, shop.ada, force=True)
    await _looked(shop)
    (row,) = await _bypasses(shop)
    assert row.body["commits"] == [elsewhere]
    assert "no longer returned" in (_issues(shop)[0].body or "")


async def test_a_force_push_of_a_history_of_its_own_is_judged_for_what_it_leaves(shop: Shop) -> None:
    files = {SPEC: without_email(spec()), REGISTRY: registry()}
    begun_anew = shop.orders.make_commit(files, (), shop.ada, "Begin anew")
    shop.orders.push("main", begun_anew, shop.ada, force=True)
    await _looked(shop)
    (issue,) = _issues(shop)
    assert "no longer returned" in (issue.body or "")


async def test_what_was_signed_for_another_branch_is_not_signed_for_this_one(shop: Shop) -> None:
    shop.orders.require_check("countersign", shop.app, branch="develop")
    shop.orders.create_branch("develop", shop.orders.tip("main"), shop.ada)
    shop.orders.commit("no-email", BROKEN, author=shop.olga, message="Stop returning the e-mail")
    pull = shop.orders.open_pull_request("no-email", shop.olga, base="develop")
    await shop.bot.settled()
    await _signed(shop, pull)
    merged = pull.merge(shop.olga)
    await _looked(shop)
    assert await _is_unreported(shop)
    shop.orders.push("main", merged, shop.ada)
    await _looked(shop)
    (issue,) = _issues(shop)
    assert issue.title.startswith("Pushed straight to main ")


async def test_a_push_to_a_branch_that_is_not_gated_is_not_reported(shop: Shop) -> None:
    shop.orders.create_branch("scratch", shop.orders.tip("main"), shop.ada)
    shop.orders.commit("scratch", BROKEN, author=shop.olga, message="Only trying")
    await _looked(shop)
    assert await _is_unreported(shop)


async def test_a_push_to_a_protected_branch_that_no_pull_request_goes_to_is_reported(shop: Shop) -> None:
    shop.orders.require_check("countersign", shop.app, branch="release/1")
    shop.orders.create_branch("release/1", shop.orders.tip("main"), shop.ada)
    shop.orders.commit("release/1", BROKEN, author=shop.ada, message="A quick fix")
    await _looked(shop)
    (issue,) = _issues(shop)
    assert "release/1" in issue.title


async def test_a_branch_that_may_be_protected_is_taken_for_one(shop: Shop) -> None:
    shop.orders.create_branch("release/1", shop.orders.tip("main"), shop.ada)
    shop.orders.commit("release/1", BROKEN, author=shop.ada, message="A quick fix")
    shop.github.fault("GET /repos/acme/orders/branches/*", "403", times=9)
    await _looked(shop)
    assert len(_issues(shop)) == 1


async def test_a_new_branch_and_one_that_is_gone_are_not_reported(shop: Shop) -> None:
    shop.orders.require_check("countersign", shop.app, branch="release/1")
    start = shop.orders.tip("main")
    broken = shop.orders.make_commit(BROKEN, (start,), shop.ada, "A quick fix")
    shop.orders.create_branch("release/1", broken, shop.ada)
    shop.orders.create_branch("release/2", start, shop.ada)
    shop.orders.commit("release/2", BROKEN, author=shop.ada)
    shop.orders.delete_branch("release/2", shop.ada)
    await _looked(shop)
    assert await _is_unreported(shop)


@pytest.mark.parametrize("says_so", [True, False])
async def test_what_was_never_released_is_taken_back_by_a_push_without_asking(shop: Shop, says_so: bool) -> None:
    before = {SPEC: with_required_currency(spec())}
    with shop.losing_webhooks():
        shop.orders.commit("main", before, author=shop.ada)
        shop.orders.tag("v1.0.0")
    pull = await shop.propose("no-currency", {SPEC: spec()}, shop.olga)
    sha = pull.merge(shop.olga, method="squash")
    message = f"Ask for it again\n\nThis reverts commit {sha}." if says_so else "Ask for it again"
    shop.orders.commit("main", before, author=shop.ada, message=message)
    await _looked(shop)
    assert await _is_unreported(shop) is says_so


async def test_pull_requests_are_judged_against_the_new_base_at_once(shop: Shop) -> None:
    pull = await shop.propose("no-email", BROKEN, shop.olga)
    assert shop.verdict(pull) == "failure"
    await shop.on_main(BROKEN)
    assert shop.verdict(pull) == "success"


async def test_where_there_are_no_issues_the_records_tell_of_it(shop: Shop) -> None:
    shop.github.fault("* /repos/acme/orders/issues", "404", times=9)
    await shop.on_main(BROKEN)
    await _looked(shop)
    assert len(await _bypasses(shop)) == 1
    assert _issues(shop) == []


async def test_a_push_without_contracts_costs_no_call_later(shop: Shop) -> None:
    await shop.on_main({"README.md": "# Orders!\n"})
    mark = shop.github.mark()
    await _looked(shop)
    assert shop.github.requests_since(mark) == []


async def test_what_a_pull_request_brought_costs_two_calls_later(shop: Shop) -> None:
    pull = await shop.propose("phone", {SPEC: with_phone(spec())}, shop.olga)
    pull.merge(shop.olga)
    await shop.bot.settled()
    mark = shop.github.mark()
    await _looked(shop)
    assert len(shop.github.requests_since(mark)) == 2


def _observed() -> str:
    return registry().replace("    lifecycle: production\n", "    lifecycle: production\n    enforcement: observe\n", 1)
