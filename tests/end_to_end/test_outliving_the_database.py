"""Signatures outlive the database: the block in our comment says where to look, GitHub says what is still there."""

from __future__ import annotations

import re

from tests.github_standin import PullRequest
from tests.shop.world import REGISTRY, SPEC, Shop, registry, spec, without_email

BREAKING = {SPEC: without_email(spec())}


async def _released(shop: Shop, branch: str = "no-email") -> PullRequest:
    pull = await shop.propose(branch, BREAKING, shop.olga)
    await shop.say(pull, shop.dana, "/approve-breaking -- fine")
    await shop.say(pull, shop.chris, "/approve-breaking")
    assert pull.may_merge
    return pull


async def test_open_pull_requests_come_back_with_every_valid_signature(shop: Shop) -> None:
    released = await _released(shop)
    half = await shop.propose("half", BREAKING, shop.olga)
    await shop.say(half, shop.chris, "/approve-breaking")
    await shop.restart(forget=True)
    comments = {pull: len(pull.comments) for pull in (released, half)}
    await shop.push(released, {"README.md": "# The orders\n"}, shop.olga, "Say more")
    await shop.push(half, {"README.md": "# The orders\n"}, shop.olga, "Say more")
    assert shop.may_merge(released)
    assert not shop.may_merge(half)
    assert {pull: len(pull.comments) for pull in (released, half)} == comments
    await shop.say(half, shop.dana, "/approve-breaking")
    assert shop.may_merge(half)


async def test_what_was_restored_is_kept_and_restored_again(shop: Shop) -> None:
    pull = await _released(shop)
    for _ in range(2):
        await shop.restart(forget=True)
        await shop.say(pull, shop.mallory, "/recheck")
        assert shop.may_merge(pull)


async def test_a_signature_whose_comment_was_deleted_or_edited_meanwhile_does_not_come_back(shop: Shop) -> None:
    deleted, edited = await _released(shop), await _released(shop, "again")
    await shop.stop()
    next(c for c in deleted.comments if c.author is shop.dana).delete(shop.dana)
    next(c for c in edited.comments if c.author is shop.chris).edit(shop.chris, "/approve-breaking as checkout-web")
    await shop.restart(forget=True)
    await shop.say(deleted, shop.mallory, "/recheck")
    await shop.say(edited, shop.mallory, "/recheck")
    assert not shop.may_merge(deleted)
    assert not shop.may_merge(edited)


async def test_a_signer_who_left_meanwhile_does_not_come_back(shop: Shop) -> None:
    pull = await _released(shop)
    await shop.stop()
    shop.teams["api-council"].remove(shop.dana)
    await shop.restart(forget=True)
    await shop.say(pull, shop.mallory, "/recheck")
    assert not shop.may_merge(pull)


async def test_a_revoked_signature_does_not_come_back_even_without_the_comment_that_revoked_it(shop: Shop) -> None:
    pull = await _released(shop)
    revocation = await shop.say(pull, shop.chris, "/revoke")
    await shop.stop()
    revocation.delete(shop.chris)
    await shop.restart(forget=True)
    await shop.say(pull, shop.mallory, "/recheck")
    assert not shop.may_merge(pull)


async def test_a_change_made_while_we_forgot_is_asked_for(shop: Shop) -> None:
    pull = await _released(shop)
    await shop.stop()
    changed = without_email(spec()).replace("  /orders/{id}/cancellation:\n", "  /orders/{id}/cancelling:\n")
    shop.orders.commit("no-email", {SPEC: changed}, author=shop.olga)
    await shop.restart(forget=True)
    await shop.say(pull, shop.mallory, "/recheck")
    assert not shop.may_merge(pull)


async def test_a_pasted_block_restores_nothing(shop: Shop) -> None:
    signed = await _released(shop)
    (block,) = re.findall(r"<!-- countersign:v1 .* -->", shop.comment(signed))
    copied = await shop.propose("copied", BREAKING, shop.olga)
    for author in (shop.mallory, shop.dana, shop.olga):
        copied.comment(author, f"As agreed.\n\n{block}")
        signed.comment(author, f"As agreed.\n\n{block}")
    await shop.stop()
    for comment in [c for c in signed.comments if c.author is shop.app.bot]:
        comment.delete(shop.ada)
    await shop.restart(forget=True)
    for pull in (signed, copied):
        await shop.say(pull, shop.mallory, "/recheck")
        assert not shop.may_merge(pull)


async def test_a_block_copied_into_our_own_comment_by_a_maintainer_restores_nothing(shop: Shop) -> None:
    """People with push access can edit our comment: a block in it is authentic only for the pull request it names."""
    signed = await _released(shop)
    (block,) = re.findall(r"<!-- countersign:v1 .* -->", shop.comment(signed))
    other = await shop.propose("copied", BREAKING, shop.olga)
    await shop.stop()
    ours = next(c for c in other.comments if c.author is shop.app.bot)
    ours.edit(shop.mallory, re.sub(r"<!-- countersign:v1 .* -->", block, ours.body))
    forged = next(c for c in signed.comments if c.author is shop.app.bot and "countersign:v1" in c.body)
    forged.edit(shop.mallory, re.sub(r"v1 (.)", r"v1 \1x", forged.body))
    await shop.restart(forget=True)
    for pull in (other, signed):
        await shop.say(pull, shop.mallory, "/recheck")
        assert not shop.may_merge(pull)


async def test_signatures_outlive_a_database_that_is_lost_while_the_registry_is_broken(shop: Shop) -> None:
    pull = await _released(shop)
    await shop.on_main({REGISTRY: "contracts: [nothing that can be read"})
    assert shop.verdict(pull) == "failure"
    await shop.restart(forget=True)
    await shop.say(pull, shop.mallory, "/recheck")
    await shop.on_main({REGISTRY: registry()})
    assert shop.may_merge(pull)


DAY = 86_400.0


def _notices(shop: Shop, pull: PullRequest, key: str) -> list[str]:
    mark = f"<!-- countersign-notice:{key}"
    return [c.body for c in pull.comments if c.author is shop.app.bot and mark in c.body]


async def test_a_lost_database_neither_shortens_nor_lengthens_the_wait_for_an_answer(shop: Shop) -> None:
    """The clock of the stand-in stands on a Saturday, so three business days end after Wednesday."""
    pull = await shop.propose("no-email", BREAKING, shop.olga)
    asked = shop.comment(pull)
    await shop.restart(forget=True)
    await shop.say(pull, shop.mallory, "/recheck")
    assert shop.comment(pull) == asked, "nothing has changed, so nothing is written"
    await shop.bot.later(2 * DAY)
    await shop.restart(forget=True)
    await shop.say(pull, shop.mallory, "/recheck")
    assert _notices(shop, pull, "reminded:") == []
    await shop.bot.later(2 * DAY)
    assert len(_notices(shop, pull, "reminded:")) == 1
    await shop.restart(forget=True)
    await shop.say(pull, shop.mallory, "/recheck")
    await shop.say(pull, shop.dana, "/approve-breaking as checkout-web -- they are on holiday")
    assert not shop.may_merge(pull), "there is time until Wednesday is over"
    await shop.bot.later(2 * DAY)
    assert len(_notices(shop, pull, "reminded:")) == 1
    assert len(_notices(shop, pull, "silent:")) == 1
    await shop.say(pull, shop.dana, "/approve-breaking\n/approve-breaking as checkout-web -- they are on holiday")
    assert shop.may_merge(pull)
    await shop.restart(forget=True)
    await shop.say(pull, shop.mallory, "/recheck")
    assert shop.may_merge(pull), "who signed for them has signed"
    assert len(_notices(shop, pull, "silent:")) == 1


async def test_what_was_said_once_is_not_said_again_when_the_database_is_lost(shop: Shop) -> None:
    """An offer, a call for the decision owner, an issue for a waiver, the report of a merge without signatures."""
    pull = await shop.propose("no-email", BREAKING, shop.olga)
    pull.review(shop.chris, "Fine.", state="APPROVED")
    await shop.bot.settled()
    await shop.say(pull, shop.chris, "/escalate")
    until = shop.github.clock.now().date().replace(year=shop.github.clock.now().year + 1).isoformat()
    await shop.say(pull, shop.dana, f"/waive checkout-web reason:security until:{until} -- it leaks")

    def said() -> tuple[int, int]:
        issues = [issue for issue in shop.orders.issues.values() if not isinstance(issue, PullRequest)]
        return len([c for c in pull.comments if c.author is shop.app.bot]), len(issues)

    before = said()
    assert _notices(shop, pull, "offer:")
    assert _notices(shop, pull, "escalated:")
    for _ in range(2):
        await shop.restart(forget=True)
        await shop.say(pull, shop.mallory, "/recheck")
    assert said() == before
    pull.merge(shop.ada, bypass=True)
    await shop.bot.settled()
    comments, issues = said()
    await shop.restart(forget=True)
    pull.edit_title(shop.olga, "Merged")
    await shop.bot.settled()
    assert said() == (comments, issues) == (before[0], before[1] + 1)


async def test_no_time_passes_while_a_pull_request_is_closed_though_the_database_is_lost_meanwhile(shop: Shop) -> None:
    pull = await shop.propose("no-email", BREAKING, shop.olga)
    await shop.say(pull, shop.chris, "/approve-breaking")
    pull.close(shop.olga)
    await shop.bot.settled()
    await shop.restart(forget=True)
    await shop.bot.later(10 * DAY)
    pull.reopen(shop.olga)
    await shop.bot.settled()
    assert _notices(shop, pull, "reminded:") == []
    await shop.bot.later(4 * DAY)
    (reminder,) = _notices(shop, pull, "reminded:")
    assert "@acme/api-council" in reminder
    assert "@acme/checkout" not in reminder, "whose signature came back"
