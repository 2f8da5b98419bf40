"""`/deprecate`: what is to go is announced by a line in the registry, which the command writes to commit."""

from __future__ import annotations

import pytest
import yaml

from bot.registry.model import Registry
from bot.review.decision import handles
from bot.review.people import Person
from bot.review.values import Answer
from tests.review.story import (
    AUTHOR,
    CHECKOUT_CHO,
    CHECKOUT_WEB,
    COUNCIL,
    COUNCIL_CARL,
    OWNER_OLA,
    OWNERS,
    STRANGER,
    contract,
    held,
    registry,
)


def told(command: str, person: Person = OWNER_OLA, rules: Registry | None = None) -> Answer:
    """The answer. It is 21 November 2026, and the notice is 90 days."""
    story = held(rules=rules or registry())
    story.says(person, command)
    return story.answer()


@pytest.mark.parametrize("person", [OWNER_OLA, AUTHOR, COUNCIL_CARL])
def test_who_owns_the_contract_gets_the_line_to_commit(person: Person) -> None:
    answer = told("/deprecate GET /orders sunset:2027-06-01 successor:GET /v2/orders -- too slow", person)
    assert answer.accepted and answer.is_told
    (entry,) = yaml.safe_load(answer.edit)["contracts"][0]["deprecated"]
    assert entry == {
        "at": "GET /orders",
        "since": "2026-11-21",
        "sunset": "2027-06-01",
        "successor": "GET /v2/orders",
        "note": "too slow",
    }
    contract(deprecated=(entry,))


@pytest.mark.parametrize("person", [CHECKOUT_CHO, STRANGER])
def test_nobody_else_announces_it(person: Person) -> None:
    answer = told("/deprecate GET /orders", person)
    assert not answer.accepted
    assert f"whoever owns the contract: {OWNERS} or {COUNCIL}" in answer.reason


def test_without_a_day_it_is_the_first_that_notice_and_windows_leave() -> None:
    assert 'sunset: "2027-02-19"' in told("/deprecate GET /orders").edit
    quarterly = registry(contract(deprecation={"notice": "90d", "windows": "quarterly"}))
    assert 'sunset: "2027-04-01"' in told("/deprecate GET /orders", rules=quarterly).edit


def test_a_day_within_the_notice_is_refused_with_the_first_one() -> None:
    answer = told("/deprecate GET /orders sunset:2027-01-01")
    assert not answer.accepted
    assert "`sunset:2027-02-19`" in answer.reason


def test_a_day_between_windows_says_when_it_really_goes() -> None:
    rules = registry(contract(deprecation={"notice": "90d", "windows": "monthly"}))
    assert "stays until 2027-06-01" in told("/deprecate GET /orders sunset:2027-05-12", rules=rules).reason


def test_what_is_announced_already_is_moved_and_not_announced_twice() -> None:
    rules = registry(contract(deprecated=({"at": "GET /orders", "sunset": "2027-01-01"},)))
    answer = told("/deprecate GET /orders", rules=rules)
    assert not answer.accepted
    assert "/extend GET /orders to:" in answer.reason


def test_a_successor_is_asked_for_where_the_contract_asks_for_one() -> None:
    rules = registry(contract(deprecation={"require": ["successor"]}))
    assert "add `successor:`" in told("/deprecate GET /orders", rules=rules).reason
    assert told("/deprecate GET /orders successor:GET /v2/orders", rules=rules).accepted


def test_of_several_contracts_one_is_named() -> None:
    rules = Registry(contracts=(contract(), contract(id="orders-v2")), consumers=(CHECKOUT_WEB,))
    assert "`contract:orders-api` or `contract:orders-v2`" in told("/deprecate GET /orders", rules=rules).reason
    assert "id: orders-v2" in told("/deprecate GET /orders contract:orders-v2", rules=rules).edit
    assert "not in the registry" in told("/deprecate GET /orders contract:orders-v3", rules=rules).reason


def test_who_owns_a_contract_that_the_pull_request_does_not_touch_is_known_too() -> None:
    rules = Registry(contracts=(contract(), contract(id="other", owner="@acme/others")), consumers=(CHECKOUT_WEB,))
    story = held(rules=rules)
    assert "@acme/others" not in handles(story.impacts, rules, story.publications, story.comments)
    story.says(OWNER_OLA, "/deprecate GET /orders contract:other")
    assert "@acme/others" in handles(story.impacts, rules, story.publications, story.comments)
