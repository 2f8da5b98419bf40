"""One repository's half, read from GitHub: its registry at the tip of the default branch, and what its files show."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import datetime

from bot.engine.comparing import Comparer
from bot.github.client import Client
from bot.github.files import CommitMissing, GitHubFiles
from bot.github.repositories import Tip, may_write
from bot.registry.contract_at import contract_at
from bot.registry.gather import Promised, gather, sources
from bot.registry.graph.graph import Graph
from bot.registry.graph.half import Half, places_of
from bot.registry.graph.joined import consuming_components
from bot.registry.model import Registry
from bot.registry.reading import read_registry
from bot.registry.registry_files import RegistryFiles
from bot.registry.shelf import Shelf


async def read_half(client: Client, tip: Tip, before: Half | None, now: datetime) -> Half:
    """What the repository says in its registry; evidence is yet to be gathered (`with_evidence`).

    A broken registry changes nothing but `problems` and `stale`: the last one that could be read goes on counting.
    """
    half = Half(
        repository=tip.repository,
        repository_id=tip.repository_id,
        registry=None,
        commit=tip.commit,
        hidden=tip.hidden,
        internal=tip.internal,
        archived=tip.archived,
        former=_former(tip, before),
        refreshed_at=now,
    )
    if not tip.commit:
        return half
    files = GitHubFiles(client, tip.repository)
    shelf = Shelf(files, tip.commit, tip.commit, ())
    documents, troubles = await RegistryFiles(files, shelf, tip.commit, ()).at_tip()
    reading = await asyncio.to_thread(read_registry, documents)
    problems = (*map(str, reading.errors), *troubles)
    if problems:
        kept = before or half
        return replace(
            half,
            registry=kept.registry,
            problems=problems,
            stale=kept.registry is not None,
            uses=kept.uses,
            writers=kept.writers,
            places=kept.places,
        )
    return replace(
        half,
        registry=reading.registry,
        writers=await _writers(client, tip.repository, reading.registry),
        places=places_of(reading),
    )


async def with_evidence(client: Client, half: Half, graph: Graph, comparer: Comparer) -> Half:
    """The half with what the repository's files show, held against the contracts as `graph` knows them."""
    if half.registry is None or half.stale or not any(sources(half.registry, half.repository)):
        return half

    async def contract_of(name: str) -> Promised | None:
        key, id = graph.names.contract(name, half.repository)
        producer = half if key == half.repository.lower() else graph.names.half(key)
        if producer is None or producer.registry is None or not producer.registry.has_contract(id):
            return None
        contract = producer.registry.contract(id)
        try:
            side = await contract_at(GitHubFiles(client, producer.repository), producer.commit, contract, comparer)
        except CommitMissing:  # the branch was rewritten, and its own refresh is on its way
            side = None
        return Promised(contract, side)

    gathered = await gather(
        half.registry,
        half.repository,
        GitHubFiles(client, half.repository),
        half.commit,
        contract_of=contract_of,
        reader=comparer,
        others=consuming_components(graph, half.repository),
    )
    return replace(half, uses=gathered.uses, problems=(*half.problems, *gathered.problems))


def _former(tip: Tip, before: Half | None) -> tuple[str, ...]:
    if before is None:
        return ()
    names = dict.fromkeys((*before.former, before.repository))
    return tuple(name for name in names if name.lower() != tip.repository.lower())


async def _writers(client: Client, repository: str, registry: Registry | None) -> frozenset[str]:
    """Asked only where it decides: of whoever consumes contracts of others."""
    if registry is None or registry.component is None or registry.component.owner is None or not registry.consumes:
        return frozenset()
    owner = registry.component.owner
    return frozenset({owner}) if await may_write(client, repository, owner) else frozenset()
