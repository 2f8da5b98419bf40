"""The process stays answerable: event-loop lag while hostile and huge files are read, webhooks acknowledged."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import os
import re
import sys
import tempfile
import time
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp

from benchmarks.measure import Figure
from bot.engine.work import start
from bot.settings import Settings
from bot.web.serve import Services, Work, serve
from tests.published.contracts import GITHUB
from tests.published.packages import fetch
from tests.shop.world import SECRET, open_shop

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
    before, after = (fetch(version) for version in (GITHUB.before, GITHUB.after))
    figures = []
    with tempfile.TemporaryDirectory() as folder:
        for number, (name, content) in enumerate((("an alias bomb", bomb), ("50,000 levels", deep), ("", None))):
            proposed = after if content is None else Path(folder) / f"{number}.yaml"
            if content is not None:
                proposed.write_text(content)
            lag = await _lag_while_judging(Path(folder) / str(number), before, proposed)
            what = name or "GitHub's description (12 MB)"
            figures.append(Figure(f"event-loop lag while {what} is judged", lag * 1000, "ms", 100))
    return figures


async def _lag_while_judging(folder: Path, before: Path, proposed: Path) -> float:
    """The stand-in works in a process of its own: the bot's loop is the only one in this."""
    command = [sys.executable, "-m", "benchmarks.elsewhere", str(before), str(proposed)]
    github = await asyncio.create_subprocess_exec(*command, stdin=PIPE, stdout=PIPE, limit=1 << 20)
    assert github.stdin is not None
    assert github.stdout is not None
    known = json.loads(await github.stdout.readline())
    settings = Settings.from_environ({**known, "COUNTERSIGN_DATA": str(folder), "PORT": "0"})
    stop, address = asyncio.Event(), asyncio.get_running_loop().create_future()

    @asynccontextmanager
    async def work(services: Services) -> AsyncIterator[Work]:
        async with start(services.settings, services.store, services.pool, services.engine) as started:
            yield Work(started.handle, started.app_slug)

    bot = asyncio.create_task(serve(settings, work, stop=stop, listening=address.set_result))
    github.stdin.write(f"{await address}/webhook\n".encode())
    await github.stdin.drain()
    longest = 0.0
    judged = asyncio.create_task(github.stdout.readline())
    while not judged.done():
        started = time.perf_counter()
        await asyncio.sleep(_TICK)
        longest = max(longest, time.perf_counter() - started - _TICK)
    if (await judged).strip() != b"judged":
        raise RuntimeError("the stand-in ended before the pull request was judged")
    stop.set()
    await bot
    github.stdin.close()
    await github.wait()
    return longest


def webhooks() -> Sequence[Figure]:
    """Signed deliveries on disk and acknowledged, beside a receiver that stores nothing."""
    return asyncio.run(_webhooks())


async def _webhooks() -> list[Figure]:
    """Receivers in processes of their own. The pushes are to branches that nobody's pull request goes to, so that what
    is measured is taking and keeping, not judging.
    """
    with tempfile.TemporaryDirectory() as folder:
        async with open_shop(Path(folder)) as shop, _process("benchmarks.bare") as bare:
            bare_rate, _ = await _load(f"{bare}/webhook")
            environ = {
                "COUNTERSIGN_APP_ID": str(shop.app.id),
                "COUNTERSIGN_PRIVATE_KEY": shop.app.private_key_pem,
                "COUNTERSIGN_WEBHOOK_SECRET": SECRET,
                "COUNTERSIGN_GITHUB_URL": shop.github.api_url,
                "COUNTERSIGN_DATA": f"{folder}/apart",
                "COUNTERSIGN_HOST": "127.0.0.1",
                "PORT": "0",
            }
            async with _process("bot", "serve", environ=environ) as bot:
                rate, slow = await _load(f"{bot}/webhook")
    return [
        Figure("webhooks acknowledged, durable", rate, "/s"),
        Figure("webhooks acknowledged over a receiver that stores nothing", rate / bare_rate, "×", 0.5, "higher"),
        Figure("webhooks acknowledged: 99th percentile", slow * 1000, "ms", 50),
    ]


@asynccontextmanager
async def _process(module: str, *arguments: str, environ: Mapping[str, str] | None = None) -> AsyncIterator[str]:
    """A server in a process of its own, which logs its address once it listens."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", module, *arguments, stdout=PIPE, env={**os.environ, **(environ or {})}
    )
    assert process.stdout is not None
    try:
        while True:
            line = await process.stdout.readline()
            if not line:
                raise RuntimeError(f"{module} ended before it listened")
            if found := re.search(rb"http://127\.0\.0\.1:[0-9]+", line):
                break
        draining = asyncio.create_task(_drain(process.stdout))
        yield found[0].decode()
        draining.cancel()
    finally:
        process.terminate()
        await process.wait()


async def _drain(stream: asyncio.StreamReader) -> None:
    while await stream.read(1 << 16):
        pass


async def _load(url: str) -> tuple[float, float]:
    """Deliveries a second, and the 99th percentile of their seconds."""
    body = json.dumps(
        {
            "ref": "refs/heads/topic",
            "installation": {"id": 1},
            "repository": {"id": 1, "full_name": "nobody/nothing", "default_branch": "main"},
            "sender": {"id": 1, "login": "nobody", "type": "User"},
            "commits": [{"message": "x" * 20_000, "added": [], "removed": [], "modified": ["README.md"]}],
        }
    ).encode()
    signature = "sha256=" + hmac.digest(SECRET.encode(), body, hashlib.sha256).hex()
    headers = {"X-GitHub-Event": "push", "X-Hub-Signature-256": signature, "Content-Type": "application/json"}
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
