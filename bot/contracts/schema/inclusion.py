"""Which facts prove that a schema allows more, or less, and nothing else.

What is not in these tables proves nothing.
"""

from __future__ import annotations

from bot.contracts.schema.values import SchemaChange

ANNOTATIONS = frozenset({"schema.documentation.changed", "schema.extension.changed"})
"""Facts that change nothing about what is allowed."""

_SILENT = ANNOTATIONS | {
    *(f"schema.default.{how}" for how in ("added", "removed", "changed")),
    *(f"schema.deprecated.{how}" for how in ("added", "removed")),
}

_LOWER = ("minimum", "min_length", "min_items", "min_properties")
_UPPER = ("maximum", "max_length", "max_items", "max_properties")
_PRESENCE = (
    *("pattern", "format", "enum", "const", "unique_items", "multiple_of", "items", "not", "property.required"),
    *("one_of", "any_of", "property_names", "pattern_property"),
)

_WIDENING = frozenset(
    {
        *_SILENT,
        *(f"schema.{name}.{how}" for name in _LOWER for how in ("decreased", "removed")),
        *(f"schema.{name}.{how}" for name in _UPPER for how in ("increased", "removed")),
        *(f"schema.{name}.removed" for name in _PRESENCE),
        *(f"schema.{name}.widened" for name in ("type", "format", "multiple_of")),
        *("schema.nullable.added", "schema.enum.value.added", "schema.any_of.member.added"),
        *("schema.additional_properties.opened", "schema.additional_properties.widened"),
    }
)
_NARROWING = frozenset(
    {
        *_SILENT,
        *(f"schema.{name}.{how}" for name in _LOWER for how in ("increased", "added")),
        *(f"schema.{name}.{how}" for name in _UPPER for how in ("decreased", "added")),
        *(f"schema.{name}.added" for name in _PRESENCE),
        *(f"schema.{name}.narrowed" for name in ("type", "format", "multiple_of")),
        *("schema.nullable.removed", "schema.enum.value.removed", "schema.any_of.member.removed"),
        *("schema.additional_properties.closed", "schema.additional_properties.narrowed"),
    }
)


def annotates(change: SchemaChange) -> bool:
    """Whether the change leaves everything allowed that was, and nothing else."""
    return change.fact in ANNOTATIONS


def widens(change: SchemaChange) -> bool:
    """Whether it is proven that everything that was allowed still is.

    An optional property that was unknown before is taken as free until now, as the rules take it.
    """
    if change.fact == "schema.property.added":
        return change.attributes["required"] is False
    if change.fact == "schema.property.removed":
        return change.attributes["now_forbidden"] is False
    if change.fact == "schema.one_of.member.added":
        return change.attributes["apart"] is True
    return change.fact in _WIDENING


def narrows(change: SchemaChange) -> bool:
    """Whether it is proven that everything that is allowed was allowed before."""
    if change.fact == "schema.property.added":
        return change.attributes["was_forbidden"] is False
    if change.fact == "schema.property.removed":
        return change.attributes["now_forbidden"] is True
    return change.fact in _NARROWING
