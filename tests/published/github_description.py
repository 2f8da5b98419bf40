"""GitHub's published OpenAPI description and GraphQL SDL as a judge of requests and answers.

The description is OpenAPI 3.0; each schema in use is turned into JSON Schema 2020-12 (`nullable` becomes a type) when
it is first needed, and compiled by jsonschema-rs. What the description does not say, the stand-in knows.
"""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

import jsonschema_rs
from graphql import GraphQLSchema, build_schema, parse, validate

from tests.published.packages import Published, fetch

REST = Published(
    "npm",
    "@octokit/openapi",
    "23.0.2",
    "generated/api.github.com.json",
    "829b4bebb19a53133289f7b0bc819f4f1118115821db2ca9f25e9ee995a7da2a",
)
GRAPHQL = Published(
    "npm",
    "@octokit/graphql-schema",
    "15.26.1",
    "schema.graphql",
    "3c62d0526d133cee53221c89de9b455ade24db78b9e7ad56d642c4c15bce2654",
)


@dataclass(frozen=True)
class _Operation:
    name: str
    pattern: re.Pattern[str]
    definition: dict[str, Any]
    path_parameters: tuple[dict[str, Any], ...]


@dataclass
class Judge:
    """Collects violations; a test that used it fails when there are any."""

    violations: list[str] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)

    def exchange(
        self, method: str, path: str, query: str, body: object, status: int, answer: object, *, json_answer: bool
    ) -> None:
        """Judges one REST exchange. `body` and `answer` are decoded JSON (None: absent)."""
        operation = find_operation(method, path)
        if operation is None:
            self.violations.append(f"{method} {path}: GitHub describes no such operation")
            return
        self.seen.add(operation.name)
        for problem in _request_problems(operation, query, body):
            self.violations.append(f"request {operation.name}: {problem}")
        if json_answer:
            for problem in _answer_problems(operation, status, answer):
                self.violations.append(f"answer {status} of {operation.name}: {problem}")

    def query(self, document: str) -> None:
        """Judges one GraphQL document against GitHub's SDL."""
        for problem in graphql_problems(document):
            self.violations.append(f"GraphQL: {problem}")


@functools.cache
def graphql_problems(document: str) -> tuple[str, ...]:
    """What GitHub's own schema says against a query; empty when it is right."""
    return tuple(error.message for error in validate(_sdl(), parse(document)))


@functools.cache
def _sdl() -> GraphQLSchema:
    return build_schema(fetch(GRAPHQL).read_text(), assume_valid=True)


@functools.cache
def _description() -> dict[str, Any]:
    description: dict[str, Any] = json.loads(fetch(REST).read_bytes())
    return description


def find_operation(method: str, path: str) -> _Operation | None:
    """The described operation that a request is for; concrete paths win over templated ones, longer over shorter."""
    for operation in _operations(method.lower()):
        if operation.pattern.fullmatch(path):
            return operation
    return None


@functools.cache
def _operations(method: str) -> tuple[_Operation, ...]:
    found = []
    for template, item in _description()["paths"].items():
        if method not in item:
            continue
        definition = item[method]
        parameters = [_resolve(p) for p in [*item.get("parameters", []), *definition.get("parameters", [])]]
        multi = {p["name"] for p in parameters if p["in"] == "path" and p.get("x-multi-segment")}
        parts = re.split(r"\{([^}]+)\}", template)
        # A name in braces: one segment, or several where GitHub's extension `x-multi-segment` says so.
        pattern = "".join(
            re.escape(part) if index % 2 == 0 else (".+" if part in multi else "[^/]+")
            for index, part in enumerate(parts)
        )
        found.append(_Operation(f"{method.upper()} {template}", re.compile(pattern), definition, tuple(parameters)))
    found.sort(key=lambda operation: (operation.name.count("{"), -len(re.sub(r"\{[^}]+\}", "", operation.name))))
    return tuple(found)


def _resolve(value: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in value:
        target: Any = _description()
        for key in value["$ref"].removeprefix("#/").split("/"):
            target = target[key]
        value = target
    return value


def _request_problems(operation: _Operation, query: str, body: object) -> list[str]:
    problems = []
    known = {p["name"]: p for p in operation.path_parameters if p["in"] == "query"}
    given = dict(parse_qsl(query, keep_blank_values=True))
    for name, value in given.items():
        if name not in known:
            problems.append(f"query parameter {name!r} is not described")
            continue
        schema = known[name].get("schema", {})
        problems += _schema_problems(schema, _from_text(value, schema), f"query {name}")
    problems += [f"query parameter {n!r} is missing" for n, p in known.items() if p.get("required") and n not in given]
    described = operation.definition.get("requestBody")
    if described is None:
        return problems + (["a body is sent, and none is described"] if body is not None else [])
    schema = _resolve(described).get("content", {}).get("application/json", {}).get("schema")
    if body is None:
        return problems + (["the body is missing"] if described.get("required") else [])
    return problems + (_schema_problems(schema, body, "body") if schema else [])


def _answer_problems(operation: _Operation, status: int, answer: object) -> list[str]:
    described = operation.definition["responses"].get(str(status))
    if described is None:
        # Errors are described unevenly (401 almost never): only an undescribed success is a fault.
        return [f"status {status} is not described"] if status < 400 else []
    schema = _resolve(described).get("content", {}).get("application/json", {}).get("schema")
    if schema is None:
        return ["a body is given, and none is described"] if answer is not None and status < 400 else []
    return _schema_problems(schema, answer, "body")


def _schema_problems(schema: Mapping[str, Any], value: object, where: str) -> list[str]:
    problems = []
    for error in _validator(json.dumps(schema, sort_keys=True)).iter_errors(value):
        at = "/".join(str(part) for part in error.instance_path)
        problems.append(f"{where}{'/' + at if at else ''}: {error.message[:300]}")
    return problems


@functools.cache
def _validator(schema: str) -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator(_with_components(json.loads(schema)))


def _with_components(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema with exactly the components it reaches, in JSON Schema's words."""
    used: dict[str, Any] = {}
    waiting = [schema]
    while waiting:
        for name in set(re.findall(r'"#/components/schemas/([^"]+)"', json.dumps(waiting.pop()))):
            if name not in used:
                used[name] = _description()["components"]["schemas"][name]
                waiting.append(used[name])
    whole = _as_json_schema(schema)
    assert isinstance(whole, dict)
    return whole | {"components": {"schemas": {name: _as_json_schema(value) for name, value in used.items()}}}


def _as_json_schema(value: Any) -> Any:
    """OpenAPI 3.0's `nullable` in JSON Schema's words. `format` stays an annotation; examples are ignored."""
    if isinstance(value, list):
        return [_as_json_schema(item) for item in value]
    if not isinstance(value, dict):
        return value
    plain = {key: _as_json_schema(item) for key, item in value.items() if key not in {"example", "examples"}}
    if plain.pop("nullable", None) is True:
        return {"anyOf": [{"type": "null"}, plain]}
    return plain


def _from_text(value: str, schema: Mapping[str, Any]) -> object:
    match _resolve(dict(schema)).get("type"):
        case "integer":
            return int(value) if value.lstrip("-").isdigit() else value
        case "boolean":
            return {"true": True, "false": False}.get(value, value)
        case _:
            return value
