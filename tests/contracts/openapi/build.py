"""Small OpenAPI documents for the tests."""

from __future__ import annotations

from datetime import date
from typing import Any

import orjson

from bot.contracts.change import Change, Comparison
from bot.contracts.document import Document, Side
from bot.contracts.formats import compare
from bot.contracts.options import Options
from bot.contracts.reading import read_bytes

TODAY = date(2026, 11, 21)


def document(text: str) -> dict[str, Any]:
    """A document from YAML, with what every document needs around it."""
    return {
        "openapi": "3.1.0",
        "info": {"title": "t", "version": "1"},
        "paths": {},
        **read_bytes("a.yaml", text.encode()),
    }


def comparison(before: str, after: str, **options: Any) -> Comparison:
    sides = []
    for text in (before, after):
        data = orjson.dumps(document(text), option=orjson.OPT_INDENT_2)
        sides.append(Side("a.json", {"a.json": Document("a.json", "", data)}))
    return compare("openapi", sides[0], sides[1], options=Options(today=TODAY, **options))


def changes(before: str, after: str, **options: Any) -> tuple[Change, ...]:
    return comparison(before, after, **options).changes


def felt(before: str, after: str, **options: Any) -> set[tuple[str, str]]:
    """Facts with the addresses where they are felt."""
    return {(c.fact, p.address) for c in changes(before, after, **options) for p in c.places}
