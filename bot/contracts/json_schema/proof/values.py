"""JSON values: what is equal, and of which type."""

from __future__ import annotations

import json
from typing import Any, Literal

Type = Literal["null", "boolean", "number", "string", "array", "object"]
TYPES: tuple[Type, ...] = ("null", "boolean", "number", "string", "array", "object")


def type_of(value: Any) -> Type:
    """The type of a value. An integer is a number."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, (int, float)):
        return "number"
    if isinstance(value, str):
        return "string"
    return "array" if isinstance(value, list) else "object"


def canonical(value: Any) -> str:
    """Text that is equal exactly for equal values: 1.0 is 1, true is not."""
    return json.dumps(_plain(value), sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def _plain(value: Any) -> Any:
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    return value
