"""Paths, operations, webhooks and callbacks."""

from __future__ import annotations

import pytest

from bot.contracts.openapi.operations import same_paths
from tests.contracts.openapi.build import changes, comparison, felt

GET = "paths: {/a: {get: {%s responses: {'200': {description: OK}}}}}"


def test_templates_that_rename_a_parameter_are_the_same_path() -> None:
    assert same_paths(["/a/{x}/b/{y}", "/c"], ["/c", "/a/{u}/b/{v}"]) == {"/a/{x}/b/{y}": "/a/{u}/b/{v}", "/c": "/c"}
    assert same_paths(["/a/{x}", "/a/{y}"], ["/a/{y}", "/a/{z}"]) == {"/a/{y}": "/a/{y}", "/a/{x}": "/a/{z}"}
    assert same_paths(["/a/{x}"], ["/a/x"]) == {}


def test_a_renamed_path_parameter_is_still_compared() -> None:
    path = "paths: {'/a/{%s}': {get: {parameters: [{name: %s, in: path, required: true, schema: {type: %s}}]}}}"

    found = felt(path % ("x", "x", "string"), path % ("y", "y", "integer"))

    assert {fact for fact, _ in found} == {"parameter.renamed", "schema.type.changed"}
    assert {address for _, address in found} == {"GET /a/{y} path:y"}


def test_a_path_that_goes_is_said_for_each_of_its_operations() -> None:
    before = "paths: {/a: {get: {responses: {}}, post: {responses: {}}}}"

    assert felt(before, "paths: {}") == {("operation.removed", "GET /a"), ("operation.removed", "POST /a")}


@pytest.mark.parametrize(
    ("extra", "lifecycle"),
    [
        ("", "undeprecated"),
        ("deprecated: true,", "no_sunset"),
        ("deprecated: true, x-sunset: '2026-11-22',", "before_sunset"),
        ("deprecated: true, x-sunset: '2026-11-21',", "sunset_passed"),
        ("deprecated: true, x-sunset: '2026-11-22T00:00:00Z',", "before_sunset"),
        ("deprecated: true, x-sunset: '2026-02-30',", "invalid_sunset"),
        ("deprecated: true, x-sunset: 20261122,", "invalid_sunset"),
    ],
)
def test_a_removal_is_judged_by_its_sunset(extra: str, lifecycle: str) -> None:
    (change,) = changes(GET % extra, "paths: {}")

    assert change.attributes["lifecycle"] == lifecycle
    assert change.side == "base"


@pytest.mark.parametrize(
    ("sunset", "days", "notice"),
    [
        ("", 0, "none"),
        ("", 30, "missing"),
        ("x-sunset: '2026-11-21',", 0, "enough"),
        ("x-sunset: '2026-11-20',", 0, "too_short"),
        ("x-sunset: '2026-12-20',", 30, "too_short"),
        ("x-sunset: '2026-12-21',", 30, "enough"),
        ("x-sunset: soon,", 0, "invalid"),
    ],
)
def test_a_deprecation_leaves_notice_or_not(sunset: str, days: int, notice: str) -> None:
    (change,) = changes(GET % "", GET % f"deprecated: true, {sunset}", deprecation_days=days)

    assert (change.fact, change.attributes["notice"]) == ("operation.deprecated", notice)


def test_without_deprecation_in_time_a_contract_that_asks_for_notice_is_not_satisfied() -> None:
    (change,) = changes(GET % "deprecated: true,", "paths: {}", deprecation_days=30)

    assert change.attributes["lifecycle"] == "undeprecated"


@pytest.mark.parametrize(
    ("before", "after", "fact"),
    [
        ("2026-12-01", "2027-01-01", "operation.sunset.later"),
        ("2027-01-01", "2026-12-01", "operation.sunset.earlier"),
        ("2027-01-01", "soon", "operation.sunset.invalid"),
        ("soon", "2027-01-01", "operation.sunset.invalid"),
    ],
)
def test_a_sunset_that_moves(before: str, after: str, fact: str) -> None:
    one, other = (GET % f"deprecated: true, x-sunset: '{day}'," for day in (before, after))

    assert felt(one, other) == {(fact, "GET /a")}


def test_unstable_operations_promise_nothing() -> None:
    before = "paths: {/a: {get: {x-stability-level: alpha, responses: {'200': {description: OK}}}}}"

    assert felt(before, before.replace("'200'", "'201'")) == {("operation.unstable.changed", "GET /a")}


def test_webhooks_are_read_in_the_other_direction() -> None:
    before = "webhooks: {paid: {post: {requestBody: {content: {application/json: {schema: {type: %s}}}}}}}"

    (change,) = changes(before % "string", before % "integer")

    assert change.places[0].address == "webhook.paid request:$"
    assert change.places[0].direction == "response"
    assert change.places[0].attributes["within"] == "webhook"


def test_what_receivers_answer_to_a_webhook_is_a_request() -> None:
    before = "webhooks: {paid: {post: {responses: {'200': {content: {a/b: {schema: {type: %s}}}}}}}}"

    (change,) = changes(before % "string", before % "integer")

    assert (change.places[0].address, change.places[0].direction) == ("webhook.paid 200:$", "request")


def test_callbacks_have_addresses_below_their_operation() -> None:
    inner = "{'{$request.body#/u}': {post: {requestBody: {content: {a/b: {schema: {type: %s}}}}}}}"
    before = "paths: {/a: {post: {callbacks: {done: " + inner + "}}}}"

    (change,) = changes(before % "string", before % "integer")

    assert change.places[0].address == "POST /a callback.done.request:$"
    assert change.places[0].direction == "response"


def test_a_path_item_behind_a_reference_is_followed() -> None:
    before = "paths: {/a: {$ref: '#/components/pathItems/A'}}\ncomponents: {pathItems: {A: {get: {%s}}}}"

    assert felt(before % "responses: {'200': {}}", before % "responses: {'201': {}}") == {
        ("response.removed", "GET /a 200"),
        ("response.added", "GET /a 201"),
    }


def test_operations_beyond_the_named_methods_are_compared() -> None:
    before = "paths: {/a: {additionalOperations: {COPY: {operationId: %s}}, query: {operationId: %s}}}"

    assert felt("openapi: 3.2.0\n" + before % ("a", "b"), "openapi: 3.2.0\n" + before % ("c", "d")) == {
        ("operation.id.changed", "COPY /a"),
        ("operation.id.changed", "QUERY /a"),
    }


def test_a_keyword_nobody_knows_is_not_passed_over() -> None:
    assert felt(GET % "", GET % "reponses: {},") == {("openapi.keyword.changed", "GET /a")}


def test_what_was_broken_before_and_still_is_does_not_block() -> None:
    broken = "paths: {/a: {get: {parameters: {page: 1}, operationId: %s}}}"

    found = comparison(broken % "a", broken % "b")

    assert {c.fact for c in found.changes} == {"operation.id.changed"}
    assert found.not_checked == ("`parameters` in `GET /a` could not be read before and still can't be.",)


def test_a_reference_that_nobody_fetches_is_said_and_does_not_block() -> None:
    remote = "paths: {/a: {get: {parameters: [{$ref: 'https://x.test/p'}], operationId: %s}}}"

    found = comparison(remote % "a", remote % "b")

    assert {c.fact for c in found.changes} == {"operation.id.changed"}
    assert "https://x.test/p" in found.not_checked[0]


def test_a_reference_that_breaks_does() -> None:
    after = (
        "paths: {/a: {get: {parameters: [{$ref: '#/components/parameters/P'}], responses: {'200': {description: OK}}}}}"
    )

    (change,) = changes(GET % "", after)

    assert change.fact == "openapi.reference.unresolved"
    assert "leads to nothing" in str(change.attributes["reason"])
