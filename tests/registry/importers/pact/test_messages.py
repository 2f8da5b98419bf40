"""Messages of versions 3 and 4, and how they find their name in the contract."""

from __future__ import annotations

from typing import Any

import pytest

from bot.registry.importers.imported import Question
from bot.registry.importers.pact import shown
from tests.registry.importers.pact.reading import document, imported, pact, side, used


def message(contents: Any, **others: Any) -> dict[str, Any]:
    return {"description": "something happened", "contents": contents, **others}


def of_version_3(*messages: dict[str, Any]) -> dict[str, Any]:
    return {**pact(messages=list(messages), metadata={"pactSpecification": {"version": "3.0.0"}}), "interactions": []}


TOTAL = {"OrderCreated:$.total.amount": True}


@pytest.mark.parametrize("key", ["metadata", "metaData"])
def test_a_message_of_version_3_shows_what_is_read_and_its_headers(key: str) -> None:
    said = {"messageType": "OrderCreated", "contentType": "application/json", "topic": "orders.v1", "trace-id": "x"}
    rules = {"body": {"$.lines": {"matchers": [{"match": "type"}]}}}
    contents = {"total": {"amount": 1}, "lines": [{"sku": "a"}]}
    assert used(of_version_3(message(contents, matchingRules=rules, **{key: said})), "asyncapi") == {
        **TOTAL,
        "OrderCreated:$.lines[*].sku": False,
        "OrderCreated.header:trace-id": True,
    }


@pytest.mark.parametrize("category", ["body", "content"])
@pytest.mark.parametrize("wrapped", [True, False])
def test_contents_of_version_4_may_be_wrapped_or_not(category: str, wrapped: bool) -> None:
    plain = {"total": {"amount": 1}}
    contents = {"content": plain, "contentType": "application/json", "encoded": False} if wrapped else plain
    rules = {category: {"$.total.amount": {"matchers": [{"match": "number"}]}}}
    one = message(contents, type="Asynchronous/Messages", matchingRules=rules, metadata={"type": "OrderCreated"})
    assert used(pact(one), "asyncapi") == {"OrderCreated:$.total.amount": False}


@pytest.mark.parametrize(
    "said",
    [
        {"metadata": {"ce-type": "com.acme.OrderCreated"}},
        {"metadata": {"__TypeId__": "com.acme.events.OrderCreated"}},
        {"metadata": {"eventName": "order_created"}},
        {"metadata": {"type": "com.acme.order-created"}},
        {"metadata": {"contentType": "application/vnd.acme.order-created.v2+json"}},
        {"metadata": {"contentType": "application/json;message=OrderCreated"}},
        {"metadata": {"topic": "orders.v1"}},
        {"metadata": {"destination": "orders"}},
        {"metadata": {"type": "event", "queue": "orders.v1"}},
        {"description": "an OrderCreated event for a new customer"},
    ],
)
def test_the_message_is_told_by_metadata_channel_media_type_or_description(said: dict[str, Any]) -> None:
    assert used(of_version_3({**message({"total": {"amount": 1}}), **said}), "asyncapi") == TOTAL


def test_a_message_that_cannot_be_told_is_a_problem_that_says_what_to_write() -> None:
    found = imported(of_version_3(message({"a": 1}, metadata={"topic": "refunds.v1"})), "asyncapi")
    assert found.used == ()
    (problem,) = found.problems
    assert problem.startswith("pacts/web.json:10: ") and "`messageType`" in problem and "`OrderRefunded`" in problem


def test_without_a_contract_messages_are_called_as_the_pact_calls_them() -> None:
    file = of_version_3(message({"a": 1}, metadata={"type": "acme.Odd"}), {**message({"b": 1}), "description": "Named"})
    found = shown(Question("asyncapi"), {"p.json": document(file, "p.json")})
    assert [one.element for one in found.used] == ["'acme.Odd':$.a", "Named:$.b"]
    assert len(found.problems) == 1


def test_a_synchronous_message_has_a_request_and_responses() -> None:
    one = {
        "type": "Synchronous/Messages",
        "description": "x",
        "providerStates": [{"name": "an order"}],
        "request": {
            "contents": {"content": {"id": 1}, "contentType": "application/json"},
            "metadata": {"type": "OrderCreated"},
        },
        "response": [{"contents": {"ok": True}, "metadata": {"type": "OrderRefunded", "k": "v"}}],
    }
    wanted = {"OrderCreated:$.id": True, "OrderRefunded:$.ok": True, "OrderRefunded.header:k": True}
    assert used(pact(one), "asyncapi") == wanted
    assert used(pact({**one, "response": one["response"][0]}), "asyncapi") == wanted  # type: ignore[index]
    hints = imported(pact(one), "asyncapi").hints
    assert [(h.aspect, h.at, h.statement) for h in hints] == [("meaning", "OrderCreated", "an order")]


def test_contents_without_names_may_be_read_anywhere() -> None:
    wrapped = {"content": "AAEC", "contentType": "application/octet-stream", "encoded": "base64"}
    assert used(of_version_3(message(wrapped, metadata={"type": "OrderCreated"})), "asyncapi") == {
        "OrderCreated": False
    }


def test_a_schema_of_one_message_needs_no_name() -> None:
    file = of_version_3(message({"total": 1}))
    schema = side(
        '{"$schema": "http://json-schema.org/draft-07/schema#", "title": "Order", "type": "object"}', "o.json"
    )
    assert used(file, "json-schema", schema) == {"Order:$.total": True}
    record = '{"type": "record", "name": "Order", "namespace": "acme", "fields": [{"name": "total", "type": "int"}]}'
    assert used(file, "avro", side(record, "order.avsc")) == {"Order:$.total": True}


def test_definitions_of_a_schema_are_told_by_name() -> None:
    schema = side('{"$defs": {"Refund": {"type": "object"}}, "title": "Order"}', "o.json")
    assert used(of_version_3(message({"a": 1}, metadata={"type": "Refund"})), "json-schema", schema) == {
        "Refund:$.a": True
    }


@pytest.mark.parametrize("text", ["asyncapi: 3.0.0\nchannels: [", "[1, 2]"])
def test_a_contract_that_cannot_be_read_is_said_and_names_stay_those_of_the_pact(text: str) -> None:
    file = of_version_3(message({"a": 1}, metadata={"type": "OrderCreated"}))
    found = imported(file, "asyncapi", side(text, "events.yaml"))
    assert [one.element for one in found.used] == ["OrderCreated:$.a"]
    assert found.problems[0].startswith("events.yaml: ")
