"""The outcome in one sentence: is it breaking, for which contract, and what holds it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from bot.judge.finding import Level
from bot.report.items import Item
from bot.report.words import changes_by_level, count, joined
from bot.review.values import Decision, Requirement, RequirementState, Verdict

ICONS = {
    Level.BREAKING: "🔴",
    Level.UNCLASSIFIED: "🟣",
    Level.RISKY: "🟡",
    Level.COMPATIBLE: "🟢",
}


@dataclass(frozen=True, slots=True)
class Headline:
    """An icon and plain text (names in it are not yet made safe for Markdown)."""

    icon: str
    text: str
    contracts: tuple[str, ...] = ()

    def __str__(self) -> str:
        return " to ".join(part for part in (self.text, joined(self.contracts, limit=3)) if part)


def headline(decision: Decision, items: Sequence[Item]) -> Headline:
    """What the first line of every report says about the change. Objections stand above it."""
    if decision.verdict is Verdict.FAILED:
        return Headline("❌", "The contract registry cannot be read, so nothing could be judged")
    if not items:
        return Headline("✅", "No contract change")
    severe = tuple(item for item in items if item.is_severe)
    if not severe:
        milder = (
            ("risky change", sum(item.level is Level.RISKY for item in items)),
            ("deprecation", sum(item.is_deprecation for item in items)),
        )
        told = joined([count(number, what) for what, number in milder if number])
        return Headline("✅", f"Nothing breaking, {told}" if told else "Only compatible changes", contracts_of(items))
    text = changes_by_level(item.level for item in severe)
    match decision.verdict:
        case Verdict.RELEASED:
            text = f"{'Countersigned' if is_countersigned(decision) else 'Released'}: {text}"
        case Verdict.WARNED | Verdict.OBSERVED:
            text = f"Would have been held: {text}"
    icon = {Verdict.HELD: "⛔", Verdict.RELEASED: "✅", Verdict.OBSERVED: "👁️"}.get(decision.verdict, "⚠️")
    return Headline(icon, text, contracts_of(severe))


def check_title(decision: Decision, items: Sequence[Item]) -> str:
    """The check's one line, shown next to its name in the merge box: the outcome first, then what divides people."""
    severe = [item.level for item in items if item.is_severe]
    match decision.verdict:
        case Verdict.FAILED:
            return f"Cannot judge: {decision.problems[0]}" if decision.problems else "Cannot judge: registry unreadable"
        case Verdict.HELD:
            return f"Held{_by_ruling(decision)}: {_objected(decision)}{changes_by_level(severe)}{_lacking(decision)}"
        case Verdict.RELEASED:
            word = "Countersigned" if is_countersigned(decision) else "Released"
            return f"{word}: {changes_by_level(severe)}, {_settled_by(decision)}"
        case Verdict.WARNED | Verdict.OBSERVED:
            word = "warning only" if decision.verdict is Verdict.WARNED else "observed only"
            held = f"{_objected(decision)}{changes_by_level(severe)}{_lacking(decision)}"
            return f"Would have been held: {held} ({word})"
        case _ if severe:
            return f"Reported, not held: {changes_by_level(severe)}"
        case _:
            return headline(decision, items).text


def is_countersigned(decision: Decision) -> bool:
    """Whether everybody who had to has signed: nobody was overruled, waived, or only silent."""
    return not decision.disputes and all(r.state in _OWN_WORD for r in decision.requirements if r.blocking)


_OWN_WORD = frozenset({RequirementState.APPROVED, RequirementState.ACKNOWLEDGED})


def _by_ruling(decision: Decision) -> str:
    """When nothing but a ruling holds it, the title says so first."""
    if any(r.state is RequirementState.REJECTED for r in decision.requirements):
        return " (rejected by ruling)"
    found = (r for r in decision.requirements if r.state is RequirementState.HONOURED and r.signature)
    days = [r.signature.until for r in found if r.signature and r.signature.until]
    return f" until {max(days).isoformat()} is over, by ruling" if days else ""


def _objected(decision: Decision) -> str:
    """`1 objection, `: comments that wait for a ruling, however many changes they are about."""
    unruled = [objection for dispute in decision.disputes if dispute.ruling is None for objection in dispute.objections]
    said = {(one.comment_kind, one.comment_id, one.line) for one in unruled}
    return f"{count(len(said), 'objection')}, " if said else ""


def _lacking(decision: Decision) -> str:
    """`, 2 signatures missing`, of those that hold the merge, or would: of each role for each contract one."""
    holding = [r for r in decision.requirements if r.holds]
    if decision.verdict is Verdict.HELD:
        holding = [r for r in holding if r.enforcement == "enforce"]
    kinds: dict[str, set[tuple[str, str]]] = {"signature": set(), "acknowledgement": set(), "waiver": set()}
    for requirement in holding:
        if requirement.state is RequirementState.OPEN:
            kinds[requirement.wants].add((requirement.contract, str(requirement.capacity)))
    days = [r.stays_until for r in holding if r.wants == "waiver" and r.stays_until]
    promised = f", not before {max(days).isoformat()}" if days else ", promised for longer"
    missing = "".join(f", {count(len(kinds[kind]), kind)} missing" for kind in _MISSED if kinds[kind])
    return f"{promised if kinds['waiver'] else ''}{missing}"


_MISSED = ("signature", "acknowledgement")


def _settled_by(decision: Decision) -> str:
    """`3 signatures, 1 overruled`: of each role for each contract one, however many changes it signs."""
    overruled = RequirementState.OVERRULED  # also who was only asked
    counted = [r for r in decision.requirements if r.blocking or r.state is overruled]
    states = Counter(state for state, _, _ in {(r.state, r.contract, str(r.capacity)) for r in counted})
    parts = [
        count(states[state], word) if word in ("signature", "acknowledgement") else f"{states[state]:,} {word}"
        for state, word in _SETTLED_BY.items()
        if states[state]
    ]
    return joined(parts, limit=9) if len(parts) < 2 else ", ".join(parts)


_SETTLED_BY = {
    RequirementState.APPROVED: "signature",
    RequirementState.ACKNOWLEDGED: "acknowledgement",
    RequirementState.OVERRULED: "overruled",
    RequirementState.WAIVED: "waived",
    RequirementState.CONSENTED: "silent",
}


def open_blocking(requirements: Sequence[Requirement]) -> tuple[Requirement, ...]:
    """The signatures that hold the merge."""
    return tuple(r for r in requirements if r.holds and r.enforcement == "enforce")


def contracts_of(items: Sequence[Item]) -> tuple[str, ...]:
    """Contract ids in the order of their worst finding."""
    return tuple(dict.fromkeys(item.finding.contract for item in items))
