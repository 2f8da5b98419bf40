"""Definitions of a schema as the comparison sees them: extensions merged, everything with its place in the text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.contracts.graphql.splitting import Piece

KINDS: Mapping[str, str] = {
    "scalar": "scalar",
    "type": "object type",
    "interface": "interface",
    "union": "union",
    "enum": "enum",
    "input": "input object",
}
"""By keyword, as people call them."""


@dataclass(frozen=True, slots=True)
class Site:
    """A range of characters within a piece."""

    piece: Piece
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Usage:
    """A directive where it is used. arguments: by name, values as normalised text. text: all of it, normalised."""

    name: str
    arguments: Mapping[str, str]
    text: str
    site: Site


@dataclass(slots=True)
class Member:
    """A field, argument, input field or enum value. type is empty for enum values, default None where there is none."""

    name: str
    site: Site
    description: str | None = None
    type: str = ""
    default: str | None = None
    usages: tuple[Usage, ...] = ()
    arguments: Mapping[str, Member] = field(default_factory=dict)

    @property
    def is_required(self) -> bool:
        """Whether a caller has to give it (specification, "Required Arguments")."""
        return self.type.endswith("!") and self.default is None

    def usage(self, name: str) -> Usage | None:
        return next((one for one in self.usages if one.name == name), None)


@dataclass(slots=True)
class Definition:
    """A type, a directive or the schema itself, with its extensions.

    keyword: `type`, `enum`, …, `directive`, `schema`. members: fields, input fields or enum values; of a directive its
    arguments. names: interfaces of an object or interface, members of a union, locations of a directive. roots: of a
    schema, by operation.
    """

    keyword: str
    name: str
    site: Site
    description: str | None = None
    usages: list[Usage] = field(default_factory=list)
    members: dict[str, Member] = field(default_factory=dict)
    names: dict[str, Site] = field(default_factory=dict)
    roots: dict[str, tuple[str, Site]] = field(default_factory=dict)
    repeatable: bool = False
