"""Reports for a terminal: `countersign check`, `diff` and `lint`.

Each function gives something that a `rich.console.Console` prints; the console knows the width and whether colours are
wanted. Text is never read as rich's markup, and control characters (which could drive the terminal) are taken out.
Places are written `path:line`, which editors and terminals open on a click.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import unescape

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from bot.judge.finding import Finding, Level
from bot.registry.impact import ConsumerImpact, Reach
from bot.registry.model import Registry
from bot.registry.problem import Problem
from bot.report import disputes, items, signing, states, words
from bot.report.deadlines import Deadlines, ending
from bot.report.headline import headline, open_blocking
from bot.report.items import Item
from bot.report.names import Names
from bot.report.outcome import outcome
from bot.report.reasons import spoken
from bot.report.safety import ZERO_WIDTH_SPACE, printable
from bot.report.signing import Row
from bot.report.words import MUST_BE_SIGNED
from bot.review.values import Decision, Verdict

STYLES = {
    Level.BREAKING: "bold red",
    Level.UNCLASSIFIED: "bold magenta",
    Level.RISKY: "yellow",
    Level.COMPATIBLE: "green",
}
_OUTCOMES = {
    Verdict.HELD: ("✗", "bold red"),
    Verdict.FAILED: ("✗", "bold red"),
    Verdict.RELEASED: ("✓", "bold green"),
    Verdict.CLEAR: ("✓", "bold green"),
    Verdict.REPORTED: ("!", "bold yellow"),
    Verdict.WARNED: ("!", "bold yellow"),
    Verdict.OBSERVED: ("!", "bold yellow"),
}
_SEVERITIES = {"error": "bold red", "warning": "yellow"}
_PLACES_SHOWN = 3


def decision(judged: Decision, registry: Registry | None) -> RenderableType:
    """What the pull request would be told: objections, the outcome, who must sign, then every finding, worst first."""
    shown = items.of_decision(judged, registry)
    names = Names(registry)
    deadlines = Deadlines.of(judged, registry)
    icon, style = _OUTCOMES[judged.verdict]
    parts: list[RenderableType] = [*_objections(judged, names, deadlines)]
    parts.append(Text(f"{icon} {printable(str(headline(judged, shown)))}", style=style))
    parts += [Text(f"  {printable(problem)}") for problem in judged.problems]
    rows = signing.rows(judged.requirements)
    if rows and judged.verdict not in (Verdict.FAILED, Verdict.REPORTED):
        parts += [Text(""), _indented(_who_must_sign(rows, judged, names))]
        due = [*deadlines.lines(names), *ending(judged, names)]
        parts += [_indented(Text(_unmarked(sentence), style="dim")) for sentence in due]
    parts += _findings(shown, names)
    for title, sentences in (("Not checked", judged.not_checked), ("Faults in the documents", judged.faults)):
        if sentences:
            parts += [Text(""), Text(title, style="bold")]
            parts += [_indented(Text(f"- {printable(names.hide(sentence))}")) for sentence in sentences]
    if closing := _closing(judged, rows, names):
        parts += [Text(""), Text(closing)]
    return Group(*parts)


def _closing(judged: Decision, rows: Sequence[Row], names: Names) -> str:
    """What would become of a pull request."""
    match judged.verdict:
        case Verdict.HELD:
            missing = len({(r.contract, r.capacity) for r in open_blocking(judged.requirements)})
            are_given = "signature is given" if missing == 1 else "signatures are given"
            return f"A pull request would be held until {missing:,} {are_given}."
        case Verdict.WARNED | Verdict.OBSERVED | Verdict.RELEASED:
            return _unmarked(outcome(judged, (), rows, names, None))
    return ""


def _objections(judged: Decision, names: Names, deadlines: Deadlines) -> Iterator[RenderableType]:
    for voice in disputes.voices(judged.disputes):
        first = voice.first
        who = f"✋ @{first.person.login} objects for {disputes.objecting(voice, names)}, {words.date(first.at)}:"
        yield Text(printable(who), style="bold yellow")
        yield from _quoted(names.hide(first.text))
        if voice.ruling is None:
            day = next((d for id in voice.findings if (d := deadlines.ruling_on(id))), "")
            yield _indented_text(f"No ruling yet{f', expected by {day}' if day else ''}.", style="bold")
        else:
            follows = disputes.what_follows(voice.ruling)
            yield _indented_text(f"⚖ Ruling by @{printable(voice.ruling.person.login)}: {follows}", style="bold")
            yield from _quoted(names.hide(voice.ruling.note))
        yield Text("")


def _quoted(text: str) -> Iterator[RenderableType]:
    """A person's words, every line of them."""
    yield from (_indented_text(f"│ {printable(line)}") for line in text.splitlines())


def findings(found: Sequence[Finding]) -> RenderableType:
    """Findings without a registry: what `countersign diff OLD NEW` says."""
    shown = items.of_findings(found)
    if not shown:
        return Text("✓ No contract change", style="bold green")
    severe = any(item.level in MUST_BE_SIGNED for item in shown)
    icon, style = _OUTCOMES[Verdict.HELD if severe else Verdict.CLEAR]
    summary = words.changes_by_level(item.level for item in shown)
    return Group(Text(f"{icon} {summary}", style=style), *_findings(shown, Names(None)))


def lint(problems: Sequence[Problem]) -> RenderableType:
    """Problems of a registry, errors first, by file and line."""
    if not problems:
        return Text("✓ The registry is in order", style="bold green")
    parts: list[RenderableType] = []
    for problem in sorted(problems, key=lambda p: (p.severity != "error", p.path, p.line, p.message)):
        line = Text(f"{printable(problem.path)}:{problem.line}", style="bold")
        line.append(f"  {problem.severity}", style=_SEVERITIES.get(problem.severity, "cyan"))
        line.append(f"  {printable(problem.message)}", style="not bold")
        parts.append(line)
        if problem.instead:
            parts.append(_indented(Text(printable(problem.instead), style="dim")))
    errors = sum(problem.severity == "error" for problem in problems)
    others = len(problems) - errors
    parts += [Text(""), Text(f"{words.count(errors, 'error')}, {words.count(others, 'remark')}", style="bold")]
    return Group(*parts)


def _who_must_sign(rows: Sequence[Row], judged: Decision, names: Names) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 3, 0, 0))
    for title in ("Who", "Signs as", "For", ""):
        table.add_column(title, header_style="dim", overflow="fold")
    findings = len({(r.contract, r.finding) for r in judged.requirements})
    for row in rows:
        state = states.shown(row.requirements, False)
        table.add_row(
            Text(printable(words.joined(list(row.first.signers), last="or")) or "a decision owner"),
            Text(printable(signing.capacity_name(row.first, names))),
            Text(f"{words.count(len(row.requirements), 'change')} of {findings:,}"),
            Text("must sign" if state == states.WAITING else printable(_bare(state))),
        )
    return table


def _findings(shown: Sequence[Item], names: Names) -> Iterator[RenderableType]:
    for contract, group in items.by_contract(shown):
        yield Text("")
        yield Text(printable(contract), style="bold underline")
        for item in group:
            yield _indented(Group(*_finding(item, names)))


def _finding(item: Item, names: Names) -> Iterator[RenderableType]:
    rule, change = item.finding.rule, item.finding.change
    title = Text(f"{item.level.value}: ", style=STYLES[item.level])
    title.append(printable(rule.title).replace("`", "'"), style="not bold default")
    if item.id and item.requirements:
        title.append(f"  {item.id}", style="not bold dim")
    if item.standing:
        title.append(f"  {item.standing}", style="not bold yellow" if not item.is_settled else "not bold green")
    yield title
    facts = [_position(item), printable(change.element)]
    if "release" in change.attributes:
        facts.append(f"since {printable(str(change.attributes['release']))}")
    if change.before is not None or change.after is not None:
        before, after = (
            "none" if side is None else printable(words.value(side)) for side in (change.before, change.after)
        )
        facts.append(f"{before} → {after}")
    yield _indented_text("  ".join(fact for fact in facts if fact), style="cyan")
    if item.reaches_nobody:
        return
    if item.undoes_since:
        released = printable(item.undoes_since)
        yield _indented_text(f"needs nobody: undoes what was never released (newest release: {released})")
    for reach, verb in ((Reach.AFFECTED, "affects"), (Reach.POSSIBLY, "possibly affects")):
        if consumers := [_consumer(c, names) for c in item.reached(reach)]:
            yield _indented_text(f"{verb} {words.joined(consumers, limit=6)}")
    addresses = [place.address for place in item.finding.places]
    if len(addresses) > 1:
        named = words.joined([printable(address) for address in addresses], limit=_PLACES_SHOWN + 1)
        yield _indented_text(f"{len(addresses):,} places: {named}")
    if rule.why:
        yield _indented_text(printable(rule.why))
    if rule.instead:
        yield _indented_text(f"instead: {printable(rule.instead)}")
    yield _indented_text(f"rule {rule.id}", style="dim")


def _consumer(consumer: ConsumerImpact, names: Names) -> str:
    name = printable(names.consumer(consumer.consumer))
    if names.is_private(consumer.consumer) and not consumer.alias:
        return name
    if consumer.reasons:
        return f"{name}, which {printable(spoken(consumer.reasons))}"
    if not consumer.evidence:
        return name
    return f"{name} ({printable(names.hide(consumer.evidence[0])).replace('`', '')})"


def _unmarked(markdown: str) -> str:
    """A sentence of ours without what only Markdown needs."""
    return printable(unescape(_bare(markdown)).replace(ZERO_WIDTH_SPACE, ""))


def _bare(text: str) -> str:
    return text.replace("**", "").replace("`", "")


def _position(item: Item) -> str:
    position = item.finding.change.position
    if position is None:
        return ""
    was = " (base)" if item.finding.change.side == "base" else ""
    return f"{printable(position.path)}:{position.line}{was}"


def _indented_text(text: str, style: str = "") -> Padding:
    return _indented(Text(text, style=style))


def _indented(inner: RenderableType) -> Padding:
    """Two columns in, with every line that wraps."""
    return Padding(inner, (0, 0, 0, 2), expand=False)
