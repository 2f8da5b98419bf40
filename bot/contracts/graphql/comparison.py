"""Two GraphQL schemas compared, over all files of each."""

from __future__ import annotations

from collections.abc import Mapping

from bot.contracts.graphql.members import Owner, compare_arguments, compare_description, compare_members
from bot.contracts.graphql.model import KINDS, Definition, Site
from bot.contracts.graphql.names import compare_names
from bot.contracts.graphql.reading import Key, Sdl, changed, roots
from bot.contracts.graphql.record import Record
from bot.contracts.graphql.usages import compare_usages

_LOCATIONS = {
    "scalar": "SCALAR",
    "type": "OBJECT",
    "interface": "INTERFACE",
    "union": "UNION",
    "enum": "ENUM",
    "input": "INPUT_OBJECT",
    "schema": "SCHEMA",
}
_OPERATIONS = ("query", "mutation", "subscription")


def compare(base: Sdl, head: Sdl) -> Record:
    """Everything that differs. Definitions whose text is the same on both sides are not even parsed."""
    record = Record(base, head)
    old_roots, new_roots = roots(base), roots(head)
    for key in changed(base, head):
        if key[0] == "schema":
            continue
        if key not in head.pieces:
            _removed(record, key, base.definition(key), old_roots)
        elif key not in base.pieces:
            _added(record, key, head.definition(key))
        else:
            _compare(record, base.definition(key), head.definition(key))
    _compare_schema(record, base, head, old_roots, new_roots)
    return record


def _removed(record: Record, key: Key, old: Definition, old_roots: Mapping[str, str]) -> None:
    if key[0] == "directive":
        record.add("directive.removed", f"@{old.name}", old.site, side="base", before=f"@{old.name}")
        return
    operation = next((operation for operation, name in old_roots.items() if name == old.name), None)
    record.add(
        "type.removed",
        old.name,
        old.site,
        side="base",
        before=old.name,
        kind=KINDS[old.keyword],
        root=operation,
    )


def _added(record: Record, key: Key, new: Definition) -> None:
    if key[0] == "directive":
        record.add("directive.added", f"@{new.name}", new.site, after=f"@{new.name}")
    else:
        record.add("type.added", new.name, new.site, after=new.name, kind=KINDS[new.keyword])


def _compare(record: Record, old: Definition, new: Definition) -> None:
    if new.keyword == "directive":
        _compare_directive(record, old, new)
        return
    if old.keyword != new.keyword:
        before, after = KINDS[old.keyword], KINDS[new.keyword]
        record.add("type.kind.changed", new.name, new.site, before=before, after=after)
        return
    compare_description(record, new.name, "type", old.description, new.description, new.site)
    compare_usages(record, new.name, _LOCATIONS[new.keyword], old.usages, new.usages, new.site, KINDS[new.keyword])
    compare_members(record, Owner(new.name, new.keyword, KINDS[new.keyword]), old.members, new.members)
    if new.keyword == "union":
        compare_names(record, "union.member", new.name, old.names, new.names)
    else:
        compare_names(record, "interface", new.name, old.names, new.names)


def _compare_directive(record: Record, old: Definition, new: Definition) -> None:
    element = f"@{new.name}"
    compare_description(record, element, "directive", old.description, new.description, new.site)
    compare_arguments(record, element, old.members, new.members, of="directive")
    compare_names(record, "directive.location", element, old.names, new.names)
    if old.repeatable != new.repeatable:
        fact = "directive.repeatable.added" if new.repeatable else "directive.repeatable.removed"
        record.add(fact, element, new.site)


def _compare_schema(
    record: Record, base: Sdl, head: Sdl, old_roots: Mapping[str, str], new_roots: Mapping[str, str]
) -> None:
    """The root operation types, whether a schema definition names them or they go by the default names."""
    key = ("schema", "")
    old = base.definition(key) if key in base.pieces else None
    new = head.definition(key) if key in head.pieces else None
    for operation in _OPERATIONS:
        before, after = old_roots.get(operation), new_roots.get(operation)
        if before == after:
            continue
        if after is not None:
            fact = "root.added" if before is None else "root.changed"
            element = before or after
            record.add(
                fact, element, _root_site(head, new, operation, after), before=before, after=after, operation=operation
            )
        elif before is not None and ("type", before) in head.pieces:
            site = _root_site(base, old, operation, before)
            record.add("root.removed", before, site, side="base", before=before, operation=operation)
    if old is not None and new is not None:
        compare_description(record, "schema", "schema", old.description, new.description, new.site)
        compare_usages(record, "schema", "SCHEMA", old.usages, new.usages, new.site, "schema")
    elif new is not None and new.usages:
        compare_usages(record, "schema", "SCHEMA", [], new.usages, new.site, "schema")
    elif old is not None and old.usages:
        compare_usages(record, "schema", "SCHEMA", old.usages, [], old.site, "schema", gone=True)


def _root_site(sdl: Sdl, schema: Definition | None, operation: str, name: str) -> Site:
    if schema is not None and operation in schema.roots:
        return schema.roots[operation][1]
    pieces = sdl.pieces.get(("type", name)) or next(iter(sdl.pieces.values()))
    return Site(pieces[0], 0, 1)
