"""Request bodies and what both they and responses hold: media types."""

from __future__ import annotations

from typing import Literal

from bot.contracts.openapi.record import Record, SideName, child, matched, says
from bot.contracts.openapi.spot import Spot
from bot.contracts.tree import Node

_BODY_KEYS = frozenset({"content", "required"})
_MEDIA_TYPE_KEYS = frozenset({"schema", "itemSchema", "encoding", "itemEncoding", "prefixEncoding"})


def compare_request_body(record: Record, spot: Spot, base: Node, head: Node) -> None:
    """The request bodies of two operations."""
    spot = spot.at("request", direction=spot.request, part="body")
    old, new = child(base, "requestBody"), child(head, "requestBody")
    if old is None and new is not None:
        node = record.follow_one(spot, new, "head")
        required = says(node, "required")
        record.add("request_body.added", spot, new, required=required, identity=("", required))
    elif new is None and old is not None:
        record.add("request_body.removed", spot, old, "base")
    elif old is not None and new is not None and not record.sameness.same(old, new):
        pair = record.follow(spot, old, new)
        if pair is not None:
            _compare_body(record, spot, *pair)


def _compare_body(record: Record, spot: Spot, base: Node, head: Node) -> None:
    if not (record.mapping(spot, base, "base", "requestBody") and record.mapping(spot, head, "head", "requestBody")):
        return
    before, after = base.value.get("required") is True, head.value.get("required") is True
    if before != after:
        fact = f"request_body.required.{'added' if after else 'removed'}"
        side: SideName = "head" if "required" in head.value else "base"
        site = (head if side == "head" else base).child("required")
        record.add(fact, spot, site, side, before=before, after=after)
    compare_content(record, spot, base, head)
    record.rest(spot, base, head, "request body", _BODY_KEYS)


def compare_content(record: Record, spot: Spot, base: Node, head: Node) -> None:
    """The media types of a body, a response, or of a parameter that is described by one."""
    old = _by_media_type(record.members(spot, base, "base", "content"))
    new = _by_media_type(record.members(spot, head, "head", "content"))
    for before, after in _renamed(list(old), list(new), strict=spot.attributes["direction"] == "request"):
        at = spot.at(spot.part, media_type=after)
        record.add(
            "media_type.renamed",
            at,
            new[after],
            before=_written(old[before]),
            after=_written(new[after]),
            how=_relation(before, after),
            media_type=_written(new[after]),
        )
        old[after] = old.pop(before)
    for media_type, before_node, after_node in matched(old, new):
        at = spot.at(spot.part, media_type=media_type)
        if before_node is None and after_node is not None:
            shown = _written(after_node)
            record.add("media_type.added", at, after_node, after=shown, media_type=shown)
        elif after_node is None and before_node is not None:
            shown = _written(before_node)
            record.add("media_type.removed", at, before_node, "base", before=shown, media_type=shown)
        elif before_node is not None and after_node is not None:
            _compare_media_type(record, at, before_node, after_node, media_type)


def _compare_media_type(record: Record, spot: Spot, base: Node, head: Node, media_type: str) -> None:
    if record.sameness.same(base, head):
        return
    pair = record.follow(spot, base, head)  # OpenAPI 3.2 lets a media type be a reference
    if pair is None:
        return
    base, head = pair
    if not (record.mapping(spot, base, "base", media_type) and record.mapping(spot, head, "head", media_type)):
        return
    for key in ("schema", "itemSchema"):
        old, new = child(base, key), child(head, key)
        if old is not None and new is not None:
            record.schema(spot, old, new)
        elif new is not None:
            record.add("media_type.schema.added", spot, new, media_type=media_type)
        elif old is not None:
            record.add("media_type.schema.removed", spot, old, "base", media_type=media_type)
    for key in ("encoding", "itemEncoding", "prefixEncoding"):
        before, after = base.value.get(key), head.value.get(key)
        if before != after:
            side: SideName = "head" if after is not None else "base"
            site = (head if side == "head" else base).child(key)
            record.add("media_type.encoding.changed", spot, site, side, identity=(before, after), media_type=media_type)
    record.rest(spot, base, head, "media type", _MEDIA_TYPE_KEYS)


def _by_media_type(content: dict[str, Node]) -> dict[str, Node]:
    """Media types compare without regard to case and spaces (RFC 9110 section 8.3.1)."""
    return {_normal(key): node for key, node in content.items()}


def _normal(media_type: str) -> str:
    essence, *parameters = (p.strip() for p in media_type.split(";"))
    return ";".join([essence.lower(), *sorted(p.lower() for p in parameters if p)])


def _renamed(base: list[str], head: list[str], *, strict: bool) -> list[tuple[str, str]]:
    """Media types that only one side has, paired when they are the same kind of document under another name.

    `application/json` and `application/problem+json` are both JSON, so a reader meets a changed label, not another
    document. A server that reads (`strict`) chooses by the label, so only parameters may differ there.
    """
    pairs = []
    left = [m for m in head if m not in base]
    for media_type in base:
        if media_type in head:
            continue
        similar = [m for m in left if _alike(media_type, m, strict=strict)]
        if len(similar) == 1:
            pairs.append((media_type, similar[0]))
            left.remove(similar[0])
    return pairs


def _alike(base: str, head: str, *, strict: bool) -> bool:
    old, new = base.partition(";")[0], head.partition(";")[0]
    if strict:
        return old == new
    old_type, _, old_name = old.partition("/")
    new_type, _, new_name = new.partition("/")
    return old_type == new_type and old_name.rpartition("+")[2] == new_name.rpartition("+")[2]


def _relation(base: str, head: str) -> Literal["specialized", "generalized", "changed"]:
    old, new = base.partition(";")[0], head.partition(";")[0]
    if old == new:
        return "specialized" if len(head) > len(base) else "generalized"
    if "+" in new and "+" not in old:
        return "specialized"
    return "generalized" if "+" in old and "+" not in new else "changed"


def _written(media_type: Node) -> str:
    return str(media_type.pointer[-1])
