"""A pull request that edits the registry: judged by the old one, and signed by those whom the old one protects."""

from __future__ import annotations

import pytest

from tests.github_standin import PullRequest, User
from tests.shop.world import REGISTRY, SPEC, Shop, registry, spec, without_email

CHECKOUT = registry()[registry().index("  - id: checkout-web") : registry().index("  - id: warehouse")]


def edited(before: str, after: str) -> str:
    changed = registry().replace(before, after)
    assert changed != registry(), before
    return changed


def asked(pull: PullRequest) -> set[str]:
    return {team.slug for team in pull.requested_teams}


async def sign(shop: Shop, pull: PullRequest, *people: User) -> None:
    """Each signs; only the last signature releases."""
    for person in people:
        assert shop.verdict(pull) == "failure"
        assert not shop.may_merge(pull)
        await shop.say(pull, person, "/approve-breaking")
    assert shop.verdict(pull) == "success", shop.comment(pull)
    assert shop.may_merge(pull)


async def test_a_lowered_promise_is_signed_by_the_decision_owner_and_those_who_use_the_element(shop: Shop) -> None:
    text = edited("guarantees:\n", 'guarantees:\n      - {at: "GET /orders/{id} 200:$.status", level: may_change}\n')
    pull = await shop.propose("lower", {REGISTRY: text}, shop.olga)
    assert asked(pull) == {"api-council", "checkout"}
    comment = shop.comment(pull)
    assert "guarantee-lowered" in comment
    line = text.splitlines().index('      - {at: "GET /orders/{id} 200:$.status", level: may_change}') + 1
    assert f"{REGISTRY}:{line}" in comment
    await sign(shop, pull, shop.dana, shop.chris)


async def test_a_lowered_promise_that_nobody_is_known_to_use_is_the_decision_owners(shop: Shop) -> None:
    text = edited("guarantees:\n", 'guarantees:\n      - {at: "GET /orders 200:$.next", level: may_change}\n')
    pull = await shop.propose("lower", {REGISTRY: text}, shop.olga)
    assert asked(pull) == {"api-council"}
    await sign(shop, pull, shop.dana)


async def test_a_consumer_written_out_of_the_registry_is_itself_asked(shop: Shop) -> None:
    pull = await shop.propose("drop", {REGISTRY: registry().replace(CHECKOUT, "")}, shop.olga)
    assert asked(pull) == {"checkout"}
    await shop.say(pull, shop.dana, "/approve-breaking")
    await sign(shop, pull, shop.chris)


async def test_who_is_dropped_and_broken_at_once_is_held_for_both(shop: Shop) -> None:
    files = {REGISTRY: registry().replace(CHECKOUT, ""), SPEC: without_email(spec())}
    pull = await shop.propose("drop-and-break", files, shop.olga)
    assert asked(pull) >= {"api-council", "checkout"}
    comment = shop.comment(pull)
    assert "consumer-dropped" in comment
    assert "`email` is no longer returned" in comment
    await sign(shop, pull, shop.dana, shop.chris)


@pytest.mark.parametrize(
    ("before", "after", "rule"),
    [
        ('decision_owner: "@acme/api-council"', 'decision_owner: "@mallory"', "policy-changed"),
        ('owner: "@acme/orders"\n    decision', 'owner: "@acme/checkout"\n    decision', "policy-changed"),
        ("    guarantees:\n", "    signoff: {author_may_approve: true}\n    guarantees:\n", "policy-changed"),
        (
            "    guarantees:\n",
            "    compatibility: {rules: {compatible: [response-required-property-removed]}}\n    guarantees:\n",
            "rule-lowered",
        ),
    ],
)
async def test_the_policy_is_for_those_to_change_who_decide_now(shop: Shop, before: str, after: str, rule: str) -> None:
    pull = await shop.propose("policy", {REGISTRY: edited(before, after)}, shop.olga)
    assert asked(pull) == {"api-council"}
    assert rule in shop.comment(pull)
    await shop.say(pull, shop.mallory, "/approve-breaking")
    await sign(shop, pull, shop.devi)


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        (edited("lifecycle: production", "lifecycle: experimental"), "lifecycle-lowered"),
        (edited('files: ["api/**/*.yaml"]\n    entrypoint: api/openapi.yaml', 'files: ["v2/**"]'), "files-narrowed"),
        (registry() + 'ignore: ["api/"]\n', "files-narrowed"),
        (registry() + "branches: [develop]\n", "branches-narrowed"),
        (None, "contract-unregistered"),
        ("# nothing left\n", "contract-unregistered"),
    ],
)
async def test_what_would_open_the_gate_is_signed_by_everybody_it_protects(
    shop: Shop, text: str | None, rule: str
) -> None:
    pull = await shop.propose("open", {REGISTRY: text}, shop.olga)
    assert asked(pull) == {"api-council", "checkout", "warehouse"}
    assert rule in shop.comment(pull)
    await sign(shop, pull, shop.dana, shop.chris, shop.wanda)


async def test_the_consumers_owner_signs_for_being_given_another(shop: Shop) -> None:
    text = edited('owner: "@acme/warehouse"', 'owner: "@acme/orders"')
    pull = await shop.propose("owner", {REGISTRY: text}, shop.olga)
    assert asked(pull) == {"api-council", "warehouse"}
    await sign(shop, pull, shop.dana, shop.wanda)


async def test_only_the_consumer_can_say_what_it_tolerates(shop: Shop) -> None:
    text = edited("    criticality: high\n", "    criticality: high\n    tolerates: [new_enum_values]\n")
    pull = await shop.propose("tolerate", {REGISTRY: text}, shop.olga)
    assert asked(pull) == {"api-council", "checkout"}
    await sign(shop, pull, shop.dana, shop.chris)


async def test_a_promise_of_behaviour_is_signed_off_by_those_who_use_what_it_speaks_of(shop: Shop) -> None:
    start = registry().index("    behaviours:")
    text = registry()[:start] + registry()[registry().index("consumers:") :]
    pull = await shop.propose("behave", {REGISTRY: text}, shop.olga)
    assert asked(pull) == {"api-council", "warehouse", "orders"}, "the verification owner is asked, and not waited for"
    await sign(shop, pull, shop.dana, shop.wanda)


async def test_a_registry_that_could_not_be_read_after_the_merge_is_held(shop: Shop) -> None:
    text = edited("type: openapi", "type: opneapi")
    pull = await shop.propose("broken", {REGISTRY: text}, shop.olga)
    assert shop.verdict(pull) == "failure"
    assert asked(pull) == {"api-council"}
    line = text.splitlines().index("    type: opneapi") + 1
    assert f"{REGISTRY}:{line}" in shop.comment(pull)
    await shop.push(pull, {REGISTRY: registry() + "# repaired\n"}, shop.olga, "Repair it")
    assert shop.verdict(pull) == "success"


async def test_an_edit_that_only_adds_protection_or_says_the_same_passes(shop: Shop) -> None:
    more = registry().replace(
        "consumers:\n", 'consumers:\n  - {id: mobile, owner: "@ada", uses: [{contract: orders-api}]}\n'
    )
    same = registry().replace('"GET /orders/{id} 200:$.status"', '"GET /orders/{order} 200:$.status"  # the same')
    for branch, text in (("more", more), ("same", same)):
        pull = await shop.propose(branch, {REGISTRY: text}, shop.olga)
        assert shop.verdict(pull) == "success", shop.comment(pull)
        assert shop.may_merge(pull)


async def test_the_first_registry_of_a_repository_weakens_nothing(shop: Shop) -> None:
    await shop.on_main({REGISTRY: None})
    pull = await shop.propose("first", {REGISTRY: registry()}, shop.olga)
    assert shop.verdict(pull) == "success"
    assert shop.may_merge(pull)


async def test_what_the_base_did_to_the_registry_meanwhile_is_not_this_pull_requests_doing(shop: Shop) -> None:
    pull = await shop.propose(
        "title", {REGISTRY: edited("    type: openapi", "    title: Orders\n    type: openapi")}, shop.olga
    )
    assert shop.verdict(pull) == "success"
    await shop.on_main(
        {REGISTRY: edited("lifecycle: production\n", "lifecycle: production\n    signoff: {quorum: 2}\n")}
    )
    assert shop.verdict(pull) == "success", shop.comment(pull)


async def test_a_signature_for_an_edit_stays_when_lines_move_and_is_asked_again_when_the_edit_changes(
    shop: Shop,
) -> None:
    pull = await shop.propose(
        "notice",
        {REGISTRY: edited("    guarantees:\n", "    deprecation: {notice: 30d}\n    guarantees:\n")},
        shop.olga,
    )
    assert asked(pull) == {"checkout", "warehouse"}
    await sign(shop, pull, shop.chris, shop.wanda)
    moved = "# A comment.\n" + edited("    guarantees:\n", "    deprecation:\n      notice: 30d\n    guarantees:\n")
    await shop.push(pull, {REGISTRY: moved}, shop.olga, "Reformat")
    assert shop.verdict(pull) == "success"
    await shop.push(
        pull,
        {REGISTRY: edited("    guarantees:\n", "    deprecation: {notice: 20d}\n    guarantees:\n")},
        shop.olga,
        "Less",
    )
    assert shop.verdict(pull) == "failure"


async def test_a_test_that_holds_a_promise_does_not_go_unseen(shop: Shop) -> None:
    path = "tests/contract/test_ordering.py"
    shop.orders.commit("main", {path: "def test_newest_first(): ...\n"}, author=shop.olga, message="Cover it")
    pull = await shop.propose("uncover", {path: None}, shop.olga)
    assert "which verifies the behaviour `newest-first`, would no longer be there" in shop.comment(pull)
    assert asked(pull) == {"orders"}, "the verification owner"
    assert shop.may_merge(pull)
