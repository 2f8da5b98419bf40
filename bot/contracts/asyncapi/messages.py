"""Messages of two sides: what they carry, and how it is written."""

from __future__ import annotations

from collections.abc import Mapping

from bot.contracts.asyncapi.model import Layers, Message, said
from bot.contracts.asyncapi.reading import quoted
from bot.contracts.asyncapi.record import Record, Spot
from bot.contracts.avro.comparison import compare_schemas, roots_of
from bot.contracts.avro.parsing import Meaningless, parse
from bot.contracts.avro.record import Record as AvroRecord
from bot.contracts.change import AttributeValue, Direction, Place
from bot.contracts.document import Document, Side
from bot.contracts.protobuf.comparison import compare as compare_protobuf
from bot.contracts.protobuf.record import category
from bot.contracts.roots import Felt
from bot.contracts.tree import Node

_AVRO = "application/vnd.apache.avro"
_PROTOBUF = frozenset({"application/vnd.google.protobuf", "application/x-protobuf"})
_INLINE = "payload.proto"
_DOCUMENTATION = ("title", "summary", "description", "tags", "externalDocs", "examples", "deprecated")
_DESTINATIONS = frozenset(
    {"topic", "queue", "exchange", "is", "method", "query", "destination", "qos", "ack", "name", "type", "groupId"}
)
"""Keys of bindings that say where to, or how, one connects: whoever has the old value misses the messages."""


def compare_messages(
    record: Record, spot: Spot, base: Mapping[str, Message], head: Mapping[str, Message], direction: Direction
) -> None:
    """The messages that one operation sends or receives. One on each side that is left over is the same, renamed."""
    old, new = dict(base), dict(head)
    pairs = [(old.pop(name), new.pop(name)) for name in list(old) if name in new]
    if len(old) == len(new) == 1:
        before, after = next(iter(old.values())), next(iter(new.values()))
        if len(base) == len(head) == 1 or before.layers.own.value == after.layers.own.value:
            pairs.append((before, after))
            old, new = {}, {}
    for before, after in pairs:
        compare_message(record, spot, before, after, direction)
    at = spot.at(spot.address, direction=direction, part="message")
    for name, message in old.items():
        record.add("message.removed", at, message.layers.own, "base", name=name)
    for name, message in new.items():
        record.add("message.added", at, message.layers.own, name=name)


def compare_message(record: Record, spot: Spot, base: Message, head: Message, direction: Direction) -> None:
    """One message on both sides. Its elements are addressed by its name at head."""
    name = quoted(head.name)
    at = Spot(name, {**spot.attributes, "direction": direction, "part": "message", "message": head.name})
    _compare_details(record, at, base, head)
    _compare_correlation(record, at, base, head)
    compare_bindings(record, at, base.layers, head.layers, direction)
    documentation(record, at, base.layers.own, head.layers.own, "message")
    _compare_payload(record, at.at(name, part="payload"), base, head, direction)
    headers = at.at(name, part="header")
    if base.headers is not None and head.headers is not None:
        record.schema(headers, base.headers, head.headers, direction, headers=True)
    else:
        record.came_or_went("message.headers", headers, base.headers, head.headers, name=head.name)


def _compare_details(record: Record, spot: Spot, base: Message, head: Message) -> None:
    if base.content_type != head.content_type:
        site = head.layers.get("contentType") or head.layers.own
        record.add(
            "message.content_type.changed",
            spot,
            site,
            before=base.content_type,
            after=head.content_type,
            name=head.name,
        )
    for key, fact in (("name", "message.name"), ("messageId", "message.id")):
        before, after = base.layers.get(key), head.layers.get(key)
        if before is not None and after is not None and before.value != after.value:
            record.add(
                f"{fact}.changed",
                spot,
                after,
                before=before.value,
                after=after.value,
                version=spot.attributes["version"],
            )


def _compare_correlation(record: Record, spot: Spot, base: Message, head: Message) -> None:
    """Where the identifier stands that ties an answer to its question."""
    before, after = base.layers.get("correlationId"), head.layers.get("correlationId")
    if record.came_or_went("message.correlation_id", spot, before, after, name=head.name):
        return
    if before is None or after is None:
        return
    old, new = record.follow("base", before), record.follow("head", after)
    if said(old, "location") != said(new, "location"):
        record.add(
            "message.correlation_id.changed",
            spot,
            new,
            before=said(old, "location"),
            after=said(new, "location"),
            name=head.name,
        )


def _compare_payload(record: Record, spot: Spot, base: Message, head: Message, direction: Direction) -> None:
    before, after = base.payload, head.payload
    if record.came_or_went("message.payload", spot, before, after, name=head.name) or before is None or after is None:
        return
    if not base.format and not head.format:
        record.schema(spot, before, after, direction)
        return
    if base.format.startswith(_AVRO) and head.format.startswith(_AVRO):
        _compare_avro(record, spot, record.follow("base", before), record.follow("head", after), direction)
        return
    if all(_language(format) in _PROTOBUF for format in (base.format, head.format)):
        _compare_protobuf(record, spot, record.follow("base", before), record.follow("head", after))
        return
    if _language(base.format) != _language(head.format):
        record.add(
            "message.schema_format.changed",
            spot,
            head.layers.get("schemaFormat") or after,
            before=base.format or "JSON Schema",
            after=head.format or "JSON Schema",
            name=head.name,
        )
        return
    old, new = record.follow("base", before), record.follow("head", after)
    if old.value != new.value or base.format != head.format:
        record.add("message.payload.not_compared", spot, new, name=head.name, format=head.format)


def _language(format: str) -> str:
    """A schema format without its version."""
    return format.partition(";")[0]


def _compare_avro(record: Record, spot: Spot, base: Node, head: Node, direction: Direction) -> None:
    """Avro has rules of its own. Old readers read what is sent now; what is received comes from old writers."""
    mode = "full" if record.options.mode == "full" else "backward" if direction == "request" else "forward"
    try:
        old, new = parse(base.path, base.value), parse(head.path, head.value)
    except Meaningless as problem:
        record.add(
            "message.payload.not_compared", spot, head, name=str(spot.attributes["message"]), format=str(problem)
        )
        return
    if old.root is None or new.root is None or base.value == head.value:
        return
    found = AvroRecord(old, new, "none" if record.options.mode == "none" else mode)
    compare_schemas(found, old.root, new.root)
    for felt in found.felt((roots_of(old), roots_of(new))):
        record.adopt(felt, spot, base if felt.side == "base" else head)


def _compare_protobuf(record: Record, spot: Spot, base: Node, head: Node) -> None:
    """The payload is the text of a file. Which of its promises hold is what the contract's mode says."""
    if not isinstance(base.value, str) or not isinstance(head.value, str):
        record.add("message.payload.not_compared", spot, head, name=str(spot.attributes["message"]), format="protobuf")
        return
    if base.value == head.value:
        return
    old, new = (Side(_INLINE, {_INLINE: Document(_INLINE, "", text.encode())}) for text in (base.value, head.value))
    found = compare_protobuf(old, new, category(record.options))
    for change in found.changes:
        record.adopt(
            Felt(
                change.fact,
                Place(f":$.{change.element}", change.places[0].attributes),
                Node(base.path, (), None),
                change.side,
                change.before,
                change.after,
                change.identity,
                change.attributes,
            ),
            spot,
            base if change.side == "base" else head,
        )
    for sentence in found.not_checked:
        record.not_checked[sentence] = None


def compare_bindings(record: Record, spot: Spot, base: Layers, head: Layers, direction: Direction) -> None:
    """What is said for single protocols: by protocol, then key by key; schemas among it are compared as such."""
    old, new = _protocols(record, base, "base"), _protocols(record, head, "head")
    for protocol in dict.fromkeys((*old, *new)):
        before, after = old.get(protocol), new.get(protocol)
        if record.came_or_went("bindings", spot, before, after, name=protocol) or before is None or after is None:
            continue
        for key in dict.fromkeys((*before.value, *after.value)):
            if key == "bindingVersion" or before.value.get(key) == after.value.get(key):
                continue
            was, now = (node.child(key) if key in node.value else None for node in (before, after))
            shown: dict[str, AttributeValue] = {"key": str(key), "destination": key in _DESTINATIONS}
            if record.came_or_went("bindings.key", spot, was, now, name=protocol, shown=shown) or not was or not now:
                continue
            if _is_schema(was.value) and _is_schema(now.value):
                inside = spot.at(f"{spot.address} binding:{quoted(protocol)}", part="binding", direction=direction)
                record.schema(inside, was, now, direction)
            else:
                record.add(
                    "bindings.key.changed", spot, now, before=was.value, after=now.value, name=protocol, shown=shown
                )


def _protocols(record: Record, layers: Layers, side: str) -> dict[str, Node]:
    found: dict[str, Node] = {}
    for node in layers.all("bindings"):
        whole = record.follow("base" if side == "base" else "head", node)
        for protocol in whole.value if isinstance(whole.value, dict) else ():
            below = record.follow("base" if side == "base" else "head", whole.child(protocol))
            if isinstance(below.value, dict) and not str(protocol).startswith("x-"):
                found.setdefault(str(protocol), below)
    return found


def _is_schema(value: object) -> bool:
    return isinstance(value, dict) and bool(value.keys() & {"type", "enum", "properties", "$ref", "allOf", "oneOf"})


def documentation(record: Record, spot: Spot, base: Node, head: Node, what: str) -> None:
    """Words for readers, and extensions: one fact each."""
    old, new = (node.value if isinstance(node.value, dict) else {} for node in (base, head))
    for fact, keys in (
        ("documentation.changed", [key for key in _DOCUMENTATION if key in old or key in new]),
        ("extension.changed", sorted(str(k) for k in old.keys() | new.keys() if str(k).startswith("x-"))),
    ):
        changed = [key for key in keys if old.get(key) != new.get(key)]
        if changed:
            first = changed[0]
            site = head.child(first) if first in new else base.child(first)
            record.add(
                fact,
                spot,
                site,
                "head" if first in new else "base",
                before=old.get(first),
                after=new.get(first),
                what=what,
                keywords=", ".join(changed),
            )
