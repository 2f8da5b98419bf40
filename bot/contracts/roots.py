"""One root cause, one change: many felt differences become the few edits that cause them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from bot.contracts.change import AttributeValue, Change, Place
from bot.contracts.document import Position
from bot.contracts.tree import Node, Pointer

Side = Literal["base", "head"]

Positions = Callable[[Side, str, Collection[Pointer]], Mapping[Pointer, Position]]
"""(side, path of a file, pointers) to positions. Asked once per file; a pointer that can't be placed is left out."""


@dataclass(frozen=True, slots=True)
class Felt:
    """A difference as it is met at one place, before grouping.

    site: the node whose edit causes it (the head's, or the base's for what was removed: `side`); its position is
        looked up later.
    definition: name of the nearest named definition that holds the site (`Order`) and the path below it (`$.status`),
        None when the site is inline.
    """

    fact: str
    place: Place
    site: Node
    side: Side
    before: object = None
    after: object = None
    identity: tuple[str, str] = ("", "")
    attributes: Mapping[str, AttributeValue] = field(default_factory=dict)
    definition: tuple[str, str] | None = None


def group(felt: Iterable[Felt], positions: Positions) -> tuple[Change, ...]:
    """One Change for each root cause, with its places sorted; the changes in the order of their positions.

    What is felt at the same site with the same fact and identity has one cause. The element of a cause in a named
    definition is the definition's address (`Order:$.status`), however many places reach it; of an inline one, the
    place's (the first one's, when a `$ref` into the middle of an operation leads others there). Two causes that would
    carry the same fact, element and identity (two members of a `oneOf`, edited alike) are one change: nobody could
    tell them apart when signing.

    Attributes on which the places disagree are moved to the places, where rules see them just the same.
    """
    causes: dict[tuple[object, ...], list[Felt]] = {}
    for one in felt:
        causes.setdefault((one.fact, one.side, one.site.path, one.site.pointer, one.identity), []).append(one)
    changes: dict[tuple[object, ...], list[Felt]] = {}
    for found in causes.values():
        key = (found[0].fact, _element(found), found[0].identity, found[0].side)
        changes.setdefault(key, []).extend(found)
    located = _located(changes.values(), positions)
    return tuple(sorted((_change(found, located) for found in changes.values()), key=_order))


def _element(found: list[Felt]) -> str:
    definition = found[0].definition
    if definition is not None:
        return f"{definition[0]}:{definition[1]}"
    return min(one.place.address for one in found)


_Located = Mapping[tuple[Side, str, Pointer], Position]


def _located(changes: Iterable[list[Felt]], positions: Positions) -> _Located:
    wanted: dict[tuple[Side, str], set[Pointer]] = {}
    for found in changes:
        for one in found:
            wanted.setdefault((one.side, one.site.path), set()).add(one.site.pointer)
    return {
        (side, path, pointer): position
        for (side, path), pointers in wanted.items()
        for pointer, position in positions(side, path, pointers).items()
    }


def _change(found: list[Felt], located: _Located) -> Change:
    first = found[0]
    shared = _shared_attributes(found)
    places: dict[tuple[str, str], Place] = {}
    for one in found:
        differing = {name: value for name, value in one.attributes.items() if name not in shared}
        place = Place(one.place.address, {**differing, **one.place.attributes})
        places.setdefault((place.address, repr(sorted(place.attributes.items()))), place)
    known = [
        position for one in found if (position := located.get((one.side, one.site.path, one.site.pointer))) is not None
    ]
    return Change(
        fact=first.fact,
        element=_element(found),
        places=tuple(place for _, place in sorted(places.items(), key=lambda item: item[0])),
        before=first.before,
        after=first.after,
        identity=first.identity,
        attributes=shared,
        position=min(known, default=None),
        side=first.side,
    )


def _shared_attributes(found: list[Felt]) -> dict[str, AttributeValue]:
    missing = object()
    return {
        name: value
        for name, value in found[0].attributes.items()
        if all(_same(one.attributes.get(name, missing), value) for one in found)
    }


def _same(left: object, right: object) -> bool:
    return type(left) is type(right) and left == right


def _order(change: Change) -> tuple[bool, Position, str, str, tuple[str, str]]:
    position = change.position
    return (position is None, position or Position("", 0), change.fact, change.element, change.identity)
