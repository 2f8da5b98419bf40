"""What an organisation says of all its registries: how they are enforced where they say nothing, and the floors below
which none may go.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from bot.judge.catalogue import Catalogue, shipped
from bot.judge.finding import Level
from bot.registry.model import Compatibility, Contract, Deprecation, Floors, Registry, Signoff
from bot.registry.span import duration
from bot.registry.terms import Enforcement

_ENFORCEMENTS: tuple[str, ...] = Enforcement.__args__  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class Raised:
    """One term that a contract sets lower than the organisation allows. term: `deprecation.notice`."""

    contract: str
    term: str
    value: str
    floor: str

    def __str__(self) -> str:
        return f"`{self.term}` of `{self.contract}` counts as {self.floor}, not {self.value}: the organisation's floor."


def with_floors(
    registry: Registry,
    floors: Floors | None,
    catalogue: Catalogue | None = None,
    *,
    enforcement: Enforcement | None = None,
) -> Registry:
    """The registry as it counts: every contract raised to the organisation's floors, which it then carries.

    A repository's own `floors` count for nothing, unless they are handed in (the organisation's `.github` repository).
    catalogue: whose rules have levels of their own; the shipped one. enforcement: the organisation's default.
    """
    contracts = with_default(registry.contracts, enforcement)
    if floors is not None:
        rules = catalogue or shipped()
        contracts = tuple(_raised(contract, floors, rules)[0] for contract in contracts)
    laid = {"contracts": contracts, "floors": floors, "organisation_enforcement": enforcement}
    return registry.model_copy(update=laid)


def with_default(contracts: Iterable[Contract], enforcement: Enforcement | None) -> tuple[Contract, ...]:
    """The contracts, enforced as the organisation says where neither they nor their registry's defaults say it."""
    if enforcement is None:
        return tuple(contracts)
    return tuple(
        contract
        if "enforcement" in contract.model_fields_set
        else contract.model_copy(update={"enforcement": enforcement})
        for contract in contracts
    )


def raised(registry: Registry, floors: Floors | None, catalogue: Catalogue | None = None) -> tuple[Raised, ...]:
    """Every term that `with_floors` raises, contract by contract."""
    if floors is None:
        return ()
    rules = catalogue or shipped()
    return tuple(
        Raised(contract.id, term, value, floor)
        for contract in registry.contracts
        for term, value, floor in _raised(contract, floors, rules)[1]
    )


_Change = tuple[str, str, str]
"""The term, what the contract says, what counts instead."""


def _raised(contract: Contract, floors: Floors, catalogue: Catalogue) -> tuple[Contract, list[_Change]]:
    changes: list[_Change] = []
    update: dict[str, Any] = {}
    if floors.enforcement and _rank(contract.enforcement) < _rank(floors.enforcement):
        changes.append(("enforcement", contract.enforcement, floors.enforcement))
        update["enforcement"] = floors.enforcement
    for name, found in (
        ("deprecation", _deprecation(contract.deprecation, floors)),
        ("signoff", _signoff(contract.signoff, floors)),
    ):
        if found:
            changes += ((f"{name}.{key}", _shown(getattr(getattr(contract, name), key)), _shown(v)) for key, v in found)
            update[name] = getattr(contract, name).model_copy(update=dict(found))
    levels = dict(_rules(contract.compatibility, floors, catalogue))
    if levels:
        changes += ((f"compatibility.rules.{rule}", was, now.value) for rule, (was, now) in levels.items())
        update["compatibility"] = contract.compatibility.model_copy(
            update={"rules": _with_levels(contract.compatibility, {rule: now for rule, (_, now) in levels.items()})}
        )
    return (contract.model_copy(update=update) if update else contract), changes


def _deprecation(said: Deprecation, floors: Floors) -> list[tuple[str, Any]]:
    if floors.notice and duration(said.notice) < duration(floors.notice):
        return [("notice", floors.notice)]
    return []


def _signoff(said: Signoff, floors: Floors) -> list[tuple[str, Any]]:
    found: list[tuple[str, Any]] = []
    if floors.approval_ttl and duration(said.approval_ttl) > duration(floors.approval_ttl):
        found.append(("approval_ttl", floors.approval_ttl))
    if floors.quorum and said.quorum < floors.quorum:
        found.append(("quorum", floors.quorum))
    if said.author_may_approve and not floors.author_may_approve:
        found.append(("author_may_approve", False))
    # Where every affected consumer signs, any of them does.
    held = {*said.breaking, *(("any_affected_consumer",) if "affected_consumers" in said.breaking else ())}
    if missing := tuple(word for word in floors.breaking if word not in held):
        found.append(("breaking", (*said.breaking, *missing)))
    return found


def _rules(said: Compatibility, floors: Floors, catalogue: Catalogue) -> Iterator[tuple[str, tuple[str, Level]]]:
    """Rules that count for less than their floor: what they are now, and what they become."""
    own = {rule: Level(level) for level, rules in said.rules.items() for rule in rules}
    wanted: dict[str, Level] = {}
    for level in (Level.RISKY, Level.BREAKING):
        wanted |= dict.fromkeys(floors.rules.get(level.value, ()), level)  # type: ignore[call-overload]
    for rule, floor in wanted.items():
        entry = catalogue.entries.get(rule)
        now = own.get(rule) or (entry.level if entry else None)
        if now is not None and now.severity < floor.severity:
            yield rule, (now.value, floor)


def _with_levels(said: Compatibility, levels: Mapping[str, Level]) -> dict[str, tuple[str, ...]]:
    rules = {level: tuple(rule for rule in rules if rule not in levels) for level, rules in said.rules.items()}
    found: dict[str, tuple[str, ...]] = {str(level): kept for level, kept in rules.items()}
    for rule, level in levels.items():
        found[level.value] = (*found.get(level.value, ()), rule)
    return found


def _rank(enforcement: str) -> int:
    return _ENFORCEMENTS.index(enforcement)


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)
