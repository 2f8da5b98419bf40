"""The contract definition: what is promised, how well that is held, and who relies on it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from bot.contracts import address
from bot.registry.asking.proof import proof, strongest_first
from bot.registry.asking.unbacked import unbacked
from bot.registry.asking.users import ContractUsers, users_of
from bot.registry.asking.visible import is_private
from bot.registry.graph.graph import Edge, Graph, Node
from bot.registry.model import Behaviour, Objective
from bot.report import words
from bot.report.artefacts.markdown import element, handle, private, seen, table
from bot.report.safety import phrase, plain

_LEVELS = {
    "guaranteed": "guaranteed",
    "may_change": "may change",
    "out_of_contract": "out of contract",
}
_LIFECYCLES = {
    "experimental": "experimental: changes are reported, and nobody has to sign",
    "production": "in production",
    "deprecated": "deprecated as a whole",
    "retired": "retired",
}


def definition(graph: Graph, node: Node, today: date) -> Iterator[str]:
    yield "## Contract definition"
    yield ""
    yield from _facts(node)
    yield ""
    yield from _elements(graph, node, today)
    yield ""
    yield from _behaviours(graph, node)
    yield ""
    yield from _uses(graph, node, today)


def _facts(node: Node) -> Iterator[str]:
    contract = node.contract
    files = ", ".join(element(pattern) for pattern in contract.files)
    yield from table(
        ("", ""),
        (
            ("Contract", element(node.name)),
            ("Type", plain(contract.type)),
            ("Lifecycle", _LIFECYCLES[contract.lifecycle]),
            ("Files", files),
            ("Owner, who produces it", handle(contract.owner)),
            ("Decides about compatibility", handle(contract.decision_owner)),
            ("Keeps the tests", handle(contract.verification_owner)),
        ),
    )


def _elements(graph: Graph, node: Node, today: date) -> Iterator[str]:
    yield "### Elements"
    yield ""
    lines = node.contract.guarantees
    if lines:
        yield "The first line that matches counts."
        yield ""
        rows = []
        for line in lines:
            used = _used(users_of(graph, node, address.read(line.at), today))
            rows.append((element(line.at), _LEVELS[line.level], plain(line.note), used))
        yield from table(("Elements", "Promise", "Note", "Users of any of them"), rows)
        yield ""
    if not any(line.at == "**" for line in lines):
        yield "Every element of which no line speaks is guaranteed."
        yield ""
    undeclared = unbacked(graph, today, node.name).of("use_undeclared")
    if undeclared:
        yield "In use, and never declared:"
        yield ""
        yield from (f"- {element(gap.about)} by {plain(gap.consumer)}" for gap in undeclared)
        yield ""


def _used(found: ContractUsers) -> str:
    named = [plain(user.consumer) for user in found.users]
    hidden = found.private + found.private_possibly
    return words.joined([*named, *([private(hidden)] if hidden else [])]) or "–"


def _behaviours(graph: Graph, node: Node) -> Iterator[str]:
    yield "### Behaviours"
    yield ""
    if not node.contract.behaviours:
        yield "None is declared: this contract promises syntax only."
        return
    rows = (
        (
            element(behaviour.id),
            behaviour.aspect,
            element(behaviour.at),
            promise_of(behaviour),
            _LEVELS[behaviour.level],
            "verified" if behaviour.verified_by else "**unverified**",
            _relied_on(graph.users(node.name), behaviour),
        )
        for behaviour in node.contract.behaviours
    )
    yield from table(("Behaviour", "Aspect", "At", "Promise", "Level", "Held by tests", "Relied on by"), rows)


def promise_of(behaviour: Behaviour) -> str:
    """What a behaviour promises, in words."""
    told = [plain(behaviour.statement)] if behaviour.statement else []
    if behaviour.objective is not None:
        told.append(_objective(behaviour.objective))
    return " ".join(told) or "**says nothing**"


def _objective(objective: Objective) -> str:
    percentile = f" (percentile {objective.percentile:g})" if objective.percentile is not None else ""
    value = f"{objective.value:g}" if isinstance(objective.value, float) else objective.value
    return plain(f"{objective.property}: {value} {objective.unit}".strip() + percentile)


def _relied_on(edges: Sequence[Edge], behaviour: Behaviour) -> str:
    relying = [edge for edge in edges if any(one.backed_by == behaviour.id for one in edge.assumes)]
    named = sorted(plain(edge.consumer.id) for edge in relying if not is_private(edge))
    hidden = len(relying) - len(named)
    return words.joined([*named, *([private(hidden)] if hidden else [])]) or "–"


def _uses(graph: Graph, node: Node, today: date) -> Iterator[str]:
    yield "### What consumers use"
    yield ""
    edges = graph.users(node.name)
    shown = sorted((edge for edge in edges if not is_private(edge)), key=lambda edge: edge.consumer.id)
    if not edges:
        yield "No consumer is registered: who uses it is **unknown**."
        return
    rows = [row for edge in shown for row in _rows(edge, node, today)]
    if rows:
        yield from table(("Consumer", "Owner", "Element", "Evidence"), rows)
    if len(shown) < len(edges):
        yield ""
        yield f"And {private(len(edges) - len(shown))}."
    assumed = unbacked(graph, today, node.name).of("assumption_unbacked")
    if assumed:
        yield ""
        yield "Assumed, and promised by nobody:"
        yield ""
        yield from (f"- {phrase(gap.text)}" for gap in assumed)


def _rows(edge: Edge, node: Node, today: date) -> Iterator[Sequence[str]]:
    """One row an element, with the best evidence for it."""
    by_element: dict[str, list[int]] = {}
    for number, use in enumerate(edge.uses):
        for one in use.elements or ("",):
            by_element.setdefault(one, []).append(number)
    who, owner = plain(edge.consumer.id), handle(edge.consumer.owner)
    for one, numbers in sorted(by_element.items()):
        best = strongest_first(proof(edge.uses[number], node.contract, today) for number in numbers)[0]
        yield who, owner, element(one) if one else "anything: it names no elements", seen(best)
