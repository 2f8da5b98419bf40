"""Swagger 2.0: read in the words of 3.0, placed in the text that was written."""

from __future__ import annotations

import hashlib
from datetime import date
from typing import Any

import pytest
import yaml

from bot.contracts.change import Change
from bot.contracts.document import Document, Side
from bot.contracts.formats import compare, recognise
from bot.contracts.options import Options

TODAY = Options(today=date(2026, 11, 21))

SWAGGER = """\
swagger: "2.0"
info: {title: Orders, version: "1"}
host: api.example.org
basePath: /v1
schemes: [https]
consumes: [application/json]
produces: [application/json]
securityDefinitions:
  key: {type: apiKey, in: header, name: X-Key}
parameters:
  Page: {name: page, in: query, type: integer}
  NewOrder: {name: order, in: body, required: true, schema: {$ref: "#/definitions/Order"}}
responses:
  Found:
    description: OK
    schema: {$ref: "#/definitions/Order"}
    headers:
      ETag: {type: string}
paths:
  /orders:
    get:
      parameters:
        - $ref: "#/parameters/Page"
        - {name: tag, in: query, type: array, items: {type: string}, collectionFormat: csv}
      responses:
        "200": {$ref: "#/responses/Found"}
    post:
      parameters:
        - $ref: "#/parameters/NewOrder"
      responses:
        "201": {$ref: "#/responses/Found"}
  /files:
    post:
      consumes: [multipart/form-data]
      parameters:
        - {name: content, in: formData, type: file, required: true}
        - {name: note, in: formData, type: string}
      responses:
        "204": {description: Stored}
definitions:
  Order:
    type: object
    properties:
      id: {type: string}
      note: {type: string, x-nullable: true}
"""

OPENAPI = """\
openapi: 3.0.3
info: {title: Orders, version: "1"}
servers: [{url: "https://api.example.org/v1"}]
paths:
  /orders:
    get:
      parameters:
        - {name: page, in: query, schema: {type: integer}}
        - {name: tag, in: query, explode: false, schema: {type: array, items: {type: string}}}
      responses:
        "200": &found
          description: OK
          headers:
            ETag: {schema: {type: string}}
          content: {application/json: {schema: {$ref: "#/components/schemas/Order"}}}
    post:
      requestBody:
        required: true
        content: {application/json: {schema: {$ref: "#/components/schemas/Order"}}}
      responses:
        "201": *found
  /files:
    post:
      requestBody:
        required: true
        content:
          multipart/form-data:
            schema:
              type: object
              required: [content]
              properties: {content: {type: string, format: binary}, note: {type: string}}
      responses:
        "204": {description: Stored}
components:
  securitySchemes:
    key: {type: apiKey, in: header, name: X-Key}
  schemas:
    Order:
      type: object
      properties:
        id: {type: string}
        note: {type: string, nullable: true}
"""


def side(text: str) -> Side:
    data = text.encode()
    return Side("api.yaml", {"api.yaml": Document("api.yaml", hashlib.sha1(data).hexdigest(), data)})


def changes(before: str, after: str) -> dict[tuple[str, str], Change]:
    found = compare("openapi", side(before), side(after), options=TODAY).changes
    return {(change.fact, change.element): change for change in found}


def edited(old: str, new: str) -> dict[tuple[str, str], Change]:
    assert old in SWAGGER
    return changes(SWAGGER, SWAGGER.replace(old, new))


def test_a_document_is_recognised_and_equal_to_itself() -> None:
    assert recognise("api.yaml", SWAGGER.encode()) == "openapi"
    assert not changes(SWAGGER, SWAGGER + "# a comment\n")


def test_moving_to_openapi_3_is_no_change_where_both_say_the_same() -> None:
    for before, after in ((SWAGGER, OPENAPI), (OPENAPI, SWAGGER)):
        assert {fact for fact, _ in changes(before, after)} == {"openapi.version.changed"}


def test_an_edit_of_a_shared_definition_is_one_change_in_its_own_line() -> None:
    found = edited("      id: {type: string}", "      id: {type: integer}")
    change = found["schema.type.changed", "Order:$.id"]

    assert [place.address for place in change.places] == [
        "GET /orders 200:$.id",
        "POST /orders 201:$.id",
        "POST /orders request:$.id",
    ]
    assert change.position is not None
    assert change.position.line == SWAGGER.splitlines().index("      id: {type: string}") + 1


@pytest.mark.parametrize(
    ("old", "new", "fact", "element", "line"),
    [
        ("in: query, type: integer", "in: query, type: string", "schema.type.changed", "parameters.Page:$", 11),
        ("collectionFormat: csv", "collectionFormat: multi", "parameter.explode.changed", "GET /orders query:tag", 24),
        ("collectionFormat: csv", "collectionFormat: pipes", "parameter.style.changed", "GET /orders query:tag", 24),
        ("name: note, in: formData, type: string", "name: note, in: formData, type: integer", "schema.type.changed",
         "POST /files request:$.note", 37),
        ("host: api.example.org", "host: www.example.org", "server.added", "**", 3),
        ("name: X-Key", "name: X-Token", "security_scheme.detail.changed", "**", 9),
        ("ETag: {type: string}", "ETag: {type: integer}", "schema.type.changed", "responses.Found.header.ETag:$", 18),
        ("x-nullable: true", "x-nullable: false", "schema.nullable.removed", "Order:$.note", 45),
        ("order, in: body, required: true", "order, in: body", "request_body.required.removed",
         "POST /orders request", 29),
    ],
)  # fmt: skip
def test_each_part_is_compared_and_found_where_it_is_written(
    old: str, new: str, fact: str, element: str, line: int
) -> None:
    found = edited(old, new)

    matching = [change for (name, _), change in found.items() if name == fact]
    assert matching, sorted(found)
    assert element in {change.element for change in matching}
    assert line in {change.position.line for change in matching if change.position is not None}


def test_nullable_is_no_keyword_of_version_2() -> None:
    found = edited("id: {type: string}", "id: {type: string, nullable: true}")

    assert ("schema.keyword.changed", "Order:$.id") in found


def test_what_is_malformed_is_said_and_never_a_crash() -> None:
    document: dict[str, Any] = yaml.safe_load(SWAGGER)
    for path in (["paths"], ["definitions"], ["parameters"], ["responses"], ["securityDefinitions"], ["schemes"]):
        for value in (None, 1, "text", [], [1], {"a": 1}):
            broken = {**document, path[0]: value}
            compare("openapi", side(SWAGGER), side(yaml.safe_dump(broken)), options=TODAY)
    for old in ('parameters:\n        - $ref: "#/parameters/Page"', '- $ref: "#/parameters/NewOrder"'):
        assert old in SWAGGER
        compare("openapi", side(SWAGGER), side(SWAGGER.replace(old, old.split(":")[0] + ": 1")), options=TODAY)
