"""From nodes as they are written to shapes that can be compared."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Any

from bot.contracts.schema import folding
from bot.contracts.schema.known import CHILDREN, FLAGS, KNOWN, LAST_WORD, SIZES, is_number, well_formed
from bot.contracts.schema.shape import NUMBERS, Conditional, Conjunction, Said, Shape, Union
from bot.contracts.schema.values import Dialect
from bot.contracts.tree import Node, Resolver, UnresolvedReference

_DOCUMENTATION = frozenset({"title", "description", "example", "examples", "externalDocs", "$comment"})
_IDENTIFICATION = frozenset(
    {"$id", "id", "$schema", "$anchor", "$vocabulary", "$defs", "definitions", "$dynamicAnchor"}
)
_ANYTHING_PATTERNS = frozenset(
    {"", "^", "$", "^$|.*", ".*", "^.*", ".*$", "^.*$", "^(.*)$", "(.*)", "[\\s\\S]*", "^[\\s\\S]*$"}
)


class Normaliser:
    """Reads the schemas of one side."""

    def __init__(self, resolver: Resolver, dialect: Dialect) -> None:
        self._resolver = resolver
        self._siblings_count = dialect != "openapi-3.0"

    def conjunction(self, nodes: Iterable[Node]) -> Conjunction:
        """The nodes with references followed: equal for equal definitions, however they are reached.

        An unresolved reference stays as its own node.
        """
        followed: dict[tuple[str, Any], Node] = {}
        for node in nodes:
            for part in self._follow(node):
                followed.setdefault((part.path, part.pointer), part)
        return tuple(followed.values())

    def _follow(self, node: Node) -> tuple[Node, ...]:
        value = node.value
        if not isinstance(value, dict) or not isinstance(value.get("$ref"), str):
            return (node,)
        try:
            target = self._resolver.resolve(node)
        except UnresolvedReference:
            return (node,)
        if not self._siblings_count or len(value) == 1:
            return (target,)
        siblings = {key: below for key, below in value.items() if key != "$ref"}
        return (Node(node.path, node.pointer, siblings), target)

    def shape(self, conjunction: Conjunction, fallback: Node, *, fold: bool = True) -> Shape:
        """What the conjunction says. `fallback` is where it would stand if it is empty.

        `fold`: whether a union whose members are told apart by their types alone is read as a list of these types,
        each with its member's limits; `Shape.folded` says that it was.
        """
        shape = Shape(home=conjunction[0] if conjunction else fallback)
        said_types: list[frozenset[str]] = []
        nulls: list[bool] = []
        waiting = list(conjunction)
        seen: set[tuple[str, Any]] = set()
        while waiting:
            part = waiting.pop(0)
            if (part.path, part.pointer) in seen:
                continue
            seen.add((part.path, part.pointer))
            waiting[:0] = self._read(shape, part, said_types, nulls, fold)
        shape.nullable = shape.nullable or (bool(nulls) and all(nulls))
        _settle_types(shape, said_types)
        return shape

    def _read(
        self, shape: Shape, part: Node, said_types: list[frozenset[str]], nulls: list[bool], fold: bool
    ) -> list[Node]:
        """Adds what one node says; returns the nodes that must hold besides (allOf, transparent wrappers)."""
        value = part.value
        if value is False:
            shape.never = True
        if not isinstance(value, dict):
            if not isinstance(value, bool) and value is not None:
                shape.unknown.setdefault("(not a schema)", Said(value, part))
            return []
        if isinstance(value.get("$ref"), str):
            self._read_unresolved(shape, part)
            if not self._siblings_count:
                return []
        besides: list[Node] = []
        _read_types(shape, part, said_types, nulls)
        _read_bounds(shape, part)
        _read_values(shape, part)
        _read_children(shape, part)
        for keyword in ("allOf", "oneOf", "anyOf"):
            if isinstance(value.get(keyword), list) and value[keyword]:
                besides += self._read_composition(shape, part, keyword, said_types, nulls, fold)
        for keyword, below in value.items():
            if keyword not in KNOWN:
                _read_other(shape, part, keyword, below)
            elif not well_formed(keyword, below):
                shape.unknown.setdefault(keyword, Said(below, part.child(keyword)))
        return besides

    def _read_unresolved(self, shape: Shape, part: Node) -> None:
        try:
            self._resolver.resolve(part)
        except UnresolvedReference as problem:
            shape.unresolved[problem.reference] = (str(problem), part.child("$ref"))

    def _read_composition(
        self,
        shape: Shape,
        part: Node,
        keyword: str,
        said_types: list[frozenset[str]],
        nulls: list[bool],
        fold: bool,
    ) -> list[Node]:
        members = [part.child(keyword, index) for index in range(len(part.value[keyword]))]
        if keyword == "allOf":
            return [node for member in members for node in self._follow(member)]
        rest = [member for member in members if not _only_null(member.value)]
        null_site = next((member for member in members if _only_null(member.value)), None)
        if null_site is not None:
            nulls.append(True)
            shape.nullable = True
            shape.nullable_site = shape.nullable_site or null_site
        if len(rest) == 1:
            return list(self._follow(rest[0]))
        folded = folding.fold([self._follow(member) for member in rest], keyword) if fold else None
        if folded is not None:
            shape.folded = True
            shape.type_site = shape.type_site or part.child(keyword)
            said_types.append(folded.types)
            if folded.nullable is not None:
                nulls.append(True)
                shape.nullable = True
                shape.nullable_site = shape.nullable_site or folded.nullable
            return list(folded.limits)
        if rest:
            shape.unions.append(Union(keyword, tuple(rest), part.child(keyword)))
        return []


def _only_null(value: Any) -> bool:
    return isinstance(value, dict) and (
        value.get("type") in ("null", ["null"]) or value == {"enum": [None]} or value == {"const": None}
    )


def _read_types(shape: Shape, part: Node, said_types: list[frozenset[str]], nulls: list[bool]) -> None:
    value = part.value
    said = value.get("type")
    names = (
        [said]
        if isinstance(said, str)
        else [name for name in said if isinstance(name, str)]
        if isinstance(said, list)
        else []
    )
    nullable = value.get("nullable") is True or "null" in names
    types = frozenset(names) - {"null"}
    if value.get("nullable") is True:
        # An author who writes `nullable` beside `allOf: [$ref]` means it, whatever the referenced type says.
        shape.nullable = True
    if nullable:
        shape.nullable_site = shape.nullable_site or part.child("nullable" if "nullable" in value else "type")
    if names:
        shape.type_site = shape.type_site or part.child("type")
        said_types.append(types if types else frozenset({"null"}))
    if names or nullable:
        nulls.append(nullable)


def _settle_types(shape: Shape, said_types: list[frozenset[str]]) -> None:
    for types in said_types:
        shape.types = types if shape.types is None else _both(shape.types, types)
    if shape.types is None and shape.enum:
        shape.types = frozenset(_type_of(value) for value in shape.enum)
        if shape.types >= NUMBERS:
            shape.types -= {"integer"}


def _both(left: frozenset[str], right: frozenset[str]) -> frozenset[str]:
    common = left & right
    if ("number" in left and "integer" in right) or ("integer" in left and "number" in right):
        common |= {"integer"}
    return common


def _type_of(value: Any) -> str:
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, (int, float)):
        return "integer" if math.isfinite(value) and value == int(value) else "number"
    if isinstance(value, str):
        return "string"
    return "array" if isinstance(value, list) else "object"


def _read_bounds(shape: Shape, part: Node) -> None:
    value = part.value
    for lower, plain, exclusive in ((True, "minimum", "exclusiveMinimum"), (False, "maximum", "exclusiveMaximum")):
        for keyword in (plain, exclusive):
            number = value.get(keyword)
            if not is_number(number):
                continue
            bound = (number, keyword == exclusive or value.get(exclusive) is True)
            held = shape.lower if lower else shape.upper
            if held is None or _tighter(bound, held, lower):
                if lower:
                    shape.lower, shape.lower_site = bound, part.child(keyword)
                else:
                    shape.upper, shape.upper_site = bound, part.child(keyword)
    for keyword in SIZES & value.keys():
        number = value[keyword]
        nothing = number == 0 and keyword.startswith("min") and keyword != "minContains"
        if not is_number(number) or nothing:
            continue
        said = shape.said.get(keyword)
        if said is None or (number > said.value if keyword.startswith("min") else number < said.value):
            shape.said[keyword] = Said(number, part.child(keyword))


def _tighter(bound: tuple[float, bool], held: tuple[float, bool], lower: bool) -> bool:
    if bound[0] == held[0]:
        return bound[1] and not held[1]
    return bound[0] > held[0] if lower else bound[0] < held[0]


def _read_values(shape: Shape, part: Node) -> None:
    value = part.value
    allowed = value.get("enum")
    if "const" in value:
        allowed = [value["const"]]
    if isinstance(allowed, list):
        site = part.child("const" if "const" in value else "enum")
        if None in allowed:
            shape.nullable_site = shape.nullable_site or site
            shape.nullable = True
        values = tuple(item for item in allowed if item is not None)
        shape.enum = values if shape.enum is None else tuple(item for item in shape.enum if item in values)
        shape.enum_site = shape.enum_site or site
    pattern = value.get("pattern")
    if isinstance(pattern, str) and pattern not in _ANYTHING_PATTERNS:
        shape.patterns.setdefault(pattern, part.child("pattern"))
    for keyword in LAST_WORD & value.keys():
        shape.said.setdefault(keyword, Said(value[keyword], part.child(keyword)))
    for keyword in FLAGS & value.keys():
        if value[keyword] is True:
            shape.said.setdefault(keyword, Said(True, part.child(keyword)))
    multiple = value.get("multipleOf")
    if is_number(multiple) and multiple > 0:
        held = shape.said.get("multipleOf")
        both = multiple if held is None else common_multiple(held.value, multiple)
        if held is None or both != held.value:
            shape.said["multipleOf"] = Said(both, part.child("multipleOf"))
    if isinstance(value.get("discriminator"), dict) and shape.discriminator is None:
        shape.discriminator = Said(value["discriminator"], part.child("discriminator"))


def common_multiple(left: float, right: float) -> float:
    """The smallest number that both divide, reckoned exactly: 0.1 and 0.25 are the decimals they are written as."""
    one, other = Fraction(str(left)), Fraction(str(right))
    found = Fraction(math.lcm(one.numerator, other.numerator), math.gcd(one.denominator, other.denominator))
    return int(found) if found.denominator == 1 else float(found)


def _read_children(shape: Shape, part: Node) -> None:
    value = part.value
    _add_all(shape.properties, part, "properties")
    _add_all(shape.pattern_properties, part, "patternProperties")
    _add_all(shape.dependent_schemas, part, "dependentSchemas")
    for keyword in CHILDREN & value.keys():
        if _restricts(value[keyword]):
            shape.children[keyword] = (*shape.children.get(keyword, ()), part.child(keyword))
    _read_items(shape, part)
    required = value.get("required")
    if isinstance(required, list):
        for index, name in enumerate(required):
            if isinstance(name, str):
                shape.required.setdefault(name, part.child("required", index))
    _read_dependencies(shape, part)
    if isinstance(value.get("not"), (dict, bool)):
        shape.negations.append(part.child("not"))
    if "if" in value and ("then" in value or "else" in value):
        then, otherwise = (part.child(word) if word in value else None for word in ("then", "else"))
        shape.conditionals.append(Conditional(part.child("if"), then, otherwise))


def _restricts(schema: Any) -> bool:
    return schema is not True and schema != {} and isinstance(schema, (dict, bool))


def _add_all(into: dict[str, Conjunction], part: Node, keyword: str) -> None:
    named = part.value.get(keyword)
    if isinstance(named, Mapping):
        for name in named:
            into[str(name)] = (*into.get(str(name), ()), part.child(keyword, name))


def _read_items(shape: Shape, part: Node) -> None:
    value = part.value
    first, rest = "prefixItems", "items"
    if isinstance(value.get("items"), list):  # before 2020-12
        first, rest = "items", "additionalItems"
    if isinstance(value.get(first), list):
        new = [(part.child(first, index),) for index in range(len(value[first]))]
        held = list(shape.prefix_items)
        longer = max(len(new), len(held))
        shape.prefix_items = tuple(
            (held[i] if i < len(held) else ()) + (new[i] if i < len(new) else ()) for i in range(longer)
        )
    if rest in value and _restricts(value[rest]):
        shape.children["items"] = (*shape.children.get("items", ()), part.child(rest))


def _read_dependencies(shape: Shape, part: Node) -> None:
    for keyword in ("dependentRequired", "dependencies"):
        named = part.value.get(keyword)
        for name, below in named.items() if isinstance(named, dict) else ():
            if isinstance(below, list):
                site = part.child(keyword, name)
                held = shape.dependent_required.get(name)
                needed = {str(item) for item in below} | (set(held.value) if held else set())
                if needed:
                    shape.dependent_required[name] = Said(tuple(sorted(needed)), held.site if held else site)
            elif keyword == "dependencies" and _restricts(below):
                before = shape.dependent_schemas.get(name, ())
                shape.dependent_schemas[name] = (*before, part.child(keyword, name))


def _read_other(shape: Shape, part: Node, keyword: str, below: Any) -> None:
    said = Said(below, part.child(keyword))
    if keyword in _DOCUMENTATION:
        shape.documentation.setdefault(keyword, said)
    elif keyword.startswith("x-"):
        shape.extensions.setdefault(keyword, said)
    elif keyword not in _IDENTIFICATION:
        shape.unknown.setdefault(keyword, said)
