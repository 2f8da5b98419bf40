"""Everything that a lane's turn needs, opened and closed together."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from itertools import chain, repeat

from bot.engine.bench import Bench
from bot.engine.comparing import Comparer
from bot.engine.dispatch import Dispatcher
from bot.engine.graphs import Graphs
from bot.engine.lanes import Engine, Handler, utc_now
from bot.github.app import GitHubApp
from bot.github.credentials import AppKey
from bot.github.errors import GitHubError
from bot.github.http import Host
from bot.github.sight import Sights
from bot.github.transport import Transport
from bot.judge.catalogue import shipped
from bot.registry.graph.graph import Graph
from bot.review.seal import sealing_key
from bot.settings import Settings
from bot.store import Store

log = logging.getLogger(__name__)

_SLUG_WAITS = (1, 5, 30, 60)
_SLUG_WAIT = 300
"""Seconds, from then on."""


@dataclass(frozen=True, slots=True)
class Work:
    """handle: a lane's turn. app_slug: the App's name in addresses; "" until GitHub has told it. graph: what is known
    of who uses what, over all installations. sights: what somebody may see of it. access_changed: an installation told
    that somebody may see or do more or less than before.
    """

    handle: Handler
    app_slug: Callable[[], str]
    graph: Callable[[], Awaitable[Graph]]
    sights: Sights
    access_changed: Callable[[int | None], None]


@asynccontextmanager
async def start(
    settings: Settings,
    store: Store,
    comparer: Comparer,
    engine: Engine,
    *,
    now: Callable[[], datetime] = utc_now,
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
) -> AsyncIterator[Work]:
    """`now` is the only clock, and `sleep` the only way in which a call to GitHub waits.

    Raises bot.github.credentials.BadPrivateKey, and CatalogueError when the installation lacks its rules.
    """
    host = Host(settings.github_url)
    key = AppKey(settings.app_id, settings.private_key.reveal(), now)
    async with Transport.open(host) as transport:
        app = GitHubApp(transport, key, now=now, sleep=sleep)
        bench = Bench(
            app_id=settings.app_id,
            store=store,
            comparer=comparer,
            catalogue=shipped(),
            pages=host.pages_url,
            keys=tuple(sealing_key(secret.reveal()) for secret in settings.webhook_secrets),
            now=now,
            wake=engine.wake,
        )
        graphs = Graphs(store, comparer, now, engine.wake)
        slug = _Slug(app, sleep)
        asking = asyncio.create_task(slug.learn())
        dispatcher = Dispatcher(bench, app, engine, graphs)
        sights = Sights(transport, now=now, sleep=sleep)

        def access_changed(installation: int | None) -> None:
            sights.forget()
            dispatcher.access_changed(installation)

        try:
            yield Work(dispatcher.handle, lambda: slug.value, graphs.known, sights, access_changed)
        finally:
            asking.cancel()
            await asyncio.gather(asking, return_exceptions=True)


class _Slug:
    """Learnt in the background: the bot starts and takes deliveries while GitHub is away."""

    def __init__(self, app: GitHubApp, sleep: Callable[[float], Awaitable[None]]) -> None:
        self.value = ""
        self._app = app
        self._sleep = sleep

    async def learn(self) -> None:
        for wait in chain(_SLUG_WAITS, repeat(_SLUG_WAIT)):
            try:
                self.value = await self._app.slug()
                return
            except GitHubError as error:
                log.warning("GitHub did not tell the App's name: %s", error)
                await self._sleep(wait)
