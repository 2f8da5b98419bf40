"""What the base already has is no longer this change's doing."""

from __future__ import annotations

import pytest

from bot.contracts.change import Change, Comparison, Place
from bot.registry.moved_base import already_on_base
from tests.registry.registries import finding

STATUS = "GET /orders 200:$.status"


def change(fact: str, *places: str, identity: tuple[str, str] = ("", "")) -> Change:
    return Change(fact, places[0], tuple(Place(p) for p in places), identity=identity)


def test_a_finding_goes_when_the_base_has_heads_value() -> None:
    assert already_on_base(finding(STATUS), Comparison(()))


def test_other_changes_of_the_same_pull_request_do_not_keep_it() -> None:
    others = (
        change("schema.property.removed", "GET /orders 200:$.total"),
        change("documentation.changed", STATUS),
        change("schema.minimum.increased", "GET /orders query:page"),
    )
    assert already_on_base(finding(STATUS), Comparison(others))


@pytest.mark.parametrize(
    "kept",
    [
        change("schema.property.removed", STATUS),
        change("schema.property.removed", "POST /orders 201:$.id", STATUS),
        change("schema.property.added", STATUS),
        change("operation.added", "GET /orders"),
        change("schema.property.removed", "GET /orders 200:$.**"),
        change("contract.unreadable", "**"),
    ],
)
def test_a_finding_stays_while_the_base_still_differs_there(kept: Change) -> None:
    assert not already_on_base(finding(STATUS), Comparison((kept,)))


def test_a_limit_that_the_base_moved_elsewhere_stays() -> None:
    raised = finding("GET /orders query:page", fact="schema.minimum.increased")
    lowered = change("schema.minimum.decreased", "GET /orders query:page")
    assert not already_on_base(raised, Comparison((lowered,)))


def test_of_the_values_of_an_enum_each_is_a_change_of_its_own() -> None:
    added = finding(STATUS, fact="schema.enum.value.added")
    other = change("schema.enum.value.added", STATUS, identity=("", "other"))
    same = change("schema.enum.value.added", STATUS)
    assert already_on_base(added, Comparison((other,)))
    assert not already_on_base(added, Comparison((same,)))


def test_a_removed_contract_stays_until_the_base_is_as_head() -> None:
    removed = finding("**", fact="contract.removed")
    assert already_on_base(removed, Comparison(()))
    assert not already_on_base(removed, Comparison((change("contract.removed", "**"),)))
