"""Why a pull request stands as it does: what GitHub shows, everything that it rests on, told to whoever may know it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

import aiohttp
import jsonschema_rs
import pytest

from bot import __version__
from bot.cli import main
from tests.github_standin import PullRequest, User
from tests.registry.registries import HEAD
from tests.shop.world import REGISTRY, SPEC, Shop, open_shop, registry, spec, with_required_currency, without_email

PUBLISHED = Path(__file__).parents[2] / "docs" / "schema" / "explanation.schema.json"
SCHEMA = jsonschema_rs.validator_for(json.loads(PUBLISHED.read_text()), validate_formats=True)
PROJECT_X = """\
component: {id: project-x, owner: "@acme/warehouse"}
consumes:
  - contract: acme/orders#orders-api
    elements: ["GET /orders/{id} 200:$.customer.email"]
"""


@pytest.fixture
async def shop(tmp_path: Path) -> AsyncIterator[Shop]:
    """acme, with a private consumer whose repository only the warehouse can read; `orders` is public."""
    async with open_shop(tmp_path) as shop:
        shop.acme.base_permission = None
        secret = shop.acme.repository("project-x", {REGISTRY: HEAD + PROJECT_X}, private=True)
        secret.grant(shop.teams["warehouse"], "push")
        await shop.bot.settled()
        yield shop


async def explain(
    shop: Shop, pull: PullRequest | str, asker: User | str | None
) -> tuple[int, Mapping[str, str], dict[str, Any]]:
    token = asker.token() if isinstance(asker, User) else asker
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    path = f"acme/orders/{pull.number}" if isinstance(pull, PullRequest) else pull
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"{shop.bot.url}/api/pulls/{path}", headers=headers) as answer,
    ):
        return answer.status, answer.headers, await answer.json(content_type=None)


async def told(shop: Shop, pull: PullRequest, asker: User) -> dict[str, Any]:
    status, _, explained = await explain(shop, pull, asker)
    assert status == 200, explained
    assert [error.message for error in SCHEMA.iter_errors(explained)] == []
    return explained


async def broken(shop: Shop) -> PullRequest:
    return await shop.propose("no-email", {SPEC: without_email(spec())}, shop.olga)


async def test_it_says_what_github_shows(shop: Shop) -> None:
    pull = await broken(shop)
    explained = await told(shop, pull, shop.olga)
    (run,) = shop.checks(pull)
    assert explained["check"] == {"conclusion": run.conclusion, "title": run.title}
    assert (explained["version"], explained["verdict"], explained["state"]) == (1, "held", "open")
    assert (explained["head_sha"], explained["registry_sha"]) == (pull.head_sha, pull.base_sha)
    assert explained["comment"].endswith(f"#issuecomment-{pull.comments[-1].id}")
    assert (explained["waiting"], explained["tool_version"]) == (0, __version__)


async def test_each_requirement_says_who_may_since_when_and_what_follows(shop: Shop) -> None:
    pull = await broken(shop)
    await shop.say(pull, shop.chris, "/approve-breaking -- we moved to the id")
    asked = {one["capacity"]: one for one in (await told(shop, pull, shop.olga))["requirements"]}
    owner, checkout = asked["decision owner"], asked["checkout-web"]
    assert (owner["state"], owner["holds"], owner["may_sign"], owner["people"]) == (
        "open",
        True,
        ["@acme/api-council"],
        2,
    )
    assert owner["asked_at"] < owner["remind_at"] < owner["follows_at"] and owner["on_silence"] == "escalate"
    assert (checkout["state"], checkout["holds"]) == ("approved", False)
    (signature,) = checkout["signatures"]
    assert signature["by"] == {"id": shop.chris.id, "login": "chris"}
    assert (signature["act"], signature["note"]) == ("approve", "we moved to the id")
    assert signature["comment"].startswith("http") and signature["expires_at"] > signature["at"]


async def test_who_was_asked_just_now_has_a_time_to_answer_and_a_draft_asks_nobody(shop: Shop) -> None:
    pull = await broken(shop)
    explained = await told(shop, pull, shop.olga)
    asked = [one for one in explained["requirements"] if one["capacity"] in ("decision owner", "checkout-web")]
    assert [one["asked_at"] < one["remind_at"] < one["follows_at"] for one in asked] == [True, True]
    assert explained["next_due"] == min(one["remind_at"] for one in asked)
    pull.convert_to_draft(shop.olga)
    await shop.bot.settled()
    explained = await told(shop, pull, shop.olga)
    assert explained["draft"] and {one["asked_at"] for one in explained["requirements"]} == {None}


async def test_objections_and_rulings_are_told_word_for_word(shop: Shop) -> None:
    pull = await broken(shop)
    await shop.say(pull, shop.chris, "/object -- *every* invoice @acme/checkout prints it")
    (objection,) = (await told(shop, pull, shop.olga))["objections"]
    assert objection["text"] == "*every* invoice @acme/checkout prints it"
    assert (objection["stands"], objection["ruling"], objection["by"]["login"]) == (True, None, "chris")
    await shop.say(pull, shop.dana, "/rule accept -- it has its own address since May")
    (objection,) = (await told(shop, pull, shop.olga))["objections"]
    assert (objection["ruling"]["act"], objection["ruling"]["note"]) == ("accept", "it has its own address since May")


async def test_every_command_that_did_not_count_has_its_reason(shop: Shop) -> None:
    pull = await broken(shop)
    await shop.say(pull, shop.olga, "/approve-breaking")
    await shop.say(pull, shop.mallory, "/approve-breaking")
    explained = await told(shop, pull, shop.olga)
    newest, oldest = explained["commands"]
    assert [newest["by"]["login"], oldest["by"]["login"]] == ["mallory", "olga"]
    assert not newest["counts"] and not oldest["counts"]
    assert "among those" in newest["reason"] and pull.head_sha[:7] in oldest["reason"]
    assert [one["id"] for one in explained["may_not_sign"]] == [shop.olga.id]


async def test_everything_that_is_believed_has_its_age(shop: Shop) -> None:
    pull = await broken(shop)
    shop.github.clock.advance(600)
    explained = await told(shop, pull, shop.olga)
    facts = {(fact["kind"], fact["about"]): fact for fact in explained["facts"]}
    assert facts["registry", "acme/orders"]["commit"] == pull.base_sha
    council = facts["members", "@acme/api-council"]
    assert council["count"] == 2 and 600 <= council["age_seconds"] < 700
    half = facts["half", "acme/orders"]
    assert half["commit"] == pull.base_sha and half["age_seconds"] >= 600
    assert ("half", "a private consumer") in facts
    evidence = facts["evidence", "checkout-web"]
    assert (evidence["seen"], evidence["note"]) == (
        "2026-11-02",
        "orders-api: pact pacts/checkout-web-orders.json@3f2c1ab",
    )
    assert evidence["age_seconds"] > 86_400


async def test_the_ledger_of_the_pull_request_is_told_and_that_of_others_is_not(shop: Shop) -> None:
    pull = await broken(shop)
    other = await shop.propose("currency", {SPEC: with_required_currency(spec())}, shop.oskar)
    await shop.say(pull, shop.chris, "/approve-breaking")
    rows = (await told(shop, pull, shop.olga))["ledger"]
    signed = next(row for row in rows if row["kind"] == "transition" and row["body"]["to"] == "approved")
    assert signed["body"]["actor"] == {"id": shop.chris.id, "login": "chris"}
    assert signed["body"]["capacity"] == "checkout-web" and signed["body"]["comment"]
    assert signed["body"]["head_sha"] == pull.head_sha and signed["body"]["registry_sha"] == pull.base_sha
    assert {row["body"]["tool_version"] for row in rows} == {__version__}
    theirs = (await told(shop, other, shop.olga))["ledger"]
    assert theirs and not {row["id"] for row in rows} & {row["id"] for row in theirs}


async def test_a_private_consumer_is_named_only_to_who_can_read_its_repository(shop: Shop) -> None:
    pull = await broken(shop)
    await shop.say(pull, shop.wanda, "/object as project-x -- not us, please")
    for asker in (shop.olga, shop.github.user("eve")):
        explained = await told(shop, pull, asker)
        assert explained["names"] == {}
        assert "project-x" not in json.dumps(explained)
    explained = await told(shop, pull, shop.wanda)
    assert explained["names"] == {"a private consumer": "project-x"}
    (found,) = explained["findings"]
    assert {one["consumer"] for one in found["consumers"]} == {"checkout-web", "warehouse", "a private consumer"}


async def test_who_speaks_for_a_private_consumer_is_named_to_nobody_and_neither_is_what_became_of_it(
    shop: Shop,
) -> None:
    zoe = shop.github.user("zoe")
    night = shop.acme.team("night-shift", [zoe])
    half = HEAD + PROJECT_X.replace("@acme/warehouse", "@acme/night-shift")
    shop.acme.repository("project-y", {REGISTRY: half.replace("project-x", "project-y")}, private=True).grant(
        night, "push"
    )
    shop.orders.grant(night, "pull")
    await shop.bot.settled()
    pull = await broken(shop)
    for person, words in (
        (zoe, "/object as project-y -- not now"),
        (zoe, "/approve-breaking as project-y"),
        (shop.dana, "/waive project-y reason:emergency until:2099-01-01 -- project-x and project-y can wait"),
        (shop.dana, "/rule accept -- project-y has moved"),
        (shop.olga, "/approve-breaking"),
    ):
        await shop.say(pull, person, words)
    pull.merge(shop.ada, bypass=True)
    await shop.bot.settled()
    for asker in (shop.olga, shop.github.user("eve")):
        explained = json.dumps(await told(shop, pull, asker))
        assert not [word for word in ("project-x", "project-y", "night-shift") if word in explained]


async def test_who_cannot_read_the_repository_and_who_asks_for_nothing_are_answered_alike(tmp_path: Path) -> None:
    async with open_shop(tmp_path) as shop:
        pull = await broken(shop)
        shop.orders.private = True
        eve = shop.github.user("eve")
        status, headers, hidden = await explain(shop, pull, eve)
        assert (status, headers["Cache-Control"]) == (404, "no-store")
        _, _, nothing = await explain(shop, "acme/orders/99", eve)
        _, _, nowhere = await explain(shop, f"acme/nowhere/{pull.number}", eve)
        assert hidden["message"].replace(f"#{pull.number}", "#99") == nothing["message"]
        assert hidden["message"].replace("orders", "nowhere") == nowhere["message"]
        assert (await explain(shop, pull, shop.olga))[0] == 200


async def test_without_a_token_nothing_is_told_and_questions_have_one_pace_together(shop: Shop) -> None:
    pull = await broken(shop)
    assert (await explain(shop, pull, None))[0] == 401
    token = shop.olga.token()
    statuses = [(await explain(shop, pull, token))[0] for _ in range(60)]
    assert statuses == [200] * 60
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"{shop.bot.url}/api/map", headers={"Authorization": f"Bearer {token}"}) as answer,
    ):
        assert answer.status == 429
    assert (await explain(shop, pull, token))[0] == 429


@pytest.mark.parametrize("path", ["acme/orders/0", "acme/orders/x", "acme/orders/12345678901", "acme/orders/-1"])
async def test_what_is_no_number_of_a_pull_request_is_said_to_be_none(shop: Shop, path: str) -> None:
    status, _, refused = await explain(shop, path, shop.olga)
    assert (status, refused["message"]) == (400, "The last part of the path is the number of a pull request.")


async def test_a_parameter_that_would_be_ignored_is_refused(shop: Shop) -> None:
    pull = await broken(shop)
    status, _, refused = await explain(shop, f"acme/orders/{pull.number}?at=2026-11-01", shop.olga)
    assert (status, refused["message"]) == (400, "`at` is no parameter of /api/pulls: it takes none.")


async def test_github_is_asked_only_what_the_asker_can_read(shop: Shop) -> None:
    pull = await broken(shop)
    token = shop.olga.token()
    await explain(shop, pull, token)
    asked = len(shop.github.log.all)
    await explain(shop, pull, token)
    assert len(shop.github.log.all) == asked


async def test_a_merge_past_the_check_is_said_to_be_one(shop: Shop) -> None:
    pull = await broken(shop)
    pull.merge(shop.ada, bypass=True)
    await shop.bot.settled()
    explained = await told(shop, pull, shop.olga)
    assert (explained["state"], explained["verdict"]) == ("closed", "held")
    end = explained["closed"]
    assert (end["merged"], end["bypass"], end["by"]) == (True, True, {"id": shop.ada.id, "login": "ada"})
    assert end["at"] <= end["noticed_at"] and end["merge_sha"] == pull.merge_commit_sha
    (issue,) = [one for one in shop.orders.issues.values() if not isinstance(one, PullRequest)]
    assert end["issue"].endswith(f"/issues/{issue.number}")
    assert [row["kind"] for row in explained["ledger"]][-3:] == ["bypass", "bypass-reported", "closed"]


async def test_a_signed_merge_is_said_to_be_one(shop: Shop) -> None:
    pull = await broken(shop)
    await shop.say(pull, shop.dana, "/approve-breaking")
    await shop.say(pull, shop.chris, "/approve-breaking")
    await shop.say(pull, shop.dana, "/approve-breaking as project-x")
    pull.merge(shop.olga)
    await shop.bot.settled()
    end = (await told(shop, pull, shop.olga))["closed"]
    assert (end["merged"], end["bypass"], end["by"]["login"], end["issue"]) == (True, False, "olga", None)


async def test_what_is_closed_and_opened_again_is_told_as_it_stands(shop: Shop) -> None:
    pull = await broken(shop)
    pull.close(shop.oskar)
    await shop.bot.settled()
    explained = await told(shop, pull, shop.olga)
    assert (explained["state"], explained["closed"]["merged"], explained["closed"]["bypass"]) == ("closed", False, None)
    assert explained["closed"]["by"]["login"] == "oskar" and explained["closed"]["at"]
    pull.reopen(shop.olga)
    await shop.bot.settled()
    explained = await told(shop, pull, shop.olga)
    assert (explained["state"], explained["closed"]) == ("open", None)
    with shop.losing_webhooks():
        pull.close(shop.olga)
    await shop.bot.later(2 * 86_400)
    explained = await told(shop, pull, shop.olga)
    assert (explained["state"], explained["closed"]["at"], explained["closed"]["by"]) == ("closed", None, None)
    ends = [row for row in explained["ledger"] if row["kind"] == "closed"]
    assert [row["body"]["merged"] for row in ends] == [False, False]


async def test_a_merge_that_touches_no_contract_is_told_with_who_merged_it(shop: Shop) -> None:
    pull = await shop.propose("readme", {"README.md": "# Orders!\n"}, shop.olga)
    pull.merge(shop.oskar)
    await shop.bot.settled()
    end = (await told(shop, pull, shop.olga))["closed"]
    assert (end["merged"], end["bypass"], end["by"]["login"]) == (True, False, "oskar")


@pytest.mark.parametrize("what", ["collaborator", "team", "organisation", "privatized", "repository of a team"])
async def test_whoever_loses_access_is_told_nothing_from_then_on(shop: Shop, what: str) -> None:
    eve, pull = shop.github.user("eve"), await broken(shop)
    night = shop.acme.team("night", [eve])
    shop.orders.private = what != "privatized"
    if what == "collaborator":
        shop.acme.remove(eve)
        shop.orders.grant(eve, "pull")
    elif what == "organisation":
        shop.acme.base_permission = "pull"
    elif what != "privatized":
        shop.orders.grant(night, "pull")
    await shop.bot.settled()
    token = eve.token()
    assert (await explain(shop, pull, token))[0] == 200
    match what:
        case "collaborator":
            shop.orders.revoke(eve)
        case "team":
            night.remove(eve)
        case "organisation":
            shop.acme.remove(eve)
        case "privatized":
            shop.acme.remove(eve)
            shop.orders.set_private(True, shop.ada)
        case _:
            shop.orders.revoke(night)
    await shop.bot.settled()
    assert (await explain(shop, pull, token))[0] == 404


async def test_a_broken_registry_is_explained(shop: Shop) -> None:
    await shop.on_main({REGISTRY: registry().replace("decision_owner:", "decision_ower:")})
    explained = await told(shop, await broken(shop), shop.olga)
    assert (explained["verdict"], explained["requirements"]) == ("failed", [])
    assert f"{REGISTRY}:" in explained["problems"][0]


async def test_it_outlives_a_restart(shop: Shop) -> None:
    pull = await broken(shop)
    before = await told(shop, pull, shop.olga)
    await shop.restart()
    after = await told(shop, pull, shop.olga)
    assert {**after, "facts": []} == {**before, "facts": []}


async def test_the_command_line_explains(
    shop: Shop, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    pull = await broken(shop)
    await shop.say(pull, shop.mallory, "/approve-breaking")
    await shop.say(pull, shop.chris, "/object -- every invoice prints it")
    monkeypatch.setenv("COUNTERSIGN_TOKEN", shop.wanda.token())
    url = f"https://github.example.com/acme/orders/pull/{pull.number}"
    assert await asyncio.to_thread(main, ["explain", url, "--server", shop.bot.url, "--format", "json"]) == 1
    assert json.loads(capsys.readouterr().out)["verdict"] == "held"
    monkeypatch.setenv("COUNTERSIGN_SERVER", shop.bot.url)
    assert await asyncio.to_thread(main, ["explain", f"acme/orders#{pull.number}"]) == 1
    said = capsys.readouterr().out
    assert "every invoice prints it" in said and "@mallory" in said and "project-x" in said
    assert said.index("every invoice") < said.index("Who has to sign") < said.index("Commands that did not count")
    assert await asyncio.to_thread(main, ["explain", "acme/orders#99"]) == 2
    assert "answers 404: Nothing is known here of acme/orders#99" in capsys.readouterr().err
    assert await asyncio.to_thread(main, ["explain", "what is this"]) == 2
    assert "write the address of a pull request" in capsys.readouterr().err
    other = await shop.propose("currency", {SPEC: with_required_currency(spec())}, shop.olga)
    other.close(shop.olga)
    pull.merge(shop.ada, bypass=True)
    await shop.bot.settled()
    assert await asyncio.to_thread(main, ["explain", f"acme/orders#{other.number}"]) == 0
    assert capsys.readouterr().out.startswith("· Closed ")
    assert await asyncio.to_thread(main, ["explain", f"acme/orders#{pull.number}"]) == 1
    assert " by @ada, without what was needed" in capsys.readouterr().out.splitlines()[0]
