"""Where evidence of use is read from, and by which names it is known: what is no longer read protects nobody."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from bot.registry import globs
from bot.registry.edits.edit import Edit, Side, Spot, listed, spelled
from bot.registry.evidence import KINDS
from bot.registry.impact import ConsumerImpact, Reach
from bot.registry.importers.naming import spoken
from bot.registry.model import Consumer, Contract, EvidenceSource, Registry

_SEEN = KINDS - {"declared"}


def compare(old: Contract, new: Contract, base: Side, head: Side, protected: Registry) -> Iterator[Edit]:
    """Sources and names of the contract's own entry, and sources of the repository's own word as a consumer of it."""
    spots = base.at_contract(old.id, "evidence_from"), head.at_contract(new.id, "evidence_from")
    yield from _sources(old.id, "evidence_from", old.evidence_from, new.evidence_from, spots, protected)
    yield from _names(old, new, base, head, protected)
    before, after = (_consumed(side.registry, old.id) for side in (base, head))
    if before or after:
        spots = base.at_root("consumes"), head.at_root("consumes")
        yield from _sources(old.id, "consumes.evidence_from", before, after, spots, protected)


def _consumed(registry: Registry, contract: str) -> tuple[EvidenceSource, ...]:
    """The sources that a component names for a contract of its own repository, with the component as whose they are."""
    component = registry.component
    if component is None:
        return ()
    return tuple(
        source.model_copy(update={"consumer": component.id})
        for entry in registry.consumes
        if entry.contract == contract
        for source in entry.evidence_from
    )


def _sources(
    contract: str,
    element: str,
    before: Sequence[EvidenceSource],
    after: Sequence[EvidenceSource],
    spots: tuple[Spot, Spot],
    protected: Registry,
) -> Iterator[Edit]:
    gone = [source for source in before if not any(_covers(other, source) for other in after)]
    come = [source for source in after if not any(_covers(other, source) for other in before)]
    for fact, sources, spot in (("source_removed", gone, spots[0]), ("source_added", come, spots[1])):
        for source in dict.fromkeys(sources):
            shown = f"{source.kind} {source.path}"
            identity = spelled(source.model_dump())
            removed = fact == "source_removed"
            yield Edit(
                contract=contract,
                fact=f"registry.evidence.{fact}",
                element=element,
                spot=spot,
                before=shown if removed else None,
                after=None if removed else shown,
                identity=(identity, "") if removed else ("", identity),
                attributes={"what": shown},
                subject=identity,
                concerns=tuple(_shown_by(source, contract, protected)) if removed else (),
            )


def _covers(source: EvidenceSource, other: EvidenceSource) -> bool:
    """Whether whatever `other` shows, `source` shows as well."""
    if (source.kind, source.consumer) != (other.kind, other.consumer):
        return False
    if source.provider not in ("", other.provider) or source.host not in ("", other.host):
        return False
    path = globs.literal_path(other.path)
    return source.path == other.path or (path is not None and globs.matches(source.path, path))


def _shown_by(source: EvidenceSource, contract: str, protected: Registry) -> Iterator[ConsumerImpact]:
    """Whose use the source shows: whom it names, else all whose use is known from evidence of its kind."""
    kinds = {source.kind, "pact-full"} if source.kind == "pact" else {source.kind}
    for consumer in protected.consumers_of(contract):
        if source.consumer == consumer.id or (source.consumer is None and _is_seen(consumer, contract, kinds)):
            yield ConsumerImpact(consumer.id, Reach.AFFECTED, evidence=(f"its use is known from {source.kind}",))


def _is_seen(consumer: Consumer, contract: str, kinds: Collection[str]) -> bool:
    return any(use.contract == contract and use.evidence.kind in kinds for use in consumer.uses)


def _names(old: Contract, new: Contract, base: Side, head: Side, protected: Registry) -> Iterator[Edit]:
    before, after = ({spoken(name) for name in (one.id, *one.known_as)} for one in (old, new))
    gone, come = before - after, after - before
    for fact, names, spot in (
        ("name_removed", gone, base.at_contract(old.id, "known_as")),
        ("name_added", come, head.at_contract(new.id, "known_as")),
    ):
        if names:
            yield Edit(
                contract=old.id,
                fact=f"registry.evidence.{fact}",
                element="known_as",
                spot=spot,
                before=listed(old.known_as),
                after=listed(new.known_as),
                identity=("", spelled(names)),
                attributes={"what": listed(names)},
                concerns=tuple(
                    ConsumerImpact(consumer.id, Reach.AFFECTED, evidence=("its use is known from evidence",))
                    for consumer in protected.consumers_of(old.id)
                    if fact == "name_removed" and _is_seen(consumer, old.id, _SEEN)
                ),
            )
