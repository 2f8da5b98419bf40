"""The fields of two versions of a record."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.contracts.address import property_path
from bot.contracts.avro.model import Field, Schema
from bot.contracts.avro.record import Counts, Here, Record
from bot.contracts.avro.resolution import written_field

if TYPE_CHECKING:
    from bot.contracts.avro.comparison import SchemaPairs


def compare_fields(pairs: SchemaPairs, here: Here, base: Schema, head: Schema, counts: Counts) -> None:
    """Fields are matched as readers match them: by name, else by the reader's aliases, in each direction."""
    record = pairs.record
    backward = {id(new): old for new in head.fields if (old := written_field(new, base))}
    forward = {id(old): new for old in base.fields if (new := written_field(old, head))}
    found: dict[tuple[int, int], tuple[Field, Field]] = {}
    for new in head.fields:
        if (old := backward.get(id(new))) is not None:
            found[id(old), id(new)] = (old, new)
    for old in base.fields:
        if (new_one := forward.get(id(old))) is not None:
            found[id(old), id(new_one)] = (old, new_one)
    for old, new in found.values():
        read = Counts(backward.get(id(new)) is old, forward.get(id(old)) is new)
        at = here.step(property_path("", new.name))
        if old.name != new.name:
            _renamed(record, at, old, new, counts, read)
        pairs.compare(at, old.schema, new.schema, _both(counts, read))
        _compare_details(record, at, old, new)
    paired_old = {id(old) for old, _ in found.values()}
    paired_new = {id(new) for _, new in found.values()}
    for old in base.fields:
        if id(old) not in paired_old:
            _removed(record, here, old, counts)
    for new in head.fields:
        if id(new) not in paired_new:
            _added(record, here, new, counts)
    _compare_order(record, here, base, head)


def _both(counts: Counts, read: Counts) -> Counts:
    return Counts(counts.backward and read.backward, counts.forward and read.forward)


def _renamed(record: Record, at: Here, old: Field, new: Field, counts: Counts, read: Counts) -> None:
    breaks = Counts(
        counts.backward and not read.backward and not new.has_default,
        counts.forward and not read.forward and not old.has_default,
    )
    record.add("field.renamed", at, new.pointer, breaks=breaks, before=old.name, after=new.name, name=new.name)


def _removed(record: Record, here: Here, old: Field, counts: Counts) -> None:
    record.add(
        "field.removed",
        here.step(property_path("", old.name)),
        old.pointer,
        side="base",
        breaks=Counts(backward=False, forward=counts.forward and not old.has_default),
        before=str(old.schema),
        name=old.name,
        has_default=old.has_default,
    )


def _added(record: Record, here: Here, new: Field, counts: Counts) -> None:
    record.add(
        "field.added" if new.has_default else "field.required.added",
        here.step(property_path("", new.name)),
        new.pointer,
        breaks=Counts(backward=counts.backward and not new.has_default, forward=False),
        after=str(new.schema),
        name=new.name,
        has_default=new.has_default,
    )


def _compare_details(record: Record, at: Here, old: Field, new: Field) -> None:
    """What concerns neither the name nor the type."""
    _compare_default(record, at, old, new)
    if old.order != new.order:
        record.add("field.sort.changed", at, new.pointer, before=old.order, after=new.order, name=new.name)
    for alias in sorted(set(old.aliases) ^ set(new.aliases)):
        came = alias in new.aliases
        record.add(
            "field.alias.added" if came else "field.alias.removed",
            at,
            (new if came else old).pointer,
            side="head" if came else "base",
            before=None if came else alias,
            after=alias if came else None,
            name=alias,
        )
    for key in sorted({*old.notes, *new.notes}):
        if old.notes.get(key) != new.notes.get(key):
            record.add(
                "doc.changed" if key == "doc" else "property.changed",
                at,
                (*new.pointer, key) if key in new.notes else new.pointer,
                identity=(f"{key}={old.notes.get(key)}", f"{new.notes.get(key)}"),
                name=key,
            )


def _compare_default(record: Record, at: Here, old: Field, new: Field) -> None:
    before, after = (_shown(one.default) if one.has_default else None for one in (old, new))
    if old.has_default != new.has_default:
        fact = "field.default.added" if new.has_default else "field.default.removed"
        record.add(fact, at, new.pointer, before=before, after=after, name=new.name)
    elif type(old.default) is not type(new.default) or old.default != new.default:
        pointer = (*new.pointer, "default")
        record.add("field.default.changed", at, pointer, before=before, after=after, name=new.name)


def _shown(value: object) -> str:
    return "null" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def _compare_order(record: Record, here: Here, base: Schema, head: Schema) -> None:
    """Resolution goes by name, so the order of fields only decides how records sort, and how raw bytes lie."""
    old = [field.name for field in base.fields if field.name in head.fields_by_name]
    new = [field.name for field in head.fields if field.name in base.fields_by_name]
    if old != new:
        record.add(
            "field.order.changed",
            here,
            (*head.pointer, "fields"),
            identity=(",".join(old), ",".join(new)),
            name=head.name,
        )
