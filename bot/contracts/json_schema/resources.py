"""Schemas by the names they give themselves: `$id` (`id` in draft 4) and what is relative to it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urldefrag, urljoin

from bot.contracts.document import Side
from bot.contracts.reading import Unreadable
from bot.contracts.references import FileResolver
from bot.contracts.tree import Node, Pointer, UnresolvedReference

_IDENTIFIERS = ("$id", "id")
_MOST_DEPTH = 200


class SchemaResolver(FileResolver):
    """Follows references that name a schema of the same file by its `$id`, and all others as files do.

    A reference is relative to the nearest `$id` around it (JSON Schema 2020-12 Core, section 8.2); it is tried as such,
    then as a path in the repository: most schemas carry an `$id` that nobody serves.
    """

    def __init__(self, side: Side) -> None:
        super().__init__(side)
        self._identified: dict[str, dict[str, Pointer]] = {}

    def resolve(self, node: Node) -> Node:
        reference = node.value.get("$ref") if isinstance(node.value, dict) else None
        if isinstance(reference, str):
            target = self._by_identifier(node, reference)
            if target is not None and (target.path, target.pointer) != (node.path, node.pointer):
                return self.resolve(target)
        return super().resolve(node)

    def _by_identifier(self, node: Node, reference: str) -> Node | None:
        address, fragment = urldefrag(reference)
        identifiers = self._identifiers(node.path)
        if not identifiers or (not address and (not fragment or fragment.startswith("/"))):
            return None
        for base in identifiers:
            wanted = urljoin(base, address)
            for name in dict.fromkeys((reference, wanted, f"{wanted}#{fragment}" if fragment else wanted)):
                if name in identifiers:
                    return self._within(node, identifiers[name], "" if name.endswith(f"#{fragment}") else fragment)
        return None

    def _within(self, node: Node, pointer: Pointer, fragment: str) -> Node | None:
        """The value at `pointer`, and below it what a JSON pointer in the fragment leads to."""
        steps: tuple[str | int, ...] = pointer
        if fragment.startswith("/"):
            parts = (part.replace("~1", "/").replace("~0", "~") for part in fragment.split("/")[1:])
            steps = (*pointer, *parts)
        elif fragment:
            return None
        target = self.root(node.path)
        try:
            for step in steps:
                target = target.child(int(step) if isinstance(target.value, list) else step)
        except (KeyError, IndexError, ValueError, TypeError):
            return None
        return target

    def _identifiers(self, path: str) -> dict[str, Pointer]:
        """Every identifier of a file, as written and made absolute, with where it stands. The root's is the first."""
        if path not in self._identified:
            try:
                value = self.root(path).value
            except (Unreadable, UnresolvedReference):
                value = None
            self._identified[path] = dict(_identified(value, (), ""))
        return self._identified[path]


def _identified(value: Any, pointer: Pointer, base: str) -> Iterator[tuple[str, Pointer]]:
    if len(pointer) > _MOST_DEPTH:
        return
    if isinstance(value, list):
        for index, item in enumerate(value):
            yield from _identified(item, (*pointer, index), base)
    if not isinstance(value, dict):
        return
    for keyword in _IDENTIFIERS:
        name = value.get(keyword)
        # A property may be called `id`, too; then its value is a schema and no text.
        if isinstance(name, str) and (not pointer or pointer[-1] not in ("properties", "enum", "default", "const")):
            absolute = urljoin(base, name)
            yield absolute, pointer
            yield absolute.removesuffix("#"), pointer
            yield name, pointer
            base = base if name.startswith("#") else absolute
    for key, item in value.items():
        if key not in ("enum", "const", "default", "examples"):
            yield from _identified(item, (*pointer, key), base)
