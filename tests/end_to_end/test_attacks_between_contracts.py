"""Files that several contracts share, or that do not look like a contract; people who speak where nothing is held."""

from __future__ import annotations

import pytest

from tests.end_to_end.test_attacks_by_insiders import MONEY, PROTO
from tests.end_to_end.test_three_repositories import ALONE
from tests.github_standin import PullRequest, Signer
from tests.github_standin.world.git import WEB_FLOW
from tests.shop.world import REGISTRY, SPEC, Shop, spec, with_phone, without_email

BREAKING = {SPEC: without_email(spec())}
LIMITS = "config/limits.conf"
OTHER = ALONE.replace("type: openapi", "type: other").replace(SPEC, LIMITS)


async def test_who_pushed_an_oddly_named_contract_before_there_was_a_pull_request_does_not_sign_it(shop: Shop) -> None:
    shop.orders.grant(shop.dana, "push")
    await shop.on_main({REGISTRY: OTHER, LIMITS: "burst 20\n"})
    nobody = Signer("Nobody", "nobody@acme.example")
    shop.orders.commit("less", {"README.md": "# All\n"}, author=shop.olga)
    shop.orders.commit("less", {LIMITS: "burst 10\n"}, author=nobody, pusher=shop.dana)
    shop.orders.commit("less", {"README.md": "# All orders\n"}, author=shop.oskar)
    await shop.bot.settled()
    pull = shop.orders.open_pull_request("less", shop.olga)
    await shop.bot.settled()
    assert not shop.may_merge(pull)
    await shop.say(pull, shop.dana, "/approve-breaking")
    assert "You are the one who pushed" in shop.replies(pull)[-1]
    assert not shop.may_merge(pull)


async def test_a_base_that_moves_in_an_oddly_named_contract_alone_wakes_what_is_open(shop: Shop) -> None:
    """What the base has already is nobody's to sign, until the base takes it back."""
    await shop.on_main({REGISTRY: OTHER, LIMITS: "burst 20\n"})
    shop.orders.commit("less", {LIMITS: "burst 10\n"}, author=shop.olga)
    await shop.on_main({LIMITS: "burst 10\n"})
    pull = shop.orders.open_pull_request("less", shop.olga)
    await shop.bot.settled()
    assert shop.may_merge(pull)
    await shop.on_main({LIMITS: "burst 20\n"})
    assert not shop.may_merge(pull)


@pytest.mark.parametrize("format", ["protobuf", "openapi"])
async def test_a_file_that_two_contracts_share_asks_the_people_of_both(shop: Shop, format: str) -> None:
    shared = "proto/common/money.proto" if format == "protobuf" else "schemas/money.yaml"
    own = "proto/orders/orders.proto" if format == "protobuf" else "api/orders.yaml"
    registry = f"""\
apiVersion: contracts.review/v1
kind: ContractRegistry
contracts:
  - id: common
    type: {format if format == "protobuf" else "json-schema"}
    files: ["{shared}"]
    owner: "@acme/orders"
    decision_owner: "@acme/orders"
  - id: orders-api
    type: {format}
    files: ["{own}"]
    owner: "@acme/orders"
    decision_owner: "@acme/api-council"
consumers:
  - id: checkout-web
    owner: "@acme/checkout"
    uses: [{{contract: orders-api}}]
  - id: warehouse
    owner: "@acme/warehouse"
    uses: [{{contract: common}}]
"""
    schema = (
        "type: object\nrequired: [units, currency]\nproperties: {units: {type: integer}, currency: {type: string}}\n"
    )
    paths = """\
openapi: 3.0.3
info: {title: Orders, version: '1.0.0'}
paths:
  /total:
    get:
      responses:
        '200':
          description: A total
          content: {application/json: {schema: {$ref: '../schemas/money.yaml'}}}
"""
    if format == "protobuf":
        files, after = {own: PROTO, shared: MONEY}, MONEY.replace(" string currency = 2;", "")
    else:
        less = schema.replace(", currency]", "]").replace(", currency: {type: string}", "")
        files = {own: paths, shared: "$schema: https://json-schema.org/draft/2020-12/schema\n" + schema}
        after = "$schema: https://json-schema.org/draft/2020-12/schema\n" + less
    await shop.on_main({REGISTRY: registry, **files})
    pull = await shop.propose("less", {shared: after}, shop.olga)
    for person in (shop.oskar, shop.wanda, shop.dana, shop.chris):
        assert not shop.may_merge(pull), f"before {person.login} signed"
        await shop.say(pull, person, "/approve-breaking")
    assert shop.may_merge(pull)


@pytest.mark.parametrize("side", ["ours", "theirs"])
async def test_who_settles_a_conflict_for_one_side_as_a_whole_does_not_sign(shop: Shop, side: str) -> None:
    shop.orders.grant(shop.dana, "push")
    pull = await shop.propose("no-email", BREAKING, shop.olga)
    moved = with_phone(spec()).replace("format: email", "format: idn-email")
    await shop.on_main({SPEC: moved})
    parents = (pull.head_sha, shop.orders.tip("main"))
    chosen = BREAKING[SPEC] if side == "ours" else moved
    merge = shop.orders.make_commit({SPEC: chosen}, parents, shop.dana, "Merge branch 'main'", WEB_FLOW)
    shop.github.signed.add(merge)
    shop.orders.push("no-email", merge, shop.dana)
    await shop.bot.settled()
    if side == "theirs":
        await shop.push(pull, {SPEC: without_email(moved.replace("idn-email", "email"))}, shop.olga, "Again")
    await shop.say(pull, shop.dana, "/approve-breaking")
    await shop.say(pull, shop.chris, "/approve-breaking")
    assert not shop.may_merge(pull)


async def _elsewhere(shop: Shop) -> PullRequest:
    shop.orders.create_branch("scratch", shop.orders.tip("main"), shop.ada)
    return await shop.propose("no-email", BREAKING, shop.olga)


async def test_an_objection_made_while_nothing_is_held_counts_when_something_is(shop: Shop) -> None:
    pull = await _elsewhere(shop)
    for person in (shop.dana, shop.chris):
        await shop.say(pull, person, "/approve-breaking")
    pull.retarget(shop.olga, "scratch")
    await shop.bot.settled()
    said = await shop.say(pull, shop.chris, "/object -- we still print it")
    said.delete(shop.mallory)
    await shop.bot.settled()
    pull.retarget(shop.olga, "main")
    await shop.bot.settled()
    assert not shop.may_merge(pull)


async def test_a_signature_taken_back_while_nothing_is_held_is_taken_back(shop: Shop) -> None:
    pull = await _elsewhere(shop)
    for person in (shop.dana, shop.chris):
        await shop.say(pull, person, "/approve-breaking")
    pull.retarget(shop.olga, "scratch")
    await shop.bot.settled()
    said = await shop.say(pull, shop.chris, "/revoke")
    said.delete(shop.mallory)
    await shop.bot.settled()
    pull.retarget(shop.olga, "main")
    await shop.bot.settled()
    assert not shop.may_merge(pull)


async def test_who_left_the_team_within_the_minutes_that_are_remembered_does_not_sign(shop: Shop) -> None:
    """Chris is asked about for one pull request; within the same minutes he leaves, untold, and signs another one."""
    first = await shop.propose("no-email", BREAKING, shop.olga)
    second = await shop.propose("no-email-2", {**BREAKING, "README.md": "# 2\n"}, shop.olga)
    for pull in (first, second):
        await shop.say(pull, shop.dana, "/approve-breaking")
    with shop.losing_webhooks():
        shop.teams["checkout"].remove(shop.chris)
    for pull in (first, second):
        await shop.say(pull, shop.chris, "/approve-breaking")
        assert not shop.may_merge(pull)


async def test_who_administered_the_repository_minutes_ago_does_not_sign_as_the_last_resort(shop: Shop) -> None:
    """Administrators are remembered for minutes, but not when one of them writes something."""
    shop.orders.grant(shop.mallory, "admin")
    others = (shop.dana, shop.devi, shop.chris, shop.oskar)
    trailers = "\n".join(f"Co-authored-by: {other.login} <{other.email}>" for other in others)
    shop.orders.commit("no-email", BREAKING, author=shop.olga, message=f"Tidy up\n\n{trailers}")
    pull = shop.orders.open_pull_request("no-email", shop.olga)
    await shop.bot.settled()
    with shop.losing_webhooks():
        shop.orders.grant(shop.mallory, "push")
    await shop.say(pull, shop.mallory, "/approve-breaking")
    assert not shop.may_merge(pull)
    await shop.say(pull, shop.ada, "/approve-breaking")
    assert shop.may_merge(pull)
