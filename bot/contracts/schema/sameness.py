"""Are two subtrees the same, references included?

Textually equal values are the same unless a `$ref` inside leads to something that differs. Which references do is
decided once per pair of targets: the whole reachable set is explored, then difference is propagated backwards.
"""

from __future__ import annotations

from typing import Any

from bot.contracts.tree import Node, Pointer, Resolver, UnresolvedReference

_Pair = tuple[str, Pointer, str, Pointer]


class Sameness:
    """Answers for one base and one head. Every pair of reference targets is looked at once."""

    def __init__(self, base: Resolver, head: Resolver) -> None:
        self._base = base
        self._head = head
        self._decided: dict[_Pair, bool] = {}
        self._links: dict[tuple[str, str, str], tuple[Node, Node] | bool] = {}

    def same(self, base: Node, head: Node) -> bool:
        """Whether the two say the same, through all their references."""
        references: list[str] = []
        if not _equal(base.value, head.value, references):
            return False
        return all(self._target_same(reference, base.path, head.path) for reference in references)

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
        users: dict[_Pair, list[_Pair]] = {}
        waiting = [start]
        seen: set[_Pair] = {_key(*start)}
        differing: list[_Pair] = []
        while waiting:
            base, head = waiting.pop()
            pair = _key(base, head)
            references: list[str] = []
            differs = not _equal(base.value, head.value, references)
            for reference in () if differs else dict.fromkeys(references):
                link = self._link(reference, base.path, head.path)
                if isinstance(link, bool):
                    differs = differs or not link
                    continue
                target = _key(*link)
                users.setdefault(target, []).append(pair)
                if target in self._decided:
                    differs = differs or not self._decided[target]
                elif target not in seen:
                    seen.add(target)
                    waiting.append(link)
            if differs:
                differing.append(pair)
        tainted = set(differing)
        while differing:
            for user in users.get(differing.pop(), ()):
                if user not in tainted:
                    tainted.add(user)
                    differing.append(user)
        for pair in seen:
            self._decided[pair] = pair not in tainted


def _key(base: Node, head: Node) -> _Pair:
    return (base.path, base.pointer, head.path, head.pointer)


def _target(resolver: Resolver, reference: str, path: str) -> Node | None:
    try:
        return resolver.resolve(Node(path, (), {"$ref": reference}))
    except UnresolvedReference:
        return None


def _equal(base: Any, head: Any, references: list[str]) -> bool:
    """Equal as JSON values (True is not 1, though Python says so). Collects the references of an equal value."""
    if base != head:
        return False
    waiting = [(base, head)]
    while waiting:
        left, right = waiting.pop()
        if isinstance(left, dict):
            for key, value in left.items():
                if key == "$ref" and isinstance(value, str):
                    references.append(value)
                elif isinstance(value, (dict, list)):
                    waiting.append((value, right[key]))
                elif isinstance(value, bool) is not isinstance(right[key], bool):
                    return False
        elif isinstance(left, list):
            waiting.extend(zip(left, right, strict=True))
        elif isinstance(left, bool) is not isinstance(right, bool):
            return False
    return True
