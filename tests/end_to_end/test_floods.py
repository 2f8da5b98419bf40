"""Nobody can have us write to other people without end, or spend our calls."""

from __future__ import annotations

from bot.review.answers import ANSWERED_A_DAY
from tests.github_standin import PullRequest
from tests.shop.world import SPEC, Shop, spec, without_email

BROKEN = {SPEC: without_email(spec())}
DAY = 86_400.0


def _notices(shop: Shop, pull: PullRequest, key: str) -> list[str]:
    mark = f"<!-- countersign-notice:{key}"
    return [c.body for c in pull.comments if c.author is shop.app.bot and mark in c.body]


async def test_who_deletes_their_call_and_calls_again_calls_nobody_twice_a_day(shop: Shop) -> None:
    pull = await shop.propose("no-email", BROKEN, shop.olga)
    for _ in range(3):
        call = await shop.say(pull, shop.chris, "/escalate")
        call.delete(shop.chris)
        await shop.bot.settled()
    assert len(_notices(shop, pull, "escalated:")) == 1
    await shop.say(pull, shop.chris, "/escalate")
    await shop.say(pull, shop.olga, "/escalate")
    assert len(_notices(shop, pull, "escalated:")) == 1
    assert any("once a day is enough" in reply for reply in shop.replies(pull))
    await shop.bot.later(DAY)
    await shop.say(pull, shop.olga, "/escalate")
    assert len(_notices(shop, pull, "escalated:")) == 2


async def test_a_waiver_that_is_repeated_opens_one_issue(shop: Shop) -> None:
    pull = await shop.propose("no-email", BROKEN, shop.olga)
    now = shop.github.clock.now()
    days = [now.date().replace(year=now.year + years).isoformat() for years in (1, 1, 2, 3)]
    for day in days:
        await shop.say(pull, shop.dana, f"/waive checkout-web reason:emergency until:{day} -- it burns")
    issues = [issue for issue in shop.orders.issues.values() if not isinstance(issue, PullRequest)]
    assert len(issues) == 1
    assert "follow-up issue" in shop.comment(pull)


async def test_hundreds_of_commands_cost_few_calls(shop: Shop) -> None:
    pull = await shop.propose("no-email", BROKEN, shop.olga)
    shop.github.hold_webhooks()
    for n in range(300):
        pull.comment(shop.mallory, f"/approve-breaking as nobody-{n}")
    mark = shop.github.mark()
    shop.github.release_webhooks()
    await shop.bot.settled()
    calls = shop.github.requests_since(mark)
    written = [call for call in calls if call.writes]
    assert len([call for call in written if call.path.endswith("/reactions")]) == ANSWERED_A_DAY
    assert len(shop.replies(pull)) == ANSWERED_A_DAY
    assert len(calls) < 150
    await shop.say(pull, shop.dana, "/approve-breaking")
    await shop.say(pull, shop.chris, "/approve-breaking")
    assert shop.may_merge(pull), "nobody is drowned out"
