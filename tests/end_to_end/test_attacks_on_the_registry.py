"""Whoever changes who has to sign, so that nobody has to: in the registry, in what it includes, in the floors."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from tests.end_to_end.test_three_repositories import ALONE, STATUS, neighbour, pact
from tests.github_standin import PullRequest, Submodule, Symlink
from tests.github_standin.world.git import Content
from tests.shop.world import REGISTRY, SPEC, Shop, registry, spec, without_email

BREAKING = {SPEC: without_email(spec())}
CONSUMERS = registry()[registry().index("consumers:\n") :]
CHECKOUT = registry()[registry().index("  - id: checkout-web") : registry().index("  - id: warehouse")]
HEADER = "apiVersion: contracts.review/v1\nkind: ContractRegistry\n"


def edited(before: str, after: str) -> str:
    changed = registry().replace(before, after)
    assert changed != registry(), before
    return changed


async def _held_for(shop: Shop, pull: PullRequest, *teams: str) -> None:
    """It is held for each of these, and nobody else can stand in for any of them."""
    people = {"api-council": shop.dana, "checkout": shop.chris, "warehouse": shop.wanda}
    assert set(teams) <= {team.slug for team in pull.requested_teams}
    for team in teams:
        assert not shop.may_merge(pull), f"before {team} has signed"
        await shop.say(pull, people[team], "/approve-breaking")
    assert shop.may_merge(pull), shop.comment(pull)


WITH_BREAK = {
    "the consumer is dropped": registry().replace(CHECKOUT, ""),
    "it is only proposed": edited("  - id: checkout-web\n", "  - id: checkout-web\n    proposed: true\n"),
    "its use is only proposed": edited(
        "      - contract: orders-api\n", "      - contract: orders-api\n        proposed: true\n"
    ),
    "its elements are": edited('          - "GET /orders/{id} 200:$.customer.email"\n', ""),
    "it is said to tolerate it": edited(
        "    criticality: high\n", "    criticality: high\n    tolerates: [response-required-property-removed]\n"
    ),
    "somebody else owns it": edited('owner: "@acme/checkout"', 'owner: "@mallory"'),
    "somebody else decides": edited('decision_owner: "@acme/api-council"', 'decision_owner: "@mallory"'),
    "nothing is enforced": edited("lifecycle: production\n", "lifecycle: production\n    enforcement: observe\n"),
    "nothing is enforced by default": registry().replace(
        "contracts:\n", "defaults: {enforcement: observe}\ncontracts:\n", 1
    ),
    "it is experimental": edited("lifecycle: production", "lifecycle: experimental"),
    "nobody has to sign": edited("    guarantees:\n", "    signoff: {breaking: [decision_owner]}\n    guarantees:\n"),
    "the author may": edited("    guarantees:\n", "    signoff: {author_may_approve: true}\n    guarantees:\n"),
    "silence consents": edited("    guarantees:\n", "    signoff: {on_silence: consent}\n    guarantees:\n"),
    "nothing is promised": edited('{at: "**", level: guaranteed}', '{at: "**", level: out_of_contract}'),
    "the rule is compatible": edited(
        "    guarantees:\n",
        "    compatibility: {rules: {compatible: [response-required-property-removed]}}\n    guarantees:\n",
    ),
    "it is another contract": edited("  - id: orders-api\n", "  - id: orders\n"),
    "it is somewhere else": edited('["api/**/*.yaml"]\n    entrypoint: api/openapi.yaml', '["v2/**"]'),
    "it is ignored": registry() + 'ignore: ["api/**"]\n',
    "main is not gated": registry() + "branches: [release]\n",
    "it is no registry": "hello: world\n",
    "it is gone": None,
}


@pytest.mark.parametrize("text", WITH_BREAK.values(), ids=WITH_BREAK.keys())
async def test_a_break_that_brings_a_registry_of_its_own_is_judged_by_the_old_one(shop: Shop, text: str | None) -> None:
    pull = await shop.propose("break", {**BREAKING, REGISTRY: text}, shop.olga)
    for person in (shop.mallory, shop.olga, shop.oskar):
        await shop.say(pull, person, "/approve-breaking")
    await shop.say(pull, shop.dana, "/approve-breaking as decision-owner")
    assert not shop.may_merge(pull), "without the consumer"
    await shop.say(pull, shop.chris, "/approve-breaking")
    assert "checkout-web" in shop.comment(pull)
    if not shop.may_merge(pull):  # where everybody was protected
        await shop.say(pull, shop.wanda, "/approve-breaking")
    assert shop.may_merge(pull), shop.comment(pull)


TWO_STEPS = {name: text for name, text in WITH_BREAK.items() if "silence" not in name and "author" not in name}


@pytest.mark.parametrize("text", TWO_STEPS.values(), ids=TWO_STEPS.keys())
async def test_the_way_is_not_paved_beforehand_without_those_it_leads_over(shop: Shop, text: str | None) -> None:
    """First the registry alone, as if it were nothing; the break would follow tomorrow."""
    pull = await shop.propose("pave", {REGISTRY: text}, shop.olga)
    for person in (shop.mallory, shop.olga, shop.oskar):
        await shop.say(pull, person, "/approve-breaking")
    assert not shop.may_merge(pull)
    assert pull.requested_teams


async def _with_includes(shop: Shop) -> None:
    first = registry().replace("kind: ContractRegistry\n", "kind: ContractRegistry\ninclude: [contracts/*.yml]\n")
    await shop.on_main({REGISTRY: first.replace(CONSUMERS, ""), "contracts/consumers.yml": HEADER + CONSUMERS})


INCLUDED: dict[str, Mapping[str, Content | None]] = {
    "an entry": {"contracts/consumers.yml": HEADER + CONSUMERS.replace(CHECKOUT, "")},
    "the file": {"contracts/consumers.yml": None},
    "the file by renaming it": {"contracts/consumers.yml": None, "contracts/consumers.txt": HEADER + CONSUMERS},
    "the file for a link": {"contracts/consumers.yml": Symlink("../README.md")},
    "the folder for a submodule": {"contracts/consumers.yml": None, "contracts": Submodule("1" * 40)},
    "the line that includes it": {REGISTRY: registry().replace(CONSUMERS, "")},
}


@pytest.mark.parametrize("files", INCLUDED.values(), ids=INCLUDED.keys())
@pytest.mark.parametrize("breaks", [False, True], ids=["alone", "with the break"])
async def test_a_consumer_is_not_lost_with_what_the_registry_includes(
    shop: Shop, files: Mapping[str, Content | None], breaks: bool
) -> None:
    await _with_includes(shop)
    pull = await shop.propose("lose", {**files, **(BREAKING if breaks else {})}, shop.olga)
    await shop.say(pull, shop.mallory, "/approve-breaking")
    assert not shop.may_merge(pull)
    await shop.say(pull, shop.dana, "/approve-breaking as decision-owner")
    assert not shop.may_merge(pull) or not breaks


async def test_a_second_registry_in_front_of_the_first_replaces_nobody(shop: Shop) -> None:
    """`.github/contracts.yml` is read before `contracts.yml`: whoever adds the first hides the second."""
    await shop.on_main({REGISTRY: None, "contracts.yml": registry()})
    pull = await shop.propose("front", {REGISTRY: HEADER + "contracts: []\n"}, shop.olga)
    assert not shop.may_merge(pull)
    both = await shop.propose("both", {REGISTRY: HEADER + "contracts: []\n", **BREAKING}, shop.oskar)
    assert not shop.may_merge(both)


@pytest.mark.parametrize("content", [Symlink("../other.yml"), Submodule("1" * 40), b"\xff\xfe", ""])
async def test_a_registry_that_nobody_could_read_after_the_merge_is_held(shop: Shop, content: Content) -> None:
    pull = await shop.propose("unreadable", {REGISTRY: content}, shop.olga)
    assert not shop.may_merge(pull)


async def test_a_producer_does_not_make_itself_the_consumer(shop: Shop) -> None:
    """`component` in the producer's file, by the name of somebody else: a word of its own would count for it."""
    own = (
        'component: {id: checkout-web, owner: "@mallory"}\n'
        "consumes:\n"
        "  - {contract: orders-api, elements: [GET /orders], tolerates: [response-required-property-removed]}\n"
    )
    pull = await shop.propose("itself", {REGISTRY: registry() + own}, shop.olga)
    assert not shop.may_merge(pull)
    assert "checkout" in {team.slug for team in pull.requested_teams}
    await shop.say(pull, shop.mallory, "/approve-breaking")
    await shop.say(pull, shop.dana, "/approve-breaking")
    assert not shop.may_merge(pull)


async def test_a_repository_sets_no_floors_for_itself(shop: Shop) -> None:
    floors = 'floors: {may_waive: ["@mallory"], fallback: "@mallory", breaking: [decision_owner]}\n'
    await shop.on_main({REGISTRY: registry() + floors})
    pull = await shop.propose("no-email", BREAKING, shop.olga)
    await shop.say(pull, shop.mallory, "/waive checkout-web reason:no_consumers until:2099-01-01 -- nobody there")
    assert "A waiver takes somebody from" in shop.replies(pull)[-1]
    await _held_for(shop, pull, "api-council", "checkout")


HOUSE = """\
contracts:
  - id: floors
    type: other
    files: [contracts.yml]
    owner: "@acme/api-council"
    decision_owner: "@acme/api-council"
"""


async def test_the_floors_of_the_organisation_are_not_lowered_by_whoever_may_push_there(shop: Shop) -> None:
    await shop.on_main({REGISTRY: ALONE})
    house = await neighbour(shop, ".github", {"contracts.yml": HEADER + "floors: {quorum: 2}\n" + HOUSE})
    house.grant(shop.mallory, "push")
    house.require_check("countersign", shop.app)
    house.commit("lower", {"contracts.yml": HEADER + "floors: {quorum: 1}\n" + HOUSE}, author=shop.mallory)
    lower = house.open_pull_request("lower", shop.mallory)
    house.commit("drop", {"contracts.yml": HEADER + HOUSE}, author=shop.mallory)
    drop = house.open_pull_request("drop", shop.mallory)
    await shop.bot.settled()
    assert not lower.may_merge
    assert not drop.may_merge
    pull = await shop.propose("no-email", BREAKING, shop.olga)
    await shop.say(pull, shop.dana, "/approve-breaking")
    assert not shop.may_merge(pull), "both are only proposed"


async def test_a_pact_that_is_deleted_with_what_it_reads_counts(shop: Shop) -> None:
    """Evidence that lies with the producer is in the producer's hands: it is read before, not after, the change."""
    consumers = (
        '    evidence_from: [{kind: pact, path: "pacts/*.json"}]\n'
        "consumers:\n"
        f'  - {{id: checkout-web, owner: "@acme/checkout", uses: [{{contract: orders-api, elements: ["{STATUS}"]}}]}}\n'
    )
    await shop.on_main({REGISTRY: ALONE + consumers, "pacts/checkout.json": pact("Checkout Web", "email")})
    pull = await shop.propose("both", {**BREAKING, "pacts/checkout.json": None}, shop.olga)
    await _held_for(shop, pull, "api-council", "checkout")
