"""Faults of a document are told once, with their line, and never stand in the way."""

from __future__ import annotations

from datetime import date

from bot.contracts.change import Comparison
from bot.contracts.document import Document, Side
from bot.contracts.formats import compare
from bot.contracts.options import Options

HEAD = """\
openapi: 3.0.3
info: {title: Shop, version: "2"}
paths:
  /orders/{id}:
    get:
      operationId: read
      responses: {}
    put:
      operationId: read
      parameters:
        - {name: id, in: path, schema: {type: string}}
        - {name: shop, in: path, required: true, schema: {type: string}}
      responses: {}
components:
  schemas:
    Order:
      type: object
      required: [total]
      properties: {id: {type: string}}
    Open:
      required: [anything]
      properties: {id: {type: string}}
      additionalProperties: {type: string}
"""


def compared(head: str) -> Comparison:
    base = head.replace('version: "2"', 'version: "1"')
    sides = (
        Side("api.yaml", {"api.yaml": Document("api.yaml", str(n), t.encode())}) for n, t in enumerate((base, head))
    )
    return compare("openapi", *sides, options=Options(today=date(2026, 11, 20)))


def test_each_fault_is_told_with_its_line_and_changes_nothing_else() -> None:
    comparison = compared(HEAD)

    assert [(fault.message.split(".")[0], fault.position and fault.position.line) for fault in comparison.faults] == [
        ("`GET /orders/{id}` has `{id}` in its path, but no path parameter `id` is described", 5),
        ("`operationId: read` names both `GET /orders/{id}` and `PUT /orders/{id}`", 9),
        ("The path parameter `id` of `PUT /orders/{id}` does not say `required: true`", 11),
        ("`PUT /orders/{id}` describes the path parameter `shop`, which is not in its path", 12),
        ("`Order` requires `total`, which it does not describe", 18),
    ]
    assert [change.fact for change in comparison.changes] == ["info.version.changed"]


def test_a_parameter_that_cannot_be_followed_is_not_called_missing() -> None:
    head = HEAD.replace(
        "      operationId: read\n      responses", "      parameters: [{$ref: gone.yaml}]\n      responses", 1
    )

    assert not any("`GET" in fault.message for fault in compared(head).faults)
