"""Pointers back to lines."""

from __future__ import annotations

from bot.contracts.document import Document
from bot.contracts.reading import locate
from bot.contracts.tree import Pointer

YAML = """\
# a comment
base: &base
  kind: thing
  list: [1, {deep: x}]
use:
  <<: *base
  own: 1
  copy: *base
items:
- first
- a: b
  c: d
200: status
"""


def shown(text: str, *pointers: Pointer, path: str = "a.yaml", key: bool = True) -> dict[Pointer, str]:
    """The text at each position, with its line."""
    lines = text.split("\n")
    found = {}
    for pointer, at in locate(Document(path, "", text.encode()), pointers, key=key).items():
        end = at.end_column - 1 if at.end_line == at.line else None
        found[pointer] = f"{at.line}: {lines[at.line - 1][at.column - 1 : end]}"
    return found


def test_a_member_is_found_at_its_key() -> None:
    assert shown(YAML, ("base", "kind"), ("200",), ("items", 1, "c")) == {
        ("base", "kind"): "3: kind",
        ("200",): "13: 200",
        ("items", 1, "c"): "12: c",
    }


def test_an_item_is_found_at_itself() -> None:
    assert shown(YAML, ("items", 0), ("items", 1)) == {("items", 0): "10: first", ("items", 1): "11: a: b"}


def test_what_comes_through_a_merge_or_an_alias_is_found_where_it_is_written() -> None:
    assert shown(YAML, ("use", "kind"), ("use", "list", 1, "deep"), ("use", "copy", "kind"), ("use", "copy")) == {
        ("use", "kind"): "3: kind",
        ("use", "list", 1, "deep"): "4: deep",
        ("use", "copy", "kind"): "3: kind",
        ("use", "copy"): "8: copy",
    }


def test_a_pointer_to_nothing_is_found_at_the_nearest_value_above() -> None:
    assert shown(YAML, ("items", 7), ("use", "nothing", "here"), ("gone",)) == {
        ("items", 7): "9: items",
        ("use", "nothing", "here"): "5: use",
        ("gone",): "1: ",
    }


def test_the_value_itself_can_be_asked_for() -> None:
    assert shown(YAML, ("base", "list"), ("use", "own"), key=False) == {
        ("base", "list"): "4: [1, {deep: x}]",
        ("use", "own"): "7: 1",
    }


def test_json_is_located_without_building_it() -> None:
    text = '{"a": [1, {"b": "c\\"}"}],\n "d": {"e": {}, "f": []}}'

    assert shown(text, ("a",), ("a", 0), ("a", 1, "b"), ("d", "f"), ("d", "x"), path="a.json") == {
        ("a",): '1: "a"',
        ("a", 0): "1: 1",
        ("a", 1, "b"): '1: "b"',
        ("d", "f"): '2: "f"',
        ("d", "x"): '2: "d"',
    }


def test_flow_yaml_that_looks_like_json_is_located() -> None:
    assert shown("{a: 1, # c\n b: [x, y]}", ("b", 1)) == {("b", 1): "2: y"}


def test_lines_are_counted_as_git_counts_them() -> None:
    assert shown('a: "x\u2028y\u0085z"\nb: 1\n', ("b",)) == {("b",): "2: b"}


def test_a_byte_order_mark_moves_no_column() -> None:
    found = locate(Document("a.yaml", "", b"\xef\xbb\xbfa: 1\n"), [("a",)])

    assert (found[("a",)].line, found[("a",)].column) == (1, 1)


def test_nothing_asked_reads_nothing() -> None:
    assert locate(Document("a.yaml", "", b"\xff broken"), []) == {}
