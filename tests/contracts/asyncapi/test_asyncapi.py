"""AsyncAPI 2 and 3: recognised, compared by direction, placed, and compared with each other."""

from __future__ import annotations

import hashlib
from datetime import date
from typing import Any

import pytest
import yaml

from bot.contracts.change import Comparison
from bot.contracts.document import Document, Side
from bot.contracts.formats import compare, recognise
from bot.contracts.options import Options
from bot.judge.catalogue import shipped

TODAY = Options(today=date(2026, 11, 21))

TWO = """\
asyncapi: 2.6.0
info: {title: Orders, version: "1"}
defaultContentType: application/json
servers:
  prod: {url: "kafka://broker.example.org:9092/v1", protocol: kafka, security: [{scram: []}]}
channels:
  orders.{region}:
    parameters:
      region: {schema: {type: string}}
    subscribe:
      operationId: orderCreated
      message: {$ref: "#/components/messages/OrderCreated"}
    publish:
      operationId: placeOrder
      message:
        oneOf:
          - $ref: "#/components/messages/PlaceOrder"
components:
  securitySchemes:
    scram: {type: scramSha256}
  messageTraits:
    traced:
      headers: {type: object, properties: {trace-id: {type: string}}}
  messages:
    OrderCreated:
      traits: [{$ref: "#/components/messageTraits/traced"}]
      headers: {type: object, properties: {kind: {type: string}}}
      payload: {$ref: "#/components/schemas/Order"}
    PlaceOrder:
      payload: {$ref: "#/components/schemas/Order"}
  schemas:
    Order:
      type: object
      properties:
        total: {type: number}
"""

THREE = """\
asyncapi: 3.0.0
info: {title: Orders, version: "1"}
defaultContentType: application/json
servers:
  prod:
    host: broker.example.org:9092
    pathname: /v1
    protocol: kafka
    security: [{$ref: "#/components/securitySchemes/scram"}]
channels:
  orders:
    address: orders.{region}
    parameters:
      region: {}
    messages:
      created: {$ref: "#/components/messages/OrderCreated"}
      place: {$ref: "#/components/messages/PlaceOrder"}
operations:
  orderCreated:
    action: send
    channel: {$ref: "#/channels/orders"}
    messages: [{$ref: "#/channels/orders/messages/created"}]
  placeOrder:
    action: receive
    channel: {$ref: "#/channels/orders"}
    messages: [{$ref: "#/channels/orders/messages/place"}]
""" + TWO[TWO.index("components:") :]


def side(text: str) -> Side:
    data = text.encode()
    return Side("events.yaml", {"events.yaml": Document("events.yaml", hashlib.sha1(data).hexdigest(), data)})


def comparison(before: str, after: str, options: Options = TODAY) -> Comparison:
    return compare("asyncapi", side(before), side(after), options=options)


def felt(text: str, old: str, new: str) -> set[tuple[str, str, str]]:
    assert old in text
    found = comparison(text, text.replace(old, new)).changes
    return {(change.fact, place.address, place.direction) for change in found for place in change.places}


def test_a_document_is_recognised_by_its_version() -> None:
    assert recognise("events.yaml", TWO.encode()) == "asyncapi"
    assert recognise("events.json", b'{"asyncapi": "3.0.0"}') == "asyncapi"
    assert recognise("other.yaml", b"a:\n  asyncapi: 3.0.0\n") is None


def test_moving_from_version_2_to_3_is_no_change_where_both_say_the_same() -> None:
    for before, after in ((TWO, THREE), (THREE, TWO)):
        assert [change.fact for change in comparison(before, after).changes] == ["asyncapi.version.changed"]


@pytest.mark.parametrize("text", [TWO, THREE])
def test_a_payload_is_felt_where_it_is_sent_and_where_it_is_received(text: str) -> None:
    assert felt(text, "total: {type: number}", "total: {type: string}") == {
        ("schema.type.changed", "OrderCreated:$.total", "response"),
        ("schema.type.changed", "PlaceOrder:$.total", "request"),
    }
    (change,) = comparison(text, text.replace("total: {type: number}", "total: {type: string}")).changes
    assert change.element == "Order:$.total"
    assert change.position is not None
    assert change.position.line == len(text.splitlines())


@pytest.mark.parametrize("text", [TWO, THREE])
def test_headers_of_messages_and_of_traits_are_both_compared(text: str) -> None:
    assert felt(text, "trace-id: {type: string}", "trace-id: {type: integer}") == {
        ("schema.type.changed", "OrderCreated.header:trace-id", "response")
    }
    assert felt(text, "kind: {type: string}", "kind: {type: integer}") == {
        ("schema.type.changed", "OrderCreated.header:kind", "response")
    }


@pytest.mark.parametrize(
    ("text", "old", "new", "fact", "address"),
    [
        (TWO, "broker.example.org:9092/v1", "other.example.org:9092/v1", "server.host.changed", "server.prod"),
        (THREE, "pathname: /v1", "pathname: /v2", "server.pathname.changed", "server.prod"),
        (THREE, "protocol: kafka", "protocol: amqp", "server.protocol.changed", "server.prod"),
        (TWO, "operationId: placeOrder", "operationId: order", "operation.id.changed",
         "channel.'orders.{region}'.receive"),
        (THREE, "address: orders.{region}", "address: sales", "channel.address.changed", "channel.sales"),
        (THREE, "address: orders.{region}", "address: orders.{area}", "channel.parameters.renamed",
         "channel.'orders.{area}'"),
        (TWO, "defaultContentType: application/json", "defaultContentType: application/xml",
         "message.content_type.changed", "PlaceOrder"),
        (TWO, "region: {schema: {type: string}}", "region: {schema: {type: integer}}", "schema.type.changed",
         "channel.'orders.{region}' path:region"),
        (TWO, "type: scramSha256", "type: scramSha512", "security_scheme.changed", "**"),
    ],
)  # fmt: skip
def test_each_part_is_compared(text: str, old: str, new: str, fact: str, address: str) -> None:
    assert (fact, address) in {(found, where) for found, where, _ in felt(text, old, new)}


def avro(type: str, default: str = "") -> str:
    schema = {"type": "record", "name": "Order", "fields": [{"name": "total", "type": type}]}
    message = {"schemaFormat": "application/vnd.apache.avro;version=1.9.0", "payload": schema}
    document: dict[str, Any] = {
        "asyncapi": "2.6.0",
        "info": {"title": "t", "version": "1"},
        "channels": {"orders": {"subscribe": {"message": {"name": "OrderCreated", **message}}}},
    }
    return yaml.safe_dump(document) + default


def protobuf(fields: str) -> str:
    schema = f'syntax = "proto3";\nmessage Order {{\n{fields}}}\n'
    message = {"schemaFormat": "application/vnd.google.protobuf;version=3", "payload": schema}
    channels = {"orders": {"subscribe": {"message": {"name": "OrderCreated", **message}}}}
    return yaml.safe_dump({"asyncapi": "2.6.0", "info": {"title": "t", "version": "1"}, "channels": channels})


def test_protobuf_payloads_are_compared_by_the_rules_of_protobuf() -> None:
    before = protobuf("  string id = 1;\n  int32 total = 2;\n")
    changes = comparison(before, protobuf("  string id = 1;\n  string total = 2;\n")).changes
    (finding,) = shipped().judge("c", "asyncapi", changes)
    assert "buf/FIELD_SAME_TYPE" in finding.rule.also
    assert finding.change.element == "OrderCreated:$.Order.total"
    assert finding.change.position is not None
    assert comparison(before, before).changes == ()


def test_avro_payloads_are_compared_by_the_rules_of_avro() -> None:
    for before, after, level in (("int", "long", "breaking"), ("long", "int", "risky")):
        found = comparison(avro(before), avro(after))
        (finding,) = shipped().judge("c", "asyncapi", found.changes)
        # What is sent is read by those who still have the old schema: an int that became a long is too wide for them.
        assert finding.rule.id.startswith("avro-")
        assert (str(finding.level), finding.change.places[0].address) == (level, "OrderCreated:$.total")
        assert finding.change.position is not None


def test_what_is_malformed_is_never_a_crash() -> None:
    for text in (TWO, THREE):
        document = yaml.safe_load(text)
        for key in document:
            for value in (None, 1, "text", [], [1], {"a": 1}, {"a": {"b": [1]}}):
                broken = yaml.safe_dump({**document, key: value})
                comparison(text, broken)
                comparison(broken, text)
        for name in document["channels"]:
            for channel in (
                None,
                1,
                [1],
                {"subscribe": 1, "messages": [1]},
                {"subscribe": {"message": [1]}, "address": 1},
            ):
                comparison(text, yaml.safe_dump({**document, "channels": {name: channel}}))


def test_a_reference_that_leads_nowhere_is_unclassified_where_it_came() -> None:
    broken = TWO.replace('{$ref: "#/components/messages/OrderCreated"}', '{$ref: "https://example.org/order.json"}')

    facts = {change.fact for change in comparison(TWO, broken).changes}
    assert "asyncapi.reference.unresolved" in facts
    assert not comparison(broken, broken + "# a comment\n").changes
