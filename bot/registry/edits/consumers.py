"""Consumers: who is asked, for what, and what they are said to put up with.

In the producer's file the producer writes about others. What takes protection from a consumer is that consumer's to
sign; what adds to it needs nobody.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from bot.contracts import address
from bot.registry.edits.edit import Edit, Side, Spot, listed, spelled
from bot.registry.evidence import KINDS, is_complete
from bot.registry.impact import ConsumerImpact, Reach
from bot.registry.importers.naming import spoken
from bot.registry.model import Consumer, Contract, Registry, Use
from bot.registry.trace import private_alias


@dataclass
class _Known:
    """What is known of one element's use, from all entries that name it."""

    written: str
    seen: bool = False
    complete: bool = True

    def add(self, use: Use) -> None:
        self.seen |= use.evidence.kind in KINDS - {"declared"}
        self.complete &= is_complete(use.evidence)


@dataclass
class _Uses:
    """A consumer's uses of one contract. anything: one of them names no elements, so it may use everything."""

    anything: bool = False
    elements: dict[str, _Known] = field(default_factory=dict)

    @classmethod
    def of(cls, consumer: Consumer, contract: str) -> _Uses:
        found = cls()
        for use in consumer.uses:
            if use.contract != contract:
                continue
            found.anything |= not use.elements
            for element in use.elements:
                found.elements.setdefault(address.normalise(element), _Known(element)).add(use)
        return found

    @property
    def is_empty(self) -> bool:
        return not self.anything and not self.elements


def compare(contract: Contract, base: Side, head: Side, protected: Registry) -> Iterator[Edit]:
    """What the edit does to those who use the contract. It is itself still registered."""
    after = {consumer.id: consumer for consumer in head.registry.consumers}
    before = {consumer.id: consumer for consumer in base.registry.consumers}
    for consumer in base.registry.consumers_of(contract.id):
        now = after.get(consumer.id)
        about = _About(contract.id, consumer, _shown_name(consumer.id, base.registry, protected))
        if now is None or _Uses.of(now, contract.id).is_empty:
            yield about.edit("consumer.removed", "", base.at_consumer(consumer.id, "id"), protects=True)
            continue
        yield from _of_one(about, consumer, now, contract, base, head)
    for consumer in head.registry.consumers_of(contract.id):
        was = before.get(consumer.id)
        if was is None or _Uses.of(was, contract.id).is_empty:
            about = _About(contract.id, consumer, _shown_name(consumer.id, head.registry, protected))
            yield about.edit("consumer.added", "", head.at_consumer(consumer.id, "id"))


@dataclass(frozen=True, slots=True)
class _About:
    """One consumer of one contract, under the name that everybody may read."""

    contract: str
    consumer: Consumer
    name: str

    def edit(
        self,
        fact: str,
        part: str,
        spot: Spot,
        *,
        before: object = None,
        after: object = None,
        identity: tuple[str, str] = ("", ""),
        places: Sequence[str] = (),
        protects: bool = False,
    ) -> Edit:
        id = self.consumer.id
        concerned = ConsumerImpact(id, Reach.AFFECTED, tuple(places), tuple(places))
        return Edit(
            contract=self.contract,
            fact=f"registry.{fact}",
            element=f"consumers.{self.name.replace(' ', '-')}" + (f".{part}" if part else ""),
            spot=spot,
            before=before,
            after=after,
            identity=(f"{id} {identity[0]}", identity[1]),
            attributes={"name": self.name, "count": len(places)},
            subject=id,
            places=tuple(sorted(places)),
            concerns=(concerned,) if protects else (),
        )


def _of_one(about: _About, old: Consumer, new: Consumer, contract: Contract, base: Side, head: Side) -> Iterator[Edit]:
    yield from _uses(about, old, new, base, head)
    yield from _assumptions(about, old, new, contract, base)
    if (old.owner or "").lower() != (new.owner or "").lower():
        spot = head.at_consumer(new.id, "owner") if new.owner else base.at_consumer(old.id, "owner")
        yield about.edit(
            "consumer_owner.changed",
            "owner",
            spot,
            before=old.owner,
            after=new.owner,
            identity=((old.owner or "").lower(), (new.owner or "").lower()),
            protects=True,
        )
    added, removed = set(new.tolerates) - set(old.tolerates), set(old.tolerates) - set(new.tolerates)
    for words, fact, spot in (
        (added, "tolerance.added", head.at_consumer(new.id, "tolerates")),
        (removed, "tolerance.removed", base.at_consumer(old.id, "tolerates")),
    ):
        if words:
            yield about.edit(
                fact,
                "tolerates",
                spot,
                before=listed(old.tolerates),
                after=listed(new.tolerates),
                identity=("", spelled(words)),
                protects=bool(fact.endswith("added")),
            )
    yield from _names(about, old, new, base, head)
    yield from _criticality(about, old, new, contract, head)
    if (old.visibility == "private") != (new.visibility == "private"):
        spot = head.at_consumer(new.id, "visibility")
        seen = {"before": old.visibility, "after": new.visibility}
        identity = (old.visibility, new.visibility)
        yield about.edit("consumer_visibility.changed", "visibility", spot, **seen, identity=identity, protects=True)


def _names(about: _About, old: Consumer, new: Consumer, base: Side, head: Side) -> Iterator[Edit]:
    """Names by which evidence knows it: without them what it was seen to use is nobody's."""
    before, after = ({spoken(name) for name in (one.id, *one.known_as)} for one in (old, new))
    for fact, names, spot in (
        ("alias_removed", before - after, base.at_consumer(old.id, "known_as")),
        ("alias_added", after - before, head.at_consumer(new.id, "known_as")),
    ):
        if names:
            yield about.edit(
                f"evidence.{fact}",
                "known_as",
                spot,
                before=listed(old.known_as),
                after=listed(new.known_as),
                identity=("", spelled(names)),
                protects=fact == "alias_removed",
            )


def _criticality(about: _About, old: Consumer, new: Consumer, contract: Contract, head: Side) -> Iterator[Edit]:
    """It counts where more have to sign for a consumer of high criticality than for others."""
    if (old.criticality == "high") == (new.criticality == "high"):
        return
    if (contract.signoff.critical_quorum or 0) <= contract.signoff.quorum:
        return
    lowered = old.criticality == "high"
    yield about.edit(
        f"criticality.{'lowered' if lowered else 'raised'}",
        "criticality",
        head.at_consumer(new.id, "criticality"),
        before=old.criticality,
        after=new.criticality,
        identity=(old.criticality, new.criticality),
        protects=lowered,
    )


def _uses(about: _About, old: Consumer, new: Consumer, base: Side, head: Side) -> Iterator[Edit]:
    """An element is protected as before only while it is named itself: whoever names something wider is merely
    *possibly* affected by a change inside. Whoever names nothing may use anything, and is always affected.
    """
    before, after = _Uses.of(old, about.contract), _Uses.of(new, about.contract)
    if not after.anything:
        gone = [known.written for at, known in before.elements.items() if at not in after.elements]
        if before.anything:
            spot = head.at_consumer(new.id, "uses")
            named = tuple(known.written for known in after.elements.values())
            identity = ("**", spelled(sorted(after.elements)))
            yield about.edit(
                "use.narrowed", "uses", spot, before="anything", after=listed(named), identity=identity, protects=True
            )
        elif gone:
            spot = base.at_consumer(old.id, *_where(old, about.contract, gone))
            identity = (spelled([address.normalise(element) for element in gone]), "")
            yield about.edit("use.removed", "uses", spot, identity=identity, places=gone, protects=True)
    doubted = [
        known.written
        for at, known in before.elements.items()
        if (now := after.elements.get(at)) and ((known.seen and not now.seen) or (now.complete and not known.complete))
    ]
    if doubted:
        spot = head.at_consumer(new.id, *_where(new, about.contract, doubted))
        identity = (spelled([address.normalise(element) for element in doubted]), "")
        yield about.edit("evidence.weakened", "evidence", spot, identity=identity, places=doubted, protects=True)
    added = [known.written for at, known in after.elements.items() if at not in before.elements]
    if (added and not before.anything) or (after.anything and not before.anything):
        spot = head.at_consumer(new.id, *_where(new, about.contract, added))
        yield about.edit(
            "use.added", "uses", spot, identity=("", spelled([address.normalise(e) for e in added])), places=added
        )


def _where(consumer: Consumer, contract: str, elements: Sequence[str]) -> tuple[str | int, ...]:
    """Where the first of these elements stands in the consumer's entry."""
    for index, use in enumerate(consumer.uses):
        if use.contract == contract:
            for position, element in enumerate(use.elements):
                if element in elements:
                    return "uses", index, "elements", position
    return ("uses",)


def _assumptions(about: _About, old: Consumer, new: Consumer, contract: Contract, base: Side) -> Iterator[Edit]:
    """Who relies on a behaviour is asked when it changes, so no longer to rely on it is no longer to be asked."""
    mine = {behaviour.id for behaviour in contract.behaviours}
    kept = {assumption.backed_by for assumption in new.assumes}
    for index, assumption in enumerate(old.assumes):
        if assumption.backed_by in mine and assumption.backed_by not in kept:
            kept.add(assumption.backed_by)
            spot = base.at_consumer(old.id, "assumes", index)
            behaviour = str(assumption.backed_by)
            yield about.edit(
                "assumption.removed",
                f"assumes.{behaviour}",
                spot,
                before=behaviour,
                identity=(behaviour, ""),
                protects=True,
            )


def _shown_name(id: str, registry: Registry, protected: Registry) -> str:
    """The name, or what a private consumer is called before others: as the registry in force says, if it knows it."""
    for known in (protected, registry):
        found = next((consumer for consumer in known.consumers if consumer.id == id), None)
        if found is not None:
            return private_alias(known, found) or id
    return id
