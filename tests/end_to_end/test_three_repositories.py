"""A producer and two consumers, each speaking for itself in its own repository."""

from __future__ import annotations

import json
from collections.abc import Mapping

import pytest

from tests.github_standin import PullRequest, Repository
from tests.github_standin.world.git import Content
from tests.shop.world import REGISTRY, SPEC, Shop, spec, without_email

ALONE = f"""\
apiVersion: contracts.review/v1
kind: ContractRegistry
contracts:
  - id: orders-api
    type: openapi
    files: ["{SPEC}"]
    owner: "@acme/orders"
    decision_owner: "@acme/api-council"
"""
"""The producer names no consumer: all that is known of them, they say themselves."""

EMAIL = "GET /orders/{id} 200:$.customer.email"
STATUS = "GET /orders/{id} 200:$.status"


def half(component: str, owner: str, *elements: str, contract: str = "acme/orders#orders-api", more: str = "") -> str:
    listed = ", ".join(f'"{element}"' for element in elements)
    used = f"\n    elements: [{listed}]" if elements else ""
    return (
        "apiVersion: contracts.review/v1\n"
        "kind: ContractRegistry\n"
        f'component: {{id: {component}, owner: "{owner}"}}\n'
        "consumes:\n"
        f"  - contract: {contract}{used}\n{more}"
    )


CHECKOUT = half("checkout-web", "@acme/checkout", EMAIL)
WAREHOUSE = half("warehouse", "@acme/warehouse", STATUS)


async def neighbour(
    shop: Shop, name: str, files: Mapping[str, Content], writes: str | None = None, private: bool = False
) -> Repository:
    """Another repository of acme; the App is installed on all of them, and so hears of the new one."""
    repository = shop.acme.repository(name, {"README.md": "x\n"}, private=private)
    if writes:
        repository.grant(shop.teams[writes], "push")
    shop.github.events.repository(repository, "created", shop.ada)
    repository.commit("main", files, author=shop.ada)
    await shop.bot.settled()
    return repository


async def neighbours(shop: Shop) -> tuple[Repository, Repository]:
    await shop.on_main({REGISTRY: ALONE})
    checkout = await neighbour(shop, "checkout-web", {REGISTRY: CHECKOUT}, "checkout")
    warehouse = await neighbour(shop, "warehouse", {REGISTRY: WAREHOUSE}, "warehouse")
    return checkout, warehouse


async def without_the_email(shop: Shop) -> PullRequest:
    return await shop.propose("no-email", {SPEC: without_email(spec())}, shop.olga)


def asked(shop: Shop, pull: PullRequest) -> set[str]:
    return {team.slug for team in pull.requested_teams}


async def test_only_the_consumer_that_reads_a_removed_field_is_asked(shop: Shop) -> None:
    await neighbours(shop)
    pull = await without_the_email(shop)
    assert asked(shop, pull) == {"api-council", "checkout"}
    assert "checkout-web" in shop.comment(pull)
    await shop.say(pull, shop.dana, "/approve-breaking")
    assert not shop.may_merge(pull)
    await shop.say(pull, shop.chris, "/approve-breaking")
    assert shop.may_merge(pull)


async def test_a_gate_that_knows_nothing_yet_reads_the_graph_before_it_judges(shop: Shop) -> None:
    with shop.losing_webhooks():
        await neighbours(shop)
    await shop.restart(forget=True)
    pull = await without_the_email(shop)
    assert asked(shop, pull) == {"api-council", "checkout"}


async def test_the_graph_outlives_a_restart_and_costs_no_call_of_a_pull_request(shop: Shop) -> None:
    await neighbours(shop)
    await without_the_email(shop)
    await shop.restart()
    mark = shop.github.mark()
    other = await shop.propose("again", {SPEC: without_email(spec())}, shop.oskar)
    assert asked(shop, other) == {"api-council", "checkout"}
    calls = [request for request in shop.github.requests_since(mark) if "checkout-web" in request.path]
    assert calls == []
    assert not any("query Tips" in str(request.body) for request in shop.github.requests_since(mark))


async def test_a_consumer_that_begins_to_read_a_field_is_asked_on_pull_requests_that_are_open(shop: Shop) -> None:
    _, warehouse = await neighbours(shop)
    pull = await without_the_email(shop)
    assert "warehouse" not in asked(shop, pull)
    warehouse.commit("main", {REGISTRY: half("warehouse", "@acme/warehouse", STATUS, EMAIL)}, author=shop.wanda)
    await shop.bot.settled()
    assert asked(shop, pull) == {"api-council", "checkout", "warehouse"}
    for person in (shop.dana, shop.chris):
        await shop.say(pull, person, "/approve-breaking")
    assert not shop.may_merge(pull)


async def test_a_push_to_another_branch_of_a_consumer_says_nothing(shop: Shop) -> None:
    _, warehouse = await neighbours(shop)
    pull = await without_the_email(shop)
    warehouse.commit("idea", {REGISTRY: half("warehouse", "@acme/warehouse", EMAIL)}, author=shop.wanda)
    await shop.bot.settled()
    assert "warehouse" not in asked(shop, pull)


async def test_a_push_that_cannot_matter_costs_no_call(shop: Shop) -> None:
    checkout, _ = await neighbours(shop)
    mark = shop.github.mark()
    checkout.commit("main", {"src/shop.ts": "x\n"}, author=shop.chris)
    await shop.bot.settled()
    assert shop.github.requests_since(mark) == []


async def test_a_consumer_that_was_renamed_goes_on_as_before(shop: Shop) -> None:
    checkout, _ = await neighbours(shop)
    checkout.rename("checkout", shop.ada)
    await shop.bot.settled()
    assert asked(shop, await without_the_email(shop)) == {"api-council", "checkout"}


async def test_a_producer_that_was_renamed_is_known_by_its_old_name(shop: Shop) -> None:
    await neighbours(shop)
    shop.orders.rename("order-service", shop.ada)
    await shop.bot.settled()
    assert asked(shop, await without_the_email(shop)) == {"api-council", "checkout"}


async def test_an_archived_consumer_is_asked_and_not_waited_for(shop: Shop) -> None:
    checkout, _ = await neighbours(shop)
    pull = await without_the_email(shop)
    await shop.say(pull, shop.dana, "/approve-breaking")
    assert not shop.may_merge(pull)
    checkout.archive(shop.ada)
    await shop.bot.settled()
    assert shop.may_merge(pull)
    assert "checkout-web" in shop.comment(pull)
    checkout.unarchive(shop.ada)
    await shop.bot.settled()
    assert not shop.may_merge(pull)


async def test_a_private_consumer_is_never_named_and_the_decision_owner_signs_for_it(shop: Shop) -> None:
    checkout, _ = await neighbours(shop)
    checkout.set_private(True, shop.ada)
    await shop.bot.settled()
    pull = await without_the_email(shop)
    assert asked(shop, pull) == {"api-council"}
    shown = shop.comment(pull) + "".join(f"{run.title}{run.summary}{run.text}" for run in shop.checks(pull))
    assert "checkout" not in shown
    assert "private consumer" in shown
    await shop.say(pull, shop.dana, "/approve-breaking")
    assert shop.may_merge(pull)


@pytest.mark.parametrize("how", ["deleted", "taken from the installation"])
async def test_a_consumer_that_is_gone_is_not_asked_any_more(shop: Shop, how: str) -> None:
    checkout, _ = await neighbours(shop)
    pull = await without_the_email(shop)
    assert "checkout" in asked(shop, pull)
    await shop.say(pull, shop.dana, "/approve-breaking")
    if how == "deleted":
        checkout.delete(shop.ada)
    else:
        shop.installation.remove(checkout)
    await shop.bot.settled()
    assert shop.may_merge(pull)


async def test_a_consumer_whose_owner_cannot_write_there_is_asked_and_not_required(shop: Shop) -> None:
    await shop.on_main({REGISTRY: ALONE})
    await neighbour(shop, "checkout-web", {REGISTRY: CHECKOUT}, writes=None)
    pull = await without_the_email(shop)
    assert "checkout" in asked(shop, pull)
    await shop.say(pull, shop.dana, "/approve-breaking")
    assert shop.may_merge(pull)


async def test_a_broken_half_of_a_consumer_holds_nobody_up_and_the_last_good_one_counts(shop: Shop) -> None:
    checkout, _ = await neighbours(shop)
    checkout.commit("main", {REGISTRY: CHECKOUT.replace("consumes:", "konsumes:")}, author=shop.chris)
    await shop.bot.settled()
    pull = await without_the_email(shop)
    assert shop.verdict(pull) == "failure"
    assert asked(shop, pull) == {"api-council", "checkout"}
    (halves,) = [await shop.bot.services.store.halves(id) for id in await shop.bot.services.store.graphs()]
    (broken,) = [one for one in halves or () if one.problems]
    assert broken.repository == "acme/checkout-web"
    assert broken.stale
    assert broken.problems[0].startswith(".github/contracts.yml:4: ")
    await shop.say(pull, shop.dana, "/approve-breaking")
    await shop.say(pull, shop.chris, "/approve-breaking")
    assert shop.may_merge(pull)


async def test_a_broken_half_that_never_was_anything_else_blocks_nobody(shop: Shop) -> None:
    await shop.on_main({REGISTRY: ALONE})
    await neighbour(shop, "checkout-web", {REGISTRY: "apiVersion: contracts.review/v1\nconsumes: {"}, "checkout")
    pull = await without_the_email(shop)
    assert asked(shop, pull) == {"api-council"}
    await shop.say(pull, shop.dana, "/approve-breaking")
    assert shop.may_merge(pull)


async def test_the_floors_of_the_organisation_are_laid_under_every_registry(shop: Shop) -> None:
    await shop.on_main({REGISTRY: ALONE})
    pull = await without_the_email(shop)
    await shop.say(pull, shop.dana, "/approve-breaking")
    assert shop.may_merge(pull)
    floors = "apiVersion: contracts.review/v1\nkind: ContractRegistry\nfloors: {quorum: 2}\n"
    house = await neighbour(shop, ".github", {"contracts.yml": floors})
    assert not shop.may_merge(pull)
    await shop.say(pull, shop.devi, "/approve-breaking")
    assert shop.may_merge(pull)
    house.commit("main", {"contracts.yml": floors.replace("quorum: 2", "quorum: two")}, author=shop.ada)
    await shop.bot.settled()
    assert shop.may_merge(pull)  # the last good floors count


async def test_floors_that_never_could_be_read_fail_the_check_with_file_and_line(shop: Shop) -> None:
    await shop.on_main({REGISTRY: ALONE})
    broken = "apiVersion: contracts.review/v1\nkind: ContractRegistry\nfloors: {quorum: two}\n"
    await neighbour(shop, ".github", {"contracts.yml": broken})
    pull = await without_the_email(shop)
    assert shop.verdict(pull) == "failure"
    assert "acme/.github: contracts.yml:3" in shop.comment(pull)


async def test_the_day_after_a_lost_webhook_the_graph_is_right_again(shop: Shop) -> None:
    _, warehouse = await neighbours(shop)
    pull = await without_the_email(shop)
    with shop.losing_webhooks():
        warehouse.commit("main", {REGISTRY: half("warehouse", "@acme/warehouse", EMAIL)}, author=shop.wanda)
    await shop.bot.later(25 * 3600)
    assert "warehouse" in asked(shop, pull)


def pact(consumer: str, *fields: str) -> str:
    """What a consumer's own test recorded of `GET /orders/{id}`: these properties of the order's customer."""
    interaction = {
        "description": "an order",
        "request": {"method": "GET", "path": "/orders/6f1c"},
        "response": {"status": 200, "body": {"customer": dict.fromkeys(fields, "x")}},
    }
    return json.dumps(
        {
            "consumer": {"name": consumer},
            "provider": {"name": "orders-api"},
            "interactions": [interaction],
            "metadata": {"pactSpecification": {"version": "2.0.0"}},
        },
        indent=2,
    )


READS_PACTS = '    evidence_from: [{kind: pact, path: "pacts/*.json"}]\n'


async def test_only_the_consumer_whose_pact_reads_a_removed_field_is_asked(shop: Shop) -> None:
    await shop.on_main({REGISTRY: ALONE})
    reads, does_not = pact("checkout-web", "id", "email"), pact("warehouse", "id")
    checkout = half("checkout-web", "@acme/checkout", more=READS_PACTS)
    warehouse = half("warehouse", "@acme/warehouse", more=READS_PACTS)
    await neighbour(shop, "checkout-web", {REGISTRY: checkout, "pacts/orders.json": reads}, "checkout")
    other = await neighbour(shop, "warehouse", {REGISTRY: warehouse, "pacts/orders.json": does_not}, "warehouse")
    pull = await without_the_email(shop)
    assert asked(shop, pull) == {"api-council", "checkout"}
    assert "pact" in shop.comment(pull)
    other.commit("main", {"pacts/orders.json": pact("warehouse", "id", "email")}, author=shop.wanda)
    await shop.bot.settled()
    assert asked(shop, pull) == {"api-council", "checkout", "warehouse"}


async def test_evidence_is_read_again_when_the_contract_it_is_held_against_changes(shop: Shop) -> None:
    files = {REGISTRY: half("checkout-web", "@acme/checkout", more=READS_PACTS), "pacts/orders.json": pact("web", "id")}
    await shop.on_main({REGISTRY: ALONE})
    await neighbour(shop, "checkout-web", files, "checkout")
    mark = shop.github.mark()
    await shop.on_main({SPEC: spec() + "\n# A note\n"})
    names = [str(request.body) for request in shop.github.requests_since(mark)]
    assert sum("query Tips" in body and "checkout-web" in body for body in names) == 1


async def test_two_that_consume_each_other_read_once_and_come_to_rest(shop: Shop) -> None:
    api = ALONE.replace("orders-api", "shop-api").partition("contracts:")[2]
    checkout = half("checkout-web", "@acme/checkout", more=READS_PACTS) + f"contracts:{api}"
    orders = f"{half('orders', '@acme/orders', contract='acme/checkout-web#shop-api', more=READS_PACTS)}"
    await neighbour(shop, "checkout-web", {REGISTRY: checkout, SPEC: spec()}, "checkout")
    await shop.on_main({REGISTRY: orders + f"contracts:{ALONE.partition('contracts:')[2]}"})
    mark = shop.github.mark()
    await shop.on_main({SPEC: spec() + "\n# A note\n"})
    assert sum("query Tips" in str(request.body) for request in shop.github.requests_since(mark)) == 2


async def test_pacts_that_lie_with_the_producer_count_for_the_consumer_that_wrote_them(shop: Shop) -> None:
    consumers = (
        '    evidence_from: [{kind: pact, path: "pacts/*.json"}]\n'
        "consumers:\n"
        f'  - {{id: checkout-web, owner: "@acme/checkout", uses: [{{contract: orders-api, elements: ["{STATUS}"]}}]}}\n'
    )
    await shop.on_main({REGISTRY: ALONE + consumers})
    pull = await without_the_email(shop)
    assert asked(shop, pull) == {"api-council"}
    await shop.on_main({"pacts/checkout.json": pact("Checkout Web", "email")})
    assert asked(shop, pull) == {"api-council", "checkout"}
    assert "checkout-web reads `customer.email` (pact, seen" in shop.comment(pull)


async def test_an_installation_of_many_repositories_is_read_in_few_calls(shop: Shop) -> None:
    await shop.on_main({REGISTRY: ALONE})
    for number in range(60):
        shop.acme.repository(f"docs-{number}", {"README.md": "x\n"})
    mark = shop.github.mark()
    shop.installation.suspend()
    shop.installation.unsuspend()
    await shop.bot.settled()
    calls = [r for r in shop.github.requests_since(mark) if not r.path.endswith("/access_tokens")]
    (graph,) = await shop.bot.services.store.graphs()
    assert len(await shop.bot.services.store.halves(graph) or ()) == 61
    assert len(calls) <= 1 + 3  # one list, and twenty-five repositories in a call
