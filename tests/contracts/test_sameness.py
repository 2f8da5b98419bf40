"""What is the same on both sides, references included."""

from __future__ import annotations

import pytest

from bot.contracts.document import Document, Side
from bot.contracts.references import FileResolver
from bot.contracts.sameness import Sameness, equal_references


def same(base: str, head: str, *pointer: str) -> bool:
    sides = [Side("m.yaml", {"m.yaml": Document("m.yaml", "", text.encode())}) for text in (base, head)]
    resolvers = [FileResolver(one) for one in sides]
    nodes = [resolver.root("m.yaml").child(*pointer) for resolver in resolvers]
    return Sameness(*resolvers).same(*nodes)


def test_a_textually_equal_reference_differs_when_its_target_does_however_far() -> None:
    text = "top: {$ref: '#/a'}\na: {x: {$ref: '#/b'}}\nb: {y: {$ref: '#/c'}}\nc: %s\n"

    assert not same(text % 1, text % 2, "top")
    assert same(text % 1, text % 1, "top")


def test_circles_are_the_same_unless_something_on_them_differs() -> None:
    text = "a: {next: {$ref: '#/b'}}\nb: {next: {$ref: '#/a'}, v: %s}\n"
    text += "free: {$ref: '#/free2'}\nfree2: {s: {$ref: '#/free2'}}\n"

    assert same(text % 1, text % 2, "free")
    assert not same(text % 1, text % 2, "a")
    assert not same(text % 1, text % 2, "b")


def test_what_leads_nowhere_on_both_sides_is_the_same() -> None:
    assert same("a: {$ref: 'https://x.test/'}", "a: {$ref: 'https://x.test/'}\nb: 1", "a")
    assert not same("a: {$ref: '#/b'}\nb: 1", "a: {$ref: '#/b'}", "a")


@pytest.mark.parametrize(
    ("base", "head"), [({"a": True}, {"a": 1}), ({"a": [False]}, {"a": [0]}), ({"a": 1}, {"a": "1"}), ({}, {"a": None})]
)
def test_equal_means_equal_as_json(base: object, head: object) -> None:
    assert equal_references(base, head) is None


def test_the_order_of_keys_says_nothing() -> None:
    assert equal_references({"a": 1, "b": {"$ref": "#/x"}}, {"b": {"$ref": "#/x"}, "a": 1}) == frozenset({"#/x"})


def test_only_real_references_count() -> None:
    value = {"properties": {"$ref": {"type": "string"}}, "text": '"$ref":"#/no"', "r": {"$ref": 'a"b'}}

    assert equal_references(value, dict(value)) == frozenset({'a"b'})
