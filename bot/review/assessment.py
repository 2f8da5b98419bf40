"""Steps 3 and 4 joined: what was compared, judged by the catalogue and traced to those it reaches.

The gate and `countersign check` both go through here, so both say the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from bot.contracts.change import Change, Comparison, Place
from bot.contracts.document import Fault
from bot.contracts.options import Options
from bot.judge.catalogue import Catalogue
from bot.judge.finding import Finding, Level
from bot.registry.edited import edited
from bot.registry.edited import faults as faults_of_the_registry
from bot.registry.impact import Impact
from bot.registry.model import Registry
from bot.registry.moved_base import already_on_base
from bot.registry.snapshot import ContractSides, Snapshot
from bot.registry.span import duration
from bot.registry.trace import trace
from bot.review.reverts import with_undone
from bot.review.versioning import Raised, version_of


@dataclass(frozen=True, slots=True)
class Compared:
    """One contract's comparison. `with_tip`: the base's tip against head, when the base moved on in these files.
    `with_releases`: by tag, newest first, what was released against head, as far as the policy compares with that.
    `with_newest`: the newest release's tag, and against head that release and what stood there before what the change
    says that it undoes, where it may do so unasked.
    """

    sides: ContractSides
    comparison: Comparison
    with_tip: Comparison | None = None
    with_releases: tuple[tuple[str, Comparison], ...] = ()
    with_newest: tuple[str, tuple[Comparison, ...]] | None = None


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
    """Every finding with whom it reaches: those of the contracts, in the order of `compared`, then those of the
    registry.
    """
    impacts: list[Impact] = []
    faults: list[str] = []
    not_checked: list[str] = list(snapshot.not_checked)
    for one in compared:
        contract = one.sides.contract
        findings = _judged(one, registry, catalogue)
        reached = trace(findings, registry, contract, today)
        if one.with_newest is not None:
            release, before = one.with_newest
            changes = (change for comparison in before for change in comparison.changes)
            judged = catalogue.judge(contract, one.sides.format, changes, _overrides(registry, contract))
            harm = [finding.change for finding in judged if finding.level is not Level.COMPATIBLE]
            reached = with_undone(reached, release, harm)
        raised = _version(one, reached, registry, catalogue)
        impacts += (*reached, *raised.impacts)
        not_checked += raised.not_checked
        faults += (_sentence(fault) for fault in one.comparison.faults)
        not_checked += one.comparison.not_checked
    for contract in _gated(registry):
        unseen = catalogue.judge(contract, "", (_unseen(reason) for reason in snapshot.incomplete))
        impacts += trace(unseen, registry, contract, today)
    impacts += edited(snapshot, registry, catalogue, today)
    faults += faults_of_the_registry(snapshot)
    return Assessment(tuple(impacts), tuple(dict.fromkeys(faults)), tuple(dict.fromkeys(not_checked)))


def _version(one: Compared, impacts: Sequence[Impact], registry: Registry | None, catalogue: Catalogue) -> Raised:
    """Measured against the newest release, where the policy compares with releases, else against the base as it is."""
    if registry is None or not registry.has_contract(one.sides.contract):
        return Raised()
    comparison = one.with_releases[0][1] if one.with_releases else one.with_tip or one.comparison
    return version_of(registry.contract(one.sides.contract), one.sides.format, impacts, comparison, catalogue)


def _judged(one: Compared, registry: Registry | None, catalogue: Catalogue) -> tuple[Finding, ...]:
    contract = one.sides.contract
    known = registry.contract(contract) if registry is not None and registry.has_contract(contract) else None
    overrides = _overrides(registry, contract)

    def findings(changes: Iterable[Change]) -> tuple[Finding, ...]:
        return catalogue.judge(contract, one.sides.format, changes, overrides)

    found = findings(one.comparison.changes)
    if one.with_tip is not None:
        found = tuple(finding for finding in found if not already_on_base(finding, one.with_tip))
    if known is None or not one.with_releases:
        return found
    against_releases = tuple(
        finding
        for tag, comparison in one.with_releases
        for finding in findings(_as_of(tag, change) for change in comparison.changes)
        if not already_on_base(finding, one.comparison)  # it is not this change that does it
    )
    if "base" not in known.compatibility.against:
        # What was never released may change: only what the releases have counts.
        released = {_same(finding) for finding in against_releases}
        found = tuple(finding for finding in found if _same(finding) in released)
    seen = {_same(finding) for finding in found}
    more = []
    for finding in against_releases:  # newest release first: of several, that one is named
        if _same(finding) not in seen:
            seen.add(_same(finding))
            more.append(finding)
    return (*found, *more)


def _overrides(registry: Registry | None, contract: str) -> Mapping[str, tuple[str, ...]]:
    if registry is None or not registry.has_contract(contract):
        return {}
    return {str(level): ids for level, ids in registry.contract(contract).compatibility.rules.items()}


def _same(finding: Finding) -> tuple[str, str, tuple[str, str]]:
    return finding.change.fact, finding.change.element, finding.change.identity


def _as_of(tag: str, change: Change) -> Change:
    """A change since a release. What is no longer there has its line in the release, which is not linked to."""
    position = change.position if change.side == "head" else None
    return replace(change, position=position, attributes={**change.attributes, "release": tag})


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
