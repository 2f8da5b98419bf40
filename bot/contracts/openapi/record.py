"""What the parts of an OpenAPI comparison share: both sides, and the list of what was felt."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Literal

import orjson

from bot.contracts.change import AttributeValue
from bot.contracts.openapi.spot import EVERYTHING, Spot, quoted
from bot.contracts.options import Options
from bot.contracts.references import FileResolver
from bot.contracts.roots import Felt
from bot.contracts.sameness import Sameness
from bot.contracts.schema import SchemaComparison
from bot.contracts.schema.paths import property_step
from bot.contracts.tree import Node, UnresolvedReference

SideName = Literal["base", "head"]

_DOCUMENTATION = frozenset({"summary", "description", "externalDocs", "example", "examples", "title"})


class Record:
    """Collects felt differences while the comparison walks both sides."""

    def __init__(self, base: FileResolver, head: FileResolver, schemas: SchemaComparison, options: Options) -> None:
        self.base = base
        self.head = head
        self.schemas = schemas
        self.options = options
        self.sameness = Sameness(base, head)
        self.felt: list[Felt] = []
        self.not_checked: dict[str, None] = {}
        self._doubts: dict[tuple[str, str, str], dict[SideName, tuple[str, Spot, Node, dict[str, AttributeValue]]]] = {}

    def add(
        self,
        fact: str,
        spot: Spot,
        site: Node,
        side: SideName = "head",
        *,
        before: object = None,
        after: object = None,
        identity: tuple[object, object] | None = None,
        place: Mapping[str, AttributeValue] | None = None,
        shown: Mapping[str, AttributeValue] | None = None,
        **more: AttributeValue,
    ) -> None:
        """Write down one fact. `identity` is what makes it this fact and no other: before and after when nothing else
        is said, and the attributes when there is neither. `shown` and what else is named are the attributes.
        """
        attributes = {**(shown or {}), **more}
        old, new = identity if identity is not None else (before, after)
        if old is None and new is None and attributes:
            old, new = (attributes, None) if side == "base" else (None, attributes)
        self.felt.append(
            Felt(
                fact=fact,
                place=spot.place(extra=place),
                site=site,
                side=side,
                before=before,
                after=after,
                identity=(normal(old), normal(new)),
                attributes=attributes,
                definition=component(site),
            )
        )

    def schema(self, spot: Spot, base: Node, head: Node) -> None:
        """Compare two schemas that describe the value at `spot`. Their root is named only below bodies (`200:$`)."""
        direction = spot.attributes["direction"]
        body = spot.attributes["part"] == "body"
        shown = spot.attributes["part"]
        for change in self.schemas.compare(base, head, direction):  # type: ignore[arg-type]
            at_root = change.path == "$"
            part = {"part": shown if at_root else "property", "of": shown}
            self.felt.append(
                Felt(
                    fact=change.fact,
                    place=spot.place("" if at_root and not body else change.path, {**part, **change.place_attributes}),
                    site=change.site,
                    side=change.side,
                    before=change.before,
                    after=change.after,
                    identity=change.identity,
                    attributes=change.attributes,
                    definition=_of_header(change.definition, change.site),
                )
            )

    def follow(self, spot: Spot, base: Node, head: Node) -> tuple[Node, Node] | None:
        """Both nodes with their references followed; None when one leads nowhere, which is then written down."""
        old, old_error = _resolved(self.base, base)
        new, new_error = _resolved(self.head, head)
        if old is not None and new is not None:
            return old, new
        error = new_error or old_error
        if old_error is not None and new_error is not None and base.value == head.value:
            self.not_checked[f"{old_error} What stands behind it was not compared."] = None
        elif error is not None:
            side: SideName = "head" if new_error is not None else "base"
            self.add(
                "openapi.reference.unresolved",
                spot,
                head if new_error is not None else base,
                side,
                before=base.value.get("$ref"),
                after=head.value.get("$ref") if isinstance(head.value, dict) else None,
                reference=error.reference,
                reason=error.reason,
                side_name=side,
            )
        return None

    def follow_one(self, spot: Spot, node: Node, side: SideName) -> Node | None:
        """One node with its references followed; None when they lead nowhere, which is then written down."""
        found, error = _resolved(self.base if side == "base" else self.head, node)
        if error is not None:
            shown: dict[str, AttributeValue] = {"reference": error.reference, "reason": error.reason, "side_name": side}
            self._doubt("openapi.reference.unresolved", spot, node, side, error.reference, shown)
        return found

    def members(self, spot: Spot, node: Node | None, side: SideName, key: str) -> dict[str, Node]:
        """The members of the mapping at `key`; what is no mapping is written down as malformed, and is empty."""
        if node is None or not self.mapping(spot, node, side, key):
            return {}
        below = child(node, key)
        if below is None or not self.mapping(spot, below, side, key):
            return {}
        return {name: below.child(name) for name in below.value}

    def items(self, spot: Spot, node: Node | None, side: SideName, key: str) -> list[Node]:
        """The items of the list at `key`; what is no list is written down as malformed, and is empty."""
        below = child(node, key)
        if below is None:
            return []
        if not isinstance(below.value, list):
            self.malformed(spot, below, side, key, "a list")
            return []
        return [below.child(index) for index in range(len(below.value))]

    def mapping(self, spot: Spot, node: Node, side: SideName, what: str) -> bool:
        """Whether the node is a mapping, as it must be; written down as malformed when not."""
        if isinstance(node.value, dict):
            return True
        self.malformed(spot, node, side, what, "a mapping")
        return False

    def rest(self, spot: Spot, base: Node, head: Node, what: str, known: frozenset[str]) -> None:
        """Write down what differs in keys that no comparison of `what` looks into."""
        documentation = []
        for key in _keys(base.value, head.value):
            before, after = base.value.get(key), head.value.get(key)
            if key in known or before == after:
                continue
            side: SideName = "head" if key in head.value else "base"
            site = (head if side == "head" else base).child(key)
            if key in _DOCUMENTATION:
                documentation.append((key, before, after, site, side))
            elif key.startswith("x-"):
                self.add("extension.changed", spot, site, side, before=before, after=after, name=key, what=what)
            else:
                self.add("openapi.keyword.changed", spot, site, side, before=before, after=after, name=key, what=what)
        if documentation:
            key, before, after, site, side = documentation[0]
            whole = [(k, b, a) for k, b, a, _, _ in documentation]
            keywords = ", ".join(k for k, *_ in documentation)
            self.add(
                "documentation.changed",
                spot,
                site,
                side,
                before=_text(before),
                after=_text(after),
                identity=([b for _, b, _ in whole], [a for _, _, a in whole]),
                what=what,
                keywords=keywords,
            )

    def settle(self) -> None:
        """Write down what could not be understood, once the walk is over.

        What was like that before, and still is, is not this change's doing: it is said, and does not block.
        """
        for (address, name, _), sides in self._doubts.items():
            if len(sides) == 2:
                where = "the document" if address == EVERYTHING else f"`{address}`"
                self.not_checked[f"`{name}` in {where} could not be read before and still can't be."] = None
                continue
            for side, (fact, spot, node, shown) in sides.items():
                self.add(fact, spot, node, side, after=shown.get("reference") or kind(node.value), shown=shown)
        self._doubts.clear()

    def malformed(self, spot: Spot, node: Node, side: SideName, name: str, expected: str) -> None:
        """Note that the node is not what it must be."""
        shown: dict[str, AttributeValue] = {"name": name, "expected": expected, "side_name": side}
        self._doubt("openapi.malformed", spot, node, side, name, shown)

    def _doubt(
        self, fact: str, spot: Spot, node: Node, side: SideName, name: str, shown: dict[str, AttributeValue]
    ) -> None:
        key = (spot.address, name, normal(node.value))
        self._doubts.setdefault(key, {})[side] = (fact, spot, node, shown)


def child(node: Node | None, key: str) -> Node | None:
    """The value at `key`, None when there is none."""
    if node is None or not isinstance(node.value, dict) or node.value.get(key) is None:
        return None
    return node.child(key)


def says(node: Node | None, key: str) -> bool:
    """Whether the node is a mapping that has `key: true`."""
    return node is not None and isinstance(node.value, dict) and node.value.get(key) is True


def matched(base: Mapping[str, Node], head: Mapping[str, Node]) -> Iterator[tuple[str, Node | None, Node | None]]:
    """Every name of either side with what it names: first those of base, then those only head has."""
    for name in _keys(base, head):
        yield name, base.get(name), head.get(name)


def normal(value: object) -> str:
    """A value as text that is equal exactly when the value is."""
    if value is None or isinstance(value, str):
        return value or ""
    try:
        return orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()
    except TypeError:
        return repr(value)


def kind(value: object) -> str:
    """What a reader would call the value's type."""
    if value is None:
        return "nothing"
    names = {dict: "a mapping", list: "a list", str: "a string", bool: "a boolean", int: "a number", float: "a number"}
    return names.get(type(value), "something else")


def component(site: Node) -> tuple[str, str] | None:
    """The shared definition outside of `schemas` that holds the site (`parameters.PageSize`), and the path below it."""
    pointer = site.pointer
    if len(pointer) < 3 or pointer[0] != "components" or pointer[1] in ("schemas", "securitySchemes"):
        return None
    below = "".join(f"[{part}]" if isinstance(part, int) else property_step(part) for part in pointer[3:])
    return f"{pointer[1]}.{quoted(str(pointer[2]))}", f"${below}"


def _of_header(definition: tuple[str, str] | None, site: Node) -> tuple[str, str] | None:
    """The headers of a shared response are told apart by their names; a schema's path begins anew in each."""
    pointer = site.pointer
    if definition is None or len(pointer) < 5 or pointer[1] != "responses" or pointer[3] != "headers":
        return definition
    return f"{definition[0]}.header.{quoted(str(pointer[4]))}", definition[1]


def _resolved(resolver: FileResolver, node: Node) -> tuple[Node | None, UnresolvedReference | None]:
    try:
        return resolver.resolve(node), None
    except UnresolvedReference as error:
        return None, error


def _keys(base: Mapping[str, Any], head: Mapping[str, Any]) -> list[str]:
    return [*base, *(key for key in head if key not in base)]


def _text(value: object) -> object:
    return value if value is None or isinstance(value, (str, int, float, bool)) else kind(value)
