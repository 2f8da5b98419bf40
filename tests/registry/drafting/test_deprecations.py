"""What a contract marks as deprecated is found at the addresses that findings have, in every format."""

from __future__ import annotations

import pytest

from bot.contracts.document import Document, Side
from bot.registry.drafting.deprecations import deprecations


def side(path: str, text: str, **others: str) -> Side:
    documents = {path: Document(path, "a", text.encode())}
    documents |= {f"{name}.yaml": Document(f"{name}.yaml", name, body.encode()) for name, body in others.items()}
    return Side(path, documents)


OPENAPI = """\
openapi: 3.0.3
info: {title: Orders, version: "1"}
paths:
  /orders:
    get:
      deprecated: true
      x-sunset: "2027-01-01"
      parameters:
        - {name: page, in: query, deprecated: true, schema: {type: integer}}
      responses:
        "200":
          description: ok
          content:
            application/json:
              schema: {$ref: "#/components/schemas/Order"}
components:
  schemas:
    Order:
      type: object
      properties:
        deprecated: {type: boolean}
        old: {type: string, deprecated: true}
        part: {$ref: "part.yaml"}
"""
PART = "type: object\nproperties:\n  gone:\n    type: string\n    deprecated: true\n"


def test_operations_parameters_and_properties_of_openapi_with_their_lines() -> None:
    found = deprecations("openapi", side("api.yaml", OPENAPI, part=PART)).listed
    assert {(one.element, f"{one.position.path}:{one.position.line}", one.sunset) for one in found} == {
        ("GET /orders", "api.yaml:6", "2027-01-01"),
        ("GET /orders query:page", "api.yaml:9", ""),
        ("GET /orders 200:$.old", "api.yaml:22", ""),
        ("GET /orders 200:$.part.gone", "part.yaml:5", ""),
    }


def test_what_many_places_feel_is_left_to_a_person() -> None:
    paths = "".join(
        f"  /a{n}:\n    get:\n      responses:\n        '200':\n          description: ok\n          content:\n"
        "            application/json:\n              schema: {$ref: '#/components/schemas/Order'}\n"
        for n in range(25)
    )
    head, _, components = OPENAPI.partition("paths:\n")
    text = head + "paths:\n" + paths + components[components.index("components:") :]
    found = deprecations("openapi", side("api.yaml", text, part=PART))
    assert found.listed == ()
    assert [(position.path, position.line) for position in found.shared][-1] == ("part.yaml", 5)


@pytest.mark.parametrize(
    "format, path, text, elements",
    [
        (
            "graphql",
            "a.graphql",
            'type Query { a: Int @deprecated b: Int @deprecated(reason: "use c (please)") c(x: Int): Int }',
            ["Query.a", "Query.b"],
        ),
        (
            "protobuf",
            "a.proto",
            'syntax = "proto3";\npackage p.v1;\nmessage M { string a = 1 [deprecated = true]; }\n'
            "service S { rpc Get(M) returns (M) { option deprecated = true; } }\n",
            ["p.v1.M.a", "p.v1.S.Get"],
        ),
        (
            "json-schema",
            "a.json",
            '{"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "A", "type": "object",'
            ' "properties": {"a": {"type": "string", "deprecated": true}}}',
            ["A:$.a"],
        ),
    ],
)
def test_other_formats(format: str, path: str, text: str, elements: list[str]) -> None:
    assert [one.element for one in deprecations(format, side(path, text)).listed] == elements


def test_what_cannot_be_read_marks_nothing() -> None:
    assert deprecations("openapi", side("api.yaml", "openapi: 3.0.0\ndeprecated: true\npaths: [")).listed == ()
