"""Pull requests as people and GitHub really make them."""

from __future__ import annotations

from tests.github_standin import PullRequest
from tests.shop.world import SPEC, Shop, spec, with_phone, with_required_currency, without_email

BROKEN = {SPEC: without_email(spec())}


async def _signed(shop: Shop, pull: PullRequest) -> None:
    await shop.say(pull, shop.dana, "/approve-breaking")
    await shop.say(pull, shop.chris, "/approve-breaking")


async def test_beyond_three_thousand_files_what_was_not_seen_is_held_and_says_why(shop: Shop) -> None:
    before = {f"a/{number:04}.txt": "one\n" for number in range(3_010)}
    pull = await shop.propose("huge", before, shop.olga)
    assert shop.verdict(pull) == "failure"
    assert "GitHub lists no more than 3,000" in shop.comment(pull)
    assert "unclassified" in shop.comment(pull)
    await shop.say(pull, shop.dana, "/approve-breaking -- these are fixtures")
    assert pull.may_merge


async def test_a_fork_that_was_deleted_takes_nothing_with_it(shop: Shop) -> None:
    pull = await _from_a_fork(shop)
    fork = pull.head_repo
    assert fork is not None
    await shop.say(pull, shop.dana, "/approve-breaking")
    shop.github.repositories.remove(fork)
    pull.head_repo = None  # GitHub keeps the pull request, "unknown repository"
    await shop.say(pull, shop.chris, "/approve-breaking")
    assert shop.verdict(pull) == "success"


async def test_a_check_of_a_forks_head_that_is_run_again_finds_its_pull_request(shop: Shop) -> None:
    """check_run.pull_requests is empty for forks."""
    pull = await _from_a_fork(shop)
    pull.comments.clear()
    shop.checks(pull)[-1].rerequest(shop.olga)
    await shop.bot.settled()
    assert "`email` is no longer returned" in shop.comment(pull)


async def _from_a_fork(shop: Shop) -> PullRequest:
    stranger = shop.github.user("frida")
    fork = shop.orders.fork(stranger)
    fork.commit("no-email", BROKEN, author=stranger, message="Stop returning the e-mail")
    pull = shop.orders.open_pull_request((fork, "no-email"), stranger, title="Change")
    await shop.bot.settled()
    return pull


async def test_a_draft_is_judged_and_asks_nobody_until_it_is_ready(shop: Shop) -> None:
    shop.orders.commit("draft", BROKEN, author=shop.olga, message="Change")
    pull = shop.orders.open_pull_request("draft", shop.olga, draft=True)
    await shop.bot.settled()
    assert shop.verdict(pull) == "failure"
    assert "`email` is no longer returned" in shop.comment(pull)
    assert pull.requested_teams == [] and pull.requested_users == []
    pull.ready(shop.olga)
    await shop.bot.settled()
    assert {team.slug for team in pull.requested_teams} >= {"api-council", "checkout"}


async def test_a_signature_given_to_a_draft_counts(shop: Shop) -> None:
    shop.orders.commit("draft", BROKEN, author=shop.olga, message="Change")
    pull = shop.orders.open_pull_request("draft", shop.olga, draft=True)
    await shop.bot.settled()
    await _signed(shop, pull)
    pull.ready(shop.olga)
    await shop.bot.settled()
    assert pull.may_merge


async def test_a_force_push_is_judged_for_what_it_leaves(shop: Shop) -> None:
    pull = await shop.propose("no-email", BROKEN, shop.olga)
    main = shop.orders.tip("main")
    shop.orders.commit("no-email", {SPEC: with_phone(spec())}, author=shop.olga, message="Rather add", parent=main)
    await shop.bot.settled()
    assert pull.may_merge
    shop.orders.commit("no-email", BROKEN, author=shop.olga, message="No, remove", parent=main)
    await shop.bot.settled()
    assert shop.verdict(pull) == "failure"


async def test_what_happened_while_it_was_closed_is_seen_when_it_is_reopened(shop: Shop) -> None:
    pull = await shop.propose("phone", {SPEC: with_phone(spec())}, shop.olga)
    pull.close(shop.olga)
    await shop.push(pull, BROKEN, shop.olga, "Stop returning the e-mail")
    pull.reopen(shop.olga)
    await shop.bot.settled()
    assert shop.verdict(pull) == "failure"


async def test_signatures_outlive_closing_and_reopening(shop: Shop) -> None:
    pull = await shop.propose("no-email", BROKEN, shop.olga)
    await _signed(shop, pull)
    pull.close(shop.olga)
    await shop.bot.settled()
    pull.reopen(shop.olga)
    await shop.bot.settled()
    assert pull.may_merge


async def test_a_signature_taken_back_while_it_was_closed_is_missing_when_it_is_reopened(shop: Shop) -> None:
    pull = await shop.propose("no-email", BROKEN, shop.olga)
    await _signed(shop, pull)
    pull.close(shop.olga)
    await shop.say(pull, shop.chris, "/revoke")
    pull.reopen(shop.olga)
    await shop.bot.settled()
    assert not pull.may_merge


async def test_deleted_accounts_neither_sign_nor_stop_the_judgement(shop: Shop) -> None:
    pull = await shop.propose("no-email", BROKEN, shop.olga)
    await shop.say(pull, shop.chris, "/approve-breaking")
    await shop.say(pull, shop.dana, "/approve-breaking")
    assert pull.may_merge
    shop.github.remove_user(shop.olga)
    shop.github.remove_user(shop.chris)
    await shop.say(pull, shop.mallory, "/recheck")
    assert pull.author is None
    assert not pull.may_merge, "whoever is gone no longer counts"


async def test_a_locked_conversation_keeps_the_verdict_and_is_caught_up_with_when_it_is_unlocked(shop: Shop) -> None:
    pull = await shop.propose("phone", {SPEC: with_phone(spec())}, shop.olga)
    pull.lock(shop.ada)
    await shop.push(pull, BROKEN, shop.olga, "Stop returning the e-mail")
    assert shop.verdict(pull) == "failure"
    assert "`email` is no longer returned" not in shop.comment(pull)
    pull.unlock(shop.ada)
    await shop.bot.settled()
    assert "`email` is no longer returned" in shop.comment(pull)
    await _signed(shop, pull)
    assert pull.may_merge


async def test_what_a_locked_conversation_did_not_show_cannot_have_been_signed(shop: Shop) -> None:
    pull = await shop.propose("no-email", BROKEN, shop.olga)
    pull.lock(shop.ada)
    both = {SPEC: with_required_currency(without_email(spec()))}
    await shop.push(pull, both, shop.olga, "Ask for the currency")
    await shop.say(pull, shop.ada, "chatter")
    shop.orders.grant(shop.dana, "push")
    await shop.say(pull, shop.dana, "/approve-breaking")
    pull.unlock(shop.ada)
    await shop.bot.settled()
    await shop.say(pull, shop.chris, "/approve-breaking")
    assert "decision owner" in shop.comment(pull)
    assert not pull.may_merge, "the decision owner signed what was shown, which was not the currency"


async def test_a_force_push_that_brings_the_signed_change_back_brings_its_signatures_back(shop: Shop) -> None:
    pull = await shop.propose("no-email", BROKEN, shop.olga)
    await _signed(shop, pull)
    main = shop.orders.tip("main")
    more = {SPEC: with_required_currency(without_email(spec()))}
    shop.orders.commit("no-email", more, author=shop.olga, message="Ask for the currency, too", parent=main)
    await shop.bot.settled()
    assert not pull.may_merge
    shop.orders.commit("no-email", BROKEN, author=shop.olga, message="Without the currency", parent=main)
    await shop.bot.settled()
    assert pull.may_merge
