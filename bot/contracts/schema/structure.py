"""Objects and arrays: what is inside, what must be there, what else may be."""

from __future__ import annotations

from bot.contracts.change import AttributeValue
from bot.contracts.schema.notes import Notes
from bot.contracts.schema.paths import ANY_ITEM, ANY_PROPERTY, ROOT, definition_of, property_step
from bot.contracts.schema.remarks import sunset_state
from bot.contracts.schema.shape import Conjunction, Shape, closed, describe

ABSENT = "absent"
"""The value of a property that is not there, as a reader meets it."""

_CONTAINERS = {
    "items": ("items", ANY_ITEM),
    "contains": ("contains", ANY_ITEM),
    "propertyNames": ("property_names", ANY_PROPERTY),
    "contentSchema": ("content_schema", ""),
    "unevaluatedProperties": ("unevaluated_properties", ANY_PROPERTY),
    "unevaluatedItems": ("unevaluated_items", ANY_ITEM),
}


def compare_properties(notes: Notes) -> None:
    """Properties by name, and which of them are required."""
    base, head = notes.base, notes.head
    for name in base.properties.keys() | head.properties.keys():
        before, after = base.properties.get(name), head.properties.get(name)
        if before is None and after is not None:
            _property_added(notes, name, after)
        elif after is None and before is not None:
            _property_removed(notes, name, before)
        elif before is not None and after is not None:
            _property_kept(notes, name, before, after)
    for name in (base.required.keys() | head.required.keys()) - base.properties.keys() - head.properties.keys():
        _compare_required(notes, name, {"name": name, "declared": False})


def compare_replaced(notes: Notes) -> bool:
    """One named definition in the place of another that has no property in common with it: one fact, not one for each
    property. True when it is so.
    """
    base, head = notes.base, notes.head
    if not (notes.base_nodes and notes.head_nodes and base.properties and head.properties):
        return False
    if base.properties.keys() & head.properties.keys() or base.unions or head.unions:
        return False
    old, new = definition_of(notes.base_nodes[0]), definition_of(notes.head_nodes[0])
    if old is None or new is None or old[0] == new[0] or (old[1], new[1]) != (ROOT, ROOT):
        return False
    attributes: dict[str, AttributeValue] = {
        "needs_more": bool(head.required),
        "promised": bool(base.required),
        "refuses": notes.forbids_more(head),
    }
    notes.add("schema.object.replaced", notes.head_nodes[0], before=old[0], after=new[0], attributes=attributes)
    return True


def _property_added(notes: Notes, name: str, after: Conjunction) -> None:
    shape = notes.read_head(after)
    notes.add(
        "schema.property.added",
        after[0],
        before=ABSENT,
        after=describe(shape),
        identity=("", [describe(shape), name in notes.head.required, shape.has_default]),
        step=property_step(name),
        attributes={
            **_property_attributes(name, shape, required=name in notes.head.required),
            "was_forbidden": notes.forbids_more(notes.base),
            "was_required": name in notes.base.required,
            "never": shape.never,
        },
    )


def _property_removed(notes: Notes, name: str, before: Conjunction) -> None:
    shape = notes.read_base(before)
    state, day = sunset_state(shape, notes.today, 0)
    notes.add(
        "schema.property.removed",
        before[0],
        "base",
        before=describe(shape),
        after=ABSENT,
        identity=([describe(shape), name in notes.base.required], ""),
        step=property_step(name),
        attributes={
            **_property_attributes(name, shape, required=name in notes.base.required),
            "deprecated": shape.deprecated,
            "sunset": state,
            "sunset_date": day,
            "now_forbidden": notes.forbids_more(notes.head),
            "never": shape.never,
        },
    )


def _property_attributes(name: str, shape: Shape, *, required: bool) -> dict[str, AttributeValue]:
    return {
        "name": name,
        "required": required,
        "has_default": shape.has_default,
        "read_only": shape.read_only,
        "write_only": shape.write_only,
        "nullable": shape.nullable,
    }


def _property_kept(notes: Notes, name: str, before: Conjunction, after: Conjunction) -> None:
    old, new = notes.read_base(before), notes.read_head(after)
    notes.descend(property_step(name), before, after, (new.read_only, new.write_only))
    required = name in notes.head.required
    if required != (name in notes.base.required):
        attributes = {**_property_attributes(name, new, required=required), "declared": True}
        # A property that was read-only until now was never sent, whatever `required` said.
        attributes["was_read_only"], attributes["was_write_only"] = old.read_only, old.write_only
        _compare_required(notes, name, attributes)
    for fact, keyword, was, now in (
        ("schema.read_only", "readOnly", old, new),
        ("schema.write_only", "writeOnly", old, new),
    ):
        attributes = {"name": name, "required": required, "was_required": name in notes.base.required}
        gone, came = was.said.get(keyword), now.said.get(keyword)
        if came is not None and gone is None:
            notes.add(f"{fact}.added", came.site, after=True, step=property_step(name), attributes=attributes)
        elif gone is not None and came is None:
            notes.add(
                f"{fact}.removed", gone.site, "base", before=True, step=property_step(name), attributes=attributes
            )


def _compare_required(notes: Notes, name: str, attributes: dict[str, AttributeValue]) -> None:
    before, after = notes.base.required.get(name), notes.head.required.get(name)
    step = property_step(name)
    if after is not None and before is None:
        notes.add(
            "schema.property.required.added",
            after,
            before="optional",
            after="required",
            step=step,
            attributes=attributes,
        )
    elif before is not None and after is None:
        notes.add(
            "schema.property.required.removed",
            before,
            "base",
            before="required",
            after="optional",
            step=step,
            attributes=attributes,
        )


def compare_additional(notes: Notes) -> None:
    """`additionalProperties`: anything, a schema, or nothing."""
    base, head = (shape.children.get("additionalProperties") for shape in (notes.base, notes.head))
    fact = "schema.additional_properties"
    if base is None and head is None:
        return
    if closed(base) != closed(head):
        if closed(head) and head is not None:
            before = "any" if base is None else describe(notes.read_base(base))
            notes.add(f"{fact}.closed", head[0], before=before, after="none", step=ANY_PROPERTY)
        elif base is not None:
            after = "any" if head is None else describe(notes.read_head(head))
            notes.add(
                f"{fact}.opened",
                base[0] if head is None else head[0],
                "base" if head is None else "head",
                before="none",
                after=after,
                step=ANY_PROPERTY,
            )
    elif not closed(base):
        if base is None and head is not None:
            notes.add(
                f"{fact}.narrowed", head[0], before="any", after=describe(notes.read_head(head)), step=ANY_PROPERTY
            )
        elif head is None and base is not None:
            notes.add(
                f"{fact}.widened",
                base[0],
                "base",
                before=describe(notes.read_base(base)),
                after="any",
                step=ANY_PROPERTY,
            )
        elif base is not None and head is not None:
            notes.descend(ANY_PROPERTY, base, head)


def compare_containers(notes: Notes) -> None:
    """Keywords that hold one schema: on one side only, or to be compared."""
    for keyword, (name, step) in _CONTAINERS.items():
        base, head = notes.base.children.get(keyword), notes.head.children.get(keyword)
        if keyword == "items" and _no_array(notes):
            continue
        if base is not None and head is not None:
            notes.descend(step, base, head)
        elif head is not None:
            words = describe(notes.read_head(head))
            notes.add(f"schema.{name}.added", head[0], after=words, step=step, attributes={"closed": closed(head)})
        elif base is not None:
            words = describe(notes.read_base(base))
            attributes: dict[str, AttributeValue] = {"closed": closed(base)}
            notes.add(f"schema.{name}.removed", base[0], "base", before=words, step=step, attributes=attributes)


def _no_array(notes: Notes) -> bool:
    """Whether one side allows no array, so that what is said about items is no news of its own."""
    return any(shape.types is not None and "array" not in shape.types for shape in (notes.base, notes.head))


def compare_named(notes: Notes) -> None:
    """`patternProperties`, `dependentSchemas`, `dependentRequired`."""
    base, head = notes.base, notes.head
    for fact, step, old, new in (
        ("schema.pattern_property", ANY_PROPERTY, base.pattern_properties, head.pattern_properties),
        ("schema.dependent_schema", "", base.dependent_schemas, head.dependent_schemas),
    ):
        for name in old.keys() | new.keys():
            before, after = old.get(name), new.get(name)
            attributes: dict[str, AttributeValue] = {"name": name}
            if before is not None and after is not None:
                notes.descend(step, before, after)
            elif after is not None:
                notes.add(f"{fact}.added", after[0], after=name, step=step, attributes=attributes)
            elif before is not None:
                notes.add(f"{fact}.removed", before[0], "base", before=name, step=step, attributes=attributes)
    _compare_dependent_required(notes)


def _compare_dependent_required(notes: Notes) -> None:
    base, head = notes.base.dependent_required, notes.head.dependent_required
    for name in base.keys() | head.keys():
        before, after = base.get(name), head.get(name)
        attributes: dict[str, AttributeValue] = {"name": name}
        old = None if before is None else (", ".join(before.value), before.site)
        new = None if after is None else (", ".join(after.value), after.site)
        if notes.came_and_went("schema.dependent_required", old, new, attributes=attributes):
            continue
        if before is not None and after is not None and before.value != after.value:
            more, fewer = set(after.value) - set(before.value), set(before.value) - set(after.value)
            how = "changed" if more and fewer else "narrowed" if more else "widened"
            notes.add(
                f"schema.dependent_required.{how}",
                after.site,
                before=", ".join(before.value),
                after=", ".join(after.value),
                attributes=attributes,
            )


def compare_prefix_items(notes: Notes) -> None:
    """`prefixItems` by position."""
    if _no_array(notes):
        return
    base, head = notes.base.prefix_items, notes.head.prefix_items
    for index, (before, after) in enumerate(zip(base, head, strict=False)):
        notes.descend(f"[{index}]", before, after)
    for index in range(len(base), len(head)):
        if head[index]:
            notes.add(
                "schema.prefix_item.added",
                head[index][0],
                after=describe(notes.read_head(head[index])),
                step=f"[{index}]",
                attributes={"index": index, "rest_closed": closed(notes.base.children.get("items"))},
            )
    for index in range(len(head), len(base)):
        if base[index]:
            notes.add(
                "schema.prefix_item.removed",
                base[index][0],
                "base",
                before=describe(notes.read_base(base[index])),
                step=f"[{index}]",
                attributes={"index": index, "rest_closed": closed(notes.head.children.get("items"))},
            )


def compare_unresolved(notes: Notes) -> bool:
    """A reference that leads nowhere, where it came, went, or replaced something.

    True when the rest of such a schema is not known well enough to say what else changed.
    """
    base, head = notes.base.unresolved, notes.head.unresolved
    for side, here, there in (("base", base, head), ("head", head, base)):
        for reference in sorted(here.keys() - there.keys()):
            reason, site = here[reference]
            attributes: dict[str, AttributeValue] = {"reason": reason, "reference": reference}
            if side == "base":
                notes.add("schema.reference.unresolved", site, "base", before=reference, attributes=attributes)
            else:
                notes.add("schema.reference.unresolved", site, after=reference, attributes=attributes)
    unknown = [
        shape
        for shape, came in ((notes.base, base.keys() - head.keys()), (notes.head, head.keys() - base.keys()))
        if came
    ]
    return any(shape.types is None and not shape.properties and not shape.unions for shape in unknown)
