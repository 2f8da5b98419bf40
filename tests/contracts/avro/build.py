"""Avro documents compared in a line."""

from __future__ import annotations

import json
from datetime import date
from typing import Any, Literal

from bot.contracts.change import Change, Comparison
from bot.contracts.document import Document, Side
from bot.contracts.formats import compare
from bot.contracts.options import Options

Mode = Literal["backward", "forward", "full", "none"]


def record(*fields: dict[str, Any], name: str = "Order", **more: Any) -> dict[str, Any]:
    return {"type": "record", "name": name, "fields": list(fields), **more}


def field(name: str, type: Any, **more: Any) -> dict[str, Any]:
    return {"name": name, "type": type, **more}


def side(value: Any, path: str = "order.avsc") -> Side:
    data = value if isinstance(value, bytes) else json.dumps(value, indent=1).encode()
    return Side(path, {path: Document(path, str(hash(data)), data)})


def compared(base: Any, head: Any, mode: Mode = "backward", path: str = "order.avsc") -> Comparison:
    return compare("avro", side(base, path), side(head, path), options=Options(date(2026, 11, 20), mode=mode))


def changes(base: Any, head: Any, mode: Mode = "backward", path: str = "order.avsc") -> tuple[Change, ...]:
    return compared(base, head, mode, path).changes


def told(base: Any, head: Any, mode: Mode = "backward", path: str = "order.avsc") -> list[tuple[str, str, str]]:
    """(fact, place, reading) of every place."""
    return [
        (change.fact.removeprefix("avro."), place.address, str(place.attributes["reading"]))
        for change in changes(base, head, mode, path)
        for place in change.places
    ]


def reason(base: Any, head: Any, path: str = "order.avsc") -> tuple[str, int]:
    """Why the pair can't be compared, and the line that says so."""
    (change,) = changes(base, head, path=path)
    assert change.fact == "contract.unreadable" and change.position is not None
    return str(change.attributes["reason"]), change.position.line
