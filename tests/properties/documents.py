"""Documents for the properties: a contract with a bit of everything, ways to say the same, ways to break it."""

from __future__ import annotations

import copy
from datetime import date
from typing import Any

import orjson
from hypothesis import strategies as st

from bot.contracts.change import Comparison
from bot.contracts.document import Document, Side
from bot.contracts.formats import compare
from bot.contracts.options import Options

TODAY = date(2026, 11, 21)

Path = tuple[str | int, ...]


def sample() -> dict[str, Any]:
    """A valid document that uses most of what OpenAPI has."""
    order = {
        "type": "object",
        "required": ["id"],
        "properties": {
            "id": {"type": "string", "maxLength": 40},
            "state": {"type": "string", "enum": ["open", "paid"]},
            "items": {"type": "array", "items": {"$ref": "#/components/schemas/Item"}},
        },
    }
    item = {
        "type": "object",
        "properties": {"sku": {"type": "string"}, "parent": {"$ref": "#/components/schemas/Item"}},
    }
    body = {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Order"}}}}
    return {
        "openapi": "3.1.0",
        "info": {"title": "Shop", "version": "1.2.0"},
        "servers": [{"url": "https://shop.test/"}],
        "security": [{"token": ["read"]}, {}],
        "tags": [{"name": "orders"}],
        "paths": {
            "/orders": {
                "parameters": [{"$ref": "#/components/parameters/Page"}],
                "get": {
                    "operationId": "listOrders",
                    "tags": ["orders"],
                    "parameters": [{"name": "X-Shop", "in": "header", "schema": {"type": "string"}}],
                    "responses": {
                        "200": {"description": "OK", **body},
                        "default": {"$ref": "#/components/responses/E"},
                    },
                },
                "post": {
                    "requestBody": {"required": True, **body},
                    "security": [{"key": []}],
                    "callbacks": {
                        "paid": {"{$request.body#/url}": {"post": {"requestBody": body, "responses": {"200": {}}}}}
                    },
                    "responses": {
                        "201": {
                            "description": "Created",
                            "headers": {"Location": {"required": True, "schema": {"type": "string"}}},
                            "links": {"self": {"operationId": "getOrder"}},
                        },
                    },
                },
            },
            "/orders/{id}": {
                "get": {
                    "operationId": "getOrder",
                    "deprecated": True,
                    "x-sunset": "2027-01-31",
                    "parameters": [{"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}],
                    "responses": {"200": {"description": "OK", **body}},
                },
            },
        },
        "webhooks": {"shipped": {"post": {"requestBody": body, "responses": {"2XX": {"description": "Thanks"}}}}},
        "components": {
            "schemas": {"Order": order, "Item": item},
            "parameters": {"Page": {"name": "page", "in": "query", "schema": {"type": "integer", "minimum": 1}}},
            "responses": {"E": {"description": "Error", "content": {"application/problem+json": {"schema": {}}}}},
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer"},
                "key": {"type": "apiKey", "in": "header", "name": "X-Key"},
            },
        },
    }


def side(value: Any, path: str = "openapi.json") -> Side:
    data = value if isinstance(value, bytes) else orjson.dumps(value)
    return Side(path, {path: Document(path, f"{hash(data):x}", data)})


def compared(base: Any, head: Any) -> Comparison:
    return compare("openapi", side(base), side(head), options=Options(TODAY))


def paths(value: Any, at: Path = ()) -> list[Path]:
    """Every place of the document."""
    children = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [at, *(path for key, child in children for path in paths(child, (*at, key)))]


def replaced(document: dict[str, Any], path: Path, value: Any) -> Any:
    """A copy of the document with another value at one place."""
    if not path:
        return value
    edited = copy.deepcopy(document)
    at: Any = edited
    for key in path[:-1]:
        at = at[key]
    at[path[-1]] = value
    return edited


def without(document: dict[str, Any], path: Path) -> Any:
    """A copy of the document that lacks one place."""
    if not path:
        return {}
    edited = copy.deepcopy(document)
    at: Any = edited
    for key in path[:-1]:
        at = at[key]
    del at[path[-1]]
    return edited


anything: st.SearchStrategy[Any] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-5, 5)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.sampled_from(["", "x", "#/components/schemas/Order", "#/nowhere", "object", "string", "2020-01-01"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["$ref", "type", "properties", "schema", "content", "in", "name", "required", "x-y", "200", "get"]
            ),
            inner,
            max_size=3,
        )
    ),
    max_leaves=6,
)
"""Values that do not belong where they are put, but look as if they might."""
