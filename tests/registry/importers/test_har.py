"""Recordings: what was sent is use, what came back was offered, and no value of a recording is kept anywhere."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from tests.registry.importers.asking import ask, contract, used

SECRET = "s3cr3t-4711@example.org"


def entry(method: str, url: str, *, sent: Any = None, returned: Any = None, status: int = 200, **more: Any) -> Any:
    request: dict[str, Any] = {"method": method, "url": url, **more}
    if sent is not None:
        request["postData"] = {"mimeType": "application/json", "text": json.dumps(sent)}
    content = {"mimeType": "application/json", "text": json.dumps(returned)} if returned is not None else {}
    return {"request": request, "response": {"status": status, "content": content}}


def har(*entries: Any) -> Any:
    return {"log": {"version": "1.2", "entries": list(entries)}}


def pairs(*names: str) -> list[dict[str, str]]:
    return [{"name": name, "value": SECRET} for name in names]


def test_what_was_sent_is_use_and_what_came_back_was_only_offered() -> None:
    recording = har(
        entry("GET", "https://shop.test/orders?page=2", queryString=pairs("page"), returned=[{"id": 1, "status": "x"}]),
        entry("POST", "https://shop.test/orders", sent={"customer": {"email": SECRET}, "items": [{"sku": SECRET}]}),
        entry("get", "https://shop.test/orders/17", returned={"customer": {"email": SECRET}}),
    )
    imported = ask("har", {"web.har": recording}, side=contract())

    assert set(used(imported)) == {
        "GET /orders query:page",
        "POST /orders request:$.customer.email",
        "POST /orders request:$.items[*].sku",
        "GET /orders/{id} path:id",
    }
    assert {one.element for one in imported.used if one.offered} == {
        "GET /orders 200:$[*].id",
        "GET /orders 200:$[*].status",
        "GET /orders/{id} 200:$.customer.email",
    }
    assert not imported.complete and not imported.problems


def test_no_value_of_a_recording_survives_wherever_it_stands() -> None:
    secrets = [f"s3cr3t{number}" for number in range(20)]
    one = iter(secrets)
    returned = {"customer": {"email": next(one)}, "labels": {next(one): next(one)}, next(one): 1, "items": [next(one)]}
    recording = har(
        entry(
            "POST",
            f"https://{next(one)}:{next(one)}@shop.test/orders?{next(one)}={next(one)}#{next(one)}",
            queryString=pairs(next(one), "page", f"filter[{next(one)}]"),
            headers=pairs(next(one), "X-Tenant", "Cookie"),
            cookies=pairs(next(one), "session"),
            sent={"status": next(one), "labels": {next(one): {next(one): 1}}, "items": [{"sku": [next(one)]}]},
            returned=returned,
        ),
        entry("GET", f"https://shop.test/orders?{secrets[0]}", queryString=pairs("filter[s3cr3t]", "session")),
        entry("GET", f"https://shop.test/{secrets[0]}/{secrets[1]}", returned={secrets[0]: secrets[1]}),
        {**entry("PUT", "https://shop.test/orders"), "comment": secrets[0]},
    )
    imported = ask("har", {"web.har": recording}, side=contract(), host="shop.test")

    assert "POST /orders request:$.labels.{*}.{*}" in used(imported)
    assert "GET /orders query:filter" in used(imported)
    assert "s3cr3t" not in repr(imported)
    assert imported.problems == ("`web.har`: 2 requests to shop.test are to no operation of the contract.",)


@pytest.mark.parametrize(
    "text", ['{"log": "s3cr3t"', '{"s3cr3t": 1, "s3cr3t": 2}', '["s3cr3t"]', "s3cr3t: [", "\0s3cr3t"]
)
def test_a_broken_recording_is_told_without_its_content(text: str) -> None:
    imported = ask("har", {"web.har": text}, side=contract())

    assert not imported.used and imported.problems
    assert imported.problems[0].startswith("`web.har") and "s3cr3t" not in repr(imported)


@pytest.mark.parametrize("host", ["shop.test", "SHOP.test", "https://shop.test/orders", "shop.test:443"])
def test_requests_to_other_hosts_are_passed_over(host: str) -> None:
    recording = har(entry("GET", "https://shop.test:443/orders/1"), entry("GET", "https://other.test/orders"))

    assert set(used(ask("har", {"web.har": recording}, side=contract(), host=host))) == {"GET /orders/{id} path:id"}


def test_a_request_that_names_nothing_is_use_of_its_operation_at_its_line() -> None:
    recording = har(entry("GET", "https://shop.test/orders"))

    assert used(ask("har", {"web.har": recording}, side=contract())) == {"GET /orders": 5}


def test_forms_and_bodies_in_base64_are_read() -> None:
    form = {"mimeType": "application/x-www-form-urlencoded", "params": pairs("status", "unheard_of")}
    encoded = base64.b64encode(b'{"status": "open"}').decode()
    recording = har(
        {
            "request": {"method": "POST", "url": "https://shop.test/orders", "postData": form},
            "response": {"status": 201, "content": {"text": encoded, "encoding": "base64"}},
        }
    )
    imported = ask("har", {"web.har": recording}, side=contract())

    assert set(used(imported)) == {"POST /orders request:$.status"}
    assert [one.element for one in imported.used if one.offered] == ["POST /orders 201:$.status"]


def test_without_the_contract_nothing_is_kept_since_paths_hold_values() -> None:
    recording = har(entry("GET", f"https://shop.test/orders/{SECRET}"))
    imported = ask("har", {"web.har": recording})

    assert not imported.used and SECRET not in repr(imported)
    assert "the contract is not at hand" in imported.problems[0]


def test_a_recording_of_something_else_says_so() -> None:
    imported = ask("har", {"web.har": har(entry("GET", "https://cdn.test/logo.png"))}, side=contract())

    assert imported.problems == ("`web.har`: none of its 1 requests is to an operation of the contract.",)
