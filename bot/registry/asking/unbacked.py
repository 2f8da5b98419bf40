"""What is relied on, promised or said without anything behind it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Literal

from bot.contracts import address
from bot.registry.asking.proof import Proof, proof, strongest_first
from bot.registry.asking.scope import contract_named
from bot.registry.asking.visible import is_private
from bot.registry.graph.graph import Edge, Graph, Node
from bot.registry.guarantee import promised
from bot.registry.impact import Guarantee
from bot.registry.model import Behaviour

Kind = Literal[
    "assumption_unbacked",
    "promise_unverified",
    "use_undeclared",
    "use_unpromised",
    "only_declared",
    "evidence_stale",
    "only_producer_says",
    "only_consumer_says",
]
"""In the order in which they are told.

use_undeclared: evidence of use where no line of `guarantees` speaks. use_unpromised: evidence of use of what may
change, or is out of the contract. only_producer_says, only_consumer_says: the two halves differ.
"""

KINDS: tuple[Kind, ...] = Kind.__args__  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class Gap:
    """One thing without a backing. about: an element, or a behaviour's id. owner: who can mend it; None when nobody
    is named. text says what is wrong, instead what to do; both are sentences.
    """

    kind: Kind
    contract: str
    about: str
    text: str
    instead: str
    consumer: str = ""
    owner: str | None = None


@dataclass(frozen=True, slots=True)
class Unbacked:
    """gaps: by kind, then by contract. private: gaps of consumers that must not be named."""

    gaps: tuple[Gap, ...]
    private: int = 0

    def of(self, kind: Kind) -> tuple[Gap, ...]:
        return tuple(gap for gap in self.gaps if gap.kind == kind)


def unbacked(graph: Graph, today: date, contract: str | None = None) -> Unbacked:
    """Every gap of the graph, or of one contract. Raises bot.registry.asking.scope.Unanswerable."""
    nodes = graph.nodes if contract is None else (contract_named(graph, contract),)
    gaps: list[Gap] = []
    private = 0
    for node in nodes:
        gaps += _unverified(node)
        for edge in graph.users(node.name):
            found = [*_of_edge(node, edge, today), *_mismatches(graph, node, edge)]
            if is_private(edge):
                private += len(found)
            else:
                gaps += found
    return Unbacked(tuple(sorted(gaps, key=_order)), private)


def _order(gap: Gap) -> tuple[int, str, str, str]:
    return KINDS.index(gap.kind), gap.contract, gap.consumer, gap.about


def _unverified(node: Node) -> Iterator[Gap]:
    owner = node.contract.verification_owner or node.contract.owner
    for behaviour in node.contract.behaviours:
        if behaviour.level == "guaranteed" and not behaviour.verified_by and not behaviour.proposed:
            text = f"{_said(behaviour)} is promised, and no test holds it."
            instead = "Name the tests in `verified_by`."
            yield Gap("promise_unverified", node.name, behaviour.id, text, instead, owner=owner)


def _said(behaviour: Behaviour) -> str:
    return f"`{behaviour.id}` ({behaviour.aspect})"


def _of_edge(node: Node, edge: Edge, today: date) -> Iterator[Gap]:
    who, owner = edge.consumer.id, edge.consumer.owner
    yield from _assumptions(node, edge)
    elements = _proofs(node, edge, today)
    for element, proofs in elements.items():
        best = proofs[0]
        if best.state == "declared":
            text = f"{who} says that it uses `{element}`, and nothing shows it."
            yield Gap(
                "only_declared", node.name, element, text, "Add `evidence_from`: pacts, operations, …", who, owner
            )
            continue
        yield from _against_promise(node, edge, element, best)
        if best.state == "stale":
            text = f"That {who} uses `{element}` was last seen on {best.seen} ({best.kind})."
            yield Gap("evidence_stale", node.name, element, text, "Renew it, or remove the element.", who, owner)


def _assumptions(node: Node, edge: Edge) -> Iterator[Gap]:
    behaviours = {behaviour.id: behaviour for behaviour in node.contract.behaviours if not behaviour.proposed}
    decides = node.contract.decision_owner
    for assumption in edge.assumes:
        backing = behaviours.get(assumption.backed_by or "")
        what = assumption.statement or assumption.backed_by or "not said what"
        about = f"{edge.consumer.id} assumes {assumption.aspect} at `{assumption.at}`: {what}"
        if backing is None:
            missing = (
                f"there is no behaviour `{assumption.backed_by}`" if assumption.backed_by else "nobody promises it"
            )
            text, instead = f"{about}; {missing}.", "Promise it as a behaviour and name that in `backed_by`, or object."
        elif backing.level != "guaranteed":
            text = f"{about}; `{backing.id}` is only {backing.level.replace('_', ' ')}."
            instead = f"Guarantee `{backing.id}`, or move away from it."
        else:
            continue
        yield Gap("assumption_unbacked", node.name, assumption.at, text, instead, edge.consumer.id, decides)


def _against_promise(node: Node, edge: Edge, element: str, best: Proof) -> Iterator[Gap]:
    """Evidence of use, held against what was promised there."""
    lines, decides = node.contract.guarantees, node.contract.decision_owner
    who = edge.consumer.id
    if not any(address.matches(line.at, element) for line in lines):
        text = f"{who} uses `{element}` ({best.sentence}), and no line of `guarantees` speaks of it."
        instead = "Say what is promised; until then it counts as guaranteed."
        yield Gap("use_undeclared", node.name, element, text, instead, who, decides)
        return
    level, note = promised(lines, (element,))
    if level is not Guarantee.GUARANTEED:
        said = f"{level.value.replace('_', ' ')}{f' ({note})' if note else ''}"
        text = f"{who} uses `{element}` ({best.sentence}), which is {said}."
        yield Gap("use_unpromised", node.name, element, text, "Guarantee it, or help them to move.", who, decides)


def _proofs(node: Node, edge: Edge, today: date) -> dict[str, tuple[Proof, ...]]:
    """By element, why it is believed to be used, best first. A use that names no element is of everything, `**`."""
    found: dict[str, list[Proof]] = {}
    for use in edge.uses:
        for element in use.elements or ("**",):
            found.setdefault(element, []).append(proof(use, node.contract, today))
    return {element: strongest_first(proofs) for element, proofs in found.items()}


def _mismatches(graph: Graph, node: Node, edge: Edge) -> Iterator[Gap]:
    """Where the two halves differ. Of a repository that says nothing at all there is only one half."""
    who = edge.consumer.id
    half = graph.halves.get(edge.repository.lower())
    speaks = half is not None and half.registry is not None
    if edge.said_by == "producer" and speaks and edge.repository.lower() != node.repository.lower():
        text = f"{node.contract.id} says that {who} uses it; {edge.repository} says nothing of it."
        instead = f"Add `consumes: [{{contract: {node.name}}}]` there, or remove the consumer here."
        yield Gap("only_producer_says", node.name, "**", text, instead, who, edge.consumer.owner)
    if edge.said_by == "consumer":
        text = f"{edge.repository or who} says that it uses {node.contract.id}, whose registry does not name {who}."
        yield Gap("only_consumer_says", node.name, "**", text, "Add it to `consumers`.", who, node.contract.owner)
    yield from _elements_differ("only_producer_says", node, edge, edge.only_producer, "only the producer says")
    yield from _elements_differ("only_consumer_says", node, edge, edge.only_consumer, "only its own half says")


def _elements_differ(kind: Kind, node: Node, edge: Edge, elements: Iterable[str], says: str) -> Iterator[Gap]:
    mends = edge.consumer.owner if kind == "only_producer_says" else node.contract.owner
    for element in elements:
        text = f"That {edge.consumer.id} uses `{element}`, {says}."
        yield Gap(kind, node.name, element, text, "Say the same on both sides.", edge.consumer.id, mends)
