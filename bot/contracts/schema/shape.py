"""One level of a schema in the vocabulary that both sides share.

A schema is a *conjunction* of nodes that must all hold: a plain schema is a conjunction of one, an `allOf` (or in 3.1
a `$ref` with siblings) of several. `Shape` is what the conjunction says about one value, with the node that each part
came from; its children are conjunctions again, and are read when they are needed.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from bot.contracts.tree import Node

Conjunction = tuple[Node, ...]
"""Nodes that must all hold. Empty: everything is allowed."""

NUMBERS = frozenset({"integer", "number"})


@dataclass(frozen=True, slots=True)
class Said:
    """A keyword's value, the keyword's own node, and the schema that says it."""

    value: Any
    site: Node


@dataclass(frozen=True, slots=True)
class Union:
    """A `oneOf` or `anyOf` of two or more schemas. `members` stand as written (a `$ref` is not followed)."""

    keyword: str
    members: tuple[Node, ...]
    site: Node


@dataclass(frozen=True, slots=True)
class Conditional:
    """An `if` with its branches."""

    condition: Node
    then: Node | None
    otherwise: Node | None


@dataclass(slots=True)
class Shape:
    """What a conjunction says about one value.

    home: the node to point at when no keyword is nearer.
    never: nothing is allowed (`false`).
    types: allowed types without `null`; None when any is. An enumeration implies those of its values.
    enum: allowed values without None; a `const` is an enum of one.
    said: keywords compared by value alone, by normalised name.
    lower, upper: numeric bounds as (value, exclusive).
    children: subschemas by keyword (`items`, `additionalProperties`, `contains`, ...).
    folded: a union was read as a list of types (bot.contracts.schema.folding).
    unresolved: references that could not be followed, with the reason for a reader.
    """

    home: Node
    never: bool = False
    types: frozenset[str] | None = None
    type_site: Node | None = None
    nullable: bool = False
    nullable_site: Node | None = None
    enum: tuple[Any, ...] | None = None
    enum_site: Node | None = None
    lower: tuple[float, bool] | None = None
    lower_site: Node | None = None
    upper: tuple[float, bool] | None = None
    upper_site: Node | None = None
    patterns: dict[str, Node] = field(default_factory=dict)
    said: dict[str, Said] = field(default_factory=dict)
    documentation: dict[str, Said] = field(default_factory=dict)
    extensions: dict[str, Said] = field(default_factory=dict)
    unknown: dict[str, Said] = field(default_factory=dict)
    required: dict[str, Node] = field(default_factory=dict)
    properties: dict[str, Conjunction] = field(default_factory=dict)
    pattern_properties: dict[str, Conjunction] = field(default_factory=dict)
    children: dict[str, Conjunction] = field(default_factory=dict)
    prefix_items: tuple[Conjunction, ...] = ()
    unions: list[Union] = field(default_factory=list)
    discriminator: Said | None = None
    negations: list[Node] = field(default_factory=list)
    conditionals: list[Conditional] = field(default_factory=list)
    dependent_required: dict[str, Said] = field(default_factory=dict)
    dependent_schemas: dict[str, Conjunction] = field(default_factory=dict)
    unresolved: dict[str, tuple[str, Node]] = field(default_factory=dict)
    folded: bool = False

    @property
    def read_only(self) -> bool:
        return self._flag("readOnly")

    @property
    def write_only(self) -> bool:
        return self._flag("writeOnly")

    @property
    def deprecated(self) -> bool:
        return self._flag("deprecated")

    @property
    def has_default(self) -> bool:
        return "default" in self.said

    def _flag(self, keyword: str) -> bool:
        said = self.said.get(keyword)
        return said is not None and said.value is True

    @property
    def constrains(self) -> bool:
        """Whether anything here limits which values are allowed, apart from `unions`."""
        return bool(
            self.never
            or self.types is not None
            or self.enum is not None
            or self.lower
            or self.upper
            or self.patterns
            or self.required
            or self.properties
            or self.pattern_properties
            or self.children
            or self.prefix_items
            or self.negations
            or self.conditionals
            or self.dependent_required
            or self.dependent_schemas
            or self.unresolved
            or self.said.keys() - {"default", "readOnly", "writeOnly", "deprecated", "x-sunset"}
        )


def closed(conjunction: Conjunction | None) -> bool:
    """Whether a child schema forbids everything (`additionalProperties: false`)."""
    return conjunction is not None and any(node.value is False for node in conjunction)


_SHOWN_PROPERTIES = 3


def outline(shape: Shape) -> str:
    """A few words that tell one member of a union from another: what an object carries, what a text looks like."""
    words = describe(shape)
    names = list(dict.fromkeys((*shape.required, *shape.properties)))
    if names:
        more = ", …" if len(names) > _SHOWN_PROPERTIES else ""
        carried = ", ".join(names[:_SHOWN_PROPERTIES]) + more
        return f"anything with {carried}" if shape.types is None else f"{words} with {carried}"
    if shape.enum is not None:
        listed = ", ".join(str(value) for value in shape.enum[:_SHOWN_PROPERTIES])
        return f"{words}: {listed}{', …' if len(shape.enum) > _SHOWN_PROPERTIES else ''}"
    if shape.patterns:
        return f"{words} that matches {next(iter(shape.patterns))}"
    items = shape.children.get("items")
    if items and shape.types == frozenset({"array"}) and isinstance(items[0].value, dict):
        inner = items[0].value.get("type") or str(items[0].value.get("$ref", "")).rpartition("/")[2]
        return f"array of {inner}" if isinstance(inner, str) and inner else words
    return words


def describe(shape: Shape) -> str:
    """A few words for what the value is: `string`, `integer (int64)`, `array`, `string or null`."""
    if shape.never:
        return "nothing"
    if shape.types is None:
        words = "one of several" if shape.unions else "anything"
    elif shape.types == frozenset({"null"}):
        return "null"
    else:
        words = " or ".join(sorted(shape.types))
    said = shape.said.get("format")
    if said is not None:
        words += f" ({said.value})"
    return f"{words} or null" if shape.nullable and shape.types is not None else words
