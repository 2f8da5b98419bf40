"""Which values matter, and which keys are data, by the rules of versions 2 to 4."""

from __future__ import annotations

from typing import Any

import pytest

from bot.registry.importers.pact.matching import Rules
from tests.registry.importers.pact.reading import http, pact, used

READ = "GET /orders/{id} 200:"


def body(value: Any, rules: Any) -> dict[str, bool]:
    """What is read of a response with these rules, and whether it is exact."""
    found = used(pact(http({"status": 200, "body": value, "matchingRules": rules})))
    return {one.removeprefix(READ): exact for one, exact in found.items() if one.startswith(READ)}


def every(*matchers: dict[str, Any]) -> dict[str, Any]:
    return {"combine": "AND", "matchers": list(matchers)}


@pytest.mark.parametrize(
    "kind", ["type", "number", "integer", "decimal", "boolean", "regex", "include", "null", "date"]
)
def test_any_matcher_but_equality_says_that_the_value_does_not_matter(kind: str) -> None:
    assert body({"a": 1, "b": 1}, {"$.body.a": {"match": kind}}) == {"$.a": False, "$.b": True}
    assert body({"a": 1, "b": 1}, {"body": {"$.a": every({"match": kind})}}) == {"$.a": False, "$.b": True}


def test_equality_says_that_it_does() -> None:
    assert body({"a": 1}, {"body": {"$.a": every({"match": "equality"})}}) == {"$.a": True}


def test_a_type_holds_for_everything_below_and_equality_ends_it() -> None:
    rules = {"$.body.a": {"match": "type"}, "$.body.a.id": {"match": "equality"}, "$.body.b": {"match": "regex"}}
    assert body({"a": {"id": 1, "n": {"x": 1}}, "b": {"c": 1}}, rules) == {
        "$.a.id": True,
        "$.a.n.x": False,
        "$.b.c": True,
    }


def test_of_two_rules_that_reach_a_value_the_one_with_more_names_counts() -> None:
    rules = {"body": {"$.a.*": every({"match": "type"}), "$.a.id": every({"match": "equality"})}}
    assert body({"a": {"id": 1, "n": 1}}, rules) == {"$.a.id": True, "$.a.n": False}


def test_rules_of_items_are_by_position_or_for_all() -> None:
    rules = {"$.body[*].a": {"match": "type"}, "$.body[0].b": {"match": "type"}, "$.body[1].c": {"match": "type"}}
    assert body([{"a": 1, "b": 1, "c": 1}], rules) == {"$[*].a": False, "$[*].b": False, "$[*].c": True}


def test_early_files_leave_the_word_match_out() -> None:
    rules = {"$.body.a": {"min": 1}, "$.body.b": {"regex": "x"}}
    assert body({"a": [1], "b": "x", "c": 1}, rules) == {"$.a[*]": False, "$.b": False, "$.c": True}


def test_names_may_be_quoted_in_either_way() -> None:
    rules = {"$['body']['odd.name']": {"match": "type"}, '$["body"]["it\'s"]': {"match": "type"}}
    assert body({"odd.name": 1, "it's": 1}, rules) == {"$['odd.name']": False, r"$['it\'s']": False}


def test_rules_of_version_2_within_version_3_and_drafts_of_it_are_understood() -> None:
    assert body({"a": 1}, {"$.body.a": [{"match": "type"}]}) == {"$.a": False}
    assert body({"a": 1}, {"body": {"$.a": {"match": "type"}}}) == {"$.a": False}
    assert body({"a": 1}, {"content": {"$.a": every({"match": "type"})}}) == {"$.a": False}


@pytest.mark.parametrize("kind", ["eachKey", "eachValue", "values"])
def test_keys_that_are_data_are_a_wildcard(kind: str) -> None:
    rules = {"body": {"$.prices": every({"match": kind, "rules": [{"match": "type"}]})}}
    found = body({"prices": {"EUR": {"n": 1}, "USD": {"n": 2}}}, rules)
    assert found == {"$.prices.{*}.n": kind == "eachKey"}


def test_a_star_for_any_field_is_no_wildcard() -> None:
    assert body({"a": {"b": 1}}, {"$.body.a.*": {"match": "type"}}) == {"$.a.b": False}


def test_variants_of_an_array_have_rules_of_their_own() -> None:
    variants = [{"index": 0, "rules": {"$.rel": every({"match": "type"})}}, {"index": 1, "rules": {}}]
    rules = {"body": {"$.links": every({"match": "arrayContains", "variants": variants})}}
    assert body({"links": [{"rel": "a"}, {"href": "b"}]}, rules) == {"$.links[*].rel": False, "$.links[*].href": True}


@pytest.mark.parametrize(
    "rules",
    [
        {"$.headers.X-Tenant": {"match": "type"}, "$.query.page": {"match": "type"}},
        {"$.header['X-Tenant']": {"match": "type"}, "$.query.page[0]": {"match": "type"}},
        {"header": {"x-tenant": every({"match": "type"})}, "query": {"page": every({"match": "type"})}},
        {"header": {"X-Tenant[0]": every({"match": "type"})}, "query": {"$.page[0]": every({"match": "type"})}},
        {"header": {"$['X-Tenant'][0]": every({"match": "type"})}, "query": {"page[*]": every({"match": "type"})}},
    ],
)
def test_headers_and_parameters_have_rules_too(rules: Any) -> None:
    sent = {"headers": {"X-Tenant": "a", "X-Other": "b"}, "query": {"page": ["1"], "other": ["1"]}}
    found = used(pact(http({"status": 200}, matchingRules=rules, **sent)))
    shown = {one.rpartition(":")[2]: exact for one, exact in found.items() if "header:" in one or "query:" in one}
    assert shown == {"X-Tenant": False, "X-Other": True, "page": False, "other": True}


@pytest.mark.parametrize(
    "written",
    [
        None,
        1,
        [],
        {"body": 1},
        {"$.": {}},
        {"$x": {"match": "type"}},
        {"body": {"a": None, "$[": {}}},
        {"$.body.a": {"match": 3}},
        {"status": {"matchers": [{"match": "statusCode", "status": {}}]}},
        {"what": {}},
    ],
)
def test_rules_that_mean_nothing_are_passed_over(written: Any) -> None:
    rules = Rules(written)
    assert rules.exact("body", ("b",)) and not rules.has_data_keys("body", ("b",)) and rules.statuses == ()
