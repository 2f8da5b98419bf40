"""What the parts of a Protobuf comparison share: both sides, the mode, and the list of changes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal

import orjson

from bot.contracts.change import AttributeValue, Change, Place
from bot.contracts.document import Fault, Position
from bot.contracts.options import Options
from bot.contracts.protobuf.model import File, Span
from bot.contracts.protobuf.names import Tree

WHOLE = "**"
CATEGORIES = frozenset({"file", "package", "csr", "wire_json", "wire"})
"""Modes of their own, after the categories of buf's breaking rules (buf.build/docs/breaking/rules)."""


def category(options: Options) -> str:
    """What a contract's mode asks for: other formats' `backward`, `forward` and `full` are the strictest, `file`, which
    holds in both directions; `none` is judged by what is left when code is generated anew everywhere: the wire.
    """
    if options.mode in CATEGORIES:
        return options.mode
    return "wire" if options.mode == "none" else "file"


class Record:
    """Collects changes while the comparison walks both sides."""

    def __init__(self, base: Tree, head: Tree, mode: str) -> None:
        self.base = base
        self.head = head
        self.mode = mode
        self.changes: list[Change] = []
        self.faults: list[Fault] = []
        self.not_checked: dict[str, None] = {}
        self.renamed: dict[str, str] = {}
        """Full names that only changed because the package of their file did, with the new ones."""

    def add(
        self,
        fact: str,
        element: str,
        at: tuple[File, Span],
        side: Literal["base", "head"] = "head",
        *,
        before: object = None,
        after: object = None,
        identity: object = None,
        places: Iterable[Place] = (),
        about: Mapping[str, AttributeValue] | None = None,
        **attributes: AttributeValue,
    ) -> None:
        """One fact at a span of a file, with the attributes of `about` and the named ones.

        Its identity is before and after, and `identity` when these do not suffice.
        """
        file, span = at
        self.at(
            fact,
            element,
            (self.base if side == "base" else self.head).position(file, span),
            side,
            before=before,
            after=after,
            identity=identity,
            places=places,
            attributes={**(about or {}), **attributes},
        )

    def at(
        self,
        fact: str,
        element: str,
        position: Position,
        side: Literal["base", "head"],
        *,
        before: object,
        after: object,
        identity: object,
        places: Iterable[Place],
        attributes: Mapping[str, AttributeValue],
    ) -> None:
        old, new = (before, after) if identity is None else ([before, identity], [after, identity])
        self.changes.append(
            Change(
                fact=fact,
                element=element or WHOLE,
                places=tuple(places) or (Place(element or WHOLE, {"direction": "none"}),),
                before=before,
                after=after,
                identity=(_normal(old), _normal(new)),
                attributes={**attributes, "mode": self.mode},
                position=position,
                side=side,
            )
        )

    def finished(self) -> tuple[Change, ...]:
        """The changes in the order of their positions; what nobody could tell apart is one change."""
        told: dict[tuple[object, ...], Change] = {}
        for change in sorted(self.changes, key=_order):
            told.setdefault((change.fact, change.element, change.identity, change.side), change)
        return tuple(told.values())


def _normal(value: object) -> str:
    return "" if value is None else orjson.dumps(value, option=orjson.OPT_SORT_KEYS, default=str).decode()


def _order(change: Change) -> tuple[Position, str, str, tuple[str, str]]:
    return (change.position or Position("", 0), change.fact, change.element, change.identity)
