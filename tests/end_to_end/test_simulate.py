"""`countersign simulate --server`: what if, with the consumers that only the server knows."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from bot.cli import main
from tests.git.test_repository import git
from tests.registry.registries import HEAD
from tests.shop.world import REGISTRY, SPEC, Shop, registry, spec, with_phone, without_email

BILLING = """\
component: {id: billing, owner: "@acme/warehouse"}
consumes:
  - contract: acme/orders#orders-api
    elements: ["GET /orders/{id} 200:$.customer.email"]
"""


@pytest.fixture
async def clone(shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A clone of acme/orders in which the e-mail address is gone. acme/billing, which olga can read, and acme/secret,
    which she can't, use it.
    """
    shop.acme.base_permission = None
    for name in ("billing", "secret"):
        files = {REGISTRY: HEAD + BILLING.replace("billing", name)}
        shop.acme.repository(name, files, private=name == "secret").grant(shop.teams["warehouse"], "push")
    await shop.propose("phone", {SPEC: with_phone(spec())}, shop.olga)  # by now the server has read them all
    folder = tmp_path / "orders"
    folder.mkdir()
    git(folder, "init", "-q", "-b", "main")
    git(folder, "remote", "add", "origin", "https://github.example.com/acme/orders.git")
    for path, text in {SPEC: spec(), REGISTRY: registry()}.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
    git(folder, "add", ".")
    git(folder, "commit", "-qm", "one")
    git(folder, "checkout", "-qb", "topic")
    (folder / SPEC).write_text(without_email(spec()))
    git(folder, "commit", "-qam", "no email")
    monkeypatch.chdir(folder)
    monkeypatch.setenv("COUNTERSIGN_TOKEN", shop.olga.token())
    return folder


async def simulated(shop: Shop, capsys: pytest.CaptureFixture[str], *arguments: str, code: int) -> dict[str, Any]:
    asked = ["simulate", *arguments, "--server", shop.bot.url, "--format", "json"]
    assert await asyncio.to_thread(main, asked) == code, capsys.readouterr().err
    told: dict[str, Any] = json.loads(capsys.readouterr().out)
    return told


def states(told: dict[str, Any]) -> dict[str, str]:
    return {r["capacity"]["consumer"] or r["capacity"]["kind"]: r["state"] for r in told["then"]["requirements"]}


async def test_consumers_of_other_repositories_are_asked_as_the_gate_asks_them(
    shop: Shop, clone: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    everybody_here = ["--approve", "decision-owner", "--approve", "checkout-web"]
    told = await simulated(shop, capsys, *everybody_here, code=1)
    assert states(told)["billing"] == "open"
    assert "1 consumer that you can't see uses what is offered here" in json.dumps(told["then"]["not_checked"])
    assert "secret" not in json.dumps(told)
    pull = await shop.propose("no-email", {SPEC: without_email(spec())}, shop.olga)
    assert "billing" in shop.comment(pull)
    told = await simulated(shop, capsys, *everybody_here, "--approve", "billing", code=0)
    assert told["difference"]["verdict"] == ["held", "released"]


async def test_who_speaks_for_itself_is_asked_also_by_a_registry_that_names_nobody(
    shop: Shop, clone: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (clone / "other.yml").write_text(registry().partition("consumers:")[0])
    told = await simulated(shop, capsys, "--registry", "other.yml", code=1)
    assert set(states(told)) == {"decision_owner", "billing"}


async def test_a_clone_of_what_the_server_does_not_know_is_refused(
    shop: Shop, clone: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    git(clone, "remote", "set-url", "origin", "https://github.example.com/acme/other.git")
    arguments = ["simulate", "--approve", "decision-owner", "--server", shop.bot.url]
    assert await asyncio.to_thread(main, arguments) == 2
    assert "knows no contract of acme/other that you may see" in capsys.readouterr().err
