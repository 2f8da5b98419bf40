"""What a comparison of Avro schemas finds, and how it becomes facts with places."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from bot.contracts.avro.model import Avro, Schema
from bot.contracts.avro.places import Places, Prefix
from bot.contracts.change import AttributeValue, Place
from bot.contracts.roots import Felt, Side
from bot.contracts.tree import Node, Pointer

Mode = str


@dataclass(frozen=True, slots=True)
class Counts:
    """In which directions a difference counts. backward: the head reads the base's data; forward: the reverse."""

    backward: bool = True
    forward: bool = True


NOTHING = Counts(backward=False, forward=False)


@dataclass(frozen=True, slots=True)
class Here:
    """A place while comparing: below a named type that both sides have, or below a root without a name."""

    owner: tuple[Schema, Schema] | Prefix
    path: str = "$"

    def step(self, step: str) -> Here:
        return replace(self, path=self.path + step)


@dataclass(frozen=True, slots=True)
class Found:
    """One difference. breaks: the directions in which data can't be read because of it."""

    fact: str
    here: Here
    pointer: Pointer
    side: Side
    breaks: Counts
    before: object
    after: object
    identity: tuple[str, str]
    attributes: Mapping[str, AttributeValue]


@dataclass(slots=True)
class Record:
    """Collects differences. roots of each side: where its schemas stand in the contract."""

    base: Avro
    head: Avro
    mode: Mode
    found: list[Found] = field(default_factory=list)

    def add(
        self,
        fact: str,
        here: Here,
        pointer: Pointer,
        *,
        side: Side = "head",
        breaks: Counts = NOTHING,
        before: object = None,
        after: object = None,
        identity: tuple[str, str] | None = None,
        **attributes: AttributeValue,
    ) -> None:
        if identity is None:
            identity = ("" if before is None else str(before), "" if after is None else str(after))
        self.found.append(Found(f"avro.{fact}", here, pointer, side, breaks, before, after, identity, attributes))

    def felt(self, roots: tuple[Sequence[tuple[Prefix, Schema]], Sequence[tuple[Prefix, Schema]]]) -> Iterator[Felt]:
        """Each difference at every place that it reaches."""
        if not self.found:
            return
        owners = [(one.side, one.here.owner) for one in self.found if not isinstance(one.here.owner, Prefix)]
        places = {
            "base": Places(roots[0], {owner[0] for side, owner in owners if side == "base"}).by_type,
            "head": Places(roots[1], {owner[1] for side, owner in owners if side == "head"}).by_type,
        }
        names = _short_names(self.base, self.head)
        for one in self.found:
            document = self.base if one.side == "base" else self.head
            owner = one.here.owner
            definition = None
            prefixes: Iterable[Prefix]
            if isinstance(owner, Prefix):
                prefixes = (owner,)
            else:
                own = owner[0] if one.side == "base" else owner[1]
                definition = (names[own.name], one.here.path)
                prefixes = places[one.side].get(own) or (Prefix(names[own.name]),)
            for prefix in prefixes:
                yield Felt(
                    one.fact,
                    Place(prefix.below(one.here.path), self._place_attributes(one, prefix)),
                    Node(document.path, one.pointer, None),
                    one.side,
                    one.before,
                    one.after,
                    one.identity,
                    one.attributes,
                    definition,
                )

    def _place_attributes(self, found: Found, prefix: Prefix) -> dict[str, AttributeValue]:
        backward, forward = found.breaks.backward, found.breaks.forward
        wanted = _demanded(self.mode, swapped=prefix.swapped)
        if (backward and "backward" in wanted) or (forward and "forward" in wanted):
            reading = "broken"
        else:
            reading = "unprotected" if backward or forward else "fine"
        return {"direction": prefix.direction, "reading": reading, "who": _who(backward, forward), "mode": self.mode}


def _demanded(mode: Mode, *, swapped: bool) -> frozenset[str]:
    """The directions that the contract's mode protects.

    For a protocol `backward` means that a client of the old one keeps working: the server reads the old requests, and
    the client with the old schema reads the new responses, which are therefore swapped.
    """
    if mode == "full":
        return frozenset({"backward", "forward"})
    if mode == "none":
        return frozenset()
    if swapped:
        return frozenset({"forward" if mode == "backward" else "backward"})
    return frozenset({mode})


def _who(backward: bool, forward: bool) -> str:
    if backward and forward:
        return "the new schema can't read what the old one wrote, nor the old one what the new one writes"
    if backward:
        return "the new schema can't read what was written with the old one"
    if forward:
        return "the old schema can't read what is written with the new one"
    return "each schema reads what the other one writes"


def _short_names(base: Avro, head: Avro) -> Mapping[str, str]:
    """Types go by their simple name where only one has it, as people call them."""
    full: dict[str, set[str]] = {}
    for name in (*base.named, *head.named):
        full.setdefault(name.rpartition(".")[2], set()).add(name)
    short = {name: simple for simple, names in full.items() for name in names if len(names) == 1}
    return {name: short.get(name, name) for names in full.values() for name in names}
