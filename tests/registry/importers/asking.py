"""One question to an importer, answered in lines that tests can read."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from bot.contracts.document import Document, Side
from bot.registry.importers.imported import Imported, Question
from bot.registry.importers.kinds import import_evidence

ORDERS = """
openapi: 3.0.3
info: {title: Orders, version: "1"}
paths:
  /orders:
    get:
      parameters:
        - {name: page, in: query, schema: {type: integer}}
        - {name: filter, in: query, style: deepObject, schema: {type: object}}
        - {name: X-Tenant, in: header, schema: {type: string}}
        - {name: session, in: cookie, schema: {type: string}}
      responses: {"200": {description: ok, content: {application/json: {schema: {$ref: "#/components/schemas/List"}}}}}
    post:
      requestBody: {content: {application/json: {schema: {$ref: "#/components/schemas/Order"}}}}
      responses: {"201": {description: ok, content: {application/json: {schema: {$ref: "#/components/schemas/Order"}}}}}
  /orders/{id}:
    get:
      responses: {"200": {description: ok, content: {application/json: {schema: {$ref: "#/components/schemas/Order"}}}}}
components:
  schemas:
    List: {type: array, items: {$ref: "#/components/schemas/Order"}}
    Order:
      type: object
      properties:
        id: {type: string}
        status: {type: string}
        customer: {type: object, properties: {email: {type: string}, name: {type: string}}}
        items: {type: array, items: {type: object, properties: {sku: {type: string}, quantity: {type: integer}}}}
        labels: {type: object, additionalProperties: {type: string}}
"""


def document(path: str, content: Any) -> Document:
    """A file; what is no text becomes JSON, one value a line."""
    text = content if isinstance(content, str) else json.dumps(content, indent=1)
    return Document(path, hashlib.sha1(text.encode()).hexdigest(), text.encode())


def contract(text: str = ORDERS, path: str = "api/orders.yaml") -> Side:
    return Side(path, {path: document(path, text)})


def ask(
    kind: str,
    files: Mapping[str, Any],
    *,
    side: Side | None = None,
    format: str = "openapi",
    names: frozenset[str] = frozenset(),
    host: str = "",
) -> Imported:
    question = Question(format, side, names, host)
    return import_evidence(kind, question, {path: document(path, content) for path, content in files.items()})


def used(imported: Imported) -> dict[str, int]:
    """The elements that count, with their lines."""
    return {one.element: one.line for one in imported.used if not one.offered and not one.pending}
