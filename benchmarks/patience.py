"""The process stays answerable: event-loop lag while hostile and huge files are read, webhooks acknowledged."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from pathlib import Path

import aiohttp
from aiohttp import web

from benchmarks.measure import Figure
from tests.published.contracts import GITHUB
from tests.published.packages import fetch
from tests.shop.world import REGISTRY, SECRET, SPEC, Shop, open_shop, registry

_DELIVERIES = 1_000
_CONNECTIONS = 16
_TICK = 0.002


def event_loop() -> Sequence[Figure]:
    """The longest time for which nothing else could run, while contracts are looked at, read and compared."""
    return asyncio.run(_event_loop())


async def _event_loop() -> list[Figure]:
    bomb = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
        f"{name}: &{name} [{', '.join([f'*{previous}'] * 9)}]\n"
        for previous, name in zip("abcdefgh", "bcdefghi", strict=True)
    )
    deep = "openapi: 3.0.3\npaths: " + "[" * 50_000
    huge = fetch(GITHUB.after).read_bytes()
    figures = []
    for name, content in (("an alias bomb", bomb), ("50,000 levels", deep), ("GitHub's description", huge)):
        with tempfile.TemporaryDirectory() as folder:
            files: dict[str, str | bytes] = {SPEC: fetch(GITHUB.before).read_bytes(), REGISTRY: registry()}
            async with open_shop(Path(folder), files=files) as shop:
                lag = await _lag_while(partial(_propose, shop, content))
                figures.append(Figure(f"event-loop lag while {name} is judged", lag * 1000, "ms", 100))
    return figures


async def _propose(shop: Shop, content: str | bytes) -> None:
    """The stand-in works in this process too, so git's part is done before the clock starts."""
    shop.orders.commit("change", {SPEC: content}, author=shop.olga, message="Change")
    shop.orders.open_pull_request("change", shop.olga)
    await shop.bot.settled()


async def _lag_while(act: Callable[[], Awaitable[None]]) -> float:
    longest = 0.0
    done = asyncio.Event()

    async def watch() -> None:
        nonlocal longest
        while not done.is_set():
            before = time.perf_counter()
            await asyncio.sleep(_TICK)
            longest = max(longest, time.perf_counter() - before - _TICK)

    watching = asyncio.create_task(watch())
    await act()
    done.set()
    await watching
    return longest


def webhooks() -> Sequence[Figure]:
    """Signed deliveries on disk and acknowledged, beside a receiver that stores nothing."""
    return asyncio.run(_webhooks())


async def _webhooks() -> list[Figure]:
    bare, _ = await _bare()
    with tempfile.TemporaryDirectory() as folder:
        async with open_shop(Path(folder)) as shop:
            rate, slow = await _load(f"{shop.bot.url}/webhook")
    return [
        Figure("webhooks acknowledged, durable", rate, "/s"),
        Figure("webhooks acknowledged over a receiver that stores nothing", rate / bare, "×", 0.5, "higher"),
        Figure("webhooks acknowledged: 99th percentile", slow * 1000, "ms", 50),
    ]


async def _bare() -> tuple[float, float]:
    async def receive(request: web.Request) -> web.Response:
        body = await request.read()
        signature = "sha256=" + hmac.digest(SECRET.encode(), body, hashlib.sha256).hex()
        good = hmac.compare_digest(signature, request.headers["X-Hub-Signature-256"])
        json.loads(body)
        return web.Response(status=202 if good else 401)

    app = web.Application()
    app.router.add_post("/webhook", receive)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    host, port = runner.addresses[0][:2]
    try:
        return await _load(f"http://{host}:{port}/webhook")
    finally:
        await runner.cleanup()


async def _load(url: str) -> tuple[float, float]:
    """Deliveries a second, and the 99th percentile of their seconds. They speak of a repository that is not ours."""
    body = json.dumps(
        {
            "action": "synchronize",
            "number": 1,
            "installation": {"id": 1},
            "repository": {"id": 1, "full_name": "nobody/nothing"},
            "sender": {"id": 1, "login": "nobody", "type": "User"},
            "pull_request": {"number": 1, "head": {"sha": "0" * 40}, "base": {"ref": "main"}, "body": "x" * 20_000},
        }
    ).encode()
    signature = "sha256=" + hmac.digest(SECRET.encode(), body, hashlib.sha256).hex()
    headers = {"X-GitHub-Event": "pull_request", "X-Hub-Signature-256": signature, "Content-Type": "application/json"}
    numbers = iter(range(_DELIVERIES))
    took: list[float] = []
    async with aiohttp.ClientSession() as session:

        async def send() -> None:
            for number in numbers:
                started = time.perf_counter()
                delivery = {**headers, "X-GitHub-Delivery": f"00000000-0000-0000-0000-{number:012}"}
                async with session.post(url, data=body, headers=delivery) as answer:
                    answer.raise_for_status()
                took.append(time.perf_counter() - started)

        started = time.perf_counter()
        await asyncio.gather(*(send() for _ in range(_CONNECTIONS)))
        seconds = time.perf_counter() - started
    took.sort()
    return _DELIVERIES / seconds, took[int(len(took) * 0.99)]
