"""Two AsyncAPI documents, of version 2 or 3 each, compared."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from bot.contracts.asyncapi.messages import compare_bindings, compare_messages, documentation
from bot.contracts.asyncapi.model import AsyncApi, Channel, Layers, Operation, Parameter, said
from bot.contracts.asyncapi.reading import quoted
from bot.contracts.asyncapi.record import Record, Spot, direction_of, opposite
from bot.contracts.asyncapi.servers import compare_document, compare_schemes, compare_security, compare_servers
from bot.contracts.change import Direction

_PARAMETER = re.compile(r"\{[^{}]*\}")


def compare(record: Record, base: AsyncApi, head: AsyncApi) -> None:
    """Everything that differs, as it is felt at each place."""
    compare_document(record, base, head)
    compare_servers(record, base, head)
    compare_schemes(record, base, head)
    for before, after in _matched(base.channels, head.channels):
        one = after or before
        if one is None:
            continue
        name = one.key if one.address is None else one.address
        spot = Spot(f"channel.{quoted(name)}", {"direction": "none", "part": "channel", "version": head.version})
        nodes = (None if channel is None else channel.node for channel in (before, after))
        if record.came_or_went("channel", spot, *nodes, name=name) or before is None or after is None:
            continue
        _compare_channel(record, spot, before, after)
    _note_lost(record, base, head)


def _matched(base: Mapping[str, Channel], head: Mapping[str, Channel]) -> list[tuple[Channel | None, Channel | None]]:
    """By address, then by key (another address), then by the address with other names of parameters."""
    old, new = dict(base), dict(head)
    pairs: list[tuple[Channel | None, Channel | None]] = []

    def take(left: str, right: str) -> None:
        pairs.append((old.pop(left), new.pop(right)))

    for address in [address for address in old if address in new]:
        take(address, address)
    for how in (_key, _shape):
        for left in list(old):
            right = next((one for one in new if how(new[one]) == how(old[left])), None)
            if right is not None:
                take(left, right)
    return [*pairs, *((one, None) for one in old.values()), *((None, one) for one in new.values())]


def _key(channel: Channel) -> str:
    return channel.key


def _shape(channel: Channel) -> str:
    return _PARAMETER.sub("{}", channel.address or channel.key)


def _compare_channel(record: Record, spot: Spot, base: Channel, head: Channel) -> None:
    if base.address != head.address:
        renamed = base.address is not None and head.address is not None and _shape(base) == _shape(head)
        site = head.node.child("address") if said(head.node, "address") is not None else head.node
        record.add(
            f"channel.{'parameters.renamed' if renamed else 'address.changed'}",
            spot,
            site,
            before=base.address,
            after=head.address,
            name=head.key,
        )
    if base.servers != head.servers:
        lost = head.servers is not None and (base.servers is None or bool(base.servers - head.servers))
        before, after = (", ".join(sorted(one.servers)) if one.servers else "all" for one in (base, head))
        record.add(f"channel.servers.{'removed' if lost else 'added'}", spot, head.node, before=before, after=after)
    directions = [direction_of(action) for action in dict.fromkeys((*base.operations, *head.operations))]
    _compare_parameters(record, spot, base, head, directions or ["request"])
    compare_bindings(record, spot, Layers((base.node,)), Layers((head.node,)), (directions or ["request"])[0])
    documentation(record, spot, base.node, head.node, "channel")
    for action in dict.fromkeys((*base.operations, *head.operations)):
        at = spot.at(f"{spot.address}.{action}", direction=direction_of(action), part="operation", action=action)
        _compare_operations(record, at, base.operations.get(action, ()), head.operations.get(action, ()))
    _compare_unused(record, spot, base, head)


def _compare_unused(record: Record, spot: Spot, base: Channel, head: Channel) -> None:
    """Messages of a channel that no operation here is about: others may send them, and others read them."""
    used = {
        name
        for channel in (base, head)
        for some in channel.operations.values()
        for one in some
        for name in one.messages
    }
    old, new = ({n: m for n, m in one.messages.items() if n not in used} for one in (base, head))
    directions: tuple[Direction, ...] = ("request", "response") if old or new else ()
    for direction in directions:
        compare_messages(record, spot, old, new, direction)


def _compare_parameters(
    record: Record, spot: Spot, base: Channel, head: Channel, directions: Sequence[Direction]
) -> None:
    aligned = dict(zip(_names(base), _names(head), strict=False)) if _shape(base) == _shape(head) else {}
    old = {aligned.get(name, name): parameter for name, parameter in base.parameters.items()}
    for name in dict.fromkeys((*old, *head.parameters)):
        before, after = old.get(name), head.parameters.get(name)
        at = spot.at(f"{spot.address} path:{quoted(name)}", part="parameter", name=name)
        nodes = (None if one is None else one.node for one in (before, after))
        if record.came_or_went("channel.parameter", at, *nodes, name=name) or before is None or after is None:
            continue
        _compare_parameter(record, at, before, after, name, directions)


def _compare_parameter(
    record: Record, spot: Spot, base: Parameter, head: Parameter, name: str, directions: Sequence[Direction]
) -> None:
    if base.location != head.location:
        record.add(
            "channel.parameter.location.changed", spot, head.node, before=base.location, after=head.location, name=name
        )
    for direction in directions:
        record.schema(spot.at(spot.address, direction=direction), base.schema, head.schema, direction)
    documentation(record, spot, base.node, head.node, "parameter")


def _names(channel: Channel) -> list[str]:
    return [found[1:-1] for found in _PARAMETER.findall(channel.address or channel.key)]


def _compare_operations(record: Record, spot: Spot, base: Sequence[Operation], head: Sequence[Operation]) -> None:
    """The operations with one action on one channel: by name; the only one left over on each side is the same."""
    old, new = list(base), list(head)
    pairs = []
    for before in base:
        after = next((one for one in new if one.name == before.name), None)
        if after is not None:
            pairs.append((before, after))
            old.remove(before)
            new.remove(after)
    if len(old) == len(new) == 1:
        pairs.append((old.pop(), new.pop()))
    for before in old:
        record.add("operation.removed", spot, before.layers.own, "base", name=before.name or spot.address)
    for after in new:
        record.add("operation.added", spot, after.layers.own, name=after.name or spot.address)
    for before, after in pairs:
        _compare_operation(record, spot, before, after)


def _compare_operation(record: Record, spot: Spot, base: Operation, head: Operation) -> None:
    direction = direction_of(head.action)
    if base.name != head.name:
        site = head.layers.get("operationId") or head.layers.own
        fact = "added" if base.name is None else "removed" if head.name is None else "changed"
        record.add(f"operation.id.{fact}", spot, site, before=base.name, after=head.name)
    name = head.name or base.name or spot.address
    compare_security(record, spot, base.security, head.security, base.layers.own, head.layers.own, name)
    compare_bindings(record, spot, base.layers, head.layers, direction)
    documentation(record, spot, base.layers.own, head.layers.own, "operation")
    compare_messages(record, spot, base.messages, head.messages, direction)
    _compare_reply(record, spot, base, head, name)


def _compare_reply(record: Record, spot: Spot, base: Operation, head: Operation, name: str) -> None:
    """Who is asked, answers: a reply goes the other way."""
    before, after = base.reply, head.reply
    at = spot.at(f"{spot.address}.reply", part="reply", direction=opposite(direction_of(head.action)))
    nodes = (None if one is None else one.node for one in (before, after))
    if record.came_or_went("reply", at, *nodes, name=name) or before is None or after is None:
        return
    for fact, old, new in (
        ("location", before.location, after.location),
        ("channel", before.channel, after.channel),
    ):
        if old != new:
            record.add(f"reply.{fact}.changed", at, after.node, before=old, after=new, name=name)
    compare_messages(record, at, before.messages, after.messages, opposite(direction_of(head.action)))


def _note_lost(record: Record, base: AsyncApi, head: AsyncApi) -> None:
    """References that could not be followed: news when they came, a note when they were there before."""
    for key, (node, reason) in head.lost.items():
        reference = key[1]
        if any(old[1] == reference for old in base.lost):
            record.not_checked[f"`$ref: {reference}` {reason} What stands behind it was not compared."] = None
        else:
            record.add(
                "asyncapi.reference.unresolved", Spot(), node, after=reference, reference=reference, reason=reason
            )
    for key, (node, reason) in base.lost.items():
        reference = key[1]
        if not any(new[1] == reference for new in head.lost):
            shown = {"reference": reference, "reason": reason}
            record.add("asyncapi.reference.unresolved", Spot(), node, "base", before=reference, shown=shown)
