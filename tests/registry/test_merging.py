"""Imported evidence beside what is declared: nothing is lost, and an entry that is shown whole gets the evidence."""

from __future__ import annotations

from datetime import date

import pytest

from bot.registry.importers.imported import Hint, Imported, Sighting
from bot.registry.merging import Merged, merge, nameless
from bot.registry.model import Registry
from tests.registry.registries import orders

WEB = """
- id: web
  known_as: [Web Shop]
  uses:
    - {contract: orders-api, elements: ["GET /orders 200:$.id", "GET /orders 200:$.total"], evidence: %s}
"""
OLD = '{kind: pact, ref: pacts/web.json, seen: "2026-01-02"}'


def merged(
    *sightings: Sighting, registry: Registry, hints: tuple[Hint, ...] = (), consumer: str | None = None
) -> Merged:
    (found,) = merge(
        Imported(sightings, hints),
        contract="orders-api",
        kind="pact",
        registry=registry,
        consumer=consumer,
        days={"pacts/web.json": "2026-11-02"},
        today=date(2026, 11, 21),
    )
    return found


def seen(element: str, path: str = "pacts/web.json", **more: bool) -> Sighting:
    return Sighting(f"GET /orders 200:{element}", path, 7, "Web Shop", **more)


@pytest.mark.parametrize("evidence", [OLD, "{}"])
def test_an_entry_that_is_shown_whole_gets_the_newer_evidence(evidence: str) -> None:
    found = merged(seen("$.id"), seen("$.total"), registry=orders(WEB % evidence))

    assert not found.new and not found.not_shown
    (use,) = found.uses
    assert (use.evidence.kind, use.evidence.seen) == ("pact", "2026-11-02")
    assert use.elements == found.consumer.uses[0].elements


@pytest.mark.parametrize("evidence", ['{kind: pact-full, ref: x, seen: "2026-01-02"}', OLD.replace("01-02", "11-03")])
def test_evidence_that_is_newer_or_of_another_kind_is_left_alone(evidence: str) -> None:
    registry = orders(WEB % evidence)

    assert merged(seen("$.id"), seen("$.total"), registry=registry).uses == registry.consumer("web").uses


def test_what_is_not_shown_stays_and_says_when_it_is_old() -> None:
    registry = orders(WEB % OLD)
    found = merged(
        seen("$.id"), seen("$.new"), seen("$.later", pending=True), seen("$.back", offered=True), registry=registry
    )

    assert found.uses[0] == registry.consumer("web").uses[0] and found.uses[1].elements == ("GET /orders 200:$.new",)
    assert [(one.element, one.old) for one in found.not_shown] == [("GET /orders 200:$.total", True)]
    assert [one.element for one in found.new] == ["GET /orders 200:$.new"]
    assert [one.element for one in found.pending] == ["GET /orders 200:$.later"] and found.offered == 1


def test_an_element_that_a_wider_one_holds_is_known() -> None:
    wide = orders('- {id: web, known_as: [Web Shop], uses: [{contract: orders-api, elements: ["GET /orders"]}]}')
    found = merged(seen("$.id"), registry=wide)

    assert not found.new and not found.not_shown and found.uses == wide.consumer("web").uses


def test_a_name_that_nobody_has_becomes_a_key_and_the_option_stands_above_all() -> None:
    stranger = merged(Sighting("GET /orders", "a", 1, "Shop (iOS)"), registry=orders())
    named = merged(Sighting("GET /orders", "a", 1, "Shop (iOS)"), registry=orders(WEB % OLD), consumer="web")

    assert stranger.consumer.id == "shop-ios" and stranger.consumer.known_as == ("Shop (iOS)",)
    assert not stranger.registered and named.registered and named.consumer.id == "web"


def test_files_without_a_name_are_listed_unless_somebody_says_whose_they_are() -> None:
    imported = Imported((Sighting("GET /orders", "a.har", 1), Sighting("GET /orders", "a.har", 2)))

    assert nameless(imported, None) == ("a.har",) and nameless(imported, "web") == ()


@pytest.mark.parametrize(
    ("declared", "shown"),
    [
        ("Order", "Order.total"),
        ("acme.v1.Order", "acme.v1.Order.total"),
        ("/orders", "GET /orders 200:$.id"),
        ("**", "GET /orders 200:$.id"),
        ("GET /orders 2XX:$.customer", "GET /orders 200:$.customer.email"),
        ("OrderCreated:$.a", "OrderCreated:$.a.b"),
    ],
)
def test_whatever_holds_an_element_makes_it_known(declared: str, shown: str) -> None:
    registry = orders(f'- {{id: web, uses: [{{contract: orders-api, elements: ["{declared}"]}}]}}')
    found = merged(Sighting(shown, "a", 1, "web"), registry=registry)

    assert [one.element for one in found.known] == [shown] and not found.not_shown
