"""What is written down while two shapes are compared: differences here, and pairs of subschemas to look at next."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from bot.contracts.change import AttributeValue
from bot.contracts.schema.paths import ROOT, definition_of
from bot.contracts.schema.shape import Conjunction, Said, Shape, closed
from bot.contracts.schema.values import SchemaChange, Side
from bot.contracts.tree import Node

Visibility = tuple[bool, bool]
"""(read only, write only): in which direction the value below never travels."""


@dataclass(frozen=True, slots=True)
class Edge:
    """Two subschemas at `step` below the pair that they belong to."""

    step: str
    base: Conjunction
    head: Conjunction
    hidden: Visibility = (False, False)


@dataclass(slots=True)
class Notes:
    """One pair of shapes under comparison.

    read_base, read_head: shape of a child. equivalent: whether two children say the same, documentation aside.
    within: whether the child on the named side allows nothing that the other one does not, as far as it can be proven.
    closed_content: whether objects that do not say so tolerate no other properties (the contract's `content`).
    """

    base: Shape
    head: Shape
    base_nodes: Conjunction
    head_nodes: Conjunction
    today: date
    deprecation_days: int
    read_base: Callable[[Conjunction], Shape]
    read_head: Callable[[Conjunction], Shape]
    follow_base: Callable[[Node], Conjunction]
    follow_head: Callable[[Node], Conjunction]
    equivalent: Callable[[Conjunction, Conjunction], bool]
    within: Callable[[Conjunction, Conjunction, Side], bool]
    closed_content: bool = False
    changes: list[SchemaChange] = field(default_factory=list)
    edges: list[Edge] = field(default_factory=list)

    def forbids_more(self, shape: Shape) -> bool:
        """Whether an object has no properties but those listed: it says so, or the contract does for all objects."""
        stated = shape.children.get("additionalProperties")
        return self.closed_content if stated is None else closed(stated)

    def add(
        self,
        fact: str,
        site: Node,
        side: Side = "head",
        *,
        before: object = None,
        after: object = None,
        identity: tuple[Any, Any] | None = None,
        step: str = "",
        attributes: dict[str, AttributeValue] | None = None,
    ) -> None:
        """A difference whose identity is its old and new value, unless `identity` gives better ones."""
        old, new = identity if identity is not None else (before, after)
        self.changes.append(
            SchemaChange(
                fact=fact,
                path=ROOT + step,
                site=site,
                side=side,
                before=before,
                after=after,
                identity=(canonical(old), canonical(new)),
                attributes=attributes or {},
                definition=definition_of(site),
            )
        )

    def came_and_went(
        self,
        fact: str,
        base: tuple[Any, Node] | None,
        head: tuple[Any, Node] | None,
        *,
        attributes: dict[str, AttributeValue] | None = None,
    ) -> bool:
        """Reports `fact.added` or `fact.removed` when a keyword is on one side only. True when it was."""
        if base is None and head is not None:
            self.add(f"{fact}.added", head[1], after=head[0], attributes=attributes)
        elif head is None and base is not None:
            self.add(f"{fact}.removed", base[1], "base", before=base[0], attributes=attributes)
        else:
            return False
        return True

    def typed_now(self, *names: str) -> bool:
        """Whether all these types came, or all went: what is said about them is then part of that, and no news."""
        base, head = self.base.types, self.head.types
        if base is None or head is None:
            return False
        came, went = head - base, base - head
        return bool(came or went) and (came.issuperset(names) or went.issuperset(names))

    def descend(self, step: str, base: Conjunction, head: Conjunction, hidden: Visibility = (False, False)) -> None:
        self.edges.append(Edge(step, base, head, hidden))


def canonical(value: object) -> str:
    """The one text for a JSON value; empty for none."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=str)


def among(value: Any, values: Iterable[Any]) -> bool:
    """Whether a JSON value is one of these; true is not 1."""
    return any(value == other and isinstance(value, bool) is isinstance(other, bool) for other in values)


def plain(value: Any) -> AttributeValue:
    """A value as an attribute: scalars as they are, others as compact JSON cut to what a title can hold."""
    if value is None or isinstance(value, (str, int, float, bool)):
        return value
    text = canonical(value)
    return text if len(text) <= 80 else text[:79] + "…"


def pair(said: Said | None) -> tuple[Any, Node] | None:
    """A keyword as `Notes.came_and_went` takes it."""
    return None if said is None else (said.value, said.site)
