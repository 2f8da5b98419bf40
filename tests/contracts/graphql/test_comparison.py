"""What two schemas differ in, and where."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from bot.contracts.formats import compare
from bot.contracts.graphql.format import recognise
from bot.contracts.graphql.types import input_stays_valid, output_stays_valid
from bot.contracts.options import Options
from tests.contracts.graphql.build import changes, compared, facts, reason, side

SHOP = '''"""All orders."""
type Query { order(id: ID!): Order }

type Order implements Node @key(fields: "id") {
  id: ID!
  "What it costs."
  total: Int
}
interface Node { id: ID! }
'''


def test_a_change_stands_at_its_line_and_column() -> None:
    (change,) = changes(SHOP, SHOP.replace("total: Int", "total: Float"))

    assert (change.element, change.before, change.after) == ("Order.total", "Int", "Float")
    assert change.position is not None
    assert (change.position.path, change.position.line, change.position.column) == ("schema.graphql", 7, 3)


def test_a_required_argument_is_felt_by_everyone_who_selects_the_field() -> None:
    (change,) = changes(SHOP, SHOP.replace("(id: ID!)", "(id: ID!, tenant: ID!)"))

    assert change.element == "Query.order(tenant:)"
    assert [(place.address, place.direction) for place in change.places] == [("Query.order", "request")]


def test_a_type_may_move_between_files_and_into_extensions() -> None:
    one = {"a.graphql": "type Query { a: A b: Int }\ntype A { x: Int }"}
    several = {"a.graphql": "type Query { b: Int }", "b.graphql": "type A { x: Int } extend type Query { a: A }"}

    assert facts(one, several) == []


def test_a_change_in_an_extension_stands_in_the_file_of_the_extension() -> None:
    base = {"a.graphql": "type Query { a: Int }", "z.graphql": "\nextend type Query {\n  b: Int\n}"}
    head = {**base, "z.graphql": "\nextend type Query {\n  b: String\n}"}

    (change,) = changes(base, head)
    assert change.position is not None and (change.position.path, change.position.line) == ("z.graphql", 3)


def test_operations_beside_the_schema_are_passed_over() -> None:
    base = {"schema.graphql": SHOP, "page.graphql": "query Page { order(id: 1) { id } }"}

    assert facts(base, {**base, "page.graphql": "{ order(id: 2) { id } }", "notes.md": "type X {"}) == []


def test_federation_is_tolerated() -> None:
    subgraph = 'extend schema @link(url: "https://specs.apollo.dev/federation/v2.3")\n' + SHOP

    assert facts(subgraph, subgraph.replace('fields: "id"', 'fields: "id total"')) == [("usage.changed", "Order")]


def test_what_is_written_twice_is_a_fault_and_is_compared() -> None:
    comparison = compared(SHOP, SHOP.replace("total: Int", "total: Float total: String") + "type Node { id: ID! }")

    assert ("graphql.field.type.changed", "Order.total") in [(c.fact, c.element) for c in comparison.changes]
    assert {fault.message for fault in comparison.faults} == {
        "`Node` is defined twice; both are compared as one.",
        "`Node` is defined as interface and as type.",
        "`Order.total` is defined twice; the first one is compared.",
    }
    assert all(fault.position is not None for fault in comparison.faults)


def test_root_types_go_by_the_schema_definition_or_by_their_names() -> None:
    named = "schema { query: Q } type Q { a: Int } type Query { b: Int }"

    assert facts("type Query { b: Int } type Q { a: Int }", named) == [("root.changed", "Query")]
    assert facts(named, named.replace("query: Q", "query: Q mutation: Query")) == [("root.added", "Query")]
    assert facts("schema { query: Query } type Query { b: Int }", "type Query { b: Int }") == []


def test_values_are_compared_by_what_they_say() -> None:
    def field(default: str) -> str:
        return f"type Query {{ a(f: F = {default}): Int }}"

    assert facts(field("{a: 1, b: [ENUM, null]}"), field("{ b : [ ENUM null ] , a : 1 }")) == []
    assert facts(field('"x"'), field('"""x"""')) == []
    assert facts(field("{a: 1}"), field("{a: 1.0}")) == [("argument.default.changed", "Query.a(f:)")]


def test_a_default_that_goes_may_make_an_argument_required() -> None:
    assert facts("type Q { a(f: Int! = 1): Int }", "type Q { a(f: Int!): Int }") == [
        ("argument.required.by_default", "Q.a(f:)")
    ]
    assert facts("type Q { a(f: Int = 1): Int }", "type Q { a(f: Int): Int }") == [
        ("argument.default.changed", "Q.a(f:)")
    ]


def test_the_same_directive_added_twice_is_one_change() -> None:
    assert facts("type Q { a: Int }", "type Q { a: Int @tag @tag }") == [("usage.added", "Q.a")]
    assert facts("type Q { a: Int @tag(n: 1) @tag(n: 2) }", "type Q { a: Int @tag(n: 2) @tag(n: 3) }") == [
        ("usage.changed", "Q.a")
    ]


def test_many_enum_values_are_one_difference() -> None:
    (change,) = changes("enum E { A }", "enum E { A " + " ".join(f"V{number}" for number in range(500)) + " }")

    assert (change.fact, change.after) == ("graphql.enum_value.added", "V0 and 499 more")


@pytest.mark.parametrize(
    ("old", "new", "output", "input"),
    [
        ("Int", "Int!", True, False),
        ("Int!", "Int", False, True),
        ("[Int]", "[Int!]!", True, False),
        ("[Int!]!", "[Int]", False, True),
        ("[[Int!]]!", "[[Int]!]", False, False),
        ("Int", "[Int]", False, False),
        ("Int", "Float", False, False),
    ],
)
def test_types_take_each_others_place_by_their_nulls(old: str, new: str, output: bool, input: bool) -> None:
    assert output_stays_valid(old, new) is output
    assert input_stays_valid(old, new) is input


@pytest.mark.parametrize(
    ("path", "text", "is_one"),
    [
        ("a.graphql", SHOP, True),
        ("a.graphqls", '# note\n"""d"""\nextend type A { b: Int }', True),
        ("a.gql", "\ufeffschema { query: Q }", True),
        ("a.graphql", "query Q { type }", False),
        ("a.graphql", "{ type }", False),
        ("a.graphql", "fragment F on Order { id }", False),
        ("a.graphql", "", False),
        ("a.ts", SHOP, False),
    ],
)
def test_a_schema_is_told_from_operations_by_its_first_keyword(path: str, text: str, is_one: bool) -> None:
    assert recognise(path, text.encode()) is is_one


def test_a_syntax_error_is_said_with_its_file_and_line() -> None:
    base = {"a.graphql": "type Query { a: Int }", "b.graphql": "scalar A\n\ntype B {\n  a: Int\n}"}

    said, path, line = reason(base, {**base, "b.graphql": "scalar A\n\ntype B {\n  a Int\n}"})
    assert "Expected ':'" in said
    assert (path, line) == ("b.graphql", 4)


def test_a_file_that_could_not_be_had_makes_the_contract_unreadable() -> None:
    whole = side({"a.graphql": "type Query { a: Int }"})
    lost = replace(whole, unreadable={"b.graphql": "is a Git LFS pointer"})
    (change,) = compare("graphql", whole, lost, options=Options(date(2026, 11, 20))).changes
    assert change.fact == "contract.unreadable" and "LFS" in str(change.attributes["reason"])
