"""Findings as every report lists them: grouped by contract, worst first, with or without a decision around them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.judge.finding import Finding, Level
from bot.registry.impact import ConsumerImpact, Guarantee, Impact, Reach
from bot.report.words import MUST_BE_SIGNED
from bot.review.deprecations import deprecates
from bot.review.disputes import Reclassification
from bot.review.values import Decision, Requirement, RequirementState

if TYPE_CHECKING:
    from bot.registry.model import Registry


_DIVIDED = {
    RequirementState.OBJECTED: "objected to",
    RequirementState.REJECTED: "rejected",
    RequirementState.HONOURED: "held by ruling",
    RequirementState.OVERRULED: "overruled",
}
_SETTLED = {
    RequirementState.WAIVED: "waived",
    RequirementState.CONSENTED: "let go by silence",
    RequirementState.APPROVED: "signed",
    RequirementState.ACKNOWLEDGED: "seen",
}


@dataclass(frozen=True, slots=True)
class Item:
    """One finding to show. Without a decision (`countersign diff`) there is no id and no requirement.

    impact: None also when the contract is not registered, where nothing is promised and nobody is known.
    reclassified: what people made of it, if that counts.
    """

    finding: Finding
    id: str = ""
    impact: Impact | None = None
    requirements: tuple[Requirement, ...] = ()
    reclassified: Reclassification | None = None

    @property
    def level(self) -> Level:
        """The one that counts: people's word goes before the catalogue's."""
        return self.reclassified.after if self.reclassified else self.finding.level

    @property
    def is_gated(self) -> bool:
        """Whether somebody must sign it, or has to have seen it."""
        return any(requirement.blocking for requirement in self.requirements)

    @property
    def is_severe(self) -> bool:
        """Whether it is shown first and in full."""
        return self.level in MUST_BE_SIGNED or self.is_gated

    @property
    def is_deprecation(self) -> bool:
        """Whether it only says that something will go."""
        return self.level is Level.COMPATIBLE and deprecates(self.finding.change)

    @property
    def is_harmless(self) -> bool:
        return self.level is Level.COMPATIBLE and not self.is_deprecation

    @property
    def reaches_nobody(self) -> bool:
        """Whether it is left unsaid whom it reaches: it takes nothing from them."""
        return self.level is Level.COMPATIBLE and not self.requirements

    @property
    def holds(self) -> bool:
        """Whether the merge waits because of it."""
        return any(r.holds and r.enforcement == "enforce" for r in self.requirements)

    @property
    def is_settled(self) -> bool:
        """Whether nothing more is asked for it. How it came to that, `standing` says."""
        blocking = [r for r in self.requirements if r.blocking]
        return bool(blocking) and all(r.state.is_settled for r in blocking)

    @property
    def is_signed(self) -> bool:
        """Whether it is settled by everybody's own word."""
        return self.is_settled and self.standing in ("signed", "seen")

    @property
    def standing(self) -> str:
        """Where it stands, in a word or two; empty while answers are waited for. What divides people comes first."""
        states = {r.state for r in self.requirements}
        for state, word in _DIVIDED.items():
            if state in states:
                return word
        if not self.is_settled:
            return ""
        states = {r.state for r in self.requirements if r.blocking}
        return next((word for state, word in _SETTLED.items() if state in states), "")

    @property
    def guarantee(self) -> Guarantee | None:
        return self.impact.guarantee if self.impact else None

    @property
    def undoes_since(self) -> str:
        """The newest release, when this only takes back what came after it, so that nobody has to sign."""
        return self.impact.undoes_since if self.impact and not self.requirements else ""

    def reached(self, reach: Reach) -> tuple[ConsumerImpact, ...]:
        return tuple(c for c in self.impact.consumers if c.reach is reach) if self.impact else ()


def of_decision(decision: Decision, registry: Registry | None) -> tuple[Item, ...]:
    """Every finding of the decision, worst first."""
    registered = {contract.id for contract in registry.contracts} if registry else set()
    requirements: dict[tuple[str, str], list[Requirement]] = {}
    for requirement in decision.requirements:
        requirements.setdefault((requirement.contract, requirement.finding), []).append(requirement)
    reclassified = {one.fingerprint: one for one in decision.reclassified}
    return _worst_first(
        Item(
            finding=judged.impact.finding,
            id=judged.id,
            impact=judged.impact if judged.impact.finding.contract in registered else None,
            requirements=tuple(requirements.get((judged.impact.finding.contract, judged.id), ())),
            reclassified=reclassified.get(judged.fingerprint),
        )
        for judged in decision.findings
    )


def of_findings(findings: Iterable[Finding]) -> tuple[Item, ...]:
    """Findings alone, worst first."""
    return _worst_first(Item(finding=finding) for finding in findings)


def _worst_first(items: Iterable[Item]) -> tuple[Item, ...]:
    """By level, then what somebody objects to, then what is to be signed, then whom it breaks, then how far it
    reaches; ties by where it is.
    """
    return tuple(sorted(items, key=_rank))


def by_contract(items: Sequence[Item]) -> tuple[tuple[str, tuple[Item, ...]], ...]:
    """Contract ids with their findings, in the order in which they are first met."""
    contracts: dict[str, list[Item]] = {}
    for item in items:
        contracts.setdefault(item.finding.contract, []).append(item)
    return tuple((contract, tuple(found)) for contract, found in contracts.items())


def _rank(item: Item) -> tuple[int, bool, bool, int, int, int, str, int, str]:
    position = item.finding.change.position
    return (
        -item.level.severity,
        item.standing != _DIVIDED[RequirementState.OBJECTED],
        not item.is_gated,
        -len(item.reached(Reach.AFFECTED)),
        -len(item.reached(Reach.POSSIBLY)),
        -len(item.finding.places),
        position.path if position else "",
        position.line if position else 0,
        item.finding.change.element,
    )
