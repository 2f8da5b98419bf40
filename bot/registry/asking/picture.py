"""The contract map: who uses which contract, how much of it, and how well that is known."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from bot.registry.asking.proof import Proof, proof, strongest_first
from bot.registry.asking.scope import contract_named
from bot.registry.asking.visible import is_private
from bot.registry.graph.graph import Edge, Graph, Node, SaidBy


@dataclass(frozen=True, slots=True)
class MapContract:
    """name: `owner/repository#id`. private: how many consumers of it are not named."""

    name: str
    id: str
    repository: str
    type: str
    lifecycle: str
    owner: str | None
    decision_owner: str | None
    private: int


@dataclass(frozen=True, slots=True)
class MapEdge:
    """A consumer of a contract. elements: how many of them it names; 0: it may use anything. proof: the best there is.
    said_by: which half says so; both is a match.
    """

    contract: str
    consumer: str
    repository: str
    owner: str | None
    criticality: str
    elements: int
    proof: Proof
    said_by: SaidBy


@dataclass(frozen=True, slots=True)
class Map:
    """contracts in the order of the graph, edges by contract, then by name."""

    contracts: tuple[MapContract, ...]
    edges: tuple[MapEdge, ...]

    def users(self, contract: str) -> tuple[MapEdge, ...]:
        return tuple(edge for edge in self.edges if edge.contract == contract)


def picture(graph: Graph, today: date, contract: str | None = None) -> Map:
    """The map of the graph, or of one contract. Raises bot.registry.asking.scope.Unanswerable."""
    nodes = graph.nodes if contract is None else (contract_named(graph, contract),)
    contracts: list[MapContract] = []
    edges: list[MapEdge] = []
    for node in nodes:
        users = graph.users(node.name)
        shown = [edge for edge in users if not is_private(edge)]
        contracts.append(_contract(node, len(users) - len(shown)))
        edges += sorted((_edge(node, edge, today) for edge in shown), key=lambda edge: (edge.consumer, edge.repository))
    return Map(tuple(contracts), tuple(edges))


def _contract(node: Node, private: int) -> MapContract:
    contract = node.contract
    return MapContract(
        node.name,
        contract.id,
        node.repository,
        contract.type,
        contract.lifecycle,
        contract.owner,
        contract.decision_owner,
        private,
    )


def _edge(node: Node, edge: Edge, today: date) -> MapEdge:
    anything = any(not use.elements for use in edge.uses)
    return MapEdge(
        node.name,
        edge.consumer.id,
        edge.repository,
        edge.consumer.owner,
        edge.consumer.criticality,
        0 if anything else len({element for use in edge.uses for element in use.elements}),
        strongest_first(proof(use, node.contract, today) for use in edge.uses)[0],
        edge.said_by,
    )
