"""Schemas of Swagger 2.0 in the words of OpenAPI 3.0."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bot.contracts.tree import Node, Pointer

_SCHEMA_KEYS = frozenset(
    {
        *("type", "format", "items", "default", "maximum", "exclusiveMaximum", "minimum", "exclusiveMinimum"),
        *("maxLength", "minLength", "pattern", "maxItems", "minItems", "uniqueItems", "enum", "multipleOf"),
        *("x-nullable", "x-extensible-enum"),
    }
)
"""What describes the value of a parameter, which in 3.0 stands below `schema`."""

_NO_KEYWORD = "nullable (not a keyword of Swagger 2.0)"
"""3.0 brought `nullable`. In 2.0 it says nothing, so it is handed on as a keyword that nobody knows."""

Moved = Callable[[Pointer, Node], None]


def schema_of_parameter(written: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """What a parameter or header says itself, and what it says about its value."""
    schema = {key: below for key, below in written.items() if key in _SCHEMA_KEYS}
    rest = {key: below for key, below in written.items() if key not in _SCHEMA_KEYS and key != "collectionFormat"}
    return rest, schema


def translate_schema(node: Node, at: Pointer, moved: Moved, value: Any = None) -> Any:
    """The schema that stands at `node`; `value` when only a part of what stands there belongs to it.

    `type: file` is binary text, `x-nullable` is `nullable`, a discriminator is an object (OpenAPI 3.0.3, Data Types).
    """
    written = node.value if value is None else value
    if not isinstance(written, dict):
        return written
    schema: dict[str, Any] = {}
    for key, below in written.items():
        if key == "x-nullable" and isinstance(below, bool):
            moved((*at, "nullable"), node.child(key))
            schema["nullable"] = below
        elif key == "nullable":
            moved((*at, _NO_KEYWORD), node.child(key))
            schema[_NO_KEYWORD] = below
        elif key == "type" and below == "file":
            schema |= {"type": "string", "format": "binary"}
        elif key == "discriminator" and isinstance(below, str):
            schema[key] = {"propertyName": below}
        elif key == "properties" and isinstance(below, dict):
            schema[key] = {name: translate_schema(node.child(key, name), (*at, key, name), moved) for name in below}
        elif key == "allOf" and isinstance(below, list):
            schema[key] = [
                translate_schema(node.child(key, index), (*at, key, index), moved) for index in range(len(below))
            ]
        elif key in ("items", "additionalProperties"):
            schema[key] = translate_schema(node.child(key), (*at, key), moved)
        else:
            schema[key] = below
    return schema
