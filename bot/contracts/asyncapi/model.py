"""What AsyncAPI 2 and 3 both say, in the words of 3. `Node`s keep where it was written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from bot.contracts.tree import Node

Action = Literal["send", "receive"]
"""Seen from the application that the document describes."""


@dataclass(frozen=True, slots=True)
class Layers:
    """A mapping and its traits, references followed; the first that has a key has the say."""

    nodes: Sequence[Node]

    @property
    def own(self) -> Node:
        return self.nodes[0]

    def get(self, key: str) -> Node | None:
        """The value at `key`, None when nobody says it."""
        for node in self.nodes:
            if isinstance(node.value, dict) and node.value.get(key) is not None:
                return node.child(key)
        return None

    def all(self, key: str) -> list[Node]:
        """The value at `key` of everybody who says it."""
        return [n.child(key) for n in self.nodes if isinstance(n.value, dict) and n.value.get(key) is not None]

    def text(self, key: str) -> str | None:
        node = self.get(key)
        return None if node is None else str(node.value)


@dataclass(frozen=True, slots=True)
class Message:
    """name: what its elements are addressed by. content_type: its own or the document's default.

    format: the schema language of the payload; empty for JSON Schema, which AsyncAPI's own is a superset of.
    """

    name: str
    layers: Layers
    content_type: str | None
    format: str
    payload: Node | None
    headers: Node | None


@dataclass(frozen=True, slots=True)
class Reply:
    node: Node
    location: str | None
    channel: str | None
    messages: Mapping[str, Message]


@dataclass(frozen=True, slots=True)
class Operation:
    action: Action
    name: str | None
    layers: Layers
    messages: Mapping[str, Message]
    reply: Reply | None
    security: frozenset[str] | None


@dataclass(frozen=True, slots=True)
class Parameter:
    """schema: of the value, in both versions a plain value; `node` is where it is written."""

    node: Node
    schema: Node
    location: str | None


@dataclass(frozen=True, slots=True)
class Channel:
    """address: None when it is not known before the application runs. servers: None when it is on all of them."""

    key: str
    address: str | None
    node: Node
    parameters: Mapping[str, Parameter]
    messages: Mapping[str, Message]
    operations: Mapping[Action, Sequence[Operation]]
    servers: frozenset[str] | None


@dataclass(frozen=True, slots=True)
class Server:
    node: Node
    host: str
    pathname: str
    protocol: str | None
    protocol_version: str | None
    security: frozenset[str] | None


@dataclass(frozen=True, slots=True)
class AsyncApi:
    """One side. `version`: 2 or 3. `lost`: references that could not be followed, with the reason."""

    root: Node
    version: int
    servers: Mapping[str, Server]
    channels: Mapping[str, Channel]
    schemes: Mapping[str, Node]
    lost: Mapping[tuple[str, str], tuple[Node, str]] = field(default_factory=dict)


def members(node: Node | None, key: str) -> dict[str, Node]:
    """The members of the mapping at `key`; empty when there is none."""
    value = node.value.get(key) if node is not None and isinstance(node.value, dict) else None
    if node is None or not isinstance(value, dict):
        return {}
    return {str(name): node.child(key, name) for name in value if not str(name).startswith("x-")}


def items(node: Node | None, key: str) -> list[Node]:
    """The items of the list at `key`; empty when there is none."""
    value = node.value.get(key) if node is not None and isinstance(node.value, dict) else None
    if node is None or not isinstance(value, list):
        return []
    return [node.child(key, index) for index in range(len(value))]


def said(node: Node, key: str) -> Any:
    return node.value.get(key) if isinstance(node.value, dict) else None
