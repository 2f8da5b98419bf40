"""From the keywords of a schema to the formula for one type of value."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import Any

from bot.contracts.json_schema.proof.formula import (
    ALWAYS,
    Among,
    And,
    Bound,
    Claim,
    Format,
    Formula,
    ItemAt,
    Items,
    Missing,
    Multiple,
    Names,
    Never,
    Opaque,
    Or,
    Part,
    Pattern,
    Present,
    Properties,
    Schema,
    SideName,
    Size,
    SomeItem,
    SomeName,
    SomeProperty,
    Unique,
)
from bot.contracts.json_schema.proof.values import Type, canonical, type_of
from bot.contracts.options import Options
from bot.contracts.tree import Node, Resolver, UnresolvedReference

_EVERY_TYPE = frozenset({"null", "boolean", "number", "string", "array", "object"})
_OPAQUE: dict[str, frozenset[str]] = {
    "contentEncoding": frozenset({"string"}),
    "contentMediaType": frozenset({"string"}),
    "contentSchema": frozenset({"string"}),
    "unevaluatedItems": frozenset({"array"}),
    "unevaluatedProperties": frozenset({"object"}),
    "$dynamicRef": _EVERY_TYPE,
    "$recursiveRef": _EVERY_TYPE,
}
_SIZES: dict[Type, tuple[str, str]] = {
    "string": ("minLength", "maxLength"),
    "array": ("minItems", "maxItems"),
    "object": ("minProperties", "maxProperties"),
}
_NUMERIC_FORMATS = frozenset({"int8", "int16", "int32", "int64", "float", "double", "decimal", "byte", "uint64"})

Pair = tuple[Formula, Formula]
"""What a keyword says, and its opposite."""


class Reader:
    """Reads the schemas of both sides.

    options.content: `closed`: an object that says nothing about other properties has none; `open`: the data (of
    `data_side`) has none of those that only the other side knows; `strict`: it may have any.
    """

    def __init__(
        self,
        resolvers: dict[SideName, Resolver],
        siblings_count: dict[SideName, bool],
        options: Options,
        data_side: SideName,
    ) -> None:
        self._resolvers = resolvers
        self._siblings_count = siblings_count
        self._content = options.content
        self._conditions_are_texts = options.patterns == "texts"
        self._data_side = data_side
        self._read: dict[tuple[Schema, Type], Pair] = {}

    def formula(self, claim: Claim, type: Type) -> Formula:
        """What the claim says about a value of `type`."""
        key = claim.schema, type
        if key not in self._read:
            pairs = list(self._pairs(claim.schema, type))
            self._read[key] = And([yes for yes, _ in pairs]), Or([no for _, no in pairs])
        return self._read[key][0 if claim.holds else 1]

    def _pairs(self, schema: Schema, type: Type) -> Iterator[Pair]:
        value = schema.value
        if value is False:
            yield Never(), ALWAYS
        if not isinstance(value, dict):
            return
        if isinstance(value.get("$ref"), str):
            yield self._reference(schema)
            if not self._siblings_count[schema.side]:
                return
        yield from self._values(schema, type)
        yield from self._compositions(schema)
        for keyword, types in _OPAQUE.items():
            if keyword in value and type in types:
                yield _opaque(f"{keyword}: {canonical(value[keyword])}")
        if type in _SIZES:
            yield from self._sizes(value, type)
        reading: dict[str, Callable[[Schema], Iterator[Pair]]] = {
            "number": self._number,
            "string": self._string,
            "array": self._array,
            "object": self._object,
        }
        if type in reading:
            yield from reading[type](schema)

    def _reference(self, schema: Schema) -> Pair:
        node = Node(schema.path, schema.pointer, schema.value)
        try:
            target = self._resolvers[schema.side].resolve(node)
        except UnresolvedReference:
            return _opaque(f"$ref: {schema.value['$ref']}")
        return _claims(Schema(schema.side, target.path, target.pointer, target.value))

    def _values(self, schema: Schema, type: Type) -> Iterator[Pair]:
        value = schema.value
        if "type" in value:
            names = value["type"] if isinstance(value["type"], list) else [value["type"]]
            if type not in names:
                if type == "number" and "integer" in names:
                    yield Multiple(Fraction(1), True), Multiple(Fraction(1), False)
                else:
                    yield Never(), ALWAYS
        for keyword in ("enum", "const"):
            allowed = value.get(keyword) if keyword == "enum" else [value["const"]] if "const" in value else None
            if isinstance(allowed, list):
                found = frozenset(canonical(item) for item in allowed if type_of(item) == type)
                yield (Among(found, True), Among(found, False)) if found else (Never(), ALWAYS)

    def _compositions(self, schema: Schema) -> Iterator[Pair]:
        value = schema.value
        for keyword in ("allOf", "anyOf", "oneOf"):
            if not isinstance(value.get(keyword), list) or not value[keyword]:
                continue
            members = [Claim(schema.child(keyword, index), True) for index in range(len(value[keyword]))]
            opposites = [member.opposite() for member in members]
            if keyword == "allOf":
                yield And(members), Or(opposites)
            elif keyword == "anyOf":
                yield Or(members), And(opposites)
            else:
                yield _exactly_one(members, opposites)
        if "not" in value:
            yes, no = _claims(schema.child("not"))
            yield no, yes
        if "if" in value and ("then" in value or "else" in value):
            holds, fails = _claims(schema.child("if"))
            if self._conditions_are_texts:
                holds, fails = _opaque(f"if: {canonical(value['if'])}")
            then, not_then = _claims(schema.child("then")) if "then" in value else (ALWAYS, Never())
            other, not_other = _claims(schema.child("else")) if "else" in value else (ALWAYS, Never())
            yield (
                Or([And([holds, then]), And([fails, other])]),
                Or([And([holds, not_then]), And([fails, not_other])]),
            )

    def _sizes(self, value: dict[str, Any], type: Type) -> Iterator[Pair]:
        low, high = (_number(value.get(keyword)) for keyword in _SIZES[type])
        if low is not None:
            least = -(-low.numerator // low.denominator)
            yield Size(least, True), Size(least - 1, False) if least > 0 else Never()
        if high is not None:
            most = high.numerator // high.denominator
            yield Size(most, False), Size(most + 1, True)

    def _number(self, schema: Schema) -> Iterator[Pair]:
        value = schema.value
        for plain, exclusive, lower in (
            ("minimum", "exclusiveMinimum", True),
            ("maximum", "exclusiveMaximum", False),
        ):
            for keyword in (plain, exclusive):
                number = _number(value.get(keyword))
                if number is not None:
                    strictly = keyword == exclusive or value.get(exclusive) is True
                    yield Bound(number, strictly, lower), Bound(number, not strictly, not lower)
        multiple = _number(value.get("multipleOf"))
        if multiple is not None and multiple > 0:
            yield Multiple(multiple, True), Multiple(multiple, False)
        if value.get("format") in _NUMERIC_FORMATS:
            yield _opaque(f"format: {value['format']}")

    def _string(self, schema: Schema) -> Iterator[Pair]:
        pattern, format = schema.value.get("pattern"), schema.value.get("format")
        if isinstance(pattern, str):
            yield Pattern(pattern, True), Pattern(pattern, False)
        if isinstance(format, str) and format not in _NUMERIC_FORMATS:
            yield Format(format, True), Format(format, False)

    def _array(self, schema: Schema) -> Iterator[Pair]:
        value = schema.value
        first, rest = ("items", "additionalItems") if isinstance(value.get("items"), list) else ("prefixItems", "items")
        members = value.get(first)
        prefix = [schema.child(first, index) for index in range(len(members))] if isinstance(members, list) else []
        others = schema.child(rest) if isinstance(value.get(rest), (dict, bool)) else None
        if prefix or others is not None:
            yes = Items(tuple(Claim(one, True) for one in prefix), None if others is None else Claim(others, True))
            bad: list[Formula] = [ItemAt(index, Claim(one, False)) for index, one in enumerate(prefix)]
            if others is not None:
                bad.append(SomeItem(len(prefix), Claim(others, False)))
            yield yes, Or(bad)
        if isinstance(value.get("contains"), (dict, bool)):
            if {"minContains", "maxContains"} & value.keys():
                counts = {key: value.get(key) for key in ("minContains", "maxContains")}
                yield _opaque(f"contains: {canonical(value['contains'])} {canonical(counts)}")
            else:
                one = schema.child("contains")
                yield SomeItem(0, Claim(one, True)), Items((), Claim(one, False))
        if value.get("uniqueItems") is True:
            yield Unique(True), Unique(False)

    def _object(self, schema: Schema) -> Iterator[Pair]:
        value = schema.value
        required = value.get("required")
        for name in required if isinstance(required, list) else ():
            if isinstance(name, str) and not self._filled_in(schema, name):
                yield Present(name), Missing(name)
        yield from self._properties(schema)
        if isinstance(value.get("propertyNames"), (dict, bool)):
            names = schema.child("propertyNames")
            yield Names(Claim(names, True)), SomeName(Claim(names, False))
        for keyword in ("dependencies", "dependentRequired", "dependentSchemas"):
            for name in value[keyword] if isinstance(value.get(keyword), dict) else ():
                below = value[keyword][name]
                if isinstance(below, list):
                    needed = [str(item) for item in below]
                    yes: Formula = And([Present(item) for item in needed])
                    no: Formula = Or([Missing(item) for item in needed])
                else:
                    yes, no = _claims(schema.child(keyword, name))
                yield Or([Missing(name), yes]), And([Present(name), no])

    def _filled_in(self, schema: Schema, name: str) -> bool:
        """A reader that is not strict fills in a default where a required property is missing."""
        if self._content == "strict" or schema.side == self._data_side:
            return False
        properties = schema.value.get("properties")
        said = properties.get(name) if isinstance(properties, dict) else None
        return isinstance(said, dict) and "default" in said

    def _properties(self, schema: Schema) -> Iterator[Pair]:
        value = schema.value
        named, patterned = (
            [(str(name), schema.child(keyword, name)) for name in value[keyword]]
            if isinstance(value.get(keyword), dict)
            else []
            for keyword in ("properties", "patternProperties")
        )
        others = schema.child("additionalProperties") if "additionalProperties" in value else None
        names, patterns = frozenset(name for name, _ in named), tuple(pattern for pattern, _ in patterned)
        silent = others is None and not patterns and "unevaluatedProperties" not in value
        closed = silent and self._content == "closed" and bool(named)
        expected = None
        if silent and self._content == "open" and schema.side == self._data_side:
            required = value.get("required")
            expected = names | {str(name) for name in (required if isinstance(required, list) else ())}
        if not (named or patterned or others is not None or expected is not None):
            return
        rest: Part | None = Claim(others, True) if others is not None else None
        if closed:
            rest = Claim(Schema(schema.side, schema.path, (*schema.pointer, "additionalProperties"), False), True)
        yes = Properties(
            tuple((name, Claim(one, True)) for name, one in named),
            tuple((pattern, Claim(one, True)) for pattern, one in patterned),
            rest,
            expected,
        )
        bad: list[Formula] = [SomeProperty(Claim(one, False), name=name) for name, one in named]
        bad += [SomeProperty(Claim(one, False), pattern=pattern) for pattern, one in patterned]
        if rest is not None:
            bad.append(SomeProperty(rest.opposite(), names=names, patterns=patterns))
        yield yes, Or(bad)


def _number(value: Any) -> Fraction | None:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    return Fraction(str(value)) if value == value and abs(value) != float("inf") else None


def _opaque(text: str) -> Pair:
    return Opaque(text, True), Opaque(text, False)


def _claims(schema: Schema) -> Pair:
    return Claim(schema, True), Claim(schema, False)


def _exactly_one(members: list[Claim], opposites: list[Claim]) -> Pair:
    one = [
        And([member, *(other for index, other in enumerate(opposites) if index != at)])
        for at, member in enumerate(members)
    ]
    two = [And([left, right]) for at, left in enumerate(members) for right in members[at + 1 :]]
    return Or(one), Or([And(opposites), *two])
