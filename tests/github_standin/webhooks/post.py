"""The post office: signs deliveries and brings them to the apps, in order, in the background."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import hmac
import json
import random
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlencode

import aiohttp

if TYPE_CHECKING:
    from tests.github_standin.world.apps import App

ANSWER_WITHIN = 10
"""Seconds. GitHub does not try again."""

LARGEST = 25 * 1024 * 1024
"""Bytes. What is larger is never delivered."""


@dataclass(eq=False)
class Delivery:
    """`status` is what the app answered: None until it did, 0 when it could not be reached in time, -1 when lost.
    `at`: when it was sent off, for the first time.
    """

    app: App
    event: str
    action: str | None
    id: str
    body: bytes = field(repr=False)
    at: datetime
    status: int | None = None
    answer: str = ""
    again: bool = False

    @property
    def payload(self) -> dict[str, Any]:
        text = self.body if self.app.content_type == "json" else parse_qs(self.body.decode())["payload"][0]
        loaded: dict[str, Any] = json.loads(text)
        return loaded

    def headers(self) -> dict[str, str]:
        """An app without a secret gets no signature."""
        json_or_form = "application/json" if self.app.content_type == "json" else "application/x-www-form-urlencoded"
        headers = {
            "Accept": "*/*",
            "Content-Type": json_or_form,
            "User-Agent": f"GitHub-Hookshot/{self.id[:7]}",
            "X-GitHub-Delivery": self.id,
            "X-GitHub-Event": self.event,
            "X-GitHub-Hook-ID": str(self.app.hook_id),
            "X-GitHub-Hook-Installation-Target-ID": str(self.app.id),
            "X-GitHub-Hook-Installation-Target-Type": "integration",
        }
        if self.app.webhook_secret:
            key = self.app.webhook_secret.encode()
            headers["X-Hub-Signature"] = f"sha1={hmac.new(key, self.body, hashlib.sha1).hexdigest()}"
            headers["X-Hub-Signature-256"] = f"sha256={hmac.new(key, self.body, hashlib.sha256).hexdigest()}"
        return headers


class Post:
    """Deliveries of one app keep their order; those of different apps do not wait for each other."""

    def __init__(self) -> None:
        self.log: list[Delivery] = []
        self._queues: dict[App, asyncio.Queue[Delivery]] = {}
        self._carriers: list[asyncio.Task[None]] = []
        self._session: aiohttp.ClientSession | None = None
        self._held: list[Delivery] | None = None
        self._lose = 0
        self._repeat = 0
        self._under_way = 0
        self._idle = asyncio.Event()
        self._idle.set()

    def send(self, app: App, event: str, action: str | None, payload: dict[str, Any]) -> None:
        """Writes the payload down as things stand now, and sends it off. An app without an address gets none."""
        text = json.dumps(payload, separators=(",", ":"), ensure_ascii=False)
        body = text.encode() if app.content_type == "json" else urlencode({"payload": text}).encode()
        delivery = Delivery(app, event, action, str(uuid.uuid4()), body, app.github.clock.now())
        self.log.append(delivery)
        if not app.webhook_url or len(body) > LARGEST:
            delivery.status = -1
        elif self._lose:
            self._lose -= 1
            delivery.status = -1
        elif self._held is not None:
            self._held.append(delivery)
        else:
            self._take(delivery)
            if self._repeat:
                self._repeat -= 1
                self._take(delivery)

    def redeliver(self, delivery: Delivery) -> None:
        """The button "Redeliver": the same id, the same body."""
        delivery.again = True
        self._take(delivery)

    def hold(self) -> None:
        """Nothing is delivered until release()."""
        if self._held is None:
            self._held = []

    def release(self, order: Callable[[list[Delivery]], Sequence[Delivery]] = list) -> None:
        """Delivers what was held; `order` may reverse, thin out or repeat it."""
        held, self._held = self._held or [], None
        for delivery in order(held):
            self._take(delivery)

    def lose_next(self, count: int = 1) -> None:
        self._lose += count

    def repeat_next(self, count: int = 1) -> None:
        self._repeat += count

    def _take(self, delivery: Delivery) -> None:
        queue = self._queues.get(delivery.app)
        if queue is None:
            queue = self._queues[delivery.app] = asyncio.Queue()
            self._carriers.append(asyncio.get_running_loop().create_task(self._carry(queue)))
        self._under_way += 1
        self._idle.clear()
        queue.put_nowait(delivery)

    async def _carry(self, queue: asyncio.Queue[Delivery]) -> None:
        while True:
            delivery = await queue.get()
            try:
                await self._bring(delivery)
            finally:
                self._under_way -= 1
                if not self._under_way:
                    self._idle.set()

    async def _bring(self, delivery: Delivery) -> None:
        if self._session is None:
            self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=ANSWER_WITHIN))
        try:
            async with self._session.post(
                delivery.app.webhook_url, data=delivery.body, headers=delivery.headers(), allow_redirects=False
            ) as answer:
                delivery.answer = (await answer.read()).decode("utf-8", "replace")
                delivery.status = answer.status
        except (aiohttp.ClientError, TimeoutError):
            delivery.status = 0

    async def settled(self) -> None:
        """Returns when every delivery was answered, also those that the answers caused."""
        await self._idle.wait()

    async def close(self) -> None:
        for carrier in self._carriers:
            carrier.cancel()
        for carrier in self._carriers:
            with contextlib.suppress(asyncio.CancelledError):
                await carrier
        if self._session is not None:
            await self._session.close()


def shuffled(seed: int) -> Callable[[list[Delivery]], Sequence[Delivery]]:
    """An order for release(): the same disorder for the same seed."""

    def order(held: list[Delivery]) -> Sequence[Delivery]:
        mixed = list(held)
        random.Random(seed).shuffle(mixed)
        return mixed

    return order
