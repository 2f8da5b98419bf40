"""YAML and JSON contracts without semantics of their own (`type: other` in the registry): what differs, value by value.

What is equal is dropped first, at the speed of `==`; items of lists are brought beside each other, so that one inserted
in the middle is one addition; deepdiff compares the rest. Nothing is known of what the values mean, so the catalogue
(rules/other.yml) takes additions for compatible and leaves everything else to the decision owner.

Addresses begin with the file's name without its ending: `limits:$.retry.max` in `config/limits.yaml`.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from pathlib import PurePosixPath
from typing import Any, NamedTuple

from bot.contracts.address import property_path
from bot.contracts.change import AttributeValue, Comparison, Place
from bot.contracts.document import Document, Position, Side
from bot.contracts.formats import SideUnreadable, positions
from bot.contracts.options import Options
from bot.contracts.reading import Unreadable
from bot.contracts.references import FileResolver
from bot.contracts.roots import Felt, group
from bot.contracts.tree import Node, Pointer

MOST_CHANGES = 1_000
"""Beyond that the document is another one, and a list of its differences helps nobody."""
_MOST_PAIRINGS = 4_000_000
"""Items of one list times items of the other: what aligning two lists may cost."""
_NAMES = ("id", "name", "key")
"""Members that tell the items of a list apart, when every item has one and no two have the same."""
_SHOWN = 200
_LONGEST_IDENTITY = 200
_PLAIN = re.compile(r"[A-Za-z0-9_-]+")


def recognise(path: str, data: bytes) -> bool:  # noqa: ARG001
    """Never: only a registry says that such a file is a contract."""
    return False


def referenced_files(document: Document) -> frozenset[str]:  # noqa: ARG001
    """What looks like a reference has no known meaning here."""
    return frozenset()


def compare(base: Side, head: Side, options: Options) -> Comparison:  # noqa: ARG001
    old, new = _root(base, "base"), _root(head, "head")
    scope = _scope(old.path)
    try:
        felt = [_felt(found, old, new, scope) for found in _differences(old.value, new.value)]
    except _TooMany:
        felt = [_another_document(old, new, scope)]

    def find(side: str, path: str, pointers: Collection[Pointer]) -> Mapping[Pointer, Position]:
        return positions(base, head, side, path, pointers)

    return Comparison(group(felt, find))


def _root(side: Side, name: str) -> Node:
    path = side.entrypoint or ""
    try:
        root = FileResolver(side).root(path)
        if not isinstance(root.value, dict | list):
            raise Unreadable(
                "The document is neither a mapping nor a list, so there are no values in it to compare. Contracts of "
                "type `other` are YAML or JSON.",
                1,
                1,
            )
    except Unreadable as error:
        raise SideUnreadable(name, path, error) from None
    return root


class _Slot(NamedTuple):
    """Where an item of a list stands at base and at head; None where it is not."""

    base: int | None
    head: int | None


_Key = str | _Slot
_MISSING = object()


class _Difference(NamedTuple):
    """A value that differs. before, after: _MISSING where there is none."""

    keys: tuple[_Key, ...]
    before: Any
    after: Any


class _TooMany(Exception):
    """More differences than anybody would look at."""


def _differences(base: Any, head: Any) -> Iterator[_Difference]:
    """Raises _TooMany."""
    reduced = _Reduction().of(base, head)
    if reduced is None:
        return
    # Imported late: it takes longer than a small comparison does.
    from deepdiff import DeepDiff

    found = DeepDiff(
        *reduced,
        view="tree",
        ignore_private_variables=False,  # keys may begin with two underscores
        ignore_nan_inequality=True,
        threshold_to_diff_deeper=0,  # two mappings with little in common are still compared key by key
        zip_ordered_iterables=True,  # lists were aligned here
    )
    for kind, levels in found.items():
        for level in levels:
            before = _MISSING if kind == "dictionary_item_added" else level.t1
            after = _MISSING if kind == "dictionary_item_removed" else level.t2
            keys = tuple(level.path(output_format="list", force="fake"))
            yield _Difference(keys, _unwrapped(before), _unwrapped(after))


class _Whole(NamedTuple):
    """A value that is there on one side alone: deepdiff has nothing to look for in it."""

    value: Any


def _unwrapped(value: Any) -> Any:
    return value.value if isinstance(value, _Whole) else value


class _Reduction:
    """Leaves out everything equal, and makes lists mappings from slots."""

    def __init__(self) -> None:
        self._differences = 0

    def of(self, base: Any, head: Any) -> tuple[Any, Any] | None:
        """What differs of both; None when nothing does. Raises _TooMany."""
        if base == head and _is_equal(base, head):
            return None
        if isinstance(base, dict) and isinstance(head, dict):
            return self._of_members(
                (key, base.get(key, _MISSING), head.get(key, _MISSING)) for key in dict.fromkeys([*base, *head])
            )
        if isinstance(base, list) and isinstance(head, list):
            return self._of_members(
                (
                    slot,
                    _MISSING if slot.base is None else base[slot.base],
                    _MISSING if slot.head is None else head[slot.head],
                )
                for slot in _aligned(base, head)
            )
        if _is_equal(base, head):
            return None
        self._count()
        return base, head

    def _of_members(self, members: Iterable[tuple[_Key, Any, Any]]) -> tuple[Any, Any] | None:
        left: dict[_Key, Any] = {}
        right: dict[_Key, Any] = {}
        for key, base, head in members:
            if base is _MISSING:
                self._count()
                right[key] = _Whole(head)
            elif head is _MISSING:
                self._count()
                left[key] = _Whole(base)
            elif (both := self.of(base, head)) is not None:
                left[key], right[key] = both
        return (left, right) if left or right else None

    def _count(self) -> None:
        self._differences += 1
        if self._differences > MOST_CHANGES:
            raise _TooMany


def _is_equal(base: Any, head: Any) -> bool:
    """Equal as JSON: 1 is 1.0, and true is neither; Python says otherwise of true. YAML's NaN is itself, too."""
    if isinstance(base, dict) and isinstance(head, dict):
        return base.keys() == head.keys() and all(_is_equal(value, head[key]) for key, value in base.items())
    if isinstance(base, list) and isinstance(head, list):
        return len(base) == len(head) and all(map(_is_equal, base, head))
    return _kind(base) == _kind(head) and (base == head or (base != base and head != head))


def _aligned(base: list[Any], head: list[Any]) -> Iterator[_Slot]:
    """Which item of one list is which of the other: by their names where they have some, else by what they are."""
    start = 0
    while start < min(len(base), len(head)) and _is_equal(base[start], head[start]):
        start += 1
    end = 0
    while end < min(len(base), len(head)) - start and _is_equal(base[-1 - end], head[-1 - end]):
        end += 1
    left, right = base[start : len(base) - end], head[start : len(head) - end]
    if len(left) * len(right) > _MOST_PAIRINGS:
        blocks = [(0, len(left), 0, len(right))]
    else:
        matcher = SequenceMatcher(None, *_tokens(left, right), autojunk=False)
        blocks = [block[1:] for block in matcher.get_opcodes()]
    for i, i_end, j, j_end in blocks:
        together = min(i_end - i, j_end - j)
        yield from (_Slot(start + i + n, start + j + n) for n in range(together))
        yield from (_Slot(start + n, None) for n in range(i + together, i_end))
        yield from (_Slot(None, start + n) for n in range(j + together, j_end))


def _tokens(left: list[Any], right: list[Any]) -> tuple[Sequence[Hashable], Sequence[Hashable]]:
    """Something for each item that two items share when they are the same one."""
    for name in _NAMES:
        named = [[item.get(name) if isinstance(item, dict) else None for item in side] for side in (left, right)]
        if all(isinstance(value, str | int) for side in named for value in side) and all(
            len(set(side)) == len(side) for side in named
        ):
            return named[0], named[1]
    return [_written(item) for item in left], [_written(item) for item in right]


def _felt(found: _Difference, base: Node, head: Node, scope: str) -> Felt:
    """Removed values stand at base, all others at head."""
    removed = found.after is _MISSING
    root, side = (base, "base") if removed else (head, "head")
    pointer: Pointer = tuple(
        key if isinstance(key, str) else (key.base if removed else key.head) or 0 for key in found.keys
    )
    kinds = _kind(found.before), _kind(found.after)
    if found.before is _MISSING:
        fact = "value.added"
    elif removed:
        fact = "value.removed"
    else:
        fact = "value.changed" if kinds[0] == kinds[1] else "value.type.changed"
    attributes: dict[str, AttributeValue] = {
        "name": str(pointer[-1]) if pointer else scope,
        "before_type": kinds[0],
        "after_type": kinds[1],
    }
    return Felt(
        fact=fact,
        place=Place(scope + ":" + _path(pointer), {"direction": "none"}),
        site=Node(root.path, pointer, None),
        side="base" if side == "base" else "head",
        before=_shown(found.before),
        after=_shown(found.after),
        identity=(_identity(found.before), _identity(found.after)),
        attributes=attributes,
    )


def _another_document(base: Node, head: Node, scope: str) -> Felt:
    return Felt(
        fact="value.changed",
        place=Place(f"{scope}:$", {"direction": "none"}),
        site=Node(head.path, (), None),
        side="head",
        before=f"more than {MOST_CHANGES:,} values",
        after="others",
        identity=(_identity(base.value), _identity(head.value)),
        attributes={"name": scope, "before_type": _kind(base.value), "after_type": _kind(head.value)},
    )


def _scope(path: str) -> str:
    stem = PurePosixPath(path).stem or path
    return stem if _PLAIN.fullmatch(stem) else "'" + stem.replace("'", "''") + "'"


def _path(pointer: Pointer) -> str:
    path = "$"
    for key in pointer:
        path = f"{path}[{key}]" if isinstance(key, int) else property_path(path, key)
    return path


def _kind(value: Any) -> str:
    """The value's type in JSON's words."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int | float):
        return "number"
    if isinstance(value, str):
        return "string"
    return "mapping" if isinstance(value, dict) else "list" if isinstance(value, list) else "nothing"


def _shown(value: Any) -> object:
    if value is _MISSING:
        return None
    if not isinstance(value, dict | list):
        return "null" if value is None else value
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"


def _identity(value: Any) -> str:
    """The value itself, key order aside; a long one by its digest."""
    if value is _MISSING:
        return ""
    text = _written(value)
    return text if len(text) <= _LONGEST_IDENTITY else hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()


def _written(value: Any) -> str:
    return json.dumps(_with_plain_numbers(value), sort_keys=True, separators=(",", ":"))


def _with_plain_numbers(value: Any) -> Any:
    """1.0 is 1."""
    if isinstance(value, dict):
        return {key: _with_plain_numbers(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_with_plain_numbers(inner) for inner in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value
