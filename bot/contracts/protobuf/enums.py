"""Two sides of one enum. Values are known on the wire by number, in JSON and in code by name."""

from __future__ import annotations

from bot.contracts.protobuf.custom_options import compare_options
from bot.contracts.protobuf.features import feature_span
from bot.contracts.protobuf.model import MAX_ENUM, Enum, EnumValue, File
from bot.contracts.protobuf.ranges import Numbers
from bot.contracts.protobuf.record import Record
from bot.contracts.protobuf.reserved import compare_reserved


def compare_enums(record: Record, base: Enum, head_file: File, head: Enum) -> None:
    """What goes is shown at the head, where it is missing."""
    element = base.full_name
    closed = [enum.features["enum_type"] == "CLOSED" for enum in (base, head)]
    if closed[0] != closed[1]:
        at = feature_span(head, "enum_type") or head.span
        before, after = ("closed" if one else "open" for one in closed)
        record.add("protobuf.enum.type.changed", element, (head_file, at), before=before, after=after, name=head.name)
    formats = [enum.features["json_format"] for enum in (base, head)]
    if formats[0] != formats[1]:
        at = feature_span(head, "json_format") or head.span
        record.add(
            "protobuf.json_format.changed",
            element,
            (head_file, at),
            before=formats[0],
            after=formats[1],
            kind="enum",
            name=head.name,
            lost=formats[0] == "ALLOW",
        )
    _compare_values(record, base, head_file, head)
    compare_reserved(record, "enum", base, head_file, head, MAX_ENUM)
    compare_options(record, element, "enum", base.options, (head_file, head.span, head.options))


def is_subset(base: Enum, head: Enum) -> bool:
    """Whether every value of the base enum is in the head's, name and number."""
    values = {(value.name, value.number) for value in head.values}
    return all((value.name, value.number) in values for value in base.values)


def _compare_values(record: Record, base: Enum, head_file: File, head: Enum) -> None:
    alike = _alike(base, head)
    for value, twin in alike:
        if value.options or twin.options:
            element = f"{base.full_name}.{value.name}"
            compare_options(record, element, "enum value", value.options, (head_file, twin.span, twin.options))
    told = {id(value) for pair in alike for value in pair}
    before, after = _by_number(base, told), _by_number(head, told)
    reserved = Numbers(head.reserved)
    names = {value.name for value in head.values}
    free_names = set(head.reserved_names)
    for number, values in before.items():
        if number not in after:
            gone = [value.name for value in values]
            record.add(
                "protobuf.enum.value.removed",
                f"{base.full_name}.{gone[0]}",
                (head_file, head.span),
                before=" = ".join([*gone, str(number)]),
                name=gone[0],
                number=number,
                holder=base.name,
                moved=gone[0] in names,
                name_reserved=all(name in free_names for name in gone),
                number_reserved=number in reserved,
            )
            continue
        _compare_names(record, base, values, head_file, after[number])
    closed = head.features["enum_type"] == "CLOSED"
    for number, values in after.items():
        if number not in before:
            record.add(
                "protobuf.enum.value.added",
                f"{head.full_name}.{values[0].name}",
                (head_file, values[0].span),
                after=f"{values[0].name} = {number}",
                name=values[0].name,
                number=number,
                holder=head.name,
                closed=closed,
            )


def _compare_names(
    record: Record, base: Enum, before: list[EnumValue], head_file: File, after: list[EnumValue]
) -> None:
    """The names of one number: none may go; more may come (aliases)."""
    old, new = [value.name for value in before], [value.name for value in after]
    gone = [name for name in old if name not in new]
    come = [value for value in after if value.name not in old]
    if gone:
        shown_at = come[0] if come else after[0]
        record.add(
            "protobuf.enum.value.renamed",
            f"{base.full_name}.{gone[0]}",
            (head_file, shown_at.number_span),
            before=", ".join(sorted(old)),
            after=", ".join(sorted(new)),
            name=gone[0],
            number=before[0].number,
            holder=base.name,
        )
    else:
        record.add(
            "protobuf.enum.value.alias.added",
            f"{base.full_name}.{come[0].name}",
            (head_file, come[0].span),
            after=come[0].name,
            name=come[0].name,
            number=before[0].number,
            holder=base.name,
        )


def _alike(base: Enum, head: Enum) -> list[tuple[EnumValue, EnumValue]]:
    """The values whose numbers have the same names on both sides."""
    before, after = ({(value.name, value.number): value for value in enum.values} for enum in (base, head))
    differing = {number for _, number in before.keys() ^ after.keys()}
    return [(value, after[key]) for key, value in before.items() if key[1] not in differing]


def _by_number(enum: Enum, told: set[int]) -> dict[int, list[EnumValue]]:
    """The values by number, without those whose `id` was told before."""
    found: dict[int, list[EnumValue]] = {}
    for value in enum.values:
        if id(value) not in told:
            found.setdefault(value.number, []).append(value)
    return found
