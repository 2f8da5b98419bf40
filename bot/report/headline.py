"""The outcome in one sentence: is it breaking, for which contract, and what holds it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.judge.finding import Level
from bot.report.items import Item
from bot.report.words import MUST_BE_SIGNED, changes_by_level, count, joined
from bot.review.values import Decision, Requirement, Verdict

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
    """What the first line of every report says."""
    if decision.verdict is Verdict.FAILED:
        return Headline("❌", "The contract registry cannot be read, so nothing could be judged")
    if not items:
        return Headline("✅", "No contract change")
    severe = tuple(item for item in items if item.level in MUST_BE_SIGNED)
    if not severe:
        risky = sum(item.level is Level.RISKY for item in items)
        text = f"Nothing breaking, {count(risky, 'risky change')}" if risky else "Only compatible changes"
        return Headline("✅", text, contracts_of(items))
    text = changes_by_level(item.level for item in severe)
    if decision.verdict is Verdict.RELEASED:
        text = f"Countersigned: {text}"
    icon = {Verdict.HELD: "⛔", Verdict.RELEASED: "✅"}.get(decision.verdict, "⚠️")
    return Headline(icon, text, contracts_of(severe))


def check_title(decision: Decision, items: Sequence[Item]) -> str:
    """The check's one line, shown next to its name in the merge box: the outcome first."""
    severe = [item.level for item in items if item.level in MUST_BE_SIGNED]
    missing = len(open_blocking(decision.requirements))
    match decision.verdict:
        case Verdict.FAILED:
            return f"Cannot judge: {decision.problems[0]}" if decision.problems else "Cannot judge: registry unreadable"
        case Verdict.HELD:
            return f"Held: {changes_by_level(severe)}, {count(missing, 'signature')} missing"
        case Verdict.RELEASED:
            signed = sum(r.blocking and r.state.is_settled for r in decision.requirements)
            return f"Countersigned: {changes_by_level(severe)}, {count(signed, 'signature')}"
        case Verdict.WARNED | Verdict.OBSERVED:
            word = "Warning" if decision.verdict is Verdict.WARNED else "Observed"
            would = count(sum(r.holds for r in decision.requirements), "signature")
            return f"{word}, not held: {changes_by_level(severe)}, would need {would}"
        case _ if severe:
            return f"Reported, not held: {changes_by_level(severe)}"
        case _:
            return headline(decision, items).text


def open_blocking(requirements: Sequence[Requirement]) -> tuple[Requirement, ...]:
    """The signatures that hold the merge."""
    return tuple(r for r in requirements if r.holds and r.enforcement == "enforce")


def contracts_of(items: Sequence[Item]) -> tuple[str, ...]:
    """Contract ids in the order of their worst finding."""
    return tuple(dict.fromkeys(item.finding.contract for item in items))
