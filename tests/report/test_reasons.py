"""Why a consumer is affected, in the comment's words."""

from __future__ import annotations

import pytest

from bot.registry.impact import Reason
from bot.report.reasons import last_part, sentence

EMAIL = "GET /orders/{id} 200:$.customer.email"


@pytest.mark.parametrize(
    ("reason", "says"),
    [
        (Reason("reads", EMAIL, "pact", 18), "reads `customer.email` (pact, seen 18 days ago)"),
        (Reason("reads", EMAIL, "pact", 1), "reads `customer.email` (pact, seen yesterday)"),
        (Reason("reads", EMAIL, "pact", 150, stale=True), "reads `customer.email` (pact, not seen for 5 months)"),
        (Reason("reads", EMAIL, "traffic"), "reads `customer.email` (traffic, date unknown)"),
        (Reason("sends", "GET /orders query:page", "har", 0), "sends `page` (har, seen today)"),
        (
            Reason("calls", "GET /orders", "declared", 80),
            "calls `GET /orders` (declared 2 months ago, no evidence)",
        ),
        (Reason("reads", "", "declared"), "may use anything of it (declared, no evidence)"),
    ],
)
def test_what_it_does_with_which_element_and_how_we_know(reason: Reason, says: str) -> None:
    assert sentence([reason]) == says


def test_what_is_done_and_known_alike_is_said_together() -> None:
    reads = [Reason("reads", f"GET /orders 200:$.p{n}", "pact", 3) for n in range(5)]
    sends = Reason("sends", "POST /orders request:$.sku", "har", 3)
    assert sentence([*reads, sends]) == (
        "reads `p0`, `p1` and 3 more (pact, seen 3 days ago) and sends `sku` (har, seen 3 days ago)"
    )


def test_in_short_the_first_way_is_named_and_how_many_more_there_are() -> None:
    sends = Reason("sends", "POST /orders request:$.sku", "pact", 18)
    reads = Reason("reads", "POST /orders 201:$.id", "pact", 18)
    assert sentence([sends, reads], 1) == "sends `sku` (pact, seen 18 days ago) and 1 more"


def test_a_kind_is_a_persons_text_and_pings_nobody() -> None:
    assert "@acme" not in sentence([Reason("reads", EMAIL, "[x](//evil) @acme/council", 3)])


@pytest.mark.parametrize(
    ("element", "part"),
    [
        ("GET /orders 200:$.items[*].sku", "items[*].sku"),
        ("GET /orders 200", "GET /orders 200"),
        ("GET /orders 200.header:ETag", "ETag"),
        ("GET /orders/{id} path:id", "GET /orders/{id} path:id"),
        ("OrderCreated:$.total", "total"),
        ("Order.customer", "Order.customer"),
        ("Query.order(id:)", "Query.order(id:)"),
        ("acme.orders.v1.Order.customer_id", "Order.customer_id"),
        ("orders.customer_email", "orders.customer_email"),
        ("not an address at all: $", "not an address at all: $"),
    ],
)
def test_the_part_of_an_address_that_one_finding_needs(element: str, part: str) -> None:
    assert last_part(element) == part
