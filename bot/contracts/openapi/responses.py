"""Responses of an operation."""

from __future__ import annotations

from collections.abc import Mapping

from bot.contracts.openapi.bodies import compare_content
from bot.contracts.openapi.parameters import compare_headers
from bot.contracts.openapi.record import Record, SideName, child, matched, normal
from bot.contracts.openapi.spot import Spot, quoted
from bot.contracts.tree import Node

_KNOWN = frozenset({"headers", "content", "links"})
_LINK_KEYS = frozenset({"operationRef", "operationId", "parameters", "requestBody", "server"})


def compare_responses(record: Record, spot: Spot, base: Node, head: Node) -> None:
    """The responses of two operations, status by status. A range (`2XX`) or `default` stands for what it covers."""
    spot = spot.at("", direction=spot.response, part="response")
    old = _responses(record, spot, base, "base")
    new = _responses(record, spot, head, "head")
    seen: set[str] = set()
    for status, before in old.items():
        covering = [status] if status in new else _covering(status, old, new)
        seen.update(covering)
        at = _at(spot, status, old)
        if not covering:
            record.add("response.removed", at, before, "base", identity=(status, ""), status=status)
        for other in covering:
            if not record.sameness.same(before, new[other]):
                pair = record.follow(at, before, new[other])
                if pair is not None:
                    _compare(record, at, *pair)
    for status, after in new.items():
        if status not in old:
            record.add("response.added", _at(spot, status, new), after, identity=("", status), status=status)


def _responses(record: Record, spot: Spot, operation: Node, side: SideName) -> dict[str, Node]:
    found = record.members(spot, operation, side, "responses")
    return {status.upper() if status != "default" else status: n for status, n in found.items() if status[:2] != "x-"}


def _covering(status: str, base: Mapping[str, Node], head: Mapping[str, Node]) -> list[str]:
    """The statuses at head that now describe what `status` did at base."""
    family = f"{status[:1]}XX"
    if family in head:
        return [family]
    if status == family:
        return [s for s in head if s[:1] == status[:1] and s not in base]
    success = [s for s in head if s.startswith("2")]
    return ["default"] if "default" in head and status.startswith("2") and not success else []


def _at(spot: Spot, status: str, responses: Mapping[str, Node]) -> Spot:
    only_default = status == "default" and not any(s.startswith("2") for s in responses)
    success = status.startswith("2") or only_default
    return spot.at(quoted(status), status=status, status_class="success" if success else "other")


def _compare(record: Record, spot: Spot, base: Node, head: Node) -> None:
    if not (record.mapping(spot, base, "base", "response") and record.mapping(spot, head, "head", "response")):
        return
    compare_headers(record, spot, base, head)
    compare_content(record, spot.at(spot.part, part="body"), base, head)
    _compare_links(record, spot, base, head)
    record.rest(spot, base, head, "response", _KNOWN)


def _compare_links(record: Record, spot: Spot, base: Node, head: Node) -> None:
    old, new = record.members(spot, base, "base", "links"), record.members(spot, head, "head", "links")
    for name, before, after in matched(old, new):
        if before is None and after is not None:
            record.add("response.link.added", spot, after, name=name)
        elif after is None and before is not None:
            record.add("response.link.removed", spot, before, "base", name=name)
        elif before is not None and after is not None and not record.sameness.same(before, after):
            pair = record.follow(spot, before, after)
            if pair is not None:
                _compare_link(record, spot, *pair, name)


def _compare_link(record: Record, spot: Spot, base: Node, head: Node, name: str) -> None:
    if not (record.mapping(spot, base, "base", "link") and record.mapping(spot, head, "head", "link")):
        return
    changed = [k for k in sorted(_LINK_KEYS) if base.value.get(k) != head.value.get(k)]
    if changed:
        was, now = ([normal(n.value.get(k)) for k in changed] for n in (base, head))
        site = child(head, changed[0]) or head
        record.add("response.link.changed", spot, site, identity=(was, now), name=name, keywords=", ".join(changed))
    record.rest(spot, base, head, "link", _LINK_KEYS)
