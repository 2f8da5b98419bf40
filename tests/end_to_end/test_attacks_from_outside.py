"""Whoever speaks to the server or to the command line, and is not who they should be: deliveries, tokens, files."""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import subprocess
import sys
import uuid
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from bot.cli import main
from tests.end_to_end.test_three_repositories import ALONE, EMAIL, asked, half, neighbour, pact, without_the_email
from tests.registry.registries import HEAD
from tests.shop.world import REGISTRY, SECRET, SPEC, Shop, spec, without_email

BREAKING = {SPEC: without_email(spec())}


async def _deliver(shop: Shop, event: str, body: bytes, secret: str = SECRET) -> int:
    """As somebody would who has caught a delivery: the same bytes under a new number."""
    headers = {
        "Content-Type": "application/json",
        "X-GitHub-Event": event,
        "X-GitHub-Delivery": str(uuid.uuid4()),
        "X-Hub-Signature-256": "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest(),
    }
    async with (
        aiohttp.ClientSession() as session,
        session.post(f"{shop.bot.url}/webhook", data=body, headers=headers) as answer,
    ):
        return answer.status


# Deliveries


async def test_a_replayed_delivery_signs_nothing_that_was_taken_back(shop: Shop) -> None:
    pull = await shop.propose("no-email", BREAKING, shop.olga)
    await shop.say(pull, shop.dana, "/approve-breaking")
    signed = await shop.say(pull, shop.chris, "/approve-breaking")
    assert shop.may_merge(pull)
    signed.delete(shop.chris)
    await shop.bot.settled()
    assert not shop.may_merge(pull)
    for delivery in list(shop.github.deliveries):
        assert await _deliver(shop, delivery.event, delivery.body) == 202
    await shop.bot.settled()
    assert not shop.may_merge(pull)
    assert shop.verdict(pull) == "failure"


async def test_a_replayed_past_takes_nobody_out_of_the_graph(shop: Shop) -> None:
    """Everything that was ever delivered, again and backwards: that a repository was private, gone, somebody else's."""
    await shop.on_main({REGISTRY: ALONE})
    checkout = await neighbour(
        shop, "checkout-web", {REGISTRY: half("checkout-web", "@acme/checkout", EMAIL)}, "checkout"
    )
    checkout.set_private(True, shop.ada)
    checkout.set_private(False, shop.ada)
    checkout.archive(shop.ada)
    checkout.unarchive(shop.ada)
    shop.installation.remove(checkout)
    shop.installation.add(checkout)
    shop.installation.suspend()
    shop.installation.unsuspend()
    await shop.bot.settled()
    for delivery in list(shop.github.deliveries)[::-1]:
        assert await _deliver(shop, delivery.event, delivery.body) == 202
        await shop.bot.settled()
    pull = await without_the_email(shop)
    assert asked(shop, pull) == {"api-council", "checkout"}


async def test_a_delivery_that_says_what_is_not_so_changes_nothing(shop: Shop) -> None:
    """Even one with a good signature: no event is believed beyond that something happened."""
    pull = await shop.propose("no-email", BREAKING, shop.olga)
    seen: dict[str, Any] = {d.event: json.loads(d.body) for d in shop.github.deliveries}
    opened = next(json.loads(d.body) for d in shop.github.deliveries if d.event == "pull_request")
    comment = {**opened, "action": "created", "issue": {**opened["pull_request"], "pull_request": {}}}
    comment["comment"] = {
        "id": 1, "body": "/approve-breaking", "user": {"login": "dana", "id": shop.dana.id, "type": "User"},
        "created_at": "2026-11-21T09:00:00Z", "updated_at": "2026-11-21T09:00:00Z", "html_url": "https://x",
    }  # fmt: skip
    merged = {**opened, "action": "closed"}
    merged["pull_request"] = {**opened["pull_request"], "merged": True, "state": "closed"}
    for event, payload in (("issue_comment", comment), ("pull_request", merged)):
        assert await _deliver(shop, event, json.dumps(payload).encode()) in (202, 400)
    await shop.bot.settled()
    assert seen and not shop.may_merge(pull)
    assert "0 of 2" not in shop.comment(pull) and shop.verdict(pull) == "failure"
    await shop.say(pull, shop.dana, "/approve-breaking")
    await shop.say(pull, shop.chris, "/approve-breaking")
    assert shop.may_merge(pull), "nor is it held to be closed"


@pytest.mark.parametrize("secret", ["", "x", SECRET.upper(), SECRET + " "])
async def test_a_delivery_signed_with_another_secret_is_not_taken(shop: Shop, secret: str) -> None:
    pull = await shop.propose("no-email", BREAKING, shop.olga)
    mark = shop.github.mark()
    body = next(d.body for d in shop.github.deliveries if d.event == "pull_request")
    assert await _deliver(shop, "pull_request", body, secret) == 401
    await shop.bot.settled()
    assert shop.github.requests_since(mark) == []
    assert shop.verdict(pull) == "failure"


# Answers with gaps

LOST = {
    "who decides": ("Roster", ["team0"]),
    "the registry": ("PullRequest", ["repository", "pullRequest", "baseRef", "target", "file0"]),
    "the base": ("PullRequest", ["repository", "pullRequest", "baseRef"]),
    "the contract": ("Files", ["repository", "commit0", "file0"]),
}


@pytest.mark.parametrize(("query", "path"), LOST.values(), ids=LOST.keys())
async def test_what_github_loses_of_an_answer_is_not_taken_for_nothing(shop: Shop, query: str, path: list[str]) -> None:
    """An answer of GraphQL may have a gap and say why beside it: then there seems to be no registry, or no team."""
    lost = shop.github.fault(f"POST */graphql {query}", "graphql-error", times=1, path=path)
    pull = await shop.propose("no-email", BREAKING, shop.olga)
    assert lost.met == 1
    assert shop.verdict(pull) == "failure"
    assert {team.slug for team in pull.requested_teams} == {"api-council", "checkout", "warehouse"}


# Tokens


async def _ask(shop: Shop, path: str, token: str | None) -> tuple[int, str]:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    async with aiohttp.ClientSession() as session, session.get(f"{shop.bot.url}/api/{path}", headers=headers) as answer:
        return answer.status, await answer.text()


async def test_tokens_of_others_open_nothing(shop: Shop) -> None:
    """That of another app, which may read less; one that was withdrawn; the webhook's secret; none."""
    await shop.on_main({REGISTRY: ALONE})
    secret = half("skunk-app", "@acme/checkout", EMAIL)
    await neighbour(shop, "skunkworks", {REGISTRY: secret}, "checkout", private=True)
    pull = await without_the_email(shop)
    other = shop.github.app("Helper", {"contents": "read"}, []).install(shop.acme, [shop.orders])
    withdrawn = shop.chris.token()
    shop.github.user_tokens.pop(withdrawn)
    tokens = [other.token({}).value, withdrawn, SECRET.replace(" ", "-"), None]
    for path in ("map", "graph", f"pulls/acme/orders/{pull.number}", "pulls/acme/skunkworks/1"):
        for token in tokens:
            status, text = await _ask(shop, path, token)
            assert status in (200, 401, 403, 404, 502), (path, status)
            assert "skunk" not in text.replace("acme/skunkworks#1", ""), path  # what was asked may be repeated


async def test_no_answer_to_whoever_cannot_see_it_names_a_private_consumer(shop: Shop) -> None:
    await shop.on_main({REGISTRY: ALONE})
    shop.acme.base_permission = None
    secret = half("skunk-app", "@acme/checkout", EMAIL)
    await neighbour(shop, "skunkworks", {REGISTRY: secret}, "checkout", private=True)
    pull = await without_the_email(shop)
    await shop.say(pull, shop.chris, "/object -- we need it")
    eve = shop.github.user("eve").token()
    told = ""
    for path in ("map", "graph", "unbacked", f"pulls/acme/orders/{pull.number}"):
        status, text = await _ask(shop, path, eve)
        told += text
        assert status in (200, 404), (path, text)
    for path in ("who-uses", "can-i-remove"):
        status, text = await _ask(shop, f"{path}?element=GET%20/orders/%7Bid%7D%20200:$.customer.email", eve)
        assert status == 200
        told += text
    assert "skunk" not in told
    status, text = await _ask(shop, "map", shop.chris.token())
    assert "skunk-app" in text, "who can see it is told"


# Files, on the command line


CONTRACT = "contracts:\n  - {id: orders-api, type: openapi, files: [api/openapi.yaml]}\n"
_NAMES = "abcdefgh"
BOMB = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{name}: &{name} [{','.join(['*' + before] * 9)}]\n" for before, name in zip(_NAMES, _NAMES[1:] + "i", strict=True)
)
FILES: dict[str, tuple[str, str, str | bytes]] = {
    "a bomb of aliases": ("stub", "x.yml", BOMB),
    "a bomb of aliases in a catalogue": ("backstage", "catalog-info.yaml", BOMB),
    "depth": ("pact", "x.json", pact("checkout-web", "email").replace('"x"', "[" * 50_000 + "]" * 50_000)),
    "a query without an end": ("graphql", "x.graphql", "query { " + "a { " * 50_000),
    "numbers": ("pact", "x.json", pact("checkout-web", "email").replace('"status": 200', '"status": 1e999999999')),
    "bytes": ("har", "x.har", b"\x00\xff" * 1_000_000),
    "a long recording": ("har", "x.har", json.dumps({"log": {"entries": [{"request": {}}] * 200_000}})),
    "nothing": ("dbt", "manifest.json", ""),
}


@pytest.mark.parametrize(("kind", "name", "content"), FILES.values(), ids=FILES.keys())
def test_import_of_a_hostile_file_ends_soon_in_words(
    tmp_path: Path, kind: str, name: str, content: str | bytes
) -> None:
    """In a minute and two gigabytes of addresses, with a sentence; never with a traceback."""
    for path, text in (("api/openapi.yaml", spec()), (".github/contracts.yml", HEAD + CONTRACT)):
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_text(text)
    (tmp_path / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    for command in (["init", "-q"], ["add", "."], ["-c", "user.name=x", "-c", "user.email=x@x", "commit", "-qm", "x"]):
        subprocess.run(["git", "-C", str(tmp_path), *command], check=True)
    limited = f"ulimit -v 2000000; exec {sys.executable} -m bot import {kind} {name} --contract orders-api --consumer x"
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(Path(__file__).parents[2])}
    done = subprocess.run(
        ["bash", "-c", limited], cwd=tmp_path, env=environment, capture_output=True, timeout=60, check=False
    )
    said = (done.stdout + done.stderr).decode("utf-8", "replace")
    assert "Traceback" not in said, said[-2000:]
    assert done.returncode in (0, 1, 2), said[-2000:]
    assert said.strip()


@pytest.mark.parametrize("command", ["lint", "map", "unbacked", "check", "docs"])
def test_no_name_in_a_file_steers_the_terminal(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], command: str
) -> None:
    """Escape sequences in a registry: they could clear the screen, or write there what was never said."""
    named = HEAD + 'contracts:\n  - {id: "a\\e[2J\\u202Eb", type: openapi, files: [x.yaml], "k\\u009b[31mey": 1}\n'
    (tmp_path / ".github").mkdir()
    (tmp_path / REGISTRY).write_text(named)
    for git in (["init", "-q"], ["add", "."], ["-c", "user.name=x", "-c", "user.email=x@x", "commit", "-qm", "x"]):
        subprocess.run(["git", "-C", str(tmp_path), *git], check=True)
    where = [str(tmp_path / REGISTRY)] if command == "lint" else ["--repository", str(tmp_path)]
    assert main([command, *where]) in (1, 2)
    said = "".join(capsys.readouterr())
    assert said.strip() and [c for c in said if not c.isprintable() and c != "\n"] == []
