"""Who signs an edit of the registry: row by row, by the registry in force."""

from __future__ import annotations

import pytest

from bot.registry.newcomers import with_newcomers
from bot.registry.reading import read_registry
from bot.registry.snapshot import RegistryEdit, Snapshot
from bot.review.people import Person, Roster
from bot.review.values import Decision, Requirement, Verdict
from tests.registry.editing import SHOP, impacts, swapped
from tests.registry.registries import HEAD, MAIN, document
from tests.review.story import Story, asked_only, open_for

ROSTER = Roster(
    {
        "@acme/council": (Person(2, "carl"),),
        "@acme/checkout": (Person(4, "cho"),),
        "@acme/billing": (Person(5, "bea"),),
        "@acme/orders": (Person(6, "ola"),),
    }
)
DECIDES = "decision owner"
ALL = [DECIDES, "billing", "checkout"]


def decided(before: str, after: str | None) -> Decision:
    documents = {MAIN: document(MAIN, HEAD + before)}
    proposed = {MAIN: document(MAIN, HEAD + after)} if after is not None else {}
    snapshot = Snapshot("b", "b", "h", (), documents, registry_edit=RegistryEdit(documents, proposed))
    rules, newcomers = with_newcomers(read_registry(documents).registry, snapshot)
    found = impacts(before, after, protected=rules)
    return Story(found, rules, ROSTER, newcomers=newcomers).decide()


def must(before: str, after: str | None) -> list[str]:
    return sorted(open_for(decided(before, after)), key=lambda who: (who != DECIDES, who))


def policy(key: str) -> str:
    return swapped("    deprecation:", f"    {key}\n    deprecation:")


@pytest.mark.parametrize(
    ("after", "signers"),
    [
        (
            swapped(
                "    guarantees:\n", '    guarantees:\n      - {at: "GET /orders query:page", level: may_change}\n'
            ),
            [DECIDES, "checkout"],
        ),
        (swapped("    guarantees:\n", '    guarantees:\n      - {at: "PUT /orders", level: may_change}\n'), [DECIDES]),
        (swapped("    behaviours:\n", "    x-behaviours:\n"), ALL),
        (swapped("Newest first.", "Mostly newest first."), [DECIDES]),
        (SHOP[: SHOP.index("  - id: billing")], ["billing"]),
        (swapped('"GET /orders 200:$.id", ', ""), ["checkout"]),
        (swapped("{kind: pact}", "{kind: declared}"), ["checkout"]),
        (SHOP[: SHOP.index("    assumes:")], ["billing"]),
        (swapped("notice: 90d", "notice: 30d"), ["billing", "checkout"]),
        (swapped("2027-12-31", "2027-03-31"), ["checkout"]),
        (swapped("@acme/council", "@acme/orders"), [DECIDES]),
        (swapped('owner: "@acme/orders"', 'owner: "@acme/checkout"'), [DECIDES]),
        (policy("signoff: {breaking: [decision_owner]}"), [DECIDES]),
        (policy("signoff: {author_may_approve: true}"), [DECIDES]),
        (policy("signoff: {on_silence: consent}"), [DECIDES]),
        (policy("compatibility: {mode: none}"), [DECIDES]),
        (policy("compatibility: {rules: {compatible: [response-required-property-removed]}}"), [DECIDES]),
        (policy("lifecycle: experimental"), ALL),
        (swapped("type: openapi", "type: other"), ALL),
        (swapped('files: ["api/**"]', 'files: ["v2/**"]'), ALL),
        (SHOP + 'ignore: ["api/"]\n', ALL),
        (SHOP + "branches: [develop]\n", ALL),
        ("contracts: []\n", ALL),
        (None, ALL),
        ("contracts: 7\n", [DECIDES]),
        (swapped('owner: "@acme/billing"', 'owner: "@acme/orders"'), [DECIDES, "billing"]),
        (swapped('owner: "@acme/billing"', "tolerates: [new_variants]"), [DECIDES, "billing"] * 2),
        (swapped("  - id: billing\n", "  - id: billing\n    visibility: private\n"), [DECIDES, "billing"]),
    ],
)
def test_who_signs_an_edit(after: str | None, signers: list[str]) -> None:
    assert must(SHOP, after) == sorted(signers, key=lambda who: (who != DECIDES, who))


@pytest.mark.parametrize(
    "after",
    [
        policy("signoff: {quorum: 2, approval_ttl: 7d}"),
        policy("compatibility: {mode: full, against: [base, latest_release]}"),
        policy("lifecycle: deprecated"),
        swapped("level: may_change}", "level: guaranteed}"),
        swapped("notice: 90d", "notice: 90d, windows: quarterly"),
        SHOP + "  - id: mobile\n    uses: [{contract: orders}]\n",
        swapped('"GET /orders query:page"]', '"GET /orders query:page", "GET /orders query:limit"]'),
    ],
)
def test_more_protection_needs_nobody(after: str) -> None:
    decision = decided(SHOP, after)
    assert decision.verdict is Verdict.CLEAR
    assert decision.requirements == ()
    assert decision.findings


def test_who_is_not_named_is_signed_for_by_the_decision_owner() -> None:
    private = swapped("  - id: billing\n", "  - id: billing\n    visibility: private\n")
    assert must(private, private[: private.index("  - id: billing")]) == [DECIDES]
    unowned = swapped('    owner: "@acme/billing"\n', "")
    (requirement,) = decided(unowned, unowned[: unowned.index("  - id: billing")]).requirements
    assert (str(requirement.capacity), requirement.signers) == ("billing", ("@acme/council",))


def test_a_policy_that_leaves_consumers_out_leaves_edits_to_the_decision_owner() -> None:
    text = policy("signoff: {breaking: [decision_owner]}")
    assert must(text, text[: text.index("  - id: billing")]) == [DECIDES]


def test_a_team_of_its_own_and_an_experiment_are_only_reported() -> None:
    family = SHOP.replace("@acme/checkout", "@acme/orders").replace("@acme/billing", "@acme/orders")
    assert must(family, family.replace("@acme/council", "@acme/other")) == []
    experimental = policy("lifecycle: experimental")
    assert must(experimental, None) == []


def test_a_lowered_promise_that_was_weak_is_the_decision_owners() -> None:
    text = swapped('"GET /orders 200:$.id", ', '"GET /orders 200:$.note", ')
    decision = decided(text, swapped("level: may_change", "level: out_of_contract", text))
    assert (open_for(decision), asked_only(decision)) == ([DECIDES], ["checkout"])


def test_a_consumer_that_comes_with_the_edit_is_asked_and_not_required() -> None:
    after = swapped("notice: 90d", "notice: 30d") + '  - {id: mobile, owner: "@mia", uses: [{contract: orders}]}\n'
    decision = decided(SHOP, after)
    assert sorted(open_for(decision)) == ["billing", "checkout"]
    assert asked_only(decision) == ["mobile"]


def test_a_new_team_cannot_make_a_contract_its_own_business() -> None:
    """Neither by becoming the owner of all consumers nor by writing foreign ones out."""
    stolen = SHOP.replace("@acme/checkout", "@acme/orders").replace("@acme/billing", "@acme/orders")
    assert must(SHOP, stolen) == [DECIDES, DECIDES, "billing", "checkout"]


def test_the_present_owner_signs_and_never_the_one_proposed() -> None:
    found = decided(SHOP, swapped('owner: "@acme/billing"', 'owner: "@acme/checkout"')).requirements
    assert {str(r.capacity): r.signers for r in found} == {
        DECIDES: ("@acme/council",),
        "billing": ("@acme/billing",),
    }
    assert all(_is_explained(r) for r in found)


def _is_explained(requirement: Requirement) -> bool:
    return "registry" in requirement.why
