"""Buttons, offers after a review, reminders, escalations and follow-up issues: each once, to those who must act."""

from __future__ import annotations

from bot.engine.follow_up import FOLLOW_UP
from bot.report.buttons import HOW_TO_SIGN, RECHECK
from tests.github_standin import PullRequest
from tests.github_standin.world.issues import Issue
from tests.shop.world import REGISTRY, SPEC, Shop, registry, spec, with_phone, without_email

BROKEN = {SPEC: without_email(spec())}
DAY = 86_400.0


def _notices(shop: Shop, pull: PullRequest, key: str = "") -> list[str]:
    mark = f"<!-- countersign-notice:{key}"
    return [c.body for c in pull.comments if c.author is shop.app.bot and mark in c.body]


def _issues(shop: Shop) -> list[Issue]:
    return [issue for issue in shop.orders.issues.values() if not isinstance(issue, PullRequest)]


async def _held(shop: Shop) -> PullRequest:
    pull = await shop.propose("no-email", BROKEN, shop.olga)
    assert shop.verdict(pull) == "failure"
    return pull


# Buttons


async def test_a_held_check_has_a_button_that_says_how_to_sign(shop: Shop) -> None:
    pull = await _held(shop)
    run = shop.checks(pull)[-1]
    assert [action["identifier"] for action in run.actions] == [RECHECK.identifier, HOW_TO_SIGN.identifier]
    run.press(shop.olga, HOW_TO_SIGN.identifier)
    await shop.bot.settled()
    (notice,) = _notices(shop, pull, HOW_TO_SIGN.identifier)
    assert notice.startswith("@olga: ")
    assert "**decision owner**" in notice and "**checkout-web**" in notice
    assert "/approve-breaking" in notice


async def test_pressing_it_again_puts_the_answer_right_and_adds_none(shop: Shop) -> None:
    pull = await _held(shop)
    shop.checks(pull)[-1].press(shop.olga, HOW_TO_SIGN.identifier)
    await shop.bot.settled()
    await shop.say(pull, shop.chris, "/approve-breaking")
    shop.checks(pull)[-1].press(shop.oskar, HOW_TO_SIGN.identifier)
    await shop.bot.settled()
    (notice,) = _notices(shop, pull, HOW_TO_SIGN.identifier)
    assert notice.startswith("@oskar: ")
    assert "**checkout-web**" not in notice


async def test_the_button_to_look_again_looks_again(shop: Shop) -> None:
    pull = await _held(shop)
    pull.comments.clear()
    shop.checks(pull)[-1].press(shop.olga, RECHECK.identifier)
    await shop.bot.settled()
    assert "no longer returned" in shop.comment(pull)
    assert _notices(shop, pull) == []


async def test_the_buttons_work_for_a_fork_whose_pull_request_github_does_not_name(shop: Shop) -> None:
    stranger = shop.github.user("frida")
    fork = shop.orders.fork(stranger)
    fork.commit("no-email", BROKEN, author=stranger, message="Stop returning the e-mail")
    pull = shop.orders.open_pull_request((fork, "no-email"), stranger, title="Change")
    await shop.bot.settled()
    shop.checks(pull)[-1].press(shop.olga, HOW_TO_SIGN.identifier)
    await shop.bot.settled()
    assert len(_notices(shop, pull, HOW_TO_SIGN.identifier)) == 1


async def test_a_check_that_holds_nothing_offers_only_to_look_again(shop: Shop) -> None:
    pull = await shop.propose("phone", {SPEC: with_phone(spec())}, shop.olga)
    assert [action["identifier"] for action in shop.checks(pull)[-1].actions] == [RECHECK.identifier]


# An approving review


async def test_an_approving_review_signs_nothing_and_one_word_makes_it_count(shop: Shop) -> None:
    pull = await _held(shop)
    await shop.say(pull, shop.dana, "/approve-breaking")
    pull.review(shop.chris, state="APPROVED")
    await shop.bot.settled()
    assert shop.verdict(pull) == "failure"
    (offer,) = _notices(shop, pull, "offer:")
    assert offer.startswith("@chris: ")
    await shop.say(pull, shop.chris, "Countersign")
    assert pull.may_merge
    assert "@\u200bchris" in shop.comment(pull)


async def test_the_word_counts_only_for_whom_it_was_offered_to_and_after_it_was(shop: Shop) -> None:
    pull = await _held(shop)
    await shop.say(pull, shop.dana, "/approve-breaking")
    await shop.say(pull, shop.chris, "countersign")
    assert not pull.may_merge, "nobody had asked"
    pull.review(shop.chris, state="APPROVED")
    await shop.bot.settled()
    assert not pull.may_merge, "it was said before"
    await shop.say(pull, shop.mallory, "countersign")
    assert not pull.may_merge


async def test_an_edited_or_longer_word_does_not_count(shop: Shop) -> None:
    pull = await _held(shop)
    await shop.say(pull, shop.dana, "/approve-breaking")
    pull.review(shop.chris, state="APPROVED")
    await shop.bot.settled()
    comment = await shop.say(pull, shop.chris, "countersign? no")
    assert not pull.may_merge
    comment.edit(shop.chris, "countersign")
    await shop.bot.settled()
    assert not pull.may_merge


async def test_the_word_is_taken_back_like_any_signature(shop: Shop) -> None:
    pull = await _held(shop)
    await shop.say(pull, shop.dana, "/approve-breaking")
    pull.review(shop.chris, state="APPROVED")
    await shop.bot.settled()
    comment = await shop.say(pull, shop.chris, "countersign")
    assert pull.may_merge
    comment.delete(shop.chris)
    await shop.bot.settled()
    assert not pull.may_merge


async def test_the_word_outlives_the_database(shop: Shop) -> None:
    pull = await _held(shop)
    await shop.say(pull, shop.dana, "/approve-breaking")
    pull.review(shop.chris, state="APPROVED")
    await shop.bot.settled()
    await shop.say(pull, shop.chris, "countersign")
    await shop.restart(forget=True)
    await shop.say(pull, shop.mallory, "/recheck")
    assert pull.may_merge
    assert len(_notices(shop, pull, "offer:")) == 1


async def test_it_is_offered_once_and_only_to_those_who_could_sign(shop: Shop) -> None:
    pull = await _held(shop)
    for reviewer in (shop.chris, shop.chris, shop.mallory):
        pull.review(reviewer, state="APPROVED")
        await shop.bot.settled()
    assert len(_notices(shop, pull)) == 1


async def test_an_approving_review_that_signs_by_itself_is_offered_nothing(shop: Shop) -> None:
    pull = await _held(shop)
    pull.review(shop.chris, "/approve-breaking", state="APPROVED")
    await shop.bot.settled()
    assert _notices(shop, pull) == []


async def test_approving_what_touches_no_contract_costs_nothing(shop: Shop) -> None:
    pull = await shop.propose("readme", {"README.md": "# Orders!\n"}, shop.olga)
    mark = shop.github.mark()
    pull.review(shop.chris, state="APPROVED")
    await shop.bot.settled()
    assert shop.github.requests_since(mark) == []


async def test_approving_what_waits_for_nobody_costs_nothing(shop: Shop) -> None:
    fine = await shop.propose("phone", {SPEC: with_phone(spec())}, shop.olga)
    released = await _held(shop)
    for person in (shop.dana, shop.chris):
        await shop.say(released, person, "/approve-breaking")
    mark = shop.github.mark()
    for pull in (fine, released):
        pull.review(shop.chris, state="APPROVED")
    await shop.bot.settled()
    assert shop.github.requests_since(mark) == []


# Silence


async def test_who_is_silent_is_reminded_once_and_then_the_decision_owner_is_called(shop: Shop) -> None:
    """The clock of the stand-in stands on a Saturday, so three business days end after Wednesday."""
    pull = await _held(shop)
    await shop.bot.later(2 * DAY)
    assert _notices(shop, pull) == []
    await shop.bot.later(2 * DAY)
    (reminder,) = _notices(shop, pull, "reminded:")
    assert "@acme/checkout" in reminder and "@acme/api-council" in reminder
    await shop.bot.later(3 * DAY)
    assert len(_notices(shop, pull, "reminded:")) == 1
    (called,) = _notices(shop, pull, "silent:")
    assert called.startswith("@acme/api-council: ")
    assert "checkout-web" in called
    await shop.bot.later(10 * DAY)
    await shop.restart(forget=True)
    await shop.say(pull, shop.mallory, "/recheck")
    assert len(_notices(shop, pull)) == 2


async def test_whoever_has_signed_is_not_reminded(shop: Shop) -> None:
    pull = await _held(shop)
    await shop.say(pull, shop.chris, "/approve-breaking")
    await shop.bot.later(4 * DAY)
    (reminder,) = _notices(shop, pull, "reminded:")
    assert "@acme/checkout" not in reminder


async def test_nobody_is_reminded_of_a_draft_or_of_what_is_only_observed(shop: Shop) -> None:
    shop.orders.commit("draft", BROKEN, author=shop.olga, message="Change")
    draft = shop.orders.open_pull_request("draft", shop.olga, draft=True)
    await shop.bot.settled()
    await shop.bot.later(10 * DAY)
    assert _notices(shop, draft) == []
    await shop.on_main({REGISTRY: registry().replace("type: openapi", "type: openapi\n    enforcement: observe")})
    draft.ready(shop.olga)
    await shop.bot.settled()
    assert shop.verdict(draft) == "success"
    await shop.bot.later(10 * DAY)
    assert _notices(shop, draft) == []


async def test_escalating_calls_the_decision_owner_at_once_and_once(shop: Shop) -> None:
    pull = await _held(shop)
    await shop.say(pull, shop.chris, "/escalate -- we need this today")
    (called,) = _notices(shop, pull, "escalated:")
    assert called.startswith("@acme/api-council: ")
    await shop.say(pull, shop.mallory, "/recheck")
    assert len(_notices(shop, pull, "escalated:")) == 1


# Waivers


async def test_a_waiver_leaves_one_issue_with_the_day_it_is_due(shop: Shop) -> None:
    pull = await _held(shop)
    until = (shop.github.clock.now().date().replace(day=1)).replace(year=shop.github.clock.now().year + 1).isoformat()
    waiver = f"/waive checkout-web reason:security until:{until} -- the address leaks"
    await shop.say(pull, shop.dana, waiver)
    await shop.say(pull, shop.devi, "/approve-breaking")
    assert pull.may_merge
    (issue,) = _issues(shop)
    assert until in issue.title
    assert "@acme/checkout" in (issue.body or "")
    assert "the address leaks" in (issue.body or "")
    (row,) = [row for row in await shop.bot.services.store.ledger() if row.kind == FOLLOW_UP]
    assert row.body["issue"].endswith(f"/issues/{issue.number}")
    await shop.restart(forget=True)
    await shop.say(pull, shop.mallory, "/recheck")
    assert len(_issues(shop)) == 1
