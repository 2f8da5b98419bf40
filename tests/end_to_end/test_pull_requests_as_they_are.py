"""Pull requests as people and GitHub really make them."""

from __future__ import annotations

import pytest

from tests.github_standin import PullRequest
from tests.shop.world import REGISTRY, SPEC, Shop, registry, spec, with_phone, with_required_currency, without_email

BROKEN = {SPEC: without_email(spec())}


async def _signed(shop: Shop, pull: PullRequest) -> None:
    await shop.say(pull, shop.dana, "/approve-breaking")
    await shop.say(pull, shop.chris, "/approve-breaking")


# Many files, large files, other names


async def test_beyond_three_thousand_files_what_was_not_seen_is_held_and_says_why(shop: Shop) -> None:
    before = {f"a/{number:04}.txt": "one\n" for number in range(3_010)}
    pull = await shop.propose("huge", before, shop.olga)
    assert shop.verdict(pull) == "failure"
    assert "GitHub lists no more than 3,000" in shop.comment(pull)
    assert "unclassified" in shop.comment(pull)
    await shop.say(pull, shop.dana, "/approve-breaking -- these are fixtures")
    assert pull.may_merge


# Forks


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


# A pull request's life


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


async def test_another_base_is_another_judgement(shop: Shop) -> None:
    shop.orders.create_branch("next", shop.orders.tip("main"), shop.ada)
    shop.orders.commit("next", BROKEN, author=shop.ada, message="The e-mail is gone here already")
    pull = await shop.propose("no-email", BROKEN, shop.olga)
    assert shop.verdict(pull) == "failure"
    pull.retarget(shop.olga, "next")
    await shop.bot.settled()
    assert shop.verdict(pull) == "success"
    pull.retarget(shop.olga, "main")
    await shop.bot.settled()
    assert shop.verdict(pull) == "failure"


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


async def test_signatures_come_along_to_another_base_where_the_same_is_promised(shop: Shop) -> None:
    shop.orders.create_branch("release/1", shop.orders.tip("main"), shop.ada)
    await shop.on_main({REGISTRY: registry() + 'branches: ["main", "release/*"]\n'})
    shop.orders.commit("release/1", {REGISTRY: registry() + 'branches: ["main", "release/*"]\n'}, author=shop.ada)
    pull = await shop.propose("no-email", BROKEN, shop.olga)
    await _signed(shop, pull)
    assert pull.may_merge
    pull.retarget(shop.olga, "release/1")
    await shop.bot.settled()
    assert shop.verdict(pull) == "success"
    await shop.say(pull, shop.chris, "/revoke")
    assert shop.verdict(pull) == "failure"


async def test_a_backport_is_judged_by_the_registry_of_its_release_branch(shop: Shop) -> None:
    """On the release branch another team decides, and the same change there wants its own signatures."""
    gated = registry() + 'branches: ["main", "release/*"]\n'
    theirs = gated.replace("@acme/api-council", "@acme/warehouse")
    assert theirs != gated
    await shop.on_main({REGISTRY: gated})
    shop.orders.create_branch("release/1", shop.orders.tip("main"), shop.ada)
    shop.orders.commit("release/1", {REGISTRY: theirs}, author=shop.ada, message="Its own registry")
    on_main = await shop.propose("no-email", BROKEN, shop.olga)
    await _signed(shop, on_main)
    assert on_main.may_merge
    shop.orders.commit("backport", BROKEN, author=shop.olga, start="release/1", message="Backport")
    backport = shop.orders.open_pull_request("backport", shop.olga, base="release/1")
    await shop.bot.settled()
    assert shop.verdict(backport) == "failure", "what was signed on main is not signed here"
    await _signed(shop, backport)
    assert shop.verdict(backport) == "failure", "the council does not decide on the release branch"
    await shop.say(backport, shop.wanda, "/approve-breaking")
    assert shop.verdict(backport) == "success"


async def test_a_stacked_pull_request_is_judged_for_its_own_part_and_again_when_it_moves_down(shop: Shop) -> None:
    lower = await shop.propose("no-email", BROKEN, shop.olga)
    more = {SPEC: with_required_currency(without_email(spec()))}
    shop.orders.commit("currency", more, author=shop.olga, start="no-email", message="Ask for the currency")
    upper = shop.orders.open_pull_request("currency", shop.olga, base="no-email")
    await shop.bot.settled()
    assert "no longer returned" not in shop.comment(upper)
    await _signed(shop, lower)
    lower.merge(shop.olga)
    await shop.bot.settled()
    upper.retarget(shop.olga, "main")
    await shop.bot.settled()
    assert shop.verdict(upper) == "failure"
    assert "no longer returned" not in shop.comment(upper), "it is on main by now, and was signed there"


# Two pull requests with one head


async def _twins(shop: Shop, first: str, second: str) -> dict[str, PullRequest]:
    """One onto main, which is gated, one onto a branch that is not; the same commit."""
    shop.orders.create_branch("scratch", shop.orders.tip("main"), shop.ada)
    shop.orders.commit("no-email", BROKEN, author=shop.olga, message="Stop returning the e-mail")
    pulls = {}
    for base in (first, second):
        pulls[base] = shop.orders.open_pull_request("no-email", shop.olga, base=base)
        if first == "main" or base == first:
            await shop.bot.settled()
    await shop.bot.settled()
    return pulls


@pytest.mark.parametrize("order", [("main", "scratch"), ("scratch", "main")])
async def test_of_two_pull_requests_with_one_head_the_worst_verdict_shows(shop: Shop, order: tuple[str, str]) -> None:
    pulls = await _twins(shop, *order)
    assert not pulls["main"].may_merge
    assert shop.verdict(pulls["scratch"]) == "failure"
    assert f"#{pulls['main'].number}" in (shop.checks(pulls["scratch"])[-1].title or "") or order[1] == "main"
    await _signed(shop, pulls["main"])
    assert shop.verdict(pulls["scratch"]) == "success"
    assert pulls["main"].may_merge


async def test_two_pull_requests_with_one_head_that_are_opened_at_once_show_the_worst(shop: Shop) -> None:
    shop.orders.create_branch("scratch", shop.orders.tip("main"), shop.ada)
    shop.orders.commit("no-email", BROKEN, author=shop.olga, message="Stop returning the e-mail")
    held = shop.orders.open_pull_request("no-email", shop.olga)
    free = shop.orders.open_pull_request("no-email", shop.olga, base="scratch")
    await shop.bot.settled()
    assert shop.verdict(free) == "failure"
    await shop.say(held, shop.mallory, "/recheck")
    mark = shop.github.mark()
    await shop.say(free, shop.mallory, "/contracts help")
    assert not [r for r in shop.github.requests_since(mark) if "check-runs" in r.path], "they settle"
    held.close(shop.olga)
    await shop.bot.settled()
    assert shop.verdict(free) == "success"


async def test_a_released_pull_request_is_held_again_when_its_twin_is(shop: Shop) -> None:
    pulls = await _twins(shop, "main", "scratch")
    await _signed(shop, pulls["main"])
    assert shop.verdict(pulls["scratch"]) == "success"
    await shop.say(pulls["main"], shop.chris, "/revoke")
    assert shop.verdict(pulls["scratch"]) == "failure"
    await shop.push(pulls["main"], {"README.md": "# Parted\n"}, shop.olga, "Part them")
    assert not pulls["main"].may_merge


async def test_twins_are_known_after_the_database_is_lost(shop: Shop) -> None:
    pulls = await _twins(shop, "main", "scratch")
    await shop.restart(forget=True)
    await shop.say(pulls["scratch"], shop.mallory, "/recheck")
    assert not pulls["main"].may_merge
    await _signed(shop, pulls["main"])
    assert pulls["main"].may_merge


# People and conversations


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


# The merge queue


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


# Other bases, and back


async def test_what_was_signed_counts_again_when_a_pull_request_comes_back_from_a_branch_that_is_not_gated(
    shop: Shop,
) -> None:
    shop.orders.create_branch("scratch", shop.orders.tip("main"), shop.ada)
    pull = await shop.propose("no-email", BROKEN, shop.olga)
    await _signed(shop, pull)
    pull.retarget(shop.olga, "scratch")
    await shop.bot.settled()
    assert shop.verdict(pull) == "success"
    pull.retarget(shop.olga, "main")
    await shop.bot.settled()
    assert pull.may_merge


async def test_what_is_written_on_a_branch_that_is_not_gated_signs_nothing_for_one_that_is(shop: Shop) -> None:
    shop.orders.create_branch("scratch", shop.orders.tip("main"), shop.ada)
    pull = await shop.propose("no-email", BROKEN, shop.olga)
    pull.retarget(shop.olga, "scratch")
    await shop.bot.settled()
    await _signed(shop, pull)
    pull.retarget(shop.olga, "main")
    await shop.bot.settled()
    assert not pull.may_merge


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


# Putting back


async def test_putting_back_what_was_removed_needs_nobody(shop: Shop) -> None:
    pull = await shop.propose("no-email", BROKEN, shop.olga)
    await _signed(shop, pull)
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
