"""Interactions of the Protobuf plugin, and GraphQL over HTTP."""

from __future__ import annotations

from typing import Any

import pytest

from bot.registry.importers.imported import Question
from bot.registry.importers.pact import shown
from tests.registry.importers.pact.reading import PROTO, SDL, document, http, imported, known, pact, side, used


def binary(message: str, rules: Any = None) -> dict[str, Any]:
    contents = {
        "content": "CgIxNw==",
        "contentType": f"application/protobuf;message={message}",
        "contentTypeHint": "BINARY",
        "encoded": "base64",
    }
    matchers = {path: {"combine": "AND", "matchers": [{"match": kind}]} for path, kind in (rules or {}).items()}
    return {"contents": contents, "matchingRules": {"body": matchers}}


def call(service: str, request: Any = None, response: Any = None) -> dict[str, Any]:
    return {
        "type": "Synchronous/Messages",
        "description": "get an order",
        "pluginConfiguration": {"protobuf": {"descriptorKey": "abc", "service": service}},
        "request": binary("GetRequest", request),
        "response": [binary("Order", response)],
        "providerStates": [{"name": "an order"}],
    }


ORDERS = "acme.orders.v1."


@pytest.mark.parametrize("service", ["Orders/Get", ".acme.orders.v1.Orders/Get", "acme.orders.v1.Orders/Get"])
def test_the_method_and_the_fields_with_rules_are_used(service: str) -> None:
    read = {
        "$.customer.email": "type",
        "$.lines[*].sku": "equality",
        "$.prices.EUR.cents": "number",
        "$.what.x": "type",
    }
    assert used(pact(call(service, {"$.orderId": "regex"}, read)), "protobuf") == {
        f"{ORDERS}Orders.Get": False,
        f"{ORDERS}GetRequest.order_id": False,
        f"{ORDERS}Order.customer": False,
        f"{ORDERS}Customer.email": False,
        f"{ORDERS}Order.lines": False,
        f"{ORDERS}Line.sku": True,
        f"{ORDERS}Order.prices": False,
        f"{ORDERS}Price.cents": False,
    }


def test_where_no_rule_names_a_field_any_may_be_in_the_body() -> None:
    found = used(pact(call("Orders/Get", {"$.order_id": "type"})), "protobuf")
    assert found.keys() == {f"{ORDERS}Orders.Get", f"{ORDERS}GetRequest.order_id", f"{ORDERS}Order"}


def test_paths_of_the_plugins_first_versions_begin_with_the_part() -> None:
    found = used(pact(call("Orders/Get", {"$.request.order_id": "type"}, {"$.response.lines.*": "type"})), "protobuf")
    assert {f"{ORDERS}GetRequest.order_id", f"{ORDERS}Order.lines"} <= found.keys()


@pytest.mark.parametrize(
    "said", [{"protobuf": {"message": ".acme.orders.v1.Order"}}, {"protobuf": {"message": "Order"}}, {}]
)
def test_an_asynchronous_protobuf_message_is_named_by_the_plugin_or_its_media_type(said: Any) -> None:
    one = {"type": "Asynchronous/Messages", "pluginConfiguration": said, **binary("Order", {"$.id": "type"})}
    assert used(pact(one), "protobuf") == {f"{ORDERS}Order.id": False}


def test_without_a_contract_the_pacts_own_copy_names_the_fields() -> None:
    kept = {"name": "protobuf", "version": "1", "configuration": {"abc": {"protoFile": PROTO, "protoDescriptors": "x"}}}
    file = pact(call("Orders/Get", {"$.order_id": "type"}, {"$.id": "type"}), metadata={"plugins": [kept]})
    found = shown(Question("protobuf"), {"p.json": document(file, "p.json")})
    assert {one.element for one in found.used} == {
        f"{ORDERS}Orders.Get",
        f"{ORDERS}GetRequest.order_id",
        f"{ORDERS}Order.id",
    }
    assert "not at hand" in found.problems[0]


def test_a_method_that_the_contract_lacks_is_said() -> None:
    found = imported(pact(call("Stock/Get")), "protobuf")
    assert found.used[0].element == "Stock.Get"
    assert any("`Stock/Get` is no method of the contract" in one for one in found.problems)


def test_states_of_a_call_are_hints() -> None:
    hints = imported(pact(call("Orders/Get")), "protobuf").hints
    assert [(one.aspect, one.at, one.statement) for one in hints] == [("meaning", f"{ORDERS}Orders.Get", "an order")]


def test_a_binary_message_is_none_of_an_asyncapi_contract() -> None:
    found = imported(pact(call("Orders/Get")), "asyncapi")
    assert (found.used, found.problems) == ((), ())


def graphql(query: str, **others: Any) -> dict[str, Any]:
    return {**http({"status": 200}, method="POST", path="/graphql", body={"query": query, "variables": {}}), **others}


def test_a_graphql_operation_in_a_body_shows_coordinates_with_the_line_of_the_query() -> None:
    file = pact(graphql("{ order(id: 1) { total } }"), graphql("{ order(id: 2) { status } }", pending=True))
    found = imported(file, "graphql", side(SDL, "schema.graphql"))
    assert found.problems == ()
    pending = {one.element: one.pending for one in found.used}
    assert (pending["Query.order"], pending["Order.total"], pending["Order.status"]) == (False, False, True)
    lines = document(file).data.decode().splitlines()
    assert all('"query"' in lines[one.line - 1] for one in found.used)


def test_a_graphql_operation_that_cannot_be_read_is_said_with_its_line() -> None:
    found = imported(pact(graphql("{ order(")), "graphql", side(SDL, "schema.graphql"))
    assert found.problems[0].startswith("pacts/web.json:") and "The operation" in found.problems[0]
    without = shown(Question("graphql"), {"p.json": document(pact(graphql("{ a }")), "p.json")})
    assert "without the schema" in without.problems[0]


def test_other_requests_to_a_graphql_provider_are_passed_over() -> None:
    assert imported(pact(http()), "graphql", side(SDL, "schema.graphql")).used == ()


def test_a_broken_proto_file_is_a_problem() -> None:
    found = imported(pact(call("Orders/Get")), "protobuf", side("message {", "orders.proto"))
    assert any(one.startswith("orders.proto: ") for one in found.problems)
    assert known("protobuf").entrypoint == "orders.proto"
