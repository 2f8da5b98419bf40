"""Numbers and names set aside: what is no longer reserved may be used anew, with another meaning."""

from __future__ import annotations

from bot.contracts.protobuf.model import MAX_FIELD, Enum, File, Message
from bot.contracts.protobuf.ranges import Numbers, shown
from bot.contracts.protobuf.record import Record


def compare_reserved(
    record: Record, kind: str, base: Message | Enum, head_file: File, head: Message | Enum, limit: int
) -> None:
    """`limit`: the number that is shown as `max`."""
    at = (head_file, head.span)
    numbers = Numbers(head.reserved)
    for wanted in base.reserved:
        missing = numbers.missing_of(wanted)
        if missing:
            record.add(
                "protobuf.reserved.number.removed",
                base.full_name,
                at,
                before=shown([wanted], limit),
                after=shown(missing, limit),
                kind=kind,
                name=head.name,
                missing=shown(missing, limit),
            )
    names = set(head.reserved_names)
    for name in dict.fromkeys(base.reserved_names):
        if name not in names:
            record.add(
                "protobuf.reserved.name.removed",
                base.full_name,
                at,
                before=name,
                kind=kind,
                holder=head.name,
                name=name,
            )
    _added(record, kind, base, head_file, head, limit)


def _added(record: Record, kind: str, base: Message | Enum, head_file: File, head: Message | Enum, limit: int) -> None:
    before = Numbers(base.reserved)
    ranges = [missing for one in head.reserved for missing in before.missing_of(one)]
    names = [name for name in head.reserved_names if name not in set(base.reserved_names)]
    if ranges or names:
        record.add(
            "protobuf.reserved.added",
            base.full_name,
            (head_file, head.span),
            after=", ".join([*filter(None, [shown(ranges, limit)]), *names]),
            kind=kind,
            name=head.name,
        )


def compare_extension_ranges(record: Record, base: Message, head_file: File, head: Message) -> None:
    """Numbers left to others: an extension of theirs that is no longer in a range does not compile."""
    at = (head_file, head.span)
    numbers = Numbers(head.extension_ranges)
    for wanted in base.extension_ranges:
        missing = numbers.missing_of(wanted)
        if missing:
            record.add(
                "protobuf.extension_range.removed",
                base.full_name,
                at,
                before=shown([wanted], MAX_FIELD),
                after=shown(missing, MAX_FIELD),
                name=head.name,
                missing=shown(missing, MAX_FIELD),
            )
    before = Numbers(base.extension_ranges)
    come = [missing for one in head.extension_ranges for missing in before.missing_of(one)]
    if come:
        record.add("protobuf.extension_range.added", base.full_name, at, after=shown(come, MAX_FIELD), name=head.name)
