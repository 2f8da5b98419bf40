"""Files that pact's own consumer library wrote, of every version that it writes, and the sighting of each name."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pact import Pact, match

from bot.registry.importers.imported import Imported
from tests.registry.importers.pact.reading import imported, known, side

READ = "GET /orders/{id} 200:"
EVERY = ["1", "1.1", "2", "3", "4"]
WITH_MATCHERS = ["2", "3", "4"]


def written(pact: Pact, folder: Path) -> bytes:
    pact.write_file(folder)
    (file,) = folder.iterdir()
    return file.read_bytes()


def of(pact: Pact, folder: Path, format: str = "openapi") -> Imported:
    return imported(written(pact, folder), format, known(format), "orders")


def exactness(found: Imported) -> dict[str, bool]:
    assert found.problems == ()
    assert {one.consumer for one in found.used} == {"checkout-web"}
    return {one.element: one.exact for one in found.used}


def consumer(version: str) -> Pact:
    return Pact("checkout-web", "Orders").with_specification(f"V{version}")


@pytest.mark.parametrize("version", EVERY)
def test_a_request_and_its_answer(version: str, tmp_path: Path) -> None:
    pact = consumer(version)
    asked = pact.upon_receiving("an order").given("order 17 exists").with_request("GET", "/v1/orders/17")
    asked.with_header("X-Tenant", "acme").with_header("Accept", "application/json")
    answered = asked.will_respond_with(200).with_header("ETag", "abc")
    answered.with_body({"id": 17, "lines": [{"sku": "a"}, {"sku": "b"}]}, "application/json")
    pact.upon_receiving("nothing").with_request("GET", "/v1/orders/9").will_respond_with(404)
    listed = pact.upon_receiving("a page").with_request("GET", "/v1/orders").with_query_parameter("page", "2")
    listed.with_query_parameter("ids", ["1", "2"]).will_respond_with(200)
    found = of(pact, tmp_path)
    assert exactness(found) == {
        "GET /orders/{id} path:id": False,
        "GET /orders/{id} header:X-Tenant": True,
        "GET /orders/{id} 200.header:ETag": True,
        f"{READ}$.id": True,
        f"{READ}$.lines[*].sku": True,
        "GET /orders/{id} 404": False,
        "GET /orders query:page": True,
        "GET /orders query:ids": True,
        "GET /orders 200": False,
    }
    assert ("meaning", "order 17 exists") in {(one.aspect, one.statement) for one in found.hints}
    assert ("failure", "answers 404: nothing") in {(one.aspect, one.statement) for one in found.hints}


@pytest.mark.parametrize("version", WITH_MATCHERS)
def test_matchers_say_which_values_matter(version: str, tmp_path: Path) -> None:
    pact = consumer(version)
    body: dict[str, Any] = {
        "id": match.int(17),
        "customer": match.like({"email": match.regex("a@b.c", regex=".+@.+"), "name": "Ann"}),
        "lines": match.each_like({"sku": "a", "quantity": match.number(2)}, min=1),
        "created": match.datetime("2026-11-21T10:00:00", "%Y-%m-%dT%H:%M:%S"),
        "status": "open",
    }
    asked = pact.upon_receiving("an order").with_request("GET", match.regex("/orders/17", regex=r"/orders/\d+"))
    asked.with_header("X-Tenant", match.regex("acme", regex="[a-z]+")).will_respond_with(200).with_body(body)
    found = exactness(of(pact, tmp_path))
    assert {name.removeprefix(READ) for name, exact in found.items() if exact} == {"$.status"}
    assert {name.removeprefix(READ) for name in found if name.startswith(READ)} == {
        "$.id",
        "$.customer.email",
        "$.customer.name",
        "$.lines[*].sku",
        "$.lines[*].quantity",
        "$.created",
        "$.status",
    }


def test_keys_that_are_data_variants_binary_bodies_and_pending_of_version_4(tmp_path: Path) -> None:
    pact = consumer("4")
    variants: Any = [match.str("new"), match.int(1)]
    body = {
        "prices": match.each_key_matches({"EUR": {"cents": 1}}, rules=match.regex("EUR", regex="[A-Z]{3}")),
        "tags": match.array_containing(variants),
    }
    sent = pact.upon_receiving("prices").with_request("POST", "/orders").with_body(body, "application/json")
    sent.will_respond_with(201).with_binary_body(b"\x00\x01", "application/octet-stream")
    pact.upon_receiving("later").with_request("GET", "/orders/mine").set_pending(pending=True).will_respond_with(200)
    found = of(pact, tmp_path)
    assert {one.element: (one.exact, one.pending) for one in found.used} == {
        "POST /orders request:$.prices.{*}.cents": (True, False),
        "POST /orders request:$.tags[*]": (False, False),
        "POST /orders 201": (False, False),
        "GET /orders/mine 200": (False, True),
    }


@pytest.mark.parametrize("version", ["3", "4"])
def test_a_message(version: str, tmp_path: Path) -> None:
    pact = consumer(version)
    event = pact.upon_receiving("an event", "Async").given("an order")
    event.with_body({"total": {"amount": match.decimal(1.5), "currency": "EUR"}}, "application/json")
    event.with_metadata({"messageType": "OrderCreated", "trace-id": "x"})
    found = of(pact, tmp_path, "asyncapi")
    assert exactness(found) == {
        "OrderCreated:$.total.amount": False,
        "OrderCreated:$.total.currency": True,
        "OrderCreated.header:trace-id": True,
    }
    assert [(one.aspect, one.at, one.statement) for one in found.hints] == [("meaning", "OrderCreated", "an order")]


def test_a_synchronous_message(tmp_path: Path) -> None:
    pact = consumer("4")
    asked = pact.upon_receiving("a question", "Sync").with_body({"id": match.int(1)}, "application/json")
    asked.with_metadata({"type": "OrderCreated"})
    answered = asked.will_respond_with().with_body({"ok": True}, "application/json")
    answered.with_metadata({"type": "OrderRefunded"})
    assert exactness(of(pact, tmp_path, "asyncapi")) == {"OrderCreated:$.id": False, "OrderRefunded:$.ok": True}


def test_a_pact_says_of_itself_that_it_is_full(tmp_path: Path) -> None:
    pact = consumer("4").with_metadata("countersign", {"complete": "true"})
    pact.upon_receiving("an order").with_request("GET", "/orders/17").will_respond_with(200).with_body({"id": 1})
    assert of(pact, tmp_path).complete


def test_a_graphql_operation(tmp_path: Path) -> None:
    pact = consumer("4")
    asked = pact.upon_receiving("an order").with_request("POST", "/graphql")
    asked.with_body({"query": "query Q($id: ID!) { order(id: $id) { total } }", "variables": {"id": "1"}})
    asked.will_respond_with(200).with_body({"data": {"order": {"total": match.int(1)}}})
    sdl = side("type Query { order(id: ID!): Order }\ntype Order { id: ID! total: Int }\n", "schema.graphql")
    found = imported(written(pact, tmp_path), "graphql", sdl, "orders")
    assert found.problems == ()
    assert {"Query.order", "Query.order(id:)", "Order.total"} <= {one.element for one in found.used}
    assert "Order.id" not in {one.element for one in found.used}
