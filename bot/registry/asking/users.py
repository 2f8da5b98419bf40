"""Who uses an element?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from bot.contracts import address
from bot.contracts.address import Address, Relation
from bot.contracts.change import Change, Place
from bot.judge.finding import Finding, Level, Rule, Verdict
from bot.registry.asking.proof import Proof, proof, strongest_first
from bot.registry.asking.scope import scope
from bot.registry.asking.visible import is_private
from bot.registry.graph.graph import Edge, Graph, Node, SaidBy
from bot.registry.impact import ConsumerImpact, Guarantee, Impact, Reach
from bot.registry.model import Registry
from bot.registry.trace import trace


@dataclass(frozen=True, slots=True)
class User:
    """A consumer of the element. elements: those of its own, as it wrote them, that say so; none: it may use anything.

    assumes: what it takes for granted there besides the schema.
    """

    consumer: str
    reach: Reach
    elements: tuple[str, ...]
    proofs: tuple[Proof, ...]
    assumes: tuple[str, ...] = ()
    owner: str | None = None
    criticality: str = "medium"
    repository: str = ""
    said_by: SaidBy = "producer"


@dataclass(frozen=True, slots=True)
class ContractUsers:
    """The users of the element in one contract, nearest first.

    private, private_possibly: consumers that use it, or possibly do, and must not be named. consumers: how many the
    contract has at all; none is unknown, not none.
    """

    contract: str
    users: tuple[User, ...]
    private: int
    private_possibly: int
    consumers: int
    guarantee: Guarantee
    guarantee_note: str = ""

    @property
    def affected(self) -> tuple[User, ...]:
        return tuple(user for user in self.users if user.reach is Reach.AFFECTED)

    @property
    def possibly(self) -> tuple[User, ...]:
        return tuple(user for user in self.users if user.reach is Reach.POSSIBLY)


@dataclass(frozen=True, slots=True)
class Users:
    """The answer. passed_over: contracts that may have such an element, but of which nobody has named it."""

    element: str
    contracts: tuple[ContractUsers, ...]
    passed_over: tuple[str, ...] = ()

    @property
    def anybody(self) -> bool:
        return any(c.users or c.private or c.private_possibly for c in self.contracts)

    @property
    def known(self) -> bool:
        """Whether somebody is registered for every contract looked at; else nobody knows who uses it."""
        return all(c.consumers for c in self.contracts)


def who_uses(graph: Graph, element: str, today: date, contract: str | None = None) -> Users:
    """Who uses the element, or anything in it. Raises bot.registry.asking.scope.Unanswerable."""
    asked = scope(graph, element, contract)
    found = tuple(users_of(graph, node, asked.element, today) for node in asked.contracts)
    return Users(element, found, asked.passed_over)


def users_of(graph: Graph, node: Node, element: Address, today: date) -> ContractUsers:
    """What the removal of the element would mean to each consumer of the contract, by the rules of the gate."""
    edges = graph.users(node.name)
    impact = _removal(node, edges, element, today)
    traced = {consumer.consumer: consumer for consumer in impact.consumers}
    users: list[User] = []
    hidden = {Reach.AFFECTED: 0, Reach.POSSIBLY: 0, Reach.NOT: 0}
    for number, edge in enumerate(edges):
        found = traced.get(str(number))
        assumes = tuple(_assumed(edge, element))
        reach = Reach.AFFECTED if assumes else found.reach if found else Reach.NOT
        if reach is Reach.NOT:
            continue
        if is_private(edge):
            hidden[reach] += 1
        else:
            users.append(_user(edge, node, reach, found, assumes, today))
    return ContractUsers(
        node.name,
        tuple(sorted(users, key=lambda user: (user.reach.order, user.consumer))),
        hidden[Reach.AFFECTED],
        hidden[Reach.POSSIBLY],
        len(edges),
        impact.guarantee,
        impact.guarantee_note,
    )


def _removal(node: Node, edges: Sequence[Edge], element: Address, today: date) -> Impact:
    """The consumers reached if the element were removed. Edges go by number: their ids need not be unique in a graph.

    What a consumer tolerates is left out, for it says nothing about what it uses.
    """
    contract = node.contract.model_copy(update={"id": node.name})
    consumers = tuple(
        edge.consumer.model_copy(
            update={
                "id": str(number),
                "tolerates": (),
                "uses": tuple(use.model_copy(update={"contract": node.name}) for use in edge.uses),
            }
        )
        for number, edge in enumerate(edges)
    )
    place = Place(str(element), {"direction": "none"})
    rule = Rule("asked", Level.BREAKING, "", "", "")
    change = Change("schema.property.removed", place.address, (place,))
    finding = Finding(node.name, change, (Verdict(rule, Level.BREAKING, (place,)),))
    (impact,) = trace([finding], Registry(contracts=(contract,), consumers=consumers), node.name, today)
    return impact


def _user(
    edge: Edge, node: Node, reach: Reach, found: ConsumerImpact | None, assumes: tuple[str, ...], today: date
) -> User:
    named = found.uses if found else ()
    near = found is not None and found.reach is not Reach.NOT
    decisive = [use for use in edge.uses if near and (not use.elements or set(use.elements) & set(named))]
    return User(
        edge.consumer.id,
        reach,
        named,
        strongest_first(proof(use, node.contract, today) for use in decisive),
        assumes,
        edge.consumer.owner,
        edge.consumer.criticality,
        edge.repository,
        edge.said_by,
    )


def _assumed(edge: Edge, element: Address) -> Iterator[str]:
    """What would be assumed of nothing if the element were gone."""
    for assumption in edge.assumes:
        if address.relation(assumption.at, element) in (Relation.EQUAL, Relation.ELEMENT_CONTAINS_USE):
            what = assumption.statement or (assumption.backed_by and f"`{assumption.backed_by}`") or "not said what"
            yield f"{assumption.aspect}: {what}"
