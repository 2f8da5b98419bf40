"""Pacts and contracts for the tests, and what the importer says of them."""

from __future__ import annotations

import json
from typing import Any

from bot.contracts.document import Document, Side
from bot.registry.importers.imported import Imported, Question
from bot.registry.importers.pact import shown

API = """
openapi: 3.1.0
info: {title: Orders, version: "1"}
servers: [{url: https://api.example.com/v1}]
paths:
  /orders:
    post: {responses: {"201": {}, "400": {}}}
    get: {parameters: [{name: page, in: query}, {name: ids, in: query}], responses: {"200": {}}}
  /orders/mine: {get: {responses: {"200": {}}}}
  /orders/{id}:
    get:
      parameters: [{name: X-Tenant, in: header}]
      responses: {"200": {headers: {ETag: {}}}, "404": {}, default: {}}
"""

EVENTS = """
asyncapi: 3.0.0
info: {title: Orders, version: "1"}
channels:
  orders: {address: orders.v1, messages: {OrderCreated: {$ref: "#/components/messages/OrderCreated"}}}
  refunds:
    address: refunds.v1
    messages: {OrderRefunded: {$ref: "#/components/messages/OrderRefunded"}, RefundFailed: {payload: {}}}
operations: {sent: {action: send, channel: {$ref: "#/channels/orders"}}}
components:
  messages:
    OrderCreated: {name: com.acme.order-created, payload: {type: object}}
    OrderRefunded: {payload: {type: object}}
"""

PROTO = """
syntax = "proto3";
package acme.orders.v1;
message GetRequest { string order_id = 1; }
message Order {
  string id = 1;
  Customer customer = 2;
  repeated Line lines = 3;
  map<string, Price> prices = 4;
}
message Customer { string email = 1; }
message Line { string sku = 1; }
message Price { int64 cents = 1; }
service Orders { rpc Get(GetRequest) returns (Order); }
"""

SDL = "type Query { order(id: ID!): Order }\ntype Order { id: ID! total: Int status: String }\n"

_FILES = {"openapi": ("api.yaml", API), "asyncapi": ("events.yaml", EVENTS), "protobuf": ("orders.proto", PROTO)}


def side(text: str, path: str) -> Side:
    return Side(path, {path: Document(path, "", text.encode())})


def known(format: str) -> Side:
    path, text = _FILES[format]
    return side(text, path)


def document(value: Any, path: str = "pacts/web.json") -> Document:
    data = value if isinstance(value, bytes) else json.dumps(value, indent=2).encode()
    return Document(path, "", data)


def pact(*interactions: dict[str, Any], **others: Any) -> dict[str, Any]:
    """A file with these interactions, between checkout-web and Orders."""
    named = {"consumer": {"name": "checkout-web"}, "provider": {"name": "Orders"}}
    return {**named, "interactions": list(interactions), **others}


def http(response: Any = None, **request: Any) -> dict[str, Any]:
    """An interaction of versions 1 to 3: GET /orders/17, answered with 200."""
    sent = {"method": "get", "path": "/orders/17", **request}
    return {"description": "an order", "request": sent, "response": response if response is not None else {}}


def imported(value: Any, format: str = "openapi", contract: Side | None = None, *names: str) -> Imported:
    """What a pact (a value, or the bytes of a file) shows of a contract, this format's example unless given."""
    written = document(value)
    question = Question(format, contract if contract is not None else known(format), frozenset(names))
    return shown(question, {written.path: written})


def used(value: Any, format: str = "openapi", contract: Side | None = None) -> dict[str, bool]:
    """The elements that count, and whether their values matter. There must be no problem."""
    found = imported(value, format, contract)
    assert found.problems == ()
    return {one.element: one.exact for one in found.used if not one.pending}
