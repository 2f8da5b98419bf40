"""What holds for all schemas."""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.contracts.schema.harness import compare, facts, ref

NAMES = st.sampled_from(["a", "b", "c d"])
SCALARS = st.one_of(
    st.fixed_dictionaries(
        {"type": st.just("string")},
        optional={
            "minLength": st.integers(0, 3),
            "maxLength": st.integers(3, 6),
            "pattern": st.sampled_from(["^a$", "^b$", ".*"]),
            "format": st.sampled_from(["date", "date-time", "uuid"]),
            "enum": st.lists(st.sampled_from(["x", "y", "z"]), min_size=1, unique=True),
            "default": st.sampled_from(["x", "y"]),
            "nullable": st.booleans(),
            "readOnly": st.booleans(),
            "deprecated": st.booleans(),
        },
    ),
    st.fixed_dictionaries(
        {"type": st.sampled_from(["integer", "number", ["integer", "null"]])},
        optional={
            "minimum": st.integers(0, 3),
            "exclusiveMaximum": st.integers(5, 9),
            "multipleOf": st.integers(1, 4),
            "format": st.sampled_from(["int32", "int64"]),
        },
    ),
    st.sampled_from([{}, True, False, {"type": "boolean"}, {"const": 1}]),
)


def _compound(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    properties = st.dictionaries(NAMES, inner, max_size=3)
    return st.one_of(
        st.fixed_dictionaries(
            {"type": st.just("object"), "properties": properties},
            optional={
                "required": st.lists(NAMES, unique=True),
                "additionalProperties": st.one_of(st.booleans(), inner),
                "patternProperties": st.dictionaries(st.just("^x"), inner, max_size=1),
                "propertyNames": st.just({"maxLength": 5}),
                "dependentRequired": st.dictionaries(NAMES, st.lists(NAMES, unique=True), max_size=1),
            },
        ),
        st.fixed_dictionaries(
            {"type": st.just("array")},
            optional={
                "items": inner,
                "prefixItems": st.lists(inner, max_size=2),
                "uniqueItems": st.booleans(),
                "contains": inner,
            },
        ),
        st.builds(
            lambda keyword, members: {keyword: members},
            st.sampled_from(["oneOf", "anyOf"]),
            st.lists(inner, min_size=1, max_size=3),
        ),
        st.builds(lambda inner: {"not": inner}, inner),
        st.builds(lambda test, then: {"if": test, "then": then}, inner, inner),
    )


SCHEMAS = st.recursive(SCALARS, _compound, max_leaves=8)
QUICK = settings(max_examples=120, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])

OPPOSITE = {
    "added": "removed",
    "widened": "narrowed",
    "increased": "decreased",
    "opened": "closed",
    "wrapped": "unwrapped",
}
OPPOSITE |= {new: old for old, new in OPPOSITE.items()}


def _turned(fact: str) -> str:
    head, _, last = fact.rpartition(".")
    return f"{head}.{OPPOSITE.get(last, last)}"


def _reordered(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _reordered(value[key]) for key in reversed(value)}
    return [_reordered(item) for item in value] if isinstance(value, list) else value


@QUICK
@given(SCHEMAS)
def test_a_schema_is_the_same_as_itself(schema: Any) -> None:
    assert facts(schema, schema) == set()
    assert facts(schema, _reordered(schema)) == set()


@QUICK
@given(SCHEMAS)
def test_a_reference_or_a_wrapping_says_nothing(schema: Any) -> None:
    assert facts(schema, ref("It"), head_definitions={"It": schema}) == set()
    assert facts(schema, {"allOf": [schema]}) == set()
    assert facts({"allOf": [{"oneOf": [schema]}]}, schema) == set()


@QUICK
@given(SCHEMAS, SCHEMAS)
def test_references_and_wrappings_change_no_verdict(base: Any, head: Any) -> None:
    plain = facts(base, head)

    assert facts(base, ref("It"), head_definitions={"It": head}) == plain
    assert facts({"allOf": [base]}, _reordered(head)) == plain


@QUICK
@given(SCHEMAS, SCHEMAS)
def test_swapping_the_sides_turns_every_fact_around(base: Any, head: Any) -> None:
    there = sorted((_turned(change.fact), change.path) for change in compare(base, head))
    back = sorted((change.fact, change.path) for change in compare(head, base))

    assert there == back


@QUICK
@given(SCHEMAS, SCHEMAS)
def test_identities_tell_different_changes_at_one_place_apart(base: Any, head: Any) -> None:
    changes = [(c.fact, c.path, c.site.pointer, c.identity) for c in compare(base, head)]

    assert len(changes) == len(set(changes))
