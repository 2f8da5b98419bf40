from __future__ import annotations

from bot.registry.asking.unbacked import unbacked
from tests.registry.asking.graphs import CONSUMERS, CONTRACT, TODAY, graph, half, orders


def texts(kind: str, consumers: str = CONSUMERS, contract: str = CONTRACT) -> list[str]:
    return [gap.text for gap in unbacked(orders(consumers, contract), TODAY).gaps if gap.kind == kind]


def test_an_assumption_that_nobody_promised_is_told_to_who_decides() -> None:
    (gap,) = unbacked(orders(), TODAY).of("assumption_unbacked")
    assert gap.text == ("checkout-web assumes timing at `GET /orders/{id}`: answers within 1s; nobody promises it.")
    assert gap.owner == "@acme/council"


def test_an_assumption_is_not_backed_by_a_behaviour_that_may_change() -> None:
    weaker = CONTRACT.replace("at: GET /orders, statement", "at: GET /orders, level: may_change, statement")
    assert any("`newest-first` is only may change." in text for text in texts("assumption_unbacked", contract=weaker))


def test_a_promise_without_a_test_is_told_to_who_verifies() -> None:
    (gap,) = unbacked(orders(), TODAY).of("promise_unverified")
    assert (gap.about, gap.owner) == ("busy-is-503", "@acme/quality")


def test_what_is_used_and_was_never_declared_is_found() -> None:
    used = CONSUMERS.replace("GET /orders/{id} 200:$.customer.email", "POST /orders request:$.sku")
    assert texts("use_undeclared") == []
    assert texts("use_undeclared", used) == [
        "checkout-web uses `POST /orders request:$.sku` (pact pacts/checkout.json, seen 18 days ago), and no line of "
        "`guarantees` speaks of it."
    ]


def test_what_is_used_although_it_was_not_promised_is_found() -> None:
    used = CONSUMERS.replace("GET /orders/{id} 200:$.customer.email", "GET /orders/{id} 200:$.debug.trace")
    (text,) = texts("use_unpromised", used)
    assert text.endswith("which is out of contract.")


def test_what_is_only_declared_and_what_was_not_seen_for_long_is_found() -> None:
    assert texts("only_declared") == [
        "warehouse says that it uses `GET /orders/{id} 200:$.items`, and nothing shows it."
    ]
    assert texts("evidence_stale") == [
        "That checkout-web uses `GET /orders query:page` was last seen on 2026-05-14 (traffic)."
    ]


def test_an_element_with_any_evidence_is_not_only_declared() -> None:
    both = CONSUMERS + (
        '      - {contract: orders-api, elements: ["GET /orders/{id} 200:$.items"], '
        'evidence: {kind: pact, ref: pacts/w.json, seen: "2026-11-19"}}\n'
    )
    assert texts("only_declared", both) == []


def test_halves_that_do_not_say_the_same_are_found() -> None:
    silent = 'component: {id: checkout-web, owner: "@acme/checkout"}\n'
    more = (
        'component: {id: shop-app, owner: "@acme/app"}\n'
        'consumes: [{contract: acme/orders#orders-api, elements: ["GET /orders"]}]\n'
    )
    found = unbacked(
        graph(half("acme/orders", CONTRACT + CONSUMERS), half("acme/checkout-web", silent), half("acme/app", more)),
        TODAY,
    )
    assert [(gap.consumer, gap.about) for gap in found.of("only_producer_says")] == [("checkout-web", "**")]
    assert [(gap.consumer, gap.about) for gap in found.of("only_consumer_says")] == [("shop-app", "**")]


def test_a_repository_that_says_nothing_at_all_contradicts_nobody() -> None:
    assert unbacked(orders(), TODAY).of("only_producer_says") == ()


def test_elements_that_one_half_names_are_found() -> None:
    own = (
        'component: {id: warehouse, owner: "@acme/warehouse"}\n'
        'consumes: [{contract: acme/orders#orders-api, elements: ["GET /orders/{id} 200:$.weight"]}]\n'
    )
    found = unbacked(graph(half("acme/orders", CONTRACT + CONSUMERS), half("acme/warehouse", own)), TODAY)
    assert [gap.about for gap in found.of("only_producer_says")] == ["GET /orders/{id} 200:$.items"]
    assert [gap.about for gap in found.of("only_consumer_says")] == ["GET /orders/{id} 200:$.weight"]


def test_gaps_of_private_consumers_are_counted() -> None:
    found = unbacked(orders(CONSUMERS.replace("criticality: high", "visibility: private")), TODAY)
    assert found.private == 2
    assert "checkout" not in repr(found)
