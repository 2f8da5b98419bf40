"""The artefacts as files: an index with the map, and a page a contract."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from bot.registry.asking.picture import picture
from bot.registry.asking.unbacked import unbacked
from bot.registry.asking.visible import is_private
from bot.registry.graph.graph import Graph, Node
from bot.report import words
from bot.report.artefacts.change import change_management, going
from bot.report.artefacts.definition import definition
from bot.report.artefacts.markdown import element, handle, table
from bot.report.artefacts.policy import policy
from bot.report.artefacts.verification import verification
from bot.report.asked import drawing
from bot.report.asked.titles import TITLES
from bot.report.safety import phrase, plain

INDEX = "README.md"

_ODD = re.compile(r"[^A-Za-z0-9._-]+")
_MOST_DRAWN = 40
"""Consumers beyond which a drawing helps nobody; the table has them all."""


def pages(graph: Graph, today: date) -> Mapping[str, str]:
    """Markdown by file name: `README.md`, and a page for each contract, which stands beside it."""
    names = _names(graph.nodes)
    found = {INDEX: _text(_index(graph, names, today))}
    for node in graph.nodes:
        found[names[node.name]] = _text(_page(graph, node, today))
    return found


def _text(lines: Iterable[str]) -> str:
    """The lines, with never two empty ones in a row."""
    kept: list[str] = []
    for line in lines:
        if line or (kept and kept[-1]):
            kept.append(line)
    return "\n".join(kept).rstrip("\n") + "\n"


def _names(nodes: Iterable[Node]) -> dict[str, str]:
    """A file name for each contract, by its full name. Ids are texts of a registry: no part of them is a folder."""
    names: dict[str, str] = {}
    taken = {INDEX.lower()}
    for node in nodes:
        stem = _ODD.sub("-", node.contract.id).strip(".-")[:100] or "contract"
        name, number = f"{stem}.md", 2
        while name.lower() in taken:
            name, number = f"{stem}-{number}.md", number + 1
        taken.add(name.lower())
        names[node.name] = name
    return names


def _index(graph: Graph, names: Mapping[str, str], today: date) -> Iterator[str]:
    yield "# Contracts"
    yield ""
    yield from _written(today)
    yield ""
    rows = (
        (
            f"[{plain(node.contract.title or node.contract.id)}]({names[node.name]})",
            plain(node.contract.type),
            node.contract.lifecycle,
            handle(node.contract.owner),
            handle(node.contract.decision_owner),
            _consumers(graph, node),
            _verified(node),
        )
        for node in graph.nodes
    )
    yield from table(("Contract", "Type", "Lifecycle", "Owner", "Decides", "Consumers", "Behaviours verified"), rows)
    yield ""
    yield from _map(graph, today)
    yield ""
    yield "## Sunsets"
    yield ""
    yield from going(graph, graph.nodes, today)
    yield ""
    yield from _unbacked(graph, today)


def _page(graph: Graph, node: Node, today: date) -> Iterator[str]:
    contract = node.contract
    yield f"# {plain(contract.title or contract.id)}"
    yield ""
    yield from _written(today)
    yield ""
    yield from _map(graph, today, node.name)
    yield ""
    yield from definition(graph, node, today)
    yield ""
    yield from policy(contract)
    yield ""
    yield from verification(contract)
    yield ""
    yield from change_management(graph, node, today)


def _written(today: date) -> Iterator[str]:
    yield (
        f"Written by `countersign docs` from registries and evidence as of {today.isoformat()}. "
        "What a schema can't say is promised only where a line says so, and held only where it is marked verified."
    )


def _map(graph: Graph, today: date, contract: str | None = None) -> Iterator[str]:
    drawn = picture(graph, today, contract)
    yield "## Actual contract map"
    yield ""
    yield "Who uses what in practice. Dotted: only declared, undated, or not seen for long."
    yield ""
    if drawn.contracts and len(drawn.edges) <= _MOST_DRAWN:
        yield "```mermaid"
        yield from drawing.mermaid(drawn, dated=True).splitlines()
        yield "```"
        yield ""
    yield from drawing.table(drawn, dated=True).splitlines()


def _consumers(graph: Graph, node: Node) -> str:
    users = graph.users(node.name)
    hidden = sum(map(is_private, users))
    return f"{len(users):,}" + (f" ({hidden:,} private)" if hidden else "") if users else "unknown"


def _verified(node: Node) -> str:
    promised = [behaviour for behaviour in node.contract.behaviours if behaviour.level == "guaranteed"]
    held = sum(bool(behaviour.verified_by) for behaviour in promised)
    return f"{held:,} of {len(promised):,}" if promised else "syntax only"


def _unbacked(graph: Graph, today: date) -> Iterator[str]:
    found = unbacked(graph, today)
    yield "## Without backing"
    yield ""
    if not found.gaps and not found.private:
        yield "Everything that is relied on is promised, tested and seen."
    for kind, title in TITLES.items():
        gaps = found.of(kind)
        if gaps:
            yield f"### {title}"
            yield ""
            for gap in gaps:
                contract = element(gap.contract.rpartition("#")[2])
                yield f"- {contract}: {phrase(gap.text)} {phrase(gap.instead)}"
            yield ""
    if found.private:
        yield f"And {words.count(found.private, 'gap')} of private consumers."
