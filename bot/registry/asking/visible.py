"""What of the graph somebody may see."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

from bot.registry.graph.graph import Edge, Graph
from bot.registry.model import Consumer, Use


@dataclass(frozen=True, slots=True)
class Sight:
    """What GitHub says about a viewer. Names in lower case.

    readable: repositories (`owner/name`) that it lets them read. member_of: organisations they belong to.
    """

    readable: frozenset[str]
    member_of: frozenset[str]


def is_private(edge: Edge) -> bool:
    """Whether the consumer is counted and never named."""
    return edge.hidden or edge.consumer.visibility == "private"


def repositories(graph: Graph) -> frozenset[str]:
    """The repositories by which it is decided what is visible, in lower case."""
    named = {node.repository for node in graph.nodes} | {edge.repository for edge in graph.edges if edge.repository}
    return frozenset(name.lower() for name in named)


def organisations(repositories: Collection[str]) -> frozenset[str]:
    """Who owns them."""
    return frozenset(name.partition("/")[0] for name in repositories)


def seen_by(graph: Graph, sight: Sight) -> Graph:
    """The graph as somebody may see it.

    A contract is there if its repository can be read. A consumer of it is named if its own repository can be read, or
    if it shows itself to its organisation and the viewer belongs to that, or to everybody; otherwise it stays as a
    consumer without a name, owner, repository or reference, to be counted. Halves are there by their repository alone.
    """
    nodes = tuple(node for node in graph.nodes if node.repository.lower() in sight.readable)
    homes = {node.name: node.repository for node in nodes}
    edges = tuple(
        _named(edge) if _is_visible(edge, homes[edge.contract], sight) else _nameless(edge)
        for edge in graph.edges
        if edge.contract in homes
    )
    halves = {name: half for name, half in graph.halves.items() if name.lower() in sight.readable}
    return Graph(halves=halves, nodes=nodes, edges=edges)


def _is_visible(edge: Edge, home: str, sight: Sight) -> bool:
    repository = edge.repository.lower()
    if repository in sight.readable:
        return True
    if edge.consumer.visibility == "public" and not edge.hidden:
        return True
    organisation = (repository or home.lower()).partition("/")[0]
    return edge.consumer.visibility in ("org", "public") and organisation in sight.member_of


def _named(edge: Edge) -> Edge:
    visibility = "org" if edge.consumer.visibility == "private" else edge.consumer.visibility
    return replace(edge, consumer=edge.consumer.model_copy(update={"visibility": visibility}), hidden=False)


def _nameless(edge: Edge) -> Edge:
    """Its uses stay, since it is counted by what it uses; where they were seen does not."""
    uses = tuple(_without_source(use) for use in edge.uses)
    consumer = Consumer(id="private", visibility="private", uses=uses)
    return Edge(edge.contract, consumer, uses, (), "producer", hidden=True)


def _without_source(use: Use) -> Use:
    return use.model_copy(update={"evidence": use.evidence.model_copy(update={"ref": ""})})
