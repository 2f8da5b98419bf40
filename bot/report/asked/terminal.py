"""Answers for a terminal. As in bot.report.terminal: text is never markup, and control characters are taken out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from bot.registry.asking.picture import Map, MapEdge
from bot.registry.asking.proof import State
from bot.registry.asking.removal import Answer, ContractRemoval, Removal
from bot.registry.asking.unbacked import KINDS, Gap, Unbacked
from bot.registry.asking.users import ContractUsers, User, Users
from bot.registry.impact import Reach
from bot.report import words
from bot.report.asked.titles import TITLES
from bot.report.safety import printable

_PROOFS: dict[State, str] = {"fresh": "green", "undated": "yellow", "stale": "yellow", "declared": "dim"}
_ANSWERS = {
    Answer.YES: ("✓ Yes", "bold green"),
    Answer.NOT_YET: ("! Not yet", "bold yellow"),
    Answer.NO: ("✗ No", "bold red"),
    Answer.UNKNOWN: ("? Nobody can tell", "bold magenta"),
}
_GAPS_SHOWN = 20
_ELEMENTS_SHOWN = 4


def users(asked: Users) -> RenderableType:
    """`countersign who-uses`."""
    parts: list[RenderableType] = [Text(printable(asked.element), style="bold")]
    for found in asked.contracts:
        parts += [Text(""), _contract(found.contract, f"{found.guarantee.value.replace('_', ' ')}")]
        parts += [_indented(Group(*_user(user, asked.element))) for user in found.users]
        parts += [_indented(Text(line, style="dim")) for line in _unnamed(found)]
    return Group(*parts, *_passed_over(asked.passed_over), Text(""), Text(_sum(asked), style="bold"))


def removal(asked: Removal) -> RenderableType:
    """`countersign can-i-remove`."""
    title, style = _ANSWERS[asked.answer]
    days = [found.from_day for found in asked.contracts if found.from_day]
    until = f", not before {max(days)}" if asked.answer is Answer.NOT_YET and days else ""
    parts: list[RenderableType] = [Text(f"{title}{until}", style=style).append(f"  {printable(asked.element)}", "bold")]
    for found in asked.contracts:
        parts += [Text(""), *_removal(found)]
    return Group(*parts, *_passed_over(asked.passed_over))


def unbacked(asked: Unbacked) -> RenderableType:
    """`countersign unbacked`."""
    if not asked.gaps and not asked.private:
        return Text("✓ Everything that is relied on is promised, tested and seen", style="bold green")
    parts: list[RenderableType] = []
    several = len({gap.contract for gap in asked.gaps}) > 1
    for kind in KINDS:
        gaps = asked.of(kind)
        if not gaps:
            continue
        title = Text(TITLES[kind], style="bold underline").append(f"  {len(gaps):,}", "not underline bold")
        parts += [*([Text("")] if parts else []), title]
        for contract, group in groupby(gaps, key=lambda gap: gap.contract):
            parts += [_indented(_gaps(contract if several else "", list(group)))]
    if asked.private:
        parts += [Text(""), Text(f"and {words.count(asked.private, 'gap')} of private consumers", style="dim")]
    summed = words.count(len(asked.gaps) + asked.private, "gap")
    return Group(*parts, Text(""), Text(summed, style="bold"))


def contract_map(drawn: Map) -> RenderableType:
    """`countersign map`."""
    if not drawn.contracts:
        return Text("No contract is registered.")
    parts: list[RenderableType] = []
    for contract in drawn.contracts:
        facts = f"{contract.type}, {contract.lifecycle}"
        parts += [*([Text("")] if parts else []), _contract(contract.name, facts, contract.owner)]
        found = drawn.users(contract.name)
        parts += [_indented(Group(*_edge(edge))) for edge in found]
        if contract.private:
            parts.append(_indented(Text(words.count(contract.private, "private consumer"), style="dim")))
        if not found and not contract.private:
            parts.append(_indented(Text("no consumer is registered, so who uses it is unknown", style="yellow")))
    consumers = len({(edge.repository, edge.consumer) for edge in drawn.edges})
    summed = f"{words.count(len(drawn.contracts), 'contract')}, {words.count(consumers, 'named consumer')}"
    return Group(*parts, Text(""), Text(summed, style="bold"))


def _contract(name: str, facts: str, owner: str | None = None) -> Text:
    repository, _, id = name.rpartition("#")
    title = Text(printable(id), style="bold underline")
    title.append(f"  {printable(repository)}", "not bold not underline dim")
    title.append(f"  {printable(', '.join(filter(None, (facts, owner))))}", "not bold not underline dim")
    return title


def _user(user: User, element: str) -> Iterator[RenderableType]:
    certain = user.reach is Reach.AFFECTED
    mark, style = ("●", "red") if certain else ("○", "yellow")
    yield _consumer(mark, style, user.consumer, user.owner, f"{user.criticality} criticality")
    named = [one for one in user.elements if one != element]
    lines = [(printable(one), "cyan") for one in named[:_ELEMENTS_SHOWN]]
    if len(named) > _ELEMENTS_SHOWN:
        lines.append((f"and {len(named) - _ELEMENTS_SHOWN:,} more", "cyan"))
    if not user.elements and not user.assumes:
        lines.append(("names no elements: it may use anything", "yellow"))
    lines += [(printable(one.sentence), _PROOFS[one.state]) for one in user.proofs]
    lines += [(printable(f"assumes {assumption}").replace("`", ""), "cyan") for assumption in user.assumes]
    if not certain:
        lines[0] = (f"possibly: it uses {lines[0][0]}", "yellow") if named else lines[0]
    yield _indented(Group(*(_indented(Text(line, style=style)) for line, style in lines)))


def _consumer(mark: str, style: str, name: str, owner: str | None, fact: str) -> Text:
    line = Text(f"{mark} ", style=style).append(printable(name), "bold default")
    return line.append(f"  {printable(owner or 'nobody to ask')}, {fact}", "not bold default")


def _unnamed(found: ContractUsers) -> Iterator[str]:
    if found.private:
        yield f"{words.count(found.private, 'private consumer')} {'uses' if found.private == 1 else 'use'} it"
    if found.private_possibly:
        yield f"{words.count(found.private_possibly, 'private consumer')} may use it"
    if not found.consumers:
        yield "no consumer of this contract is registered, so who uses it is unknown"
    elif not (found.users or found.private or found.private_possibly):
        yield f"none of its {words.count(found.consumers, 'registered consumer')}"


def _sum(asked: Users) -> str:
    certain = sum(len(found.affected) + found.private for found in asked.contracts)
    possibly = sum(len(found.possibly) + found.private_possibly for found in asked.contracts)
    if not certain and not possibly:
        return "Nobody who is registered uses it." if asked.known else "Nobody is registered, so nobody knows."
    if not certain:
        return f"Nobody is known to use it; {words.count(possibly, 'consumer')} may."
    told = f"{words.count(certain, 'consumer')} {'uses' if certain == 1 else 'use'} it"
    return f"{told}, {possibly:,} more may." if possibly else f"{told}."


def _removal(found: ContractRemoval) -> Iterator[RenderableType]:
    title, style = _ANSWERS[found.answer]
    yield _contract(found.contract, "").append(title, f"not underline {style}")
    for reason in found.reasons:
        yield _indented(_item("-", reason))
    yield Text("")
    for number, step in enumerate(found.next_steps, start=1):
        yield _indented(_item(f"{number}.", step))
        if found.edit and number == 1:
            yield Padding(_yaml(found.edit), (0, 0, 0, 7), expand=False)


def _yaml(text: str) -> Text:
    lines = [line[: len(line) - len(line.lstrip())] + printable(line) for line in text.splitlines()]
    return Text("\n".join(lines), style="cyan")


def _gaps(contract: str, gaps: Sequence[Gap]) -> RenderableType:
    parts: list[RenderableType] = [Text(printable(contract), style="bold")] if contract else []
    for gap in gaps[:_GAPS_SHOWN]:
        asks = f"{gap.owner}: " if gap.owner else ""
        parts += [_item("-", gap.text), _indented(Text(printable(f"{asks}{gap.instead}"), style="dim"))]
    if len(gaps) > _GAPS_SHOWN:
        parts.append(Text(f"and {len(gaps) - _GAPS_SHOWN:,} more (--format json has all)", style="dim"))
    return Group(*parts)


def _edge(edge: MapEdge) -> Iterator[RenderableType]:
    uses = words.count(edge.elements, "element") if edge.elements else "anything"
    yield _consumer("●", _PROOFS[edge.proof.state], edge.consumer, edge.owner, uses)
    said = {"both": "; both sides say so", "producer": "", "consumer": "; only its own repository says so"}
    sentence = printable(edge.proof.sentence) + said[edge.said_by]
    yield _indented(_indented(Text(sentence, style=_PROOFS[edge.proof.state])))


def _passed_over(contracts: Sequence[str]) -> Iterator[RenderableType]:
    if contracts:
        named = words.joined([printable(name) for name in contracts])
        yield Text("")
        yield Text(f"Not looked at, since nobody names it there: {named}. Say which with --contract.", style="dim")


def _item(mark: str, text: str) -> Table:
    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 1, 0, 0))
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    table.add_row(Text(mark), Text(printable(text).replace("`", "")))
    return table


def _indented(inner: RenderableType) -> Padding:
    return Padding(inner, (0, 0, 0, 2), expand=False)
