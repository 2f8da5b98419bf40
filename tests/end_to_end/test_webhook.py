"""Step 1: what GitHub, or somebody who says so, brings to the door."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import os
import signal
import sqlite3
import sys
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import Any

import aiohttp

from tests.github_standin import PullRequest
from tests.shop.world import SECRET, SPEC, Shop, spec, without_email


async def _post(shop: Shop, body: bytes, secret: str | None = SECRET, **changes: str | None) -> int:
    """A delivery by hand; `changes` are headers with _ for -, None leaves one out."""
    values: dict[str, str | None] = {
        "Content-Type": "application/json",
        "X-GitHub-Event": "pull_request",
        "X-GitHub-Delivery": str(uuid.uuid4()),
        "X-Hub-Signature-256": None if secret is None else _signature(body, secret),
        **{name.replace("_", "-"): value for name, value in changes.items()},
    }
    headers = {name: value for name, value in values.items() if value is not None}
    url = f"{shop.bot.url}/webhook"
    async with aiohttp.ClientSession() as session, session.post(url, data=body, headers=headers) as answer:
        return answer.status


def _signature(body: bytes, secret: str) -> str:
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def _written_down(shop: Shop) -> int:
    with closing(sqlite3.connect(shop.bot.store_path)) as database:
        ((rows,),) = database.execute("SELECT count(*) FROM inbox").fetchall()
    return int(rows)


async def _pull(shop: Shop) -> PullRequest:
    return await shop.propose("no-email", {SPEC: without_email(spec())}, shop.olga)


async def test_what_is_not_signed_by_us_is_401_and_leaves_no_trace(shop: Shop) -> None:
    body = shop.github.deliveries[-1].body if shop.github.deliveries else b"{}"
    before, mark = _written_down(shop), shop.github.mark()
    good = _signature(body, SECRET)
    assert await _post(shop, body, None) == 401
    assert await _post(shop, body, "another secret") == 401
    assert await _post(shop, body, None, X_Hub_Signature_256=good[:-1]) == 401
    assert await _post(shop, body, None, X_Hub_Signature_256="sha256=é") == 401
    assert await _post(shop, body + b" ", None, X_Hub_Signature_256=good) == 401
    sha1 = "sha1=" + hmac.new(SECRET.encode(), body, hashlib.sha1).hexdigest()
    assert await _post(shop, body, None, X_Hub_Signature=sha1) == 401
    await shop.bot.settled()
    assert (_written_down(shop), shop.github.requests_since(mark)) == (before, [])


async def test_what_is_signed_and_malformed_is_400_and_never_a_500(shop: Shop) -> None:
    for body in (b"", b"[]", b"null", b'{"action":', b"\xff\xfe", b"[" * 100_000, b"7"):
        assert await _post(shop, body) == 400
    assert await _post(shop, b"{}", X_GitHub_Event=None) == 400
    assert await _post(shop, b"{}", X_GitHub_Delivery=None) == 400
    form = "application/x-www-form-urlencoded"
    assert await _post(shop, b"payload=%7B%7D", Content_Type=form) == 400


async def test_more_than_25_megabytes_is_413_before_it_is_read(shop: Shop) -> None:
    async def body() -> AsyncIterator[bytes]:
        for _ in range(26):
            yield b" " * 1024 * 1024

    async with aiohttp.ClientSession() as session, session.post(f"{shop.bot.url}/webhook", data=body()) as answer:
        assert answer.status == 413


async def test_a_repeated_delivery_is_acknowledged_and_not_repeated(shop: Shop) -> None:
    await _pull(shop)
    opened = next(d for d in shop.github.deliveries if (d.event, d.action) == ("pull_request", "opened"))
    before, mark = _written_down(shop), shop.github.mark()
    shop.github.redeliver(opened)
    await shop.bot.settled()
    assert opened.status == 202
    assert "already known" in opened.answer
    assert (_written_down(shop), shop.github.requests_since(mark)) == (before, [])


async def test_what_cannot_matter_costs_no_call(shop: Shop) -> None:
    pull = await _pull(shop)
    await shop.say(pull, shop.dana, "/approve-breaking")
    mark = shop.github.mark()
    await shop.say(pull, shop.mallory, "Nice work! I/O is /usr/bin/fast.")
    await shop.say(pull, shop.mallory, "/deploy staging")
    issue = shop.orders.open_issue(shop.mallory, "Where is my order?")
    issue.comment(shop.mallory, "/approve-breaking")
    pull.add_labels(shop.olga, ["later"])
    pull.edit_body(shop.olga, "More words")
    pull.review(shop.oskar, "Fine", "COMMENTED")
    await shop.bot.settled()
    assert shop.github.requests_since(mark) == []
    assert all(delivery.status == 202 for delivery in shop.github.deliveries if delivery.status != -1)


async def test_our_own_comments_and_labels_come_back_without_waking_us(shop: Shop) -> None:
    pull = await _pull(shop)
    arrived = [d for d in shop.github.deliveries if d.status != -1]
    echoes = [d for d in arrived if d.payload.get("sender", {}).get("login") == "countersign[bot]"]
    assert {(d.event, d.action) for d in echoes} >= {("issue_comment", "created"), ("pull_request", "labeled")}
    assert [d for d in echoes if "nothing to do" not in d.answer] == []
    assert len(pull.comments) == 1


async def test_a_secret_is_rotated_without_losing_a_delivery_or_a_signature(shop: Shop) -> None:
    pull = await _pull(shop)
    await shop.say(pull, shop.dana, "/approve-breaking")
    new = "the next secret of the shop, as long as that"
    await shop.restart(environ={"COUNTERSIGN_WEBHOOK_SECRET": new, "COUNTERSIGN_WEBHOOK_SECRET_2": SECRET})
    await shop.say(pull, shop.mallory, "/recheck")
    shop.app.webhook_secret = new
    await shop.say(pull, shop.chris, "/approve-breaking")
    assert shop.may_merge(pull)
    await shop.restart(environ={"COUNTERSIGN_WEBHOOK_SECRET": new})
    assert await _post(shop, b"{}", SECRET) == 401
    await shop.say(pull, shop.mallory, "/recheck")
    assert shop.may_merge(pull)
    assert shop.comment(pull)


async def test_a_delivery_is_on_disk_before_it_is_acknowledged(shop: Shop) -> None:
    """Killed with SIGKILL right after the 202, `countersign serve` does the work at its next start."""
    await shop.stop()
    async with _serving(shop) as (process, url):
        shop.app.webhook_url = f"{url}/webhook"
        # GitHub does not answer the bot for now: what it took, it can't have handled before it is killed.
        shop.github.fault("* *", "slow", times=10_000, seconds=60)
        shop.orders.commit("no-email", {SPEC: without_email(spec())}, author=shop.olga)
        pull = shop.orders.open_pull_request("no-email", shop.olga)
        await shop.github.settled()
        process.send_signal(signal.SIGKILL)
        await process.wait()
    opened = next(d for d in shop.github.deliveries if (d.event, d.action) == ("pull_request", "opened"))
    assert opened.status == 202
    assert shop.checks(pull) == []
    shop.github.faults.clear()
    labelled = asyncio.Event()  # the labels are written last
    shop.github.observers.append(lambda request, _: labelled.set() if request.path.endswith("/1/labels") else None)
    async with _serving(shop), asyncio.timeout(30):
        await labelled.wait()
    assert shop.verdict(pull) == "failure"


async def test_after_a_restart_nothing_is_done_twice(shop: Shop) -> None:
    pull = await _pull(shop)
    await shop.say(pull, shop.dana, "/approve-breaking")
    await shop.restart()
    mark = shop.github.mark()
    await shop.say(pull, shop.mallory, "/recheck")
    written = [(r.method, r.path) for r in shop.github.requests_since(mark) if r.writes]
    assert [path.rpartition("/")[2] for _, path in written] == ["reactions"]


@asynccontextmanager
async def _serving(shop: Shop) -> AsyncIterator[tuple[asyncio.subprocess.Process, str]]:
    """`countersign serve` as a process of its own; its address is in its log."""
    environ = {
        "PATH": os.environ["PATH"],
        "COUNTERSIGN_APP_ID": str(shop.app.id),
        "COUNTERSIGN_PRIVATE_KEY": shop.app.private_key_pem,
        "COUNTERSIGN_WEBHOOK_SECRET": SECRET,
        "COUNTERSIGN_GITHUB_URL": shop.github.api_url,
        "COUNTERSIGN_DATA": str(shop.folder),
        "COUNTERSIGN_HOST": "127.0.0.1",
        "COUNTERSIGN_WORKERS": "1",
        "PORT": "0",
    }
    log = shop.folder / f"log-{uuid.uuid4()}"
    with log.open("wb") as out:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bot", "serve", env=environ, stdout=out, stderr=asyncio.subprocess.STDOUT
        )
    try:
        async with asyncio.timeout(30):
            while not (address := _address(log)):
                assert process.returncode is None, log.read_text()
                await asyncio.sleep(0.02)
        yield process, address
    finally:
        if process.returncode is None:
            process.terminate()
            await process.wait()


def _address(log: Path) -> str | None:
    for line in log.read_text().splitlines():
        entry: dict[str, Any] = json.loads(line)
        if entry.get("message") == "listening":
            return str(entry["address"])
    return None
