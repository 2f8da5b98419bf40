"""Where an AsyncAPI comparison stands, and the list of what was felt."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from bot.contracts.asyncapi.reading import quoted
from bot.contracts.change import AttributeValue, Direction, Place
from bot.contracts.options import Options
from bot.contracts.references import FileResolver
from bot.contracts.roots import Felt, Side
from bot.contracts.schema import SchemaComparison
from bot.contracts.schema.notes import canonical
from bot.contracts.schema.paths import property_step
from bot.contracts.tree import Node, UnresolvedReference

EVERYTHING = "**"


@dataclass(frozen=True, slots=True)
class Spot:
    """An element, in the words of addresses, with what rules may ask for."""

    address: str = EVERYTHING
    attributes: Mapping[str, AttributeValue] = field(default_factory=lambda: {"direction": "none", "part": "document"})

    def at(self, address: str, /, **attributes: AttributeValue) -> Spot:
        return Spot(address, {**self.attributes, **attributes})


def direction_of(action: str) -> Direction:
    """What the application receives is written by those who use the contract; what it sends, they read."""
    return "request" if action == "receive" else "response"


def opposite(direction: Direction) -> Direction:
    return "request" if direction == "response" else "response"


class Record:
    """Collects felt differences while the comparison walks both sides."""

    def __init__(
        self, schemas: SchemaComparison, resolvers: tuple[FileResolver, FileResolver], options: Options
    ) -> None:
        self.schemas = schemas
        self._resolvers = {"base": resolvers[0], "head": resolvers[1]}
        self.options = options
        self.felt: list[Felt] = []
        self.not_checked: dict[str, None] = {}

    def add(
        self,
        fact: str,
        spot: Spot,
        site: Node,
        side: Side = "head",
        *,
        before: object = None,
        after: object = None,
        shown: Mapping[str, AttributeValue] | None = None,
        **more: AttributeValue,
    ) -> None:
        """One fact. What makes it this fact and no other is its before and after, or else its attributes."""
        attributes = {**(shown or {}), **more}
        old, new = before, after
        if old is None and new is None:
            old, new = (attributes, None) if side == "base" else (None, attributes)
        self.felt.append(
            Felt(
                fact=fact,
                place=Place(spot.address, spot.attributes),
                site=site,
                side=side,
                before=before,
                after=after,
                identity=(canonical(old), canonical(new)),
                attributes=attributes,
            )
        )

    def came_or_went(
        self,
        fact: str,
        spot: Spot,
        base: Node | None,
        head: Node | None,
        *,
        name: str,
        shown: Mapping[str, AttributeValue] | None = None,
    ) -> bool:
        """Whether the element is on one side only, which is then written down."""
        if base is None and head is not None:
            self.add(f"{fact}.added", spot, head, shown=shown, name=name)
        elif head is None and base is not None:
            self.add(f"{fact}.removed", spot, base, "base", shown=shown, name=name)
        else:
            return False
        return True

    def schema(self, spot: Spot, base: Node, head: Node, direction: Direction, *, headers: bool = False) -> None:
        """Two schemas of one value. `headers`: its properties are the headers of a message."""
        shown = spot.attributes["part"]
        for change in self.schemas.compare(base, head, direction):
            at_root = change.path == "$"
            address = _header(spot.address, change.path) if headers else _below(spot.address, change.path, shown)
            place = {"part": shown if at_root else "property", "of": shown, **change.place_attributes}
            self.felt.append(
                Felt(
                    fact=change.fact,
                    place=Place(address, {**spot.attributes, **place}),
                    site=change.site,
                    side=change.side,
                    before=change.before,
                    after=change.after,
                    identity=change.identity,
                    attributes=change.attributes,
                    definition=change.definition if _shared(change.site) else None,
                )
            )

    def follow(self, side: Side, node: Node) -> Node:
        """What the node stands for; itself when its reference leads nowhere."""
        try:
            return self._resolvers[side].resolve(node)
        except UnresolvedReference:
            return node

    def adopt(self, felt: Felt, spot: Spot, site: Node) -> None:
        """What another format felt in a payload."""
        path = felt.place.address.partition(":")[2] or "$"
        place = Place(f"{spot.address}:{path}", {**spot.attributes, **felt.place.attributes})
        moved = Node(site.path, site.pointer + felt.site.pointer, None)
        self.felt.append(replace(felt, place=place, site=moved, definition=None))


def _below(address: str, path: str, part: AttributeValue) -> str:
    return address if path == "$" and part not in ("body", "payload") else f"{address}:{path}"


def _header(address: str, path: str) -> str:
    """`OrderCreated.header:trace-id`, and what is inside of it behind that."""
    if not path.startswith("$.") or path.startswith(("$.**", "$.{")):
        return f"{address}.header" if path == "$" else f"{address}.header:{path}"
    name = path[2:].split(".")[0].split("[")[0]
    rest = path[len(property_step(name)) + 1 :]
    return f"{address}.header:{quoted(name)}" + (f":${rest}" if rest else "")


def _shared(site: Node) -> bool:
    """Whether the edit is one of a schema with a name. What stands in a message belongs to the message."""
    pointer = site.pointer
    return pointer[:2] == ("components", "schemas") or not pointer or pointer[0] not in _PARTS


_PARTS = frozenset({"channels", "operations", "servers", "components"})
