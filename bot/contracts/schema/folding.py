"""Unions that are only a list of types: `anyOf: [{type: string}, {type: array, items: …}]` is `type: [string, array]`.

Where the type of a value alone decides which member it has to fit, and each member says nothing but what counts for
its own type (JSON Schema validation, section 6: other types pass), the members can be merged without loss.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.contracts.schema.shape import NUMBERS, Conjunction
from bot.contracts.tree import Node

_ABOUT_NUMBERS = frozenset({"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "format"})
_ABOUT = {
    "string": frozenset({"minLength", "maxLength", "pattern", "format", "contentEncoding", "contentMediaType"}),
    "number": _ABOUT_NUMBERS,
    "integer": _ABOUT_NUMBERS,
    "array": frozenset({"items", "minItems", "maxItems", "uniqueItems"}),
    "object": frozenset({"additionalProperties", "minProperties", "maxProperties", "propertyNames"}),
    "boolean": frozenset[str](),
}
_SAYS_NOTHING = frozenset({"type", "nullable", "title", "description", "example", "examples", "$comment"})


@dataclass(frozen=True, slots=True)
class Folded:
    """types: those of all members. limits: the members, their `type` left out. nullable: where one allows null."""

    types: frozenset[str]
    limits: tuple[Node, ...]
    nullable: Node | None


def fold(members: Sequence[Conjunction], keyword: str) -> Folded | None:
    """The members of a `oneOf` or `anyOf` as one list of types; None when they can't be told apart by type."""
    types: set[str] = set()
    limits: list[Node] = []
    said: set[str] = set()
    nullable: Node | None = None
    for member in members:
        if len(member) != 1 or not isinstance(member[0].value, dict):
            return None
        (node,) = member
        listed = _listed(node.value.get("type"))
        names = listed - {"null"}
        keywords = node.value.keys() - _SAYS_NOTHING
        if not names or names & types or not all(keywords <= _ABOUT.get(name, frozenset()) for name in names):
            return None
        if keywords & said or (keywords and len(names) > 1):
            return None
        types |= names
        said |= keywords
        if nullable is None and (node.value.get("nullable") is True or "null" in listed):
            nullable = node
        if keywords:
            limits.append(Node(node.path, node.pointer, {key: node.value[key] for key in keywords}))
    if types >= NUMBERS and (keyword == "oneOf" or said & _ABOUT_NUMBERS):
        return None  # an integer would fit two members
    if "number" in types:
        types.discard("integer")
    return Folded(frozenset(types), tuple(limits), nullable)


def _listed(said: object) -> frozenset[str]:
    if isinstance(said, str):
        return frozenset({said})
    return frozenset(name for name in said if isinstance(name, str)) if isinstance(said, list) else frozenset()
