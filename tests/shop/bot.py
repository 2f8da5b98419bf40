"""The bot as `countersign serve` runs it, in this process, on an SQLite file of its own."""

from __future__ import annotations

import asyncio
import atexit
from collections import defaultdict
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

from aiohttp import web_app
from sqlalchemy import event
from sqlalchemy.pool import ConnectionPoolEntry, QueuePool

from bot.engine.lanes import LaneRunner
from bot.engine.work import start
from bot.parsing.child import Child, ChildLimits
from bot.parsing.pool import ComparisonPool
from bot.settings import Settings
from bot.web.serve import Services, Work, serve
from tests.github_standin import App, GitHub

_SETTLING_SECONDS = 60.0
_EVER = timedelta(days=3650)

_idle_children: dict[ChildLimits, list[Child]] = defaultdict(list)
"""Parsing children of bots that are gone. They know nothing of their last bot, and starting one takes a while."""


class Bot:
    """A running bot. `await settled()` waits until it has nothing left to do.

    skips_waits: while a lane waits before it tries again, the clock is put forward to when it does.
    """

    def __init__(self, github: GitHub, url: str, services: Services, *, skips_waits: bool = False) -> None:
        self.url = url
        self.services = services
        self._github = github
        self._skips_waits = skips_waits

    @property
    def store_path(self) -> Path:
        return self.services.settings.database

    @property
    def reconciling(self) -> int:
        """How many lanes are at work right now."""
        engine = self.services.engine
        assert isinstance(engine, LaneRunner)
        return engine.statistics.running

    async def settled(self) -> None:
        """GitHub's webhooks are answered, and every lane has done its work; twice, since work makes webhooks."""
        async with asyncio.timeout(_SETTLING_SECONDS):
            quiet = 0
            while quiet < 2:
                await self._github.settled()
                if await self._is_idle():
                    quiet += 1
                    continue
                quiet = 0
                if self._skips_waits:
                    await self._skip_a_wait()
                await asyncio.sleep(0.005)

    async def later(self, seconds: float) -> None:
        """What is due within `seconds` has happened."""
        self._github.clock.advance(seconds)
        for lane in await self.services.store.ring_timers(self.services.now()):
            self.services.engine.wake(lane)
        await self.settled()

    async def _skip_a_wait(self) -> None:
        store, now = self.services.store, self.services.now()
        lanes = await store.lanes_with_pending(now + _EVER)
        waits = [waiting for lane in lanes if (waiting := await store.backoff(lane)) is not None]
        if not lanes or len(waits) < len(lanes):
            return
        due = [waiting for waiting in waits if waiting.not_before <= now]
        for waiting in due:  # its time came while another lane's wait was skipped
            self.services.engine.wake(waiting.lane)
        if due:
            return
        first = min(waits, key=lambda waiting: waiting.not_before)
        self._github.clock.advance((first.not_before - now).total_seconds())
        self.services.engine.wake(first.lane)

    async def _is_idle(self) -> bool:
        backlog = await self.services.store.backlog(self.services.now())
        return self.reconciling == 0 and backlog.rows == 0


@asynccontextmanager
async def running(
    github: GitHub,
    app: App,
    folder: Path,
    *,
    workers: int = 1,
    environ: Mapping[str, str] | None = None,
    skips_waits: bool = False,
) -> AsyncIterator[Bot]:
    """Starts the bot for `app` and points the app's webhook at it; stops it in order at the end. `environ` wins.
    `skips_waits`: whenever the bot would wait for GitHub, its clock (GitHub's too) is put forward instead.
    """

    async def no_wait(seconds: float) -> None:
        github.clock.advance(seconds)
        await asyncio.sleep(0)

    settings = Settings.from_environ(
        {
            "COUNTERSIGN_APP_ID": str(app.id),
            "COUNTERSIGN_PRIVATE_KEY": app.private_key_pem,
            "COUNTERSIGN_WEBHOOK_SECRET": app.webhook_secret,
            "COUNTERSIGN_GITHUB_URL": github.api_url,
            "COUNTERSIGN_DATA": str(folder),
            "COUNTERSIGN_HOST": "127.0.0.1",
            "COUNTERSIGN_WORKERS": str(workers),
            "PORT": "0",
            **(environ or {}),
        }
    )
    given: list[Services] = []

    @asynccontextmanager
    async def work(services: Services) -> AsyncIterator[Work]:
        given.append(services)
        async with start(
            services.settings,
            services.store,
            services.pool,
            services.engine,
            now=services.now,
            sleep=no_wait if skips_waits else asyncio.sleep,
        ) as started:
            yield Work(started.handle, started.app_slug, started.graph, started.sights, started.access_changed)

    def pool_of(_settings: Settings) -> ComparisonPool:
        return ComparisonPool(children, lent=True)

    stop = asyncio.Event()
    address: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    with _lent_children(settings) as children, _not_waiting_for_the_disk():
        serving = serve(settings, work, stop=stop, listening=address.set_result, pool_of=pool_of, now=github.clock.now)
        task = asyncio.create_task(serving, name="bot")
        try:
            waiting: set[asyncio.Future[Any]] = {task, address}
            await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
            if task.done():
                await task
            app.webhook_url = f"{address.result()}/webhook"
            yield Bot(github, address.result(), given[0], skips_waits=skips_waits)
        finally:
            stop.set()
            await task
            # aiohttp remembers the handlers of a thousand applications, and with them all there was of their bots.
            web_app._cached_build_middleware.cache_clear()


@contextmanager
def _lent_children(settings: Settings) -> Iterator[list[Child]]:
    limits = ChildLimits(seconds=settings.compare_seconds, memory=settings.compare_memory)
    idle = _idle_children[limits]
    children = [idle.pop() if idle else Child(limits) for _ in range(settings.workers)]
    try:
        yield children
    finally:
        idle.extend(children)


@contextmanager
def _not_waiting_for_the_disk() -> Iterator[None]:
    """SQLite syncs nothing: no test pulls the plug, and what was written outlives every process all the same."""

    def configure(connection: Any, record: ConnectionPoolEntry, _: object) -> None:
        if record.info.setdefault("syncs", True):
            connection.execute("PRAGMA synchronous = OFF")
            record.info["syncs"] = False

    event.listen(QueuePool, "checkout", configure)
    try:
        yield
    finally:
        event.remove(QueuePool, "checkout", configure)


@atexit.register
def _end_children() -> None:
    for idle in _idle_children.values():
        for child in idle:
            child.close()
