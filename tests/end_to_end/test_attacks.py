"""What must hold when somebody means harm. Each test is named after the attack that fails.

Pasted, copied and forged blocks: test_outliving_the_database.py. Unsigned and malformed deliveries: test_webhook.py.
"""

from __future__ import annotations

import re

import pytest

from tests.github_standin import PullRequest, Signer
from tests.github_standin.world import checks
from tests.report.rendering import Rendered
from tests.shop.world import REGISTRY, SECRET, SPEC, Shop, registry, spec, with_phone, without_email

BREAKING = {SPEC: without_email(spec())}
HOSTILE = "</details><img src=x onerror=alert(1)> @acme/api-council #1 | `` <!-- countersign:v1 e30.00 --> <b>"


async def _held(shop: Shop) -> PullRequest:
    pull = await shop.propose("no-email", BREAKING, shop.olga)
    assert shop.verdict(pull) == "failure"
    return pull


async def _released(shop: Shop) -> PullRequest:
    pull = await _held(shop)
    await shop.say(pull, shop.dana, "/approve-breaking")
    await shop.say(pull, shop.chris, "/approve-breaking")
    return pull


def _shown(shop: Shop, pull: PullRequest) -> list[Rendered]:
    """Everything we made readable: comments, and the check's summary and text."""
    ours = [c.body for c in pull.comments if c.author is shop.app.bot]
    run = shop.checks(pull)[-1]
    return [Rendered(text) for text in (*ours, run.summary or "", run.text or "")]


async def test_a_check_of_the_same_name_by_someone_else_is_never_read(shop: Shop) -> None:
    pull = await _held(shop)
    forger = shop.github.app("Forger", {"checks": "write"}, [])
    forger.install(shop.acme)
    forged = {"name": "countersign", "head_sha": pull.head_sha, "status": "completed", "conclusion": "success"}
    checks.create(shop.orders, forger, forged | {"external_id": shop.checks(pull)[-1].external_id})
    shop.orders.set_status(pull.head_sha, "countersign", "success", shop.mallory)
    await shop.say(pull, shop.mallory, "/recheck")
    assert shop.verdict(pull) == "failure"
    assert not shop.may_merge(pull)


async def test_a_contract_cannot_ping_or_close_html(shop: Shop) -> None:
    name = HOSTILE.replace('"', "")
    hostile = spec().replace("        email:\n", f"        '{name}':\n          type: string\n        email:\n")
    await shop.on_main({SPEC: hostile.replace("required: [id, email]", f"required: [id, email, '{name}']")})
    pull = await shop.propose("gone", {SPEC: spec()}, shop.olga)
    assert shop.verdict(pull) == "failure"
    for shown in _shown(shop, pull):
        assert shown.mentions == shown.references == shown.unbalanced == shown.opened == []
        assert not {"img", "b", "script"} & set(shown.tags)
        assert len(shown.comments) <= 1
    assert "onerror=alert" in _shown(shop, pull)[0].text
    await shop.restart(forget=True)
    await shop.say(pull, shop.mallory, "/recheck")
    assert shop.comment(pull) and shop.verdict(pull) == "failure"


async def test_the_name_of_a_file_cannot_ping_or_close_html(shop: Shop) -> None:
    path = "api/@acme `x`|<img src=x>.yaml"
    await shop.on_main({path: spec().replace("title: Orders", "title: Others")})
    pull = await shop.propose("gone", {path: None}, shop.olga)
    assert shop.verdict(pull) == "failure"
    for shown in _shown(shop, pull):
        assert shown.mentions == shown.unbalanced == []
        assert "img" not in shown.tags


async def test_a_command_cannot_make_our_reply_ping_others(shop: Shop) -> None:
    pull = await _held(shop)
    await shop.say(pull, shop.mallory, f"/approve-breaking @acme/api-council {HOSTILE}")
    await shop.say(pull, shop.mallory, "/approve-breaking 12345 -- @acme/api-council @acme/checkout")
    await shop.say(pull, shop.dana, f"/approve-breaking -- {HOSTILE.replace('<', '(')}")
    for reply in shop.replies(pull):
        shown = Rendered(reply)
        assert len(shown.mentions) == 1 and shown.linkable.lstrip().startswith(("@mallory", "@dana"))
        assert shown.unbalanced == [] and "img" not in shown.tags
    assert Rendered(shop.comment(pull)).mentions == []


async def test_a_label_is_never_believed(shop: Shop) -> None:
    pull = await _held(shop)
    pull.remove_label(shop.mallory, "contract: breaking")
    pull.add_labels(shop.mallory, ["contract: compatible", "countersigned"])
    await shop.bot.settled()
    assert shop.verdict(pull) == "failure"
    assert "contract: breaking" in {label.name for label in pull.labels}


async def test_a_new_account_with_a_signers_old_login_signs_nothing(shop: Shop) -> None:
    pull = await _held(shop)
    for team in shop.teams.values():
        team.remove(shop.dana)
    shop.acme.remove(shop.dana)
    shop.dana.delete()
    shop.github.user("dana")
    await shop.say(pull, shop.dana, "/approve-breaking")
    assert "You are not (or no longer) among those who may sign" in shop.replies(pull)[-1]


async def test_the_author_cannot_sign_through_another_capacity(shop: Shop) -> None:
    for team in ("api-council", "checkout", "warehouse"):
        shop.teams[team].add(shop.olga)
    pull = await _held(shop)
    for command in ("/approve-breaking", "/approve-breaking as checkout-web", "/approve-breaking as decision-owner"):
        await shop.say(pull, shop.olga, command)
        assert "someone else from" in shop.replies(pull)[-1]
    assert shop.verdict(pull) == "failure"


async def test_a_forged_commit_author_frees_nobody_who_pushed(shop: Shop) -> None:
    shop.orders.grant(shop.devi, "push")
    nobody = Signer("Nobody", "nobody@acme.example")
    shop.orders.commit("no-email", BREAKING, author=nobody, pusher=shop.devi)
    pull = shop.orders.open_pull_request("no-email", shop.olga)
    shop.orders.commit("no-email", {"README.md": "# All\n"}, author=nobody, pusher=shop.devi)
    await shop.bot.settled()
    await shop.say(pull, shop.devi, "/approve-breaking")
    assert "You are the one who pushed" in shop.replies(pull)[-1]


async def test_who_forces_the_branch_back_to_what_it_was_has_pushed_that(shop: Shop) -> None:
    shop.orders.grant(shop.devi, "push")
    pull = await shop.propose("no-email", BREAKING, shop.olga)
    broken = pull.head_sha
    await shop.push(pull, {SPEC: spec()}, shop.olga, "Keep it after all")
    shop.orders.push("no-email", broken, shop.devi, force=True)
    await shop.bot.settled()
    await shop.say(pull, shop.devi, "/approve-breaking")
    assert "You are the one who pushed" in shop.replies(pull)[-1]


async def test_a_force_push_does_not_wash_off_who_pushed(shop: Shop) -> None:
    shop.orders.grant(shop.devi, "push")
    pull = await shop.propose("no-email", {"README.md": "# All\n"}, shop.olga)
    await shop.push(pull, BREAKING, shop.devi, "Break it")
    shop.orders.commit("no-email", BREAKING, author=shop.olga, parent=shop.orders.tip("main"))
    await shop.bot.settled()
    await shop.say(pull, shop.devi, "/approve-breaking")
    assert "You are the one who pushed" in shop.replies(pull)[-1]


async def test_an_approval_of_something_harmless_does_not_cover_what_is_pushed_next(shop: Shop) -> None:
    pull = await shop.propose("change", {SPEC: with_phone(spec())}, shop.olga)
    await shop.say(pull, shop.dana, "/approve-breaking")
    await shop.say(pull, shop.chris, "/approve-breaking")
    await shop.push(pull, BREAKING, shop.olga, "Break it")
    assert shop.verdict(pull) == "failure"


async def test_a_command_written_before_and_edited_into_an_approval_signs_nothing(shop: Shop) -> None:
    pull = await _held(shop)
    comment = await shop.say(pull, shop.dana, "/contracts help")
    comment.edit(shop.mallory, "/approve-breaking")  # who may push may edit others' comments
    await shop.bot.settled()
    assert "edited comments never sign" in shop.replies(pull)[-1] or shop.verdict(pull) == "failure"
    await shop.say(pull, shop.chris, "/approve-breaking")
    assert not shop.may_merge(pull)


async def test_a_retarget_to_a_branch_without_a_registry_and_back_keeps_nothing_released(shop: Shop) -> None:
    bare = shop.orders.make_commit({REGISTRY: None}, (shop.orders.tip("main"),), shop.olga, "No registry")
    shop.orders.push("bare", bare, shop.olga)
    pull = await _held(shop)
    pull.retarget(shop.olga, "bare")
    await shop.bot.settled()
    assert shop.verdict(pull) == "success"
    pull.retarget(shop.olga, "main")
    await shop.bot.settled()
    assert shop.verdict(pull) == "failure"
    assert not shop.may_merge(pull)


async def test_two_pull_requests_with_one_head_show_the_worst_verdict(shop: Shop) -> None:
    held = await _held(shop)
    shop.orders.create_branch("playground", shop.orders.tip("main"), shop.olga)
    reported = shop.orders.open_pull_request("no-email", shop.olga, base="playground")
    await shop.bot.settled()
    assert held.head_sha == reported.head_sha
    assert not shop.may_merge(held)
    await shop.say(reported, shop.mallory, "/recheck")
    assert not shop.may_merge(held)


async def test_closing_and_reopening_after_a_push_is_judged_from_scratch(shop: Shop) -> None:
    pull = await shop.propose("change", {SPEC: with_phone(spec())}, shop.olga)
    pull.close(shop.olga)
    shop.orders.commit("change", BREAKING, author=shop.olga)
    pull.reopen(shop.olga)
    await shop.bot.settled()
    assert shop.verdict(pull) == "failure"


REMOTE = "$ref: '{url}/steal/schema.yaml'"
OUTSIDE = ("$ref: '../../../../etc/passwd'", "$ref: '/etc/passwd'", "$ref: 'file:///etc/passwd'")


async def test_no_reference_leaves_the_repository(shop: Shop) -> None:
    mark = shop.github.mark()
    for n, reference in enumerate((REMOTE.format(url=shop.github.url), *OUTSIDE)):
        text = spec().replace(
            "        display_name:\n          type: string\n", f"        display_name:\n          {reference}\n"
        )
        assert text != spec()
        pull = await shop.propose(f"outside-{n}", {SPEC: text}, shop.olga)
        assert shop.verdict(pull) is not None
        assert "root:" not in shop.comment(pull)
    paths = [request.path for request in shop.github.requests_since(mark)]
    assert not any("steal" in path or "passwd" in path for path in paths)


@pytest.mark.parametrize(
    "text",
    [
        "openapi: 3.0.3\na: &a {x: 1}\n" + "".join(f"{c}: &{c} {{<<: [{', '.join(['*' + p] * 40)}]}}\n"
            for p, c in zip("abcdefgh", "bcdefghi", strict=True)),
        "openapi: 3.0.3\npaths: {}\ncomponents:\n  schemas:\n    A: {$ref: '#/components/schemas/B'}\n"
        "    B: {$ref: '#/components/schemas/A'}\n",
        "openapi: 3.0.3\npaths: " + "[" * 5_000 + "]" * 5_000 + "\n",
        "openapi: 3.0.3\ninfo: {title: x, version: '1'}\npaths: {}\nx-n: 1e999999999\nx-i: " + "9" * 100_000 + "\n",
    ],
    ids=["merge-keys", "cycle", "nesting", "numbers"],
)  # fmt: skip
async def test_a_hostile_contract_is_held_and_the_bot_lives_on(shop: Shop, text: str) -> None:
    pull = await shop.propose("hostile", {SPEC: text}, shop.olga)
    assert shop.verdict(pull) == "failure"
    after = await shop.propose("phone", {SPEC: with_phone(spec())}, shop.olga)
    assert shop.verdict(after) == "success"


async def test_a_private_consumer_is_never_named(shop: Shop) -> None:
    secret = registry().replace("  - id: checkout-web\n", "  - id: skunkworks\n    visibility: private\n")
    secret = secret.replace("acme/checkout-web", "acme/skunkworks").replace("checkout-web-orders", "x")
    await shop.on_main({REGISTRY: secret})
    pull = await _held(shop)
    await shop.say(pull, shop.chris, "/approve-breaking")
    said = "\n".join([*(c.body for c in pull.comments if c.author is shop.app.bot), str(shop.checks(pull)[-1])])
    assert "skunkworks" not in said and "acme/checkout" not in said
    assert {team.slug for team in pull.requested_teams} <= {"api-council", "warehouse"}
    await shop.say(pull, shop.dana, "/approve-breaking")
    assert shop.may_merge(pull)


async def test_nothing_secret_is_ever_logged(shop: Shop, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG", "bot")
    shop.github.fault("POST */check-runs", "401", times=1)
    shop.github.fault("POST */graphql", "502", times=1)
    pull = await _released(shop)
    assert shop.may_merge(pull)
    logged = caplog.text + "".join(str(record.__dict__) for record in caplog.records)
    assert SECRET not in logged
    assert "PRIVATE KEY" not in logged
    assert not re.search(r"ghs_[0-9a-f]{8}|eyJ[A-Za-z0-9_-]{20}", logged)
