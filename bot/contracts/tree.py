"""Values read from a document, and where they stand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

Pointer = tuple[str | int, ...]
"""Keys and indices from the root of a file to a value."""


@dataclass(frozen=True, slots=True)
class Node:
    """A plain value (dict, list, str, int, float, bool, None) with the file and pointer it stands at."""

    path: str
    pointer: Pointer
    value: Any

    def child(self, *keys: str | int) -> Node:
        """The value below `keys`, which must be there (KeyError, IndexError otherwise)."""
        value = self.value
        for key in keys:
            value = value[key]
        return Node(self.path, self.pointer + keys, value)


class UnresolvedReference(Exception):
    """A `$ref` that leads nowhere we may or can go. The message is for a reader: it names the reference and the
    reason.
    """

    def __init__(self, reference: str, reason: str) -> None:
        super().__init__(f"`$ref: {reference}` {reason}")
        self.reference = reference
        self.reason = reason


class Resolver(Protocol):
    """Follows references on one side of a contract."""

    def resolve(self, node: Node) -> Node:
        """The node that `node` stands for: itself, or what its `$ref` (and any chain of them) leads to.

        Raises UnresolvedReference for references out of the repository, to nothing, or in a circle.
        """
        ...
