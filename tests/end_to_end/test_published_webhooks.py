"""Every payload that GitHub publishes as an example comes in by the door and is taken."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import uuid
from typing import Any

import aiohttp
import pytest

from tests.github_standin import PullRequest
from tests.published.webhook_examples import Example, on_pull_requests, webhook_examples
from tests.shop.world import SECRET, SPEC, Shop, spec, without_email


async def _deliver(shop: Shop, examples: list[Example]) -> set[int]:
    """Signed, over HTTP, a few at a time; the answers' codes."""
    door = asyncio.Semaphore(20)

    async def one(session: aiohttp.ClientSession, name: str, body: bytes) -> int:
        signature = hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
        headers = {
            "Content-Type": "application/json",
            "X-GitHub-Event": name,
            "X-GitHub-Delivery": str(uuid.uuid4()),
            "X-Hub-Signature-256": f"sha256={signature}",
        }
        async with door, session.post(f"{shop.bot.url}/webhook", data=body, headers=headers) as answer:
            return answer.status

    async with aiohttp.ClientSession() as session:
        bodies = [(name, json.dumps(payload).encode()) for name, payload in examples]
        return set(await asyncio.gather(*(one(session, name, body) for name, body in bodies)))


async def test_all_of_githubs_examples_are_taken_without_an_error(shop: Shop, caplog: pytest.LogCaptureFixture) -> None:
    """They speak of repositories that are not here: each ends as nothing to do, and what is here goes on."""
    examples = webhook_examples()
    assert len(examples) == 329
    pull = await shop.propose("no-email", {SPEC: without_email(spec())}, shop.olga)
    assert await _deliver(shop, examples) == {202}
    assert await _deliver(shop, [*on_pull_requests(examples)]) == {202}
    await shop.bot.settled()
    assert [record.getMessage() for record in caplog.records if record.levelname == "ERROR"] == []
    await shop.say(pull, shop.dana, "/approve-breaking")
    await shop.say(pull, shop.chris, "/approve-breaking")
    assert shop.may_merge(pull)


async def test_the_examples_are_handled_also_where_they_speak_of_what_is_here(
    shop: Shop, caplog: pytest.LogCaptureFixture
) -> None:
    """The same, in our repository and on our pull request; those that tell of commits that do not exist are out."""
    examples = webhook_examples()
    pull = await shop.propose("no-email", {SPEC: without_email(spec())}, shop.olga)
    before = shop.comment(pull)
    chosen = [*examples, *on_pull_requests(examples)]
    chosen = [(name, payload) for name, payload in chosen if name not in ("pull_request", "merge_group")]
    assert await _deliver(shop, [(name, _here(shop, pull, payload)) for name, payload in chosen]) == {202}
    await shop.bot.settled()
    assert [record.getMessage() for record in caplog.records if record.levelname == "ERROR"] == []
    assert (shop.verdict(pull), shop.comment(pull)) == ("failure", before)


def _here(shop: Shop, pull: PullRequest, payload: dict[str, Any]) -> dict[str, Any]:
    moved = dict(payload)
    if "repository" in payload:
        repository = {"id": shop.orders.id, "full_name": shop.orders.full_name, "default_branch": "main"}
        moved["repository"] = payload["repository"] | repository
    if "installation" in payload:
        moved["installation"] = payload["installation"] | {"id": shop.installation.id}
    for what in ("issue", "pull_request"):
        if isinstance(payload.get(what), dict):
            moved[what] = payload[what] | {"number": pull.number}
    return moved
