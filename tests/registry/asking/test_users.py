from __future__ import annotations

import pytest

from bot.registry.asking.scope import Unanswerable
from bot.registry.asking.users import ContractUsers, who_uses
from bot.registry.graph.graph import Graph
from bot.registry.impact import Guarantee, Reach
from tests.registry.asking.graphs import CONSUMERS, CONTRACT, TODAY, graph, half, orders

EMAIL = "GET /orders/{id} 200:$.customer.email"

EVENTS = """\
contracts:
  - {id: order-events, type: asyncapi, files: ["events/**"], decision_owner: "@acme/data"}
consumers:
  - {id: ledger, owner: "@acme/money", uses: [{contract: order-events, elements: ["OrderCreated:$.total"]}]}
"""


def users(asked: Graph, element: str, contract: str | None = None) -> ContractUsers:
    (found,) = who_uses(asked, element, TODAY, contract).contracts
    return found


def test_only_the_consumer_that_reads_the_element_uses_it() -> None:
    found = users(orders(), EMAIL)
    (user,) = found.users
    assert (user.consumer, user.reach, user.owner) == ("checkout-web", Reach.AFFECTED, "@acme/checkout")
    assert user.elements == (EMAIL,)
    assert [proof.sentence for proof in user.proofs] == ["pact pacts/checkout.json, seen 18 days ago"]
    assert found.consumers == 2
    assert found.guarantee is Guarantee.GUARANTEED


def test_the_names_of_path_parameters_do_not_count() -> None:
    assert [user.consumer for user in users(orders(), "GET /orders/{order_id} 200:$.customer.email").users] == [
        "checkout-web"
    ]


def test_what_contains_a_used_element_is_used_and_what_lies_inside_may_be() -> None:
    assert [user.reach for user in users(orders(), "GET /orders/{id} 200:$.customer").users] == [Reach.AFFECTED]
    inside = users(orders(), "GET /orders/{id} 200:$.items[*].sku").users
    assert [(user.consumer, user.reach) for user in inside] == [("warehouse", Reach.POSSIBLY)]


def test_an_element_that_nobody_names_is_used_by_nobody() -> None:
    answer = who_uses(orders(), "GET /orders/{id} 200:$.note", TODAY)
    assert not answer.anybody
    assert answer.known


def test_who_names_no_elements_may_use_anything() -> None:
    asked = orders(CONSUMERS + '  - {id: reports, owner: "@acme/data", uses: [{contract: orders-api}]}\n')
    found = {user.consumer: user for user in users(asked, EMAIL).users}
    assert found["reports"].reach is Reach.AFFECTED
    assert found["reports"].elements == ()


def test_old_evidence_says_so_and_a_mere_declaration_too() -> None:
    (user,) = users(orders(), "GET /orders query:page").users
    assert [(proof.state, proof.sentence) for proof in user.proofs] == [
        ("stale", "traffic week 20, not seen since 2026-05-14")
    ]
    (user,) = users(orders(), "GET /orders/{id} 200:$.items").users
    assert [proof.sentence for proof in user.proofs] == ["declared 2 months ago, no evidence"]


def test_who_assumes_something_of_an_operation_uses_it() -> None:
    (user,) = users(orders(CONSUMERS.replace('"GET /orders query:page"', '"GET /health"')), "GET /orders").users
    assert user.assumes == ("ordering: `newest-first`",)


def test_a_private_consumer_is_counted_and_never_named() -> None:
    asked = orders(CONSUMERS.replace("criticality: high", "visibility: private"))
    found = users(asked, EMAIL)
    assert (found.users, found.private) == ((), 1)
    assert "checkout" not in repr(found)


def test_no_registered_consumer_is_unknown_not_none() -> None:
    answer = who_uses(orders(""), EMAIL, TODAY)
    assert not answer.anybody
    assert not answer.known


def test_consumers_of_other_repositories_speak_for_themselves() -> None:
    consumer = """\
    component: {id: shop-app, owner: "@acme/app"}
    consumes:
      - contract: acme/orders#orders-api
        elements: ["GET /orders/{id} 200:$.status"]
    """
    asked = graph(half("acme/orders", CONTRACT + CONSUMERS), half("acme/shop-app", consumer, writers=["@acme/app"]))
    found = {user.consumer: user for user in users(asked, "GET /orders/{id} 200:$.status").users}
    assert found["shop-app"].said_by == "consumer"
    assert found["shop-app"].repository == "acme/shop-app"
    assert found["checkout-web"].said_by == "producer"


def test_of_several_contracts_the_one_that_speaks_of_the_element_is_asked() -> None:
    other = "contracts:\n" + CONTRACT.partition("\n")[2].partition("    guarantees")[0].replace("orders-api", "other")
    asked = graph(half("acme/orders", CONTRACT + CONSUMERS), half("acme/other", other), half("acme/events", EVENTS))
    answer = who_uses(asked, EMAIL, TODAY)
    assert [found.contract for found in answer.contracts] == ["acme/orders#orders-api"]
    assert answer.passed_over == ("acme/other#other",)
    assert [found.contract for found in who_uses(asked, "OrderCreated:$.total", TODAY).contracts] == [
        "acme/events#order-events"
    ]


@pytest.mark.parametrize("contract", ["orders-api", "acme/orders#orders-api", "Acme/Orders#orders-api"])
def test_a_contract_can_be_named_by_its_id_or_in_full(contract: str) -> None:
    assert [user.consumer for user in users(orders(), EMAIL, contract).users] == ["checkout-web"]


@pytest.mark.parametrize(
    ("element", "contract", "said"),
    [
        ("customer.email", None, "did you mean `GET /orders/{id} 200:$.customer.email`?"),
        ("GET orders", None, "has no path behind `GET`"),
        (EMAIL, "order-api", "did you mean `orders-api`?"),
        ("Order.email", "orders-api", "its elements are written as `GET /orders/{id} 200:$.status`"),
    ],
)
def test_a_question_that_cannot_be_answered_says_what_to_ask_instead(
    element: str, contract: str | None, said: str
) -> None:
    with pytest.raises(Unanswerable) as refused:
        who_uses(orders(), element, TODAY, contract)
    assert said in str(refused.value)


def test_two_contracts_of_one_id_are_told_apart_by_their_repositories() -> None:
    asked = graph(half("acme/orders", CONTRACT), half("acme/copy", CONTRACT))
    with pytest.raises(Unanswerable, match="acme/orders#orders-api, acme/copy#orders-api"):
        who_uses(asked, EMAIL, TODAY, "orders-api")


def test_no_suggestion_names_an_element_that_only_a_private_consumer_uses() -> None:
    asked = orders(CONSUMERS.replace("criticality: high", "visibility: private"))
    with pytest.raises(Unanswerable) as refused:
        who_uses(asked, "customer.email", TODAY)
    assert "email`?" not in str(refused.value)


@pytest.mark.parametrize(
    ("asked", "named", "same"),
    [
        ("GET /orders", "* /orders/**", True),
        ("GET /orders/{id}", "/*/{id}", True),
        ("/{any}/{id}", "GET /{some}/{other} 200", True),
        ("/{any}/{id}", "GET /orders/{id} 200", False),
        ("GET /orders", "** 200", True),
        ("GET /orders/{id}", "GET /order/{id}", False),
        ("Order.id", "Order", True),
        ("Order.id", "'Order'.id", True),
        ("Order.id", "Orders.id", False),
        ("Order.id", "*.id", True),
    ],
)
def test_contracts_are_found_by_what_is_named_in_them(asked: str, named: str, same: bool) -> None:
    """Two contracts of one type; only the first names something at the element."""
    type = "openapi" if "/" in asked else "graphql"
    head = f"contracts: [{{id: first, type: {type}, files: [a], decision_owner: '@a/b', guarantees: "
    first = head + f'[{{at: "{named}", level: guaranteed}}]}}]\n'
    second = head.replace("first", "second") + "[]}]\n"
    both = graph(half("acme/first", first), half("acme/second", second))
    if same and not named.startswith("**"):
        assert [found.contract for found in who_uses(both, asked, TODAY).contracts] == ["acme/first#first"]
    else:
        with pytest.raises(Unanswerable, match="--contract first, second"):
            who_uses(both, asked, TODAY)
