"""Servers, security schemes and what a whole document says."""

from __future__ import annotations

from bot.contracts.asyncapi.messages import compare_bindings, documentation
from bot.contracts.asyncapi.model import AsyncApi, Layers, Server, said
from bot.contracts.asyncapi.reading import quoted
from bot.contracts.asyncapi.record import Record, Spot
from bot.contracts.tree import Node

_SCHEME_KEYS = ("type", "in", "name", "scheme", "flows", "openIdConnectUrl", "bearerFormat")


def compare_servers(record: Record, base: AsyncApi, head: AsyncApi) -> None:
    """By their names."""
    for name in dict.fromkeys((*base.servers, *head.servers)):
        before, after = base.servers.get(name), head.servers.get(name)
        spot = Spot(f"server.{quoted(name)}", {"direction": "none", "part": "server"})
        nodes = (None if one is None else one.node for one in (before, after))
        if not record.came_or_went("server", spot, *nodes, name=name) and before is not None and after is not None:
            _compare_server(record, spot, before, after, name)


def _compare_server(record: Record, spot: Spot, base: Server, head: Server, name: str) -> None:
    for fact, key, before, after in (
        ("host", "host", base.host, head.host),
        ("pathname", "pathname", base.pathname, head.pathname),
        ("protocol", "protocol", base.protocol, head.protocol),
        ("protocol_version", "protocolVersion", base.protocol_version, head.protocol_version),
    ):
        if before != after:
            site = head.node.child(key) if said(head.node, key) is not None else head.node
            record.add(f"server.{fact}.changed", spot, site, before=before, after=after, name=name)
    old, new = said(base.node, "variables"), said(head.node, "variables")
    if old != new:
        shown = head.node.child("variables") if new is not None else base.node.child("variables")
        fact = "added" if old is None else "removed" if new is None else "changed"
        record.add(f"server.variables.{fact}", spot, shown, "base" if new is None else "head", name=name)
    compare_security(record, spot, base.security, head.security, base.node, head.node, name)
    compare_bindings(record, spot, Layers((base.node,)), Layers((head.node,)), "none")
    documentation(record, spot, base.node, head.node, "server")


def compare_security(
    record: Record,
    spot: Spot,
    base: frozenset[str] | None,
    head: frozenset[str] | None,
    base_node: Node,
    head_node: Node,
    name: str,
) -> None:
    """One of the alternatives is enough; no list asks for nothing."""
    if base == head:
        return
    site = head_node.child("security") if said(head_node, "security") is not None else head_node
    before, after = _sentence(base), _sentence(head)
    if base is None:
        record.add("security.required", spot, site, before=before, after=after, name=name)
    elif head is None:
        record.add("security.lifted", spot, base_node, "base", before=before, after=after, name=name)
    elif base - head:
        record.add("security.alternative.removed", spot, site, before=before, after=after, name=name)
    else:
        record.add("security.alternative.added", spot, site, before=before, after=after, name=name)


def _sentence(alternatives: frozenset[str] | None) -> str:
    return "nothing" if alternatives is None else " or ".join(sorted(alternatives))


def compare_schemes(record: Record, base: AsyncApi, head: AsyncApi) -> None:
    """The definitions of security schemes that both sides have; who uses one says so where it is used."""
    for name in base.schemes.keys() & head.schemes.keys():
        before, after = base.schemes[name], head.schemes[name]
        changed = [key for key in _SCHEME_KEYS if said(before, key) != said(after, key)]
        # Version 3 renamed the scopes of flows: `availableScopes`.
        if changed == ["flows"] and base.version != head.version:
            changed = []
        spot = Spot(attributes={"direction": "none", "part": "security_scheme"})
        for key in changed:
            site = after.child(key) if said(after, key) is not None else after
            record.add(
                "security_scheme.changed",
                spot,
                site,
                before=said(before, key),
                after=said(after, key),
                name=name,
                key=key,
            )


def compare_document(record: Record, base: AsyncApi, head: AsyncApi) -> None:
    spot = Spot()
    old, new = said(base.root, "asyncapi"), said(head.root, "asyncapi")
    if old != new:
        record.add("asyncapi.version.changed", spot, head.root.child("asyncapi"), before=old, after=new)
    before, after = said(base.root, "defaultContentType"), said(head.root, "defaultContentType")
    if before != after:
        site = head.root if after is None else head.root.child("defaultContentType")
        record.add("asyncapi.default_content_type.changed", spot, site, before=before, after=after)
    if said(base.root, "id") != said(head.root, "id"):
        site = head.root if said(head.root, "id") is None else head.root.child("id")
        record.add("asyncapi.id.changed", spot, site, before=said(base.root, "id"), after=said(head.root, "id"))
    infos = [one.root.child("info") for one in (base, head) if isinstance(said(one.root, "info"), dict)]
    if len(infos) == 2:
        _compare_info(record, spot, *infos)
    documentation(record, spot, base.root, head.root, "document")


def _compare_info(record: Record, spot: Spot, base: Node, head: Node) -> None:
    before, after = said(base, "version"), said(head, "version")
    if before != after:
        site = head if after is None else head.child("version")
        record.add("info.version.changed", spot, site, before=before, after=after)
    changed = [key for key in ("termsOfService", "contact", "license") if said(base, key) != said(head, key)]
    if changed:
        site = head.child(changed[0]) if said(head, changed[0]) is not None else head
        record.add("documentation.changed", spot, site, what="document", keywords=", ".join(changed))
    documentation(record, spot, base, head, "document")
