"""What a tool has inferred (`proposed: true`) counts for nothing until a person has taken the mark away."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

from bot.registry.model import Consumer, Contract, Drafted, Registry

D = TypeVar("D", bound=Drafted)


def settled(registry: Registry) -> Registry:
    """The registry without its proposed entries: the one that the gate goes by."""
    return registry.model_copy(
        update={
            "contracts": tuple(_contract(contract) for contract in _kept(registry.contracts)),
            "consumers": tuple(_consumer(consumer) for consumer in _kept(registry.consumers)),
            "consumes": tuple(
                entry.model_copy(update={"assumes": _kept(entry.assumes)}) for entry in _kept(registry.consumes)
            ),
        }
    )


def _contract(contract: Contract) -> Contract:
    lines = ("guarantees", "behaviours", "deprecated")
    return _without(contract, lines)


def _consumer(consumer: Consumer) -> Consumer:
    return _without(consumer, ("uses", "assumes"))


C = TypeVar("C", Contract, Consumer)


def _without(entry: C, lists: Iterable[str]) -> C:
    proposed = {
        name: _kept(getattr(entry, name)) for name in lists if any(one.proposed for one in getattr(entry, name))
    }
    return entry.model_copy(update=proposed) if proposed else entry


def _kept(entries: Iterable[D]) -> tuple[D, ...]:
    return tuple(entry for entry in entries if not entry.proposed)
