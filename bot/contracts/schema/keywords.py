"""The keywords that limit one value: types, enumerations, bounds, patterns, formats, defaults, encodings."""

from __future__ import annotations

import json
from typing import Any

from bot.contracts.change import AttributeValue
from bot.contracts.schema.known import REGISTERED_FORMATS
from bot.contracts.schema.normalise import common_multiple
from bot.contracts.schema.notes import Notes, among, canonical, pair, plain
from bot.contracts.schema.paths import definition_of
from bot.contracts.schema.shape import Said, Shape, describe
from bot.contracts.tree import Node

_BOUNDS = {
    "minLength": "min_length",
    "maxLength": "max_length",
    "minItems": "min_items",
    "maxItems": "max_items",
    "minProperties": "min_properties",
    "maxProperties": "max_properties",
    "minContains": "min_contains",
    "maxContains": "max_contains",
}
_WIDE_NUMBERS = frozenset({"int64", "float", "double"})
"""Formats of numbers that say how programs hold them, and refuse next to none."""
_LIMITED = {"Length": "string", "Items": "array", "Contains": "array", "Properties": "object"}
_WIDER_FORMATS = {
    "int8": ("int16", "int32", "int64"),
    "int16": ("int32", "int64"),
    "int32": ("int64",),
    "float": ("double",),
}
"""Formats that hold every value of another: OpenAPI format registry (spec.openapis.org/registry/format)."""


def compare_types(notes: Notes) -> bool:
    """Type and nullability. False when the two have no type in common, so that nothing else can be compared."""
    base, head = notes.base, notes.head
    if (
        base.nullable != head.nullable
        and base.types != frozenset({"null"}) != head.types
        and not _types_say_null(notes)
    ):
        _compare_nullable(notes)
    if base.types == head.types or (base.never or head.never):
        _compare_never(notes)
        return not (base.never or head.never)
    if base.types is None or head.types is None:
        _report_type(notes, "narrowed" if base.types is None else "widened")
        return True
    if _covers(head.types, base.types):
        _report_type(notes, "widened")
    elif _covers(base.types, head.types):
        _report_type(notes, "narrowed")
    else:
        _report_type(notes, "changed")
        return bool(base.types & head.types)
    return True


def _types_say_null(notes: Notes) -> bool:
    """Whether `null` comes (or goes) together with other types, so that one fact says both."""
    base, head = notes.base, notes.head
    if base.types is None or head.types is None or base.types == head.types or base.never or head.never:
        return False
    return _covers(head.types, base.types) if head.nullable else _covers(base.types, head.types)


def _compare_nullable(notes: Notes) -> None:
    base, head = notes.base, notes.head
    if head.nullable:
        if base.types is not None or base.enum is not None or base.unions:
            notes.add(
                "schema.nullable.added", head.nullable_site or head.home, before=describe(base), after=describe(head)
            )
    elif head.types is not None or head.enum is not None or head.unions:
        notes.add(
            "schema.nullable.removed",
            base.nullable_site or base.home,
            "base",
            before=describe(base),
            after=describe(head),
        )


def _compare_never(notes: Notes) -> None:
    if notes.base.never and not notes.head.never:
        notes.add("schema.never.removed", notes.base.home, "base", before="nothing", after=describe(notes.head))
    elif notes.head.never and not notes.base.never:
        notes.add("schema.never.added", notes.head.home, before=describe(notes.base), after="nothing")


def _covers(wide: frozenset[str], narrow: frozenset[str]) -> bool:
    return all(name in wide or (name == "integer" and "number" in wide) for name in narrow)


def _report_type(notes: Notes, how: str) -> None:
    base, head = notes.base, notes.head
    site, side = (
        (head.type_site or head.home, "head") if head.types is not None else (base.type_site or base.home, "base")
    )
    null = ",null" if _types_say_null(notes) else ""
    attributes: dict[str, AttributeValue] = {
        "from": _names(base),
        "to": _names(head),
        "into_array_of": _into_array_of(notes),
        "pattern": next(iter(head.patterns), None),
        "format": plain(head.said["format"].value) if "format" in head.said else None,
        "enumerated": head.enum is not None,
        "number_to_integer": how == "narrowed"
        and base.types == frozenset({"number"})
        and head.types == frozenset({"integer"}),
    }
    notes.add(
        f"schema.type.{how}",
        site,
        "head" if side == "head" else "base",
        before=describe(base),
        after=describe(head),
        identity=(_names(base) + null * base.nullable, _names(head) + null * head.nullable),
        attributes=attributes,
    )


def _names(shape: Shape) -> str:
    return "any" if shape.types is None else ",".join(sorted(shape.types))


def _into_array_of(notes: Notes) -> str | None:
    """Whether a single value became a list of such values (`same`), or of plain text (`text`), which can hold any.

    A query writes a single value and a list of one alike.
    """
    base, head = notes.base, notes.head
    if head.types != frozenset({"array"}) or base.types is None or base.types & {"array", "object"}:
        return None
    items = head.children.get("items")
    if items is None:
        return "same"
    item = notes.read_head(items)
    if item.types is None or _covers(item.types, base.types):
        return "same"
    free = not item.patterns and item.enum is None and "format" not in item.said
    return "text" if free and "string" in item.types else None


def compare_values(notes: Notes) -> None:
    """`enum` and `const`: a `const` is an enumeration of one."""
    base, head = notes.base, notes.head
    if base.enum is None and head.enum is None:
        return
    if base.enum is None or head.enum is None:
        site, side = (
            (head.enum_site or head.home, "head") if head.enum is not None else (base.enum_site or base.home, "base")
        )
        one = len(head.enum or base.enum or ()) == 1
        notes.add(
            f"schema.{'const' if one else 'enum'}.{'added' if head.enum is not None else 'removed'}",
            site,
            "head" if side == "head" else "base",
            before=_listed(base.enum),
            after=_listed(head.enum),
        )
        return
    removed = [value for value in base.enum if not among(value, head.enum)]
    added = [value for value in head.enum if not among(value, base.enum)]
    if removed and added and len(base.enum) == len(head.enum) == 1:
        notes.add("schema.const.changed", head.enum_site or head.home, before=plain(removed[0]), after=plain(added[0]))
        return
    if removed and not added and len(head.enum) == 1 and _elsewhere(base.enum_site, head.enum_site):
        site = head.enum_site or head.home
        notes.add("schema.const.added", site, before=_listed(base.enum), after=_listed(head.enum))
        return
    for value in removed:
        notes.add(
            "schema.enum.value.removed",
            *_enum_site(base, value, "base"),
            before=plain(value),
            attributes={"value": plain(value)},
        )
    for value in added:
        notes.add(
            "schema.enum.value.added",
            *_enum_site(head, value, "head"),
            after=plain(value),
            attributes={"value": plain(value)},
        )


def _elsewhere(base: Node | None, head: Node | None) -> bool:
    """Whether the list that was here still belongs to a shared definition, and another one, or none, came here."""
    if base is None or head is None:
        return False
    old, new = definition_of(base), definition_of(head)
    return old is not None and (new is None or old[0] != new[0])


def _listed(values: tuple[Any, ...] | None) -> str | None:
    if values is None:
        return None
    shown = ", ".join(canonical(value) for value in values[:8])
    return shown if len(values) <= 8 else f"{shown}, … ({len(values)} values)"


def _enum_site(shape: Shape, value: Any, side: Any) -> tuple[Node, Any]:
    site = shape.enum_site or shape.home
    if isinstance(site.value, list):
        for index, item in enumerate(site.value):
            if item == value and isinstance(item, bool) is isinstance(value, bool):
                return site.child(index), side
    return site, side


def compare_extensible_enum(notes: Notes) -> None:
    """`x-extensible-enum` (Zalando guideline 112): values may be added, never silently taken away."""
    base, head = notes.base.said.get("x-extensible-enum"), notes.head.said.get("x-extensible-enum")
    before = list(base.value) if base and isinstance(base.value, list) else []
    after = list(head.value) if head and isinstance(head.value, list) else []
    if head is not None and base is None:
        notes.add("schema.extensible_enum.added", head.site, after=_listed(tuple(after)))
        return
    if base is not None and head is None:
        notes.add("schema.extensible_enum.removed", base.site, "base", before=_listed(tuple(before)))
        return
    for index, value in enumerate(before):
        if base and not among(value, after):
            notes.add(
                "schema.extensible_enum.value.removed",
                base.site.child(index),
                "base",
                before=plain(value),
                attributes={"value": plain(value)},
            )
    for index, value in enumerate(after):
        if head and not among(value, before):
            notes.add(
                "schema.extensible_enum.value.added",
                head.site.child(index),
                after=plain(value),
                attributes={"value": plain(value)},
            )


def compare_bounds(notes: Notes) -> None:
    """Numeric bounds, sizes, `multipleOf` and `uniqueItems`.

    Also where they stand beside a type that they don't limit (`maxItems` of a string): to the letter they mean nothing
    there, but whoever writes them means something, and more often it is the type that is wrong.
    """
    base, head = notes.base, notes.head
    _compare_numbers(notes)
    for keyword, name in _BOUNDS.items():
        if notes.typed_now(_LIMITED[keyword[3:]]):
            continue
        before, after = base.said.get(keyword), head.said.get(keyword)
        if notes.came_and_went(f"schema.{name}", pair(before), pair(after)):
            continue
        if before is not None and after is not None and before.value != after.value:
            how = "increased" if after.value > before.value else "decreased"
            notes.add(f"schema.{name}.{how}", after.site, before=before.value, after=after.value)
    if notes.typed_now("array"):
        return
    notes.came_and_went("schema.unique_items", pair(base.said.get("uniqueItems")), pair(head.said.get("uniqueItems")))


def _compare_numbers(notes: Notes) -> None:
    base, head = notes.base, notes.head
    integral = head.types == frozenset({"integer"}) and base.types == frozenset({"integer"})
    _compare_limit(notes, "minimum", base.lower, base.lower_site, head.lower, head.lower_site, 1 if integral else 0)
    _compare_limit(notes, "maximum", base.upper, base.upper_site, head.upper, head.upper_site, -1 if integral else 0)
    _compare_multiple(notes)


def _compare_limit(
    notes: Notes,
    name: str,
    base: tuple[float, bool] | None,
    base_site: Node | None,
    head: tuple[float, bool] | None,
    head_site: Node | None,
    next_integer: int,
) -> None:
    """One end of the range. For integers `exclusiveMinimum: 0` is `minimum: 1`."""
    if base == head:
        return
    exclusive: dict[str, AttributeValue] = {"exclusive": bool((head or base or (0, False))[1])}
    if base is None and head is not None and head_site is not None:
        notes.add(f"schema.{name}.added", head_site, after=_limit(head), attributes=exclusive)
    elif head is None and base is not None and base_site is not None:
        notes.add(f"schema.{name}.removed", base_site, "base", before=_limit(base), attributes=exclusive)
    elif base is not None and head is not None and head_site is not None:
        old, new = _inclusive(base, next_integer), _inclusive(head, next_integer)
        if old == new:
            return
        if old[0] != new[0]:
            increased = new[0] > old[0]
        else:
            increased = new[1] if name == "minimum" else old[1]
        how = "increased" if increased else "decreased"
        notes.add(f"schema.{name}.{how}", head_site, before=_limit(base), after=_limit(head), attributes=exclusive)


def _inclusive(bound: tuple[float, bool], next_integer: int) -> tuple[float, bool]:
    if bound[1] and next_integer and bound[0] == int(bound[0]):
        return (bound[0] + next_integer, False)
    return bound


def _limit(bound: tuple[float, bool]) -> float | str:
    return f"{bound[0]} (exclusive)" if bound[1] else bound[0]


def _compare_multiple(notes: Notes) -> None:
    base, head = notes.base.said.get("multipleOf"), notes.head.said.get("multipleOf")
    if notes.came_and_went("schema.multiple_of", pair(base), pair(head)) or base is None or head is None:
        return
    if base.value != head.value:
        how = (
            "widened"
            if _divides(head.value, base.value)
            else "narrowed"
            if _divides(base.value, head.value)
            else "changed"
        )
        notes.add(f"schema.multiple_of.{how}", head.site, before=base.value, after=head.value)


def _divides(part: float, whole: float) -> bool:
    return common_multiple(part, whole) == whole


def compare_patterns(notes: Notes) -> None:
    """Patterns are compared as text and never run: another text means an unknown relation."""
    if notes.typed_now("string"):
        return
    base, head = notes.base.patterns, notes.head.patterns
    gone = [pattern for pattern in base if pattern not in head]
    new = [pattern for pattern in head if pattern not in base]
    for before, after in zip(gone, new, strict=False):
        notes.add("schema.pattern.changed", head[after], before=before, after=after)
    for after in new[len(gone) :]:
        notes.add("schema.pattern.added", head[after], after=after)
    for before in gone[len(new) :]:
        notes.add("schema.pattern.removed", base[before], "base", before=before)


def compare_format(notes: Notes) -> None:
    """`format`: one holds the other, or they part ways. A format that nobody registered binds nobody for sure."""
    base, head = notes.base.said.get("format"), notes.head.said.get("format")
    attributes: dict[str, AttributeValue] = {
        "registered": head is not None and _registered(head.value),
        "was_registered": base is not None and _registered(base.value),
    }
    attributes["hint"] = {str(said.value) for said in (base, head) if said is not None} <= _WIDE_NUMBERS
    came_or_went = notes.came_and_went("schema.format", pair(base), pair(head), attributes=attributes)
    if came_or_went or base is None or head is None:
        return
    if base.value != head.value:
        how = "changed"
        if head.value in _WIDER_FORMATS.get(str(base.value), ()):
            how = "widened"
        elif base.value in _WIDER_FORMATS.get(str(head.value), ()):
            how = "narrowed"
        before, after = plain(base.value), plain(head.value)
        notes.add(f"schema.format.{how}", head.site, before=before, after=after, attributes=attributes)


def _registered(name: object) -> bool:
    return isinstance(name, str) and name in REGISTERED_FORMATS


def compare_default(notes: Notes) -> None:
    """`default`: None is a value like others here."""
    base, head = notes.base.said.get("default"), notes.head.said.get("default")
    if base is None and head is not None:
        notes.add("schema.default.added", head.site, after=_shown(head))
    elif head is None and base is not None:
        notes.add("schema.default.removed", base.site, "base", before=_shown(base))
    elif base is not None and head is not None and not among(base.value, [head.value]):
        before, after = _shown(base), _shown(head)
        if str(before).lower() == str(after).lower():  # `true` and `"true"`
            before, after = (json.dumps(said.value) for said in (base, head))
        notes.add("schema.default.changed", head.site, before=before, after=after)


def _shown(said: Said) -> AttributeValue:
    return "null" if said.value is None else plain(said.value)


def compare_content(notes: Notes) -> None:
    """`contentEncoding` and `contentMediaType`: how a string is to be decoded."""
    for keyword, name in (("contentEncoding", "content_encoding"), ("contentMediaType", "content_media_type")):
        base, head = notes.base.said.get(keyword), notes.head.said.get(keyword)
        if notes.came_and_went(f"schema.{name}", pair(base), pair(head)) or base is None or head is None:
            continue
        if base.value != head.value:
            notes.add(f"schema.{name}.changed", head.site, before=plain(base.value), after=plain(head.value))
