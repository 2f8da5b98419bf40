"""Choices: what came and went in them, told as what it is."""

from __future__ import annotations

from typing import Any

import pytest

from tests.contracts.schema.harness import compare, obj

TEXT, WHOLE, FLAG = {"type": "string"}, {"type": "integer"}, {"type": "boolean"}
LIST = {"type": "array", "items": TEXT}


def told(base: Any, head: Any) -> list[tuple[str, object, object]]:
    return [(change.fact, change.before, change.after) for change in compare(base, head)]


def test_a_choice_of_plain_types_is_a_list_of_types_and_one_difference() -> None:
    choice = {"anyOf": [TEXT, {"type": "number"}, WHOLE, FLAG, LIST, {"type": "object", "nullable": True}]}

    assert told(TEXT, choice) == [
        ("schema.type.widened", "string", "array or boolean or number or object or string or null")
    ]


def test_the_limits_of_such_a_choice_are_compared() -> None:
    base, head = ({"anyOf": [{**TEXT, "maxLength": size}, WHOLE]} for size in (9, 5))

    assert told(base, head) == [("schema.max_length.decreased", 9, 5)]


def test_limits_of_a_type_that_came_are_no_news_beside_it() -> None:
    assert told(TEXT, {"oneOf": [TEXT, {**LIST, "maxItems": 5}]}) == [
        ("schema.type.widened", "string", "array or string")
    ]


@pytest.mark.parametrize(
    "members",
    [
        pytest.param([{**TEXT, "maxLength": 3}, {**TEXT, "pattern": "^a"}], id="one type twice"),
        pytest.param([{**TEXT, "enum": ["a"]}, WHOLE], id="values count for every type"),
        pytest.param([{**TEXT, "format": "date"}, {**WHOLE, "format": "int32"}], id="one keyword for two types"),
    ],
)
def test_choices_that_types_alone_do_not_tell_apart_stay_choices(members: list[Any]) -> None:
    assert [fact for fact, _, _ in told({"anyOf": members}, {"anyOf": [*members, obj(a=TEXT)]})] == [
        "schema.any_of.member.added"
    ]


def test_objects_are_apart_when_a_required_property_has_other_values_in_each() -> None:
    one, other, third = (obj(["kind"], kind={"const": kind}) for kind in "abc")
    (change,) = compare({"oneOf": [one, other]}, {"oneOf": [one, other, third]})
    (doubtful,) = compare({"oneOf": [one, other]}, {"oneOf": [one, other, obj(x=TEXT)]})

    assert change.attributes["apart"] is True
    assert doubtful.attributes["apart"] is False


def test_a_choice_merged_into_one_schema_that_holds_both_is_wider() -> None:
    lists = [obj(labels={"type": "array", "items": item}) for item in (TEXT, obj(["name"], name=TEXT))]
    both = obj(labels={"type": "array", "items": {"oneOf": [TEXT, obj(["name"], name=TEXT, why=TEXT)]}})
    (change,) = compare({"oneOf": lists}, both)

    assert (change.fact, change.attributes["widened"]) == ("schema.one_of.unwrapped", True)


def test_a_definition_that_takes_the_place_of_another_is_one_difference() -> None:
    definitions = {"Order": obj(["a", "b"], a=TEXT, b=TEXT), "Orders": obj(["list"], list=LIST)}
    base, head = ({"$ref": f"#/components/schemas/{name}"} for name in ("Order", "Orders"))

    assert [
        (change.fact, change.before, change.after) for change in compare(base, head, base_definitions=definitions)
    ] == [("schema.object.replaced", "Order", "Orders")]
