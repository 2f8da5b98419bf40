"""Whoever wants something else merged than what was signed, or signed than what was seen."""

from __future__ import annotations

import pytest

from tests.github_standin import PullRequest, Submodule, Symlink
from tests.github_standin.world.git import Content
from tests.shop.world import REGISTRY, SPEC, Shop, registry, spec, with_phone, with_required_currency, without_email

BREAKING = {SPEC: without_email(spec())}
WORSE = {SPEC: with_required_currency(without_email(spec()))}


async def _held(shop: Shop) -> PullRequest:
    pull = await shop.propose("no-email", BREAKING, shop.olga)
    assert shop.verdict(pull) == "failure"
    return pull


async def _sign(shop: Shop, pull: PullRequest) -> None:
    await shop.say(pull, shop.dana, "/approve-breaking")
    await shop.say(pull, shop.chris, "/approve-breaking")


# Between looking and signing


@pytest.mark.parametrize("first", ["the push", "the comments"])
async def test_a_force_push_between_look_and_comment_is_never_consent(shop: Shop, first: str) -> None:
    """Both arrive together, in either order; what was seen is the list of before."""
    pull = await shop.propose("change", {SPEC: with_phone(spec())}, shop.olga)
    await shop.push(pull, BREAKING, shop.olga, "Break it")
    shop.github.hold_webhooks()
    main = shop.orders.tip("main")
    if first == "the push":
        shop.orders.commit("change", WORSE, author=shop.olga, parent=main)
    pull.comment(shop.dana, "/approve-breaking")
    pull.comment(shop.chris, "/approve-breaking")
    if first == "the comments":
        shop.orders.commit("change", WORSE, author=shop.olga, parent=main)
    shop.github.release_webhooks()
    await shop.bot.settled()
    assert not shop.may_merge(pull)
    await shop.say(pull, shop.dana, "/approve-breaking")
    assert not shop.may_merge(pull), "nor did the consumer consent to more than it had seen"
    await shop.say(pull, shop.chris, "/approve-breaking")
    assert shop.may_merge(pull)


async def test_what_was_signed_is_force_pushed_away_and_the_contract_with_it(shop: Shop) -> None:
    pull = await _held(shop)
    await _sign(shop, pull)
    assert shop.may_merge(pull)
    shop.orders.commit("no-email", {SPEC: None}, author=shop.olga, parent=shop.orders.tip("main"))
    await shop.bot.settled()
    assert not shop.may_merge(pull)


async def test_a_break_that_is_put_back_after_it_was_taken_out_needs_no_new_signature_and_another_one_does(
    shop: Shop,
) -> None:
    pull = await _held(shop)
    await _sign(shop, pull)
    await shop.push(pull, {SPEC: with_phone(spec())}, shop.olga, "Rather not")
    await shop.push(pull, WORSE, shop.olga, "After all, and more")
    assert not shop.may_merge(pull)
    await shop.push(pull, BREAKING, shop.olga, "As it was signed")
    assert shop.may_merge(pull)


async def test_a_retarget_between_look_and_comment_is_never_consent(shop: Shop) -> None:
    """Onto a base where less changes, so that less is shown; back before the comments are read."""
    shop.orders.create_branch("next", shop.orders.tip("main"), shop.ada)
    shop.orders.commit("next", BREAKING, author=shop.ada, message="It is gone here already")
    await shop.on_main({REGISTRY: registry() + 'branches: ["**"]\n'})
    shop.orders.commit("next", {REGISTRY: registry() + 'branches: ["**"]\n'}, author=shop.ada)
    shop.orders.commit("change", WORSE, author=shop.olga)
    pull = shop.orders.open_pull_request("change", shop.olga, base="next")
    await shop.bot.settled()
    shop.github.hold_webhooks()
    pull.comment(shop.dana, "/approve-breaking")
    pull.comment(shop.chris, "/approve-breaking")
    pull.retarget(shop.olga, "main")
    shop.github.release_webhooks()
    await shop.bot.settled()
    assert not shop.may_merge(pull)


# The base


async def test_a_base_that_is_rewritten_so_that_more_changes_asks_again(shop: Shop) -> None:
    """main is taken back to before a signed break: the pull request that only followed it carries the break now."""
    before = shop.orders.tip("main")
    broken = shop.orders.make_commit(BREAKING, (before,), shop.ada, "Signed for elsewhere")
    shop.orders.push("main", broken, shop.ada)
    pull = await shop.propose("phone", {SPEC: with_phone(without_email(spec()))}, shop.olga)
    assert shop.may_merge(pull)
    shop.orders.push("main", before, shop.ada, force=True)
    await shop.bot.settled()
    assert not shop.may_merge(pull)
    assert "`email` is no longer returned" in shop.comment(pull)


async def test_a_base_that_moves_so_that_less_is_left_keeps_what_is_left_held(shop: Shop) -> None:
    pull = await shop.propose("both", WORSE, shop.olga)
    await shop.on_main(BREAKING)
    assert not shop.may_merge(pull)
    assert "no longer returned" not in shop.comment(pull)
    await shop.say(pull, shop.chris, "/approve-breaking")
    assert not shop.may_merge(pull)


async def test_a_registry_that_comes_to_the_base_after_the_green_check_is_judged_by(shop: Shop) -> None:
    await shop.on_main({REGISTRY: registry().replace("lifecycle: production", "lifecycle: experimental")})
    pull = await shop.propose("no-email", BREAKING, shop.olga)
    assert shop.may_merge(pull)
    await shop.on_main({REGISTRY: registry()})
    assert not shop.may_merge(pull)


# Where the change is


async def test_a_contract_that_is_renamed_out_of_the_registrys_sight_is_held(shop: Shop) -> None:
    pull = await shop.propose("away", {SPEC: None, "legacy/openapi.yaml": without_email(spec())}, shop.olga)
    assert not shop.may_merge(pull)
    same = await shop.propose("same", {SPEC: None, "legacy/openapi.yaml": spec()}, shop.olga)
    assert not shop.may_merge(same)


async def test_a_contract_that_is_renamed_and_broken_in_one_go_is_held(shop: Shop) -> None:
    pull = await shop.propose("moved", {SPEC: None, "api/v2/openapi.yaml": without_email(spec())}, shop.olga)
    assert not shop.may_merge(pull)
    assert "`email` is no longer returned" in shop.comment(pull)


async def test_a_decoy_in_the_old_place_hides_nothing(shop: Shop) -> None:
    """The contract is copied, the copy broken, and the registry's entry point made a link to the copy."""
    files: dict[str, Content | None] = {SPEC: Symlink("v2.yaml"), "api/v2.yaml": without_email(spec())}
    pull = await shop.propose("decoy", files, shop.olga)
    assert not shop.may_merge(pull)


@pytest.mark.parametrize("target", ["../real/openapi.yaml", "/etc/passwd", "openapi.yaml", "../../../etc/passwd"])
async def test_a_contract_that_becomes_a_link_is_held_and_never_followed_out(shop: Shop, target: str) -> None:
    files: dict[str, Content | None] = {SPEC: Symlink(target), "real/openapi.yaml": spec()}
    pull = await shop.propose("link", files, shop.olga)
    assert not shop.may_merge(pull)
    assert "link" in shop.comment(pull)
    assert "root:" not in shop.comment(pull)


async def test_behind_a_link_that_was_always_there_nothing_changes_unseen(shop: Shop) -> None:
    await shop.on_main({SPEC: Symlink("../real/openapi.yaml"), "real/openapi.yaml": spec()})
    pull = await shop.propose("behind", {"real/openapi.yaml": without_email(spec())}, shop.olga)
    assert not shop.may_merge(pull)


async def test_a_contract_in_a_submodule_is_held_whenever_the_submodule_moves(shop: Shop) -> None:
    vendored = registry().replace('files: ["api/**/*.yaml"]', 'files: ["vendor/specs/**/*.yaml"]')
    vendored = vendored.replace("entrypoint: api/openapi.yaml", "entrypoint: vendor/specs/openapi.yaml")
    await shop.on_main({REGISTRY: vendored, "vendor/specs": Submodule("1" * 40), SPEC: None})
    pull = await shop.propose("bump", {"vendor/specs": Submodule("2" * 40)}, shop.olga)
    assert not shop.may_merge(pull)
    assert "submodule" in shop.comment(pull)


def _pointer(digit: str) -> str:
    return f"version https://git-lfs.github.com/spec/v1\noid sha256:{digit * 64}\nsize 123\n"


@pytest.mark.parametrize("after", [_pointer("b"), None, "openapi: 3.0.3\ninfo: {title: x, version: '1'}\npaths: {}\n"])
async def test_a_contract_kept_in_lfs_is_held_whatever_becomes_of_its_pointer(shop: Shop, after: str | None) -> None:
    await shop.on_main({SPEC: _pointer("a")})
    pull = await shop.propose("pointer", {SPEC: after}, shop.olga)
    assert not shop.may_merge(pull)


async def test_a_signature_for_what_nobody_can_read_is_for_exactly_that(shop: Shop) -> None:
    pull = await shop.propose("pointer", {SPEC: _pointer("a")}, shop.olga)
    await shop.say(pull, shop.dana, "/approve-breaking -- I looked at the file itself")
    assert shop.may_merge(pull)
    await shop.push(pull, {SPEC: _pointer("b")}, shop.olga, "Another file")
    assert not shop.may_merge(pull)
    await shop.push(pull, {SPEC: Symlink("a")}, shop.olga, "A link")
    await shop.say(pull, shop.dana, "/approve-breaking -- it leads nowhere")
    assert shop.may_merge(pull)
    await shop.push(pull, {SPEC: Symlink("b")}, shop.olga, "Another link")
    assert not shop.may_merge(pull)


async def test_a_contract_that_only_seems_to_be_the_same_is_held(shop: Shop) -> None:
    """The same letters, from another alphabet: consumers ask for `email` and find none."""
    lookalike = spec().replace("        email:\n", "        е\u006dail:\n").replace("[id, email]", "[id, е\u006dail]")
    assert lookalike != spec()
    pull = await shop.propose("lookalike", {SPEC: lookalike}, shop.olga)
    assert not shop.may_merge(pull)


# What it is compared with


async def test_a_tag_that_was_put_on_the_own_commit_is_no_release_to_compare_with(shop: Shop) -> None:
    """Whoever may push may tag. Compared with itself, nothing would have changed."""
    policy = "    compatibility: {against: [latest_release]}\n    guarantees:\n"
    await shop.on_main({REGISTRY: registry().replace("    guarantees:\n", policy)})
    shop.orders.tag("v2.4.0")
    shop.orders.commit("no-email", BREAKING, author=shop.olga)
    shop.orders.tag("v99.0.0", "no-email")
    pull = shop.orders.open_pull_request("no-email", shop.olga)
    await shop.bot.settled()
    assert not shop.may_merge(pull)


# Around the gate


async def test_nothing_rides_along_in_a_merge_group(shop: Shop) -> None:
    fine = await shop.propose("readme", {"README.md": "# Orders!\n"}, shop.oskar)
    held = await shop.propose("no-email", BREAKING, shop.olga)
    group = shop.orders.merge_group(shop.ada, fine, held)
    await shop.bot.settled()
    assert not group.may_merge
    (run,) = [run for run in shop.orders.check_runs if run.head_sha == group.head_sha]
    assert run.title == f"Held by #{held.number}"
    group.remove(shop.ada)
    await _sign(shop, held)
    again = shop.orders.merge_group(shop.ada, fine, held)
    await shop.bot.settled()
    assert again.may_merge


async def test_what_was_never_judged_alone_is_judged_in_its_group(shop: Shop) -> None:
    first = await shop.propose("phone", {SPEC: with_phone(spec())}, shop.olga)
    with shop.losing_webhooks():
        shop.orders.commit("no-email", BREAKING, author=shop.oskar)
        second = shop.orders.open_pull_request("no-email", shop.oskar)
    group = shop.orders.merge_group(shop.ada, first, second)
    await shop.bot.settled()
    assert not group.may_merge


async def test_a_signature_taken_back_while_it_is_in_the_queue_is_missing_when_it_lands(shop: Shop) -> None:
    pull = await _held(shop)
    await _sign(shop, pull)
    group = shop.orders.merge_group(shop.ada, pull)
    await shop.bot.settled()
    assert group.may_merge
    with shop.losing_webhooks():
        pull.comment(shop.chris, "/revoke")
    group.merge(shop.ada)
    await shop.bot.settled()
    (row,) = [row for row in await shop.bot.services.store.ledger() if row.kind == "bypass"]
    assert [missing["capacity"] for missing in row.body["missing"]] == ["checkout-web"]


@pytest.mark.parametrize("word", ["/revoke", "/object -- we need it"])
async def test_what_is_taken_back_or_objected_to_while_it_is_in_the_queue_holds_its_group(
    shop: Shop, word: str
) -> None:
    pull = await _held(shop)
    await _sign(shop, pull)
    other = await shop.propose("phone", {"docs/phone.md": "Call us\n"}, shop.oskar)
    groups = [shop.orders.merge_group(shop.ada, pull), shop.orders.merge_group(shop.ada, pull, other)]
    await shop.bot.settled()
    assert all(group.may_merge for group in groups)
    await shop.say(pull, shop.chris, word)
    assert not any(group.may_merge for group in groups)


async def test_the_same_commit_under_two_pull_requests_is_released_by_neither_alone(shop: Shop) -> None:
    shop.orders.create_branch("playground", shop.orders.tip("main"), shop.olga)
    held = await _held(shop)
    shop.orders.push("copy", held.head_sha, shop.olga)
    twin = shop.orders.open_pull_request("copy", shop.olga)
    free = shop.orders.open_pull_request("copy", shop.olga, base="playground")
    await shop.bot.settled()
    await _sign(shop, twin)
    assert not shop.may_merge(twin), "the other one with this head is not signed"
    assert not shop.may_merge(held)
    assert {run.conclusion for run in shop.checks(free) if run.name == "countersign"} == {"failure"}
    await _sign(shop, held)
    assert shop.may_merge(held) and shop.may_merge(twin)


async def test_a_bypass_is_not_undone_by_deleting_what_tells_of_it(shop: Shop) -> None:
    pull = await _held(shop)
    await shop.say(pull, shop.chris, "/object -- we need it")
    pull.merge(shop.ada, bypass=True)
    await shop.bot.settled()
    for comment in list(pull.comments):
        comment.delete(shop.ada)
    await shop.bot.settled()
    rows = [row for row in await shop.bot.services.store.ledger() if row.kind == "bypass"]
    assert [row.body["actor"]["login"] for row in rows] == ["ada"]
    issues = [issue for issue in shop.orders.issues.values() if not isinstance(issue, PullRequest)]
    assert len(issues) == 1
    assert "@acme/api-council" in (issues[0].body or "")
