"""Recognising Avro, and what is wrong with a document: stopped with its line, or reported and compared."""

from __future__ import annotations

import json
from typing import Any

import pytest

from bot.contracts.avro.format import recognise
from tests.contracts.avro.build import compared, field, reason, record

GOOD = record(field("a", "int"))


@pytest.mark.parametrize(
    ("path", "text", "is_one"),
    [
        ("a.avsc", json.dumps(GOOD), True),
        ("a.avsc", '"string"', True),
        ("a.avsc", "{broken", True),
        ("a.avsc", "", False),
        ("a.avpr", '{"protocol": "P"}', True),
        ("a.avdl", '@namespace("shop")\nprotocol Shop { }', True),
        ("a.avdl", "notes", False),
        ("a.json", json.dumps(GOOD), True),
        ("a.json", '{"type": "record", "id": 3}', False),
        ("a.json", '{"type": "object"}', False),
        ("a.txt", json.dumps(GOOD), False),
    ],
)
def test_avro_is_told_by_its_content(path: str, text: str, is_one: bool) -> None:
    assert recognise(path, text.encode()) is is_one


@pytest.mark.parametrize(
    ("schema", "said", "line"),
    [
        ({"type": "record", "name": "R"}, 'has no `"fields"`', 1),
        ({"type": "record", "fields": []}, 'has no `"name"`', 1),
        ({"type": "enum", "name": "E"}, 'has no `"symbols"`', 1),
        ({"type": "fixed", "name": "F", "size": "8"}, 'has no `"size"`', 1),
        ({"type": "array"}, 'has no `"items"`', 1),
        (record(field("a", {"type": "map"})), 'has no `"values"`', 7),
        (record(field("a", 3)), "is no Avro schema", 7),
        (record({"name": "a"}), "A field is an object", 5),
        (record(field("a", "array")), "`array` needs an object", 7),
        ({"type": "record", "name": "R", "fields": {}}, "`fields` has to be a list", 4),
    ],
)
def test_what_is_no_schema_is_said_with_its_line(schema: Any, said: str, line: int) -> None:
    message, at = reason(GOOD, schema)

    assert said in message
    assert at == line


@pytest.mark.parametrize(
    ("schema", "said"),
    [
        (record(field("a", "int"), field("a", "long")), "`a` is defined twice"),
        (record(field("a", "int", default="x")), "is no value of its type"),
        (record(field("a", ["null", "int"], default=3)), None),
        (record(field("a-b", "int")), "is no Avro name"),
        (record(field("a", ["int", "int"])), "names `int` twice"),
        (record(field("a", ["null", ["int"]])), "stands directly in a union"),
        (record(field("a", "Missing")), "`Missing` is not defined in this file"),
        (record(field("a", {"type": "long", "logicalType": "date"})), "can't stand on `long`"),
        (record(field("a", {"type": "bytes", "logicalType": "decimal"})), "A decimal needs"),
        ({"type": "enum", "name": "E", "symbols": ["A"], "default": "B"}, "is none of its symbols"),
        ({"type": "enum", "name": "E", "symbols": ["A", "A"]}, "lists a symbol twice"),
        (record(field("a", "int", order="up")), "is no sort order"),
    ],
)
def test_a_fault_that_leaves_no_doubt_is_reported_and_compared(schema: Any, said: str | None) -> None:
    comparison = compared(GOOD, schema)

    assert [change.fact for change in comparison.changes] != ["contract.unreadable"]
    assert (said is None and not comparison.faults) or any(said and said in f.message for f in comparison.faults)
    assert all(fault.position is not None and fault.position.line > 0 for fault in comparison.faults)


def test_idl_is_recognised_and_the_reason_says_what_to_do() -> None:
    message, line = reason(b"protocol Shop { }", b"protocol Shop { record A {} }", path="shop.avdl")

    assert "avro-tools idl" in message and line == 1


def test_a_schema_that_becomes_a_protocol_cannot_be_compared() -> None:
    assert "became a protocol" in reason(GOOD, {"protocol": "P"})[0]
