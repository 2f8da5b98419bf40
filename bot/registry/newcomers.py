"""Consumers that a change itself adds: asked, not required (hard case 9)."""

from __future__ import annotations

from bot.registry.model import Registry
from bot.registry.proposed import settled
from bot.registry.reading import read_registry
from bot.registry.snapshot import Snapshot


def with_newcomers(registry: Registry | None, snapshot: Snapshot) -> tuple[Registry | None, frozenset[str]]:
    """The base's registry with the consumers that only the proposed one has, and their ids.

    A proposed registry that cannot be read adds nobody; that it cannot be read is said elsewhere.
    """
    if registry is None or snapshot.registry_edit is None:
        return registry, frozenset()
    proposed = read_registry(snapshot.registry_edit.after).registry
    if proposed is None:
        return registry, frozenset()
    known = {consumer.id for consumer in registry.consumers}
    added = tuple(consumer for consumer in settled(proposed).consumers if consumer.id not in known)
    whole = registry.model_copy(update={"consumers": (*registry.consumers, *added)})
    return whole, frozenset(consumer.id for consumer in added)
