"""Sides from texts, and what the comparison of two says."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from datetime import date

from bot.contracts.change import Change, Comparison
from bot.contracts.document import Document, Side
from bot.contracts.formats import compare
from bot.contracts.options import Mode, Options
from bot.contracts.protobuf.features import settle
from bot.contracts.protobuf.model import File
from bot.contracts.protobuf.parser import parse
from bot.judge.catalogue import shipped

Texts = str | Mapping[str, str | bytes]


def side(texts: Texts, entrypoints: Collection[str] = ()) -> Side:
    files = {"a.proto": texts} if isinstance(texts, str) else texts
    documents = {}
    for path, text in files.items():
        data = text.encode() if isinstance(text, str) else text
        documents[path] = Document(path, hashlib.sha1(data, usedforsecurity=False).hexdigest(), data)
    return Side(min(documents, default=None), documents, entrypoints=frozenset(entrypoints))


def compared(before: Texts, after: Texts, mode: Mode = "backward") -> Comparison:
    return compare("protobuf", side(before), side(after), options=Options(date(2026, 11, 20), mode=mode))


def changes(before: Texts, after: Texts, mode: Mode = "backward") -> tuple[Change, ...]:
    return compared(before, after, mode).changes


def facts(before: Texts, after: Texts, mode: Mode = "backward") -> list[str]:
    return [change.fact.removeprefix("protobuf.") for change in changes(before, after, mode)]


def only(before: Texts, after: Texts, mode: Mode = "backward") -> Change:
    """The one change between two sides."""
    (change,) = changes(before, after, mode)
    return change


def levels(before: Texts, after: Texts, mode: Mode) -> list[str]:
    """The levels of all findings, as the shipped catalogue has them."""
    return [str(found.level) for found in shipped().judge("c", "protobuf", changes(before, after, mode))]


def read(text: str) -> File:
    file = parse("a.proto", text)
    settle(file)
    return file
