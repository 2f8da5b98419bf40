"""HTTP interactions of every version, and every quirk that real files have."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from bot.registry.importers.imported import Question
from bot.registry.importers.kinds import import_evidence
from bot.registry.importers.pact import shown
from tests.registry.importers.pact.reading import document, http, imported, known, pact, used

READ = "GET /orders/{id} 200:"
ID = {"GET /orders/{id} path:id": False}


def test_what_is_sent_and_what_is_read_are_elements_of_the_operation() -> None:
    body = {"id": 17, "customer": {"email": "a@b.c"}, "lines": [{"sku": "a"}, {"sku": "b", "odd.name": 1}]}
    response = {"status": 200, "headers": {"etag": "x", "Content-Type": "application/json"}, "body": body}
    sent = {"headers": {"x-tenant": "t", "Accept": "*/*", "Content-Type": "a/b", "Cookie": "sid=1; theme=dark"}}
    assert used(pact(http(response, **sent))) == {
        **ID,
        "GET /orders/{id} header:X-Tenant": True,
        "GET /orders/{id} cookie:sid": False,
        "GET /orders/{id} cookie:theme": False,
        "GET /orders/{id} 200.header:ETag": True,
        f"{READ}$.id": True,
        f"{READ}$.customer.email": True,
        f"{READ}$.lines[*].sku": True,
        f"{READ}$.lines[*]['odd.name']": True,
    }


def test_each_sighting_has_the_line_of_the_name_and_the_consumer() -> None:
    file = pact(http({"status": 200, "body": {"id": 1, "total": {"amount": 2}}}))
    lines = document(file).data.decode().splitlines()
    for one in imported(file).used:
        assert (one.path, one.consumer) == ("pacts/web.json", "checkout-web")
        name = one.element.rpartition(".")[2] if "200:" in one.element else "path"
        assert f'"{name}"' in lines[one.line - 1]


def test_concrete_paths_go_before_templates_and_the_servers_path_is_taken_off() -> None:
    assert set(used(pact(http({"status": 200}, path="/orders/mine")))) == {"GET /orders/mine 200"}
    assert set(used(pact(http({"status": 200}, path="/v1/orders/17")))) == {*ID, "GET /orders/{id} 200"}


def test_a_path_the_contract_lacks_stays_concrete_and_is_said_with_its_line() -> None:
    found = imported(pact(http({"status": 200}, path="/carts/9")))
    assert [one.element for one in found.used] == ["GET /carts/9 200"]
    assert found.problems == (
        "pacts/web.json:13: `GET /carts/9` is no operation of the contract, so it stays as it was sent.",
    )
    assert not found.complete


def test_without_a_contract_paths_stay_concrete_and_that_is_one_problem() -> None:
    found = shown(Question("openapi"), {"p.json": document(pact(http({"body": {"a": 1}}), http(path="/x")), "p.json")})
    assert [one.element for one in found.used] == ["GET /orders/17 200:$.a", "GET /x 200"]
    assert len(found.problems) == 1 and "not at hand" in found.problems[0]


@pytest.mark.parametrize(
    "query",
    ["page=2&ids=1&ids=2", "?page=&ids=1", {"page": ["2"], "ids": ["1", "2"]}, {"page": "2", "ids[]": ["1"]}],
)
def test_a_query_is_a_text_or_a_mapping(query: Any) -> None:
    assert used(pact(http({"status": 200}, path="/orders", query=query))) == {
        "GET /orders query:page": True,
        "GET /orders query:ids": True,
        "GET /orders 200": False,
    }


def test_a_request_body_shows_the_fields_that_the_consumer_sends() -> None:
    found = used(
        pact(http({"status": 201}, method="POST", path="/orders", body={"lines": [{"sku": "a"}], "note": None}))
    )
    assert found == {
        "POST /orders request:$.lines[*].sku": True,
        "POST /orders request:$.note": True,
        "POST /orders 201": False,
    }


def test_a_form_has_fields_like_an_object() -> None:
    headers = {"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"}
    found = used(pact(http({"status": 201}, method="POST", path="/orders", headers=headers, body="sku=a&n=1")))
    assert {"POST /orders request:$.sku", "POST /orders request:$.n"} <= found.keys()


@pytest.mark.parametrize(
    "body",
    [
        "<order/>",
        {"content": "AAEC/w==", "contentType": "application/octet-stream", "encoded": "base64"},
        {"content": "<a/>", "contentType": "application/xml", "encoded": False},
    ],
)
def test_a_body_without_names_may_be_read_anywhere(body: Any) -> None:
    assert used(pact(http({"status": 200, "body": body}))) == {**ID, "GET /orders/{id} 200": False}


@pytest.mark.parametrize(
    "body",
    [
        {"content": {"id": 1}, "contentType": "application/json", "encoded": False},
        {"content": base64.b64encode(b'{"id": 1}').decode(), "contentType": "application/json", "encoded": "base64"},
        {"content": '{"id": 1}', "contentType": "application/vnd.acme+json", "encoded": "JSON"},
        {"content": {"id": 1}, "contentType": "*/*"},
        {"id": 1},
    ],
)
def test_contents_are_unwrapped_and_decoded(body: Any) -> None:
    assert used(pact({"type": "Synchronous/HTTP", **http({"status": 200, "body": body})})) == {
        **ID,
        f"{READ}$.id": True,
    }


def test_before_version_4_a_document_may_have_fields_that_are_called_like_the_wrappers() -> None:
    page = {"content": "<p>", "contentType": "text/html"}
    assert used(pact(http({"status": 200, "body": page}))) == {
        **ID,
        f"{READ}$.content": True,
        f"{READ}$.contentType": True,
    }


@pytest.mark.parametrize("status", [404, "404"])
def test_an_expected_error_is_a_use_and_a_hint_of_what_is_assumed(status: Any) -> None:
    file = pact({**http({"status": status, "body": {"code": "gone"}}), "providerState": "order 17 was deleted"})
    assert "GET /orders/{id} 404:$.code" in used(file)
    hints = imported(file).hints
    assert [(one.aspect, one.at, one.statement) for one in hints] == [
        ("failure", "GET /orders/{id}", "order 17 was deleted"),
        ("failure", "GET /orders/{id} 404", "answers 404: an order"),
    ]
    assert all(one.line > 1 and one.consumer == "checkout-web" for one in hints)


@pytest.mark.parametrize(
    "said",
    [
        {"providerState": "an order exists"},
        {"provider_state": "an order exists"},
        {"providerStates": [{"name": "an order exists", "params": {"secret": "s3cr3t"}}]},
        {"providerStates": ["an order exists"]},
        {"providerStates": "an order exists"},
    ],
)
def test_provider_states_are_hints_without_their_values(said: dict[str, Any]) -> None:
    found = imported(pact({**http({"status": 200}), **said}))
    assert [(one.aspect, one.at, one.statement) for one in found.hints] == [
        ("meaning", "GET /orders/{id}", "an order exists")
    ]
    assert "s3cr3t" not in repr(found)


@pytest.mark.parametrize(
    ("allowed", "statuses"),
    [
        ("success", {"200"}),
        ("clientError", {"4XX"}),
        ("error", {"4XX"}),
        ([200, 404], {"200", "404"}),
        ([299], {"default"}),
    ],
)
def test_a_status_matcher_widens_to_what_the_contract_knows(allowed: Any, statuses: set[str]) -> None:
    rules = {"status": {"matchers": [{"match": "statusCode", "status": allowed}]}}
    found = used(pact(http({"status": 200, "body": {"id": 1}, "matchingRules": rules})))
    wanted = {"2XX" if one == "200" and isinstance(allowed, str) else one for one in statuses}
    assert found.keys() - ID.keys() == {f"GET /orders/{{id}} {one}:$.id" for one in wanted}


def test_pending_interactions_are_recorded_and_not_counted() -> None:
    waiting = {**http({"status": 200, "body": {"id": 1, "new": 2}}), "pending": True}
    found = {one.element: one.pending for one in imported(pact(waiting, http({"body": {"id": 1}}))).used}
    assert (found[f"{READ}$.new"], found[f"{READ}$.id"]) == (True, False)


def test_rubys_wrappers_are_no_fields_and_say_how_values_match() -> None:
    def term(value: Any) -> dict[str, Any]:
        return {"json_class": "Pact::Term", "data": {"generate": value, "matcher": {"json_class": "Regexp", "s": "."}}}

    like = {"json_class": "Pact::SomethingLike", "contents": {"email": "a@b.c", "phone": term("1")}}
    each = {"json_class": "Pact::ArrayLike", "min": 1, "contents": {"sku": "a", "tags": [term("x")]}}
    deep = {"json_class": "Pact::SomethingLike", "contents": each}
    file = pact(http({"status": 200, "body": {"customer": like, "lines": each, "more": deep, "status": "open"}}))
    file["interactions"][0]["request"]["path"] = term("/orders/17")
    assert used(file) == {
        **ID,
        f"{READ}$.customer.email": False,
        f"{READ}$.customer.phone": False,
        f"{READ}$.lines[*].sku": False,
        f"{READ}$.lines[*].tags[*]": False,
        f"{READ}$.more[*].sku": False,
        f"{READ}$.more[*].tags[*]": False,
        f"{READ}$.status": True,
    }
    lines = document(file).data.decode().splitlines()
    at = {one.element: lines[one.line - 1].strip() for one in imported(file).used}
    assert at[f"{READ}$.customer.email"].startswith('"email"')
    assert at[f"{READ}$.customer.phone"].startswith('"generate"')
    assert at[f"{READ}$.lines[*].sku"].startswith('"sku"')
    assert at[f"{READ}$.more[*].tags[*]"].startswith('"generate"')


def test_an_empty_or_absent_body_says_nothing_of_what_is_read() -> None:
    assert used(pact(http({"status": 200}))) == {**ID, "GET /orders/{id} 200": False}
    assert used(pact(http({"status": 200, "body": None}))) == {**ID, "GET /orders/{id} 200": False}
    assert used(pact({**http(), "response": None})) == {**ID, "GET /orders/{id}": False}


def test_messages_are_passed_over_for_an_http_contract() -> None:
    async_one = {"type": "Asynchronous/Messages", "description": "x", "contents": {"content": {"a": 1}}}
    found = imported(pact(async_one, messages=[{"contents": {"a": 1}}]))
    assert (found.used, found.problems) == ((), ())


def test_an_interaction_without_a_path_is_said() -> None:
    found = imported(pact({"description": "x", "request": {"method": "GET"}, "response": {}}))
    assert found.used == ()
    assert found.problems[0].startswith("pacts/web.json:9: ") and "`path`" in found.problems[0]


def test_many_problems_are_summed_up() -> None:
    found = imported(pact(*(http(path=f"/nowhere/{n}") for n in range(50))))
    assert len(found.problems) == 21
    assert found.problems[-1] == "pacts/web.json: 30 more problems like these."


def test_a_pact_is_complete_only_when_it_says_so_and_nothing_was_lost() -> None:
    says = {"metadata": {"countersign": {"complete": True}}}
    assert not imported(pact(http())).complete
    assert imported(pact(http(), **says)).complete
    assert not imported(pact(http(path="/nowhere"), **says)).complete


def test_a_pact_that_the_registry_calls_full_is_complete_unless_something_was_lost() -> None:
    def complete(file: Any) -> bool:
        files = {"p.json": document(file, "p.json")}
        return import_evidence("pact-full", Question("openapi", known("openapi")), files).complete

    assert complete(pact(http()))
    assert not complete(pact(http(), http(path="/nowhere")))
    assert not complete(pact())


def test_a_pact_with_another_provider_is_about_another_contract() -> None:
    file = pact(http({"body": {"id": 1}}))
    assert imported(file, "openapi", known("openapi"), "orders").used
    both = {"a.json": document(file, "a.json"), "b.json": document({**file, "provider": {"name": "Stock"}}, "b.json")}
    found = shown(Question("openapi", known("openapi"), frozenset({"orders"})), both)
    assert {one.path for one in found.used} == {"a.json"} and found.problems == ()
    nothing = imported(file, "openapi", known("openapi"), "payments")
    assert nothing.used == ()
    (problem,) = nothing.problems
    assert problem.startswith("pacts/web.json:1: The pact's provider is `Orders`, not `payments`: ")
    assert '`known_as: ["Orders"]`' in problem


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"{", "pacts/web.json:1: "),
        (b"[]", "its top level is not an object"),
        (b'{"provider": {"name": "x"}}', "names no consumer"),
        (b'{"consumer": {"name": "x"}, "provider": 3}', "names no provider"),
        (b'{"consumer": 1, "consumer": 2}', "written twice"),
        (b"\xff\xfe\x00", "pacts/web.json:1: "),
        (b'{"a":' + b"[" * 5000 + b"]" * 5000 + b"}", "nests deeper"),
        (b"version https://git-lfs.github.com/spec/v1\noid", "Git LFS pointer"),
    ],
)
def test_a_file_that_is_no_pact_is_a_problem_with_file_and_line(data: bytes, said: str) -> None:
    found = imported(data)
    assert found.used == () and not found.complete
    assert len(found.problems) == 1 and said in found.problems[0]
    assert found.problems[0].startswith("pacts/web.json:")


def test_a_broken_file_does_not_hide_the_others() -> None:
    files = {"a.json": document(b"{", "a.json"), "b.json": document(pact(http({"body": {"id": 1}})), "b.json")}
    found = shown(Question("openapi", known("openapi")), files)
    assert f"{READ}$.id" in {one.element for one in found.used}
    assert len(found.problems) == 1


def test_a_contract_of_another_kind_says_that_pacts_do_not_fit() -> None:
    found = shown(Question("sql"), {"p.json": document(pact(http()), "p.json")})
    assert found.problems == ("Pacts say nothing of a contract of type `sql`: remove `kind: pact` from its evidence.",)


def test_a_large_pact_is_read_once_over() -> None:
    several = [http({"body": {f"f{n}": {"x": [json.loads("1")] * 50}}}, path=f"/orders/{n}") for n in range(2000)]
    assert len(used(pact(*several))) == 2001
