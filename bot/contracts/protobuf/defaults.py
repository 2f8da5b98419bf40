"""Default values: what a reader sees when the writer left a field out."""

from __future__ import annotations

import math
from collections.abc import Mapping

from bot.contracts.change import AttributeValue
from bot.contracts.protobuf.model import Field, File, Word, option
from bot.contracts.protobuf.names import Tree
from bot.contracts.protobuf.record import Record
from bot.contracts.protobuf.types import Type
from bot.contracts.protobuf.values import shown

Half = tuple[File, Field, Type]


def compare_defaults(
    record: Record, about: Mapping[str, AttributeValue], element: str, sides: tuple[Half, Half]
) -> None:
    """A change of type is said elsewhere, so a default is compared by its value: 0 and 0.0, true and 1 are the same."""
    if not all(_can_have_default(field, found) for _, field, found in sides):
        return
    before, after = (_value(tree, half) for tree, half in zip((record.base, record.head), sides, strict=True))
    if _same(before, after) or (not before and not after):
        return
    file, field, _ = sides[1]
    found = option(field.options, "default")
    record.add(
        "protobuf.field.default.changed",
        element,
        (file, found.span if found else field.span),
        before=_written(sides[0]),
        after=_written(sides[1]),
        identity=[str(before), str(after)],
        about=about,
    )


def _can_have_default(field: Field, found: Type) -> bool:
    return field.label != "repeated" and not field.key and found.kind not in ("message", "group", "unknown")


def _value(tree: Tree, half: Half) -> str | float:
    """Numbers for everything but text; an enum's default is the number of its value."""
    _, field, found = half
    written = option(field.options, "default")
    value = written.value if written else None
    if found.kind in ("string", "bytes"):
        return value if isinstance(value, str) else ""
    if found.kind == "enum":
        return _enum_number(tree, found, value)
    if isinstance(value, Word):
        if value.text in ("true", "false"):
            return float(value.text == "true")
        return float(value.text) if value.text.lstrip("-") in ("inf", "nan") else 0
    return value if isinstance(value, (int, float)) else 0


def _enum_number(tree: Tree, found: Type, value: object) -> str | float:
    """The value's name when its enum is out of reach."""
    enum = tree.enum(found.target.name)
    if enum is None:
        return value.text if isinstance(value, Word) else 0
    if not isinstance(value, Word):
        return enum.values[0].number
    return next((one.number for one in enum.values if one.name == value.text), value.text)


def _same(before: str | float, after: str | float) -> bool:
    if isinstance(before, float) and isinstance(after, float) and math.isnan(before) and math.isnan(after):
        return True
    return isinstance(before, str) == isinstance(after, str) and before == after


def _written(half: Half) -> str | None:
    found = option(half[1].options, "default")
    return shown(found.value) if found else None
