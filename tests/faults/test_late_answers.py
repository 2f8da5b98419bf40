"""GitHub's answers may be older than its webhooks; a branch that was rewritten since looks the same."""

from __future__ import annotations

from pathlib import Path

from tests.faults.stories import opened, signed_and_released
from tests.shop.world import SPEC, Shop, spec, with_phone, with_required_currency, without_email

BROKEN = {SPEC: without_email(spec())}


async def _released(shop: Shop) -> None:
    await shop.propose("no-email", BROKEN, shop.olga)
    for user in (shop.dana, shop.chris):
        await shop.say(shop.orders.pull(1), user, "/approve-breaking")
    assert shop.orders.pull(1).may_merge


async def test_an_answer_that_is_behind_its_webhook_is_not_published(tmp_path: Path) -> None:
    async with opened(tmp_path, signed_and_released) as shop:
        await _released(shop)
        behind = shop.github.fault("POST /graphql PullRequest", "stale", times=10)
        mark = shop.github.mark()
        both = {SPEC: with_required_currency(without_email(spec()))}
        await shop.push(shop.orders.pull(1), both, shop.olga, "Ask for the currency")
        assert behind.times == 0
        assert shop.verdict(shop.orders.pull(1)) == "failure"
        assert [r.path for r in shop.github.requests_since(mark) if r.path.endswith("/check-runs")] == [
            "/repos/acme/orders/check-runs"
        ], "nothing was written before the answer had caught up"


async def test_a_branch_that_was_rewritten_since_is_judged_though_nobody_told_of_it(tmp_path: Path) -> None:
    async with opened(tmp_path, signed_and_released) as shop:
        await _released(shop)
        pull = shop.orders.pull(1)
        main = shop.orders.tip("main")
        shop.github.hold_webhooks()
        shop.orders.commit("no-email", {SPEC: with_phone(spec())}, author=shop.olga, message="One", parent=main)
        shop.orders.commit("no-email", BROKEN, author=shop.oskar, message="Two", parent=main)
        shop.github.release_webhooks(
            lambda held: [d for d in held if d.event == "pull_request" and d.action == "synchronize"][:1]
        )
        await shop.bot.settled()
        assert shop.checks(pull), "after some minutes, what GitHub says is what is"
        assert shop.verdict(pull) == "success"
