"""The graph of each installation: read from GitHub when it has to be, kept, and told to whom it concerns.

A gate that does not know the graph yet reads it first: what was never looked at passes nothing. All repositories are
read once (25 in a call), then each when it changes, and all again once a day, in case a webhook was lost.
"""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bot.engine.comparing import Comparer
from bot.engine.refresh import read_half, with_evidence
from bot.github.client import Client
from bot.github.errors import InstallationGone, Refused
from bot.github.files import CommitMissing, TooLargeToList
from bot.github.lanes import installation_lane, registry_lane, repository_lane
from bot.github.repositories import Tip, covered, tips
from bot.registry.gather import sources
from bot.registry.graph.graph import Graph
from bot.registry.graph.half import Half
from bot.registry.graph.joined import join
from bot.registry.graph.news import News, is_contract, may_matter, news
from bot.registry.reading import registry_paths
from bot.store import Delivery, Store

log = logging.getLogger(__name__)

DAILY = "graph"
"""The timer that has all repositories of an installation read again."""
_EVERY = timedelta(days=1)
_AT_ONCE = 4
"""Repositories whose evidence is read side by side: a new installation may have hundreds."""

GraphOf = Callable[[], Awaitable[Graph]]
"""The graph of the installation that a turn is about; asked only where somebody may have to be asked."""


class Graphs:
    """`cause`, everywhere: the delivery that it all comes from, so that what follows from it is told once."""

    def __init__(
        self, store: Store, comparer: Comparer, now: Callable[[], datetime], wake: Callable[[str], None]
    ) -> None:
        self._store = store
        self._comparer = comparer
        self._now = now
        self._wake = wake
        self._graphs: dict[int, Graph] = {}
        self._locks: defaultdict[int, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def of(self, installation: int, client: Client, cause: str) -> Graph:
        """The graph as it is known; read now, when it never was."""
        if installation not in self._graphs:
            async with self._locks[installation]:
                if installation not in self._graphs and not await self._remember(installation):
                    await self._read_all(installation, client, cause)
        return self._graphs[installation]

    async def known(self) -> Graph:
        """The graphs of all installations side by side, as far as they were read. Asks nobody."""
        for installation in await self._store.graphs():
            if installation not in self._graphs:
                async with self._locks[installation]:
                    await self._remember(installation)
        graphs = tuple(self._graphs.values())
        return Graph(
            halves={name: half for graph in graphs for name, half in graph.halves.items()},
            nodes=tuple(node for graph in graphs for node in graph.nodes),
            edges=tuple(edge for graph in graphs for edge in graph.edges),
        )

    async def kept(self, installation: int) -> Graph | None:
        """The graph, if it was ever read. Asks nobody."""
        if installation not in self._graphs:
            async with self._locks[installation]:
                await self._remember(installation)
        return self._graphs.get(installation)

    async def read_all(self, installation: int, client: Client, cause: str) -> None:
        """Every repository of the installation; those that are not there any more leave the graph."""
        try:
            async with self._locks[installation]:
                await self._remember(installation)
                await self._read_all(installation, client, cause)
        except InstallationGone:
            await self.forget(installation)
            raise

    async def heard(self, installation: int, client: Client, repository: str, rows: Sequence[Delivery]) -> None:
        """Something happened to a repository: it is read again, if that can matter."""
        graph = await self.of(installation, client, rows[-1].delivery)
        half = graph.names.half(repository)
        paths = _pushed(rows)
        if half is not None and paths is not None and not any(may_matter(half, path) for path in paths):
            return
        touched = half is not None and _touches_a_contract(half, rows)
        async with self._locks[installation]:
            found = await tips(client, [repository], registry_paths())
            if repository not in found:
                await self._drop(installation, repository, rows)
            else:
                await self._read(installation, client, found[repository], rows[-1].delivery, touched=touched)

    async def gone(self, installation: int, client: Client, repository: str, rows: Sequence[Delivery]) -> None:
        """The repository was deleted, or taken from the installation."""
        await self.of(installation, client, rows[-1].delivery)
        async with self._locks[installation]:
            await self._drop(installation, repository, rows)

    async def forget(self, installation: int) -> None:
        """The app was removed, or suspended: nothing is known any more of who consumes what."""
        async with self._locks[installation]:
            self._graphs.pop(installation, None)
            await self._store.forget_graph(installation)
            await self._store.cancel_timer(installation_lane(installation), DAILY)

    async def _remember(self, installation: int) -> bool:
        """Takes the graph from the store; False when it was never read as a whole."""
        if installation not in self._graphs:
            halves = await self._store.halves(installation)
            if halves is None:
                return False
            self._graphs[installation] = await asyncio.to_thread(join, halves)
        return True

    async def _read_all(self, installation: int, client: Client, cause: str) -> None:
        kept = await self._store.kept_halves(installation)
        known = {half.repository_id: half for half in kept}
        found = await tips(client, await covered(client), registry_paths())
        said = {
            tip.repository_id: await self._said(client, tip, known.get(tip.repository_id)) for tip in found.values()
        }
        between = await asyncio.to_thread(join, said.values())
        slots = asyncio.Semaphore(_AT_ONCE)

        async def shown(half: Half) -> Half:
            async with slots:
                return await self._with_evidence(client, half, between, known.get(half.repository_id))

        halves = await asyncio.gather(*(shown(half) for half in said.values()))
        for half in halves:
            await self._store.record_half(installation, half, self._now())
        await self._store.complete_graph(installation, said.keys(), self._now())
        await self._store.set_timer(installation_lane(installation), DAILY, self._now() + _EVERY)
        old = self._graphs[installation] if installation in self._graphs else await asyncio.to_thread(join, kept)
        new = self._graphs[installation] = await asyncio.to_thread(join, halves)
        now = {half.repository_id: half for half in halves}
        told = [news(known.get(id), now.get(id), old, new) for id in known.keys() | now.keys()]
        # Evidence has just been read throughout.
        await self._tell(installation, [replace(one, read=frozenset()) for one in told], new, cause)

    async def _read(self, installation: int, client: Client, tip: Tip, cause: str, *, touched: bool) -> None:
        old = self._graphs[installation]
        before = next((half for half in old.halves.values() if half.repository_id == tip.repository_id), None)
        said = await self._said(client, tip, before)
        after = said
        if said.registry is not None and any(sources(said.registry, said.repository)):
            between = await asyncio.to_thread(join, _replaced(old, said.repository_id, said))
            after = await self._with_evidence(client, said, between, before)
        await self._store.record_half(installation, after, self._now())
        new = self._graphs[installation] = await asyncio.to_thread(join, _replaced(old, after.repository_id, after))
        await self._tell(installation, [news(before, after, old, new, contract_touched=touched)], new, cause)

    async def _drop(self, installation: int, repository: str, rows: Sequence[Delivery]) -> None:
        old = self._graphs[installation]
        ids = {row.facts.get("repository_id") for row in rows}
        named = old.names.half(repository)
        for before in [half for half in old.halves.values() if half is named or half.repository_id in ids]:
            await self._store.forget_half(installation, before.repository_id)
            new = self._graphs[installation] = await asyncio.to_thread(join, _replaced(old, before.repository_id, None))
            await self._tell(installation, [news(before, None, old, new)], new, rows[-1].delivery)
            old = new

    async def _said(self, client: Client, tip: Tip, before: Half | None) -> Half:
        try:
            return await read_half(client, tip, before, self._now())
        except (CommitMissing, TooLargeToList, Refused) as error:
            return _unread(tip, before, str(error), self._now())

    async def _with_evidence(self, client: Client, half: Half, graph: Graph, before: Half | None) -> Half:
        try:
            return await with_evidence(client, half, graph, self._comparer)
        except (CommitMissing, TooLargeToList, Refused) as error:
            log.warning("evidence could not be read: %s", error, extra={"repository": half.repository})
            problem = f"{half.repository}: what its files show could not be read: {error}"
            return replace(half, uses=before.uses if before else (), problems=(*half.problems, problem))

    async def _tell(self, installation: int, told: Iterable[News], graph: Graph, cause: str) -> None:
        lanes: dict[str, None] = {}
        for one in told:
            lanes |= dict.fromkeys(repository_lane(_spelt(graph, key)) for key in sorted(one.judged))
            lanes |= dict.fromkeys(registry_lane(_spelt(graph, key)) for key in sorted(one.read))
        facts = {"installation": installation}
        for lane in lanes:
            await self._store.accept(f"{cause}/{lane}", "graph", [lane], facts, self._now())
            self._wake(lane)


def _pushed(rows: Collection[Delivery]) -> frozenset[str] | None:
    """The files that pushes have touched; None when they can't all be known, or when something else has happened."""
    listed = [row.facts.get("paths") if row.event == "push" else None for row in rows]
    if any(paths is None for paths in listed):
        return None
    return frozenset(path for paths in listed for path in paths or ())


def _touches_a_contract(half: Half, rows: Collection[Delivery]) -> bool:
    """Only pushes do: what one half tells another must not come back to it as news."""
    pushes = [row.facts.get("paths") for row in rows if row.event == "push"]
    return any(paths is None or any(is_contract(half, path) for path in paths) for paths in pushes)


def _replaced(graph: Graph, repository_id: int, half: Half | None) -> tuple[Half, ...]:
    others = tuple(other for other in graph.halves.values() if other.repository_id != repository_id)
    return (*others, half) if half is not None else others


def _unread(tip: Tip, before: Half | None, reason: str, now: datetime) -> Half:
    """The last half that was read goes on counting."""
    problem = f"{tip.repository}: its registry could not be read: {reason}"
    half = before or Half(tip.repository, tip.repository_id, None)
    return replace(
        half,
        repository=tip.repository,
        problems=(problem,),
        stale=half.registry is not None,
        hidden=tip.hidden,
        internal=tip.internal,
        archived=tip.archived,
        refreshed_at=now,
    )


def _spelt(graph: Graph, key: str) -> str:
    halves: Mapping[str, Half] = graph.halves
    return halves[key].repository if key in halves else key
