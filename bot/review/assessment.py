"""Steps 3 and 4 joined: what was compared, judged by the catalogue and traced to those it reaches.

The gate and `countersign check` both go through here, so both say the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from bot.contracts.change import Change, Comparison, Place
from bot.contracts.document import Fault
from bot.contracts.options import Options
from bot.judge.catalogue import Catalogue
from bot.judge.finding import Finding
from bot.registry.impact import Impact
from bot.registry.model import Registry
from bot.registry.moved_base import already_on_base
from bot.registry.snapshot import ContractSides, Snapshot
from bot.registry.trace import trace
from bot.review.ttl import duration


@dataclass(frozen=True, slots=True)
class Compared:
    """One contract's comparison. `with_tip`: the base's tip against head, when the base moved on in these files."""

    sides: ContractSides
    comparison: Comparison
    with_tip: Comparison | None = None


@dataclass(frozen=True, slots=True)
class Assessment:
    """What the change does, and to whom. `faults` and `not_checked` are sentences for the reader."""

    impacts: tuple[Impact, ...]
    faults: tuple[str, ...]
    not_checked: tuple[str, ...]


def options_for(registry: Registry | None, contract_id: str, today: date) -> Options:
    """How a contract is compared: by its own policy."""
    if registry is None or not registry.has_contract(contract_id):
        return Options(today)
    contract = registry.contract(contract_id)
    needs_sunset = "sunset" in contract.deprecation.require
    return Options(
        today,
        content=contract.compatibility.content,
        deprecation_days=duration(contract.deprecation.notice).days if needs_sunset else 0,
        mode=contract.compatibility.mode,
    )


def assess(
    snapshot: Snapshot, compared: Sequence[Compared], registry: Registry | None, catalogue: Catalogue, today: date
) -> Assessment:
    """Every finding of the snapshot's contracts with whom it reaches, in the order of `compared`."""
    impacts: list[Impact] = []
    faults: list[str] = []
    not_checked: list[str] = list(snapshot.not_checked)
    for one in compared:
        contract = one.sides.contract
        findings = _judged(one, registry, catalogue)
        impacts += trace(findings, registry, contract, today)
        faults += (_sentence(fault) for fault in one.comparison.faults)
        not_checked += one.comparison.not_checked
    for contract in _gated(registry):
        unseen = catalogue.judge(contract, "", (_unseen(reason) for reason in snapshot.incomplete))
        impacts += trace(unseen, registry, contract, today)
    return Assessment(tuple(impacts), tuple(dict.fromkeys(faults)), tuple(dict.fromkeys(not_checked)))


def _judged(one: Compared, registry: Registry | None, catalogue: Catalogue) -> tuple[Finding, ...]:
    contract = one.sides.contract
    known = registry is not None and registry.has_contract(contract)
    rules = registry.contract(contract).compatibility.rules if registry is not None and known else {}
    overrides = {str(level): ids for level, ids in rules.items()}
    findings = catalogue.judge(contract, one.sides.format, one.comparison.changes, overrides)
    if one.with_tip is None:
        return findings
    return tuple(finding for finding in findings if not already_on_base(finding, one.with_tip))


def _gated(registry: Registry | None) -> Iterable[str]:
    """What could not be seen may have been any of them."""
    return (contract.id for contract in registry.contracts) if registry else ()


def _unseen(reason: str) -> Change:
    return Change(
        fact="snapshot.incomplete",
        element="**",
        places=(Place("**", {"direction": "none"}),),
        identity=("", reason),
        attributes={"reason": reason},
    )


def _sentence(fault: Fault) -> str:
    if fault.position is None:
        return fault.message
    return f"{fault.position.path}:{fault.position.line}: {fault.message}"
