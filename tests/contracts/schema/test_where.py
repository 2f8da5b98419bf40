"""Where a difference is felt, and which edit causes it."""

from __future__ import annotations

from typing import Any

from bot.contracts.schema.places import MOST_PATHS
from tests.contracts.schema.harness import compare, facts, obj, ref

TEXT = {"type": "string"}


def test_an_edit_of_a_shared_definition_has_one_site_however_often_it_is_felt() -> None:
    schema = obj(buyer=ref("Person"), seller=ref("Person"), others={"type": "array", "items": ref("Person")})
    changes = compare(
        schema,
        schema,
        base_definitions={"Person": obj(email=TEXT, name=TEXT)},
        head_definitions={"Person": obj(name=TEXT)},
    )

    assert sorted(change.path for change in changes) == ["$.buyer.email", "$.others[*].email", "$.seller.email"]
    assert {change.site.pointer for change in changes} == {("components", "schemas", "Person", "properties", "email")}
    assert {change.definition for change in changes} == {("Person", "$.email")}
    assert {change.side for change in changes} == {"base"}


def test_a_recursive_definition_ends_and_reaches_every_depth() -> None:
    def node(**more: Any) -> dict[str, Any]:
        return {"Node": obj(next=ref("Node"), **more)}

    changes = facts(ref("Node"), ref("Node"), base_definitions=node(v=TEXT), head_definitions=node())

    assert changes == {("schema.property.removed", "$.v"), ("schema.property.removed", "$.**.v")}


def test_definitions_that_need_each_other_are_felt_from_both() -> None:
    def pair(**more: Any) -> dict[str, Any]:
        return {"A": obj(b=ref("B")), "B": obj(a=ref("A"), **more)}

    schema = obj(first=ref("A"), second=ref("B"))
    changes = facts(schema, schema, base_definitions=pair(v=TEXT), head_definitions=pair())

    assert {path for _, path in changes} == {"$.first.b.v", "$.first.**.v", "$.second.v", "$.second.**.v"}


def test_more_ways_than_can_be_listed_become_one_wide_one() -> None:
    schema = {"type": "object", "properties": {f"p{number}": ref("Text") for number in range(MOST_PATHS + 1)}}
    changes = facts(
        schema, schema, base_definitions={"Text": TEXT}, head_definitions={"Text": {**TEXT, "maxLength": 5}}
    )

    assert changes == {("schema.max_length.added", "$.**")}


def test_a_ladder_of_definitions_with_many_ways_is_quick_and_loses_nothing() -> None:
    rungs: dict[str, Any] = {f"R{n}": obj(left=ref(f"R{n + 1}"), right=ref(f"R{n + 1}")) for n in range(40)}
    base, head = {**rungs, "R40": obj(v=TEXT)}, {**rungs, "R40": obj()}

    assert facts(ref("R0"), ref("R0"), base_definitions=base, head_definitions=head) == {
        ("schema.property.removed", "$.**.v")
    }


def test_paths_name_items_free_properties_and_odd_names() -> None:
    def schema(value: Any) -> dict[str, Any]:
        return obj(
            list={"type": "array", "items": value},
            map={"type": "object", "additionalProperties": value},
            **{"odd name": value},
        )

    assert {path for _, path in facts(schema(TEXT), schema({"type": "integer"}))} == {
        "$.list[*]",
        "$.map.{*}",
        "$['odd name']",
    }


def test_what_is_read_only_is_told_at_request_places_only() -> None:
    base, head = (obj(id={**TEXT, "readOnly": True, "maxLength": length}) for length in (9, 5))

    (request,) = compare(base, head, direction="request")
    (response,) = compare(base, head, direction="response")
    assert request.place_attributes.get("read_only") is True
    assert "read_only" not in response.place_attributes


def test_parts_of_an_all_of_keep_the_place_they_were_written_at() -> None:
    base = {"allOf": [ref("Named"), obj(age={"type": "integer"})]}
    changes = compare(
        base,
        base,
        base_definitions={"Named": obj(name=TEXT)},
        head_definitions={"Named": obj(name={"type": "integer"})},
    )

    (change,) = changes
    assert change.path == "$.name"
    assert change.site.pointer == ("components", "schemas", "Named", "properties", "name", "type")
    assert change.definition == ("Named", "$.name")


def test_members_are_recognised_by_name_and_compared() -> None:
    base, head = {"Dog": obj(bark=TEXT), "Cat": obj(meow=TEXT)}, {"Dog": obj(bark=TEXT, age=TEXT), "Cow": obj(moo=TEXT)}
    changes = facts(
        {"oneOf": [ref("Dog"), ref("Cat")]},
        {"oneOf": [ref("Cow"), ref("Dog")]},
        base_definitions=base,
        head_definitions=head,
    )

    assert changes == {
        ("schema.property.added", "$.age"),
        ("schema.one_of.member.removed", "$"),
        ("schema.one_of.member.added", "$"),
    }


def test_a_schema_that_becomes_one_of_its_own_choices_only_gains_the_others() -> None:
    dog, cat = obj(["bark"], bark=TEXT), obj(["meow"], meow=TEXT)

    assert facts(dog, {"oneOf": [dog, cat]}) == {("schema.one_of.member.added", "$")}
    assert facts({"oneOf": [dog, cat]}, dog) == {("schema.one_of.member.removed", "$")}


def test_an_unknown_keyword_is_never_passed_over() -> None:
    (change,) = compare(TEXT, {**TEXT, "madeUp": 1})

    assert (change.fact, change.attributes["keyword"]) == ("schema.keyword.changed", "madeUp")
