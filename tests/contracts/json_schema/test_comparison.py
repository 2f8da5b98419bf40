"""JSON Schema files: recognised, compared under modes and content models, and placed."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from bot.contracts.document import Document, Side
from bot.contracts.formats import compare, recognise
from bot.contracts.options import Options
from tests.contracts.json_schema.build import changes, readings, side

DRAFT_7 = "http://json-schema.org/draft-07/schema#"


@pytest.mark.parametrize(
    ("path", "text", "format"),
    [
        ("order.json", '{"$schema": "http://json-schema.org/draft-04/schema#"}', "json-schema"),
        ("order.yaml", '$schema: "https://json-schema.org/draft/2020-12/schema"\ntype: object\n', "json-schema"),
        ("package.json", '{"$schema": "https://json.schemastore.org/package", "name": "a"}', None),
        ("order.txt", '{"$schema": "http://json-schema.org/draft-07/schema#"}', None),
        ("deep.json", '{"a": {"$schema": "http://json-schema.org/draft-07/schema#"}}', None),
    ],
)
def test_a_schema_is_recognised_by_the_draft_that_it_names(path: str, text: str, format: str | None) -> None:
    assert recognise(path, text.encode()) == format


OLD: dict[str, Any] = {"title": "Order", "type": "object", "properties": {"id": {"type": ["integer", "string"]}}}
NEW: dict[str, Any] = {"title": "Order", "type": "object", "properties": {"id": {"type": "string"}}}


@pytest.mark.parametrize(
    ("mode", "narrower", "wider"),
    [
        ("backward", "broken", "unprotected"),
        ("forward", "unprotected", "broken"),
        ("full", "broken", "broken"),
        ("none", "unprotected", "unprotected"),
    ],
)
def test_the_mode_says_which_readers_are_protected(mode: str, narrower: str, wider: str) -> None:
    assert readings(OLD, NEW, mode=mode) == {("schema.type.narrowed", "Order:$.id", narrower)}
    assert readings(NEW, OLD, mode=mode) == {("schema.type.widened", "Order:$.id", wider)}


def test_what_is_proven_for_the_whole_holds_for_what_is_inside() -> None:
    before = {"title": "T", "anyOf": [{"type": "integer", "maximum": 5}, {"type": "integer", "minimum": 3}]}
    after = {"title": "T", "anyOf": [{"type": "integer", "maximum": 4}, {"type": "integer", "minimum": 3}]}

    assert {reading for _, _, reading in readings(before, after)} == {"fine"}


def test_references_by_identifier_are_followed() -> None:
    def schema(type: str) -> dict[str, Any]:
        return {
            "$schema": DRAFT_7,
            "$id": "https://example.org/schemas/order.json",
            "title": "Order",
            "properties": {"a": {"$ref": "address.json"}, "b": {"$ref": "#street"}},
            "definitions": {
                "address": {"$id": "address.json", "type": type},
                "street": {"$id": "#street", "type": type},
            },
        }

    found = changes(schema("string"), schema("integer"))
    assert {(change.element, place.address) for change in found for place in change.places} == {
        ("address:$", "Order:$.a"),
        ("street:$", "Order:$.b"),
    }


def test_nothing_beside_a_reference_counts_up_to_draft_7() -> None:
    def schema(limit: int, draft: str) -> dict[str, Any]:
        text = {"type": "string"}
        return {"$schema": draft, "$ref": "#/definitions/t", "maxLength": limit, "definitions": {"t": text}}

    assert not changes(schema(5, DRAFT_7), schema(3, DRAFT_7))
    newest = "https://json-schema.org/draft/2020-12/schema"
    assert [change.fact for change in changes(schema(5, newest), schema(3, newest))] == ["schema.max_length.decreased"]


def test_a_definition_that_only_other_files_use_is_compared_by_its_name() -> None:
    before = {"definitions": {"Money": {"type": "integer"}, "Old": {}}}
    after = {"definitions": {"Money": {"type": "string"}}}

    assert readings(before, after) == {
        ("schema.type.changed", "Money:$", "broken"),
        ("schema.definition.removed", "Old:$", "broken"),
    }


def test_files_refer_to_each_other() -> None:
    def two(type: str) -> Side:
        other = Document("common/money.json", type, b'{"type": "%s"}' % type.encode())
        order = side({"title": "Order", "properties": {"total": {"$ref": "common/money.json"}}})
        return Side(order.entrypoint, {**order.documents, other.path: other})

    (change,) = compare("json-schema", two("integer"), two("string"), options=Options(date(2026, 11, 21))).changes
    assert (change.element, [place.address for place in change.places]) == ("money.json:$", ["Order:$.total"])
    assert change.position is not None
    assert change.position.path == "common/money.json"
