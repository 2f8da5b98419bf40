"""A fingerprint names the change and the promise, and nothing that may change around them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.contracts.change import Change
from bot.contracts.document import Position
from bot.judge.finding import Finding, Level
from bot.registry.impact import Guarantee
from bot.review.authority import DECISION_OWNER
from bot.review.capacity import Capacity
from bot.review.fingerprint import blanked, f1, finding_fingerprint, requirement_fingerprint, shown
from tests.review.story import finding

CHECKOUT = Capacity("consumer", "checkout-web")
PLACES = ("GET /orders 200:$[*].status", "GET /orders/{id} 200:$.status")


def test_the_scheme_is_pinned() -> None:
    """Open pull requests carry these. If this fails, the scheme has changed: it needs a new name, not new numbers."""
    shared = finding(element="Order:$.status", places=PLACES)
    assert f1(shared, Guarantee.GUARANTEED) == "55cd4515e7d4068e47f8e64477a6c04a56a4cb0b6894d6588816c6daec87690a"
    assert (
        finding_fingerprint(shared, Guarantee.GUARANTEED)
        == "1e0233a8e2766a695abea3fc97ddd475bda01edf6b1f8ddc782dbcdc7ddb723f"
    )
    assert (
        requirement_fingerprint(shared, Guarantee.GUARANTEED, CHECKOUT, PLACES[:1])
        == "83e9c21ff9ef09a9f06c9cf5bbfc9fda7b05b15d1cfe8cca2970eec7ad7ae233"
    )
    assert (
        requirement_fingerprint(shared, Guarantee.GUARANTEED, DECISION_OWNER, PLACES)
        == "ac7fa60fc9b71883867d27380b6ecbd44aabf49617ae0f4e4235ae5b0e56a330"
    )


def test_ten_digits_are_shown_of_sixty_four() -> None:
    fingerprint = finding_fingerprint(finding(), Guarantee.GUARANTEED)
    assert len(fingerprint) == 64
    assert fingerprint.startswith(shown(fingerprint))
    assert len(shown(fingerprint)) == 10


def with_change(**changes: object) -> Finding:
    found = finding()
    change: Change = replace(found.change, **changes)  # type: ignore[arg-type]
    return replace(found, change=change)


@pytest.mark.parametrize(
    "same",
    [
        finding(rule="another-rule", title="Somebody rewrote the words"),
        finding(Level.UNCLASSIFIED),
        with_change(position=Position("api/orders.yaml", 412)),
        with_change(before="string, was described", after=None),
        with_change(attributes={"direction": "response", "new": True}),
        with_change(side="base"),
    ],
    ids=["rule and wording", "level in the catalogue", "line", "shown values", "attributes", "side"],
)
def test_rule_wording_line_and_level_ask_nobody_again(same: Finding) -> None:
    assert f1(same, Guarantee.GUARANTEED) == f1(finding(), Guarantee.GUARANTEED)
    assert finding_fingerprint(same, Guarantee.GUARANTEED) == finding_fingerprint(finding(), Guarantee.GUARANTEED)


@pytest.mark.parametrize(
    "other",
    [
        finding(of="billing-api"),
        finding(fact="schema.property.renamed"),
        finding(element="GET /orders/{id} 200:$.state"),
        finding(identity=("integer", "")),
        finding(identity=("string", "null")),
        finding(identity=("", "string")),
    ],
    ids=["contract", "fact", "element", "old value", "new value", "values swapped"],
)
def test_another_change_is_another_fingerprint(other: Finding) -> None:
    assert f1(other, Guarantee.GUARANTEED) != f1(finding(), Guarantee.GUARANTEED)


def test_another_guarantee_level_is_another_fingerprint() -> None:
    assert len({f1(finding(), guarantee) for guarantee in Guarantee}) == 3


def test_a_new_place_asks_again_only_whom_it_concerns() -> None:
    before = finding(element="Order:$.status", places=PLACES)
    after = finding(element="Order:$.status", places=(*PLACES, "GET /archive 200:$.status"))
    guarantee = Guarantee.GUARANTEED
    assert finding_fingerprint(before, guarantee) != finding_fingerprint(after, guarantee)
    reached = PLACES[:1]
    assert requirement_fingerprint(before, guarantee, CHECKOUT, reached) == requirement_fingerprint(
        after, guarantee, CHECKOUT, reached
    )


def test_the_order_of_places_does_not_matter() -> None:
    forwards = requirement_fingerprint(finding(), Guarantee.GUARANTEED, CHECKOUT, PLACES)
    assert forwards == requirement_fingerprint(finding(), Guarantee.GUARANTEED, CHECKOUT, PLACES[::-1] + PLACES)


def test_consumers_reached_by_the_same_places_sign_each_for_themselves() -> None:
    mobile = Capacity("consumer", "mobile-app")
    assert requirement_fingerprint(finding(), Guarantee.GUARANTEED, CHECKOUT, PLACES) != requirement_fingerprint(
        finding(), Guarantee.GUARANTEED, mobile, PLACES
    )


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("GET /orders/{id} 200:$.status", "GET /orders/{} 200:$.status"),
        ("GET /a/{x}/b/{y} path:y", "GET /a/{}/b/{} path:{2}"),
        ("GET /a/{x} path:x:$.deep", "GET /a/{} path:{1}:$.deep"),
        ("GET /a/{x} path:other", "GET /a/{} path:other"),
        ("POST /orders/{id}:cancel request:$.{a}", "POST /orders/{}:cancel request:$.{a}"),
        ("GET /report.{format}", "GET /report.{}"),
        ("Order:$.{*}.status", "Order:$.{*}.status"),
        ("Query.order(id:)", "Query.order(id:)"),
        ("acme.orders.v1.Order.customer_id", "acme.orders.v1.Order.customer_id"),
        ("", ""),
    ],
)
def test_names_of_path_parameters_are_blanked_and_no_others(address: str, expected: str) -> None:
    assert blanked(address) == expected


def test_two_parameters_of_one_path_stay_apart() -> None:
    assert blanked("GET /a/{x}/{y} path:x") != blanked("GET /a/{x}/{y} path:y")
    assert blanked("GET /a/{x}/{y} path:x") == blanked("GET /a/{p}/{q} path:p")


def test_values_that_no_encoding_can_hold_have_a_fingerprint_too() -> None:
    assert len(f1(finding(identity=("\ud800", "é")), Guarantee.GUARANTEED)) == 64
