"""Properties of the comparison over generated schemas."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.contracts.avro.parsing import parse
from bot.contracts.avro.resolution import Resolution
from tests.contracts.avro.build import Mode, changes, told

NAMES = ("A", "B")
primitives = st.sampled_from(["null", "boolean", "int", "long", "float", "double", "bytes", "string"])


def _containers(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    fields = st.lists(
        st.builds(
            lambda name, type, default: {"name": name, "type": type, **({"default": None} if default else {})},
            st.sampled_from("xyz"),
            inner,
            st.booleans(),
        ),
        max_size=3,
        unique_by=lambda one: str(one["name"]),
    )
    return st.one_of(
        st.builds(lambda items: {"type": "array", "items": items}, inner),
        st.builds(lambda values: {"type": "map", "values": values}, inner),
        st.builds(
            lambda name, fields: {"type": "record", "name": name, "fields": fields}, st.sampled_from(NAMES), fields
        ),
        st.builds(
            lambda symbols: {"type": "enum", "name": "E", "symbols": sorted(symbols)},
            st.sets(st.sampled_from("pqr"), min_size=1),
        ),
        st.builds(lambda size: {"type": "fixed", "name": "F", "size": size}, st.integers(1, 2)),
        st.lists(inner, min_size=1, max_size=3),
    )


schemas = st.recursive(primitives, _containers, max_leaves=8)


def broken(base: Any, head: Any, mode: Mode) -> bool:
    return any(reading == "broken" for *_, reading in told(base, head, mode))


@given(schemas)
@settings(deadline=None)
def test_a_schema_against_itself_finds_nothing_however_it_is_written(schema: Any) -> None:
    spread = json.dumps(schema, indent=7, sort_keys=True).encode()

    assert changes(json.dumps(schema).encode(), spread) == ()


@given(schemas, schemas)
@settings(deadline=None, max_examples=300)
def test_what_breaks_is_exactly_what_resolution_refuses(base: Any, head: Any) -> None:
    old, new = (parse("a.avsc", json.loads(json.dumps(value))).root for value in (base, head))
    assert old is not None and new is not None

    assert broken(base, head, "backward") is not Resolution().reads(new, old)
    assert broken(base, head, "forward") is not Resolution().reads(old, new)


@given(schemas, schemas)
@settings(deadline=None)
def test_swapping_the_sides_swaps_the_directions(base: Any, head: Any) -> None:
    assert broken(base, head, "backward") is broken(head, base, "forward")
    assert broken(base, head, "full") is broken(head, base, "full")


@given(schemas, st.integers(0, 10_000), st.sampled_from(['"', "{", "}", "[", "null", "\\", "\x00", "é"]))
@settings(deadline=None)
def test_no_mutation_of_a_document_makes_the_comparison_fail(schema: Any, at: int, what: str) -> None:
    text = json.dumps(schema)
    place = at % (len(text) + 1)
    mutated = (text[:place] + what + text[place:]).encode()

    assert isinstance(changes(json.dumps(schema).encode(), mutated), tuple)
