from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.engine.lanes import utc_now
from bot.settings import Secret
from bot.web import webhook as webhook_module
from bot.web.webhook import LARGEST_BODY, Webhook
from tests.web.conftest import SECRETS, Server, Woken, comment, headers, pull_request, signature

LANE = "pr:acme/orders:1"


async def test_a_delivery_is_in_the_inbox_and_its_lane_awake_when_it_is_acknowledged(server: Server) -> None:
    assert await server.deliver(pull_request()) == 202
    (row,) = await server.store.pending(LANE)
    assert (row.delivery, row.event) == ("d1", "pull_request")
    assert row.facts["head_sha"] == "b" * 40
    assert row.facts["sender"] == {"id": 9, "login": "ann", "bot": False}
    assert server.engine.lanes == [LANE]


async def test_a_repeated_delivery_is_acknowledged_and_not_repeated(server: Server) -> None:
    assert await server.deliver(pull_request()) == 202
    assert await server.deliver(pull_request()) == 202
    assert len(await server.store.pending(LANE)) == 1
    assert server.engine.lanes == [LANE]
    assert server.webhook.statistics.outcomes == {"accepted": 1, "repeated": 1}


async def test_any_of_several_secrets_may_have_signed_during_a_rotation(server: Server) -> None:
    body = json.dumps(pull_request()).encode()
    for n, secret in enumerate(SECRETS):
        signed = headers(body, f"d{n}") | {"X-Hub-Signature-256": signature(body, secret)}
        assert await server.post(body, signed) == 202


@pytest.mark.parametrize(
    "given",
    [
        None,
        "",
        "sha256=",
        "sha256=" + "0" * 64,
        "sha1=" + "0" * 40,
        "SHA256=" + "0" * 64,
        "sha256=ünïcödé",
        signature(b"another body"),
        signature(b"", ""),
    ],
)
async def test_a_bad_signature_is_401_whatever_the_body_is(server: Server, given: str | None) -> None:
    for body in (json.dumps(pull_request()).encode(), b"not json", b""):
        signed = headers(body, X_Hub_Signature_256=given)
        assert await server.post(body, signed) == 401
    assert (await server.store.backlog(utc_now())).rows == 0


async def test_a_sha1_signature_is_not_taken(server: Server) -> None:
    body = json.dumps(pull_request()).encode()
    sha1 = "sha1=" + hmac.new(SECRETS[0].encode(), body, hashlib.sha1).hexdigest()
    for changes in ({"X_Hub_Signature_256": None, "X_Hub_Signature": sha1}, {"X_Hub_Signature_256": sha1}):
        assert await server.post(body, headers(body, **changes)) == 401


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b"null", b'"text"', b"7", b"{", b"\xff\xfe{}", b'{"a": "\xff"}', b"[" * 100_000, b"1" * 5000],
    ids=lambda body: str(body[:8]),
)
async def test_a_signed_body_that_is_no_json_object_is_400(server: Server, body: bytes) -> None:
    assert await server.deliver(body) == 400


@pytest.mark.parametrize("missing", ["X-GitHub-Event", "X-GitHub-Delivery"])
async def test_a_missing_header_is_400(server: Server, missing: str) -> None:
    body = json.dumps(pull_request()).encode()
    assert await server.post(body, {k: v for k, v in headers(body).items() if k != missing}) == 400


async def test_a_form_is_400(server: Server) -> None:
    assert await server.deliver(pull_request(), Content_Type="application/x-www-form-urlencoded") == 400


async def test_an_oversize_body_is_413_announced_or_not(server: Server) -> None:
    body = b"x" * (LARGEST_BODY + 1)
    assert await server.post(body, headers(b"")) == 413

    async def in_pieces() -> AsyncIterator[bytes]:
        for start in range(0, len(body), 1 << 20):
            yield body[start : start + (1 << 20)]

    assert await server.post(in_pieces(), headers(b"")) == 413


async def test_a_large_body_within_the_limit_is_taken(server: Server) -> None:
    payload = pull_request(padding="x" * 3_000_000)
    codes = await asyncio.gather(*(server.deliver(payload, f"d{n}") for n in range(8)))
    assert codes == [202] * 8


async def test_a_body_that_does_not_arrive_is_not_waited_for(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webhook_module, "BODY_SECONDS", 0.1)

    async def never_ending() -> AsyncIterator[bytes]:
        yield b"{"
        await asyncio.sleep(5)

    assert await server.post(never_ending(), headers(b"")) == 408


@pytest.mark.parametrize(
    ("event", "payload"),
    [
        ("ping", {"zen": "Keep it logically awesome."}),
        ("issue_comment", comment("thanks!")),
        ("issue_comment", comment("/recheck") | {"issue": {"number": 1}}),
        ("star", pull_request()),
        ("an_event_of_next_year", pull_request()),
    ],
)
async def test_what_cannot_matter_is_acknowledged_and_wakes_nobody(
    server: Server, event: str, payload: dict[str, Any]
) -> None:
    assert await server.deliver(payload, event=event) == 202
    assert server.engine.lanes == []
    assert (await server.store.backlog(utc_now())).rows == 0


async def test_a_command_on_a_pull_request_wakes_its_lane(server: Server) -> None:
    assert await server.deliver(comment("/recheck"), event="issue_comment") == 202
    assert server.engine.lanes == [LANE]


async def test_our_own_comment_wakes_nobody(server: Server) -> None:
    us = {"id": 1, "login": "countersign[bot]", "type": "Bot"}
    echo = comment("/recheck", sender=us)
    echo["comment"] = {**echo["comment"], "user": us, "performed_via_github_app": {"id": 12345, "slug": "countersign"}}
    assert await server.deliver(echo, event="issue_comment") == 202
    assert server.engine.lanes == []


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
FIELDS = ["action", "number", "repository", "sender", "pull_request", "issue", "comment", "installation", "ref"]
EVENTS = ["pull_request", "issue_comment", "pull_request_review", "push", "check_run", "merge_group", "installation"]


@given(st.sampled_from(EVENTS), st.dictionaries(st.sampled_from(FIELDS), json_values), st.uuids())
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_no_signed_object_of_whatever_shape_is_answered_with_a_500(
    server: Server, event: str, changes: dict[str, Any], delivery: Any
) -> None:
    assert await server.deliver(comment("/recheck") | changes, str(delivery), event) in (202, 400)


async def test_a_store_that_cannot_write_is_503_and_wakes_nobody(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def full(*_args: object) -> bool:
        raise OSError("database or disk is full")

    monkeypatch.setattr(server.store, "accept", full)
    assert await server.deliver(pull_request()) == 503
    assert server.engine.lanes == []


async def test_hundred_deliveries_at_once_are_all_taken(server: Server) -> None:
    codes = await asyncio.gather(*(server.deliver(pull_request(n % 10), f"d{n}") for n in range(1, 101)))
    assert codes == [202] * 100
    assert (await server.store.backlog(utc_now())).rows == 100


@pytest.mark.parametrize("secrets", [[], [Secret("")], [Secret("good"), Secret("")]])
async def test_there_is_no_webhook_without_a_secret(server: Server, secrets: list[Secret]) -> None:
    with pytest.raises(ValueError, match="secret"):
        Webhook(server.store, Woken(), secrets, app_id=1, app_slug=lambda: "")
