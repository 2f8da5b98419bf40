"""A repository that consumes its own contracts: what it says of itself as a consumer (`component`, `consumes`).

Hard case 10: who consumes speaks for itself. Where the producer's half of the same file names the same consumer, the
consumer's own word holds for its owner and for what it tolerates; uses of both halves count.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from bot.registry.model import Component, Consumer, Consumption, Use


def with_own_half(
    consumers: Sequence[Consumer],
    component: Component | None,
    consumes: Sequence[Consumption],
    contracts: Collection[str],
) -> tuple[Consumer, ...]:
    """The consumers, with the component as one of them if it consumes contracts of this repository, given by `id`.

    What it consumes of other repositories (`owner/repository#id`) is told there.
    """
    own = [entry for entry in consumes if entry.contract in contracts and not entry.proposed]
    if component is None or not own:
        return tuple(consumers)
    known = next((consumer for consumer in consumers if consumer.id == component.id), None)
    itself = _itself(component, own, known or Consumer(id=component.id))
    if known is None:
        return (*consumers, itself)
    return tuple(itself if consumer is known else consumer for consumer in consumers)


def tolerated(entries: Sequence[Consumption]) -> tuple[str, ...]:
    """What a consumer tolerates in every contract that the entries are about: of one it says nothing for another."""
    first, *others = entries
    return tuple(word for word in first.tolerates if all(word in entry.tolerates for entry in others))


def _itself(component: Component, own: Sequence[Consumption], known: Consumer) -> Consumer:
    uses = tuple(Use(contract=entry.contract, elements=entry.elements) for entry in own)
    assumes = tuple(assumption for entry in own for assumption in entry.assumes)
    said = {name: getattr(component, name) for name in component.model_fields_set}
    return known.model_copy(
        update={
            **said,
            "owner": component.owner or known.owner,
            "tolerates": tolerated(own),
            "uses": (*known.uses, *(use for use in uses if use not in known.uses)),
            "assumes": (*known.assumes, *(one for one in assumes if one not in known.assumes)),
        }
    )
