"""An organisation's floors: a repository may ask for more, never for less."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.registry.floors import raised, with_floors
from bot.registry.model import Contract, Floors, Registry
from tests.registry.registries import orders, registry


def only(registry: Registry) -> Contract:
    (contract,) = registry.contracts
    return contract


@pytest.mark.parametrize(
    ("said", "floors", "term", "becomes"),
    [
        ("deprecation: {notice: 30d}", {"notice": "12w"}, "deprecation.notice", "12w"),
        ("enforcement: observe", {"enforcement": "warn"}, "enforcement", "warn"),
        ("signoff: {quorum: 1}", {"quorum": 2}, "signoff.quorum", "2"),
        ("signoff: {approval_ttl: 60d}", {"approval_ttl": "30d"}, "signoff.approval_ttl", "30d"),
        ("signoff: {author_may_approve: true}", {"author_may_approve": False}, "signoff.author_may_approve", "false"),
        (
            "signoff: {breaking: [decision_owner]}",
            {"breaking": ("affected_consumers",)},
            "signoff.breaking",
            "decision_owner, affected_consumers",
        ),
    ],
)
def test_what_is_set_lower_counts_as_the_floor(said: str, floors: dict[str, Any], term: str, becomes: str) -> None:
    registry = orders(more=said)
    laid = Floors(**floors)
    counted = with_floors(registry, laid)
    value: Any = only(counted)
    for key in term.split("."):
        value = getattr(value, key)
    assert (", ".join(value) if isinstance(value, tuple) else str(value).lower()) == becomes
    assert [(one.term, one.floor) for one in raised(registry, laid)] == [(term, becomes)]
    assert raised(counted, laid) == ()
    assert counted.floors == laid


@pytest.mark.parametrize(
    ("said", "floors"),
    [
        ("deprecation: {notice: 180d}", {"notice": "12w"}),
        ("signoff: {approval_ttl: 1w}", {"approval_ttl": "30d"}),
        ("signoff: {quorum: 3}", {"quorum": 2}),
        ("signoff: {breaking: [affected_consumers]}", {"breaking": ("any_affected_consumer",)}),
        (
            "compatibility: {rules: {breaking: [response-enum-value-added]}}",
            {"rules": {"risky": ("response-enum-value-added",)}},
        ),
    ],
)
def test_who_asks_for_more_keeps_it(said: str, floors: dict[str, Any]) -> None:
    registry = orders(more=said)
    assert only(with_floors(registry, Floors(**floors))) == only(registry)


def test_a_rule_counts_for_at_least_its_floor_by_its_own_level_or_the_repositorys() -> None:
    floors = Floors(rules={"breaking": ("response-enum-value-added",), "risky": ("response-property-removed",)})
    quiet = orders(more="compatibility: {rules: {compatible: [response-enum-value-added]}}")
    rules = only(with_floors(quiet, floors)).compatibility.rules
    assert rules == {"compatible": (), "breaking": ("response-enum-value-added",)}, (
        "a rule that is breaking by itself is not lowered to a floor of risky"
    )
    lowered = orders(more="compatibility: {rules: {compatible: [response-property-removed]}}")
    assert only(with_floors(lowered, floors)).compatibility.rules["risky"] == ("response-property-removed",)


def test_a_repositorys_own_floors_count_for_nothing() -> None:
    own = orders().model_copy(update={"floors": Floors(quorum=5, fallback="@evil")})
    assert with_floors(own, None).floors is None
    assert with_floors(own, Floors(quorum=2)).floors == Floors(quorum=2)


_FLOORS = st.builds(
    Floors,
    notice=st.sampled_from([None, "30d", "12w"]),
    approval_ttl=st.sampled_from([None, "1w", "60d"]),
    quorum=st.sampled_from([None, 1, 3]),
    enforcement=st.sampled_from([None, "observe", "warn", "enforce"]),
    breaking=st.sampled_from([(), ("decision_owner",), ("any_affected_consumer", "verification_owner")]),
    author_may_approve=st.booleans(),
)
_SAID = st.sampled_from(
    ["", "enforcement: warn", "signoff: {quorum: 2, approval_ttl: 90d}", "deprecation: {notice: 45d}"]
)


@given(_SAID, _FLOORS)
def test_floors_laid_twice_are_floors_laid_once(said: str, floors: Floors) -> None:
    once = with_floors(orders(more=said), floors)
    assert with_floors(once, floors) == once
    assert raised(once, floors) == ()


@pytest.mark.parametrize(
    ("said", "defaults", "counts"),
    [
        ("", "", "warn"),
        ("enforcement: enforce", "", "enforce"),
        ("enforcement: observe", "", "observe"),
        ("", "defaults: {enforcement: enforce}", "enforce"),
        ("", "defaults: {review: {every: 30d}}", "warn"),
    ],
)
def test_where_a_repository_says_nothing_the_organisations_default_enforcement_holds(
    said: str, defaults: str, counts: str
) -> None:
    contract = f"contracts: [{{id: a, type: avro, files: [a.avsc]{f', {said}' if said else ''}}}]\n"
    found = with_floors(registry(f"{defaults}\n{contract}"), None, enforcement="warn")
    assert only(found).enforcement == counts
    assert found.organisation_enforcement == "warn"


def test_a_floor_wins_over_the_organisations_own_default() -> None:
    found = with_floors(orders(), Floors(enforcement="warn"), enforcement="observe")
    assert only(found).enforcement == "warn"
    assert raised(orders(), Floors(enforcement="warn")) == (), "nothing was set lower here"
