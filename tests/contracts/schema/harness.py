"""Two documents of schemas, compared without any format around them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from bot.contracts.change import Direction
from bot.contracts.options import Options
from bot.contracts.schema import Dialect, SchemaChange, SchemaComparison
from bot.contracts.tree import Node, UnresolvedReference

TODAY = date(2026, 11, 20)
PATH = "api.json"


class Document:
    """One document whose local references are followed; every other reference leads nowhere."""

    def __init__(self, value: Any) -> None:
        self._value = value

    def resolve(self, node: Node) -> Node:
        passed = set()
        while isinstance(node.value, dict) and isinstance(node.value.get("$ref"), str):
            reference = node.value["$ref"]
            if not reference.startswith("#/"):
                raise UnresolvedReference(reference, "leaves the repository.")
            if reference in passed:
                raise UnresolvedReference(reference, "leads back to itself.")
            passed.add(reference)
            try:
                node = Node(PATH, (), self._value).child(*reference[2:].split("/"))
            except (KeyError, TypeError):
                raise UnresolvedReference(reference, "leads to nothing.") from None
        return node


def compare(
    base: Any,
    head: Any,
    *,
    base_definitions: Mapping[str, Any] | None = None,
    head_definitions: Mapping[str, Any] | None = None,
    direction: Direction = "response",
    dialect: Dialect = "openapi-3.1",
) -> Sequence[SchemaChange]:
    """Differences of two inline schemas, with definitions under `components/schemas`. The head's are the base's unless
    given.
    """
    definitions = base_definitions or {}
    sides = [
        {"paths": {"schema": base}, "components": {"schemas": definitions}},
        {
            "paths": {"schema": head},
            "components": {"schemas": definitions if head_definitions is None else head_definitions},
        },
    ]
    comparison = SchemaComparison(Document(sides[0]), Document(sides[1]), dialect, dialect, Options(today=TODAY))
    before, after = (Node(PATH, (), side).child("paths", "schema") for side in sides)
    return comparison.compare(before, after, direction)


def facts(*arguments: Any, **named: Any) -> set[tuple[str, str]]:
    """(fact, path) of every difference."""
    return {(change.fact, change.path) for change in compare(*arguments, **named)}


def ref(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}


def obj(required: Sequence[str] = (), **properties: Any) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": "object", "properties": properties}
    return {**schema, "required": list(required)} if required else schema
