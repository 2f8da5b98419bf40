"""Documents to plain values, and pointers back to lines."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from bot.contracts.document import Document, Position
from bot.contracts.text import Lines, decode
from bot.contracts.tree import Pointer
from bot.contracts.unreadable import DEFAULT_LIMITS, Limits, Unreadable

__all__ = ["DEFAULT_LIMITS", "Limits", "Unreadable", "error_position", "locate", "read", "read_bytes"]


_LONG_LINE = 1_000
"""Bytes in a line, on average, from which on a file is none for people."""


def read(document: Document, limits: Limits = DEFAULT_LIMITS) -> Any:
    """The document as plain values (dict, list, str, int, float, bool, None). Raises Unreadable."""
    return read_bytes(document.path, document.data, limits)


def read_bytes(path: str, data: bytes, limits: Limits = DEFAULT_LIMITS) -> Any:
    """The value of a file's bytes: JSON when it is named or looks like it, YAML otherwise. Raises Unreadable."""
    if data[:1] == b"{":
        plain = _read_plain_json(data, limits)
        if plain is not None:
            return plain
    text = decode(data, limits)
    if not _looks_like_json(text):
        return _read_yaml(text, limits)
    from bot.contracts.json_text import read_json

    try:
        return read_json(text, limits)
    except Unreadable:
        # A flow mapping also opens with a brace, and may say what JSON cannot (comments, unquoted keys).
        if path.endswith(".json"):
            raise
        return _read_yaml(text, limits)


def locate(
    document: Document, pointers: Collection[Pointer], *, key: bool = True, limits: Limits = DEFAULT_LIMITS
) -> dict[Pointer, Position]:
    """Where values stand in the document.

    A value of a mapping is found at its key (`key=False`: at the value itself), an item of a list at the item, the root
    at the first line. What comes through an alias or `<<` is found where it is written. A pointer to nothing is found
    at the nearest value above it that is there. Raises Unreadable, as `read` does.
    """
    if not pointers:
        return {}
    from bot.contracts import positions

    if _has_short_lines(document.data):
        placed = _locate_in_bytes(document, pointers, key=key)
        if placed is not None:
            return placed
    text = decode(document.data, limits)
    spans = None
    if _looks_like_json(text):
        spans = positions.json_spans(text, pointers, key=key)
    if spans is None:
        spans = positions.yaml_spans(text, pointers, key=key)
    lines = Lines(text)
    return {
        pointer: Position(document.path, *lines.at(start), *lines.at(max(start, end)))
        for pointer, (start, end) in spans.items()
    }


def _has_short_lines(data: bytes) -> bool:
    """Whether this may be a JSON object that was written for people. Columns in one long line cost more than text."""
    return data[:1] == b"{" and data.count(b"\n") * _LONG_LINE > len(data)


def _locate_in_bytes(document: Document, pointers: Collection[Pointer], *, key: bool) -> dict[Pointer, Position] | None:
    """As `locate`, without a copy of the whole as text: one strange character would make that four times as large."""
    from bot.contracts import positions

    text = document.data.decode("latin-1")
    spans = positions.json_spans(text, pointers, key=key, of_bytes=True)
    if spans is None:
        return None
    lines = Lines(text)

    def at(offset: int) -> tuple[int, int]:
        line, column = lines.at(offset)
        before = text[offset - column + 1 : offset]
        return line, column if before.isascii() else len(before.encode("latin-1").decode("utf-8", "replace")) + 1

    return {
        pointer: Position(document.path, *at(start), *at(max(start, end))) for pointer, (start, end) in spans.items()
    }


def error_position(path: str, error: Unreadable) -> Position:
    """Where the reason stands: the file's first line when it is about the whole file."""
    return Position(path, error.line or 1, error.column or 1)


def _read_plain_json(data: bytes, limits: Limits) -> Any:
    """The usual case, an object in UTF-8, without a copy as text; None for whatever needs a closer look."""
    from bot.contracts.json_text import read_bytes as read_json_bytes

    return read_json_bytes(data, limits) if len(data) <= limits.size and b"\0" not in data else None


def _looks_like_json(text: str) -> bool:
    return text.lstrip(" \t\r\n")[:1] in ("{", "[")


def _read_yaml(text: str, limits: Limits) -> Any:
    from bot.contracts.yaml_text import read_yaml

    return read_yaml(text, limits)
