"""Avro schemas, as the comparison sees them (Apache Avro specification 1.12, "Schema Declaration")."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from bot.contracts.tree import Pointer

PRIMITIVES = frozenset({"null", "boolean", "int", "long", "float", "double", "bytes", "string"})
NAMED = frozenset({"record", "enum", "fixed", "unresolved"})

PROMOTIONS: Mapping[str, tuple[str, ...]] = {
    "int": ("int", "long", "float", "double"),
    "long": ("long", "float", "double"),
    "float": ("float", "double"),
    "string": ("string", "bytes"),
    "bytes": ("bytes", "string"),
}
"""Which readers a written primitive may be promoted to ("Schema Resolution"). All others are read as themselves."""


@dataclass(frozen=True, slots=True)
class Logical:
    """A logical type. precision and scale are those of decimals; 0 for all others."""

    name: str
    precision: int = 0
    scale: int = 0

    def __str__(self) -> str:
        return f"{self.name}({self.precision}, {self.scale})" if self.name == "decimal" else self.name


@dataclass(eq=False)
class Schema:
    """One schema. Two are the same only when they are the same object: a recursive schema has no other end.

    kind: a primitive, `record` (errors, too), `enum`, `fixed`, `array`, `map`, `union`, or `unresolved`, which is a
        name that this document does not define.
    name: full name of a named type. aliases: full names.
    inner: items of an array, values of a map. default: an enum's, None without one.
    notes: documentation and custom properties, which no reader resolves.
    """

    kind: str
    pointer: Pointer
    name: str = ""
    aliases: tuple[str, ...] = ()
    fields: tuple[Field, ...] = ()
    inner: Schema | None = None
    branches: tuple[Schema, ...] = ()
    symbols: tuple[str, ...] = ()
    default: str | None = None
    size: int = 0
    logical: Logical | None = None
    notes: Mapping[str, Any] = field(default_factory=dict)

    @property
    def simple_name(self) -> str:
        """Without the namespace. Resolution compares only this."""
        return self.name.rpartition(".")[2]

    @cached_property
    def symbol_set(self) -> frozenset[str]:
        return frozenset(self.symbols)

    @cached_property
    def fields_by_name(self) -> Mapping[str, Field]:
        """The first of each name: a repeated one is a fault of the document."""
        found: dict[str, Field] = {}
        for one in self.fields:
            found.setdefault(one.name, one)
        return found

    @cached_property
    def branches_by_key(self) -> Mapping[tuple[str, str], tuple[Schema, ...]]:
        """Branches by kind and, of named types, by simple name and by the full name of each alias (as `=full`)."""
        found: dict[tuple[str, str], list[Schema]] = {}
        for branch in self.branches:
            found.setdefault((branch.kind, branch.simple_name), []).append(branch)
            for alias in branch.aliases:
                found.setdefault((branch.kind, f"={alias}"), []).append(branch)
        return {key: tuple(values) for key, values in found.items()}

    def __str__(self) -> str:
        if self.kind in NAMED:
            return self.name
        if self.kind == "union":
            shown = ", ".join(str(branch) for branch in self.branches[:6])
            return f"[{shown}{', …' if len(self.branches) > 6 else ''}]"
        if self.inner is not None:
            of = self.inner.name or (str(self.inner) if self.inner.inner is None else f"{self.inner.kind}<…>")
            return f"{self.kind}<{of}>"
        return f"{self.kind} ({self.logical})" if self.logical else self.kind


@dataclass(eq=False, slots=True)
class Field:
    """A field of a record, or a parameter of a message. default: only meaningful with has_default."""

    name: str
    schema: Schema
    pointer: Pointer
    aliases: tuple[str, ...] = ()
    has_default: bool = False
    default: object = None
    order: str = "ascending"
    notes: Mapping[str, Any] = field(default_factory=dict)


@dataclass(eq=False, slots=True)
class Message:
    """A call of a protocol. request: its parameters as the fields of a record; errors: a union, `string` first."""

    name: str
    pointer: Pointer
    request: Schema
    response: Schema
    errors: Schema
    one_way: bool
    notes: Mapping[str, Any]


@dataclass(eq=False, slots=True)
class Avro:
    """One document: a schema (`root`) or a protocol (`messages`, and the types it declares)."""

    path: str
    value: Any
    root: Schema | None
    protocol: str = ""
    declared: tuple[Schema, ...] = ()
    messages: tuple[Message, ...] = ()
    named: Mapping[str, Schema] = field(default_factory=dict)
    faults: tuple[tuple[str, Pointer], ...] = ()


def same_name(reader: Schema, writer: Schema) -> bool:
    """Whether a named reader takes a named writer's data: the same unqualified name, or an alias of the reader."""
    return reader.simple_name == writer.simple_name or writer.name in reader.aliases
