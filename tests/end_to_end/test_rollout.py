"""Turning it on: look first, warn next, hold last; and what tells a team that the time has come."""

from __future__ import annotations

import pytest

from bot.report.rollout import Row, fared
from tests.end_to_end.test_three_repositories import neighbour
from tests.github_standin import PullRequest
from tests.shop.world import REGISTRY, SPEC, Shop, registry, spec, with_required_currency, without_email

BROKEN = {SPEC: without_email(spec())}
HOUSE = "apiVersion: contracts.review/v1\nkind: ContractRegistry\n"


def _with(enforcement: str) -> str:
    return registry().replace("    guarantees:\n", f"    enforcement: {enforcement}\n    guarantees:\n")


def _title(shop: Shop, pull: PullRequest) -> str:
    return shop.checks(pull)[-1].title or ""


async def _proposed(shop: Shop, text: str, branch: str = "no-email") -> PullRequest:
    await shop.on_main({REGISTRY: text})
    return await shop.propose(branch, BROKEN, shop.olga)


async def test_what_is_only_observed_succeeds_asks_nobody_and_says_what_it_would_have_done(shop: Shop) -> None:
    pull = await _proposed(shop, _with("observe"))
    assert shop.verdict(pull) == "success"
    assert shop.may_merge(pull)
    assert pull.requested_teams == [] and pull.requested_users == []
    assert _title(shop, pull).startswith("Would have been held: 1 breaking change, 2 signatures missing")
    assert "Would have been held" in shop.comment(pull)
    assert "checkout-web" in shop.comment(pull)


async def test_a_warning_succeeds_with_a_title_that_warns_and_asks_people(shop: Shop) -> None:
    pull = await _proposed(shop, _with("warn"))
    assert shop.may_merge(pull)
    assert {team.slug for team in pull.requested_teams} >= {"api-council", "checkout"}
    assert _title(shop, pull).endswith("2 signatures missing (warning only)")


async def test_of_a_contract_that_only_warns_signatures_are_kept_when_it_is_enforced(shop: Shop) -> None:
    pull = await _proposed(shop, _with("warn"))
    for person in (shop.dana, shop.chris):
        await shop.say(pull, person, "/approve-breaking")
    await shop.on_main({REGISTRY: registry()})
    assert shop.verdict(pull) == "success"
    await shop.say(pull, shop.chris, "/revoke")
    assert not shop.may_merge(pull)


@pytest.mark.parametrize(("first", "then"), [("observe", "warn"), ("warn", "enforce"), ("observe", "enforce")])
async def test_to_turn_it_up_takes_nobodys_signature_and_wakes_what_is_open(shop: Shop, first: str, then: str) -> None:
    pull = await _proposed(shop, _with(first))
    turned = await shop.propose("turn-up", {REGISTRY: _with(then)}, shop.oskar)
    assert shop.verdict(turned) == "success"
    turned.merge(shop.ada)
    await shop.bot.settled()
    assert shop.may_merge(pull) == (then != "enforce")


async def test_to_turn_it_down_takes_the_decision_owner_and_every_consumer(shop: Shop) -> None:
    pull = await shop.propose("turn-down", {REGISTRY: _with("observe")}, shop.olga)
    assert shop.verdict(pull) == "failure"
    assert {team.slug for team in pull.requested_teams} == {"api-council", "checkout", "warehouse"}


async def test_defaults_of_the_registry_hold_for_contracts_that_do_not_say_otherwise(shop: Shop) -> None:
    text = registry().replace("contracts:\n", "defaults: {enforcement: observe}\ncontracts:\n", 1)
    pull = await _proposed(shop, text)
    assert shop.may_merge(pull)
    await shop.on_main({REGISTRY: text.replace("    guarantees:\n", "    enforcement: enforce\n    guarantees:\n")})
    assert not shop.may_merge(pull)


async def test_the_organisation_says_how_strict_it_is_at_least_and_says_so_in_the_comment(shop: Shop) -> None:
    pull = await _proposed(shop, _with("observe"))
    assert shop.may_merge(pull)
    house = await neighbour(shop, ".github", {"contracts.yml": f"{HOUSE}floors: {{enforcement: warn}}\n"})
    assert shop.may_merge(pull)
    assert {team.slug for team in pull.requested_teams} >= {"api-council", "checkout"}
    house.commit("main", {"contracts.yml": f"{HOUSE}floors: {{enforcement: enforce}}\n"}, author=shop.ada)
    await shop.bot.settled()
    assert not shop.may_merge(pull)
    assert "the organisation's floor" in shop.comment(pull).replace("&#39;", "'")


async def test_the_organisations_default_holds_where_a_repository_says_nothing_and_wakes_what_is_open(
    shop: Shop,
) -> None:
    pull = await _proposed(shop, registry())
    assert not shop.may_merge(pull)
    house = await neighbour(shop, ".github", {"contracts.yml": f"{HOUSE}defaults: {{enforcement: observe}}\n"})
    assert shop.may_merge(pull)
    assert _title(shop, pull).startswith("Would have been held")
    said = f"{HOUSE}defaults: {{enforcement: observe}}\nfloors: {{enforcement: warn}}\n"
    house.commit("main", {"contracts.yml": said}, author=shop.ada)
    await shop.bot.settled()
    assert _title(shop, pull).endswith("(warning only)"), "a floor wins"
    await shop.on_main({REGISTRY: _with("enforce")})
    assert not shop.may_merge(pull), "the repository's own word wins"


async def test_who_stops_saying_that_a_contract_is_enforced_needs_those_whom_that_protects(shop: Shop) -> None:
    await shop.on_main({REGISTRY: _with("enforce")})
    await neighbour(shop, ".github", {"contracts.yml": f"{HOUSE}defaults: {{enforcement: observe}}\n"})
    pull = await shop.propose("say-nothing", {REGISTRY: registry()}, shop.olga)
    assert not shop.may_merge(pull)
    assert {team.slug for team in pull.requested_teams} == {"api-council", "checkout", "warehouse"}


async def test_of_two_contracts_the_one_that_is_enforced_holds(shop: Shop) -> None:
    second = registry().partition("  - id: orders-api\n")[2].partition("consumers:\n")[0]
    other = "  - id: admin-api\n" + second.replace("api/**/*.yaml", "admin/**/*.yaml").replace(
        "api/openapi.yaml", "admin/openapi.yaml"
    )
    text = _with("observe").replace("consumers:\n", f"{other}consumers:\n")
    await shop.on_main({REGISTRY: text, "admin/openapi.yaml": spec()})
    observed = await shop.propose("observed", BROKEN, shop.olga)
    assert shop.may_merge(observed)
    both = await shop.propose("both", {**BROKEN, "admin/openapi.yaml": without_email(spec())}, shop.olga)
    assert not shop.may_merge(both)
    await shop.say(both, shop.dana, "/approve-breaking")
    assert shop.may_merge(both), "nobody has to sign for what is only observed"


async def test_who_says_that_a_finding_is_none_is_counted_with_rule_and_reason(shop: Shop) -> None:
    await shop.on_main({REGISTRY: registry()})
    pull = await shop.propose("currency", {SPEC: with_required_currency(spec())}, shop.olga)
    (finding,) = shop.ids(pull)
    await shop.say(pull, shop.oskar, f"/reclassify {finding} compatible -- the gateway fills it in")
    assert not shop.may_merge(pull), "the owner proposes"
    await shop.say(pull, shop.dana, f"/reclassify {finding} compatible -- so it does")
    assert shop.may_merge(pull)
    rows = [row for row in await shop.bot.services.store.ledger() if row.kind == "decision"]
    (case,) = rows[-1].body["reclassified"]
    assert (case["from"], case["to"], case["login"], case["reason"]) == (
        "breaking",
        "compatible",
        "dana",
        "so it does",
    )
    assert case["rule"]
    (counted,) = fared(Row(row.kind, row.subject, row.body) for row in await shop.bot.services.store.ledger())
    assert (counted.contract, counted.enforcement) == ("orders-api", "enforce")
    assert (len(counted.findings), list(counted.wrong.values())) == (1, [case["rule"]])
