"""What the doctor sees of the graph: halves that are broken, out of date, or that claim what is not theirs."""

from __future__ import annotations

from collections.abc import Sequence

from bot.registry.floors import raised
from bot.registry.graph.complaints import complaints
from bot.registry.graph.graph import Graph
from bot.registry.graph.half import Half
from bot.registry.graph.joined import floors, join
from bot.report import words
from bot.report.doctor import Health, Observation
from bot.store import Store

_TOPIC = "Graph"
_NAMED = 20


async def examine_graph(store: Store, repository: str | None) -> Sequence[Observation]:
    """Of one repository, or of all. Nothing, while no installation's graph was read: the bot does that by itself."""
    found: list[Observation] = []
    read = 0
    for installation in await store.graphs():
        graph = join(await store.halves(installation) or ())
        read += len(graph.halves)
        for half in graph.halves.values():
            if repository is None or half.repository.lower() == repository.lower():
                found += _observed(graph, half)
    if found:
        more = len(found) - _NAMED
        cut = [Observation(_TOPIC, Health.WARNING, f"{more} more like these.")] if more > 0 else []
        return [*found[:_NAMED], *cut]
    if not read:
        return ()
    return [
        Observation(_TOPIC, Health.OK, f"{words.count(read, 'repository', 'repositories')} read, nothing to put right.")
    ]


def _observed(graph: Graph, half: Half) -> list[Observation]:
    """A broken half holds nobody up: what it said before goes on counting."""
    instead = f"Put it right in {half.repository}."
    if half.stale:
        instead += " Until then its last readable registry counts."
    return [
        Observation(_TOPIC, Health.WARNING, f"{half.repository}: {complaint}", instead)
        for complaint in complaints(graph, half.repository)
    ] + _below_the_floors(graph, half)


def _below_the_floors(graph: Graph, half: Half) -> list[Observation]:
    demanded, _ = floors(graph, half.repository)
    if half.registry is None:
        return []
    return [
        Observation(_TOPIC, Health.WARNING, f"{half.repository}: {one}", f"Write `{one.floor}` there, or more.")
        for one in raised(half.registry, demanded)
    ]
