"""Matching rules: which values matter to a consumer, and which keys are data instead of names.

Version 2 writes them flat (`$.body.items[*].sku`), 3 and 4 by category (`body`, then `$.items[*].sku`). Where no rule
says otherwise, the value itself is compared; `type` holds for everything below, too, until `equality` ends it
(pact-specification, version-4, "Matching Rules" and "Selecting the best matching rule").
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.contracts.tree import Pointer

Step = str | int | None
"""A name, a position, or anything."""

_STEP = re.compile(r"""\.([^.\[\]]+)|\[(\d+)\]|\[(\*)\]|\['((?:[^'\\]|\\.)*)'\]|\["((?:[^"\\]|\\.)*)"\]""")
_CATEGORIES = {
    "body": "body",
    "content": "body",
    "contents": "body",
    "header": "header",
    "headers": "header",
    "metadata": "metadata",
    "metaData": "metadata",
    "path": "path",
    "query": "query",
    "status": "status",
}
_DEEP = frozenset({"type", "values", "eachValue", "equality"})
"""Kinds that hold for what lies below, too."""

_MAPS = frozenset({"values", "eachKey", "eachValue"})


@dataclass(slots=True)
class _Node:
    """A place that rules name. kinds: of the matchers there."""

    kinds: tuple[str, ...] = ()
    below: dict[Step, _Node] = field(default_factory=dict)

    def at(self, steps: Iterable[Step]) -> _Node:
        node = self
        for step in steps:
            node = node.below.setdefault(step, _Node())
        return node


class Rules:
    """The rules of one request, response or message."""

    def __init__(self, written: Any, matched: Mapping[Pointer, str] | None = None) -> None:
        """written: `matchingRules`. matched: matchers that stand in the values themselves, by pointer from the part
        (`("body", "id")`).
        """
        self._roots: dict[str, _Node] = {}
        self.statuses: tuple[str | int, ...] = ()
        """What a `statusCode` matcher allows: its word, or codes."""
        for category, steps, rule in _flat(written):
            self._add(category, steps, rule)
        for pointer, kind in (matched or {}).items():
            if pointer and (named := _CATEGORIES.get(str(pointer[0]))) is not None:
                self._node(named).at(pointer[1:]).kinds += (kind,)

    def exact(self, category: str, pointer: Pointer) -> bool:
        """Whether the value matters, not only its type or form. Of the rules that reach it the nearest counts."""
        best: tuple[int, int] = (-1, -1)
        kinds: tuple[str, ...] = ("equality",)
        for depth, named, node in self._reaching(category, pointer):
            own = depth == len(pointer)
            counting = tuple(kind for kind in node.kinds if own or kind in _DEEP)
            if counting and (depth, named) > best:
                best, kinds = (depth, named), counting
        return "equality" in kinds

    def has_data_keys(self, category: str, pointer: Pointer) -> bool:
        """Whether the keys of the object at `pointer` are data (`eachKey`, `eachValue`, `values`)."""
        reaching = self._reaching(category, pointer)
        return any(depth == len(pointer) and _MAPS.intersection(node.kinds) for depth, _, node in reaching)

    def paths(self, category: str) -> Iterator[tuple[tuple[Step, ...], bool]]:
        """The places that rules name, and whether the value there matters."""
        waiting: list[tuple[tuple[Step, ...], _Node]] = [((), self._node(category))]
        while waiting:
            steps, node = waiting.pop()
            if node.kinds:
                yield steps, "equality" in node.kinds
            waiting.extend(((*steps, step), below) for step, below in reversed(node.below.items()))

    def _reaching(self, category: str, pointer: Pointer) -> Iterator[tuple[int, int, _Node]]:
        """(depth, how many of its steps are names or positions, node) of every rule on the way to `pointer`."""
        nodes = [(0, self._node(category))]
        for depth in range(len(pointer) + 1):
            yield from ((depth, named, node) for named, node in nodes)
            if depth < len(pointer):
                nodes = [
                    (named + (step is not None), node.below[step])
                    for named, node in nodes
                    for step in (pointer[depth], None)
                    if step in node.below
                ]

    def _node(self, category: str) -> _Node:
        return self._roots.setdefault(category, _Node())

    def _add(self, category: str, steps: tuple[Step, ...], rule: Any) -> None:
        matchers = _matchers(rule)
        if category == "header":
            steps = tuple(step.lower() if isinstance(step, str) else step for step in steps)
        node = self._node(category).at(steps)
        for matcher in matchers:
            kind = _kind(matcher)
            node.kinds += (kind,)
            if kind == "statusCode":
                self.statuses = _statuses(matcher.get("status"))
            variants = matcher.get("variants")
            for variant in variants if kind == "arrayContains" and isinstance(variants, list) else ():
                self._add_variant(category, steps, variant)

    def _add_variant(self, category: str, steps: tuple[Step, ...], variant: Any) -> None:
        """What `arrayContains` says of one of the example's items. Without rules its value matters."""
        index = variant.get("index") if isinstance(variant, dict) else None
        rules = variant.get("rules") if isinstance(variant, dict) else None
        if isinstance(index, int) and isinstance(rules, dict):
            for path, rule in rules.items():
                below = _steps(path)
                if below is not None:
                    self._add(category, (*steps, index, *below), rule)


def _flat(written: Any) -> Iterator[tuple[str, tuple[Step, ...], Any]]:
    """Category, path in it, and rule, of either way to write them. What is no path is passed over."""
    for key, rule in written.items() if isinstance(written, dict) else ():
        if key.startswith("$"):
            steps = _steps(key)
            if steps is not None:
                named = _CATEGORIES.get(str(steps[0])) if steps else None
                yield (named, steps[1:], rule) if named else ("body", steps, rule)
        elif key in _CATEGORIES:
            yield from _in_category(_CATEGORIES[key], rule)


def _in_category(category: str, rules: Any) -> Iterator[tuple[str, tuple[Step, ...], Any]]:
    if _matchers(rules):
        yield category, (), rules
        return
    for key, rule in rules.items() if isinstance(rules, dict) else ():
        steps: tuple[Step, ...] | None = ()
        if key.startswith("$"):
            steps = _steps(key)
        elif key:
            # A header or parameter by its plain name; of one value among several, by its position.
            name, bracket, position = key.rpartition("[") if re.search(r"\[(\d+|\*)\]\Z", key) else (key, "", "")
            steps = (name, *(_steps(f"${bracket}{position}") or ())) if bracket else (name,)
        if steps is not None:
            yield category, steps, rule


def _steps(path: str) -> tuple[Step, ...] | None:
    """`$.items[*]['odd name']` as steps; None when it is no path."""
    steps: list[Step] = []
    at = 1
    while at < len(path):
        found = _STEP.match(path, at)
        if found is None:
            return None
        name, position, star, single, double = found.groups()
        if position is not None:
            steps.append(int(position[:9]))
        elif star or name == "*":
            steps.append(None)
        else:
            quoted = single if single is not None else double
            steps.append(re.sub(r"\\(.)", r"\1", quoted) if name is None else name)
        at = found.end()
    return tuple(steps)


def _matchers(rule: Any) -> list[Mapping[str, Any]]:
    """`{"matchers": [...]}` since version 3, the matcher itself before; drafts of version 3 had the list alone."""
    if isinstance(rule, dict) and isinstance(rule.get("matchers"), list):
        rule = rule["matchers"]
    if isinstance(rule, list):
        return [one for one in rule if isinstance(one, dict)]
    return [rule] if isinstance(rule, dict) and rule.keys() & {"match", "regex", "min", "max"} and _plain(rule) else []


def _plain(rule: Mapping[str, Any]) -> bool:
    """Not a category whose members happen to be called like a matcher's."""
    return not any(isinstance(value, dict) for key, value in rule.items() if key in ("match", "regex", "min", "max"))


def _kind(matcher: Mapping[str, Any]) -> str:
    """Early files leave `match` out where another key says it."""
    kind = matcher.get("match")
    if isinstance(kind, str):
        return kind
    return "regex" if "regex" in matcher else "type"


def _statuses(said: Any) -> tuple[str | int, ...]:
    if isinstance(said, str):
        return (said,)
    return tuple(one for one in said if isinstance(one, int)) if isinstance(said, list) else ()
