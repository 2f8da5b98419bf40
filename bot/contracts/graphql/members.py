"""Fields, arguments, input fields and enum values of two versions of a definition."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.contracts.change import Direction
from bot.contracts.graphql.model import Member, Site
from bot.contracts.graphql.record import Record
from bot.contracts.graphql.types import input_stays_valid, output_stays_valid
from bot.contracts.graphql.usages import compare_usages
from bot.contracts.roots import Side

MOST_VALUES = 50
"""More enum values that come or go together are one difference: nobody signs a thousand lines one by one."""


@dataclass(frozen=True, slots=True)
class Owner:
    """The type that has the members. kind: in words."""

    name: str
    keyword: str
    kind: str

    @property
    def fact(self) -> str:
        return {"input": "input_field", "enum": "enum_value"}.get(self.keyword, "field")

    @property
    def direction(self) -> Direction:
        return "request" if self.keyword == "input" else "response"


def compare_members(record: Record, owner: Owner, old: Mapping[str, Member], new: Mapping[str, Member]) -> None:
    gone = [member for name, member in old.items() if name not in new]
    came = [member for name, member in new.items() if name not in old]
    if owner.keyword == "enum" and len(gone) > MOST_VALUES:
        _many(record, owner, gone, "base")
    else:
        for member in gone:
            _removed(record, owner, member)
    if owner.keyword == "enum" and len(came) > MOST_VALUES:
        _many(record, owner, came, "head")
    else:
        for member in came:
            _added(record, owner, member)
    for name, member in new.items():
        if name in old:
            _compare(record, owner, old[name], member)


def compare_arguments(
    record: Record, owner: str, old: Mapping[str, Member], new: Mapping[str, Member], *, of: str
) -> None:
    """of: `field` or `directive`. A required argument is felt by everyone who uses its owner."""
    fact = "argument" if of == "field" else "directive.argument"
    for name, argument in old.items():
        if name not in new:
            record.add(
                f"{fact}.removed",
                _argument(owner, name),
                argument.site,
                side="base",
                direction="request",
                before=argument.type,
                argument=name,
                owner=owner,
            )
    for name, argument in new.items():
        if name not in old:
            record.add(
                f"{fact}.required.added" if argument.is_required else f"{fact}.optional.added",
                _argument(owner, name),
                argument.site,
                direction="request",
                places=[owner] if argument.is_required else (),
                after=argument.type,
                argument=name,
                owner=owner,
            )
        else:
            _compare_argument(record, fact, owner, old[name], argument)


def compare_description(record: Record, element: str, of: str, old: str | None, new: str | None, site: Site) -> None:
    if old == new:
        return
    change = "added" if old is None else "removed" if new is None else "changed"
    digests = tuple("" if text is None else _digest([text]) for text in (old, new))
    record.add("description.changed", element, site, identity=(digests[0], digests[1]), change=change, of=of)


def _argument(owner: str, name: str) -> str:
    return f"{owner}({name}:)"


def _removed(record: Record, owner: Owner, member: Member) -> None:
    record.add(
        f"{owner.fact}.removed",
        f"{owner.name}.{member.name}",
        member.site,
        side="base",
        direction=owner.direction,
        before=member.type or member.name,
        kind=owner.kind,
        deprecated=member.usage("deprecated") is not None,
    )


def _added(record: Record, owner: Owner, member: Member) -> None:
    element = f"{owner.name}.{member.name}"
    fact = f"{owner.fact}.added"
    places: Sequence[str] = ()
    if owner.keyword == "input":
        fact = "input_field.required.added" if member.is_required else "input_field.optional.added"
        places = [owner.name] if member.is_required else ()
    record.add(
        fact,
        element,
        member.site,
        direction=owner.direction,
        places=places,
        after=member.type or member.name,
        kind=owner.kind,
        owner=owner.name,
        has_default=member.default is not None,
    )


def _many(record: Record, owner: Owner, members: Sequence[Member], side: Side) -> None:
    """Values of an enum, too many to list."""
    names = [member.name for member in members]
    text, digest = f"{names[0]} and {len(names) - 1:,} more", _digest(names)
    removed = side == "base"
    record.add(
        "enum_value.removed" if removed else "enum_value.added",
        owner.name,
        members[0].site,
        side=side,
        direction="response",
        before=text if removed else None,
        after=None if removed else text,
        identity=(digest, "") if removed else ("", digest),
        kind=owner.kind,
        owner=owner.name,
        deprecated=all(member.usage("deprecated") is not None for member in members),
    )


def _compare(record: Record, owner: Owner, old: Member, new: Member) -> None:
    element = f"{owner.name}.{new.name}"
    location = {"input": "INPUT_FIELD_DEFINITION", "enum": "ENUM_VALUE"}.get(owner.keyword, "FIELD_DEFINITION")
    what = {"input": "input field", "enum": "enum value"}.get(owner.keyword, "field")
    compare_description(record, element, what, old.description, new.description, new.site)
    compare_usages(record, element, location, old.usages, new.usages, new.site, what)
    if old.type != new.type:
        valid = input_stays_valid if owner.keyword == "input" else output_stays_valid
        record.add(
            f"{owner.fact}.type.changed",
            element,
            new.site,
            direction=owner.direction,
            before=old.type,
            after=new.type,
            safe=valid(old.type, new.type),
            kind=owner.kind,
        )
    _compare_default(record, owner.fact, element, owner.name, old, new)
    compare_arguments(record, element, old.arguments, new.arguments, of="field")


def _compare_argument(record: Record, fact: str, owner: str, old: Member, new: Member) -> None:
    element = _argument(owner, new.name)
    of = "argument" if fact == "argument" else "directive argument"
    compare_description(record, element, of, old.description, new.description, new.site)
    compare_usages(record, element, "ARGUMENT_DEFINITION", old.usages, new.usages, new.site, "argument")
    if old.type != new.type:
        record.add(
            f"{fact}.type.changed",
            element,
            new.site,
            direction="request",
            before=old.type,
            after=new.type,
            safe=input_stays_valid(old.type, new.type),
            owner=owner,
        )
    _compare_default(record, fact, element, owner, old, new)


def _compare_default(record: Record, fact: str, element: str, owner: str, old: Member, new: Member) -> None:
    """What is not null and loses its default has to be given from now on, which everyone who uses `owner` feels."""
    if old.default == new.default:
        return
    required = new.is_required and not old.is_required and old.type == new.type
    record.add(
        f"{fact}.required.by_default" if required else f"{fact}.default.changed",
        element,
        new.site,
        direction="request",
        places=[owner] if required else (),
        before=old.default,
        after=new.default,
        change="added" if old.default is None else "removed" if new.default is None else "changed",
    )


def _digest(texts: Sequence[str]) -> str:
    return hashlib.sha256("\n".join(texts).encode()).hexdigest()[:16]
