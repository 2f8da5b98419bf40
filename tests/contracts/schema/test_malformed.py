"""Schemas that publishers ship with faults are compared all the same."""

from __future__ import annotations

from itertools import product
from typing import Any

from tests.contracts.schema.harness import compare, facts

FAULTY: list[Any] = [
    None,
    5,
    "text",
    [1],
    {"type": 5},
    {"type": ["string", 5]},
    {"properties": []},
    {"properties": {"a": 5}},
    {"required": "a"},
    {"required": [1]},
    {"enum": "x"},
    {"enum": []},
    {"enum": [float("inf"), float("nan"), {}]},
    {"allOf": {}},
    {"allOf": [5, None]},
    {"oneOf": [5, {}]},
    {"anyOf": []},
    {"items": 5},
    {"items": [5, {}]},
    {"discriminator": "x", "oneOf": [{}, {"type": "string"}]},
    {"discriminator": {"mapping": {"a": {}}, "propertyName": ["k"]}, "oneOf": [{"title": 5}, {"title": []}]},
    {"minimum": "1"},
    {"minimum": float("inf"), "exclusiveMinimum": True, "type": "integer"},
    {"maxLength": float("nan")},
    {"multipleOf": 0},
    {"multipleOf": 1e308},
    {"x-extensible-enum": "abc"},
    {"$ref": 5},
    {"$ref": "#/nowhere"},
    {"not": 5},
    {"if": 5, "then": 3},
    {"dependencies": {"a": 5}},
    {"x-sunset": ["a"], "deprecated": True},
    {"format": {"a": 1}},
    {"pattern": 5},
]


def test_no_fault_stops_the_comparison() -> None:
    for base, head in product(FAULTY, FAULTY):
        assert isinstance(compare(base, head), (list, tuple))


def test_a_fault_that_stays_is_no_news_and_one_that_comes_is() -> None:
    assert facts({"minimum": "1", "maxLength": 4}, {"minimum": "1", "maxLength": 5}) == {
        ("schema.max_length.increased", "$")
    }
    assert ("schema.keyword.changed", "$") in facts({"minimum": 1}, {"minimum": "1"})
    assert ("schema.keyword.changed", "$") in facts({}, ["not", "a", "schema"])
