"""Servers: the addresses under which the operations are reached."""

from __future__ import annotations

from bot.contracts.openapi.record import Record, SideName, matched
from bot.contracts.openapi.spot import Spot
from bot.contracts.tree import Node

_KNOWN = frozenset({"url", "variables", "name"})


def compare_servers(record: Record, spot: Spot, base: Node, head: Node) -> None:
    """The `servers` of a document, path or operation, by their URLs; a trailing slash says nothing."""
    if base.value.get("servers") == head.value.get("servers"):
        return
    spot = spot.at(spot.part, part="server")
    old, new = _servers(record, spot, base, "base"), _servers(record, spot, head, "head")
    for url, before, after in matched(old, new):
        if before is None and after is not None:
            record.add("server.added", spot, after, after=url, name=url)
        elif after is None and before is not None:
            record.add("server.removed", spot, before, "base", before=url, name=url)
        elif before is not None and after is not None and before.value != after.value:
            if before.value.get("variables") != after.value.get("variables"):
                was, now = before.value.get("variables"), after.value.get("variables")
                record.add("server.variables.changed", spot, after, identity=(was, now), name=url)
            record.rest(spot, before, after, "server", _KNOWN)


def _servers(record: Record, spot: Spot, owner: Node, side: SideName) -> dict[str, Node]:
    found = {}
    for server in record.items(spot, owner, side, "servers"):
        if record.mapping(spot, server, side, "server"):
            url = str(server.value.get("url", "/"))
            found[url.rstrip("/") or "/"] = server
    return found
