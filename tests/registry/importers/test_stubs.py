"""Stubs of the three tools, and the ways in which each writes a request."""

from __future__ import annotations

from typing import Any

import pytest

from tests.registry.importers.asking import ask, contract, used

GET_ORDER = "GET /orders/{id}"


def wiremock(request: Any, response: Any = None) -> set[str]:
    imported = ask("stub", {"mappings/a.json": {"request": request, "response": response or {}}}, side=contract())
    assert not imported.problems
    return set(used(imported))


@pytest.mark.parametrize(
    "request_",
    [
        {"url": "/orders/17"},
        {"urlPath": "/orders/17"},
        {"urlPathTemplate": "/orders/{orderId}"},
        {"urlPathPattern": "/orders/[0-9a-f-]+"},
        {"urlPathPattern": r"^\/orders\/([^/]+)$"},
        {"urlPattern": r"/orders/\d+"},
        {"urlPattern": r"/orders/(.*)"},
    ],
)
def test_wiremock_s_ways_to_write_a_path_all_find_the_operation(request_: Any) -> None:
    assert wiremock({"method": "GET", **request_}, {"jsonBody": {"id": 1}}) == {
        f"{GET_ORDER} 200:$.id",
        f"{GET_ORDER} path:id",
    }


def test_wiremock_s_conditions_are_what_is_sent() -> None:
    assert wiremock(
        {
            "method": "GET",
            "urlPath": "/orders",
            "queryParameters": {"page": {"equalTo": "2"}},
            "headers": {"x-tenant": {"matches": ".*"}, "Accept": {"contains": "json"}},
            "cookies": {"session": {"absent": False}},
        }
    ) == {"GET /orders query:page", "GET /orders header:X-Tenant", "GET /orders cookie:session"}
    assert wiremock({"method": "GET", "url": "/orders?page=2"}) == {"GET /orders query:page"}
    assert wiremock({"method": "GET", "urlPattern": r"/orders\?page=\d+"}) == {"GET /orders query:page"}
    assert wiremock(
        {
            "method": "POST",
            "url": "/orders",
            "bodyPatterns": [
                {"equalToJson": '{"status": "open"}'},
                {"equalToJson": {"customer": {"name": "x"}}},
                {"matchesJsonPath": "$.items[?(@.sku == 'x')]"},
                {"matchesJsonPath": {"expression": "$.customer.email", "equalTo": "x"}},
            ],
        }
    ) == {
        "POST /orders request:$.status",
        "POST /orders request:$.customer.name",
        "POST /orders request:$.items[*].sku",
        "POST /orders request:$.customer.email",
    }


def test_a_method_of_any_is_every_method_that_there_is() -> None:
    assert wiremock({"method": "ANY", "url": "/orders"}) == {"GET /orders", "POST /orders"}


def test_what_a_stub_returns_is_read_at_its_lines() -> None:
    stubs = {
        "mappings": [
            {"request": {"method": "GET", "url": "/orders/1"}, "response": {"status": 200, "body": '{"id": 1}'}},
            {
                "request": {"method": "POST", "url": "/orders"},
                "response": {"status": 201, "jsonBody": {"items": [{"sku": 1}, {"sku": 2}]}},
            },
        ]
    }
    imported = ask("stub", {"stubs.json": stubs}, side=contract())

    assert used(imported) == {
        f"{GET_ORDER} 200:$.id": 10,
        f"{GET_ORDER} path:id": 4,
        "POST /orders 201:$.items[*].sku": 23,
    }
    assert not imported.problems and not imported.complete


def test_a_body_in_a_file_of_its_own_is_found_among_the_files() -> None:
    stub = {"request": {"method": "GET", "url": "/orders/1"}, "response": {"bodyFileName": "order.json"}}
    files = {"stubs/mappings/a.json": stub, "stubs/__files/order.json": {"status": "open"}}

    assert f"{GET_ORDER} 200:$.status" in used(ask("stub", files, side=contract()))
    alone = ask("stub", {"stubs/mappings/a.json": stub}, side=contract())
    assert alone.problems == ("`stubs/mappings/a.json`: Its body `order.json` is not among the files that were read.",)


SPRING = """\
# what checkout expects
request:
  method: GET
  urlPath: /orders/1
response:
  status: 200
  body:
    id: 1
  matchers:
    body:
      - {path: $.customer.email, type: by_regex, predefined: email}
---
ignored: true
request: {method: POST, url: /orders, body: {status: open}}
response: {status: 201}
"""


def test_spring_s_folder_names_the_consumer_and_ignored_contracts_do_not_count_yet() -> None:
    imported = ask("stub", {"src/contracts/checkout-web/get.yml": SPRING}, side=contract())

    assert used(imported) == {
        f"{GET_ORDER} 200:$.id": 8,
        f"{GET_ORDER} 200:$.customer.email": 11,
        f"{GET_ORDER} path:id": 2,
    }
    assert [(one.element, one.line) for one in imported.used if one.pending] == [("POST /orders request:$.status", 14)]
    assert {one.consumer for one in imported.used} == {"checkout-web"}
    lone = ask("stub", {"contracts/get.yml": SPRING}, side=contract())
    assert {one.consumer for one in lone.used} == {""}


def test_specmatic_s_examples_are_read_with_their_types_in_place_of_values() -> None:
    example = {
        "http-request": {"method": "GET", "path": "/orders/(id:number)", "headers": {"X-Tenant?": "(string)"}},
        "http-response": {"status": 200, "body": {"id": "(number)", "customer": {"email": "(email)"}}},
    }
    elements = {f"{GET_ORDER} 200:$.id", f"{GET_ORDER} 200:$.customer.email", f"{GET_ORDER} path:id"}
    for content in (example, {"partial": example}):
        found = set(used(ask("stub", {"orders_examples/get.json": content}, side=contract())))
        assert found == {*elements, f"{GET_ORDER} header:X-Tenant"}


@pytest.mark.parametrize(
    ("path", "content", "said"),
    [
        ("a.json", {"request": {"method": "GET", "url": "/nowhere"}, "response": {}}, "no operation of the contract"),
        ("a.json", {"name": "x"}, "no stub of a request"),
        ("a.json", [1, None], "no stub of a request"),
        ("a.json", '{"request": ', "`a.json:1`"),
        ("contracts/web/a.yml", "a: 1\n---\nrequest: {\n", "`contracts/web/a.yml:4`"),
        ("contracts/web/a.groovy", "Contract.make {}", "only JSON and YAML"),
        ("a.json", {"request": {"url": "/orders"}, "response": {"body": "{{{"}}, "can't be read"),
    ],
)
def test_what_cannot_be_followed_is_said_with_its_place(path: str, content: Any, said: str) -> None:
    assert any(said in problem for problem in ask("stub", {path: content}, side=contract()).problems)


def test_requests_tell_nothing_of_other_formats() -> None:
    imported = ask("stub", {"a.json": {}}, side=contract(), format="graphql")

    assert imported.problems == ("`a.json`: requests show what is used of a contract of type openapi, not graphql.",)
