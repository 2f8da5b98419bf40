"""What a schema comparison hands back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from bot.contracts.change import AttributeValue
from bot.contracts.tree import Node

Dialect = Literal["openapi-3.0", "openapi-3.1", "2020-12"]
"""How keywords are read. `openapi-3.0`: siblings of `$ref` are ignored; the others heed them."""

Side = Literal["base", "head"]


@dataclass(frozen=True, slots=True)
class SchemaChange:
    """One difference between two schemas, at one path below the schema that was compared.

    path: where the value stands, in the grammar of `bot.contracts.schema.paths`.
    site: the node whose edit causes it, on the side that `side` names.
    identity: the normalised old and new values, equal exactly when the change is the same one.
    definition: the nearest named definition that holds the site and the path below it; None when the site is inline.
    """

    fact: str
    path: str
    site: Node
    side: Side
    before: object = None
    after: object = None
    identity: tuple[str, str] = ("", "")
    attributes: Mapping[str, AttributeValue] = field(default_factory=dict)
    place_attributes: Mapping[str, AttributeValue] = field(default_factory=dict)
    definition: tuple[str, str] | None = None
