"""The contract map as Mermaid, DOT and Markdown. The same map gives the same text.

Names come from registries, so each language's own quoting holds them: Mermaid's entity codes (`#quot;`; its
documentation, "Flowcharts syntax", "Entity codes to escape characters"), and DOT's quoted strings, in which only `"`
and `\\` mean something (Graphviz, "The DOT Language").
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from bot.registry.asking.picture import Map, MapContract, MapEdge
from bot.registry.asking.proof import Proof
from bot.report import words
from bot.report.safety import clip, plain, printable

_SPECIAL_IN_MERMAID = re.compile(r"[^\w ,.:/()@·+-]")
_LONGEST = 80
_SAYS = {"both": "both", "producer": "producer", "consumer": "consumer"}


def mermaid(drawn: Map, *, dated: bool = False) -> str:
    """A flowchart, as GitHub shows it in a `mermaid` block. Dotted: declared only, undated or not seen for long.

    dated: evidence by its day, not by its age, so that the text stays the same from day to day.
    """
    lines = ["flowchart LR"]
    contracts, consumers = _numbers(drawn)
    for contract in drawn.contracts:
        lines.append(f'  {contracts[contract.name]}["{_in_mermaid(_titled(contract))}"]')
    for (consumer, owner), number in consumers.items():
        lines.append(f'  {number}(["{_in_mermaid([consumer, owner])}"])')
    for edge in drawn.edges:
        arrow = "-->" if edge.proof.state == "fresh" else "-.->"
        label = _in_mermaid([_labelled(edge, dated)])
        lines.append(f'  {consumers[_who(edge)]} {arrow}|"{label}"| {contracts[edge.contract]}')
    for contract, private in _private(drawn):
        number = contracts[contract.name]
        lines.append(f'  p{number}(["{private}"]) -.-> {number}')
    return "\n".join(lines) + "\n"


def dot(drawn: Map) -> str:
    """A graph for Graphviz. The wider a line, the more is used; dashed as in Mermaid."""
    lines = [
        "digraph contracts {",
        "  rankdir=LR;",
        '  node [fontname="sans-serif"];',
        '  edge [fontname="sans-serif"];',
    ]
    contracts, consumers = _numbers(drawn)
    for contract in drawn.contracts:
        lines.append(f"  {contracts[contract.name]} [shape=box, label={_in_dot(_titled(contract))}];")
    for (consumer, owner), number in consumers.items():
        lines.append(f"  {number} [shape=ellipse, label={_in_dot([consumer, owner])}];")
    for edge in drawn.edges:
        style = "solid" if edge.proof.state == "fresh" else "dashed"
        width = min(edge.elements.bit_length(), 6) or 6
        lines.append(
            f"  {consumers[_who(edge)]} -> {contracts[edge.contract]} "
            f"[label={_in_dot([_labelled(edge, False)])}, style={style}, penwidth={width}];"
        )
    for contract, private in _private(drawn):
        number = contracts[contract.name]
        lines.append(f"  p{number} [shape=ellipse, style=dashed, label={_in_dot([private])}];")
        lines.append(f"  p{number} -> {number} [style=dashed];")
    return "\n".join([*lines, "}"]) + "\n"


def table(drawn: Map, *, dated: bool = False) -> str:
    """A Markdown table, one line a consumer of a contract. dated: as in `mermaid`."""
    lines = [
        "| Contract | Consumer | Owner | Uses | Evidence | Said by |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for contract in drawn.contracts:
        found = drawn.users(contract.name)
        for edge in found:
            cells = (contract.id, edge.consumer, edge.owner or "–", _amount(edge), _sentence(edge.proof, dated))
            lines.append(f"| {' | '.join(plain(cell) for cell in cells)} | {_SAYS[edge.said_by]} |")
        if contract.private:
            private = words.count(contract.private, "private consumer")
            lines.append(f"| {plain(contract.id)} | {private} | – | – | – | – |")
        if not found and not contract.private:
            lines.append(f"| {plain(contract.id)} | unknown: nobody is registered | – | – | – | – |")
    return "\n".join(lines) + "\n"


def _numbers(drawn: Map) -> tuple[dict[str, str], dict[tuple[str, str], str]]:
    """A name for every contract and consumer that no text of a registry can break."""
    contracts = {contract.name: f"c{number}" for number, contract in enumerate(drawn.contracts, start=1)}
    consumers = {who: f"u{number}" for number, who in enumerate(dict.fromkeys(map(_who, drawn.edges)), start=1)}
    return contracts, consumers


def _who(edge: MapEdge) -> tuple[str, str]:
    return edge.consumer, edge.repository or edge.owner or ""


def _titled(contract: MapContract) -> list[str]:
    return [contract.id, contract.type, contract.owner or contract.repository]


def _labelled(edge: MapEdge, dated: bool) -> str:
    return f"{_amount(edge)}, {_short(edge, dated)}"


def _amount(edge: MapEdge) -> str:
    return words.count(edge.elements, "element") if edge.elements else "anything"


def _short(edge: MapEdge, dated: bool) -> str:
    """The evidence without its reference, which is a file name and long."""
    return _sentence(replace(edge.proof, ref=""), dated)


def _sentence(proof: Proof, dated: bool) -> str:
    return proof.dated if dated else proof.sentence


def _private(drawn: Map) -> Iterator[tuple[MapContract, str]]:
    for contract in drawn.contracts:
        if contract.private:
            yield contract, words.count(contract.private, "private consumer")


def _in_mermaid(lines: list[str]) -> str:
    shown = (clip(printable(line), _LONGEST) for line in lines if line)
    return "<br/>".join(_SPECIAL_IN_MERMAID.sub(lambda found: f"#{ord(found.group())};", line) for line in shown)


def _in_dot(lines: list[str]) -> str:
    shown = (clip(printable(line), _LONGEST) for line in lines if line)
    return '"' + "\\n".join(line.replace("\\", "\\\\").replace('"', '\\"') for line in shown) + '"'
