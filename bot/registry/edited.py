"""A change's edits of the registry, judged by the catalogue and traced to those whom they reach.

The registry on the base says whom that is: nobody leaves the circle of those who are asked by being written out of it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from bot.contracts.change import Change, Place
from bot.contracts.document import Document, Position
from bot.contracts.reading import locate
from bot.contracts.tree import Pointer
from bot.judge.catalogue import Catalogue
from bot.judge.finding import Finding
from bot.registry.edits import lost as lost_evidence
from bot.registry.edits import verification
from bot.registry.edits.comparison import compare, news
from bot.registry.edits.edit import WHOLE, Edit, Side
from bot.registry.impact import ConsumerImpact, Guarantee, Impact, Reach
from bot.registry.model import Registry
from bot.registry.reading import Reading, read_registry
from bot.registry.snapshot import RegistryEdit, Snapshot
from bot.registry.trace import private_alias, trace

FORMAT = "registry"
"""Name of the rule file."""


def edited(snapshot: Snapshot, registry: Registry | None, catalogue: Catalogue, today: date) -> tuple[Impact, ...]:
    """What the change does to the registry, and to whom; nothing when it leaves it alone.

    registry: the one that judges, with every consumer that is known to depend.
    """
    edit = snapshot.registry_edit
    if edit is None and (snapshot.lost_evidence or _takes_away_a_test(snapshot, registry)):
        edit = RegistryEdit(snapshot.registry, snapshot.registry)
    if edit is None:
        return ()
    after = read_registry(edit.after)
    if after.errors or edit.troubles:
        changes = {contract.id: _unreadable(edit, after) for contract in registry.contracts} if registry else {}
        return tuple(
            impact
            for contract, change in changes.items()
            for impact in trace(_judged(contract, [change], registry, catalogue), registry, contract, today)
        )
    found = _edits(snapshot, edit, after, registry or Registry(), catalogue, today)
    positions = _positions(found, edit)
    known = _Known.of(registry or Registry())
    return tuple(_impact(one, positions, known, registry, catalogue, today) for one in found)


def faults(snapshot: Snapshot) -> tuple[str, ...]:
    """What is wrong with the proposed registry, for its author: file, line, what to write instead."""
    edit = snapshot.registry_edit
    if edit is None:
        return ()
    after = read_registry(edit.after)
    unverified = verification.missing(read_registry(edit.before), after, edit.paths, snapshot.files)
    return (*map(str, after.errors), *map(str, unverified), *edit.troubles)


def _takes_away_a_test(snapshot: Snapshot, registry: Registry | None) -> bool:
    """Whether a file goes that holds a promise: an edit of the registry in effect, though no file of it changes."""
    gone = {path for file in snapshot.files for path in verification.left_behind(file)}
    if not gone or registry is None:
        return False
    return any(verification.paths(behaviour) & gone for c in registry.contracts for behaviour in c.behaviours)


def _edits(
    snapshot: Snapshot, edit: RegistryEdit, after: Reading, protected: Registry, catalogue: Catalogue, today: date
) -> tuple[Edit, ...]:
    """From the merge base to head; less what the base has itself meanwhile (hard case 1)."""
    tip = read_registry(snapshot.registry)
    before = read_registry(edit.before)

    def between(base: Reading) -> tuple[Edit, ...]:
        return compare(
            base,
            after,
            protected=protected,
            catalogue=catalogue,
            today=today,
            files=edit.paths,
            changed=snapshot.files,
        )

    lost = tuple(lost_evidence.edits(snapshot.lost_evidence, Side("base", tip), protected))
    if before.errors:
        # What was broken at the merge base has been repaired on the base since: that is what is edited now.
        return (*between(tip), *lost)
    if _same(edit.before, snapshot.registry):
        return (*between(before), *lost)
    return (*news(between(before), between(tip)), *lost)


def _same(one: Mapping[str, Document], other: Mapping[str, Document]) -> bool:
    return {path: d.blob_sha for path, d in one.items()} == {path: d.blob_sha for path, d in other.items()}


def _impact(
    edit: Edit,
    positions: Mapping[tuple[str, str, Pointer], Position],
    known: _Known,
    registry: Registry | None,
    catalogue: Catalogue,
    today: date,
) -> Impact:
    spot = edit.spot
    change = Change(
        fact=edit.fact,
        element=edit.element,
        places=tuple(Place(address, {"direction": "none"}) for address in edit.places or (edit.element,)),
        before=edit.before,
        after=edit.after,
        identity=edit.identity,
        attributes=edit.attributes,
        position=positions.get((spot.side, spot.path, spot.pointer)),
        side=spot.side,
    )
    (finding,) = _judged(edit.contract, [change], registry, catalogue)
    reached = _reached(edit, change, registry, catalogue, today) if edit.reach else None
    consumers = known.reached(edit, map(edit.capped, reached.consumers) if reached else ())
    if edit.guarantee is not None:
        return Impact(finding, edit.guarantee, "", consumers)
    if reached is not None:
        return Impact(finding, reached.guarantee, reached.guarantee_note, consumers)
    return Impact(finding, Guarantee.GUARANTEED, "", consumers)


def _reached(edit: Edit, change: Change, registry: Registry | None, catalogue: Catalogue, today: date) -> Impact:
    places = tuple(Place(address, {"direction": "none"}) for address in edit.reach)
    judged = _judged(edit.contract, [replace(change, places=places)], registry, catalogue)
    (impact,) = trace(judged, registry, edit.contract, today)
    return impact


@dataclass(frozen=True, slots=True)
class _Known:
    """The consumers of each contract, and what private ones are called."""

    consumers: Mapping[str, tuple[str, ...]]
    aliases: Mapping[str, str]

    @classmethod
    def of(cls, registry: Registry) -> _Known:
        consumers: dict[str, dict[str, None]] = {}
        for consumer in registry.consumers:
            for use in consumer.uses:
                consumers.setdefault(use.contract, {})[consumer.id] = None
        return cls(
            {contract: tuple(ids) for contract, ids in consumers.items()},
            {c.id: private_alias(registry, c) for c in registry.consumers if c.visibility == "private"},
        )

    def reached(self, edit: Edit, traced: Iterable[ConsumerImpact]) -> tuple[ConsumerImpact, ...]:
        """Every consumer of the contract and everybody else whom the edit concerns, nearest first."""
        nearest = {impact.consumer: impact for impact in traced}
        for impact in edit.concerns:
            other = nearest.get(impact.consumer)
            if other is None or impact.reach.order < other.reach.order:
                nearest[impact.consumer] = impact
        for id in self.consumers.get(edit.contract, ()):
            nearest.setdefault(id, ConsumerImpact(id, Reach.NOT))
        named = (replace(impact, alias=self.aliases.get(id, "")) for id, impact in nearest.items())
        return tuple(sorted(named, key=lambda c: (c.reach.order, c.consumer)))


def _judged(
    contract: str, changes: Sequence[Change], registry: Registry | None, catalogue: Catalogue
) -> tuple[Finding, ...]:
    known = registry.contract(contract) if registry is not None and registry.has_contract(contract) else None
    overrides = {str(level): ids for level, ids in known.compatibility.rules.items()} if known else {}
    return catalogue.judge(contract, FORMAT, changes, overrides)


def _positions(edits: Iterable[Edit], edit: RegistryEdit) -> dict[tuple[str, str, Pointer], Position]:
    """Where the edits stand, each file scanned once."""
    wanted: dict[tuple[str, str], set[Pointer]] = defaultdict(set)
    for one in edits:
        wanted[one.spot.side, one.spot.path].add(one.spot.pointer)
    found: dict[tuple[str, str, Pointer], Position] = {}
    for (side, path), pointers in wanted.items():
        document = (edit.before if side == "base" else edit.after).get(path)
        if document is not None:
            located = locate(document, pointers)
            found |= {(side, path, pointer): position for pointer, position in located.items()}
    return found


def _unreadable(edit: RegistryEdit, after: Reading) -> Change:
    """A signature for this is for exactly these bytes."""
    problem = next(iter(after.errors), None)
    reasons = (*(f"{p.message} {p.instead}".strip() for p in after.errors), *edit.troubles)
    more = f" (and {len(reasons) - 1} more)" if len(reasons) > 1 else ""
    shas = ",".join(f"{path} {document.blob_sha}" for path, document in sorted(edit.after.items()))
    return Change(
        fact="registry.unreadable",
        element="registry",
        places=(Place(WHOLE, {"direction": "none"}),),
        identity=("", shas + "".join(edit.troubles)),
        attributes={"reason": reasons[0].rstrip(".") + more},
        position=Position(problem.path, problem.line) if problem else None,
    )
