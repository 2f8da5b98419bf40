"""Are two subtrees the same, references included?

Most of a large contract is, so this decides what is never walked. Textually equal values are the same unless a `$ref`
inside leads to something that differs. Which references do is decided once per pair of targets: everything reachable is
explored, then difference is propagated back to whoever refers to it.
"""

from __future__ import annotations

import re
from typing import Any

import orjson

from bot.contracts.tree import Node, Pointer, Resolver, UnresolvedReference

_REFERENCE = re.compile(rb'"\$ref":("(?:[^"\\]|\\.)*")')
_Pair = tuple[str, Pointer, str, Pointer]


class Sameness:
    """Answers for one base and one head."""

    def __init__(self, base: Resolver, head: Resolver) -> None:
        self._base = base
        self._head = head
        self._decided: dict[_Pair, bool] = {}
        self._links: dict[tuple[str, str, str], tuple[Node, Node] | bool] = {}

    def same(self, base: Node, head: Node) -> bool:
        """Whether the two say the same, through all their references."""
        references = equal_references(base.value, head.value)
        return references is not None and all(self._target_same(r, base.path, head.path) for r in references)

    def _target_same(self, reference: str, base_path: str, head_path: str) -> bool:
        link = self._link(reference, base_path, head_path)
        if isinstance(link, bool):
            return link
        pair = _key(*link)
        if pair not in self._decided:
            self._explore(link)
        return self._decided[pair]

    def _link(self, reference: str, base_path: str, head_path: str) -> tuple[Node, Node] | bool:
        """The two targets of a reference; True when it leads nowhere on both sides, False when only on one."""
        key = (reference, base_path, head_path)
        if key not in self._links:
            base, head = _target(self._base, reference, base_path), _target(self._head, reference, head_path)
            self._links[key] = (base, head) if base is not None and head is not None else base is head
        return self._links[key]

    def _explore(self, start: tuple[Node, Node]) -> None:
        """Decide `start` and every pair reached from it."""
        users: dict[_Pair, list[_Pair]] = {}
        differing: list[_Pair] = []
        reached = {_key(*start)}
        waiting = [start]
        while waiting:
            base, head = waiting.pop()
            pair = _key(base, head)
            references = equal_references(base.value, head.value)
            differs = references is None
            for reference in references or ():
                link = self._link(reference, base.path, head.path)
                if isinstance(link, bool):
                    differs = differs or not link
                    continue
                target = _key(*link)
                users.setdefault(target, []).append(pair)
                if target in self._decided:
                    differs = differs or not self._decided[target]
                elif target not in reached:
                    reached.add(target)
                    waiting.append(link)
            if differs:
                differing.append(pair)
        tainted = set(differing)
        while differing:
            for user in users.get(differing.pop(), ()):
                if user not in tainted:
                    tainted.add(user)
                    differing.append(user)
        for pair in reached:
            self._decided[pair] = pair not in tainted


def equal_references(base: Any, head: Any) -> frozenset[str] | None:
    """The references in two equal values; None when they are not equal.

    Equal as JSON: true is not 1, though Python says so. Therefore, and because it finds the references at the speed of
    C, what Python calls equal is compared once more as text.
    """
    if base != head:
        return None
    written = _written(base)
    if written != _written(head) and _written(base, sort=True) != _written(head, sort=True):
        return None
    return frozenset(orjson.loads(text) for text in _REFERENCE.findall(written))


def _written(value: Any, *, sort: bool = False) -> bytes:
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS if sort else None)


def _key(base: Node, head: Node) -> _Pair:
    return (base.path, base.pointer, head.path, head.pointer)


def _target(resolver: Resolver, reference: str, path: str) -> Node | None:
    try:
        return resolver.resolve(Node(path, (), {"$ref": reference}))
    except UnresolvedReference:
        return None
