"""What is wrong with a document by its own specification, though it can be compared all the same.

Said once, with its place, and never blocking: whoever opened the pull request most likely did not make it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from bot.contracts.openapi.operations import METHODS
from bot.contracts.tree import Node, Resolver, UnresolvedReference

MOST = 50
"""Faults that are told of one document; who ships more knows."""

_TEMPLATE = re.compile(r"\{([^{}]*)\}")

Wrong = tuple[str, Node]
"""A sentence for a reader, and the node that it speaks of."""


def faults(root: Node, resolver: Resolver) -> list[Wrong]:
    """The faults of a document, in the order of the text as far as one kind goes."""
    found = [*_operations(root, resolver), *_schemas(root)]
    return found[:MOST]


def _operations(root: Node, resolver: Resolver) -> Iterator[Wrong]:
    named: dict[str, str] = {}
    for path, item in _members(root, "paths"):
        if not path.startswith("/"):
            continue
        shared = _parameters(item, resolver)
        for method in METHODS:
            operation = item.value.get(method)
            if not isinstance(operation, dict):
                continue
            node, title = item.child(method), f"{method.upper()} {path}"
            yield from _same_name(node, title, named)
            if shared is not None and (own := _parameters(node, resolver)) is not None:
                yield from _path_parameters(node, title, path, {**shared, **own})


def _same_name(operation: Node, title: str, named: dict[str, str]) -> Iterator[Wrong]:
    """OpenAPI, Operation Object: an `operationId` MUST be unique among all operations."""
    name = operation.value.get("operationId")
    if not isinstance(name, str):
        return
    if name in named:
        said = f"`operationId: {name}` names both `{named[name]}` and `{title}`. Give one of them another name."
        yield said, operation.child("operationId")
    named.setdefault(name, title)


def _path_parameters(operation: Node, title: str, path: str, described: dict[str, Node]) -> Iterator[Wrong]:
    """OpenAPI, Path Templating: each template expression MUST correspond to a path parameter, which is required."""
    templated = _TEMPLATE.findall(path)
    for name in templated:
        if name not in described:
            said = f"`{title}` has `{{{name}}}` in its path, but no path parameter `{name}` is described. Describe it."
            yield said, operation
    for name, parameter in described.items():
        if name not in templated:
            yield f"`{title}` describes the path parameter `{name}`, which is not in its path. Remove it.", parameter
        elif parameter.value.get("required") is not True:
            yield f"The path parameter `{name}` of `{title}` does not say `required: true`. Add it.", parameter


def _parameters(owner: Node, resolver: Resolver) -> dict[str, Node] | None:
    """The path parameters by name; None when some can't be known."""
    listed = owner.value.get("parameters", [])
    if not isinstance(listed, list):
        return None
    found = {}
    for index in range(len(listed)):
        try:
            parameter = resolver.resolve(owner.child("parameters", index))
        except UnresolvedReference:
            return None
        if isinstance(parameter.value, dict) and parameter.value.get("in") == "path":
            found[str(parameter.value.get("name"))] = parameter
    return found


def _schemas(root: Node) -> Iterator[Wrong]:
    """Named schemas that require what they do not describe: allowed, and next to always a slip."""
    components = root.value.get("components")
    if not isinstance(components, dict):
        return
    for name, schema in _members(root.child("components"), "schemas"):
        value = schema.value
        required, properties = value.get("required"), value.get("properties")
        if not isinstance(required, list) or not isinstance(properties, dict) or _says_more(value):
            continue
        for index, needed in enumerate(required):
            if isinstance(needed, str) and needed not in properties:
                said = f"`{name}` requires `{needed}`, which it does not describe. Describe it, or do not require it."
                yield said, schema.child("required", index)


def _says_more(schema: dict[str, Any]) -> bool:
    """Whether properties may be described elsewhere, too."""
    return not schema.keys().isdisjoint({"allOf", "anyOf", "oneOf", "$ref", "patternProperties"}) or isinstance(
        schema.get("additionalProperties"), dict
    )


def _members(node: Node, key: str) -> Iterator[tuple[str, Node]]:
    below = node.value.get(key)
    if isinstance(below, dict):
        for name, value in below.items():
            if isinstance(value, dict) and isinstance(name, str):
                yield name, node.child(key, name)
