"""Two Avro protocols: their messages, and the types that they declare."""

from __future__ import annotations

from collections.abc import Iterator

from bot.contracts.avro.comparison import Roots, SchemaPairs
from bot.contracts.avro.model import Avro, Message, Schema
from bot.contracts.avro.places import Prefix
from bot.contracts.avro.record import Counts, Here, Record


def compare_protocols(record: Record, base: Avro, head: Avro) -> None:
    pairs = SchemaPairs(record)
    whole = Here(Prefix(_simple(head), direction="none"))
    if base.protocol != head.protocol:
        record.add("protocol.renamed", whole, ("protocol",), before=base.protocol, after=head.protocol)
    old = {message.name: message for message in base.messages}
    new = {message.name: message for message in head.messages}
    for name in sorted({*old, *new}):
        spot = Here(Prefix(f"{_simple(head)}.{name}", direction="none"))
        if name not in new:
            record.add("message.removed", spot, old[name].pointer, side="base", before=name, name=name)
        elif name not in old:
            record.add("message.added", spot, new[name].pointer, after=name, name=name)
        else:
            _compare_message(pairs, _simple(head), spot, old[name], new[name])
    _compare_declared(pairs, base, head)
    pairs.finish()


def protocol_roots(avro: Avro, scope: str) -> Roots:
    """Where a protocol's schemas stand. scope: the protocol's name at head."""
    return [
        *((_part(scope, m, part), schema) for m in avro.messages for part, schema in _parts(m)),
        *((Prefix(schema.simple_name), schema) for schema in _unused(avro)),
    ]


def _simple(avro: Avro) -> str:
    return avro.protocol.rpartition(".")[2]


def _parts(message: Message) -> Iterator[tuple[str, Schema]]:
    yield "request", message.request
    yield "response", message.response
    yield "errors", message.errors


def _part(scope: str, message: Message, part: str) -> Prefix:
    """A client writes the request; the server writes what comes back, and the old client has to read it."""
    if part == "request":
        return Prefix(f"{scope}.{message.name} request", direction="request")
    return Prefix(f"{scope}.{message.name} {part}", direction="response", swapped=True)


def _compare_message(pairs: SchemaPairs, scope: str, spot: Here, old: Message, new: Message) -> None:
    if old.one_way != new.one_way:
        before, after = ("one-way" if m.one_way else "answered" for m in (old, new))
        pairs.record.add("message.one_way.changed", spot, new.pointer, before=before, after=after, name=new.name)
    for (part, left), (_, right) in zip(_parts(old), _parts(new), strict=True):
        here = Here(_part(scope, new, part))
        if part == "request":
            pairs.parameters(here, left, right)
        else:
            pairs.compare(here, left, right, Counts())
    for key in sorted({*old.notes, *new.notes}):
        if old.notes.get(key) != new.notes.get(key):
            pairs.record.add(
                "doc.changed" if key == "doc" else "property.changed",
                spot,
                (*new.pointer, key) if key in new.notes else new.pointer,
                identity=(f"{key}={old.notes.get(key)}", f"{new.notes.get(key)}"),
                name=key,
            )


def _compare_declared(pairs: SchemaPairs, base: Avro, head: Avro) -> None:
    """Types that no message leads to: protocols are also used to keep types together."""
    old, new = ({schema.name: schema for schema in avro.declared} for avro in (base, head))
    for name in sorted({*old, *new}):
        if name not in new:
            spot = Here(Prefix(old[name].simple_name))
            pairs.record.add("type.removed", spot, old[name].pointer, side="base", before=name, name=name)
        elif name not in old:
            spot = Here(Prefix(new[name].simple_name))
            pairs.record.add("type.added", spot, new[name].pointer, after=name, name=name)
        else:
            pairs.compare(Here(Prefix(new[name].simple_name)), old[name], new[name], Counts())


def _unused(avro: Avro) -> list[Schema]:
    used: set[Schema] = set()
    waiting = [schema for message in avro.messages for _, schema in _parts(message)]
    while waiting:
        schema = waiting.pop()
        if schema in used:
            continue
        used.add(schema)
        waiting += [field.schema for field in schema.fields]
        waiting += schema.branches
        if schema.inner is not None:
            waiting.append(schema.inner)
    return [schema for schema in avro.declared if schema not in used]
