"""Step 7, what was signed: the change that somebody saw, for as long as it is that change."""

from __future__ import annotations

from tests.github_standin import PullRequest
from tests.shop.world import SPEC, Shop, spec, with_phone, with_required_currency, without_email

BREAKING = {SPEC: without_email(spec())}


async def _released(shop: Shop) -> PullRequest:
    pull = await shop.propose("no-email", BREAKING, shop.olga)
    await shop.say(pull, shop.dana, "/approve-breaking")
    await shop.say(pull, shop.chris, "/approve-breaking")
    assert shop.may_merge(pull)
    return pull


async def test_a_push_that_leaves_the_change_alone_keeps_the_signatures(shop: Shop) -> None:
    pull = await _released(shop)
    await shop.push(pull, {"README.md": "# The orders\n"}, shop.olga, "Say more")
    assert shop.may_merge(pull)
    reformatted = without_email(spec()).replace("description: The order.", "description: The one order.")
    await shop.push(pull, {SPEC: reformatted}, shop.olga, "Better words")
    assert shop.may_merge(pull)


async def test_a_rebase_keeps_the_signatures(shop: Shop) -> None:
    pull = await _released(shop)
    await shop.on_main({SPEC: with_phone(spec())})
    pull.rebase(shop.olga)
    await shop.bot.settled()
    assert shop.may_merge(pull)


async def test_an_edit_of_the_change_asks_again_and_shows_the_old_signature_struck_through(shop: Shop) -> None:
    pull = await _released(shop)
    renamed = spec().replace("          format: email\n", "").replace("email:\n          type: string", "email: {}")
    assert renamed != spec()
    await shop.push(pull, {SPEC: renamed}, shop.olga, "Keep it, without a type")
    assert shop.verdict(pull) == "failure"
    assert "~~" in shop.comment(pull)
    await shop.say(pull, shop.dana, "/approve-breaking")
    await shop.say(pull, shop.chris, "/approve-breaking")
    assert shop.may_merge(pull)


async def test_a_further_break_is_asked_for_and_the_signed_one_stays_signed(shop: Shop) -> None:
    pull = await _released(shop)
    await shop.push(pull, {SPEC: with_required_currency(without_email(spec()))}, shop.olga, "Orders have a currency")
    assert not shop.may_merge(pull)
    assert "Breaking, signed" in shop.comment(pull)


async def test_a_push_between_looking_and_commenting_is_never_consent_for_something_unseen(shop: Shop) -> None:
    pull = await shop.propose("no-email", BREAKING, shop.olga)
    seen = shop.ids(pull)
    # The push and the comments arrive together: what dana and chris saw is the list before it.
    shop.github.hold_webhooks()
    shop.orders.commit("no-email", {SPEC: with_required_currency(without_email(spec()))}, author=shop.olga)
    pull.comment(shop.dana, "/approve-breaking")
    pull.comment(shop.chris, "/approve-breaking")
    shop.github.release_webhooks()
    await shop.bot.settled()
    assert not shop.may_merge(pull)
    (unseen,) = set(shop.ids(pull)) - set(seen)
    status = await _status(shop, pull)
    assert "Open for decision owner" in status and f": `{unseen}`" in status


async def test_a_bare_approval_before_anything_was_published_signs_nothing(shop: Shop) -> None:
    shop.github.hold_webhooks()
    shop.orders.commit("no-email", BREAKING, author=shop.olga)
    pull = shop.orders.open_pull_request("no-email", shop.olga)
    pull.comment(shop.dana, "/approve-breaking")
    shop.github.release_webhooks()
    await shop.bot.settled()
    assert "Nothing had been published here when you wrote this" in shop.replies(pull)[-1]
    assert "0 of 2" in await _status(shop, pull)


async def test_a_change_that_the_base_already_has_asks_nobody_any_more(shop: Shop) -> None:
    pull = await shop.propose("no-email", BREAKING, shop.olga)
    assert shop.verdict(pull) == "failure"
    await shop.on_main({SPEC: without_email(spec())})
    assert shop.verdict(pull) == "success"


async def test_the_base_that_moves_elsewhere_keeps_the_signatures(shop: Shop) -> None:
    pull = await _released(shop)
    await shop.on_main({SPEC: spec().replace("version: 2.4.0", "version: 2.4.1")})
    assert shop.may_merge(pull)


async def test_a_signature_expires_and_is_asked_for_again(shop: Shop) -> None:
    pull = await _released(shop)
    shop.github.clock.advance(31 * 24 * 3600)
    await shop.say(pull, shop.ada, "/recheck")
    assert not shop.may_merge(pull)
    await shop.say(pull, shop.dana, "/approve-breaking")
    await shop.say(pull, shop.chris, "/approve-breaking")
    assert shop.may_merge(pull)


async def test_signatures_of_a_closed_pull_request_count_when_it_is_reopened(shop: Shop) -> None:
    pull = await _released(shop)
    pull.close(shop.olga)
    await shop.bot.settled()
    pull.reopen(shop.olga)
    await shop.bot.settled()
    assert shop.may_merge(pull)


async def test_an_approval_applies_to_one_pull_request(shop: Shop) -> None:
    first = await _released(shop)
    second = await shop.propose("no-email-again", BREAKING, shop.olga)
    assert shop.may_merge(first)
    assert not shop.may_merge(second)


async def _status(shop: Shop, pull: PullRequest) -> str:
    """What `/contracts status` answers now."""
    await shop.say(pull, shop.ada, "/contracts status")
    return shop.replies(pull)[-1]
