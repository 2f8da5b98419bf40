"""A schema as a formula over one value of a known type.

A *claim* says that a value is (or is not) valid against one schema. Read for one JSON type it becomes a formula: `And`
and `Or` over *atoms*, which say one thing about the value, and claims about the same value. Atoms about parts of the
value (`Property`, `ItemAt`) hold claims about the part.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, Literal

SideName = Literal["base", "head"]


@dataclass(frozen=True, slots=True)
class Schema:
    """A schema by the place where it stands. `value` belongs to the place and is not compared."""

    side: SideName
    path: str
    pointer: tuple[str | int, ...]
    value: Any = field(compare=False, repr=False)

    def child(self, *keys: str | int) -> Schema:
        value = self.value
        for key in keys:
            value = value[key]
        return Schema(self.side, self.path, self.pointer + keys, value)


@dataclass(frozen=True, slots=True)
class Claim:
    """The value is valid against the schema, or (`holds` false) it is not."""

    schema: Schema
    holds: bool

    def opposite(self) -> Claim:
        return Claim(self.schema, not self.holds)


@dataclass(frozen=True, slots=True)
class Among:
    """The value is one of these, or none of these. Values stand as canonical text."""

    values: frozenset[str]
    holds: bool

    def opposite(self) -> Among:
        return Among(self.values, not self.holds)


Part = Claim | Among
Goal = frozenset[Part]


@dataclass(frozen=True, slots=True)
class Never:
    """No value."""


@dataclass(frozen=True, slots=True)
class Opaque:
    """Something that is not understood: only equal to itself."""

    text: str
    holds: bool


@dataclass(frozen=True, slots=True)
class Bound:
    """A number is above (`lower`) or below a value."""

    value: Fraction
    exclusive: bool
    lower: bool


@dataclass(frozen=True, slots=True)
class Multiple:
    of: Fraction
    holds: bool


@dataclass(frozen=True, slots=True)
class Size:
    """The number of characters, items or properties is at least (`lower`) or at most `count`."""

    count: int
    lower: bool


@dataclass(frozen=True, slots=True)
class Pattern:
    text: str
    holds: bool


@dataclass(frozen=True, slots=True)
class Format:
    name: str
    holds: bool


@dataclass(frozen=True, slots=True)
class Items:
    """The items at the beginning one by one, and all that follow."""

    prefix: tuple[Part, ...]
    rest: Part | None


@dataclass(frozen=True, slots=True)
class ItemAt:
    """There is an item at `index`, and it is like that."""

    index: int
    part: Part


@dataclass(frozen=True, slots=True)
class SomeItem:
    """There is such an item at `start` or behind it."""

    start: int
    part: Part


@dataclass(frozen=True, slots=True)
class Unique:
    holds: bool


@dataclass(frozen=True, slots=True)
class Present:
    name: str


@dataclass(frozen=True, slots=True)
class Missing:
    name: str


@dataclass(frozen=True, slots=True)
class Properties:
    """What `properties`, `patternProperties` and `additionalProperties` of one schema say together.

    others: about properties that neither is about; None when nothing is said. declared: the names that the data is
    expected to have, when the schema is one that describes data and says nothing about others; None otherwise.
    """

    named: tuple[tuple[str, Part], ...]
    patterned: tuple[tuple[str, Part], ...]
    others: Part | None
    declared: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class SomeProperty:
    """There is a property like that. Its name is `name`, or matches `pattern`, or is none of `names` and `patterns`."""

    part: Part | None
    name: str | None = None
    pattern: str | None = None
    names: frozenset[str] = frozenset()
    patterns: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Names:
    """Every property's name is like that."""

    part: Part


@dataclass(frozen=True, slots=True)
class SomeName:
    """There is a property whose name is like that."""

    part: Part


Atom = (
    Never | Opaque | Among | Bound | Multiple | Size | Pattern | Format
    | Items | ItemAt | SomeItem | Unique
    | Present | Missing | Properties | SomeProperty | Names | SomeName
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class And:
    parts: Sequence[Formula]


@dataclass(frozen=True, slots=True)
class Or:
    parts: Sequence[Formula]


Formula = And | Or | Claim | Atom
ALWAYS = And(())
