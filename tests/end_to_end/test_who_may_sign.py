"""Step 7, who counts: the right people, asked of GitHub when it matters, and nobody who had a hand in the change."""

from __future__ import annotations

from tests.github_standin import PullRequest, Signer
from tests.shop.world import REGISTRY, SPEC, Shop, registry, spec, without_email

BREAKING = {SPEC: without_email(spec())}


async def _signs(shop: Shop, pull: PullRequest, login: str) -> bool:
    """Whether a signature of theirs counts; the reason is asserted by whoever cares."""
    comment = await shop.say(pull, getattr(shop, login), "/approve-breaking")
    return not any(f"countersign-reply:{comment.id} " in reply for reply in shop.replies(pull))


async def test_the_author_of_the_pull_request_never_signs(shop: Shop) -> None:
    shop.orders.grant(shop.dana, "push")
    pull = await shop.propose("no-email", BREAKING, shop.dana)
    assert not await _signs(shop, pull, "dana")
    assert "You are the author" in shop.replies(pull)[-1]
    assert await _signs(shop, pull, "devi")
    assert await _signs(shop, pull, "chris")
    assert shop.may_merge(pull)


async def test_the_committer_of_a_commit_that_changes_the_contract_never_signs(shop: Shop) -> None:
    sha = shop.orders.commit("no-email", BREAKING, author=shop.olga, committer=shop.dana, pusher=shop.olga)
    pull = shop.orders.open_pull_request("no-email", shop.olga)
    await shop.bot.settled()
    assert not await _signs(shop, pull, "dana")
    assert f"You are the committer of commit {sha[:7]}" in shop.replies(pull)[-1]


async def test_whoever_pushed_never_signs(shop: Shop) -> None:
    shop.orders.grant(shop.devi, "push")
    pull = await shop.propose("no-email", BREAKING, shop.olga)
    nobody = Signer("A build", "build@acme.example")
    shop.orders.commit("no-email", {"README.md": "# The orders\n"}, author=nobody, pusher=shop.devi)
    await shop.bot.settled()
    assert not await _signs(shop, pull, "devi")
    assert "You are the one who pushed to this pull request" in shop.replies(pull)[-1]
    assert await _signs(shop, pull, "dana")


async def test_who_committed_something_else_may_sign(shop: Shop) -> None:
    sha = shop.orders.make_commit({"README.md": "# All orders\n"}, (shop.orders.tip("main"),), shop.dana, "Docs")
    shop.orders.push("no-email", sha, shop.olga)
    shop.orders.commit("no-email", BREAKING, author=shop.olga)
    pull = shop.orders.open_pull_request("no-email", shop.olga)
    await shop.bot.settled()
    assert await _signs(shop, pull, "dana")


async def test_the_button_update_branch_does_not_exclude_who_pressed_it(shop: Shop) -> None:
    shop.orders.grant(shop.dana, "push")
    pull = await shop.propose("no-email", BREAKING, shop.olga)
    for n in range(2):
        await shop.on_main({"README.md": f"# Orders and more\n{n}\n"})
        pull.update_branch(shop.dana)
        await shop.bot.settled()
    assert shop.verdict(pull) == "failure"
    assert await _signs(shop, pull, "chris") and await _signs(shop, pull, "dana")
    assert shop.may_merge(pull)
    pull.rebase(shop.olga)
    await shop.bot.settled()
    assert shop.may_merge(pull)


async def test_a_merge_by_github_that_was_made_elsewhere_is_a_push_like_any_other(shop: Shop) -> None:
    shop.orders.grant(shop.dana, "push")
    pull = await shop.propose("change", {"README.md": "# All orders\n"}, shop.olga)
    await shop.on_main({"docs/new.md": "New\n"})
    nobody = Signer("Nobody", "nobody@acme.example")
    shop.orders.commit("elsewhere", BREAKING, author=nobody, start="change", pusher=shop.dana)
    other = shop.orders.open_pull_request("elsewhere", shop.dana)
    merge = other.update_branch(shop.dana)
    shop.orders.push("change", merge, shop.dana)
    await shop.bot.settled()
    assert pull.head_sha == merge
    assert not await _signs(shop, pull, "dana")


async def test_somebody_who_left_the_team_no_longer_counts(shop: Shop) -> None:
    pull = await shop.propose("no-email", BREAKING, shop.olga)
    assert await _signs(shop, pull, "dana")
    shop.teams["api-council"].remove(shop.dana)
    assert await _signs(shop, pull, "chris")
    assert not shop.may_merge(pull)
    assert await _signs(shop, pull, "devi")
    assert shop.may_merge(pull)


async def test_a_member_of_a_child_team_signs_for_the_parent(shop: Shop) -> None:
    shop.acme.team("api-council-europe", [shop.github.user("eve")], parent=shop.teams["api-council"])
    pull = await shop.propose("no-email", BREAKING, shop.olga)
    assert await _signs(shop, pull, "eve")


async def test_without_a_decision_owner_the_owner_signs_and_it_says_so(shop: Shop) -> None:
    shop.teams["api-council"].delete()
    pull = await shop.propose("no-email", BREAKING, shop.olga)
    assert "could not be found on GitHub" in shop.comment(pull)
    assert not await _signs(shop, pull, "olga")
    assert await _signs(shop, pull, "oskar")
    assert await _signs(shop, pull, "chris")
    assert shop.may_merge(pull)


async def test_when_everybody_is_excluded_the_administrators_are_left_and_it_never_passes_by_itself(shop: Shop) -> None:
    await shop.on_main({REGISTRY: registry().replace('"@acme/api-council"', '"@acme/orders"')})
    shop.teams["orders"].remove(shop.oskar)
    pull = await shop.propose("no-email", BREAKING, shop.olga)
    assert shop.verdict(pull) == "failure"
    assert "verybody behind the decision owner" in shop.comment(pull) and "had a hand in this change" in shop.comment(
        pull
    )
    assert await _signs(shop, pull, "chris")
    assert not shop.may_merge(pull)
    assert await _signs(shop, pull, "ada")
    assert shop.may_merge(pull)


async def test_bots_and_what_apps_write_for_people_never_sign(shop: Shop) -> None:
    pull = await shop.propose("no-email", BREAKING, shop.olga)
    other = shop.github.app("Helper", {"issues": "write"}, [])
    shop.teams["api-council"].add(other.bot)
    pull.comment(other.bot, "/approve-breaking", via=other)
    pull.comment(shop.dana, "/approve-breaking", via=other)
    await shop.bot.settled()
    assert await _signs(shop, pull, "chris")
    assert not shop.may_merge(pull)
    assert any("An app wrote this in your name" in reply for reply in shop.replies(pull))
    assert not any(f"@{other.bot.login}" in reply for reply in shop.replies(pull))


async def test_an_edited_comment_never_signs_and_editing_withdraws(shop: Shop) -> None:
    pull = await shop.propose("no-email", BREAKING, shop.olga)
    await shop.say(pull, shop.chris, "/approve-breaking")
    thoughts = await shop.say(pull, shop.dana, "Let me think.")
    thoughts.edit(shop.dana, "/approve-breaking")
    await shop.bot.settled()
    assert not shop.may_merge(pull)
    assert "edited comments never sign" in shop.replies(pull)[-1]

    signed = await shop.say(pull, shop.dana, "/approve-breaking")
    assert shop.may_merge(pull)
    signed.edit(shop.dana, "/approve-breaking -- with a note")
    await shop.bot.settled()
    assert not shop.may_merge(pull)


async def test_deleting_a_signing_comment_withdraws_it(shop: Shop) -> None:
    pull = await shop.propose("no-email", BREAKING, shop.olga)
    await shop.say(pull, shop.chris, "/approve-breaking")
    signed = await shop.say(pull, shop.dana, "/approve-breaking")
    assert shop.may_merge(pull)
    signed.delete(shop.dana)
    await shop.bot.settled()
    assert not shop.may_merge(pull)


async def test_an_account_that_was_deleted_signs_no_more(shop: Shop) -> None:
    pull = await shop.propose("no-email", BREAKING, shop.olga)
    await shop.say(pull, shop.dana, "/approve-breaking")
    await shop.say(pull, shop.chris, "/approve-breaking")
    assert shop.may_merge(pull)
    shop.teams["api-council"].remove(shop.dana)
    shop.dana.delete()
    await shop.say(pull, shop.ada, "/recheck")
    assert not shop.may_merge(pull)
