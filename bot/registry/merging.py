"""Imported evidence held against what a registry already says of its consumers: what is new, known, or not shown.

Nothing that is declared is ever taken away: a file that does not show an element proves nothing. An entry all of whose
elements are shown is given the evidence, where its own is older or none.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from bot.contracts import address
from bot.contracts.address import Address, Relation
from bot.registry.drafting.words import slug
from bot.registry.evidence import stale_before
from bot.registry.importers.imported import Hint, Imported, Sighting
from bot.registry.importers.naming import called
from bot.registry.model import Consumer, Evidence, Registry, Use

_HOLDS = (Relation.EQUAL, Relation.USE_CONTAINS_ELEMENT)


@dataclass(frozen=True, slots=True)
class Declared:
    """An element that the registry names and the files do not show. old: its evidence is due for review."""

    element: str
    evidence: Evidence
    old: bool


@dataclass(frozen=True, slots=True)
class Merged:
    """One consumer of a contract. registered: whether the registry has it already; its entry is then `consumer`.

    new, known: elements that the files show, and that the registry names, or not yet. uses: what to write for this
    contract, in the registry's order with the new entries at the end; those for other contracts stay as they are.
    """

    contract: str
    consumer: Consumer
    registered: bool
    new: tuple[Sighting, ...]
    known: tuple[Sighting, ...]
    not_shown: tuple[Declared, ...]
    pending: tuple[Sighting, ...]
    offered: int
    hints: tuple[Hint, ...]
    uses: tuple[Use, ...]


def merge(
    imported: Imported,
    *,
    contract: str,
    kind: str,
    registry: Registry,
    consumer: str | None,
    days: Mapping[str, str],
    today: date,
) -> tuple[Merged, ...]:
    """One entry for each consumer that the files are about, in their order of appearance.

    contract: its id. consumer: an id that stands for whatever the files say. days: when each file was last touched.
    """
    every = next((c.review.every for c in registry.contracts if c.id == contract), None)
    due = stale_before(every, today).isoformat()
    found: dict[str, list[Sighting]] = {}
    hints: dict[str, list[Hint]] = {}
    for sighting in imported.used:
        found.setdefault(_id(sighting.consumer, registry, consumer), []).append(sighting)
    for hint in imported.hints:
        hints.setdefault(_id(hint.consumer, registry, consumer), []).append(hint)
    files = _Files(kind, days, imported.complete)
    return tuple(
        _merged(contract, registry, id, found.get(id, ()), hints.get(id, ()), files, due)
        for id in dict.fromkeys((*found, *hints))
        if id
    )


def nameless(imported: Imported, consumer: str | None) -> tuple[str, ...]:
    """The files that do not say which consumer they are about, when nobody else does."""
    paths = (one.path for one in imported.used if not one.consumer) if consumer is None else ()
    return tuple(dict.fromkeys(paths))


def _id(name: str, registry: Registry, consumer: str | None) -> str:
    if consumer is not None or not name:
        return consumer or ""
    exact = [one.id for one in registry.consumers if name in (one.id, *one.known_as)]
    alike = [one.id for one in registry.consumers if called(name, (one.id, *one.known_as))]
    return (exact or alike or [slug(name) or "consumer"])[0]


@dataclass(frozen=True, slots=True)
class _Files:
    """What is known of the files together."""

    kind: str
    days: Mapping[str, str]
    complete: bool

    def evidence(self, found: Sequence[Sighting]) -> Evidence:
        """Those that show these elements."""
        paths = list(dict.fromkeys(one.path for one in found))
        newest = max((self.days.get(path, "") for path in paths), default="")
        return Evidence(kind=self.kind, ref=", ".join(paths), seen=newest or None, complete=self.complete)


def _merged(
    contract: str,
    registry: Registry,
    id: str,
    found: Sequence[Sighting],
    hints: Sequence[Hint],
    files: _Files,
    due: str,
) -> Merged:
    registered = next((one for one in registry.consumers if one.id == id), None)
    names = dict.fromkeys(one.consumer for one in found if one.consumer and one.consumer != id)
    entry = registered or Consumer(id=id, known_as=tuple(names))
    declared = [use for use in entry.uses if use.contract == contract]
    named = _Elements.of(element for use in declared for element in use.elements)
    counting = [one for one in found if not one.pending and not one.offered]
    known = tuple(one for one in counting if named.cover(one.element))
    new = tuple(one for one in counting if not named.cover(one.element))
    shown = _Elements.of(one.element for one in counting)
    uses = [_renewed(use, shown.same, files.evidence(counting)) for use in declared]
    for path in dict.fromkeys(one.path for one in new):
        own = tuple(dict.fromkeys(one.element for one in new if one.path == path))
        evidence = files.evidence([one for one in new if one.path == path])
        uses.append(Use(contract=contract, elements=own, evidence=evidence))
    return Merged(
        contract,
        entry,
        registered is not None,
        new,
        known,
        tuple(
            Declared(element, use.evidence, (use.evidence.seen or "") < due)
            for use in declared
            for element in use.elements
            if not shown.lie_in(element)
        ),
        tuple(one for one in found if one.pending),
        sum(one.offered for one in found),
        tuple(hints),
        tuple(uses),
    )


@dataclass(frozen=True, slots=True)
class _Elements:
    """Elements as they are, and in groups: only those of the same one, or with wildcards, can hold each other."""

    same: frozenset[str]
    near: Mapping[Address, tuple[Address, ...]]
    wide: tuple[Address, ...]

    @classmethod
    def of(cls, elements: Iterable[str]) -> _Elements:
        found = {address.normalise(element): address.read(element) for element in elements}
        near: dict[Address, list[Address]] = {}
        for one in found.values():
            near.setdefault(_group(one), []).append(one)
        return cls(
            frozenset(found),
            {operation: tuple(some) for operation, some in near.items()},
            tuple(one for one in found.values() if one.has_wildcards),
        )

    def cover(self, element: str) -> bool:
        """Whether one of them is this element, or holds it."""
        read = address.read(element)
        if str(read) in self.same:
            return True
        candidates = (*self.near.get(_group(read), ()), *self.wide)
        return any(address.relation(one, read) in _HOLDS for one in candidates)

    def lie_in(self, element: str) -> bool:
        """Whether one of them is this element, or lies in it."""
        read = address.read(element)
        if str(read) in self.same:
            return True
        everything = (one for some in self.near.values() for one in some)
        candidates = everything if read.has_wildcards else self.near.get(_group(read), ())
        return any(address.relation(read, one) in _HOLDS for one in candidates)


def _group(element: Address) -> Address:
    """What an element shares with everything that holds it: its operation, or the first of its names."""
    return Address(element.tokens[:1]) if element.tokens[0].kind == "name" else element.operation


def _renewed(use: Use, shown: Collection[str], evidence: Evidence) -> Use:
    """With the evidence, when it shows every element and is newer than what there was."""
    if not use.elements or not all(address.normalise(element) in shown for element in use.elements):
        return use
    newer = use.evidence.kind == "declared" or (evidence.seen or "") > (use.evidence.seen or "")
    same = use.evidence.kind in ("declared", evidence.kind)
    return use.model_copy(update={"evidence": evidence}) if newer and same else use
