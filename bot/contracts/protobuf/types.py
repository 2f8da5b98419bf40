"""The type of a field as it matters to others: on the wire, in JSON, in generated code."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum as Choice

from bot.contracts.protobuf.enums import is_subset
from bot.contracts.protobuf.model import Field, File
from bot.contracts.protobuf.names import Target, Tree
from bot.contracts.protobuf.record import Record


def _groups(*members: str) -> Mapping[str, int]:
    return {kind: number for number, together in enumerate(members) for kind in together.split()}


# Which kinds can stand for each other: protobuf.dev/programming-guides/proto3/#updating for the wire, #json for JSON.
# Messages read as bytes, and numbers as enums, are compatible only for some values, so they are not counted here.
_WIRE = _groups(
    "int32 int64 uint32 uint64 bool",
    "sint32 sint64",
    "fixed32 sfixed32",
    "fixed64 sfixed64",
    *["string", "bytes", "double", "float", "group", "message", "enum"],
)
_WIRE_AND_JSON = _groups(
    "int32 uint32",
    "int64 uint64",
    "fixed32 sfixed32",
    "fixed64 sfixed64",
    *["bool", "sint32", "sint64", "string", "bytes", "double", "float", "group", "message", "enum"],
)


@dataclass(frozen=True, slots=True)
class Type:
    """kind: a scalar's name, message, group (a message that is delimited by tags), enum or unknown.

    target: what it is made of. shown: for readers. key: the type of a map's keys. entry: the name of the message that
    a map is a list of (protobuf.dev/programming-guides/proto3/#backwards).
    """

    kind: str
    target: Target
    shown: str
    key: str = ""
    entry: str = ""


class Doubt(Choice):
    """Whether two names stand for the same."""

    SAME = "same"
    DIFFERENT = "different"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class TypeChange:
    """wire, json: whether old data is still read there. unknown: a name leads nowhere, so nobody can tell."""

    wire: bool
    json: bool
    unknown: bool = False


def type_of(tree: Tree, file: File, field: Field) -> Type:
    """The type of a field on one side."""
    target = tree.target(file, field.scope, field.type)
    kind = target.name if target.kind == "scalar" else target.kind
    if kind == "message" and (field.group or (not field.key and field.features["message_encoding"] == "DELIMITED")):
        kind = "group"
    if field.key:
        return Type(kind, target, f"map<{field.key}, {target.name}>", field.key, _entry(field))
    return Type(kind, target, target.name)


def differ(record: Record, base_file: File, base: Target, head_file: File, head: Target) -> Doubt:
    """Whether two named types are the same one. What a missing import hides is not guessed.

    The last part of a name stays whatever it is looked up from, so two that end differently are different.
    """
    if base.is_known and head.is_known:
        same = record.renamed.get(base.name, base.name) == head.name
        return Doubt.SAME if same and base.kind == head.kind else Doubt.DIFFERENT
    if "scalar" in (base.kind, head.kind) or _last(base.name) != _last(head.name):
        return Doubt.DIFFERENT
    same_text = not base.is_known and not head.is_known and base.name == head.name
    if same_text and record.base.missing(base_file) <= record.head.missing(head_file):
        return Doubt.SAME
    return Doubt.UNKNOWN


def compare_types(record: Record, base_file: File, base: Type, head_file: File, head: Type) -> TypeChange | None:
    """None when both are the same type."""
    if bool(base.key) != bool(head.key):
        entry, other = (base.entry, head.target.name) if base.key else (head.entry, base.target.name)
        if entry == other:
            return None
        return TypeChange(wire=False, json=False)
    of_value = _compare_values(record, base_file, base, head_file, head)
    if not base.key or base.key == head.key:
        return of_value
    wire, json = _WIRE[base.key] == _WIRE[head.key], _WIRE_AND_JSON[base.key] == _WIRE_AND_JSON[head.key]
    if of_value is None:
        return TypeChange(wire, json)
    return TypeChange(wire and of_value.wire, json and of_value.json, of_value.unknown)


def _compare_values(record: Record, base_file: File, base: Type, head_file: File, head: Type) -> TypeChange | None:
    answer = differ(record, base_file, base.target, head_file, head.target)
    if answer is Doubt.UNKNOWN:
        return TypeChange(wire=False, json=False, unknown=True)
    if answer is Doubt.SAME and base.kind == head.kind:
        return None
    if "unknown" in (base.kind, head.kind):
        return None if answer is Doubt.SAME else TypeChange(wire=False, json=False)
    if base.kind != head.kind:
        wire = _WIRE[base.kind] == _WIRE[head.kind] or (base.kind, head.kind) == ("string", "bytes")
        return TypeChange(wire, _WIRE_AND_JSON[base.kind] == _WIRE_AND_JSON[head.kind])
    if base.kind == "enum":
        grown = _is_the_enum_grown(record, base.target.name, head.target.name)
        return TypeChange(grown, grown)
    return TypeChange(wire=False, json=False)


def _is_the_enum_grown(record: Record, base: str, head: str) -> bool:
    """Whether an enum of another place has the same name and at least the same values."""
    old, new = record.base.enum(base), record.head.enum(head)
    return old is not None and new is not None and old.name == new.name and is_subset(old, new)


def _entry(field: Field) -> str:
    """`acme.Order.ItemNotesEntry` of the map `item_notes`."""
    return f"{field.scope}.{''.join(part[:1].upper() + part[1:] for part in field.name.split('_'))}Entry"


def _last(name: str) -> str:
    return name.rpartition(".")[2]
