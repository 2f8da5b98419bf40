"""Whoever wants a signature that is not theirs to give: second accounts, borrowed teams, edited and hidden words."""

from __future__ import annotations

import pytest

from bot.store import PullKey
from tests.github_standin import PullRequest
from tests.shop.world import REGISTRY, SPEC, Shop, registry, spec, without_email

BREAKING = {SPEC: without_email(spec())}


async def _held(shop: Shop) -> PullRequest:
    pull = await shop.propose("no-email", BREAKING, shop.olga)
    assert shop.verdict(pull) == "failure"
    return pull


async def _missing(shop: Shop, pull: PullRequest) -> str:
    """What `/contracts status` says is still open."""
    await shop.say(pull, shop.ada, "/contracts status")
    return shop.replies(pull)[-1]


# Who


async def test_a_second_account_in_the_deciding_team_that_committed_signs_nothing(shop: Shop) -> None:
    """olga works as olga-too as well, whom the council has taken in; the commit is hers under that name."""
    second = shop.github.user("olga-too")
    shop.acme.member(second)
    shop.teams["api-council"].add(second)
    sha = shop.orders.make_commit(BREAKING, (shop.orders.tip("main"),), second, "Stop returning the e-mail")
    shop.orders.push("no-email", sha, shop.olga)
    pull = shop.orders.open_pull_request("no-email", shop.olga)
    await shop.bot.settled()
    for command in (
        "/approve-breaking",
        "/approve-breaking as decision-owner",
        f"/approve-breaking {shop.ids(pull)[0]}",
    ):
        await shop.say(pull, second, command)
        assert f"You are the author of commit {sha[:7]}" in shop.replies(pull)[-1]
    await shop.say(pull, shop.chris, "/approve-breaking")
    assert not shop.may_merge(pull)


async def test_who_joins_the_team_after_signing_has_signed_nothing(shop: Shop) -> None:
    pull = await _held(shop)
    await shop.say(pull, shop.chris, "/approve-breaking")
    await shop.say(pull, shop.mallory, "/approve-breaking")
    await shop.say(pull, shop.mallory, f"/approve-breaking {shop.ids(pull)[0]}")
    shop.teams["api-council"].add(shop.mallory)
    await shop.say(pull, shop.ada, "/recheck")
    assert not shop.may_merge(pull)
    await shop.restart(forget=True)
    await shop.say(pull, shop.ada, "/recheck")
    assert not shop.may_merge(pull), "nor after the database was lost"
    await shop.say(pull, shop.mallory, "/approve-breaking")
    assert shop.may_merge(pull), "who belongs to it when they sign signs"


async def test_who_joins_the_team_signs_and_leaves_again_has_signed_nothing(shop: Shop) -> None:
    pull = await _held(shop)
    shop.teams["api-council"].add(shop.mallory)
    await shop.say(pull, shop.mallory, "/approve-breaking")
    shop.teams["api-council"].remove(shop.mallory)
    await shop.say(pull, shop.chris, "/approve-breaking")
    assert not shop.may_merge(pull)
    assert "decision owner" in await _missing(shop, pull)


async def test_who_is_put_in_charge_of_the_contract_after_signing_has_signed_nothing(shop: Shop) -> None:
    pull = await _held(shop)
    await shop.say(pull, shop.chris, "/approve-breaking")
    await shop.say(pull, shop.mallory, "/approve-breaking")
    await shop.on_main({REGISTRY: registry().replace('"@acme/api-council"', '"@mallory"')})
    await shop.say(pull, shop.ada, "/recheck")
    assert not shop.may_merge(pull)


async def test_who_washes_their_name_off_the_commits_has_not_signed_before(shop: Shop) -> None:
    sha = shop.orders.commit("no-email", BREAKING, author=shop.dana, pusher=shop.olga)
    pull = shop.orders.open_pull_request("no-email", shop.olga)
    await shop.bot.settled()
    await shop.say(pull, shop.chris, "/approve-breaking")
    await shop.say(pull, shop.dana, "/approve-breaking")
    assert f"You are the author of commit {sha[:7]}" in shop.replies(pull)[-1]
    shop.orders.commit("no-email", BREAKING, author=shop.olga, parent=shop.orders.tip("main"))
    await shop.bot.settled()
    assert not shop.may_merge(pull)


async def test_an_account_that_was_renamed_to_a_signers_login_is_not_them(shop: Shop) -> None:
    pull = await _held(shop)
    await shop.say(pull, shop.chris, "/approve-breaking")
    shop.dana.login, shop.mallory.login = "dana-was-here", "dana"
    impostor = next(user for user in shop.github.users if user.login == "dana")
    await shop.say(pull, impostor, "/approve-breaking")
    assert "You are not (or no longer) among those who may sign" in shop.replies(pull)[-1]
    assert not shop.may_merge(pull)


# By which words


async def test_a_comment_edited_into_an_approval_never_signs_whoever_edits_it(shop: Shop) -> None:
    pull = await _held(shop)
    await shop.say(pull, shop.chris, "/approve-breaking")
    for editor in (shop.mallory, shop.dana):
        comment = await shop.say(pull, shop.dana, "I still have to read it.")
        comment.edit(editor, "/approve-breaking")
        await shop.bot.settled()
        comment.edit(editor, "I still have to read it.")
        comment.edit(editor, "/approve-breaking")
        await shop.say(pull, shop.ada, "/recheck")
        assert not shop.may_merge(pull)


async def test_a_review_edited_into_an_approval_never_signs_and_editing_one_that_signed_withdraws_it(
    shop: Shop,
) -> None:
    pull = await _held(shop)
    await shop.say(pull, shop.chris, "/approve-breaking")
    review = pull.review(shop.dana, "The code is fine.", "APPROVED")
    await shop.bot.settled()
    review.edit(shop.mallory, "/approve-breaking")
    await shop.say(pull, shop.ada, "/recheck")
    assert not shop.may_merge(pull)
    signed = pull.review(shop.dana, "/approve-breaking", "APPROVED")
    await shop.bot.settled()
    assert shop.may_merge(pull)
    signed.edit(shop.mallory, "/approve-breaking -- and whatever comes next")
    await shop.bot.settled()
    assert not shop.may_merge(pull)


async def test_the_word_that_makes_a_review_count_is_no_use_to_anybody_else(shop: Shop) -> None:
    pull = await _held(shop)
    await shop.say(pull, shop.chris, "/approve-breaking")
    before = await shop.say(pull, shop.dana, "countersign")
    pull.review(shop.dana, "The code is fine.", "APPROVED")
    await shop.bot.settled()
    assert before in pull.comments
    await shop.say(pull, shop.mallory, "countersign")
    pull.comment(shop.dana, "countersign", via=shop.github.app("Helper", {"issues": "write"}, []))
    later = await shop.say(pull, shop.dana, "What does that mean?")
    later.edit(shop.mallory, "countersign")
    await shop.say(pull, shop.dana, "> countersign")
    assert not shop.may_merge(pull)
    await shop.say(pull, shop.dana, "countersign")
    assert shop.may_merge(pull)


async def test_an_app_that_writes_on_behalf_of_a_signer_neither_signs_nor_rules_nor_waives(shop: Shop) -> None:
    pull = await _held(shop)
    helper = shop.github.app("Helper", {"issues": "write"}, [])
    await shop.say(pull, shop.chris, "/object -- we need it")
    for command in (
        "/approve-breaking",
        "/rule accept -- fine",
        "/waive checkout-web reason:emergency until:2099-01-01 -- no time",
        f"/reclassify {shop.ids(pull)[0]} compatible -- nobody reads it",
    ):
        pull.comment(shop.dana, command, via=helper)
        pull.comment(helper.bot, command, via=helper)
    pull.comment(shop.chris, "/revoke", via=helper)
    await shop.bot.settled()
    assert not shop.may_merge(pull)
    assert sum("An app wrote this in your name" in reply for reply in shop.replies(pull)) == 5


HIDDEN = {
    "quoted": "> /approve-breaking",
    "quoted lazily": "> I would not write\n/approve-breaking",
    "in a fence": "```\n/approve-breaking\n```",
    "in a fence of tildes": "~~~text\n/approve-breaking\n~~~",
    "in a fence that nothing ends": "```\n/approve-breaking",
    "in a list": "- /approve-breaking",
    "in an HTML comment": "<!--\n/approve-breaking\n-->",
    "in an HTML comment on one line": "<!-- /approve-breaking -->",
    "in details": "<details><summary>More</summary>\n\n/approve-breaking\n\n</details>",
    "in details that are open": "<details open>\n\n/approve-breaking\n\n</details>",
    "below details": "Lengthy.\n\n<details>\n\n/approve-breaking",
    "in a table": "| a |\n| - |\n| /approve-breaking |",
    "in a heading": "# /approve-breaking",
    "struck out": "~~/approve-breaking~~",
    "below other words": "Do I have to write this?\n/approve-breaking",
    "escaped": "\\/approve-breaking",
    "an address": "[/approve-breaking](https://acme.example)",
}


@pytest.mark.parametrize("body", HIDDEN.values(), ids=HIDDEN.keys())
async def test_a_command_that_readers_do_not_see_as_one_signs_nothing(shop: Shop, body: str) -> None:
    pull = await _held(shop)
    for person in (shop.dana, shop.chris):
        pull.comment(person, body)
        pull.review(person, body, "APPROVED")
    await shop.bot.settled()
    assert not shop.may_merge(pull)
    assert "0 of 2 signatures are there" in await _missing(shop, pull)


async def test_the_description_the_title_and_the_commits_of_a_pull_request_sign_nothing(shop: Shop) -> None:
    shop.orders.grant(shop.dana, "push")
    shop.orders.commit("no-email", BREAKING, author=shop.olga, message="/approve-breaking\n\nApproved-by: dana")
    pull = shop.orders.open_pull_request("no-email", shop.dana, title="/approve-breaking", body="/approve-breaking")
    await shop.bot.settled()
    pull.edit_body(shop.devi, "/approve-breaking")
    pull.edit_title(shop.devi, "/approve-breaking")
    await shop.say(pull, shop.chris, "/approve-breaking")
    assert not shop.may_merge(pull)
    assert "decision owner" in await _missing(shop, pull)


# In which role


async def test_a_decision_owner_who_is_the_author_neither_rules_nor_reclassifies_nor_waives(shop: Shop) -> None:
    shop.orders.grant(shop.dana, "push")
    pull = await shop.propose("no-email", BREAKING, shop.dana)
    await shop.say(pull, shop.chris, "/object -- we need it")
    for command in (
        "/rule accept -- I decide",
        "/rule honour-until 2026-01-01 -- I decide",
        f"/reclassify {shop.ids(pull)[0]} compatible -- I decide",
        "/waive checkout-web reason:emergency until:2099-01-01 -- I decide",
        "/approve-breaking as decision-owner",
        "/approve-breaking as checkout-web",
    ):
        before = len(shop.replies(pull))
        await shop.say(pull, shop.dana, command)
        assert len(shop.replies(pull)) == before + 1, command
    assert not shop.may_merge(pull)
    await shop.say(pull, shop.devi, "/rule accept -- it has been announced since May")
    assert shop.may_merge(pull)


async def test_a_producer_can_neither_waive_nor_rule_nor_reclassify_alone(shop: Shop) -> None:
    pull = await _held(shop)
    for person in (shop.olga, shop.oskar, shop.mallory):
        await shop.say(pull, person, "/waive checkout-web reason:no_consumers until:2099-01-01 -- nobody there")
        refused = shop.replies(pull)[-1]
        assert "A waiver takes somebody from" in refused or "You are the author" in refused
        await shop.say(pull, person, "/waive decision-owner reason:emergency until:2099-01-01 -- now")
        await shop.say(pull, person, f"/reclassify {shop.ids(pull)[0]} compatible -- it is")
    await shop.say(pull, shop.dana, "/approve-breaking")
    assert not shop.may_merge(pull)
    await shop.say(pull, shop.chris, "/object -- we need it")
    for person in (shop.olga, shop.oskar, shop.mallory):
        await shop.say(pull, person, "/rule accept -- it is fine")
    assert not shop.may_merge(pull)


async def test_an_objection_is_not_washed_off_by_editing_deleting_or_pushing(shop: Shop) -> None:
    pull = await _held(shop)
    objection = await shop.say(pull, shop.chris, "/object -- our receipts print the address")
    for person in (shop.dana, shop.devi, shop.mallory):
        await shop.say(pull, person, "/revoke")
    objection.edit(shop.mallory, "/object -- nothing really")
    await shop.bot.settled()
    objection.edit(shop.mallory, "Never mind.")
    await shop.bot.settled()
    objection.delete(shop.mallory)
    await shop.bot.settled()
    await shop.push(pull, {"README.md": "# Orders!\n"}, shop.olga, "Something else")
    for person in (shop.dana, shop.chris):
        await shop.say(pull, person, "/contracts status")
    await shop.say(pull, shop.dana, "/approve-breaking")
    assert not shop.may_merge(pull)
    kept = await shop.bot.services.store.publications(PullKey(shop.orders.id, pull.number))
    assert {objection.text for objection in kept[-1].objections} == {"our receipts print the address"}
