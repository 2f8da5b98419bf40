"""What a push and a comment cost in calls to GitHub, and how long the verdict takes when each call takes 50 ms."""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

from benchmarks.measure import Figure
from tests.github_standin import Request
from tests.shop.world import SPEC, Shop, open_shop, spec, with_phone, without_email

_LATENCY = 0.05


def pushes() -> Sequence[Figure]:
    """Calls, and milliseconds from the push to the check."""
    return asyncio.run(_pushes())


async def _pushes() -> list[Figure]:
    figures: list[Figure] = []
    with tempfile.TemporaryDirectory() as folder:
        async with open_shop(Path(folder)) as shop:
            pull = await shop.propose("first", {SPEC: without_email(spec())}, shop.olga, "Warm everything up")
            shop.github.latency = _LATENCY

            async def counted(name: str, goal: int | None, act: Callable[[], Awaitable[object]]) -> None:
                mark, started = shop.github.mark(), time.perf_counter()
                await act()
                took = time.perf_counter() - started
                calls = _calls(shop, mark)
                figures.append(Figure(f"{name}: calls", len(calls), "", goal, note=_named(calls)))
                figures.append(Figure(f"{name}: until everything is shown, at 50 ms a call", took * 1000, "ms"))

            touched = without_email(with_phone(spec()))
            await counted("a push with contract changes", 5, lambda: shop.push(pull, {SPEC: touched}, shop.olga, "x"))
            plain = await shop.propose("words", {"README.md": "w"}, shop.olga, "Words")
            await counted(
                "a push without contract changes", 2, lambda: shop.push(plain, {"README.md": "x"}, shop.olga, "y")
            )
            await counted("an approving comment", 4, lambda: shop.say(pull, shop.dana, "/approve-breaking"))
            await counted("chatter", 0, lambda: shop.say(pull, shop.chris, "Interesting!"))
            mark = shop.github.mark()
            await shop.say(pull, shop.chris, "/recheck")
            writes = [
                r for r in _calls(shop, mark) if r.method != "GET" and r.path.endswith(("check-runs", "comments"))
            ]
            figures.append(Figure("nothing changed: checks and comments written", len(writes), "", 0))
            figures.append(await _until_the_check(shop))
    return figures


async def _until_the_check(shop: Shop) -> Figure:
    """From the push to the check run that GitHub has, contracts in the cache."""
    pull = shop.orders.pulls[0]
    started = time.perf_counter()
    shop.orders.commit(pull.head_branch, {"README.md": "z"}, author=shop.olga, message="z")
    while not shop.checks(pull):  # noqa: ASYNC110 (the stand-in has no event for it)
        await asyncio.sleep(0.002)
    took = (time.perf_counter() - started) * 1000
    await shop.bot.settled()
    return Figure("from a push to its check, at 50 ms a call", took, "ms", 220)


def _calls(shop: Shop, mark: int) -> list[Request]:
    return [request for request in shop.github.requests_since(mark) if not request.path.endswith("/access_tokens")]


def _named(calls: Sequence[Request]) -> str:
    return ", ".join(f"{call.method} {call.path.rsplit('/', 1)[-1][:16]}" for call in calls)
