"""`countersign serve`: store, parsing pool, lanes and web in one process, started and stopped in order."""

from __future__ import annotations

import asyncio
import logging
import signal
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime

from aiohttp import web

from bot.engine.lanes import Engine, Handler, LaneRunner, utc_now
from bot.parsing.child import Child, ChildLimits
from bot.parsing.pool import ComparisonPool
from bot.settings import Settings
from bot.store import Delivery, Store
from bot.store.sole import sole_worker
from bot.web import pulls
from bot.web.api import GraphNow, routes
from bot.web.app import application
from bot.web.viewer import Door, Sees
from bot.web.webhook import Webhook

log = logging.getLogger(__name__)

LAST_REQUESTS_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Services:
    """What the work is given to work with. `now` is the only clock."""

    settings: Settings
    store: Store
    pool: ComparisonPool
    engine: Engine
    now: Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Work:
    """What the server runs. handler: does a lane's work (bot.engine.lanes.Handler).

    app_slug: the App's name in addresses, by which its own comments are known; "" as long as it is not known.
    graph, sees: who uses what, and who may see it; without these there is no API.
    access_changed: drops what is kept of who may see and do what, when an installation tells that it changed.
    """

    handler: Handler
    app_slug: Callable[[], str]
    graph: GraphNow | None = None
    sees: Sees | None = None
    access_changed: Callable[[int | None], None] | None = None


StartWork = Callable[[Services], AbstractAsyncContextManager[Work]]
"""Opened after the store and the pool, closed before them, when no handler runs any more."""


def parsing_pool(settings: Settings) -> ComparisonPool:
    """A pool with children of its own."""
    limits = ChildLimits(seconds=settings.compare_seconds, memory=settings.compare_memory)
    return ComparisonPool([Child(limits) for _ in range(settings.workers)])


async def serve(
    settings: Settings,
    start_work: StartWork,
    *,
    stop: asyncio.Event | None = None,
    listening: Callable[[str], None] | None = None,
    pool_of: Callable[[Settings], ComparisonPool] = parsing_pool,
    now: Callable[[], datetime] = utc_now,
) -> None:
    """Serve until SIGTERM, SIGINT or `stop`. `listening` is told the base address once requests are taken.

    pool_of: makes the pool of parsing children, which serving starts and closes.
    Stopping: no new requests; reconciles under way may finish for 20 seconds, and what they do not finish stays in
    the inbox for the next start. Raises what made it impossible to start, and what ended the lanes if anything did.
    """
    stop = stop or asyncio.Event()
    async with AsyncExitStack() as stack:
        store = await stack.enter_async_context(await Store.open(settings.database))
        pool = await stack.enter_async_context(pool_of(settings))

        async def handle(lane: str, rows: tuple[Delivery, ...]) -> None:
            await work.handler(lane, rows)

        runner = LaneRunner(store, handle, parallel=settings.lanes, now=now)
        work = await stack.enter_async_context(start_work(Services(settings, store, pool, runner, now)))
        lanes = await stack.enter_async_context(_working(runner, settings))
        webhook = Webhook(
            store,
            runner,
            settings.webhook_secrets,
            app_id=settings.app_id,
            app_slug=work.app_slug,
            access_changed=work.access_changed,
            now=now,
        )
        more = _api(work.graph, work.sees, store, now) if work.graph and work.sees else ()
        app = application(webhook, store, runner.statistics, pool.statistics, more=more, now=now)
        address = await stack.enter_async_context(_listening(app, settings))
        stack.enter_context(_stopped_by_signals(stop))
        log.info("listening", extra={"address": address, "database": str(settings.database)})
        if listening is not None:
            listening(address)
        await _first_of(stop, lanes)
        log.info("stopping")
    if lanes.done() and not lanes.cancelled():
        lanes.result()


def _api(graph: GraphNow, sees: Sees, store: Store, now: Callable[[], datetime]) -> list[web.RouteDef]:
    """Everything that can be asked, behind one door: its pace holds for all of it together."""
    door = Door(sees, now=now)
    return [*routes(graph, door, now=now), *pulls.routes(store, graph, door, now=now)]


@asynccontextmanager
async def _working(runner: LaneRunner, settings: Settings) -> AsyncIterator[asyncio.Task[None]]:
    async def run() -> None:
        async with sole_worker(settings.database):
            await runner.run()

    task = asyncio.create_task(run(), name="lanes")
    try:
        yield task
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError, Exception):
            await task


@asynccontextmanager
async def _listening(app: web.Application, settings: Settings) -> AsyncIterator[str]:
    server = web.AppRunner(
        app, access_log=None, auto_decompress=False, handle_signals=False, shutdown_timeout=LAST_REQUESTS_SECONDS
    )
    await server.setup()
    try:
        site = web.TCPSite(server, settings.host, settings.port)
        await site.start()
        host, port = server.addresses[0][:2]
        yield f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
    finally:
        await server.cleanup()


async def _first_of(stop: asyncio.Event, lanes: asyncio.Task[None]) -> None:
    stopped = asyncio.create_task(stop.wait())
    await asyncio.wait({stopped, lanes}, return_when=asyncio.FIRST_COMPLETED)
    stopped.cancel()
    with suppress(asyncio.CancelledError):
        await stopped


@contextmanager
def _stopped_by_signals(stop: asyncio.Event) -> Iterator[None]:
    loop = asyncio.get_running_loop()
    heard = []
    for number in (signal.SIGTERM, signal.SIGINT):
        with suppress(ValueError, RuntimeError):  # only the main thread hears signals
            loop.add_signal_handler(number, stop.set)
            heard.append(number)
    try:
        yield
    finally:
        for number in heard:
            loop.remove_signal_handler(number)
