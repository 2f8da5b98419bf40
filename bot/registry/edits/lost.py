"""Evidence of use that a change takes away, as the edit of the registry that it is in effect."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from bot.registry.edits.edit import Edit, Side, spelled
from bot.registry.impact import ConsumerImpact, Reach
from bot.registry.model import Registry
from bot.registry.snapshot import LostEvidence
from bot.registry.trace import private_alias

_SHOWN = 3


def edits(lost: Iterable[LostEvidence], base: Side, protected: Registry) -> Iterator[Edit]:
    """One for each contract and consumer: it signs for exactly these elements. protected: the registry that judges."""
    names = {consumer.id: private_alias(protected, consumer) or consumer.id for consumer in protected.consumers}
    for one in lost:
        contract = base.contract(one.contract)
        if contract is None:
            continue
        spot = base.at_contract(one.contract, "evidence_from" if contract.evidence_from else "id")
        files = _listed(one.files)
        yield Edit(
            contract=one.contract,
            fact="registry.evidence.lost",
            element="evidence_from",
            spot=spot,
            before=_listed(one.elements),
            identity=(spelled(one.elements), ""),
            attributes={"name": names.get(one.consumer, one.consumer), "what": files},
            subject=one.consumer,
            concerns=(
                ConsumerImpact(
                    one.consumer,
                    Reach.AFFECTED,
                    uses=one.elements,
                    evidence=(f"its use is known from {files}",),
                ),
            ),
        )


def _listed(names: tuple[str, ...]) -> str:
    more = len(names) - _SHOWN
    shown = ", ".join(names[:_SHOWN])
    return f"{shown} and {more} more" if more > 0 else shown
