"""Parameters, bodies, responses, headers, security, servers."""

from __future__ import annotations

import pytest

from tests.contracts.openapi.build import changes, felt


def operation(inside: str, rest: str = "") -> str:
    return f"paths: {{/a: {{post: {{{inside}}}}}}}\n{rest}"


PAGE = "components: {parameters: {Page: {name: page, in: query, %s schema: {type: integer}}}}"
USED = "{parameters: [{$ref: '#/components/parameters/Page'}]}"


def test_an_edit_of_a_shared_parameter_is_one_change_with_every_operation_as_place() -> None:
    of_path = "{parameters: [{$ref: '#/components/parameters/Page'}], get: {}}"
    paths = f"paths: {{/a: {{get: {USED}, post: {USED}}}, /b: {of_path}}}\n"

    (change,) = changes(paths + PAGE % "", paths + PAGE % "required: true,")

    assert change.fact == "parameter.required.added"
    assert [p.address for p in change.places] == ["GET /a query:page", "GET /b query:page", "POST /a query:page"]
    assert change.element == "parameters.Page:$.required"


def test_an_operation_overrides_the_parameters_of_its_path() -> None:
    before = (
        "paths: {/a: {parameters: [{name: q, in: query, required: true}], get: {parameters: [{name: q, in: query}]}}}"
    )
    after = "paths: {/a: {parameters: [{name: q, in: query}], get: {parameters: [{name: q, in: query}]}}}"

    assert felt(before, after) == set()


def test_moving_a_parameter_from_the_operations_to_the_path_is_no_change() -> None:
    before = "paths: {/a: {get: {parameters: [{name: q, in: query}]}}}"
    after = "paths: {/a: {parameters: [{name: q, in: query}], get: {}}}"

    assert felt(before, after) == set()


def test_inline_and_shared_parameters_are_the_same() -> None:
    before = operation("parameters: [{name: page, in: query, schema: {type: integer}}]")
    after = operation("parameters: [{$ref: '#/components/parameters/Page'}]", PAGE % "")

    assert felt(before, after) == set()


def test_header_names_do_not_care_about_case() -> None:
    assert (
        felt(
            operation("parameters: [{name: X-Shop, in: header}]"), operation("parameters: [{name: x-shop, in: header}]")
        )
        == set()
    )


def test_header_parameters_that_openapi_ignores_are_ignored() -> None:
    assert felt(operation(""), operation("parameters: [{name: Authorization, in: header, required: true}]")) == set()


def test_defaults_of_style_and_explode_say_nothing() -> None:
    assert (
        felt(
            operation("parameters: [{name: q, in: query}]"),
            operation("parameters: [{name: q, in: query, style: form, explode: true}]"),
        )
        == set()
    )


def test_a_name_with_characters_of_the_grammar_is_quoted() -> None:
    assert felt(operation(""), operation("parameters: [{name: 'filter[a.b]', in: query}]")) == {
        ("parameter.added", "POST /a query:'filter[a.b]'")
    }


def test_a_parameter_described_by_a_media_type_is_compared() -> None:
    text = "parameters: [{name: q, in: query, content: {application/json: {schema: {type: %s}}}}]"

    assert felt(operation(text % "string"), operation(text % "integer")) == {("schema.type.changed", "POST /a query:q")}


def body(inside: str) -> str:
    return operation(f"requestBody: {{{inside}}}")


@pytest.mark.parametrize(
    ("before", "after", "facts"),
    [
        ("Application/JSON: {}", "application/json: {}", set()),
        ("'a/b; x=1;y=2': {}", "'a/b;y=2; X=1': {}", set()),
        ("a/json: {}", "a/xml: {}", {"media_type.removed", "media_type.added"}),
        ("application/json: {}", "application/problem+json: {}", {"media_type.renamed"}),
        ("text/json: {}", "application/json: {}", {"media_type.removed", "media_type.added"}),
    ],
)
def test_media_types_of_responses_are_matched_by_what_they_are(before: str, after: str, facts: set[str]) -> None:
    one, other = (operation(f"responses: {{'200': {{content: {{{text}}}}}}}") for text in (before, after))

    assert {fact for fact, _ in felt(one, other)} == facts


def test_a_server_reads_media_types_to_the_letter() -> None:
    found = felt(body("content: {application/json: {}}"), body("content: {application/problem+json: {}}"))

    assert {fact for fact, _ in found} == {"media_type.removed", "media_type.added"}


def test_bodies_are_compared_under_a_renamed_media_type() -> None:
    text = "responses: {'200': {content: {%s: {schema: {type: %s}}}}}"

    found = felt(operation(text % ("a/json", "string")), operation(text % ("a/vnd.x+json", "integer")))

    assert ("schema.type.changed", "POST /a 200:$") in found


def test_addresses_of_bodies_and_headers() -> None:
    schema = "{schema: {properties: {n: {type: %s}}}}"
    text = "responses: {'200': {headers: {X-N: {schema: {type: %s}}}, content: {a/b: " + schema + "}}}"

    assert felt(operation(text % ("string", "string")), operation(text % ("integer", "integer"))) == {
        ("schema.type.changed", "POST /a 200.header:X-N"),
        ("schema.type.changed", "POST /a 200:$.n"),
    }


def responses(inside: str) -> str:
    return operation(f"responses: {{{inside}}}")


@pytest.mark.parametrize(
    ("before", "after", "facts"),
    [
        ("'200': {}", "2XX: {}", {("response.added", "POST /a 2XX")}),
        ("2XX: {}", "'200': {}, '201': {}", {("response.added", "POST /a 200"), ("response.added", "POST /a 201")}),
        (
            "'200': {}",
            "'201': {}, default: {}",
            {
                ("response.removed", "POST /a 200"),
                ("response.added", "POST /a 201"),
                ("response.added", "POST /a default"),
            },
        ),
        ("'200': {}", "default: {}", {("response.added", "POST /a default")}),
        ("4xx: {}", "4XX: {}", set()),
    ],
)
def test_ranges_and_default_stand_for_what_they_cover(before: str, after: str, facts: set[tuple[str, str]]) -> None:
    assert felt(responses(before), responses(after)) == facts


def test_the_bodies_of_a_status_and_the_range_that_covers_it_are_compared() -> None:
    text = "%s: {content: {a/b: {schema: {type: %s}}}}"

    found = felt(responses(text % ("'200'", "string")), responses(text % ("2XX", "integer")))

    assert ("schema.type.changed", "POST /a 200:$") in found


def test_a_default_that_is_the_only_answer_is_success() -> None:
    (change,) = changes(responses("default: {}, '404': {}"), responses("'404': {}"))

    assert change.places[0].attributes["status_class"] == "success"


SCHEMES = "components: {securitySchemes: {k: {type: apiKey, in: header, name: K}, o: {type: oauth2, flows: {}}}}"


def security(requirement: str, root: str = "") -> str:
    own = f"security: {requirement}" if requirement else ""
    return operation(own, f"{SCHEMES}\n{root}")


@pytest.mark.parametrize(
    ("before", "after", "fact"),
    [
        ("", "[{k: []}]", "security.required"),
        ("[{}, {k: []}]", "[{k: []}]", "security.required"),
        ("[{k: []}]", "[]", "security.lifted"),
        ("[{k: []}]", "[{k: []}, {o: [r]}]", "security.alternative.added"),
        ("[{k: []}, {o: [r]}]", "[{o: [r]}]", "security.alternative.removed"),
        ("[{k: []}]", "[{k: [], o: [r]}]", "security.alternative.removed"),
        ("[{k: [], o: [r]}]", "[{o: [r]}]", "security.alternative.added"),
        ("[{o: [r]}]", "[{o: [r, w]}]", "security.scope.added"),
        ("[{o: [r, w]}]", "[{o: [r]}]", "security.scope.removed"),
        ("[{k: []}, {o: [r]}]", "[{o: [r]}, {k: []}]", None),
    ],
)
def test_security_is_judged_by_who_is_still_let_in(before: str, after: str, fact: str | None) -> None:
    assert {f for f, _ in felt(security(before), security(after))} == ({fact} if fact else set())


def test_the_documents_security_counts_where_an_operation_says_nothing() -> None:
    paths = "paths: {/a: {get: {}, post: {security: [{k: []}]}}}\n"

    (change,) = changes(paths + SCHEMES, paths + SCHEMES + "\nsecurity: [{k: []}]")

    assert (change.fact, [p.address for p in change.places]) == ("security.required", ["GET /a"])


def test_saying_the_documents_security_at_the_operation_is_no_change() -> None:
    assert felt(security("", "security: [{k: []}]"), security("[{k: []}]", "security: [{k: []}]")) == set()


def test_a_changed_scheme_is_felt_where_it_is_used() -> None:
    paths = "paths: {/a: {get: {security: [{k: []}]}, post: {}}}\n"
    text = paths + "components: {securitySchemes: {k: {type: apiKey, in: header, name: %s}}}"

    (change,) = changes(text % "K", text % "L")

    assert [(p.address, p.attributes["used"]) for p in change.places] == [("GET /a", True)]


def test_a_trailing_slash_of_a_server_says_nothing() -> None:
    assert felt("servers: [{url: 'https://a.test'}]", "servers: [{url: 'https://a.test/'}]") == set()


@pytest.mark.parametrize(
    ("before", "after", "bump"),
    [
        ("1.2.3", "2.0.0", "major"),
        ("1.2", "1.3", "minor"),
        ("v1.2.3", "v1.2.4", "patch"),
        ("2.0.0", "1.9.9", "decreased"),
        ("1.0.0-rc.1", "1.0.0", "same"),
        ("2026-01", "next", "other"),
    ],
)
def test_versions_move_by_their_numbers(before: str, after: str, bump: str) -> None:
    (change,) = changes(f"info: {{title: t, version: '{before}'}}", f"info: {{title: t, version: '{after}'}}")

    assert (change.fact, change.attributes["bump"]) == ("info.version.changed", bump)


def test_two_headers_removed_from_a_shared_response_are_two_changes() -> None:
    paths = "paths: {/a: {get: {responses: {'200': {$ref: '#/components/responses/R'}}}}}\n"
    text = paths + "components: {responses: {R: {description: r%s}}}"

    found = changes(text % ", headers: {A: {}, B: {}}", text % "")

    assert sorted(c.element for c in found) == ["responses.R:$.headers.A", "responses.R:$.headers.B"]


def test_the_same_edit_in_two_headers_of_a_shared_response_is_two_changes() -> None:
    paths = "paths: {/a: {get: {responses: {'200': {$ref: '#/components/responses/R'}}}}}\n"
    text = paths + "components: {responses: {R: {headers: {A: {schema: {type: %s}}, B: {schema: {type: %s}}}}}}"

    found = changes(text % ("string", "string"), text % ("integer", "integer"))

    assert sorted(c.element for c in found) == ["responses.R.header.A:$", "responses.R.header.B:$"]
