from __future__ import annotations

import hashlib
import hmac
import io
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from bot.engine.lanes import LaneStatistics
from bot.parsing.pool import PoolStatistics
from bot.settings import Secret
from bot.store import Store
from bot.web.app import application
from bot.web.webhook import Webhook

SECRETS = ("new secret, with a comma", "old-secret")


def pull_request(number: int = 1, **more: Any) -> dict[str, Any]:
    return {
        "action": "synchronize",
        "number": number,
        "before": "a" * 40,
        "after": "b" * 40,
        "installation": {"id": 5},
        "repository": {"id": 77, "full_name": "acme/orders", "default_branch": "main"},
        "sender": {"id": 9, "login": "ann", "type": "User"},
        "pull_request": {
            "number": number,
            "head": {"sha": "b" * 40, "ref": "change"},
            "base": {"sha": "c" * 40, "ref": "main"},
            "user": {"id": 9, "login": "ann", "type": "User"},
        },
        **more,
    }


def comment(body: str, **more: Any) -> dict[str, Any]:
    payload = pull_request() | {"action": "created", "issue": {"number": 1, "pull_request": {"url": "x"}}}
    user = {"id": 9, "login": "ann", "type": "User"}
    return payload | {"comment": {"id": 4, "body": body, "user": user}, **more}


def signature(body: bytes, secret: str = SECRETS[0]) -> str:
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def headers(body: bytes, delivery: str = "d1", event: str = "pull_request", **changes: str | None) -> dict[str, str]:
    values: dict[str, str | None] = {
        "X-GitHub-Event": event,
        "X-GitHub-Delivery": delivery,
        "X-Hub-Signature-256": signature(body),
        "Content-Type": "application/json",
        **{name.replace("_", "-"): value for name, value in changes.items()},
    }
    return {name: value for name, value in values.items() if value is not None}


class Woken:
    """An engine that only notes what it is woken for."""

    def __init__(self) -> None:
        self.lanes: list[str] = []

    def wake(self, lane: str, delay: float = 0) -> None:
        self.lanes.append(lane)

    async def run(self) -> None:
        raise NotImplementedError


class Server:
    """The application behind a real socket, on a real database."""

    def __init__(self, url: str, store: Store, engine: Woken, webhook: Webhook, session: aiohttp.ClientSession) -> None:
        self.url = url
        self.store = store
        self.engine = engine
        self.webhook = webhook
        self.session = session

    async def deliver(self, payload: Any, delivery: str = "d1", event: str = "pull_request", **changes: Any) -> int:
        body = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
        return await self.post(body, headers(body, delivery, event, **changes))

    async def post(self, body: Any, headers: dict[str, str]) -> int:
        data = io.BytesIO(body) if isinstance(body, bytes) else body
        async with self.session.post(f"{self.url}/webhook", data=data, headers=headers) as answer:
            assert (await answer.json()).keys() == {"outcome", "message"}
            return answer.status


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[Server]:
    async with await Store.open(tmp_path / "countersign.db") as store:
        engine = Woken()
        secrets = [Secret(secret) for secret in SECRETS]
        webhook = Webhook(store, engine, secrets, app_id=12345, app_slug=lambda: "countersign")
        runner = web.AppRunner(
            application(webhook, store, LaneStatistics(), PoolStatistics()), auto_decompress=False, shutdown_timeout=1
        )
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        async with aiohttp.ClientSession() as session:
            port = runner.addresses[0][1]
            yield Server(f"http://127.0.0.1:{port}", store, engine, webhook, session)
        await runner.cleanup()
