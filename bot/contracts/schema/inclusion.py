"""Which facts prove that a schema allows more, or less, and nothing else.

Only keywords that speak of text, numbers and lists are in the tables: they decide whether one member of a union holds
another, and objects are kinds of their own there.
"""

from __future__ import annotations

ANNOTATIONS = frozenset({"schema.documentation.changed", "schema.extension.changed"})
"""Facts that change nothing about what is allowed."""

_SILENT = ANNOTATIONS | {
    *(f"schema.default.{how}" for how in ("added", "removed", "changed")),
    *(f"schema.deprecated.{how}" for how in ("added", "removed")),
}

_LOWER = ("minimum", "min_length", "min_items")
_UPPER = ("maximum", "max_length", "max_items")
_PRESENCE = ("pattern", "format", "enum", "const", "unique_items", "multiple_of", "items", "not")

WIDENING = frozenset(
    {
        *_SILENT,
        *(f"schema.{name}.{how}" for name in _LOWER for how in ("decreased", "removed")),
        *(f"schema.{name}.{how}" for name in _UPPER for how in ("increased", "removed")),
        *(f"schema.{name}.removed" for name in _PRESENCE),
        *(f"schema.{name}.widened" for name in ("type", "format", "multiple_of")),
        *("schema.nullable.added", "schema.enum.value.added"),
    }
)
NARROWING = frozenset(
    {
        *_SILENT,
        *(f"schema.{name}.{how}" for name in _LOWER for how in ("increased", "added")),
        *(f"schema.{name}.{how}" for name in _UPPER for how in ("decreased", "added")),
        *(f"schema.{name}.added" for name in _PRESENCE),
        *(f"schema.{name}.narrowed" for name in ("type", "format", "multiple_of")),
        *("schema.nullable.removed", "schema.enum.value.removed"),
    }
)
