"""An element that no document of the contract has is told by its words."""

from __future__ import annotations

import pytest

from bot.contracts.document import Document, Side
from bot.registry.asking.presence import absent

PROTO = 'syntax = "proto3";\npackage acme.orders.v1;\nmessage Order { string customer_id = 1; }\n'
GRAPHQL = "type Query { order(id: ID!): Order }\ntype Order { total: Int }\n"
EVENTS = "asyncapi: 3.0.0\nchannels: {orders: {messages: {OrderCreated: {payload: {properties: {total: {}}}}}}}\n"


def said(element: str, format: str, text: str) -> str:
    return absent(element, "orders", format, Side("a", {"a": Document("a", "", text.encode())}))


@pytest.mark.parametrize(
    ("element", "format", "text"),
    [
        ("acme.orders.v1.Order.customer_id", "protobuf", PROTO),
        ("Query.order(id:)", "graphql", GRAPHQL),
        ("OrderCreated:$.total", "asyncapi", EVENTS),
        ("OrderCreated:$.**.total", "asyncapi", EVENTS),
        ("**", "asyncapi", EVENTS),
        ("orders.whatever", "sql", "create table orders (id int);"),
    ],
)
def test_what_may_be_there_is_not_complained_about(element: str, format: str, text: str) -> None:
    assert said(element, format, text) == ""


@pytest.mark.parametrize(
    ("element", "format", "text", "near"),
    [
        ("acme.orders.v1.Order.custmer_id", "protobuf", PROTO, "customer_id"),
        ("Query.ordr(id:)", "graphql", GRAPHQL, "order"),
        ("Order.totl", "graphql", GRAPHQL, "total"),
        ("OrderCreatd:$.total", "asyncapi", EVENTS, "OrderCreated"),
    ],
)
def test_a_slip_is_named_with_what_may_have_been_meant(element: str, format: str, text: str, near: str) -> None:
    sentence = said(element, format, text)
    assert sentence.startswith(f"`{element}` is no element of orders") and sentence.endswith(f"did you mean `{near}`?")
