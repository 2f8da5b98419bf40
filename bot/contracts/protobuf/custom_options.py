"""Options that no rule of the language itself is about: deprecations, custom options, hints to compilers."""

from __future__ import annotations

from collections.abc import Collection

from bot.contracts.protobuf.model import File, Option, Options, Span, flag
from bot.contracts.protobuf.record import Record
from bot.contracts.protobuf.values import shown

_LONGEST_VALUE = 200


def compare_options(
    record: Record,
    element: str,
    kind: str,
    base: Options,
    head: tuple[File, Span, Options],
    handled: Collection[str] = (),
) -> None:
    """What differs in the options of an element, but for those that are compared elsewhere."""
    file, span, options = head
    if not base and not options:
        return
    before, after = _by_name(base, handled), _by_name(options, handled)
    if flag(base, "deprecated") != flag(options, "deprecated"):
        at = after["deprecated"][-1].span if "deprecated" in after else span
        fact = "protobuf.deprecated" if flag(options, "deprecated") else "protobuf.undeprecated"
        record.add(fact, element, (file, at), name=element, kind=kind)
    for name in sorted({*before, *after} - {"deprecated"}):
        old, new = _values(before.get(name, [])), _values(after.get(name, []))
        if old != new:
            at = after[name][-1].span if name in after else span
            record.add(
                "protobuf.option.changed",
                element,
                (file, at),
                before=old[:_LONGEST_VALUE] or None,
                after=new[:_LONGEST_VALUE] or None,
                identity=[name, old, new],
                option=name,
                custom=name.startswith("("),
                http=name.startswith("(google.api.http)"),
                kind=kind,
                name=element,
            )


def _by_name(options: Options, handled: Collection[str]) -> dict[str, list[Option]]:
    found: dict[str, list[Option]] = {}
    for one in options:
        if one.name not in handled and not one.name.startswith("features"):
            found.setdefault(one.name, []).append(one)
    return found


def _values(options: list[Option]) -> str:
    return ", ".join(shown(one.value) for one in options)
