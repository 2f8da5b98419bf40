"""A pull request changes its base: what was judged for the one says nothing about the other."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from tests.github_standin import PullRequest
from tests.shop.world import REGISTRY, SPEC, Shop, registry, spec, with_required_currency, without_email

BROKEN = {SPEC: without_email(spec())}


async def _signed(shop: Shop, pull: PullRequest) -> None:
    await shop.say(pull, shop.dana, "/approve-breaking")
    await shop.say(pull, shop.chris, "/approve-breaking")


async def _onto_scratch(shop: Shop) -> PullRequest:
    """Onto a branch that is not gated, where nothing is held."""
    shop.orders.create_branch("scratch", shop.orders.tip("main"), shop.ada)
    shop.orders.commit("no-email", BROKEN, author=shop.olga, message="Stop returning the e-mail")
    pull = shop.orders.open_pull_request("no-email", shop.olga, base="scratch")
    await shop.bot.settled()
    return pull


async def _until(it_is_so: Callable[[], bool]) -> None:
    while not it_is_so():  # noqa: ASYNC110 (another event loop's turn is what is waited for)
        await asyncio.sleep(0.01)


async def test_an_answer_that_still_shows_the_base_before_leaves_no_merge_box_open(shop: Shop) -> None:
    pull = await _onto_scratch(shop)
    shop.skips_waits = True
    await shop.restart()
    behind = shop.github.fault("POST /graphql PullRequest", "stale", times=9)
    pull.retarget(shop.olga, "main")
    await shop.bot.settled()
    assert behind.met == 9
    assert not shop.may_merge(pull)


async def test_a_pull_request_that_comes_to_a_gated_branch_is_held_before_we_have_heard_of_it(shop: Shop) -> None:
    pull = await _onto_scratch(shop)
    assert shop.verdict(pull) == "success"
    shop.github.hold_webhooks()
    pull.retarget(shop.olga, "main")
    assert not shop.may_merge(pull), "what was reported elsewhere satisfies no gated branch"
    shop.github.release_webhooks()
    await shop.bot.settled()
    assert not shop.may_merge(pull)
    assert [(run.name, run.conclusion) for run in shop.checks(pull)] == [
        ("countersign (report)", "cancelled"),
        ("countersign", "failure"),
    ]
    await _signed(shop, pull)
    assert shop.may_merge(pull)


async def test_a_second_look_at_what_only_reports_writes_no_check(shop: Shop) -> None:
    shop.orders.create_branch("scratch", shop.orders.tip("main"), shop.ada)
    pull = await shop.propose("no-email", BROKEN, shop.olga)
    pull.retarget(shop.olga, "scratch")
    await shop.bot.settled()
    mark = shop.github.mark()
    await shop.say(pull, shop.mallory, "/recheck")
    assert not [r for r in shop.github.requests_since(mark) if "/check-runs" in r.path and r.method != "GET"]
    assert [(run.name, run.conclusion) for run in shop.checks(pull)] == [
        ("countersign", "cancelled"),
        ("countersign (report)", "success"),
    ]


async def test_a_signature_taken_back_elsewhere_leaves_no_merge_box_open_on_the_way_back(shop: Shop) -> None:
    shop.orders.create_branch("scratch", shop.orders.tip("main"), shop.ada)
    pull = await shop.propose("no-email", BROKEN, shop.olga)
    await _signed(shop, pull)
    assert shop.may_merge(pull)
    pull.retarget(shop.olga, "scratch")
    await shop.bot.settled()
    await shop.say(pull, shop.chris, "/revoke")
    shop.github.hold_webhooks()
    pull.retarget(shop.olga, "main")
    assert not shop.may_merge(pull)
    shop.github.release_webhooks()
    await shop.bot.settled()
    assert not shop.may_merge(pull)
    await shop.say(pull, shop.chris, "/approve-breaking")
    assert shop.may_merge(pull)


async def test_what_was_stacked_is_held_when_github_moves_it_to_a_gated_branch(shop: Shop) -> None:
    """The lower one is squashed and its branch deleted: GitHub changes the upper one's base by itself."""
    lower = await shop.propose("readme", {"README.md": "# Orders!\n"}, shop.oskar)
    shop.orders.commit("no-email", BROKEN, author=shop.olga, start="readme", message="Stop returning the e-mail")
    upper = shop.orders.open_pull_request("no-email", shop.olga, base="readme")
    await shop.bot.settled()
    assert shop.may_merge(upper), "into its own stack"
    lower.merge(shop.oskar, method="squash")
    await shop.bot.settled()
    shop.github.hold_webhooks()
    lower.delete_head_branch(shop.oskar)
    assert (upper.state, upper.base_branch) == ("open", "main")
    assert not shop.may_merge(upper)
    shop.github.release_webhooks()
    await shop.bot.settled()
    assert shop.verdict(upper) == "failure"
    assert "`email` is no longer returned" in shop.comment(upper)


async def test_a_base_branch_that_is_renamed_stays_what_it_was(shop: Shop) -> None:
    pull = await shop.propose("no-email", BROKEN, shop.olga)
    await shop.say(pull, shop.dana, "/approve-breaking")
    shop.orders.rename_branch("main", "trunk", shop.ada)
    await shop.bot.settled()
    assert shop.verdict(pull) == "failure"
    await shop.say(pull, shop.chris, "/approve-breaking")
    assert shop.verdict(pull) == "success"


async def test_a_look_that_began_before_the_base_was_changed_opens_no_merge_box(shop: Shop) -> None:
    """Away to a base where nothing is held, and back while that is still being judged."""
    shop.orders.create_branch("scratch", shop.orders.tip("main"), shop.ada)
    pull = await shop.propose("no-email", BROKEN, shop.olga)
    assert not shop.may_merge(pull)
    slow = shop.github.fault("GET /repos/acme/orders/branches/scratch", "slow", times=1, seconds=1.0)
    pull.retarget(shop.olga, "scratch")
    async with asyncio.timeout(10):
        await _until(lambda: slow.met > 0)
    pull.retarget(shop.olga, "main")
    mark = shop.github.mark()
    await shop.bot.settled()
    written = [r for r in shop.github.requests_since(mark) if "/check-runs" in r.path and r.method != "GET"]
    assert not any(r.body["conclusion"] == "success" for r in written if isinstance(r.body, dict))
    assert not shop.may_merge(pull)


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


async def test_signatures_come_along_to_another_base_where_the_same_is_promised(shop: Shop) -> None:
    shop.orders.create_branch("release/1", shop.orders.tip("main"), shop.ada)
    await shop.on_main({REGISTRY: registry() + 'branches: ["main", "release/*"]\n'})
    shop.orders.commit("release/1", {REGISTRY: registry() + 'branches: ["main", "release/*"]\n'}, author=shop.ada)
    pull = await shop.propose("no-email", BROKEN, shop.olga)
    await _signed(shop, pull)
    assert shop.may_merge(pull)
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
    assert shop.may_merge(pull)


async def test_what_is_written_on_a_branch_that_is_not_gated_signs_nothing_for_one_that_is(shop: Shop) -> None:
    shop.orders.create_branch("scratch", shop.orders.tip("main"), shop.ada)
    pull = await shop.propose("no-email", BROKEN, shop.olga)
    pull.retarget(shop.olga, "scratch")
    await shop.bot.settled()
    await _signed(shop, pull)
    pull.retarget(shop.olga, "main")
    await shop.bot.settled()
    assert not shop.may_merge(pull)
