"""The web application: the webhook, whether we are well, some numbers, and a page that says what this is."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import logging
from collections.abc import Awaitable, Callable, Iterable
from datetime import datetime
from typing import Protocol

from aiohttp import web

from bot import __version__
from bot.engine.lanes import LaneStatistics, utc_now
from bot.parsing.pool import PoolStatistics
from bot.store import Backlog
from bot.web import metrics
from bot.web.webhook import Webhook

log = logging.getLogger(__name__)

HEALTH_SECONDS = 5

STYLE = (
    "body{font:1rem/1.5 system-ui,sans-serif;max-width:40rem;margin:4rem auto;padding:0 1rem;"
    "color:#1f2328;background:#fff}small{color:#59636e}"
    "@media(prefers-color-scheme:dark){body{color:#f0f6fc;background:#0d1117}small{color:#9198a1}}"
)
PAGE = f"""<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>Countersign</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><style>{STYLE}</style></head>
<body>
<h1>Countersign</h1>
<p>This is a GitHub App. It finds changes to integration contracts in pull requests, says which of them break whom,
asks exactly those people, and holds the merge until they have countersigned.</p>
<p>There is nothing to do here: everything happens on the pull request, in a check and a comment.</p>
<p><small>Version {__version__}</small></p>
</body>
</html>
"""
_STYLE_HASH = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
HEADERS = {
    "Content-Security-Policy": f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


class Watched(Protocol):
    """What of the store is asked about its health (bot.store.Store)."""

    async def ping(self) -> None: ...
    async def backlog(self, now: datetime) -> Backlog: ...


def application(
    webhook: Webhook,
    store: Watched,
    lanes: LaneStatistics,
    pool: PoolStatistics,
    *,
    more: Iterable[web.RouteDef] = (),
    now: Callable[[], datetime] = utc_now,
) -> web.Application:
    """The application, to be run without decompression of request bodies (signatures are over what was sent).

    more: further routes, such as the API's.
    """

    async def health(_request: web.Request) -> web.Response:
        try:
            async with asyncio.timeout(HEALTH_SECONDS):
                await store.ping()
        except Exception as error:
            log.exception("the database does not answer")
            problem = {"status": "failing", "database": type(error).__name__, "version": __version__}
            return web.json_response(problem, status=503)
        return web.json_response({"status": "ok", "database": "ok", "version": __version__})

    async def numbers(_request: web.Request) -> web.Response:
        text = metrics.render(webhook.statistics, await store.backlog(now()), lanes, pool)
        return web.Response(body=text.encode(), headers={"Content-Type": metrics.CONTENT_TYPE})

    async def page(_request: web.Request) -> web.Response:
        return web.Response(text=PAGE, content_type="text/html", charset="utf-8")

    app = web.Application(middlewares=[_harden])
    app.add_routes(
        [
            web.post("/webhook", webhook.handle),
            web.get("/health", health),
            web.get("/metrics", numbers),
            web.get("/", page),
            *more,
        ]
    )
    return app


@web.middleware
async def _harden(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    """The same headers on every answer; a failure says nothing about its inside."""
    try:
        response = await handler(request)
    except web.HTTPException as error:
        error.headers.update(HEADERS)
        raise
    except Exception:
        log.exception("a request failed", extra={"path": request.path})
        response = web.json_response({"status": "failing"}, status=503)
    response.headers.update(HEADERS)
    return response
