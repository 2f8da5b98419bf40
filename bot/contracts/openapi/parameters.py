"""Parameters of operations, and headers of responses: the two share how a value is described and written."""

from __future__ import annotations

from collections.abc import Mapping

from bot.contracts.openapi.bodies import compare_content
from bot.contracts.openapi.lifecycle import LIFECYCLE_KEYS, compare_lifecycle, lifecycle, removal
from bot.contracts.openapi.record import Record, SideName, child, matched, says
from bot.contracts.openapi.spot import Spot, quoted
from bot.contracts.tree import Node

_KNOWN = frozenset(
    {
        "name",
        "in",
        "required",
        "schema",
        "content",
        "style",
        "explode",
        "allowReserved",
        "allowEmptyValue",
        *LIFECYCLE_KEYS,
    }
)
_STYLES = {"query": "form", "cookie": "form", "path": "simple", "header": "simple"}

_LOCATIONS = ("path", "query", "header", "cookie", "querystring")

_IGNORED_HEADERS = frozenset({"accept", "content-type", "authorization"})
"""OpenAPI: definitions of these request headers shall be ignored; bodies and security say what they say."""

Key = tuple[str, str]
"""Where a parameter is and its name, as they identify it: header names do not care about case."""


def parameters(record: Record, spot: Spot, operation: Node, path_item: Node, side: SideName) -> dict[Key, Node]:
    """The parameters in force for an operation, references followed: those of its path, overridden by its own."""
    found: dict[Key, Node] = {}
    for owner in (path_item, operation):
        for item in record.items(spot, owner, side, "parameters"):
            node = record.follow_one(spot, item, side)
            if node is None or not record.mapping(spot, node, side, "parameter"):
                continue
            key = _key(node)
            if key is None:
                record.malformed(
                    spot, node, side, "parameter", "a mapping with a `name`, and an `in` that OpenAPI knows"
                )
            elif key[0] != "header" or key[1] not in _IGNORED_HEADERS:
                found[key] = node
    return found


def compare_parameters(
    record: Record, spot: Spot, base: Mapping[Key, Node], head: Mapping[Key, Node], renamed: Mapping[str, str]
) -> None:
    """`renamed`: names of path parameters at base to those at head, where only the template's names differ."""
    aligned = {("path", renamed.get(key[1], key[1])) if key[0] == "path" else key: node for key, node in base.items()}
    for (location, _), old, new in _matched(aligned, head):
        shown = (new or old).value["name"]  # type: ignore[union-attr]
        at = spot.at(
            f"{location}:{quoted(shown)}", direction=spot.request, part="parameter", name=shown, **{"in": location}
        )
        if old is None and new is not None:
            _added(record, at, new, location)
        elif new is None and old is not None:
            _removed(record, at, old, location)
        elif old is not None and new is not None and not record.sameness.same(old, new):
            _compare(record, at, old, new, location)


def _matched(base: Mapping[Key, Node], head: Mapping[Key, Node]) -> list[tuple[Key, Node | None, Node | None]]:
    return [(key, base.get(key), head.get(key)) for key in dict.fromkeys((*base, *head))]


def _added(record: Record, spot: Spot, head: Node, location: str) -> None:
    required = _required(head, location)
    schema = _schema(record, spot, head, "head")
    default = isinstance(schema, Node) and isinstance(schema.value, dict) and "default" in schema.value
    record.add(
        "parameter.added",
        spot,
        head,
        identity=("", [location, required]),
        place={"required": required},
        shown={"name": head.value["name"], "in": location, "required": required, "has_default": default},
    )


def _removed(record: Record, spot: Spot, base: Node, location: str) -> None:
    life = lifecycle(base.value)
    required = _required(base, location)
    record.add(
        "parameter.removed",
        spot,
        base,
        "base",
        identity=([location, required], ""),
        place={"required": required},
        shown={"name": base.value["name"], "in": location, "required": required},
        sunset=life.sunset_text,
        lifecycle=removal(life, record.options),
    )


def _compare(record: Record, spot: Spot, base: Node, head: Node, location: str) -> None:
    shown = {"name": str(head.value["name"]), "in": location}
    before, after = _required(base, location), _required(head, location)
    spot = spot.at(spot.part, required=after, was_required=before)
    if before != after:
        fact = "parameter.required.added" if after else "parameter.required.removed"
        side: SideName = "head" if "required" in head.value else "base"
        site = head if side == "head" else base
        record.add(fact, spot, child(site, "required") or site, side, before=before, after=after, shown=shown)
    if location == "path" and base.value["name"] != head.value["name"]:
        record.add(
            "parameter.renamed",
            spot,
            head.child("name"),
            before=base.value["name"],
            after=head.value["name"],
            shown=shown,
        )
    compare_lifecycle(record, spot, base, head, "parameter", shown)
    compare_value(record, spot, base, head, "parameter", _STYLES.get(location, "form"), shown)
    record.rest(spot, base, head, "parameter", _KNOWN)


def compare_value(
    record: Record, spot: Spot, base: Node, head: Node, what: str, style: str, shown: Mapping[str, str]
) -> None:
    """How a parameter's or header's value is written, and its schema."""
    _compare_style(record, spot, base, head, what, style, shown)
    old, new = _schema(record, spot, base, "base"), _schema(record, spot, head, "head")
    if isinstance(old, Node) and isinstance(new, Node):
        record.schema(spot, old, new)
    elif old == new == "content":
        compare_content(record, spot, base, head)
    elif old != new:
        side: SideName = "head" if isinstance(new, Node) or new else "base"
        site = head if side == "head" else base
        record.add(
            f"{what}.description.changed", spot, site, side, before=_described(old), after=_described(new), shown=shown
        )


def _compare_style(
    record: Record, spot: Spot, base: Node, head: Node, what: str, style: str, shown: Mapping[str, str]
) -> None:
    before, after = base.value.get("style", style), head.value.get("style", style)
    if before != after:
        record.add(f"{what}.style.changed", spot, child(head, "style") or head, before=before, after=after, shown=shown)
    exploded = [n.value.get("explode", n.value.get("style", style) == "form") for n in (base, head)]
    if exploded[0] != exploded[1] and before == after:
        record.add(
            f"{what}.explode.changed",
            spot,
            child(head, "explode") or head,
            before=exploded[0],
            after=exploded[1],
            shown=shown,
        )
    for key in ("allowReserved", "allowEmptyValue"):
        flags = [n.value.get(key, False) for n in (base, head)]
        if flags[0] != flags[1]:
            fact = f"{what}.flag.{'added' if flags[1] else 'removed'}"
            record.add(fact, spot, child(head, key) or head, before=flags[0], after=flags[1], flag=key, shown=shown)


def _schema(record: Record, spot: Spot, node: Node, side: SideName) -> Node | str:
    """The schema of the value; "content" when media types describe it, "" when nothing does."""
    schema = child(node, "schema")
    if schema is not None:
        return schema
    return "content" if record.members(spot, node, side, "content") else ""


def _described(schema: Node | str) -> str:
    if isinstance(schema, Node):
        return "a schema"
    return "a media type" if schema else "nothing"


def _required(node: Node, location: str) -> bool:
    return location == "path" or node.value.get("required") is True


def _key(node: Node) -> Key | None:
    location, called = node.value.get("in"), node.value.get("name")
    if location not in _LOCATIONS or not isinstance(called, str) or not called:
        return None
    return location, called.lower() if location == "header" else called


def compare_headers(record: Record, spot: Spot, base: Node, head: Node) -> None:
    """Headers of a response. A header called Content-Type is ignored, as OpenAPI asks."""
    old = {k.lower(): v for k, v in record.members(spot, base, "base", "headers").items()}
    new = {k.lower(): v for k, v in record.members(spot, head, "head", "headers").items()}
    for key, before, after in matched(old, new):
        if key == "content-type":
            continue
        shown = str((after or before).pointer[-1])  # type: ignore[union-attr]
        at = spot.at(f"{spot.part}.header:{quoted(shown)}", part="header", name=shown)
        if before is None and after is not None:
            node = record.follow_one(at, after, "head")
            required = says(node, "required")
            record.add("response.header.added", at, after, name=shown, required=required, place={"required": required})
        elif after is None and before is not None:
            node = record.follow_one(at, before, "base")
            required = says(node, "required")
            record.add(
                "response.header.removed",
                at,
                before,
                "base",
                name=shown,
                required=required,
                place={"required": required},
            )
        elif before is not None and after is not None and not record.sameness.same(before, after):
            pair = record.follow(at, before, after)
            if pair is not None:
                _compare_header(record, at, *pair, shown)


def _compare_header(record: Record, spot: Spot, base: Node, head: Node, shown: str) -> None:
    if not (record.mapping(spot, base, "base", "header") and record.mapping(spot, head, "head", "header")):
        return
    before, after = _required(base, "header"), _required(head, "header")
    spot = spot.at(spot.part, required=after, was_required=before)
    if before != after:
        fact = f"response.header.required.{'added' if after else 'removed'}"
        record.add(fact, spot, child(head, "required") or head, before=before, after=after, name=shown)
    compare_lifecycle(record, spot, base, head, "header", {"name": shown})
    compare_value(record, spot, base, head, "header", "simple", {"name": shown})
    record.rest(spot, base, head, "header", _KNOWN)
