"""`POST /webhook`: GitHub tells, we write it down, GitHub is answered, and only then somebody looks at it.

GitHub waits ten seconds for an answer and does not repeat a delivery by itself. So the answer 202 is given when the
delivery is on disk and before anything is done about it. Whatever the request is, the answer is never a 500: what we
cannot read is a 4xx, and a database that cannot write is a 503, after which the delivery can be sent again by hand.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from aiohttp import web

from bot.engine.lanes import Engine, utc_now
from bot.github.webhooks import ACCESS_EVENTS, BadDelivery, Event, facts, lanes, read_event, verify
from bot.settings import Secret
from bot.web.metrics import DeliveryStatistics

log = logging.getLogger(__name__)

LARGEST_BODY = 25 * 1024 * 1024
"""GitHub delivers no payload above 25 MB (docs: "Webhook events and payloads", payload cap)."""
LARGE_BODY = 1024 * 1024
LARGE_BODIES_AT_ONCE = 4
BODY_SECONDS = 30
CHUNK = 64 * 1024


class Inbox(Protocol):
    """What the webhook asks of the store (bot.store.Store)."""

    async def accept(
        self, delivery: str, event: str, lanes: Collection[str], facts: Mapping[str, Any], now: datetime
    ) -> bool: ...


class _Refused(Exception):
    def __init__(self, status: int, outcome: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.outcome = outcome


class Webhook:
    """secrets: any of them may have signed. app_slug: asked at each delivery, as it may be learned after the start.
    access_changed: is called with the installation whenever somebody may see or do more or less at GitHub than before.
    """

    def __init__(
        self,
        inbox: Inbox,
        engine: Engine,
        secrets: Sequence[Secret],
        *,
        app_id: int,
        app_slug: Callable[[], str],
        access_changed: Callable[[int | None], None] | None = None,
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        if not secrets or not all(secret.reveal() for secret in secrets):
            raise ValueError("there is no webhook without a secret")
        self.statistics = DeliveryStatistics()
        self._inbox = inbox
        self._engine = engine
        self._secrets = [secret.reveal() for secret in secrets]
        self._app_id = app_id
        self._app_slug = app_slug
        self._access_changed = access_changed
        self._now = now
        self._large_bodies = asyncio.Semaphore(LARGE_BODIES_AT_ONCE)

    async def handle(self, request: web.Request) -> web.Response:
        started = time.monotonic()
        delivery = request.headers.get("X-GitHub-Delivery", "")[:100]
        try:
            status, outcome, message = 202, *await self._take(request)
        except _Refused as refused:
            status, outcome, message = refused.status, refused.outcome, str(refused)
        except Exception:
            log.exception("a delivery could not be written down", extra={"delivery": delivery})
            status, outcome, message = 503, "failed", "it could not be written down; deliver it again later"
        seconds = time.monotonic() - started
        self.statistics.outcomes[outcome] += 1
        self.statistics.seconds += seconds
        event = request.headers.get("X-GitHub-Event", "")[:100]
        described = {"delivery": delivery, "event": event, "status": status, "ms": round(seconds * 1000, 1)}
        log.info("delivery %s", outcome, extra=described)
        return web.json_response({"outcome": outcome, "message": message}, status=status)

    async def _take(self, request: web.Request) -> tuple[str, str]:
        body = await self._verified_body(request)
        event, woken, written = self._understand(request, body)
        if event.name in ACCESS_EVENTS and self._access_changed is not None:
            self._access_changed(event.installation_id)
        if not woken:
            return "ignored", "nothing to do"
        if not await self._inbox.accept(event.delivery, event.name, woken, written, self._now()):
            return "repeated", "this delivery is already known"
        for lane in woken:
            self._engine.wake(lane)
        return "accepted", "it will be looked at"

    async def _verified_body(self, request: web.Request) -> bytes:
        if (request.content_length or 0) > LARGEST_BODY:
            raise _too_large()
        large = False
        try:
            async with asyncio.timeout(BODY_SECONDS):
                body = bytearray()
                async for chunk in request.content.iter_chunked(CHUNK):
                    body += chunk
                    if len(body) > LARGEST_BODY:
                        raise _too_large()
                    if len(body) > LARGE_BODY and not large:
                        # Nobody has proved yet who he is: a few may fill memory at a time, the others wait their turn.
                        large = await self._large_bodies.acquire()
            raw, header = bytes(body), request.headers.get("X-Hub-Signature-256")
            # A large one is hashed aside, or it would hold up everybody for tens of milliseconds.
            signed = (
                await asyncio.to_thread(verify, raw, header, self._secrets)
                if large
                else verify(raw, header, self._secrets)
            )
        except TimeoutError:
            raise _Refused(408, "malformed", "the body did not arrive in time") from None
        except (web.RequestPayloadError, ConnectionError):
            raise _Refused(400, "malformed", "the body is not complete") from None
        finally:
            if large:
                self._large_bodies.release()
        if not signed:
            raise _Refused(401, "unsigned", "X-Hub-Signature-256 is missing, or was made with another secret")
        return raw

    def _understand(self, request: web.Request, body: bytes) -> tuple[Event, tuple[str, ...], dict[str, Any]]:
        try:
            event = read_event(request.headers, body)
            woken = lanes(event, app_id=self._app_id, app_slug=self._app_slug())
            return event, woken, facts(event) if woken else {}
        except BadDelivery as bad:
            raise _Refused(400, "malformed", str(bad)) from None
        except Exception:
            # Signed by GitHub, and of a shape that nobody foresaw.
            log.exception("a delivery was not understood")
            raise _Refused(400, "malformed", "the payload is of an unknown shape") from None


def _too_large() -> _Refused:
    return _Refused(413, "oversize", "the body is larger than 25 MB")
