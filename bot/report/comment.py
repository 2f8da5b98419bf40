"""The comment: one, updated in place, read by people who have five seconds.

What somebody objects to, in their own words; is it breaking, for whom, who must act, by when, what to do; then each
change by its root cause; then who has signed. Everything else is folded away. When it gets too long, detail goes from
the bottom: compatible changes first, then lists of places, then findings shrink to lines. Objections, the verdict and
the list of who must sign always stay, and what was cut is said.

Mentions: the comment pings only the handles in `Context.mentions`, who have to be asked and could not be requested as
reviewers. Everybody else who must act gets GitHub's review request; pinging them here too would tell them twice, and
again whenever the comment is posted anew.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cached_property

from bot.judge.finding import Finding, Level
from bot.registry.model import Contract, Registry
from bot.report import blocks, disputes, items, safety, signatures, signing, words
from bot.report.blocks import Blocks, NoRoom
from bot.report.context import APP_NAME, CHECK_NAME, Context
from bot.report.deadlines import Deadlines, ending, sentences
from bot.report.detail import LADDER, Detail
from bot.report.headline import contracts_of, headline
from bot.report.items import Item
from bot.report.names import Names, handle
from bot.report.outcome import outcome
from bot.report.promises import promise
from bot.review.help import COMMANDS, RULES
from bot.review.values import Decision, Verdict

COMMENT_LIMIT = 65_536
"""Characters. GitHub's own message names this number; measured, it stores 262,144 bytes, which is four bytes each."""

_FULL_AMONG_MANY = 3
_PROBLEMS_SHOWN = 50
_SIGNATURES_SHOWN = 200
_ENDING_SHOWN = 10
_BROKEN_SHOWN = 3


def comment(decision: Decision, registry: Registry | None, context: Context) -> str:
    """The whole comment as Markdown, at most COMMENT_LIMIT characters, the marker at its end."""
    marker = f"\n\n{context.marker}\n" if context.marker else "\n"
    room = COMMENT_LIMIT - len(marker)
    page = _Page(decision, registry, context)
    detail = Detail()
    body = page.within(room, detail)
    for step in LADDER:
        if body is not None:
            break
        detail = replace(detail, **step)  # type: ignore[arg-type]
        body = page.within(room, detail)
    if body is None:
        return safety.clip(page.render(detail), room) + marker
    return _with_more_lines(page, detail, body, room) + marker


def _with_more_lines(page: _Page, detail: Detail, body: str, room: int) -> str:
    """`body`, with as many of the findings that it leaves out as there is room for."""
    fits, too_many = detail.lines, min(Detail().lines, len(page.items))
    if detail.lines == Detail().lines:
        return body
    while too_many - fits > 10:
        middle = (fits + too_many) // 2
        longer = page.within(room, replace(detail, lines=middle))
        if longer is not None:
            fits, body = middle, longer
        else:
            too_many = middle
    return body


def findings_alone(findings: Sequence[Finding]) -> str:
    """Findings without a pull request around them, as Markdown (`countersign diff --format markdown`)."""
    shown = items.of_findings(findings)
    if not shown:
        return "No contract change.\n"
    levels = words.changes_by_level(item.level for item in shown)
    sections = _sections(shown, None, Blocks(None, Names(None)), Detail())
    return f"### {levels}\n\n" + "\n\n".join(sections) + "\n"


class _Page:
    """One decision, rendered at several levels of detail. What does not depend on the level is made once."""

    def __init__(self, decision: Decision, registry: Registry | None, context: Context) -> None:
        self.decision = decision
        self.registry = registry
        self.context = context
        self.items = items.of_decision(decision, registry)
        self.names = Names(registry)
        self.mentions = frozenset(context.asks.mentions)
        self._blocks = Blocks(context, self.names)
        self._disputes: dict[tuple[int, int], tuple[str, ...]] = {}

    def within(self, room: int, detail: Detail) -> str | None:
        """The page, or None when it is longer than `room` characters."""
        try:
            page = self.render(detail, room)
        except NoRoom:
            return None
        return page if len(page) <= room else None

    def render(self, detail: Detail, room: int | None = None) -> str:
        """Raises NoRoom when the findings alone are longer than `room`."""
        self._blocks.begin(room)
        sections = [
            *self._objections(detail),
            self._headline,
            *self._problems,
            *self._who_must_act(detail),
            *self._broken_halves(detail),
            *_sections(self.items, self.registry, self._blocks, detail, self.context),
            *self._signatures(detail),
            *self._refusals,
            *self._remarks(detail),
            *self._draft(detail),
            *self._help,
            self._footer(detail),
        ]
        return "\n\n".join(sections)

    def _objections(self, detail: Detail) -> tuple[str, ...]:
        key = (detail.objections, detail.said)
        if key not in self._disputes:
            number, length = key
            self._disputes[key] = disputes.section(
                self.decision, self.items, self.names, self._deadlines, number=number, length=length
            )
        return self._disputes[key]

    @cached_property
    def _deadlines(self) -> Deadlines:
        return Deadlines.of(self.decision, self.registry)

    @cached_property
    def _headline(self) -> str:
        said = outcome(self.decision, self.items, self._rows, self.names, self.registry, self.mentions)
        return f"{_heading(self.decision, self.items)}\n\n{said}"

    @cached_property
    def _problems(self) -> tuple[str, ...]:
        problems = self.decision.problems
        listed = [f"- {safety.phrase(problem, 600)}" for problem in problems[:_PROBLEMS_SHOWN]]
        listed += _and_more(len(problems) - len(listed))
        return ("\n".join(listed),) if listed else ()

    def _who_must_act(self, detail: Detail) -> Iterator[str]:
        if not self._rows or self.decision.verdict in (Verdict.REPORTED, Verdict.FAILED):
            return
        yield self._table if len(self._rows) <= detail.rows else self._short_list
        yield from self._what_to_do
        if self._soon:
            yield self._soon
        if reasons := self._reasons[: detail.remarks]:
            yield blocks.details("Why these people", "\n".join(f"- {reason}" for reason in reasons))

    @cached_property
    def _rows(self) -> tuple[signing.Row, ...]:
        return signing.rows(self.decision.requirements)

    @cached_property
    def _table(self) -> str:
        return signing.table(self._rows, self.names, self.mentions, self.context.knows_people)

    @cached_property
    def _short_list(self) -> str:
        return signing.short_list(self._rows, self.names, limit=400)

    @cached_property
    def _soon(self) -> str:
        """What time alone will change."""
        due = () if self.decision.is_draft else self._deadlines.lines(self.names)
        parts = [
            "  \n".join(f"⏰ {sentence}" for sentence in due),
            sentences(ends, "⌛") if (ends := self._ending) else "",
        ]
        return "\n\n".join(part for part in parts if part)

    @cached_property
    def _ending(self) -> tuple[str, ...]:
        found = ending(self.decision, self.names)
        more = len(found) - _ENDING_SHOWN
        return (*found[:_ENDING_SHOWN], f"And {words.count(more, 'more')}.") if more > 0 else found

    @cached_property
    def _what_to_do(self) -> tuple[str, ...]:
        parts: list[str] = []
        open_rows = [row for row in self._rows if row.open]
        asked = {signer for row in open_rows for signer in row.first.signers}
        if unasked := [mention for mention in self.context.asks.mentions if mention not in asked]:
            parts.append(f"Also asked: {words.joined([handle(m, self.mentions) for m in unasked], limit=20)}")
        stuck = [row for row in open_rows if row.is_blocking and row.is_asked and not row.can_be_signed]
        if stuck and self.context.knows_people:
            parts.append("\n".join(f"- ⚠️ {reason}" for reason in signing.explanations(stuck, self.names)))
        asking = [row for row in open_rows if row.is_asked]
        if how := signing.how_to_sign(asking, [item.id for item in self.items]):
            parts.append(how)
        if unseen := [safety.plain(m) for m in self.context.asks.mentions if m in asked]:
            parts.append(
                f"<sub>📭 GitHub takes no review request for {words.joined(unseen, limit=5)} here, so this only "
                "mentions them. Whoever can't see this repository can't sign: give them read access, or ask them in "
                "their own.</sub>"
            )
        return tuple(parts)

    @cached_property
    def _reasons(self) -> tuple[str, ...]:
        return (*signing.explanations(self._rows, self.names), *signing.exclusions(self.decision))

    def _broken_halves(self, detail: Detail) -> Iterator[str]:
        broken = [safety.phrase(self.names.hide(sentence), 400) for sentence in self.context.broken_halves]
        if broken and self.items:
            shown = broken[: min(detail.remarks, _BROKEN_SHOWN)]
            more = len(broken) - len(shown)
            cut = (
                [f"{words.count(more, 'more registry', 'more registries')} of consumers can't be read."] if more else []
            )
            yield sentences([*shown, *cut], "🔇")

    def _signatures(self, detail: Detail) -> Iterator[str]:
        for title, entries in (("Signatures", self._signed), ("Reclassified", self._reclassified)):
            if entries:
                listed = [e.shown(with_note=n < detail.notes) for n, e in enumerate(entries[:_SIGNATURES_SHOWN])]
                listed += _and_more(len(entries) - len(listed))
                yield f"#### {title}\n\n" + "\n".join(listed)

    @cached_property
    def _signed(self) -> tuple[signatures.Entry, ...]:
        return signatures.signatures(self.decision, self.names, self.context.follow_ups)

    @cached_property
    def _reclassified(self) -> tuple[signatures.Entry, ...]:
        return signatures.reclassified(self.decision, self.names)

    @cached_property
    def _refusals(self) -> tuple[str, ...]:
        entries = signatures.refusals(self.decision.answers, self.names)
        return ("#### Commands that did not count\n\n" + "\n".join(entries),) if entries else ()

    def _remarks(self, detail: Detail) -> Iterator[str]:
        for title, number, told in self._not_judged:
            listed = [f"- {sentence}" for sentence in told[: detail.remarks]]
            listed += _and_more(number - len(listed))
            yield blocks.details(f"{title} ({number:,})", "\n".join(listed))

    @cached_property
    def _not_judged(self) -> tuple[tuple[str, int, tuple[str, ...]], ...]:
        """Title, number and sentences (as many as are ever shown)."""
        remarks = (("Not checked", self.decision.not_checked), ("Faults in the documents", self.decision.faults))
        return tuple(
            (title, len(all_of), tuple(safety.phrase(self.names.hide(s), 400) for s in all_of[: Detail().remarks]))
            for title, all_of in remarks
            if all_of
        )

    def _draft(self, detail: Detail) -> Iterator[str]:
        if not self.context.draft or not detail.draft or self.decision.verdict is Verdict.FAILED:
            return
        what = "add to" if self.registry is not None else "commit it as"
        yield blocks.details(
            "Say who depends on this: a registry to start from",
            f"Complete the `TODO`s and {what} `.github/contracts.yml`. From then on a breaking change is held until "
            "the people it concerns have signed.\n\n" + safety.fenced(self.context.draft, "yaml"),
        )

    @cached_property
    def _help(self) -> tuple[str, ...]:
        if self.registry is None or self.decision.verdict is Verdict.FAILED or not self.items:
            return ()
        return (blocks.details("Commands", _COMMANDS),)

    def _footer(self, detail: Detail) -> str:
        context = self.context
        commit = safety.link(
            safety.code(context.head_sha[:7]),
            safety.address(context.url, context.repository, "commit", context.head_sha),
        )
        facts = [f"{APP_NAME} · {commit} · decision {safety.code(self.decision.digest[:10])}"]
        target = safety.web_address(context.check_url)
        where = safety.link("the full list", target) if target else f"the check {safety.code(CHECK_NAME)}"
        if detail.cut:
            facts.append(f"Shortened to fit: {words.joined(list(detail.cut), limit=9)} left out; see {where}.")
        elif target and self.items:
            facts.append(where)
        return f"<sub>{' · '.join(facts)}</sub>"


def _and_more(number: int) -> list[str]:
    """The last item of a list that leaves out `number` of them."""
    return [f"- and {number:,} more"] if number else []


def _heading(decision: Decision, shown: Sequence[Item]) -> str:
    first = headline(decision, shown)
    contracts = words.joined([safety.code(contract) for contract in first.contracts], limit=3)
    return f"### {first.icon} {safety.plain(first.text)}" + (f" to {contracts}" if contracts else "")


def _sections(
    shown: Sequence[Item], registry: Registry | None, made: Blocks, detail: Detail, context: Context | None = None
) -> Iterator[str]:
    """The findings: what must be signed (or would have to be) by contract, the rest folded."""
    severe = [item for item in shown if item.is_severe]
    ranks = {id(item): rank for rank, item in enumerate(severe)}
    for contract, group in items.by_contract(severe):
        yield _contract_heading(contract, registry, context)
        yield from _by_room(contract, group, ranks, made, detail)
    several = len(contracts_of(shown)) > 1
    milder = [item for item in shown if not item.is_severe]
    for what, limit, found in (
        ("risky change", detail.risky, [i for i in milder if i.level is Level.RISKY]),
        ("deprecation", detail.risky, [i for i in milder if i.is_deprecation]),
        ("compatible change", detail.compatible, [i for i in milder if i.is_harmless]),
    ):
        if found:
            listed = _lines(found, limit, several, made, detail)
            is_open = what != "compatible change" and not severe
            yield blocks.details(words.count(len(found), what), listed, is_open=is_open)


def _contract_heading(contract: str, registry: Registry | None, context: Context | None) -> str:
    registered: Contract | None = None
    if registry is not None:
        registered = next((c for c in registry.contracts if c.id == contract), None)
    heading = f"#### Changes to {safety.code(contract)}"
    if registered is None:
        return heading
    raised = [safety.phrase(str(one)) for one in (context.raised if context else ()) if one.contract == contract]
    return f"{heading}\n\n<sub>{' '.join([safety.plain(promise(registered)), *raised])}</sub>"


def _by_room(
    contract: str, group: Sequence[Item], ranks: dict[int, int], made: Blocks, detail: Detail
) -> Iterator[str]:
    """The worst in full, the next ones folded one by one, the rest as lines behind one fold."""
    # Beyond a handful, findings in full are a wall: the first few show what it is about.
    full = detail.full if len(ranks) <= detail.full else min(detail.full, _FULL_AMONG_MANY)
    folded = full + detail.folded
    lines: list[str] = []
    left_out = 0
    for item in group:
        rank = ranks[id(item)]
        if rank < full:
            yield made.full(item, detail.places)
        elif rank < folded:
            yield made.folded(item, detail.places)
        elif rank < folded + detail.lines:
            lines.append(made.line(item, detail.line_links))
        else:
            left_out += 1
    listed = len(lines)
    lines += _and_more(left_out)
    if lines:
        more = "more " if listed + left_out < len(group) else ""
        summary = f"{words.count(listed + left_out, f'{more}change')} to {safety.code_html(contract)}"
        yield blocks.details(summary, "\n".join(lines)) if listed else "\n".join(lines)


def _lines(milder: Sequence[Item], limit: int, several: bool, made: Blocks, detail: Detail) -> str:
    listed: list[str] = []
    for contract, group in items.by_contract(milder[:limit]):
        if several:
            listed.append(f"\n{safety.code(contract)}\n")
        listed += [made.line(item, detail.line_links) for item in group]
    more = len(milder) - min(limit, len(milder))
    if more:
        listed.append(f"- {'and ' if listed else ''}{more:,} {'more' if listed else 'not listed here'}")
    return "\n".join(listed)


_COMMANDS = "\n".join(
    [
        "| Comment | Effect |",
        "| --- | --- |",
        *(f"| {safety.code(command)} | {safety.phrase(effect)} |" for command, effect in COMMANDS),
        "",
        f"{safety.phrase(RULES)} A push that leaves a signed change alone keeps its signature; one that alters it asks "
        "again.",
    ]
)
