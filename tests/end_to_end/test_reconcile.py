"""Step 2: however its news arrive, a pull request ends in the state that follows from what it is."""

from __future__ import annotations

import asyncio

import pytest

from tests.github_standin import Delivery, PullRequest, shuffled
from tests.shop.world import SPEC, Shop, spec, with_phone, with_required_currency, without_email

BREAKING = {SPEC: without_email(spec())}


async def test_many_pull_requests_are_looked_at_side_by_side(shop: Shop) -> None:
    texts = [without_email(spec()), with_phone(spec()), with_required_currency(spec())]
    pulls: list[PullRequest] = []
    shop.github.latency = 0.05
    for n in range(12):
        shop.orders.commit(f"change-{n}", {SPEC: texts[n % 3]}, author=shop.olga)
        pulls.append(shop.orders.open_pull_request(f"change-{n}", shop.olga))
    busy = 0
    while any(shop.verdict(pull) is None for pull in pulls):
        busy = max(busy, shop.bot.reconciling)
        await asyncio.sleep(0.01)
    await shop.bot.settled()
    assert busy > 4
    assert [shop.verdict(pull) for pull in pulls] == ["failure", "success", "failure"] * 4
    assert all(len(shop.checks(pull)) == 1 and shop.comment(pull) for pull in pulls)


async def test_the_newest_head_wins(shop: Shop) -> None:
    pull = await shop.propose("change", BREAKING, shop.olga)
    shop.github.latency = 0.03
    for text in (with_phone(spec()), with_required_currency(spec()), without_email(spec()), with_phone(spec())):
        shop.orders.commit("change", {SPEC: text}, author=shop.olga)
        await asyncio.sleep(0.05)
    await shop.bot.settled()
    assert shop.verdict(pull) == "success"
    assert "breaking change" not in shop.comment(pull).splitlines()[0]
    assert pull.head_sha[:7] in shop.comment(pull)
    assert {label.name for label in pull.labels} == {"contract: compatible"}


async def test_one_pull_request_is_looked_at_by_one_at_a_time(shop: Shop) -> None:
    pull = await shop.propose("change", BREAKING, shop.olga)
    shop.github.latency = 0.02
    for n in range(6):
        pull.comment(shop.oskar, "/recheck")
        shop.orders.commit("change", {f"docs/{n}.md": "x"}, author=shop.olga)
        assert shop.bot.reconciling <= 2  # the pull request, and the branch that was pushed to
        await asyncio.sleep(0.03)
    await shop.bot.settled()
    assert len([c for c in pull.comments if c.author is shop.app.bot]) == 1
    assert len(shop.checks(pull)) == 1


async def test_a_lost_webhook_costs_a_delay_and_never_a_verdict(shop: Shop) -> None:
    pull = await shop.propose("change", {SPEC: with_phone(spec())}, shop.olga)
    with shop.losing_webhooks():
        await shop.push(pull, BREAKING, shop.olga, "Break it")
        pull.comment(shop.dana, "/approve-breaking")
    assert not shop.may_merge(pull)  # the new head has no check, and the check is required
    await shop.say(pull, shop.oskar, "/recheck")
    assert shop.verdict(pull) == "failure"
    await shop.say(pull, shop.dana, "/approve-breaking")
    with shop.losing_webhooks():
        await shop.say(pull, shop.chris, "/approve-breaking")
    assert not shop.may_merge(pull)
    await shop.say(pull, shop.oskar, "/recheck")
    assert shop.may_merge(pull)


async def test_a_lost_withdrawal_is_seen_at_the_next_event(shop: Shop) -> None:
    pull = await shop.propose("change", BREAKING, shop.olga)
    await shop.say(pull, shop.chris, "/approve-breaking")
    signed = await shop.say(pull, shop.dana, "/approve-breaking")
    with shop.losing_webhooks():
        signed.delete(shop.dana)
    await shop.push(pull, {"README.md": "# All orders\n"}, shop.olga, "Docs")
    assert not shop.may_merge(pull)


@pytest.mark.parametrize("disorder", ["shuffled", "reversed", "twice"])
async def test_any_order_and_repetition_of_webhooks_ends_in_the_same_state(shop: Shop, disorder: str) -> None:
    def twice(held: list[Delivery]) -> list[Delivery]:
        return [*held, *held]

    def backwards(held: list[Delivery]) -> list[Delivery]:
        return held[::-1]

    pull = await shop.propose("change", {SPEC: with_phone(spec())}, shop.olga)
    shop.github.hold_webhooks()
    await shop.push(pull, {SPEC: with_required_currency(spec())}, shop.olga, "One")
    await shop.push(pull, BREAKING, shop.olga, "Two")
    pull.edit_title(shop.olga, "Another title")
    pull.comment(shop.oskar, "/recheck")
    shop.github.release_webhooks({"shuffled": shuffled(7), "reversed": backwards, "twice": twice}[disorder])
    await shop.bot.settled()
    assert shop.verdict(pull) == "failure"
    assert "`email` is no longer returned" in shop.comment(pull) and "currency" not in shop.comment(pull)
    assert {label.name for label in pull.labels} == {"contract: breaking"}
    for person in (shop.dana, shop.chris):
        await shop.say(pull, person, "/approve-breaking")
    assert shop.may_merge(pull)


async def test_a_merge_group_is_judged_on_its_own_head(shop: Shop) -> None:
    held = await shop.propose("no-email", BREAKING, shop.olga)
    free = await shop.propose("phone", {"docs/x.md": "x"}, shop.olga)
    group = shop.orders.merge_group(shop.ada, free)
    await shop.bot.settled()
    assert group.may_merge
    stuck = shop.orders.merge_group(shop.ada, held)
    await shop.bot.settled()
    assert not stuck.may_merge


async def test_what_changes_between_two_looks_of_a_closed_pull_request_is_never_published(shop: Shop) -> None:
    pull = await shop.propose("no-email", BREAKING, shop.olga)
    pull.close(shop.olga)
    await shop.bot.settled()
    mark = shop.github.mark()
    await shop.say(pull, shop.dana, "/approve-breaking")
    assert [r.path for r in shop.github.requests_since(mark) if r.writes] == []


async def test_a_repository_that_was_renamed_or_transferred_goes_on_as_before(shop: Shop) -> None:
    pull = await shop.propose("no-email", BREAKING, shop.olga)
    await shop.say(pull, shop.dana, "/approve-breaking")
    shop.orders.rename("order-service", shop.ada)
    await shop.bot.settled()
    await shop.say(pull, shop.chris, "/approve-breaking")
    assert shop.may_merge(pull)
    assert len([c for c in pull.comments if c.author is shop.app.bot]) == 1


async def test_a_repository_that_is_deleted_right_after_a_push_is_no_error(shop: Shop) -> None:
    await shop.propose("no-email", BREAKING, shop.olga)
    shop.github.hold_webhooks()
    shop.orders.commit("main", {"api/other.yaml": spec()}, author=shop.ada)
    shop.orders.delete(shop.ada)
    mark = shop.github.mark()
    shop.github.release_webhooks()
    await shop.bot.settled()
    assert [r.path for r in shop.github.requests_since(mark) if r.writes] == []
