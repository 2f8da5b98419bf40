"""The check run: what the merge box, the checks page and the changed files show."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from bot.contracts.formats import WHOLE
from bot.judge.finding import Level
from bot.registry.impact import ConsumerImpact, Reach
from bot.registry.model import Registry
from bot.report import blocks, disputes, items, safety, signing, words
from bot.report.context import APP_NAME, Context
from bot.report.deadlines import Deadlines, ending
from bot.report.headline import check_title, headline
from bot.report.items import Item
from bot.report.names import Names
from bot.report.outcome import outcome
from bot.report.publication import Annotation, CheckOutput
from bot.report.reasons import undated
from bot.review.values import Decision, Verdict

TITLE_LIMIT = 255
"""Characters, for the title of a check and of an annotation."""
TEXT_LIMIT = 65_535
"""Bytes of UTF-8, for summary and text each. GitHub's documentation says characters; its refusal says `bytesize`."""
MESSAGE_LIMIT = 64_000
"""Bytes. The documentation says 64 KB."""
ANNOTATION_LIMIT = 100
"""Beyond that nobody reads them between the lines of a diff. GitHub takes 50 a request."""
_OBJECTIONS = 10
_OBJECTION_LENGTHS = (4_000, 1_000, 200)
"""Characters of each: the first with which the whole summary fits."""
_ENDING = 10
_ROOM_FOR_THE_REST = 100
"""Bytes kept free for saying how much was left out."""


def check_output(decision: Decision, registry: Registry | None, context: Context) -> CheckOutput:
    """The check of a decision, within GitHub's limits. Annotations are worst first, at most ANNOTATION_LIMIT."""
    shown = items.of_decision(decision, registry)
    names = Names(registry)
    held = decision.verdict in (Verdict.HELD, Verdict.FAILED)
    return CheckOutput(
        conclusion="failure" if held else "success",
        title=safety.bare(names.hide(check_title(decision, shown)), TITLE_LIMIT),
        summary=_summary(decision, shown, names, registry, context),
        text=_full_list(decision, shown, context, names),
        annotations=tuple(islice(_annotations(shown, names), ANNOTATION_LIMIT)),
    )


def _summary(
    decision: Decision, shown: Sequence[Item], names: Names, registry: Registry | None, context: Context
) -> str:
    """Objections give way before anything is lost that is asked of people."""
    deadlines = Deadlines.of(decision, registry)
    lines: list[str] = []
    for length in _OBJECTION_LENGTHS:
        lines = list(_outcome(decision, shown, names, registry, context, deadlines, length))
        if sum(_size(line) for line in lines) <= TEXT_LIMIT:
            break
    return _lines_within(lines, TEXT_LIMIT, sum(_is_entry(line) for line in lines))


def _outcome(
    decision: Decision,
    shown: Sequence[Item],
    names: Names,
    registry: Registry | None,
    context: Context,
    deadlines: Deadlines,
    length: int,
) -> Iterator[str]:
    for paragraph in disputes.section(decision, shown, names, deadlines, number=_OBJECTIONS, length=length):
        yield from paragraph.splitlines()
        yield ""
    first = headline(decision, shown)
    to = words.joined([safety.code(contract) for contract in first.contracts], limit=3)
    yield f"**{safety.plain(first.text)}**" + (f" to {to}" if to else "")
    yield ""
    rows = signing.rows(decision.requirements)
    yield outcome(decision, shown, rows, names, registry)
    yield ""
    for problem in decision.problems:
        yield f"- {safety.phrase(problem, 600)}"
    if rows and decision.verdict not in (Verdict.FAILED, Verdict.REPORTED):
        yield from signing.table(rows, names, frozenset(), context.knows_people).splitlines()
        yield ""
    due = () if decision.is_draft else deadlines.lines(names)
    for icon, sentences in (("⏰", due), ("⌛", ending(decision, names)[:_ENDING])):
        for sentence in sentences:
            yield f"- {icon} {sentence}"
    if any(signing.is_to_be_signed(row) for row in rows):
        yield ""
        yield "To sign, comment `/approve-breaking` on the pull request; `/object -- reason` holds it."
    if any(signing.is_to_be_ruled(row) for row in rows):
        yield ""
        yield "The decision owner rules by a comment: `/rule accept`, `/rule reject` or `/rule honour-until`."
    if shown:
        yield ""
        yield f"The comment of {APP_NAME} on the pull request explains each change."


def _full_list(decision: Decision, shown: Sequence[Item], context: Context, names: Names) -> str:
    """Every finding, one line each, which the comment may have had to shorten. Links give way before findings do."""
    linked = _all_within(_text(decision, shown, context, names), TEXT_LIMIT)
    if linked is not None:
        return linked
    entries = len(shown) + len(decision.not_checked) + len(decision.faults)
    return _lines_within(_text(decision, shown, None, names), TEXT_LIMIT, entries)


def _text(decision: Decision, shown: Sequence[Item], context: Context | None, names: Names) -> Iterator[str]:
    several = len({item.finding.contract for item in shown}) > 1
    for level in words.WORST_FIRST:
        of_level = [item for item in shown if item.level is level]
        if not of_level:
            continue
        yield f"### {level.value.capitalize()} ({len(of_level):,})"
        for contract, group in items.by_contract(of_level):
            yield ""
            if several:
                yield f"{safety.code(contract)}"
                yield ""
            for item in group:
                yield blocks.line(item, context, names)
        yield ""
    for title, sentences in (("Not checked", decision.not_checked), ("Faults in the documents", decision.faults)):
        if sentences:
            yield f"### {title}"
            yield ""
            yield from (f"- {safety.phrase(names.hide(sentence), 400)}" for sentence in sentences)
            yield ""


def _all_within(lines: Iterable[str], limit: int) -> str | None:
    """The lines as a text; None when it has more than `limit` bytes, and what comes after those is not even made."""
    kept: list[str] = []
    for line in lines:
        limit -= _size(line)
        if limit < 0:
            return None
        kept.append(line)
    return "\n".join(kept).strip()


def _lines_within(lines: Iterable[str], limit: int, entries: int) -> str:
    """As many whole lines as fit into `limit` bytes, and how many of `entries` were left out."""
    kept: list[str] = []
    size = fitting = 0
    for line in lines:
        size += _size(line)
        if size > limit:
            left_out = entries - sum(_is_entry(line) for line in kept[:fitting])
            return "\n".join([*kept[:fitting], "", f"_{left_out:,} more lines do not fit here._"]).strip()
        kept.append(line)
        if size <= limit - _ROOM_FOR_THE_REST:
            fitting = len(kept)
    return "\n".join(kept).strip()


def _size(line: str) -> int:
    return len(line.encode()) + 1


def _is_entry(line: str) -> bool:
    """A list item, or a row of a table: what a reader would count."""
    return line.startswith(("- ", "|"))


def _annotations(shown: Sequence[Item], names: Names) -> Iterator[Annotation]:
    """Findings that have a line at head. What was removed has none there, and GitHub shows no other side."""
    for item in shown:
        position = item.finding.change.position
        if position is None or item.finding.change.side == "base" or item.level is Level.COMPATIBLE:
            continue
        yield Annotation(
            path=position.path,
            start_line=max(1, position.line),
            end_line=max(1, position.line, position.end_line),
            level="failure" if item.holds else "warning",
            title=safety.bare(f"{item.level.value.capitalize()}: {item.finding.rule.title}", TITLE_LIMIT),
            message=_within_bytes("\n".join(_message(item, names)), MESSAGE_LIMIT),
        )


def _message(item: Item, names: Names) -> Iterator[str]:
    change, rule = item.finding.change, item.finding.rule
    before, after = (
        "nothing" if side is None else safety.bare(words.value(side)) for side in (change.before, change.after)
    )
    element = "the whole contract" if change.element == WHOLE else safety.bare(change.element, 300)
    yield element + (f": {before} → {after}" if (before, after) != ("nothing",) * 2 else "")
    for reach, verb in ((Reach.AFFECTED, "Affects"), (Reach.POSSIBLY, "Possibly affects")):
        if consumers := [_consumer(c, names) for c in item.reached(reach)]:
            yield f"{verb} {words.joined(consumers, limit=8)}"
    if item.standing:
        yield f"State: {item.standing}"
    if rule.why:
        yield safety.bare(rule.why)
    if rule.instead:
        yield f"Compatible instead: {safety.bare(rule.instead)}"
    yield f"Rule {rule.id}" + (f", finding {item.id}" if item.id else "")


def _consumer(consumer: ConsumerImpact, names: Names) -> str:
    """How we know, without how long ago: annotations that differ every day would need a new check run every day."""
    name = safety.bare(names.consumer(consumer.consumer), 100)
    if not consumer.reasons or (names.is_private(consumer.consumer) and not consumer.alias):
        return name
    return f"{name}, which {undated(consumer.reasons)}"


def _within_bytes(text: str, limit: int) -> str:
    encoded = text.encode()
    if len(encoded) <= limit:
        return text
    return encoded[: limit - 3].decode(errors="ignore") + safety.ELLIPSIS
