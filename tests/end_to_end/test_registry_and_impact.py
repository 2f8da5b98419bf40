"""Steps 5 and 6: whose rules they are, and whom a change reaches."""

from __future__ import annotations

from tests.shop.world import REGISTRY, SPEC, Shop, registry, spec, with_required_currency, without_email

MOBILE = """\
  - id: mobile
    owner: "@acme/mobile"
    uses:
      - contract: orders-api
        elements: ["GET /orders/{id} 200:$.customer.email"]
        evidence: {kind: pact, ref: "pacts/mobile.json@1", seen: "2026-11-20"}
"""


async def test_without_a_registry_the_check_succeeds_and_a_draft_is_offered(shop: Shop) -> None:
    await shop.on_main({REGISTRY: None})
    pull = await shop.propose("no-email", {SPEC: without_email(spec())}, shop.olga)
    assert shop.verdict(pull) == "success"
    comment = shop.comment(pull)
    assert "`email` is no longer returned" in comment
    assert "kind: ContractRegistry" in comment
    assert pull.requested_teams == []


async def test_a_broken_registry_on_the_base_fails_the_check_and_says_where(shop: Shop) -> None:
    broken = registry().replace("    type: openapi\n", "    type: opneapi\n")
    await shop.on_main({REGISTRY: broken})
    pull = await shop.propose("no-email", {SPEC: without_email(spec())}, shop.olga)
    assert shop.verdict(pull) == "failure"
    line = broken.splitlines().index("    type: opneapi") + 1
    assert f"{REGISTRY}:{line}" in shop.comment(pull)
    assert "openapi" in shop.comment(pull)
    await shop.say(pull, shop.dana, "/approve-breaking")
    assert shop.verdict(pull) == "failure"
    await shop.on_main({REGISTRY: registry()})
    assert shop.verdict(pull) == "failure"
    await shop.say(pull, shop.dana, "/approve-breaking")
    await shop.say(pull, shop.chris, "/approve-breaking")
    assert shop.may_merge(pull)


async def test_a_pull_request_that_edits_the_registry_is_judged_by_the_old_one(shop: Shop) -> None:
    weakened = registry().replace('"@acme/api-council"', '"@mallory"').replace('"@acme/checkout"', '"@mallory"')
    pull = await shop.propose("takeover", {SPEC: without_email(spec()), REGISTRY: weakened}, shop.olga)
    assert shop.verdict(pull) == "failure"
    await shop.say(pull, shop.mallory, "/approve-breaking")
    assert "You are not (or no longer) among those who may sign" in shop.replies(pull)[-1]
    gone = await shop.propose("no-registry", {SPEC: without_email(spec()), REGISTRY: None}, shop.olga)
    assert shop.verdict(gone) == "failure"


async def test_a_registry_that_changes_on_the_base_wakes_the_open_pull_requests(shop: Shop) -> None:
    shop.acme.team("mobile", [shop.github.user("mia")])
    pull = await shop.propose("no-email", {SPEC: without_email(spec())}, shop.olga)
    await shop.say(pull, shop.dana, "/approve-breaking")
    await shop.say(pull, shop.chris, "/approve-breaking")
    assert shop.may_merge(pull)
    await shop.on_main({REGISTRY: registry() + MOBILE})
    assert not shop.may_merge(pull)
    await shop.say(pull, shop.mia, "/approve-breaking")
    assert shop.may_merge(pull)


async def test_a_consumer_that_the_pull_request_adds_is_asked_and_not_required(shop: Shop) -> None:
    shop.acme.team("mobile", [shop.github.user("mia")])
    pull = await shop.propose("no-email", {SPEC: without_email(spec()), REGISTRY: registry() + MOBILE}, shop.olga)
    row = next(line for line in shop.comment(pull).splitlines() if line.startswith("|") and "mobile" in line)
    assert "asked only" in row
    await shop.say(pull, shop.dana, "/approve-breaking")
    await shop.say(pull, shop.chris, "/approve-breaking")
    assert shop.verdict(pull) == "success"


async def test_who_is_affected_who_possibly_and_who_not(shop: Shop) -> None:
    sku = spec().replace(
        "      required: [sku, quantity]\n      properties:\n        sku:\n          type: string\n",
        "      required: [quantity]\n      properties:\n",
    )
    assert sku != spec()
    pull = await shop.propose("no-sku", {SPEC: sku}, shop.olga)
    comment = shop.comment(pull)
    assert "**Affects:** warehouse" in comment or "Affects checkout-web and warehouse" in comment
    email = await shop.propose("no-email", {SPEC: without_email(spec())}, shop.olga)
    assert "**Affects:** checkout-web" in shop.comment(email)
    assert "**Affects:** warehouse" not in shop.comment(email)
    await shop.say(email, shop.wanda, "/approve-breaking")
    assert shop.verdict(email) == "failure"
    cancel = spec().replace('        "409":\n          description: Too late, it has been shipped.\n', "")
    other = await shop.propose("cancel", {SPEC: cancel}, shop.olga)
    assert "warehouse" not in {c.slug for c in other.requested_teams}


async def test_a_break_that_no_known_consumer_meets_is_signed_by_the_decision_owner_alone(shop: Shop) -> None:
    pull = await shop.propose("short", {SPEC: spec().replace("maxLength: 500", "maxLength: 5")}, shop.olga)
    assert shop.verdict(pull) == "failure"
    await shop.say(pull, shop.chris, "/approve-breaking")
    assert shop.verdict(pull) == "failure"
    await shop.say(pull, shop.dana, "/approve-breaking")
    assert shop.verdict(pull) == "success"


async def test_what_may_change_is_reported_and_nobody_must_sign_without_use(shop: Shop) -> None:
    number = spec().replace(
        "        display_name:\n          type: string\n", "        display_name:\n          type: integer\n"
    )
    assert number != spec()
    pull = await shop.propose("number", {SPEC: number}, shop.olga)
    assert shop.verdict(pull) == "success"
    assert "promise: may change (“the wording is free”)" in shop.comment(pull)


async def test_what_is_out_of_contract_is_reported_unless_its_use_was_seen(shop: Shop) -> None:
    out = registry().replace('*:$.**.display_name", level: may_change', '*:$.**.email", level: out_of_contract')
    declared = out.replace('kind: pact, ref: "pacts/checkout-web-orders.json@3f2c1ab", seen', "kind: declared, seen")
    assert out != registry() and declared != out
    await shop.on_main({REGISTRY: declared})
    pull = await shop.propose("no-email", {SPEC: without_email(spec())}, shop.olga)
    declared_verdict = shop.verdict(pull)
    await shop.on_main({REGISTRY: out})
    assert (declared_verdict, shop.verdict(pull)) == ("success", "failure")


async def test_when_only_the_owner_depends_on_it_it_is_reported(shop: Shop) -> None:
    family = registry().replace('"@acme/checkout"', '"@acme/orders"').replace('"@acme/warehouse"', '"@acme/orders"')
    await shop.on_main({REGISTRY: family})
    pull = await shop.propose("no-email", {SPEC: without_email(spec())}, shop.olga)
    assert shop.verdict(pull) == "success"


async def test_no_registered_consumer_is_unknown_and_not_none(shop: Shop) -> None:
    await shop.on_main({REGISTRY: registry().partition("consumers:")[0]})
    pull = await shop.propose("no-email", {SPEC: without_email(spec())}, shop.olga)
    assert shop.verdict(pull) == "failure"
    await shop.say(pull, shop.dana, "/approve-breaking")
    assert shop.may_merge(pull)


async def test_an_experimental_contract_only_reports(shop: Shop) -> None:
    await shop.on_main({REGISTRY: registry().replace("lifecycle: production", "lifecycle: experimental")})
    pull = await shop.propose("no-email", {SPEC: without_email(spec())}, shop.olga)
    assert shop.verdict(pull) == "success"
    assert "breaking" in shop.comment(pull)


async def test_a_base_that_is_not_gated_only_reports_and_retargeting_holds(shop: Shop) -> None:
    shop.orders.create_branch("playground", shop.orders.tip("main"), shop.olga)
    shop.orders.commit("no-email", {SPEC: without_email(spec())}, author=shop.olga)
    pull = shop.orders.open_pull_request("no-email", shop.olga, base="playground")
    await shop.bot.settled()
    assert shop.verdict(pull) == "success"
    await shop.say(pull, shop.dana, "/approve-breaking")
    pull.retarget(shop.olga, "main")
    await shop.bot.settled()
    assert shop.verdict(pull) == "failure"


async def test_two_consumers_each_sign_for_themselves(shop: Shop) -> None:
    both = registry().replace(
        '          - "GET /orders 200:$.orders[*].items[*].sku"\n',
        '          - "GET /orders 200:$.orders[*].items[*].sku"\n          - "POST /orders 201:$.customer.email"\n',
    )
    await shop.on_main({REGISTRY: both})
    pull = await shop.propose("no-email", {SPEC: without_email(spec())}, shop.olga)
    for person in (shop.dana, shop.chris):
        await shop.say(pull, person, "/approve-breaking")
        assert not shop.may_merge(pull)
    await shop.say(pull, shop.wanda, "/approve-breaking")
    assert shop.may_merge(pull)


async def test_a_new_evidence_of_use_asks_only_the_new_consumer(shop: Shop) -> None:
    pull = await shop.propose("currency", {SPEC: with_required_currency(spec())}, shop.olga)
    await shop.say(pull, shop.dana, "/approve-breaking")
    await shop.say(pull, shop.chris, "/approve-breaking")
    assert shop.may_merge(pull)
    placing = '          - "GET /orders 200:$.orders[*].items[*].sku"\n          - "POST /orders"\n'
    await shop.on_main(
        {REGISTRY: registry().replace('          - "GET /orders 200:$.orders[*].items[*].sku"\n', placing)}
    )
    assert not shop.may_merge(pull)
    await shop.say(pull, shop.wanda, "/approve-breaking")
    assert shop.may_merge(pull)


async def test_a_consumer_that_only_the_default_branch_knows_signs_on_a_release_branch_too(shop: Shop) -> None:
    shop.acme.team("mobile", [shop.github.user("mia")])
    gated = registry() + 'branches: ["main", "release/*"]\n'
    await shop.on_main({REGISTRY: gated})
    shop.orders.create_branch("release/1", shop.orders.tip("main"), shop.ada)
    await shop.on_main({REGISTRY: registry() + MOBILE + 'branches: ["main", "release/*"]\n'})
    shop.orders.commit("fix", {SPEC: without_email(spec())}, author=shop.olga, start="release/1", message="Fix")
    pull = shop.orders.open_pull_request("fix", shop.olga, base="release/1")
    await shop.bot.settled()
    for person in (shop.dana, shop.chris):
        await shop.say(pull, person, "/approve-breaking")
    assert shop.verdict(pull) == "failure"
    await shop.say(pull, shop.mia, "/approve-breaking")
    assert shop.verdict(pull) == "success"
