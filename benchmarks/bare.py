"""A receiver that verifies and parses a delivery, and stores nothing: what `webhooks` is measured beside."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json

from aiohttp import web

from tests.shop.world import SECRET


async def receive(request: web.Request) -> web.Response:
    body = await request.read()
    signature = "sha256=" + hmac.digest(SECRET.encode(), body, hashlib.sha256).hex()
    good = hmac.compare_digest(signature, request.headers["X-Hub-Signature-256"])
    json.loads(body)
    return web.Response(status=202 if good else 401)


async def main() -> None:
    app = web.Application()
    app.router.add_post("/webhook", receive)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    host, port = runner.addresses[0][:2]
    print(f"http://{host}:{port}", flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main())
