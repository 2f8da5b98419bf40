"""Evidence that lies with the producer is the producer's to change: whom it speaks for is asked before it is lost."""

from __future__ import annotations

import pytest

from tests.end_to_end.test_three_repositories import ALONE, EMAIL, READS_PACTS, STATUS, asked, half, neighbour, pact
from tests.shop.world import REGISTRY, SPEC, Shop, spec, without_email

PACT = "pacts/checkout.json"
BREAKING = {SPEC: without_email(spec())}
CONSUMERS = (
    "consumers:\n"
    f'  - {{id: checkout-web, owner: "@acme/checkout", uses: [{{contract: orders-api, elements: ["{STATUS}"]}}]}}\n'
    f'  - {{id: warehouse, owner: "@acme/warehouse", uses: [{{contract: orders-api, elements: ["{STATUS}"]}}]}}\n'
)
WITH_PACTS = ALONE + READS_PACTS + CONSUMERS
NAMED = ALONE + CONSUMERS.replace(f'elements: ["{STATUS}"]', f"evidence: {{kind: pact, ref: {PACT}}}", 1)


async def _with_a_pact(shop: Shop, registry: str = WITH_PACTS) -> None:
    await shop.on_main({REGISTRY: registry, PACT: pact("Checkout Web", "id", "email")})


@pytest.mark.parametrize(
    "instead",
    [None, "", "{}", "not a pact", pact("Checkout Web", "id"), pact("warehouse", "id", "email")],
    ids=["deleted", "emptied", "hollow", "broken", "shortened", "given to another"],
)
async def test_evidence_that_is_taken_away_asks_the_consumer_whose_use_it_showed(
    shop: Shop, instead: str | None
) -> None:
    await _with_a_pact(shop)
    first = await shop.propose("tidy", {PACT: instead}, shop.olga, "Tidy up")
    assert asked(shop, first) == {"checkout"}
    assert "evidence-lost" in shop.comment(first)
    assert "checkout-web" in shop.comment(first)
    await shop.say(first, shop.wanda, "/approve-breaking")
    await shop.say(first, shop.dana, "/approve-breaking")
    assert not shop.may_merge(first)
    await shop.say(first, shop.chris, "/approve-breaking")
    assert shop.may_merge(first)
    first.merge(shop.olga)
    await shop.bot.settled()
    later = await shop.propose("no-email", BREAKING, shop.olga)
    assert "checkout" not in asked(shop, later), "it has agreed that it does not use that any more"


async def test_the_same_holds_for_files_that_a_use_names(shop: Shop) -> None:
    await _with_a_pact(shop, NAMED)
    pull = await shop.propose("tidy", {PACT: None}, shop.olga, "Tidy up")
    assert asked(shop, pull) == {"checkout"}
    assert "evidence-lost" in shop.comment(pull)


async def test_evidence_that_moves_within_what_is_read_is_not_lost(shop: Shop) -> None:
    await _with_a_pact(shop)
    moved = {PACT: None, "pacts/web.json": pact("Checkout Web", "id", "email")}
    pull = await shop.propose("move", moved, shop.olga, "Move")
    assert shop.verdict(pull) == "success"
    grown = await shop.propose("grow", {PACT: pact("Checkout Web", "id", "email", "phone")}, shop.olga, "Grow")
    assert shop.verdict(grown) == "success"
    assert asked(shop, grown) == set()


async def test_evidence_that_is_read_elsewhere_too_is_not_lost(shop: Shop) -> None:
    await _with_a_pact(shop)
    theirs = {
        REGISTRY: half("checkout-web", "@acme/checkout", more=READS_PACTS),
        "pacts/orders.json": pact("checkout-web", "id", "email"),
    }
    await shop.on_main(
        {REGISTRY: WITH_PACTS.replace("{id: checkout-web,", "{id: checkout-web, repo: acme/checkout-web,")}
    )
    await neighbour(shop, "checkout-web", theirs, "checkout")
    pull = await shop.propose("tidy", {PACT: None}, shop.olga, "It lies with the consumer now")
    assert shop.verdict(pull) == "success"


async def test_what_the_base_has_lost_meanwhile_is_not_the_changes_doing(shop: Shop) -> None:
    await _with_a_pact(shop)
    shop.orders.commit("tidy", {PACT: None, "README.md": "# x\n"}, author=shop.olga, message="Tidy up")
    await shop.on_main({PACT: None})
    pull = shop.orders.open_pull_request("tidy", shop.olga)
    await shop.bot.settled()
    assert shop.verdict(pull) == "success"


async def test_a_private_consumer_whose_evidence_is_lost_is_not_named(shop: Shop) -> None:
    """It is the decision owner who signs for it."""
    private = WITH_PACTS.replace("{id: checkout-web,", "{id: secret-web, visibility: private, known_as: [Web],")
    await shop.on_main({REGISTRY: private, PACT: pact("Web", "id", "email")})
    pull = await shop.propose("tidy", {PACT: None}, shop.olga, "Tidy up")
    assert "secret-web" not in shop.comment(pull)
    assert asked(shop, pull) == {"api-council"}
    await shop.say(pull, shop.dana, "/approve-breaking")
    assert shop.may_merge(pull)


async def test_who_took_the_evidence_away_does_not_sign_for_it(shop: Shop) -> None:
    await _with_a_pact(shop)
    shop.teams["checkout"].add(shop.oskar)
    shop.orders.commit("tidy", {PACT: None}, author=shop.oskar, message="Tidy up")
    pull = shop.orders.open_pull_request("tidy", shop.olga)
    await shop.bot.settled()
    await shop.say(pull, shop.oskar, "/approve-breaking")
    assert not shop.may_merge(pull)
    assert EMAIL.split(" 200:")[0] in shop.comment(pull)
