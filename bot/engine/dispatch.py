"""What a lane's turn comes to: one pull request, or all those that something else concerns."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from functools import partial

from bot.engine.arrivals import may_touch_contracts, write_down_branch_pushes
from bot.engine.bench import Bench
from bot.engine.graphs import DAILY, GraphOf, Graphs
from bot.engine.judging import judge_push
from bot.engine.kept import CATCH_UP, catch_up_tomorrow
from bot.engine.lanes import Engine, Later
from bot.engine.leaving import concerned
from bot.engine.merge_group import GROUP, judge_group
from bot.engine.pushed_past import check_pushes, is_worth_a_look, look_later, may_be_gated
from bot.engine.reconcile import reconcile
from bot.engine.tags import write_down_tags
from bot.github.access import Access
from bot.github.app import GitHubApp
from bot.github.checks import CheckWriter
from bot.github.client import Client
from bot.github.errors import InstallationGone, InstallationSuspended, RateLimited
from bot.github.lanes import Lane, pull_request_lane
from bot.github.people import People
from bot.github.snapshot import OpenPull, PullRequestGone, open_pulls
from bot.registry.graph.graph import Graph
from bot.registry.graph.half import Half
from bot.review.values import Decision
from bot.store import Delivery

log = logging.getLogger(__name__)

_INSTALLED_AGAIN = 10.0
"""Seconds."""
_LEFT = frozenset({"deleted", "suspend"})
"""What an installation does when it goes."""
_MAY_BE_GONE = frozenset({"deleted", "removed", "transferred"})
"""What is told of a repository that is not the installation's any more."""


class Dispatcher:
    """The handler of the lane runner."""

    def __init__(self, bench: Bench, app: GitHubApp, engine: Engine, graphs: Graphs) -> None:
        self._bench = bench
        self._app = app
        self._engine = engine
        self._graphs = graphs
        self._people: dict[int, People] = {}
        self._meanwhile: dict[str, list[Access]] = {}
        """Who came or went since a pull request that is under way began, by its lane."""

    def access_changed(self, installation: int | None) -> None:
        """Somebody came or went; what was asked before does not count any more."""
        people = self._people.get(installation) if installation is not None else None
        if people is not None:
            people.forget()

    async def handle(self, lane: str, rows: Sequence[Delivery]) -> None:
        """One turn. Raises Later when GitHub asks for patience, and whatever else should be tried again."""
        named = Lane.read(lane)
        try:
            await self._turn(named, rows)
        except RateLimited as limit:
            wait = (limit.until - self._bench.now()).total_seconds()
            raise Later(max(wait, 1.0), f"rate limit: {limit}") from limit
        except InstallationGone as gone:
            await self._confirm(named, gone)
        except (InstallationSuspended, PullRequestGone) as gone:
            # Nobody can be asked and nothing can be shown there any more: not an error, and not worth another try.
            log.info("nothing to do: %s", gone, extra={"lane": lane})

    async def _confirm(self, lane: Lane, gone: InstallationGone) -> None:
        """Nothing is left to do where the app is no longer installed. If GitHub says otherwise when it is asked for
        the installation itself, the event is not to be lost: raises Later.
        """
        if lane.repository:
            try:
                await self._app.installation_of(lane.repository)
            except InstallationGone:
                pass
            else:
                raise Later(_INSTALLED_AGAIN, f"the app is installed, and GitHub gave no token: {gone}") from gone
        log.info("nothing to do: %s", gone, extra={"lane": str(lane)})

    async def _turn(self, lane: Lane, rows: Sequence[Delivery]) -> None:
        if lane.kind == "installation":
            await self._installed(int(lane.what), rows)
            return
        if lane.kind == "people":
            await self._left(lane, rows)
            return
        installation = await self._installation(lane.repository, rows)
        client = self._app.installation(installation)
        match lane.kind:
            case "pr":
                await self._pull_request(installation, client, lane.repository, int(lane.what), rows)
            case "group":
                await self._merge_group(installation, client, lane, rows)
            case "base":
                graph = await self._graphs.kept(installation)
                half = graph.names.half(lane.repository) if graph is not None else None
                await write_down_branch_pushes(self._bench.store, rows, half, self._bench.now())
                await self._look_later(lane, rows, graph, half)
                touched = any(may_touch_contracts(row.facts.get("paths"), half) for row in rows)
                if touched and await self._is_base(lane, rows):
                    pulls = await open_pulls(client, lane.repository, lane.what)
                    await self._wake(lane, rows, pulls)
                    await self._wake_closed(lane, rows, pulls)
            case "pushed":
                people = self._people.setdefault(installation, People(client))
                judge = partial(
                    judge_push, self._bench, client, people, graph_of=self._graph_of(installation, client, rows)
                )
                await check_pushes(self._bench, client, lane, rows, judge)
            case "head":
                pulls = await open_pulls(client, lane.repository)
                await self._wake(lane, rows, [pull for pull in pulls if pull.head_sha == lane.what])
            case "tags":
                await write_down_tags(self._bench.store, lane.repository, rows, self._bench.now())
                await self._tell(lane, rows, sorted(await self._bench.store.about_contracts(lane.repository)))
            case "repository":
                await self._repository(client, lane, rows)
            case "registry":
                await self._registry(installation, client, lane, rows)

    async def _installed(self, id: int, rows: Sequence[Delivery]) -> None:
        """An installation came, went or changed; or its graph is due to be read again."""
        told = [row for row in rows if row.facts.get("kind") != DAILY]
        if told:
            self._app.forget(id)
            self._people.pop(id, None)
        if told and told[-1].facts.get("action") in _LEFT:
            await self._graphs.forget(id)
        else:
            await self._graphs.read_all(id, self._app.installation(id), rows[-1].delivery)

    async def _repository(self, client: Client, lane: Lane, rows: Sequence[Delivery]) -> None:
        """All its open pull requests; or, once a day, only what was closed without our being told."""
        pulls = await open_pulls(client, lane.repository)
        if any(row.facts.get("kind") != CATCH_UP for row in rows):
            await self._wake(lane, rows, pulls)
        elif pulls:
            await catch_up_tomorrow(self._bench, lane.repository)
        await self._wake_closed(lane, rows, pulls)

    async def _registry(self, installation: int, client: Client, lane: Lane, rows: Sequence[Delivery]) -> None:
        """Public repositories can be read by anyone's installation: whether it is still ours has to be asked."""
        if any(row.facts.get("action") in _MAY_BE_GONE for row in rows):
            try:
                owner = await self._app.installation_of(lane.repository)
            except InstallationGone:
                owner = None
            if owner != installation:
                await self._graphs.gone(installation, client, lane.repository, rows)
                return
        await self._graphs.heard(installation, client, lane.repository, rows)

    def _graph_of(self, installation: int, client: Client, rows: Sequence[Delivery]) -> GraphOf:
        return partial(self._graphs.of, installation, client, rows[-1].delivery)

    async def _is_base(self, lane: Lane, rows: Sequence[Delivery]) -> bool:
        """Most branches that are pushed to are nobody's base, which need not be asked of GitHub. The default branch
        always counts, whatever the store has forgotten.
        """
        defaults = {row.facts.get("default_branch") for row in rows}
        return lane.what in defaults or None in defaults or await self._bench.store.is_base(lane.repository, lane.what)

    async def _look_later(self, lane: Lane, rows: Sequence[Delivery], graph: Graph | None, half: Half | None) -> None:
        """Whether a pull request brought what was pushed to a branch that may be gated; asks nobody."""
        pushes = [row for row in rows if is_worth_a_look(row, half)]
        if not pushes:
            return
        if may_be_gated(lane, graph) or await self._is_base(lane, pushes):
            await look_later(self._bench, lane, pushes)

    async def _installation(self, repository: str, rows: Sequence[Delivery]) -> int:
        told = [row.facts["installation"] for row in rows if row.facts.get("installation")]
        return int(told[-1]) if told else await self._app.installation_of(repository)

    async def _pull_request(
        self, installation: int, client: Client, repository: str, number: int, rows: Sequence[Delivery]
    ) -> Decision | None:
        people = self._people.setdefault(installation, People(client))
        graph = self._graph_of(installation, client, rows)
        lane = pull_request_lane(repository, number)
        changes = self._meanwhile[lane] = []
        try:
            decision = await reconcile(self._bench, client, people, repository, number, rows, graph)
            if changes and (repository, number) in await concerned(self._bench.store, changes):
                raise Later(0, "somebody left who signed, while it was looked at")
        finally:
            del self._meanwhile[lane]
        return decision

    async def _left(self, lane: Lane, rows: Sequence[Delivery]) -> None:
        """Looks that are under way may have asked before; these find out for themselves when they end."""
        changes = [Access.read(row.facts["access"]) for row in rows]
        for meanwhile in self._meanwhile.values():
            meanwhile.extend(changes)
        for repository, number in await concerned(self._bench.store, changes):
            await self._pass_on(lane, rows, pull_request_lane(repository, number))

    async def _merge_group(self, installation: int, client: Client, lane: Lane, rows: Sequence[Delivery]) -> None:
        people = self._people.setdefault(installation, People(client))
        graph = self._graph_of(installation, client, rows)
        output = await judge_group(self._bench, client, people, lane.repository, lane.what, rows[-1].facts, graph)
        if output is None:
            log.warning("a merge group whose pull requests are not known", extra={"repository": lane.repository})
            return
        writer = CheckWriter(client, lane.repository, lane.what, GROUP, self._bench.app_id)
        await writer.show(output, await writer.runs(), None)

    async def _wake(self, lane: Lane, rows: Sequence[Delivery], pulls: Sequence[OpenPull]) -> None:
        """Passes the news on to each pull request's own lane; told twice, it is passed on once."""
        await self._tell(lane, rows, [pull.number for pull in pulls])

    async def _wake_closed(self, lane: Lane, rows: Sequence[Delivery], pulls: Sequence[OpenPull]) -> None:
        """Also those that we hold to be open and that are not: they were merged or closed without our being told."""
        believed = await self._bench.store.believed_open(lane.repository, lane.what or None)
        await self._tell(lane, rows, sorted(believed - {pull.number for pull in pulls}))

    async def _tell(self, lane: Lane, rows: Sequence[Delivery], numbers: Sequence[int]) -> None:
        for number in numbers:
            await self._pass_on(lane, rows, pull_request_lane(lane.repository, number))

    async def _pass_on(self, lane: Lane, rows: Sequence[Delivery], name: str) -> None:
        last = rows[-1].facts
        facts = {key: last[key] for key in ("installation", "requested_action", "sender") if key in last}
        await self._bench.store.accept(f"{rows[-1].delivery}/{name}", lane.kind, [name], facts, self._bench.now())
        self._engine.wake(name)
