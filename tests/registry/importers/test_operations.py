"""From recorded requests to the contract's operations and addresses."""

from __future__ import annotations

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.contracts import address
from bot.contracts.document import Document, Side
from bot.contracts.reading import read_bytes
from bot.registry.importers.operations import Operation, Operations


def operations(text: str, **others: str) -> Operations:
    """Of a contract in YAML. others: files that it refers to, by name without `.yaml`."""
    head = {"openapi": "3.1.0", "info": {"title": "t", "version": "1"}}
    whole = read_bytes("api.yaml", text.encode())
    whole = whole if "swagger" in whole else {**head, **whole}
    documents = {"api.yaml": Document("api.yaml", "", orjson.dumps(whole))}
    documents |= {f"{name}.yaml": Document(f"{name}.yaml", "", data.encode()) for name, data in others.items()}
    return Operations.of(Side("api.yaml", documents))


def scope(known: Operations, method: str, path: str) -> str | None:
    found = known.find(method, path)
    return found.scope if found is not None else None


ORDERS = """
servers: [{url: "https://api.example.com/v1"}]
paths:
  /orders: {get: {}, post: {}}
  /orders/{id}: {get: {}}
  /orders/mine: {get: {}}
  /orders/{id}/items/{item}.json: {get: {}}
  /{kind}/{id}/items: {get: {}}
  /orders/{id}/items: {get: {}}
  /café/{a}-{b}: {get: {}}
"""


@pytest.mark.parametrize(
    ("method", "path", "expected"),
    [
        ("GET", "/v1/orders", "GET /orders"),
        ("get", "/v1/orders?page=2", "GET /orders"),
        ("GET", "/orders", "GET /orders"),
        ("GET", "/v1/orders/17", "GET /orders/{id}"),
        ("GET", "/v1/orders/mine", "GET /orders/mine"),
        ("GET", "/v1/orders/a%2Fb", "GET /orders/{id}"),
        ("GET", "/v1/orders/17/items/9.json", "GET /orders/{id}/items/{item}.json"),
        ("GET", "/v1/orders/17/items", "GET /orders/{id}/items"),
        ("GET", "/v1/carts/17/items", "GET /{kind}/{id}/items"),
        ("GET", "/v1/caf%C3%A9/1-2", "GET /café/{a}-{b}"),
        ("GET", "/v1/orders/", "GET /orders"),
        ("GET", "/v1/orders/{orderId}", "GET /orders/{id}"),
        ("POST", "/v1/orders/17", None),
        ("GET", "/v1/orders/17/items/.json", None),
        ("GET", "/v1/nothing", None),
        ("GET", "/v2/orders", None),
        ("GET", "/v1", None),
        ("GET", "", None),
    ],
)
def test_a_recorded_path_finds_its_template_and_concrete_ones_go_first(
    method: str, path: str, expected: str | None
) -> None:
    assert scope(operations(ORDERS), method, path) == expected


def test_a_method_that_the_concrete_path_lacks_falls_to_the_templated_one() -> None:
    known = operations("paths: {/users/me: {get: {}}, '/users/{id}': {get: {}, delete: {}}}")
    assert scope(known, "DELETE", "/users/me") == "DELETE /users/{id}"


@pytest.mark.parametrize(
    "url", ["/api/v2", "api/v2", "./api/v2/", "//h:80/api/v2", "{host}/api/v2", "{s}://{h}/api/v2"]
)
def test_every_way_to_write_a_servers_address_has_its_path(url: str) -> None:
    assert scope(operations(f"{{servers: [{{url: '{url}'}}], paths: {{/a: {{get: {{}}}}}}}}"), "GET", "/api/v2/a")


def test_variables_of_a_server_are_their_default_or_any_segment() -> None:
    known = operations("""
        servers: [{url: "https://{region}.example.com/{base}", variables: {base: {default: api/v1}}}]
        paths: {/orders: {get: {}}}
    """)
    assert scope(known, "GET", "/api/v1/orders") == "GET /orders"
    assert scope(known, "GET", "/v2/orders") == "GET /orders"


def test_servers_of_a_path_or_operation_replace_those_of_the_document() -> None:
    known = operations("""
        servers: [{url: /v1}]
        paths:
          /a: {servers: [{url: /files}], get: {}, put: {servers: [{url: /uploads}]}}
    """)
    assert scope(known, "GET", "/files/a") == "GET /a"
    assert scope(known, "PUT", "/uploads/a") == "PUT /a"
    assert scope(known, "GET", "/v1/a") is None


def test_swaggers_base_path_is_a_prefix() -> None:
    known = operations("{swagger: '2.0', host: h, basePath: /api, schemes: [https], paths: {'/a/{id}': {get: {}}}}")
    assert scope(known, "GET", "/api/a/7") == "GET /a/{id}"


def test_path_items_in_other_files_are_followed() -> None:
    known = operations("paths: {'/a/{id}': {$ref: 'items.yaml#/a'}}", items="a: {get: {responses: {'200': {}}}}")
    found = known.find("GET", "/a/1")
    assert found is not None and found.statuses == {"200"}


def test_methods_of_openapi_3_2_are_found() -> None:
    known = operations("paths: {/a: {query: {}, additionalOperations: {COPY: {}}}}")
    assert (scope(known, "QUERY", "/a"), scope(known, "COPY", "/a")) == ("QUERY /a", "COPY /a")


SEARCH = """
paths:
  /search/{kind}:
    parameters:
      - {name: X-Tenant, in: header}
      - {name: filter, in: query, style: deepObject}
    get:
      parameters: [{name: ids, in: query}, {name: "sort[]", in: query}, {$ref: "#/components/parameters/page"}]
      responses:
        "200": {headers: {ETag: {}}}
        2xx: {}
        default: {}
components: {parameters: {page: {name: page, in: query}}}
"""


def search() -> Operation:
    found = operations(SEARCH).find("GET", "/search/orders")
    assert found is not None
    return found


def test_names_are_written_as_the_contract_writes_them() -> None:
    found = search()
    assert found.path_parameters() == ("GET /search/{kind} path:kind",)
    assert found.query("page") == "GET /search/{kind} query:page"
    assert found.query("ids[]") == "GET /search/{kind} query:ids"
    assert found.query("ids[0]") == found.query("ids[x][0]") == "GET /search/{kind} query:ids"
    assert found.query("filter[]") == "GET /search/{kind} query:filter"
    assert found.query("sort[]") == "GET /search/{kind} query:'sort[]'"
    assert found.query("filter[address][city]") == "GET /search/{kind} query:filter:$.address.city"
    assert found.query("unknown[x]") == "GET /search/{kind} query:'unknown[x]'"
    assert found.header("x-tenant") == "GET /search/{kind} header:X-Tenant"
    assert found.cookie("session") == "GET /search/{kind} cookie:session"
    assert found.request("$.a") == "GET /search/{kind} request:$.a"
    assert found.response_header(200, "etag") == "GET /search/{kind} 200.header:ETag"


def test_headers_that_openapi_describes_elsewhere_are_no_elements() -> None:
    assert [search().header(name) for name in ("Accept", "content-type", "AUTHORIZATION")] == [None] * 3
    assert search().response_header(200, "Content-Type") is None


def test_a_status_is_written_as_the_contract_writes_it() -> None:
    found = search()
    assert found.response(200) == "GET /search/{kind} 200"
    assert found.response(204) == "GET /search/{kind} 2XX"
    assert found.response(404, "$.code") == "GET /search/{kind} default:$.code"
    assert found.response("2XX") == "GET /search/{kind} 2XX"
    assert (found.knows(204), found.knows(404)) == (True, False)
    assert Operation("GET /a", statuses=frozenset({"200"})).response("2XX") == "GET /a 2XX"
    assert Operation("GET /a", statuses=frozenset({"200"})).response(404) == "GET /a 404"


def test_without_a_contract_the_reason_is_said_and_paths_stay_concrete() -> None:
    assert "not at hand" in Operations.of(None).problem
    assert Operations.of(None).find("GET", "/orders/17") is None
    assert Operation.unknown("get", "/orders/17").scope == "GET /orders/17"


def test_a_contract_that_cannot_be_read_is_a_problem_with_file_and_line() -> None:
    broken = Side("api.yaml", {"api.yaml": Document("api.yaml", "", b"openapi: 3.1.0\npaths: [")})
    assert Operations.of(broken).problem.startswith("api.yaml:2: ")
    listed = Side("api.yaml", {"api.yaml": Document("api.yaml", "", b"[1]")})
    assert "top level" in Operations.of(listed).problem
    assert Operations.of(Side("api.yaml", {}, {"api.yaml": "is a symbolic link"})).problem


@given(st.text())
def test_whatever_was_sent_an_unknown_path_is_an_address_of_its_own(path: str) -> None:
    scope = Operation.unknown("GET", path).scope
    parsed = address.parse(scope)
    assert not parsed.has_wildcards
    assert parsed.operation == parsed


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=20,
)

_PARTS = st.sampled_from(
    ["", "get", "paths", "/a/{b}", "parameters", "servers", "url", "responses", "200", "$ref", "in"]
)


@given(st.dictionaries(_PARTS, st.recursive(_JSON, lambda i: st.lists(i) | st.dictionaries(_PARTS, i), max_leaves=20)))
def test_no_contract_makes_it_raise(contract: dict[str, object]) -> None:
    data = orjson.dumps({"openapi": "3.1.0", "paths": {"/a": contract, "/b/{c}": {"get": contract}}, **contract})
    known = Operations.of(Side("api.json", {"api.json": Document("api.json", "", data)}))
    known.find("GET", "/a/b")
    assert isinstance(known.problem, str)


def test_a_template_of_many_parameters_is_matched_without_going_back() -> None:
    known = operations("paths: {'/" + "{a}b" * 200 + "': {get: {}}}")
    assert known.find("GET", "/" + "b" * 20_000) is not None
    assert known.find("GET", "/" + "b" * 20_000 + "c") is None
