"""Whether two schemas can both be fitted by one value: a `oneOf` refuses a value that fits two of its members."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from bot.contracts.schema.notes import among
from bot.contracts.schema.shape import Conjunction, Shape, closed

_DEEPEST = 2
_Read = Callable[[Conjunction], Shape]


def all_apart(member: Shape, members: Sequence[Shape], read: _Read) -> bool:
    """Whether `member` is apart from all others of its union."""
    return all(other.home == member.home or apart(member, other, read) for other in members)


def apart(left: Shape, right: Shape, read: _Read, depth: int = 0) -> bool:
    """Whether it is proven that no value fits both shapes, which are of one side. `read`: shapes of their children."""
    if left.never or right.never:
        return True
    if left.nullable and right.nullable:
        return False
    if left.types is not None and right.types is not None and not _common(left.types, right.types):
        return True
    if left.enum is not None and right.enum is not None and not any(among(value, right.enum) for value in left.enum):
        return True
    if left.types != frozenset({"object"}) and right.types != frozenset({"object"}):
        return False
    if _lacks(left, right) or _lacks(right, left):
        return True
    both = left.required.keys() & right.required.keys() & left.properties.keys() & right.properties.keys()
    return depth < _DEEPEST and any(
        apart(read(left.properties[name]), read(right.properties[name]), read, depth + 1) for name in both
    )


def _common(left: frozenset[str], right: frozenset[str]) -> bool:
    numbers = frozenset({"integer", "number"})
    return bool(left & right) or bool(left & numbers and right & numbers)


def _lacks(shut: Shape, other: Shape) -> bool:
    """Whether `shut` forbids a property that `other` requires."""
    if not closed(shut.children.get("additionalProperties")) or shut.pattern_properties:
        return False
    return bool(other.required.keys() - shut.properties.keys())
