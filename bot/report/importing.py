"""What evidence shows, for whoever imports it by hand: at the terminal, as a block for the registry, as JSON."""

from __future__ import annotations

import json
import posixpath
from collections.abc import Iterator, Sequence
from typing import Any

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from bot.registry.drafting.words import TODO_OWNER, quoted
from bot.registry.evidence import sentence
from bot.registry.importers.imported import Hint, Sighting
from bot.registry.merging import Merged
from bot.registry.model import Assumption, Evidence, Use
from bot.report import words
from bot.report.safety import printable

_HINTS_SHOWN = 12


def terminal(found: Sequence[Merged], problems: Sequence[str]) -> RenderableType:
    """Every consumer with its elements: `+` new, `=` known, `?` declared and not shown; then what was not followed."""
    parts: list[RenderableType] = []
    for one in found:
        parts += [*_consumer(one), Text("")]
    if problems:
        parts += [Text("Not followed", style="bold yellow")]
        parts += [_indented(Text(f"- {printable(problem)}")) for problem in problems]
        parts += [Text("")]
    if found and not any(is_new(one) for one in found):
        parts += [Text("✓ The registry says all of it already.", style="bold green")]
    return Group(*parts)


def to_write(found: Sequence[Merged], registry_path: str) -> str:
    """The block under a heading, and how to do without it; empty when there is nothing to write."""
    written = block(found)
    if not written:
        return ""
    said = f"For {registry_path}:\n\n{written}"
    if source := _source(found):
        said += f"\nOr have the files read wherever they change, at `{found[0].contract}`:\n\n{source}"
    return said


def _source(found: Sequence[Merged]) -> str:
    """`evidence_from` for these files, when they lie in the repository."""
    sightings = [sighting for one in found for sighting in (*one.new, *one.known)]
    paths = sorted({sighting.path for sighting in sightings})
    if not paths or paths[0].startswith("/"):
        return ""
    kinds = {use.evidence.kind for one in found for use in one.uses if use.evidence.ref in paths}
    folder = posixpath.commonpath([posixpath.dirname(path) for path in paths])
    path = paths[0] if len(paths) == 1 else f"{folder}/" if folder else ""
    if not path or len(kinds) != 1:
        return ""
    consumer = (
        f", consumer: {found[0].consumer.id}" if len(found) == 1 and not any(s.consumer for s in sightings) else ""
    )
    return f"    evidence_from:\n      - {{kind: {kinds.pop()}, path: {quoted(path)}{consumer}}}\n"


def is_new(merged: Merged) -> bool:
    """Whether there is anything to write."""
    return not merged.registered or merged.uses != _declared(merged)


def block(found: Sequence[Merged]) -> str:
    """The consumers with something new, as YAML for the registry. Declared entries are all in it."""
    lines = ["consumers:"]
    for one in found:
        if is_new(one):
            lines += _entry(one)
    return "\n".join(lines) + "\n" if len(lines) > 1 else ""


def as_json(found: Sequence[Merged], problems: Sequence[str]) -> str:
    """One object, `version: 1`; keys may be added, never taken away without a new version."""
    consumers = [
        {
            "id": one.consumer.id,
            "registered": one.registered,
            "contract": one.contract,
            "new": [_plain(sighting) for sighting in one.new],
            "known": [_plain(sighting) for sighting in one.known],
            "not_shown": [{"element": each.element, "old": each.old} for each in one.not_shown],
            "pending": [_plain(sighting) for sighting in one.pending],
            "offered": one.offered,
            "hints": [
                {
                    "aspect": hint.aspect,
                    "at": hint.at,
                    "statement": hint.statement,
                    "path": hint.path,
                    "line": hint.line,
                }
                for hint in one.hints
            ],
            "uses": [use.model_dump(mode="json", exclude_defaults=True) for use in one.uses],
        }
        for one in found
    ]
    return json.dumps({"version": 1, "consumers": consumers, "problems": list(problems)}, indent=2, ensure_ascii=False)


def _consumer(one: Merged) -> Iterator[RenderableType]:
    title = Text(f"{printable(one.consumer.id)} ", style="bold")
    total = len({each.element for each in (*one.new, *one.known)})
    title.append(f"uses {words.count(total, 'element')} of {printable(one.contract)}", style="not bold")
    if not one.registered:
        title.append(", and is not registered yet", style="bold yellow")
    elif one.new:
        title.append(f", {len({each.element for each in one.new}):,} of them new", style="bold yellow")
    yield title
    table = Table.grid(padding=(0, 2, 0, 0))
    for mark, style, sightings in (("+", "yellow", one.new), ("=", "green", one.known)):
        for each in _unique(sightings):
            value = ", its value too" if each.exact else ""
            table.add_row(*_row(mark, style, each.element, f"{each.path}:{each.line}{value}"))
    for declared in one.not_shown:
        said = sentence(declared.evidence).replace("`", "")
        due = ", due for review" if declared.old else ""
        table.add_row(*_row("?", "dim", declared.element, f"not in these files; {said}{due}"))
    if table.row_count:
        yield _indented(table)
    if one.pending:
        yield _indented(
            Text(f"{words.count(len(_unique(one.pending)), 'element')} pending, so not counted", style="dim")
        )
    if one.offered:
        offered = words.count(one.offered, "element")
        yield _indented(Text(f"{offered} only seen to be returned, which proves no use", style="dim"))
    if one.hints:
        yield _indented(Text("Perhaps it relies on this; write under `assumes` what is true:"))
        for hint in one.hints[:_HINTS_SHOWN]:
            yield Padding(_hint(hint), (0, 0, 0, 4))
        if len(one.hints) > _HINTS_SHOWN:
            yield Padding(Text(f"and {len(one.hints) - _HINTS_SHOWN:,} more", style="dim"), (0, 0, 0, 4))


def _row(mark: str, style: str, element: str, where: str) -> tuple[Text, Text]:
    text = Text(f"{mark} ", style=style)
    text.append(printable(element), style="default")
    return text, Text(printable(where), style="dim")


def _hint(hint: Hint) -> Text:
    text = Text(f"{hint.aspect}  ", style="cyan")
    text.append(f"{printable(hint.statement)}  ", style="default")
    text.append(f"{printable(hint.at)}  {printable(hint.path)}:{hint.line}", style="dim")
    return text


def _unique(sightings: Sequence[Sighting]) -> list[Sighting]:
    return list({each.element: each for each in reversed(sightings)}.values())[::-1]


def _declared(one: Merged) -> tuple[Use, ...]:
    return tuple(use for use in one.consumer.uses if use.contract == one.contract)


def _entry(one: Merged) -> Iterator[str]:
    consumer = one.consumer
    yield f"  - id: {consumer.id}"
    if consumer.known_as:
        yield f"    known_as: [{', '.join(quoted(name) for name in consumer.known_as)}]"
    if consumer.repo:
        yield f"    repo: {consumer.repo}"
    yield f"    owner: {quoted(consumer.owner or TODO_OWNER)}" + (
        "" if consumer.owner else "  # TODO: who signs for it"
    )
    if consumer.criticality != "medium":
        yield f"    criticality: {consumer.criticality}"
    if consumer.visibility != "org":
        yield f"    visibility: {consumer.visibility}"
    if consumer.tolerates:
        yield f"    tolerates: [{', '.join(consumer.tolerates)}]"
    yield "    uses:"
    others = tuple(use for use in consumer.uses if use.contract != one.contract)
    for use in (*one.uses, *others):
        yield from _use(use)
    if consumer.assumes:
        yield "    assumes:"
        yield from (f"      - {_assumption(each)}" for each in consumer.assumes)
    if consumer.confirmed:
        yield f"    confirmed: {{by: {quoted(consumer.confirmed.by)}, date: {quoted(consumer.confirmed.date)}}}"


def _use(use: Use) -> Iterator[str]:
    yield f"      - contract: {use.contract}"
    if use.proposed:
        yield "        proposed: true"
    if use.elements:
        yield "        elements:"
        yield from (f"          - {quoted(element)}" for element in use.elements)
    if use.evidence != Evidence():
        yield f"        evidence: {{{', '.join(_evidence(use.evidence))}}}"


def _evidence(evidence: Evidence) -> Iterator[str]:
    yield f"kind: {evidence.kind}"
    if evidence.ref:
        yield f"ref: {quoted(evidence.ref)}"
    if evidence.seen:
        yield f"seen: {quoted(evidence.seen)}"
    if evidence.complete:
        yield "complete: true"


def _assumption(each: Assumption) -> str:
    parts = [f"aspect: {each.aspect}", f"at: {quoted(each.at)}"]
    parts += [f"statement: {quoted(each.statement)}"] if each.statement else []
    parts += [f"backed_by: {each.backed_by}"] if each.backed_by else []
    parts += ["proposed: true"] if each.proposed else []
    return f"{{{', '.join(parts)}}}"


def _plain(sighting: Sighting) -> dict[str, Any]:
    return {"element": sighting.element, "path": sighting.path, "line": sighting.line, "exact": sighting.exact}


def _indented(inner: RenderableType) -> Padding:
    return Padding(inner, (0, 0, 0, 2), expand=False)
