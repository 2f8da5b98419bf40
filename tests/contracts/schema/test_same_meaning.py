"""Different ways to say the same are no difference."""

from __future__ import annotations

from typing import Any

import pytest

from tests.contracts.schema.harness import compare, facts, obj, ref

TEXT = {"type": "string"}
DOG, CAT = obj(["bark"], bark=TEXT), obj(["meow"], meow=TEXT)


@pytest.mark.parametrize(
    ("base", "head"),
    [
        pytest.param({**TEXT, "nullable": True}, {"type": ["string", "null"]}, id="nullable is a type"),
        pytest.param({**TEXT, "nullable": True}, {"anyOf": [TEXT, {"type": "null"}]}, id="nullable is a choice"),
        pytest.param({**TEXT, "const": "a"}, {**TEXT, "enum": ["a"]}, id="const is an enum of one"),
        pytest.param({"enum": ["a", "b"]}, {**TEXT, "enum": ["b", "a"]}, id="an enum implies its type"),
        pytest.param({"minimum": 0, "exclusiveMinimum": True}, {"exclusiveMinimum": 0}, id="exclusive bounds"),
        pytest.param(
            {"type": "integer", "exclusiveMinimum": 0}, {"type": "integer", "minimum": 1}, id="integers have a next"
        ),
        pytest.param({"allOf": [TEXT]}, TEXT, id="allOf of one"),
        pytest.param({"allOf": [{"multipleOf": 4}, {"multipleOf": 6}]}, {"multipleOf": 12}, id="multiples of both"),
        pytest.param({"oneOf": [TEXT]}, {"anyOf": [TEXT]}, id="oneOf and anyOf of one"),
        pytest.param({"allOf": [DOG, CAT]}, obj(["bark", "meow"], bark=TEXT, meow=TEXT), id="allOf merged"),
        pytest.param({"oneOf": [DOG, CAT]}, {"oneOf": [CAT, DOG]}, id="order of members"),
        pytest.param({"oneOf": [TEXT, {"type": "boolean"}]}, {"type": ["boolean", "string"]}, id="a choice of types"),
        pytest.param({**TEXT, "minLength": 0}, TEXT, id="minLength 0"),
        pytest.param({**TEXT, "pattern": ".*"}, TEXT, id="a pattern for anything"),
        pytest.param(obj([]), {**obj([]), "additionalProperties": True}, id="open by default"),
        pytest.param({}, True, id="true allows everything"),
        pytest.param({"dependencies": {"a": ["b"]}}, {"dependentRequired": {"a": ["b"]}}, id="dependencies split"),
        pytest.param({"items": [TEXT]}, {"prefixItems": [TEXT]}, id="items as a list"),
    ],
)
def test_two_ways_of_saying_it_are_no_difference(base: Any, head: Any) -> None:
    assert facts(base, head) == set()
    assert facts(head, base) == set()


def test_a_renamed_definition_is_the_same_definition() -> None:
    changes = facts(ref("Dog"), ref("Hound"), base_definitions={"Dog": DOG}, head_definitions={"Hound": DOG})

    assert changes == set()


def test_moving_a_schema_behind_a_reference_changes_nothing() -> None:
    assert facts(obj(pet=DOG), obj(pet=ref("Dog")), head_definitions={"Dog": DOG}) == set()


def test_siblings_of_a_reference_count_in_3_1_and_not_in_3_0() -> None:
    definitions = {"Text": TEXT}
    base, head = ref("Text"), {**ref("Text"), "maxLength": 5}

    assert facts(base, head, base_definitions=definitions) == {("schema.max_length.added", "$")}
    assert facts(base, head, base_definitions=definitions, dialect="openapi-3.0") == set()


def test_true_is_not_one() -> None:
    assert facts({"enum": [1]}, {"enum": [True]}) != set()
    assert facts({**TEXT, "default": 0}, {**TEXT, "default": False}) == {("schema.default.changed", "$")}


def test_a_reference_that_never_led_anywhere_is_no_news() -> None:
    foreign = {"$ref": "https://example.com/a.json"}

    assert facts(obj(a=foreign, b=TEXT), obj(a=foreign, b={"type": "integer"})) == {("schema.type.changed", "$.b")}


def test_a_reference_that_leads_nowhere_now_is_unclassified_where_it_matters() -> None:
    changes = compare(obj(a=TEXT, b=TEXT), obj(a={"$ref": "https://example.com/a.json"}, b=TEXT))

    assert [(change.fact, change.path) for change in changes] == [("schema.reference.unresolved", "$.a")]
    assert "leaves the repository" in str(changes[0].attributes["reason"])


def test_decimals_divide_as_they_are_written() -> None:
    assert facts({"multipleOf": 0.3}, {"multipleOf": 0.1}) == {("schema.multiple_of.widened", "$")}
    assert facts({"multipleOf": 0.3}, {"multipleOf": 0.2}) == {("schema.multiple_of.changed", "$")}
