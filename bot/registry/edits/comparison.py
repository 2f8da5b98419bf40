"""Two registries to the edits between them that mean something."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date
from itertools import islice

from bot.judge.catalogue import Catalogue
from bot.registry.edits import (
    behaviours,
    calendar,
    consumers,
    coverage,
    floors,
    guarantees,
    policy,
    sources,
    verification,
)
from bot.registry.edits.edit import WHOLE, Edit, Side, spelled
from bot.registry.model import Registry
from bot.registry.reading import Reading
from bot.registry.snapshot import ChangedFile

MOST_EDITS = 1_000
"""More than anybody would read."""


def compare(
    before: Reading,
    after: Reading,
    *,
    protected: Registry,
    catalogue: Catalogue,
    today: date,
    files: Collection[str] | None = None,
    changed: Sequence[ChangedFile] = (),
) -> tuple[Edit, ...]:
    """Every edit, contract by contract. Both registries can be read, or are not there.

    protected: the registry that says whom the edits reach: the base's, which may know more consumers than `before`.
    What only readers see (titles, notes), and what has no effect yet, is no edit. Of more than MOST_EDITS there is one
    for each contract, which concerns everybody: nobody is lost in a crowd.
    """
    default = protected.organisation_enforcement
    base, head = Side("base", before, default), Side("head", after, default)
    found = _edits(base, head, protected, catalogue, today, files, changed)
    edits = tuple(islice(found, MOST_EDITS + 1))
    if len(edits) <= MOST_EDITS:
        return edits
    shas = spelled({path: document.blob_sha for path, document in after.documents.items()})
    return tuple(
        Edit(
            contract=contract.id,
            fact="registry.edits.too_many",
            element="registry",
            spot=base.at_contract(contract.id, "id"),
            identity=("", shas),
            attributes={"count": MOST_EDITS},
            reach=(WHOLE,),
        )
        for contract in base.registry.contracts
    )


def news(edits: Iterable[Edit], against_tip: Iterable[Edit]) -> tuple[Edit, ...]:
    """The edits that are still news at the tip of the base. `against_tip`: those between the tip and head."""
    topics = {edit.topic for edit in against_tip}
    return tuple(edit for edit in edits if edit.topic in topics)


def _edits(
    base: Side,
    head: Side,
    protected: Registry,
    catalogue: Catalogue,
    today: date,
    files: Collection[str] | None,
    changed: Sequence[ChangedFile],
) -> Iterator[Edit]:
    for old in base.registry.contracts:
        new = head.contract(old.id)
        if new is None:
            yield Edit(
                contract=old.id,
                fact="registry.contract.removed",
                element=old.id,
                spot=base.at_contract(old.id, "id"),
                attributes={"name": old.id},
                reach=(WHOLE,),
            )
            continue
        yield from policy.compare(old, new, base, head, protected, catalogue)
        yield from guarantees.compare(old, new, base, head, protected)
        yield from behaviours.compare(old, new, base, head, protected, changed)
        yield from verification.compare(old, new, head, changed)
        yield from behaviours.compare_deprecated(old, new, head, today)
        yield from consumers.compare(old, base, head, protected)
        yield from sources.compare(old, new, base, head, protected)
        yield from coverage.compare(old, new, base, head, files, changed)
        yield from coverage.compare_branches(old, base, head)
        yield from calendar.compare(old, base, head, today)
        yield from floors.compare(old, base, head)
        if protected.is_organisations:
            yield from floors.compare_default(old, base, head)
    for new in head.registry.contracts:
        if base.contract(new.id) is None:
            yield Edit(
                contract=new.id,
                fact="registry.contract.added",
                element=new.id,
                spot=head.at_contract(new.id, "id"),
                attributes={"name": new.id},
            )
