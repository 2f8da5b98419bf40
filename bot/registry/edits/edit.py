"""One edit of the registry, and where things stand in its files."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from bot.contracts.change import AttributeValue
from bot.contracts.tree import Pointer
from bot.registry.floors import with_default
from bot.registry.impact import ConsumerImpact, Guarantee, Reach
from bot.registry.model import Contract, Registry
from bot.registry.proposed import settled
from bot.registry.reading import Reading
from bot.registry.terms import Enforcement

WHOLE = "**"
"""The address of everything in a contract."""


@dataclass(frozen=True, slots=True)
class Spot:
    """Where something stands: at head, or at the merge base for what is gone."""

    side: Literal["base", "head"]
    path: str
    pointer: Pointer


@dataclass(frozen=True, slots=True)
class Edit:
    """A difference between two registries that means something to one contract.

    element: a term of the registry (`signoff.quorum`, `behaviours.newest-first`), or the address it speaks about.
    subject: which of several edits of that element it is (a consumer's id); never shown.
    places: addresses that it speaks of; none given: the element.
    guarantee: what was promised, when the edit itself knows; otherwise what the guarantees say about the places.
    reach: addresses by which it reaches consumers, by what they use of them.
    only_possibly: of these, consumers whom that does not affect, by their own word; they are asked.
    concerns: consumers that it reaches in another way.
    """

    contract: str
    fact: str
    element: str
    spot: Spot
    before: object = None
    after: object = None
    identity: tuple[str, str] = ("", "")
    attributes: Mapping[str, AttributeValue] = field(default_factory=dict)
    subject: str = ""
    places: tuple[str, ...] = ()
    guarantee: Guarantee | None = None
    reach: tuple[str, ...] = ()
    only_possibly: frozenset[str] = frozenset()
    concerns: tuple[ConsumerImpact, ...] = ()

    @property
    def topic(self) -> tuple[str, str, str, str]:
        """What it is about, whichever way it goes: the same on two sides that differ in the same thing."""
        return self.contract, self.fact.rpartition(".")[0], self.element, self.subject

    def capped(self, impact: ConsumerImpact) -> ConsumerImpact:
        """What an impact by `reach` comes to."""
        if impact.reach is Reach.AFFECTED and impact.consumer in self.only_possibly:
            return replace(impact, reach=Reach.POSSIBLY)
        return impact


class Side:
    """A registry with the places in its files. One that is gone is empty. What is only proposed is not there yet: to
    take its mark away is to add it. enforcement: the organisation's, where the registry says nothing.
    """

    def __init__(self, name: Literal["base", "head"], reading: Reading, enforcement: Enforcement | None = None) -> None:
        registry = settled(reading.registry or Registry())
        self.registry = registry.model_copy(update={"contracts": with_default(registry.contracts, enforcement)})
        self._name = name
        self._reading = reading
        self._contracts = {
            contract.id: (path, index)
            for path, file in reading.files.items()
            for index, contract in enumerate(file.contracts)
        }
        self._consumers = {
            consumer.id: (path, index)
            for path, file in reading.files.items()
            for index, consumer in enumerate(file.consumers)
        }

    def contract(self, id: str) -> Contract | None:
        return self.registry.contract(id) if self.registry.has_contract(id) else None

    def at_contract(self, id: str, *keys: str | int) -> Spot:
        """A part of a contract's entry; or of its file's defaults, when only these speak of it."""
        path, index = self._contracts[id]
        raw = self._reading.raw[path]
        entry = raw["contracts"][index]
        if keys and keys[0] not in entry and keys[0] in (raw.get("defaults") or {}):
            return Spot(self._name, path, ("defaults", *keys))
        return Spot(self._name, path, ("contracts", index, *_as_written(entry, keys)))

    def at_consumer(self, id: str, *keys: str | int) -> Spot:
        """A part of a consumer's entry; or the repository's own word as a consumer, when there is no such entry."""
        if id not in self._consumers:
            return self.at_root("component")
        path, index = self._consumers[id]
        entry = self._reading.raw[path]["consumers"][index]
        return Spot(self._name, path, ("consumers", index, *_as_written(entry, keys)))

    def has_root(self, key: str) -> bool:
        return any(isinstance(raw, dict) and key in raw for raw in self._reading.raw.values())

    def at_root(self, key: str) -> Spot:
        """A key of the main file (the first one read)."""
        path = next((p for p, raw in self._reading.raw.items() if isinstance(raw, dict) and key in raw), None)
        return Spot(self._name, path or next(iter(self._reading.raw)), (key,))


def _as_written(entry: Any, keys: Pointer) -> Pointer:
    """Numbers of entries that count, as numbers among all entries of the file."""
    written: list[str | int] = []
    for key in keys:
        step = key
        if isinstance(key, int) and isinstance(entry, list):
            counted = [n for n, one in enumerate(entry) if not (isinstance(one, dict) and _is_proposed(one))]
            step = counted[key] if key < len(counted) else key
        written.append(step)
        entry = _inner(entry, step)
    return tuple(written)


def _is_proposed(entry: Mapping[str, Any]) -> bool:
    return str(entry.get("proposed")).lower() == "true"


def _inner(entry: Any, key: str | int) -> Any:
    if isinstance(entry, dict):
        return entry.get(key)
    return entry[key] if isinstance(entry, list) and isinstance(key, int) and key < len(entry) else None


def spelled(value: object) -> str:
    """A value in one spelling, whatever the order of its keys and members: part of an edit's identity."""
    return json.dumps(_settled(value), separators=(",", ":"), sort_keys=True)


def _settled(value: object) -> object:
    if isinstance(value, Mapping):
        return {str(key): _settled(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return sorted((_settled(inner) for inner in value), key=repr)
    return value


def listed(words: Iterable[str]) -> str | None:
    """A set of words as a reader sees it; None for none."""
    return ", ".join(sorted(words)) or None
