"""Evidence as people meet it: who reads what, how we know, how old that is, and what is wrong with it."""

from __future__ import annotations

from html import unescape

from tests.end_to_end.test_three_repositories import (
    ALONE,
    CHECKOUT,
    EMAIL,
    READS_PACTS,
    asked,
    half,
    neighbour,
    pact,
    without_the_email,
)
from tests.shop.world import REGISTRY, SPEC, Shop, spec

DAY = 86_400.0


async def _checkout_with_a_pact(shop: Shop, *fields: str) -> None:
    await shop.on_main({REGISTRY: ALONE})
    files = {
        REGISTRY: half("checkout-web", "@acme/checkout", more=READS_PACTS),
        "pacts/orders.json": pact("checkout-web", *fields),
    }
    await neighbour(shop, "checkout-web", files, "checkout")


async def test_the_comment_says_who_reads_it_how_we_know_and_since_when(shop: Shop) -> None:
    await _checkout_with_a_pact(shop, "id", "email")
    shop.github.clock.advance(18 * DAY)
    pull = await without_the_email(shop)
    assert "checkout-web reads `customer.email` (pact, seen 18 days ago)" in _plain(shop.comment(pull))


async def test_stale_evidence_is_asked_about_all_the_same_and_shown_as_such(shop: Shop) -> None:
    await _checkout_with_a_pact(shop, "id", "email")
    shop.github.clock.advance(150 * DAY)
    pull = await without_the_email(shop)
    assert asked(shop, pull) == {"api-council", "checkout"}
    assert "checkout-web reads `customer.email` (pact, not seen for" in _plain(shop.comment(pull))


async def test_a_pact_that_no_longer_reads_the_field_lets_the_consumer_go(shop: Shop) -> None:
    await _checkout_with_a_pact(shop, "id", "email")
    pull = await without_the_email(shop)
    assert asked(shop, pull) == {"api-council", "checkout"}
    checkout = shop.github.find_repository("acme", "checkout-web")
    assert checkout is not None
    checkout.commit("main", {"pacts/orders.json": pact("checkout-web", "id")}, author=shop.chris)
    await shop.bot.settled()
    await shop.say(pull, shop.dana, "/approve-breaking")
    assert shop.may_merge(pull)


def _plain(comment: str) -> str:
    return unescape(comment).replace("\u200b", "").replace("**", "").replace("Affects: ", "")


# What is wrong is said where people work


async def test_two_repositories_that_claim_one_id_are_both_told_by_file_and_line(shop: Shop) -> None:
    await shop.on_main({REGISTRY: ALONE})
    copy = await neighbour(shop, "copy", {SPEC: spec()}, "warehouse")
    copy.commit("register", {REGISTRY: ALONE}, author=shop.wanda, message="A registry")
    theirs = copy.open_pull_request("register", shop.wanda)
    await shop.bot.settled()
    line = ALONE.splitlines().index("  - id: orders-api") + 1
    assert f"{REGISTRY}:{line}: `orders-api` is claimed by acme/orders too" in shop.comment(theirs)
    theirs.merge(shop.wanda)
    await shop.bot.settled()
    pull = await without_the_email(shop)
    assert f"{REGISTRY}:{line}: `orders-api` is claimed by acme/copy too" in shop.comment(pull)
    assert asked(shop, pull) == {"api-council"}, "it is told, and judged all the same"


async def test_a_private_repository_that_claims_the_same_id_is_not_named(shop: Shop) -> None:
    await shop.on_main({REGISTRY: ALONE})
    await neighbour(shop, "secret", {REGISTRY: ALONE}, "warehouse", private=True)
    shown = shop.comment(await without_the_email(shop))
    assert "`orders-api` is claimed by a private repository too" in shown
    assert "secret" not in shown


async def test_a_consumer_that_names_what_the_producer_does_not_have_is_told_before_it_is_merged(shop: Shop) -> None:
    await shop.on_main({REGISTRY: ALONE})
    checkout = await neighbour(shop, "checkout-web", {"README.md": "# Checkout\n"}, "checkout")
    wrong = half("checkout-web", "@acme/checkout", EMAIL, contract="acme/orders#order-api")
    checkout.commit("register", {REGISTRY: wrong}, author=shop.chris, message="What we use")
    pull = checkout.open_pull_request("register", shop.chris)
    await shop.bot.settled()
    shown = _plain(shop.comment(pull))
    assert f"{REGISTRY}:5: `acme/orders#order-api` names a contract that acme/orders does not have" in shown
    assert "It has `orders-api`." in shown


async def test_a_broken_half_of_a_consumer_is_named_to_the_producer_with_file_and_line(shop: Shop) -> None:
    await shop.on_main({REGISTRY: ALONE})
    checkout = await neighbour(shop, "checkout-web", {REGISTRY: CHECKOUT}, "checkout")
    checkout.commit("main", {REGISTRY: CHECKOUT.replace("consumes:", "konsumes:")}, author=shop.chris)
    await shop.bot.settled()
    pull = await without_the_email(shop)
    assert f"`acme/checkout-web` can't be read in full. {REGISTRY}:4: " in _plain(shop.comment(pull))
    assert asked(shop, pull) == {"api-council", "checkout"}
