"""What a comparison of GraphQL schemas finds."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from bot.contracts.change import AttributeValue, Change, Direction, Place
from bot.contracts.graphql.model import Site
from bot.contracts.graphql.reading import Sdl
from bot.contracts.roots import Side


@dataclass(slots=True)
class Record:
    """Collects changes. Two that nobody could tell apart (the same directive added twice) are one."""

    base: Sdl
    head: Sdl
    _changes: dict[tuple[str, str, tuple[str, str], Side], Change] = field(default_factory=dict)

    def add(
        self,
        fact: str,
        element: str,
        site: Site,
        *,
        side: Side = "head",
        direction: Direction = "none",
        places: Iterable[str] = (),
        before: str | None = None,
        after: str | None = None,
        identity: tuple[str, str] | None = None,
        **attributes: AttributeValue,
    ) -> None:
        """element: a schema coordinate (specification, section 3.14). places: where it is felt, if not there."""
        identity = identity or (before or "", after or "")
        key = (fact, element, identity, side)
        if key in self._changes:
            return
        sdl = self.base if side == "base" else self.head
        self._changes[key] = Change(
            f"graphql.{fact}",
            element,
            tuple(Place(address, {"direction": direction}) for address in sorted(places) or [element]),
            before,
            after,
            identity,
            {"name": element, **attributes},
            sdl.position(site),
            side,
        )

    def changes(self) -> tuple[Change, ...]:
        """In the order of their positions."""
        return tuple(sorted(self._changes.values(), key=lambda c: (c.position, c.fact, c.element, c.identity)))
