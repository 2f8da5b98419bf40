"""A JSON value to Avro schemas.

What makes a schema meaningless (a type that is no type, a record without fields) stops the comparison, at its line.
What an implementation would refuse, but leaves no doubt about what is meant (a default of the wrong type, a name with a
dash), is a fault of the document: reported, and compared.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from bot.contracts.avro.defaults import Defaults
from bot.contracts.avro.model import PRIMITIVES, Avro, Field, Logical, Message, Schema
from bot.contracts.tree import Pointer

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_MOST_FAULTS = 100
_UNDERLYING: Mapping[str, tuple[str, ...]] = {
    "decimal": ("bytes", "fixed"),
    "big-decimal": ("bytes",),
    "uuid": ("string", "fixed"),
    "date": ("int",),
    "time-millis": ("int",),
    "time-micros": ("long",),
    "timestamp-millis": ("long",),
    "timestamp-micros": ("long",),
    "timestamp-nanos": ("long",),
    "local-timestamp-millis": ("long",),
    "local-timestamp-micros": ("long",),
    "local-timestamp-nanos": ("long",),
    "duration": ("fixed",),
}
_SCHEMA_KEYS = frozenset(
    {"type", "name", "namespace", "aliases", "fields", "items", "values", "symbols", "size", "default", "logicalType"}
)
_FIELD_KEYS = frozenset({"name", "type", "default", "order", "aliases"})
_ORDERS = ("ascending", "descending", "ignore")


class Meaningless(Exception):
    """A part of the document that is no schema. The message says what to write instead."""

    def __init__(self, message: str, pointer: Pointer) -> None:
        super().__init__(message)
        self.message = message
        self.pointer = pointer


def parse(path: str, value: Any) -> Avro:
    """The document's schemas. Raises Meaningless."""
    reader = _Reader()
    if isinstance(value, dict) and "protocol" in value:
        return reader.protocol(path, value)
    root = reader.schema(value, (), "")
    reader.check_defaults()
    return Avro(path, value, root, named=reader.named, faults=tuple(reader.faults))


class _Reader:
    def __init__(self) -> None:
        self.named: dict[str, Schema] = {}
        self.faults: list[tuple[str, Pointer]] = []
        self._defaults: list[Field] = []
        self._unresolved: dict[str, Schema] = {}

    def protocol(self, path: str, value: dict[str, Any]) -> Avro:
        space = self._text(value, "namespace", ())
        declared = tuple(
            self.schema(one, ("types", index), space) for index, one in enumerate(self._list(value, "types", ()))
        )
        messages = value.get("messages", {})
        if not isinstance(messages, dict):
            raise Meaningless('`messages` of a protocol is an object: write `{"name": {…}}`.', ("messages",))
        found = tuple(self._message(name, one, ("messages", name), space) for name, one in messages.items())
        self.check_defaults()
        name = self._text(value, "protocol", ())
        full = name if "." in name or not space else f"{space}.{name}"
        return Avro(path, value, None, full, declared, found, self.named, tuple(self.faults))

    def _message(self, name: str, value: Any, pointer: Pointer, space: str) -> Message:
        if not isinstance(value, dict):
            raise Meaningless(f"The message `{name}` is no object with `request` and `response`.", pointer)
        request = Schema("record", (*pointer, "request"), name)
        request.fields = self._fields(value, "request", pointer, space)
        response = self.schema(value.get("response", "null"), (*pointer, "response"), space)
        errors = [Schema("string", pointer)]
        for index, one in enumerate(self._list(value, "errors", pointer)):
            errors.append(self.schema(one, (*pointer, "errors", index), space))
        union = Schema("union", (*pointer, "errors") if "errors" in value else pointer, branches=tuple(errors))
        notes = {k: v for k, v in value.items() if k not in ("request", "response", "errors", "one-way")}
        return Message(name, pointer, request, response, union, value.get("one-way") is True, notes)

    def schema(self, value: Any, pointer: Pointer, space: str) -> Schema:
        if isinstance(value, str):
            return self._reference(value, pointer, space)
        if isinstance(value, list):
            return self._union(value, pointer, space)
        if not isinstance(value, dict):
            raise Meaningless(
                f"`{_short(value)}` is no Avro schema: write a type's name, an object or a list.", pointer
            )
        kind = value.get("type")
        if isinstance(kind, (dict, list)):
            return self.schema(kind, (*pointer, "type"), space)
        if not isinstance(kind, str):
            raise Meaningless('A schema has no `"type"`: write for example `"type": "string"`.', pointer)
        match kind:
            case "record" | "error":
                return self._record(value, pointer, space)
            case "enum":
                return self._enum(value, pointer, space)
            case "fixed":
                return self._fixed(value, pointer, space)
            case "array" | "map":
                return self._container(kind, value, pointer, space)
        if kind not in PRIMITIVES:
            return self._reference(kind, (*pointer, "type"), space)
        return Schema(kind, pointer, logical=self._logical(value, kind, 0, pointer), notes=_notes(value, _SCHEMA_KEYS))

    def _reference(self, name: str, pointer: Pointer, space: str) -> Schema:
        if name in PRIMITIVES:
            return Schema(name, pointer)
        full = name if "." in name or not space else f"{space}.{name}"
        found = self.named.get(full) or self.named.get(name)
        if found is not None:
            return found
        if full not in self._unresolved:
            if name in ("record", "enum", "fixed", "array", "map", "union", "error"):
                raise Meaningless(f'`{name}` needs an object: write `{{"type": "{name}", …}}`.', pointer)
            self.fault(f"The type `{name}` is not defined in this file before it is used here.", pointer)
            self._unresolved[full] = Schema("unresolved", pointer, full)
        return self._unresolved[full]

    def _union(self, value: list[Any], pointer: Pointer, space: str) -> Schema:
        branches: dict[tuple[str, str], Schema] = {}
        for index, one in enumerate(value):
            at = (*pointer, index)
            branch = self.schema(one, at, space)
            if branch.kind == "union":
                self.fault("A union stands directly in a union; its branches are taken for the outer one's.", at)
            for each in branch.branches if branch.kind == "union" else (branch,):
                if (each.kind, each.name) in branches:
                    self.fault(f"The union names `{each}` twice; the first one is compared.", at)
                branches.setdefault((each.kind, each.name), each)
        return Schema("union", pointer, branches=tuple(branches.values()))

    def _record(self, value: dict[str, Any], pointer: Pointer, space: str) -> Schema:
        schema, inner = self._named("record", value, pointer, space)
        if "fields" not in value:
            raise Meaningless(f'The record `{schema.name}` has no `"fields"`: write a list of them.', pointer)
        schema.fields = self._fields(value, "fields", pointer, inner)
        return schema

    def _fields(self, value: dict[str, Any], key: str, pointer: Pointer, space: str) -> tuple[Field, ...]:
        fields: list[Field] = []
        seen: set[str] = set()
        for index, one in enumerate(self._list(value, key, pointer)):
            at = (*pointer, key, index)
            if not isinstance(one, dict) or "type" not in one:
                raise Meaningless('A field is an object with `"name"` and `"type"`.', at)
            name = self._text(one, "name", at)
            self._check_name(name, "field", at)
            if name in seen:
                self.fault(f"The field `{name}` is defined twice; the first one is compared.", at)
            seen.add(name)
            order = one.get("order", "ascending")
            if order not in _ORDERS:
                self.fault(f"`{_short(order)}` is no sort order: write ascending, descending or ignore.", at)
            field = Field(
                name,
                self.schema(one["type"], (*at, "type"), space),
                at,
                tuple(str(a) for a in self._list(one, "aliases", at)),
                "default" in one,
                one.get("default"),
                str(order),
                _notes(one, _FIELD_KEYS),
            )
            if field.has_default:
                self._defaults.append(field)
            fields.append(field)
        return tuple(fields)

    def _enum(self, value: dict[str, Any], pointer: Pointer, space: str) -> Schema:
        schema, _ = self._named("enum", value, pointer, space)
        if not isinstance(value.get("symbols"), list):
            raise Meaningless(f'The enum `{schema.name}` has no `"symbols"`: write a list of names.', pointer)
        schema.symbols = tuple(dict.fromkeys(str(symbol) for symbol in value["symbols"]))
        if len(schema.symbols) < len(value["symbols"]):
            self.fault(f"The enum `{schema.name}` lists a symbol twice.", (*pointer, "symbols"))
        default = value.get("default")
        if default is not None and default not in schema.symbol_set:
            self.fault(f"The enum's default `{_short(default)}` is none of its symbols.", (*pointer, "default"))
        elif default is not None:
            schema.default = str(default)
        return schema

    def _fixed(self, value: dict[str, Any], pointer: Pointer, space: str) -> Schema:
        schema, _ = self._named("fixed", value, pointer, space)
        size = value.get("size")
        if not isinstance(size, int) or isinstance(size, bool) or size < 0:
            raise Meaningless(f'The fixed `{schema.name}` has no `"size"`: write its number of bytes.', pointer)
        schema.size = size
        schema.logical = self._logical(value, "fixed", size, pointer)
        return schema

    def _container(self, kind: str, value: dict[str, Any], pointer: Pointer, space: str) -> Schema:
        key = "items" if kind == "array" else "values"
        if key not in value:
            raise Meaningless(f'The {kind} has no `"{key}"`: write the schema of its {key}.', pointer)
        inner = self.schema(value[key], (*pointer, key), space)
        return Schema(kind, pointer, inner=inner, notes=_notes(value, _SCHEMA_KEYS))

    def _named(self, kind: str, value: dict[str, Any], pointer: Pointer, space: str) -> tuple[Schema, str]:
        """The type, known by its name from here on so that it may hold itself; and the namespace inside of it."""
        name = self._text(value, "name", pointer)
        if not name:
            raise Meaningless(f'The {kind} has no `"name"`.', pointer)
        namespace = self._text(value, "namespace", pointer) if "namespace" in value else space
        full = name if "." in name or not namespace else f"{namespace}.{name}"
        inner = full.rpartition(".")[0]
        self._check_name(full, kind, pointer)
        aliases = tuple(
            str(alias) if "." in str(alias) or not inner else f"{inner}.{alias}"
            for alias in self._list(value, "aliases", pointer)
        )
        schema = Schema(kind, pointer, full, aliases, notes=_notes(value, _SCHEMA_KEYS))
        if full in self.named:
            self.fault(f"The type `{full}` is defined twice; its name means the first one.", pointer)
        if full in PRIMITIVES:
            self.fault(f"`{full}` is the name of a primitive type.", pointer)
        self.named.setdefault(full, schema)
        return schema, inner

    def _logical(self, value: dict[str, Any], kind: str, size: int, pointer: Pointer) -> Logical | None:
        """Implementations ignore a logical type that does not fit ("Logical Types"), and so does the comparison."""
        name = value.get("logicalType")
        if not isinstance(name, str):
            return None
        if kind not in _UNDERLYING.get(name, (kind,)) or (name, kind, size == 12) == ("duration", "fixed", False):
            self.fault(f"The logical type `{name}` can't stand on `{kind}`, so readers ignore it.", pointer)
            return None
        if name != "decimal":
            return Logical(name)
        precision, scale = value.get("precision"), value.get("scale", 0)
        if not (isinstance(precision, int) and isinstance(scale, int) and 0 <= scale <= precision and precision > 0):
            self.fault(
                "A decimal needs a `precision` above 0 and a `scale` of at most that; readers ignore it.", pointer
            )
            return None
        return Logical(name, precision, scale)

    def check_defaults(self) -> None:
        """Only now are all types known that a default may stand for."""
        defaults = Defaults()
        for field in self._defaults:
            if not defaults.fits(field.default, field.schema):
                shown = _short(field.default)
                self.fault(
                    f"The default `{shown}` of `{field.name}` is no value of its type, `{field.schema}`.", field.pointer
                )

    def _check_name(self, name: str, what: str, pointer: Pointer) -> None:
        if not all(_NAME.fullmatch(part) for part in name.split(".")):
            self.fault(f"`{name[:80]}` is no Avro name for a {what}: letters, digits and `_` only.", pointer)

    def _list(self, value: dict[str, Any], key: str, pointer: Pointer) -> list[Any]:
        found = value.get(key)
        if found is None:
            return []
        if not isinstance(found, list):
            raise Meaningless(f"`{key}` has to be a list.", (*pointer, key))
        return found

    def _text(self, value: dict[str, Any], key: str, pointer: Pointer) -> str:
        found = value.get(key, "")
        if not isinstance(found, str):
            raise Meaningless(f"`{key}` has to be a string, and is `{_short(found)}`.", (*pointer, key))
        return found

    def fault(self, message: str, pointer: Pointer) -> None:
        if len(self.faults) < _MOST_FAULTS:
            self.faults.append((message, pointer))


def _notes(value: dict[str, Any], meant: frozenset[str]) -> dict[str, Any]:
    return {key: one for key, one in value.items() if key not in meant}


def _short(value: object) -> str:
    text = str(value)
    return text if len(text) <= 60 else text[:59] + "…"
