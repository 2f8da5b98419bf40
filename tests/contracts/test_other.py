"""Contracts without semantics of their own."""

from __future__ import annotations

import hashlib
import json
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.contracts.address import Relation, parse, relation
from bot.contracts.change import Change
from bot.contracts.document import Document, Side
from bot.contracts.formats import compare, recognise
from bot.contracts.options import Options
from bot.contracts.other import MOST_CHANGES
from bot.judge.catalogue import shipped
from bot.judge.finding import Level

PATH = "config/limits.yaml"


def side(content: Any, path: str = PATH) -> Side:
    data = content.encode() if isinstance(content, str) else json.dumps(content).encode()
    return Side(path, {path: Document(path, hashlib.sha1(data, usedforsecurity=False).hexdigest(), data)})


def changes(base: Any, head: Any) -> tuple[Change, ...]:
    return compare("other", side(base), side(head), options=Options(date(2026, 11, 21))).changes


def said(base: Any, head: Any) -> list[tuple[str, str, object, object]]:
    return [(c.fact, c.element, c.before, c.after) for c in changes(base, head)]


def test_values_that_came_went_and_changed_are_found_where_they_stand() -> None:
    base = "retry:\n  max: 3\n  backoff: 2s\nregions: [eu, us]\nowner: a\n"
    head = "# limits\nretry:\n  max: 5\n  jitter: true\nregions:\n- eu\n- us\n- ap\nowner: [a]\n"
    found = {c.element: c for c in changes(base, head)}
    assert {element: (c.fact, c.side, c.position.line if c.position else 0) for element, c in found.items()} == {
        "limits:$.retry.max": ("value.changed", "head", 3),
        "limits:$.retry.backoff": ("value.removed", "base", 3),
        "limits:$.retry.jitter": ("value.added", "head", 4),
        "limits:$.regions[2]": ("value.added", "head", 8),
        "limits:$.owner": ("value.type.changed", "head", 9),
    }
    assert all(parse(element) for element in found)


def test_only_additions_are_compatible_and_nothing_else_is_judged() -> None:
    found = changes({"a": 1, "b": 1, "c": 1}, {"a": 2, "c": "1", "d": 1})
    levels = {f.change.fact: f.level for f in shipped().judge("limits", "other", found)}
    assert levels == {
        "value.added": Level.COMPATIBLE,
        "value.removed": Level.UNCLASSIFIED,
        "value.changed": Level.UNCLASSIFIED,
        "value.type.changed": Level.UNCLASSIFIED,
    }


def test_an_item_in_the_middle_of_a_list_is_one_addition() -> None:
    items = [{"rate": n} for n in range(50)]
    assert said({"tiers": items}, {"tiers": [*items[:20], {"rate": -1}, *items[20:]]}) == [
        ("value.added", "limits:$.tiers[20]", None, '{"rate": -1}')
    ]


def test_items_with_names_are_compared_with_their_namesakes() -> None:
    base = [{"name": "small", "rate": 1}, {"name": "large", "rate": 9}]
    head = [{"name": "tiny", "rate": 0}, {"name": "small", "rate": 2}, {"name": "large", "rate": 9}]
    assert said(base, head) == [
        ("value.added", "limits:$[0]", None, '{"name": "tiny", "rate": 0}'),
        ("value.changed", "limits:$[1].rate", 1, 2),
    ]


@pytest.mark.parametrize(
    ("base", "head"),
    [
        ('{"a": 1, "b": [1, 2]}', "b: [1, 2.0]\na: 1.0\n"),
        ("a: 1 # one\n", "# a\n\na:    1\n"),
        ("a: .nan\nb: 1\n", "b: 1\na: .NaN\n"),
        ("x: &x {a: 1}\ny: *x\n", "x: {a: 1}\ny: {a: 1}\n"),
    ],
)
def test_formatting_order_and_spelling_are_no_change(base: str, head: str) -> None:
    assert said(base, head) == []


@pytest.mark.parametrize(
    ("before", "after", "fact"),
    [
        (True, 1, "value.type.changed"),
        (0, False, "value.type.changed"),
        ("1", 1, "value.type.changed"),
        (None, "", "value.type.changed"),
        ({}, [], "value.type.changed"),
        (1, 1.5, "value.changed"),
    ],
)
def test_what_python_takes_for_equal_or_similar_is_told_apart(before: Any, after: Any, fact: str) -> None:
    assert [c.fact for c in changes({"v": before, "w": [before]}, {"v": after, "w": [after]})] == [fact, fact]


def test_names_with_underscores_dots_and_quotes_are_seen_and_can_be_addressed() -> None:
    odd = {"__private": 1, "a.b": 1, "it's]": 1}
    found = changes(odd, dict.fromkeys(odd, 2))
    assert len(found) == 3
    for change in found:
        assert str(parse(change.element)) == change.element
        assert relation("limits:$", change.element) is Relation.USE_CONTAINS_ELEMENT


def test_two_edits_have_two_identities_and_key_order_makes_none() -> None:
    (one,) = changes({"a": 1}, {"a": {"x": 1, "y": 2}})
    (same,) = changes({"a": 1.0}, {"a": {"y": 2.0, "x": 1}})
    (other,) = changes({"a": 1}, {"a": {"x": 1, "y": 3}})
    assert one.identity == same.identity != other.identity
    (long,) = changes({"a": ""}, {"a": "x" * 10_000})
    assert len(long.identity[1]) == 64


def test_a_rewritten_document_is_one_change() -> None:
    many = MOST_CHANGES + 1
    (change,) = changes({f"k{n}": n for n in range(many)}, {f"k{n}": -n - 1 for n in range(many)})
    assert (change.fact, change.element) == ("value.changed", "limits:$")
    (another,) = changes({f"k{n}": n for n in range(many)}, {f"k{n}": -n - 2 for n in range(many)})
    assert another.identity != change.identity


def test_long_lists_of_other_things_are_compared_place_by_place() -> None:
    base = list(range(5_000))
    assert [c.element for c in changes(base, [-1, *base[1:-1], -2])] == ["limits:$[0]", "limits:$[4999]"]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("Just a sentence.\n", "neither a mapping nor a list"),
        ("a: 1\na: 2\n", "written twice"),
        ("a: [1\n", "YAML"),
        ("", "empty"),
    ],
)
def test_what_cannot_be_read_is_said_with_the_reason(text: str, reason: str) -> None:
    (change,) = changes({"a": 1}, text)
    assert change.fact == "contract.unreadable"
    assert reason in str(change.attributes["reason"])


def test_types_that_come_later_are_said_to_be_unsupported() -> None:
    comparison = compare("dbt", side({"a": 1}), side({"a": 2}), options=Options(date(2026, 11, 21)))
    (change,) = comparison.changes
    assert change.fact == "contract.unreadable"
    assert "`dbt` cannot be compared yet" in str(change.attributes["reason"])


def test_no_file_is_known_by_its_content() -> None:
    assert recognise("config/limits.yaml", b"limits: {rate: 1}\n") is None


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.sampled_from([0.5, 1.0]) | st.text("ab_.'", max_size=3),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text("ab_.'", max_size=2), inner, max_size=4),
    max_leaves=12,
)
DOCUMENTS = st.lists(VALUES, max_size=4) | st.dictionaries(st.text("ab_.'", max_size=2), VALUES, max_size=4)


@given(DOCUMENTS)
def test_a_document_is_the_same_as_itself(document: Any) -> None:
    assert said(document, json.dumps(document, indent=2)) == []


@given(DOCUMENTS, DOCUMENTS)
def test_documents_that_differ_are_never_called_the_same_and_the_reverse_swaps_the_sides(a: Any, b: Any) -> None:
    there, back = changes(a, b), changes(b, a)
    assert bool(there) == bool(back)
    if json.dumps(a, sort_keys=True).replace("1.0", "1") != json.dumps(b, sort_keys=True).replace("1.0", "1"):
        assert there
