"""A repository that consumes its own contracts speaks for itself (hard case 10)."""

from __future__ import annotations

from tests.registry.editing import SHOP, affected, impacts, only, rules, swapped
from tests.registry.registries import registry

OWN = """\
component: {id: billing, owner: "@acme/ledger"}
consumes:
  - contract: orders
    elements: ["GET /orders 200:$.total"]
    tolerates: [new_enum_values]
  - contract: acme/catalogue#items
"""


def test_its_own_word_holds_for_owner_and_tolerance_and_uses_of_both_halves_count() -> None:
    text = swapped("  - id: billing\n", "  - id: billing\n    visibility: private\n    tolerates: [new_variants]\n")
    billing = registry(text + OWN).consumer("billing")
    assert (billing.owner, billing.tolerates) == ("@acme/ledger", ("new_enum_values",))
    assert [use.elements for use in billing.uses] == [("POST /orders request:$.sku",), ("GET /orders 200:$.total",)]
    assert billing.visibility == "private", "what it does not say stays as it was"


def test_who_is_in_no_producers_half_is_a_consumer_by_its_own() -> None:
    found = registry(SHOP[: SHOP.index("  - id: billing")] + OWN)
    assert [consumer.id for consumer in found.consumers_of("orders")] == ["checkout", "billing"]
    elsewhere = registry(SHOP + OWN.replace("contract: orders", "contract: acme/shop#orders"))
    assert elsewhere.consumer("billing").owner == "@acme/billing", "of other repositories it is told there"


def test_to_speak_for_a_consumer_is_an_edit_that_the_consumer_signs() -> None:
    assert rules(SHOP, SHOP + OWN) == ["consumer-owner-changed", "consumer-registered", "tolerance-added"]
    alone = SHOP[: SHOP.index("  - id: billing")]
    assert rules(alone, alone + OWN) == ["consumer-registered"]
    dropped = only(impacts(alone + OWN, alone))
    assert (dropped.finding.rule.id, affected(dropped)) == ("consumer-dropped", ["billing"])
    assert dropped.finding.change.position is not None


def test_what_it_tolerates_in_one_contract_says_nothing_of_another() -> None:
    second = "  - {id: events, type: asyncapi, files: [events.yaml], decision_owner: '@acme/shop'}\n"
    text = SHOP.replace("consumers:\n", f"{second}consumers:\n", 1)
    own = OWN.replace("contract: acme/catalogue#items", "contract: events")
    found = registry(text + own)
    assert [use.contract for use in found.consumer("billing").uses][-1] == "events", "or the test shows nothing"
    assert found.consumer("billing").tolerates == ()
    both = registry(text + own + "    tolerates: [new_enum_values, new_headers]\n")
    assert both.consumer("billing").tolerates == ("new_enum_values",)


def test_a_proposed_line_of_its_own_half_counts_for_nothing() -> None:
    before = SHOP[: SHOP.index("  - id: billing")]
    found = registry(before + OWN.replace("  - contract: orders\n", "  - contract: orders\n    proposed: true\n"))
    assert [consumer.id for consumer in found.consumers_of("orders")] == ["checkout"]
