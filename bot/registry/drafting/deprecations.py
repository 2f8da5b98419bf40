"""What a contract marks as deprecated, by element address.

A deprecation is what a comparison finds when the marks are taken away: so the addresses, places and dates are the very
ones that findings have, in every format.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from bot.contracts.change import Change
from bot.contracts.document import Document, Position, Side
from bot.contracts.formats import compare
from bot.contracts.options import Options
from bot.contracts.reading import Unreadable, read
from bot.registry.drafting.found import Outdated

_FACTS = frozenset(
    {
        "graphql.deprecation.added",
        "header.deprecated",
        "operation.deprecated",
        "parameter.deprecated",
        "protobuf.deprecated",
        "schema.deprecated.added",
    }
)
_MOST_PLACES = 20
"""Of one mark, when it stands in a shared definition."""

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_PROTOBUF = re.compile(r"\bdeprecated(\s*=\s*)true\b")
_GRAPHQL = re.compile(r'@deprecated\b(\s*\((?:"""(?:.|\n)*?"""|"(?:[^"\\\n]|\\.)*"|[^)"])*\))?')


@dataclass(frozen=True, slots=True)
class Marks:
    """listed: the marked elements in the order of the files, each once. shared: where marks stand that are felt in so
    many places that a person has to find a pattern for them.
    """

    listed: tuple[Outdated, ...] = ()
    shared: tuple[Position, ...] = ()


def deprecations(format: str, side: Side) -> Marks:
    """What one version of a contract marks. Nothing of a contract that cannot be read."""
    if not any(b"deprecated" in document.data for document in side.documents.values()):
        return Marks()
    plain = {path: _unmarked(format, document) for path, document in side.documents.items()}
    found = compare(format, replace(side, documents=plain), side, options=Options(date.min))
    listed: dict[str, Outdated] = {}
    shared: set[Position] = set()
    for change in found.changes:
        if change.fact not in _FACTS or change.position is None:
            continue
        if len(change.places) > _MOST_PLACES:
            shared.add(change.position)
            continue
        for place in change.places:
            listed.setdefault(place.address, Outdated(place.address, change.position, _sunset(change)))
    return Marks(tuple(sorted(listed.values(), key=lambda one: (one.position, one.element))), tuple(sorted(shared)))


def _unmarked(format: str, document: Document) -> Document:
    match format:
        case "protobuf":
            data = _PROTOBUF.sub(r"deprecated\1false", _text(document)).encode()
        case "graphql":
            data = _GRAPHQL.sub("", _text(document)).encode()
        case _:
            try:
                data = json.dumps(_without_marks(read(document))).encode()
            except (Unreadable, RecursionError, ValueError):
                return document
    return replace(document, data=data, blob_sha=f"{document.blob_sha}-unmarked")


def _text(document: Document) -> str:
    return document.data.decode("utf-8", "replace")


def _without_marks(value: Any) -> Any:
    """Only `true` is a mark: a property may be called `deprecated`, too."""
    if isinstance(value, dict):
        return {
            key: _without_marks(child) for key, child in value.items() if not (key == "deprecated" and child is True)
        }
    if isinstance(value, list):
        return [_without_marks(child) for child in value]
    return value


def _sunset(change: Change) -> str:
    """The day that the mark comes with, empty when it names none or an odd one."""
    said: Iterator[object] = iter((change.attributes.get("sunset_date"), change.attributes.get("sunset"), change.after))
    days = (_DAY.match(text) for text in said if isinstance(text, str))
    day = next((found[0] for found in days if found), "")
    try:
        date.fromisoformat(day)
    except ValueError:
        return ""
    return day
