"""From the names in JSON bodies and queries to the paths of element addresses. Values are passed over."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from bot.contracts.address import property_path
from bot.contracts.tree import Pointer

_BRACKETED = re.compile(r"\[([^\[\]]*)\]")


@dataclass(frozen=True, slots=True)
class Leaf:
    """A value without anything below it: a scalar, or an empty container. path: `$.items[*].sku`; pointer: from the
    root of the value that was walked.
    """

    path: str
    pointer: Pointer
    value: Any


def leaves(value: Any, wildcard: Callable[[str, Pointer], bool] | None = None) -> Iterator[Leaf]:
    """The leaves of a JSON value in the order of the text, each path once. All items of an array are `[*]`.

    wildcard: whether the keys of the object at a path and pointer are data, not names; these are then `.{*}`.
    """
    seen: set[str] = set()
    waiting: list[Leaf] = [Leaf("$", (), value)]
    while waiting:
        at = waiting.pop()
        if isinstance(at.value, dict) and at.value:
            mapped = wildcard is not None and wildcard(at.path, at.pointer)
            below = [
                Leaf(f"{at.path}.{{*}}" if mapped else property_path(at.path, str(key)), (*at.pointer, key), child)
                for key, child in at.value.items()
            ]
        elif isinstance(at.value, list) and at.value:
            below = [Leaf(f"{at.path}[*]", (*at.pointer, index), child) for index, child in enumerate(at.value)]
        else:
            if at.path not in seen:
                seen.add(at.path)
                yield at
            continue
        waiting.extend(reversed(below))


def deep_name(name: str) -> tuple[str, str]:
    """A bracketed query name as a parameter and a path: `filter[address][city]` is `filter` and `$.address.city`."""
    first, bracket, _ = name.partition("[")
    steps = _BRACKETED.findall(name) if bracket else []
    path = "$"
    for step in steps:
        path = f"{path}[*]" if not step or step.isdigit() else property_path(path, step)
    return first, path
