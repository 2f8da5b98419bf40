"""Step 2: every contract of a snapshot compared, wherever the reading and comparing is done."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import date
from typing import Protocol

from bot.contracts.change import Comparison
from bot.contracts.document import Document, Side
from bot.contracts.options import Options
from bot.registry.gather import EvidenceReader
from bot.registry.model import Registry
from bot.registry.reading import Reading, read_registry
from bot.registry.snapshot import ContractSides, Parser, Snapshot
from bot.review.assessment import Compared, options_for

_LARGE_REGISTRY = 32 * 1024
"""Bytes; some ten milliseconds."""


class Comparer(Parser, EvidenceReader, Protocol):
    """Reads and compares documents: the pool of children, or this very process."""

    async def compare(self, format: str, base: Side, head: Side, options: Options) -> Comparison:
        """What differs. Never raises because of what is in the files."""
        ...


async def read_elsewhere(documents: Mapping[str, Document]) -> Reading:
    """A registry, read in a thread when that takes long enough to be felt by others."""
    if sum(len(document.data) for document in documents.values()) < _LARGE_REGISTRY:
        return read_registry(documents)
    return await asyncio.to_thread(read_registry, documents)


async def compare_all(
    snapshot: Snapshot, registry: Registry | None, comparer: Comparer, today: date
) -> tuple[Compared, ...]:
    """All contracts of the snapshot, side by side, in the snapshot's order."""
    return tuple(
        await asyncio.gather(
            *(_compared(sides, options_for(registry, sides.contract, today), comparer) for sides in snapshot.contracts)
        )
    )


async def _compared(sides: ContractSides, options: Options, comparer: Comparer) -> Compared:
    others = [side for _, side in sides.releases] if sides.tip is None else [sides.tip, *(s for _, s in sides.releases)]
    comparison, *more = await asyncio.gather(
        *(comparer.compare(sides.format, side, sides.head, options) for side in (sides.base, *others))
    )
    with_tip = more.pop(0) if sides.tip is not None else None
    tags = (tag for tag, _ in sides.releases)
    return Compared(sides, comparison, with_tip, tuple(zip(tags, more, strict=True)))
