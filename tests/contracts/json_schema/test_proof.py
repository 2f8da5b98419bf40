"""The prover: what it calls included is included, and a witness is a value of the one and not of the other."""

from __future__ import annotations

from typing import Any

import jsonschema_rs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.contracts.json_schema.proof.regular import Unsupported, find, matches
from tests.contracts.json_schema.build import answer


@pytest.mark.parametrize(
    ("data", "reader"),
    [
        ({"type": "integer"}, {"type": "number"}),
        ({"type": "integer", "minimum": 0}, {"anyOf": [{"type": "integer", "maximum": 9}, {"minimum": 10}]}),
        ({"type": "integer", "multipleOf": 35}, {"multipleOf": 7}),
        ({"type": "number", "multipleOf": 3}, {"type": "number", "multipleOf": 0.3}),
        ({"exclusiveMinimum": 0, "type": "integer"}, {"minimum": 1}),
        ({"enum": [1, 2.0, "a"]}, {"anyOf": [{"type": "integer"}, {"const": "a"}]}),
        ({"not": {"not": {"type": "string"}}}, {"type": "string"}),
        ({"type": "string", "pattern": "^(ab)*$", "maxLength": 5}, {"pattern": "^(ab){0,2}$"}),
        ({"type": "string", "minLength": 3}, {"pattern": "[\\s\\S]{3}"}),
        ({"type": "array", "items": {"type": "string"}}, {"prefixItems": [{"type": "string"}]}),
        ({"type": "array", "uniqueItems": True}, {"type": "array"}),
        ({"required": ["a", "b"], "type": "object"}, {"minProperties": 2}),
        (
            {"type": "object", "properties": {"kind": {"const": "x"}, "n": {"type": "integer"}}, "required": ["kind"]},
            {"oneOf": [{"properties": {"kind": {"const": "x"}}}, {"properties": {"kind": {"const": "y"}},
                                                                  "required": ["kind"]}]},
        ),
        ({"if": {"type": "string"}, "then": {"minLength": 2}, "else": False}, {"type": "string", "minLength": 1}),
        (False, {"type": "string"}),
    ],
)  # fmt: skip
def test_an_inclusion_is_proven(data: Any, reader: Any) -> None:
    assert answer(data, reader).verdict == "included"


@pytest.mark.parametrize(
    ("data", "reader"),
    [
        ({"type": "number"}, {"type": "integer"}),
        ({"type": "integer"}, {"anyOf": [{"multipleOf": 5}, {"multipleOf": 7}]}),
        ({}, {"type": "object"}),
        ({"type": "string", "pattern": "^a*$"}, {"pattern": "^a+$"}),
        ({"type": "object"}, {"properties": {"a": {"type": "string"}}}),
        ({"type": "object"}, {"additionalProperties": False, "properties": {"a": {}}}),
        ({"type": "object", "patternProperties": {"^x-": {}}, "additionalProperties": False}, {"maxProperties": 1}),
        ({"type": "array"}, {"contains": {"const": 1}}),
        ({"type": "array", "minItems": 2}, {"uniqueItems": True}),
        ({"type": "object", "required": ["a"]}, {"dependentRequired": {"a": ["b"]}}),
        ({"propertyNames": {"maxLength": 3}, "type": "object"}, {"propertyNames": {"maxLength": 2}}),
    ],
)
def test_a_witness_is_valid_for_the_one_and_not_for_the_other(data: Any, reader: Any) -> None:
    found = answer(data, reader)

    assert found.verdict == "broken"
    assert jsonschema_rs.Draft202012Validator(data).is_valid(found.witness)
    assert not jsonschema_rs.Draft202012Validator(reader).is_valid(found.witness)


def test_what_is_not_understood_is_unknown_and_never_a_proof() -> None:
    for reader in ({"pattern": "(?=a)b"}, {"contentEncoding": "base64"}, {"$dynamicRef": "#x"}, {"$ref": "other.json"}):
        assert answer({"type": "string"}, reader).verdict == "unknown"


def test_recursive_schemas_are_compared() -> None:
    def tree(value: str) -> dict[str, Any]:
        node = {"type": "object", "properties": {"value": {"type": value}, "next": {"$ref": "#/$defs/node"}}}
        return {"$ref": "#/$defs/node", "$defs": {"node": node}}

    assert answer(tree("integer"), tree("number")).verdict == "included"
    assert answer(tree("number"), tree("integer")).verdict == "broken"


def test_open_content_expects_nobody_to_use_names_that_the_schema_does_not_know() -> None:
    before = {"type": "object", "properties": {"a": {}}}
    after = {"type": "object", "properties": {"a": {}, "b": {"type": "string"}}}

    assert answer(before, after, content="open").verdict == "included"
    assert answer(before, after, content="strict").verdict == "broken"
    assert answer(before, {**before, "additionalProperties": False}, content="open").verdict == "broken"
    assert answer(before, {**before, "additionalProperties": False}, content="closed").verdict == "included"


_SCALARS = st.one_of(st.none(), st.booleans(), st.integers(-2, 6), st.sampled_from(["", "a", "ab", "b"]))
_LEAVES = st.one_of(
    st.booleans(),
    st.fixed_dictionaries({}, optional={
        "type": st.sampled_from(["string", "integer", "number", "object", "array", "null", ["string", "integer"]]),
        "minimum": st.integers(-1, 3), "maximum": st.integers(0, 4), "multipleOf": st.integers(1, 3),
        "minLength": st.integers(0, 2), "maxLength": st.integers(0, 2), "pattern": st.sampled_from(["a", "^a*$", "b$"]),
        "enum": st.lists(_SCALARS, min_size=1, max_size=3), "required": st.lists(st.sampled_from("ab"), unique=True),
        "minProperties": st.integers(0, 2), "maxItems": st.integers(0, 2), "minItems": st.integers(0, 2),
        "uniqueItems": st.booleans(),
    }),
)  # fmt: skip


def _grown(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    few = st.lists(inner, min_size=1, max_size=2)
    return st.one_of(
        st.fixed_dictionaries({}, optional={"allOf": few, "anyOf": few, "oneOf": few, "not": inner}),
        st.fixed_dictionaries({}, optional={"if": inner, "then": inner, "else": inner}),
        st.fixed_dictionaries({"type": st.just("object")}, optional={
            "properties": st.dictionaries(st.sampled_from("ab"), inner, max_size=2), "additionalProperties": inner,
            "patternProperties": st.dictionaries(st.sampled_from(["a", "^b"]), inner, max_size=1),
        }),
        st.fixed_dictionaries({"type": st.just("array")}, optional={
            "items": inner, "contains": inner, "prefixItems": few,
        }),
    )  # fmt: skip


SCHEMAS = st.recursive(_LEAVES, _grown, max_leaves=4)
VALUES = st.recursive(
    _SCALARS,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.sampled_from("abc"), inner, max_size=3)),
    max_leaves=4,
)


@settings(max_examples=250, deadline=None)
@given(SCHEMAS, SCHEMAS, st.lists(VALUES, min_size=5, max_size=12))
def test_answers_agree_with_a_validator(data: Any, reader: Any, values: list[Any]) -> None:
    one, other = jsonschema_rs.Draft202012Validator(data), jsonschema_rs.Draft202012Validator(reader)
    found = answer(data, reader)
    if found.verdict == "broken":
        assert one.is_valid(found.witness)
        assert not other.is_valid(found.witness)
    elif found.verdict == "included":
        assert not [value for value in values if one.is_valid(value) and not other.is_valid(value)]


@pytest.mark.parametrize("pattern", ["(?=a)", "\\bword", "(a)\\1", "a**", "(^a)b", "\\p{L}", "x{5000}", "[z-a]", "("])
def test_a_pattern_outside_of_regular_languages_is_not_decided(pattern: str) -> None:
    with pytest.raises(Unsupported):
        matches(pattern, "a")


def test_a_hostile_pattern_ends() -> None:
    assert matches("^(a+)+$", "a" * 200 + "b") is False
    with pytest.raises(Unsupported):
        find(["(.*a.{200}){150}"], [], 0, None, frozenset())
