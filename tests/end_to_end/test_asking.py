"""Questions to a running server's graph: each asker is answered what their own GitHub token can read."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from bot.cli import main
from tests.github_standin import User
from tests.registry.registries import HEAD
from tests.shop.world import REGISTRY, SPEC, Shop, open_shop, spec, without_email

EMAIL = "GET /orders/{id} 200:$.customer.email"
PROJECT_X = """\
component: {id: project-x, owner: "@acme/warehouse"}
consumes:
  - contract: acme/orders#orders-api
    elements: ["GET /orders/{id} 200:$.customer.email"]
"""
PAYMENTS = """\
contracts:
  - {id: payments, type: openapi, files: [api.yaml], owner: "@acme/orders", decision_owner: "@acme/api-council"}
"""


@pytest.fixture
async def shop(tmp_path: Path) -> AsyncIterator[Shop]:
    """acme, with two more repositories that only some may read; everybody's consumers named in `orders`."""
    async with open_shop(tmp_path) as shop:
        shop.acme.base_permission = None
        checkout = shop.acme.repository("checkout-web", {"README.md": "# Checkout\n"}, private=True)
        checkout.grant(shop.teams["checkout"], "push")
        secret = shop.acme.repository("project-x", {REGISTRY: HEAD + PROJECT_X}, private=True)
        secret.grant(shop.teams["warehouse"], "push")
        payments = shop.acme.repository("payments", {REGISTRY: HEAD + PAYMENTS}, private=True)
        payments.grant(shop.teams["orders"], "push")
        await shop.bot.settled()
        await shop.propose("change", {SPEC: without_email(spec())}, shop.olga)
        yield shop


async def ask(shop: Shop, path: str, asker: User | str | None, **parameters: str) -> tuple[int, Mapping[str, str], Any]:
    token = asker.token() if isinstance(asker, User) else asker
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"{shop.bot.url}/api/{path}", params=parameters, headers=headers) as answer,
    ):
        return answer.status, answer.headers, await answer.json()


async def users(shop: Shop, asker: User) -> tuple[set[str], int]:
    """Who is named to the asker, and how many are only counted."""
    status, _, told = await ask(shop, "who-uses", asker, element=EMAIL)
    assert status == 200, told
    (found,) = told["contracts"]
    return {user["consumer"] for user in found["users"]}, found["private"]


async def test_each_asker_is_named_only_the_consumers_that_they_may_see(shop: Shop) -> None:
    assert await users(shop, shop.olga) == ({"checkout-web"}, 1)  # shows itself to the organisation
    assert await users(shop, shop.wanda) == ({"checkout-web", "project-x"}, 0)  # can read project-x
    assert await users(shop, shop.github.user("eve")) == (set(), 2)  # no member; orders is public


async def test_a_contract_that_the_asker_cannot_read_is_not_there(shop: Shop) -> None:
    for asker, contracts in ((shop.olga, {"orders-api", "payments"}), (shop.chris, {"orders-api"})):
        _, _, told = await ask(shop, "map", asker)
        assert {contract["id"] for contract in told["contracts"]} == contracts
        _, _, told = await ask(shop, "graph", asker)
        assert {each["contract"]["id"] for each in told["contracts"]} == contracts


async def test_what_is_hidden_and_what_does_not_exist_are_answered_alike(shop: Shop) -> None:
    status, _, hidden = await ask(shop, "unbacked", shop.chris, contract="payments")
    _, _, nothing = await ask(shop, "unbacked", shop.chris, contract="paymentz")
    assert status == 400
    assert hidden["message"].replace("payments", "paymentz") == nothing["message"]


async def test_no_answer_to_an_outsider_holds_a_trace_of_a_private_consumer(shop: Shop) -> None:
    eve = shop.github.user("eve")
    for path in ("who-uses", "can-i-remove"):
        _, _, told = await ask(shop, path, eve, element=EMAIL)
        assert "project-x" not in json.dumps(told)
    for path in ("unbacked", "map", "graph"):
        text = json.dumps((await ask(shop, path, eve))[2])
        assert not any(secret in text for secret in ("project-x", "checkout-web-orders.json", "@acme/checkout"))


async def test_can_i_remove_counts_whom_it_does_not_name(shop: Shop) -> None:
    _, _, told = await ask(shop, "can-i-remove", shop.github.user("eve"), element=EMAIL)
    assert told["answer"] == "no"
    assert told["contracts"][0]["reasons"][0] == "2 private consumers use it."


@pytest.mark.parametrize("token", [None, "x", "not a token\tat all", "ghp_000000000000000000000000000000000000"])
async def test_without_a_token_that_github_knows_there_is_no_answer(shop: Shop, token: str | None) -> None:
    status, headers, told = await ask(shop, "map", token)
    assert (status, headers["WWW-Authenticate"]) == (401, "Bearer")
    assert told["message"].endswith(".")


@pytest.mark.parametrize(
    ("path", "parameters", "said"),
    [
        ("who-uses", {}, "say which element"),
        ("who-uses", {"element": "customer.email"}, "did you mean `GET /orders/{id} 200:$.customer.email`?"),
        ("who-uses", {"element": "x" * 3000}, "longer than 2,000 characters"),
        ("map", {"element": EMAIL}, "`element` is no parameter of /api/map"),
        ("map", {"today": "tomorrow"}, "YYYY-MM-DD"),
    ],
)
async def test_a_question_that_cannot_be_answered_says_why(
    shop: Shop, path: str, parameters: dict[str, str], said: str
) -> None:
    status, _, told = await ask(shop, path, shop.wanda, **parameters)
    assert status == 400
    assert said in told["message"]


async def test_who_loses_access_sees_no_more_at_once_and_without_webhooks_after_five_minutes(shop: Shop) -> None:
    async def unseen() -> int:
        _, _, told = await ask(shop, "who-uses", token, element=EMAIL)
        private: int = told["contracts"][0]["private"]
        return private

    token = shop.wanda.token()
    assert await unseen() == 0
    shop.teams["warehouse"].remove(shop.wanda)
    shop.acme.remove(shop.wanda)
    await shop.bot.settled()
    assert await unseen() == 2
    shop.teams["warehouse"].add(shop.wanda)
    await shop.bot.settled()
    assert await unseen() == 0
    with shop.losing_webhooks():
        shop.teams["warehouse"].remove(shop.wanda)
        shop.acme.remove(shop.wanda)
    assert await unseen() == 0
    shop.github.clock.advance(301)
    assert await unseen() == 2


async def test_github_is_asked_once_for_many_questions(shop: Shop) -> None:
    token = shop.olga.token()
    await ask(shop, "map", token)
    asked = len(shop.github.log.all)
    for _ in range(3):
        await ask(shop, "map", token)
    assert len(shop.github.log.all) == asked


async def test_questions_have_a_pace(shop: Shop) -> None:
    token = shop.olga.token()
    statuses = [(await ask(shop, "map", token))[0] for _ in range(61)]
    assert statuses[:60] == [200] * 60
    status, headers, _ = await ask(shop, "map", token)
    assert (status, headers["Retry-After"]) == (429, "60")
    assert (await ask(shop, "map", shop.wanda))[0] == 200


async def test_a_token_is_neither_logged_nor_stored(shop: Shop, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    token = shop.olga.token()
    await ask(shop, "map", token)
    await ask(shop, "map", "ghp_111111111111111111111111111111111111")
    assert token not in caplog.text
    assert "ghp_" not in caplog.text
    await shop.stop()
    for file in shop.folder.glob("countersign.db*"):
        assert token.encode() not in file.read_bytes()
    await shop.start()


async def test_the_command_line_asks_the_server(
    shop: Shop, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COUNTERSIGN_TOKEN", shop.wanda.token())
    server = ["--server", shop.bot.url]
    assert await asyncio.to_thread(main, ["who-uses", EMAIL, *server]) == 1
    assert "project-x" in capsys.readouterr().out
    assert await asyncio.to_thread(main, ["can-i-remove", EMAIL, *server, "--format", "json"]) == 1
    assert json.loads(capsys.readouterr().out)["answer"] == "no"
    assert await asyncio.to_thread(main, ["map", *server, "--format", "mermaid"]) == 0
    assert "project-x" in capsys.readouterr().out
    assert await asyncio.to_thread(main, ["unbacked", *server]) == 1
    capsys.readouterr()
    assert await asyncio.to_thread(main, ["docs", *server]) == 0
    assert "Promised (backward)" in capsys.readouterr().out
    assert await asyncio.to_thread(main, ["who-uses", "customer.email", *server]) == 2
    assert "answers 400: no contract here has elements written like `customer.email`" in capsys.readouterr().err
