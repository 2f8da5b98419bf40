"""Bytes to plain values: what is read, and what is refused by name."""

from __future__ import annotations

import codecs
import math
from typing import Any

import pytest

from bot.contracts.document import Document
from bot.contracts.reading import Limits, Unreadable, read, read_bytes


def yaml(text: str) -> Any:
    return read_bytes("a.yaml", text.encode())


def refused(data: bytes | str, path: str = "a.yaml", limits: Limits | None = None) -> Unreadable:
    with pytest.raises(Unreadable) as caught:
        read_bytes(path, data.encode() if isinstance(data, str) else data, limits or Limits())
    return caught.value


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("NO", "NO"),
        ("yes", "yes"),
        ("off", "off"),
        ("12:30:00", "12:30:00"),
        ("2026-01-31", "2026-01-31"),
        ("0o17", 15),
        ("017", 17),
        ("0x1F", 31),
        ("1_000", "1_000"),
        ("-12", -12),
        ("1e3", 1000.0),
        (".5", 0.5),
        (".inf", math.inf),
        ("-.INF", -math.inf),
        ("18446744073709551615", 18446744073709551615),
        ("123456789012345678901234567890", 1.2345678901234568e29),
        ("0xFFFFFFFFFFFFFFFFFF", float(0xFFFFFFFFFFFFFFFFFF)),
        ("0007", 7),
        ("~", None),
        ("", None),
        ("TRUE", True),
        ("'true'", "true"),
        ("!!str 12", "12"),
        ("!!int '12'", 12),
        ("!custom text", "text"),
    ],
)
def test_plain_scalars_follow_yaml_1_2(written: str, value: object) -> None:
    found = yaml(f"a: {written}\n")["a"]

    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize("number", ["-9223372036854775808", "-9223372036854775809", "18446744073709551616", "1" * 300])
def test_large_numbers_are_the_same_in_yaml_and_json(number: str) -> None:
    (one,), (other,) = (read_bytes(f"a.{kind}", f'{{"a": {number}}}'.encode()).values() for kind in ("yaml", "json"))

    assert one == yaml(f"a: {number}")["a"] == other
    assert type(yaml(f"a: {number}")["a"]) is type(other)


def test_an_integer_longer_than_python_converts_is_a_float() -> None:
    assert yaml("a: " + "9" * 5000)["a"] == math.inf


def test_keys_are_strings_as_json_has_them() -> None:
    assert yaml("200: a\ntrue: b\non: c\n1.5: d\n") == {"200": "a", "true": "b", "on": "c", "1.5": "d"}


def test_merge_keys_bring_what_the_mapping_does_not_say_itself() -> None:
    text = "one: &one {a: 1, b: 1}\ntwo: &two {b: 2, c: 2}\nall:\n  <<: [*one, *two]\n  a: 0\n"

    assert yaml(text)["all"] == {"a": 0, "b": 1, "c": 2}


def test_a_quoted_merge_sign_is_a_key_like_any_other() -> None:
    assert yaml('"<<": 1\n') == {"<<": 1}


def test_a_merge_of_something_else_than_mappings_is_refused() -> None:
    assert refused("a:\n  <<: 3\n").line == 2


def test_aliases_stand_for_what_they_name() -> None:
    assert yaml("a: &x [1, 2]\nb: *x\n") == {"a": [1, 2], "b": [1, 2]}
    assert yaml("a: &k name\n*k : 1\n") == {"a": "name", "name": 1}


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32"])
def test_every_encoding_that_yaml_allows_is_read(encoding: str) -> None:
    assert read_bytes("a.yaml", "a: ü\n".encode(encoding)) == {"a": "ü"}


def test_an_alias_bomb_is_refused_by_name() -> None:
    lines = ["a0: &a0 [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 12)]

    error = refused("\n".join(lines))

    assert "alias bomb" in error.message
    assert error.line > 1


def test_a_merge_key_bomb_is_refused_by_name() -> None:
    lines = ["a0: &a0 {x: 1, y: 2, z: 3}"]
    lines += [f"a{n}: &a{n} {{p: [{', '.join([f'*a{n - 1}'] * 10)}], <<: *a{n - 1}}}" for n in range(1, 12)]

    assert "alias bomb" in refused("\n".join(lines)).message


@pytest.mark.parametrize("path", ["a.yaml", "a.json"])
def test_nesting_deeper_than_the_limit_is_refused(path: str) -> None:
    assert read_bytes(path, b"[" * 200 + b"]" * 200)
    for depth in (201, 300, 5000):
        assert "deeper than 200" in refused(b"[" * depth + b"]" * depth, path).message


def test_aliases_cannot_smuggle_in_deeper_nesting() -> None:
    text = "a: &a " + "[" * 150 + "]" * 150 + "\nb: " + "[" * 100 + "*a" + "]" * 100 + "\n"

    assert "deeper than 200" in refused(text).message


def test_a_key_written_twice_is_refused_with_both_lines() -> None:
    error = refused("a:\n  x: 1\n  y: {x: 2}\n  x: 3\n")

    assert "`x`" in error.message
    assert "line 2" in error.message
    assert (error.line, error.column) == (4, 3)


def test_a_number_and_its_string_are_the_same_key() -> None:
    assert "written twice" in refused('200: a\n"200": b\n').message


@pytest.mark.parametrize(
    "text",
    [
        '{"a": 1, "b": 2, "a": 3}',
        '{"o": {"a": 1,\n "\\u0061": 2}}',
        '{"x": "\\u003a", "a": 1, "a": 2}',
        '[{"a": {}, "b": [], "a": []}]',
    ],
)
def test_a_json_key_written_twice_is_refused(text: str) -> None:
    error = refused(text, "a.json")

    assert "`a` is written twice" in error.message
    assert error.column > 1


def test_colons_in_json_strings_are_no_repeated_keys() -> None:
    assert read_bytes("a.json", b'{"a:b": "c:d\\u003A", "a": ":"}') == {"a:b": "c:d:", "a": ":"}


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "empty"),
        (b"  \n# only a comment\n", "empty"),
        (b"\n \n", "empty"),
        (b"a: 1\n---\nb: 2\n", "several YAML documents"),
        (b"a: \xff\n", "not valid UTF-8"),
        (b"a: b\0c\n", "NUL"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n", "Git LFS pointer"),
        (b"a: [1\n", "not valid YAML"),
        (b"a: *b\n", "no anchor"),
        (b"a: &a [*a]\n", "inside its own anchor"),
        (b"? [a, b]\n: c\n", "cannot be a key"),
        (b"a: !!int x\n", "is not a YAML int"),
        (b"a: \x07\n", "control characters"),
        (codecs.BOM_UTF16_LE + b"a", "not valid UTF-16"),
    ],
)
def test_what_is_no_document_is_refused_by_name(data: bytes, words: str) -> None:
    assert words in refused(data).message


def test_broken_json_names_its_line() -> None:
    error = refused('{\n "a": 1,\n "b": }\n', "a.json")

    assert "not valid JSON" in error.message
    assert error.line == 3


def test_a_yaml_file_may_open_with_a_brace() -> None:
    assert yaml("{a: 1, # a comment\n b: [x]}") == {"a": 1, "b": ["x"]}


def test_a_file_beyond_the_size_limit_is_not_read() -> None:
    assert "larger than" in refused("a: " + "x" * 2_000_000, limits=Limits(size=1024 * 1024)).message


def test_a_document_is_read_from_its_bytes() -> None:
    assert read(Document("a.json", "", b'{"a": [1, true, null]}')) == {"a": [1, True, None]}
