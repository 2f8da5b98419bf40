"""JSON to plain values, as fast as orjson, and stricter: repeated keys and deep nesting are refused."""

from __future__ import annotations

import re
from json.decoder import scanstring  # type: ignore[attr-defined]
from typing import Any, cast

import orjson

from bot.contracts.text import line_column
from bot.contracts.unreadable import Limits, Unreadable

_SPACE = re.compile(r"[ \t\n\r]*")
_INDENT = 2


def read_json(text: str, limits: Limits) -> Any:
    """The document's value. Raises Unreadable."""
    data = text.encode()
    try:
        value = orjson.loads(data)
    except orjson.JSONDecodeError as error:
        if "depth limit" in error.msg or "recursion" in error.msg.lower():
            raise _too_deep(limits) from None
        raise Unreadable(f"This is not valid JSON: {error.msg}.", error.lineno, error.colno) from None
    try:
        written = orjson.dumps(value, option=orjson.OPT_INDENT_2)
    except TypeError:  # deeper than the 254 levels that orjson writes
        raise _too_deep(limits) from None
    if b"\n" + b" " * (_INDENT * limits.nesting) in written and _depth(text) > limits.nesting:
        raise _too_deep(limits)
    if _may_have_lost_a_key(data, written):
        _refuse_repeated_keys(text)
    return value


def read_bytes(data: bytes, limits: Limits) -> Any:
    """The value of UTF-8 bytes in which nothing is wrong; None where there may be, which `read_json` then says."""
    try:
        value = orjson.loads(data)
        written = orjson.dumps(value, option=orjson.OPT_INDENT_2)
    except (orjson.JSONDecodeError, TypeError):
        return None
    deep = b"\n" + b" " * (_INDENT * limits.nesting) in written
    return None if deep or _may_have_lost_a_key(data, written) else value


def _may_have_lost_a_key(data: bytes, written: bytes) -> bool:
    """orjson silently keeps the last of equal keys, and asking the standard library for pairs would triple the time of
    a large document. So colons are counted: a member that was dropped took its colon with it. Colons within strings
    are the same on both sides, except where the text spells them as an escape; then the keys are looked at.
    """
    return b"\\u003" in data or data.count(b":") != written.count(b":")


def _depth(text: str) -> int:
    """How deep the brackets of a valid document nest."""
    depth = deepest = 0
    for token in _TOKENS.finditer(text):
        first = token.group()[0]
        if first in "{[":
            depth += 1
            deepest = max(deepest, depth)
        elif first in "}]":
            depth -= 1
    return deepest


def _refuse_repeated_keys(text: str) -> None:
    """Raises Unreadable for the first key that an object has twice."""
    open_objects: list[dict[str, int] | None] = []
    for token in _TOKENS.finditer(text):
        first = token.group()[0]
        if first == "{":
            open_objects.append({})
        elif first == "[":
            open_objects.append(None)
        elif first in "}]":
            open_objects.pop()
        elif token.group("colon") is not None:
            keys = cast("dict[str, int]", open_objects[-1])
            key, start = string_at(text, token.start())[0], token.start()
            if key in keys:
                lines = line_column(text, keys[key])[0], line_column(text, start)[0]
                raise Unreadable(
                    f"The key `{key[:80]}` is written twice in one object, at line {lines[0]} and line {lines[1]}. "
                    "Keep one of them.",
                    *line_column(text, start),
                )
            keys[key] = start


_TOKENS = re.compile(r'[{}\[\]]|"(?:[^"\\]|\\.)*"(?P<colon>[ \t\n\r]*:)?')


def string_at(text: str, offset: int) -> tuple[str, int]:
    """The string whose opening quote stands at `offset`, and the offset after it."""
    value, end = scanstring(text, offset + 1)
    return value, end


def skip_space(text: str, offset: int) -> int:
    match = _SPACE.match(text, offset)
    return match.end() if match else offset


def _too_deep(limits: Limits) -> Unreadable:
    return Unreadable(f"The document nests deeper than {limits.nesting} levels.")
