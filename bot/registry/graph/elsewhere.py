"""A registry of a clone with the consumers that only a server knows: those that speak in repositories of their own."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import TypeVar

from bot.registry.graph.graph import Edge, Graph
from bot.registry.model import Consumer, Registry

T = TypeVar("T")


def knows(graph: Graph, repository: str) -> bool:
    """Whether any contract of the repository (`owner/name`) is in the graph."""
    return any(node.repository.lower() == repository.lower() for node in graph.nodes)


def with_others(registry: Registry, graph: Graph, repository: str) -> tuple[Registry, int]:
    """The registry of `repository` with every consumer whose own half names a contract of it; and how many consumers
    are not told by name, whose signatures may be needed too.

    graph: as a server has told it (`bot.report.asked.whole`). Whom only the registry names is as the registry says.
    """
    names = {f"{repository}#{contract.id}".lower(): contract.id for contract in registry.contracts}
    edges = [edge for edge in graph.edges if edge.contract.lower() in names]
    speaking: dict[str, list[Edge]] = defaultdict(list)
    for edge in edges:
        if not edge.hidden and edge.said_by != "producer":
            speaking[edge.consumer.id].append(edge)
    consumers = {consumer.id: consumer for consumer in registry.consumers}
    for id, found in speaking.items():
        consumers[id] = _joined(consumers.get(id), found, names)
    words = {id: found[0].word for id, found in speaking.items() if found[0].word is not None}
    unnamed = [edge for edge in edges if edge.hidden]
    return registry.model_copy(
        update={"consumers": tuple(consumers.values()), "own_words": {**registry.own_words, **words}}
    ), len(unnamed)


def _joined(registered: Consumer | None, edges: Sequence[Edge], names: dict[str, str]) -> Consumer:
    """The consumer as its own half has it, with what the registry here says that it uses."""
    told = [use.model_copy(update={"contract": names[e.contract.lower()]}) for e in edges for use in e.uses]
    uses = (*(registered.uses if registered else ()), *told)
    assumes = (*(registered.assumes if registered else ()), *(one for edge in edges for one in edge.assumes))
    return edges[0].consumer.model_copy(
        update={"uses": tuple(_distinct(uses)), "assumes": tuple(_distinct(assumes)), "visibility": "org"}
    )


def _distinct(values: Sequence[T]) -> list[T]:
    found: list[T] = []
    for value in values:
        if value not in found:
            found.append(value)
    return found
