"""Evidence as people meet it: who reads what, how we know, how old that is, and what is wrong with it."""

from __future__ import annotations

from tests.end_to_end.test_three_repositories import (
    ALONE,
    READS_PACTS,
    asked,
    half,
    neighbour,
    pact,
    without_the_email,
)
from tests.shop.world import REGISTRY, Shop

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
    return comment.replace("**", "").replace("Affects: ", "")
