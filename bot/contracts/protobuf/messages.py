"""Two sides of one message. Fields are known on the wire by number, in JSON and in code by name."""

from __future__ import annotations

from collections import Counter

from bot.contracts.protobuf.custom_options import compare_options
from bot.contracts.protobuf.features import feature_span, presence
from bot.contracts.protobuf.fields import compare_fields, type_of
from bot.contracts.protobuf.model import MAX_FIELD, Field, File, Message, flag, option
from bot.contracts.protobuf.ranges import Numbers
from bot.contracts.protobuf.record import Record
from bot.contracts.protobuf.reserved import compare_extension_ranges, compare_reserved

_HANDLED = frozenset({"no_standard_descriptor_accessor", "message_set_wire_format"})


def compare_messages(record: Record, base_file: File, base: Message, head_file: File, head: Message) -> None:
    """The message itself; what is nested in it is compared on its own."""
    _compare_number_of_fields(record, base_file, base, head_file, head)
    _compare_oneofs(record, base, head_file, head)
    compare_reserved(record, "message", base, head_file, head, MAX_FIELD)
    compare_extension_ranges(record, base, head_file, head)
    _compare_formats(record, base, head_file, head)
    compare_options(record, base.full_name, "message", base.options, (head_file, head.span, head.options), _HANDLED)


def _compare_number_of_fields(record: Record, base_file: File, base: Message, head_file: File, head: Message) -> None:
    after = {field.number: field for field in head.fields}
    before = {field.number: field for field in base.fields}
    reserved, names = Numbers(head.reserved), set(head.reserved_names)
    alone = _oneofs_of_one(base, head)
    for number, field in before.items():
        twin = after.get(number)
        if twin is not None:
            compare_fields(record, base_file, field, head_file, twin, base.name, is_alone=twin.oneof in alone)
            continue
        record.add(
            "protobuf.field.removed",
            field.full_name,
            (head_file, head.span),
            before=f"{type_of(record.base, base_file, field).shown} {field.name} = {number}",
            name=field.name,
            number=number,
            holder=base.name,
            required=_is_required(base_file, field),
            in_oneof=bool(field.oneof),
            name_reserved=field.name in names,
            number_reserved=number in reserved,
        )
    for number, field in after.items():
        if number not in before:
            record.add(
                "protobuf.field.added",
                field.full_name,
                (head_file, field.span),
                after=f"{type_of(record.head, head_file, field).shown} {field.name} = {number}",
                name=field.name,
                number=number,
                holder=head.name,
                required=_is_required(head_file, field),
            )


def _oneofs_of_one(base: Message, head: Message) -> set[str]:
    """The new oneofs that hold a single field."""
    known = {oneof.name for oneof in base.oneofs}
    members = Counter(field.oneof for field in head.fields if field.oneof)
    return {name for name, count in members.items() if count == 1 and name not in known}


def _is_required(file: File, field: Field) -> bool:
    return presence(file, field, is_message=False) == "required"


def _compare_oneofs(record: Record, base: Message, head_file: File, head: Message) -> None:
    left = {oneof.name: oneof for oneof in head.oneofs}
    for oneof in base.oneofs:
        element = f"{base.full_name}.{oneof.name}"
        twin = left.pop(oneof.name, None)
        if twin is None:
            record.add(
                "protobuf.oneof.removed",
                element,
                (head_file, head.span),
                before=oneof.name,
                name=oneof.name,
                holder=base.name,
            )
        else:
            compare_options(record, element, "oneof", oneof.options, (head_file, twin.span, twin.options))
    for oneof in left.values():
        record.add(
            "protobuf.oneof.added",
            f"{head.full_name}.{oneof.name}",
            (head_file, oneof.span),
            after=oneof.name,
            name=oneof.name,
            holder=head.name,
        )


def _compare_formats(record: Record, base: Message, head_file: File, head: Message) -> None:
    formats = [message.features["json_format"] for message in (base, head)]
    if formats[0] != formats[1]:
        record.add(
            "protobuf.json_format.changed",
            base.full_name,
            (head_file, feature_span(head, "json_format") or head.span),
            before=formats[0],
            after=formats[1],
            kind="message",
            name=head.name,
            lost=formats[0] == "ALLOW",
        )
    for name, fact in (
        ("no_standard_descriptor_accessor", "protobuf.message.accessor.changed"),
        ("message_set_wire_format", "protobuf.message.set_format.changed"),
    ):
        before, after = flag(base.options, name), flag(head.options, name)
        if before != after:
            found = option(head.options, name)
            at = found.span if found else head.span
            record.add(fact, base.full_name, (head_file, at), before=before, after=after, name=head.name, lost=after)
