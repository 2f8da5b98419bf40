"""Matchers that old Ruby versions wrote into bodies as their own objects (`json_class`), which are no fields."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.contracts.tree import Pointer

_INSIDE: Mapping[str, Pointer] = {
    "Pact::Term": ("data", "generate"),
    "Pact::SomethingLike": ("contents",),
    "Pact::ArrayLike": ("contents",),
}
_KINDS = {"Pact::Term": "regex"}


@dataclass(frozen=True, slots=True)
class Unwrapped:
    """A value without the wrappers. matched: by pointer, the kind of matcher that stood around a value there.

    moved: by pointer, what to put behind the pointer of the value above to find it in the file.
    """

    value: Any
    matched: Mapping[Pointer, str] = field(default_factory=dict)
    moved: Mapping[Pointer, Pointer] = field(default_factory=dict)

    def written(self, pointer: Pointer) -> Pointer:
        if not self.moved:
            return pointer
        found: Pointer = self.moved.get((), ())
        for length in range(1, len(pointer) + 1):
            found += self.moved.get(pointer[:length], pointer[length - 1 : length])
        return found


def unwrap(value: Any) -> Unwrapped:
    """The value with every wrapper replaced by what it generates. An `ArrayLike` is an array of one such item."""
    matched: dict[Pointer, str] = {}
    moved: dict[Pointer, Pointer] = {}
    return Unwrapped(_plain(value, (), matched, moved), matched, moved)


def _plain(value: Any, at: Pointer, matched: dict[Pointer, str], moved: dict[Pointer, Pointer]) -> Any:
    passed: Pointer = ()
    array = False
    while (inside := _INSIDE.get(_class(value))) is not None:
        name = _class(value)
        found = _below(value, inside)
        if found is _NOTHING:
            break
        if array:  # an array of arrays: the inner one is left to the recursion
            break
        matched.setdefault(at, _KINDS.get(name, "type"))
        array = name == "Pact::ArrayLike"
        passed += inside
        value = found
    if passed and not array:
        moved[at] = at[-1:] + passed
    if array:
        item = (*at, 0)
        matched.setdefault(item, "type")
        plain = [_plain(value, item, matched, moved)]
        moved[item] = passed + moved.get(item, (0,))[1:]
        return plain
    if isinstance(value, dict):
        return {key: _plain(below, (*at, key), matched, moved) for key, below in value.items()}
    if isinstance(value, list):
        return [_plain(below, (*at, index), matched, moved) for index, below in enumerate(value)]
    return value


def _class(value: Any) -> str:
    name = value.get("json_class") if isinstance(value, dict) else None
    return name if isinstance(name, str) else ""


_NOTHING = object()


def _below(value: Any, pointer: Pointer) -> Any:
    for key in pointer:
        if not isinstance(value, dict) or key not in value:
            return _NOTHING
        value = value[key]
    return value
