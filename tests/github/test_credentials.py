"""The app's signature and installation tokens."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from bot.github.credentials import AppAuthorization, AppKey, BadPrivateKey
from bot.github.errors import Forbidden, InstallationGone, InstallationSuspended, Unauthorized
from bot.github.http import Answer
from tests.github.world import World, world

REPOSITORY = "/repos/acme/shop"
TOO_LATE = b"""{"message": "'Expiration time' claim ('exp') is too far in the future"}"""
NOW = datetime(2026, 11, 21, 5, 0, tzinfo=UTC)


def pem(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) -> str:
    return key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption()).decode()


RSA = rsa.generate_private_key(65537, 2048)


@pytest.fixture
async def w() -> AsyncIterator[World]:
    async with world() as made:
        yield made


def tokens(w: World) -> int:
    return sum(request.path.endswith("/access_tokens") for request in w.github.requests)


def test_the_signature_is_back_dated_and_short_lived() -> None:
    signed = AppKey(7, pem(RSA), lambda: NOW).jwt()
    claims = jwt.decode(
        signed, RSA.public_key(), algorithms=["RS256"], options={"verify_exp": False, "verify_iat": False}
    )
    assert claims["iss"] == "7"
    assert claims["iat"] == int(NOW.timestamp()) - 60
    assert claims["exp"] - claims["iat"] <= 540


def test_the_signature_is_made_anew_before_it_ends() -> None:
    now = [NOW]
    key = AppKey(7, pem(RSA), lambda: now[0])
    first = key.jwt()
    now[0] += timedelta(minutes=5)
    assert key.jwt() == first
    now[0] += timedelta(minutes=2)
    assert key.jwt() != first


def test_a_key_with_written_out_line_ends_is_understood() -> None:
    assert AppKey(7, pem(RSA).replace("\n", "\\n"), lambda: NOW).jwt()


@pytest.mark.parametrize("text", ["", "hello", pem(ec.generate_private_key(ec.SECP256R1()))])
def test_what_is_no_key_is_refused_without_showing_it(text: str) -> None:
    with pytest.raises(BadPrivateKey) as caught:
        AppKey(7, text, lambda: NOW)
    assert "RSA" in str(caught.value)
    assert not text or text not in str(caught.value)


async def test_a_token_is_asked_once_for_many_calls_at_once(w: World) -> None:
    await asyncio.gather(*(w.client.getitem(REPOSITORY) for _ in range(20)))
    assert tokens(w) == 1


async def test_a_token_is_renewed_before_it_ends(w: World) -> None:
    await w.client.getitem(REPOSITORY)
    w.github.clock.advance(56 * 60)
    await w.client.getitem(REPOSITORY)
    assert tokens(w) == 2


async def test_a_fresh_token_that_github_does_not_know_yet_is_tried_again(w: World) -> None:
    w.github.fault(f"GET {REPOSITORY}", "401", times=1)
    w.github.fault(f"GET {REPOSITORY}", "403", times=1)
    assert (await w.client.getitem(REPOSITORY))["name"] == "shop"
    assert w.slept == [1.0, 2.0]
    assert tokens(w) == 1


async def test_a_token_that_was_revoked_is_replaced(w: World) -> None:
    await w.client.getitem(REPOSITORY)
    w.github.clock.advance(600)
    w.github.tokens.clear()
    assert (await w.client.getitem(REPOSITORY))["name"] == "shop"
    assert tokens(w) == 2


async def test_a_missing_permission_is_an_error_at_once_with_an_old_token(w: World) -> None:
    await w.client.getitem(REPOSITORY)
    w.github.clock.advance(600)
    w.github.fault(f"GET {REPOSITORY}", "403", times=1)
    with pytest.raises(Forbidden):
        await w.client.getitem(REPOSITORY)
    assert w.slept == []


async def test_a_suspended_installation_is_told_from_a_missing_permission(w: World) -> None:
    w.installed.suspend()
    with pytest.raises(InstallationSuspended):
        await w.client.getitem(REPOSITORY)


async def test_an_uninstalled_app_is_told_from_a_missing_repository(w: World) -> None:
    w.installed.uninstall()
    with pytest.raises(InstallationGone):
        await w.client.getitem(REPOSITORY)
    with pytest.raises(InstallationGone):
        await w.app.installation_of("acme/shop")


async def test_a_signature_that_github_refuses_is_not_sent_again(w: World) -> None:
    w.github.fault("GET /app", "401", times=1)
    with pytest.raises(Unauthorized):
        await w.app.description()


@pytest.mark.parametrize("minutes", [-20, 20])
async def test_a_clock_that_is_wrong_is_put_right_by_githubs(w: World, minutes: int) -> None:
    wrong = [timedelta(minutes=minutes)]
    key = AppKey(w.registered.id, w.registered.private_key_pem, lambda: datetime.now(UTC) + wrong[0])
    refused = Answer(401, {"date": format_datetime(datetime.now(UTC), usegmt=True)}, TOO_LATE)
    speaking = AppAuthorization(key)
    before = await speaking.header()
    assert await speaking.try_again(before, refused, 1)
    claims = jwt.decode((await speaking.header()).split()[1], options={"verify_signature": False})
    assert abs(claims["iat"] + 60 - datetime.now(UTC).timestamp()) < 5
    assert not await speaking.try_again(await speaking.header(), refused, 1)


async def test_the_app_knows_its_name_and_its_installations(w: World) -> None:
    assert await w.app.slug() == "countersign"
    assert await w.app.installation_of("acme/shop") == w.installed.id
    assert w.app.installation(w.installed.id) is w.client
    before = w.client
    w.app.forget(w.installed.id)
    assert w.client is not before
