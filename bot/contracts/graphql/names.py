"""Lists of names in which order means nothing: interfaces, members of a union, locations of a directive."""

from __future__ import annotations

from collections.abc import Mapping

from bot.contracts.change import Direction
from bot.contracts.graphql.model import Site
from bot.contracts.graphql.record import Record


def compare_names(record: Record, what: str, element: str, old: Mapping[str, Site], new: Mapping[str, Site]) -> None:
    """what: `union.member`, `interface`, `directive.location`. Facts are `<what>.removed` and `<what>.added`."""
    direction: Direction = "none" if what.startswith("directive") else "response"
    for name, site in old.items():
        if name not in new:
            record.add(
                f"{what}.removed",
                element,
                site,
                side="base",
                direction=direction,
                before=name,
                member=name,
                owner=element,
            )
    for name, site in new.items():
        if name not in old:
            record.add(f"{what}.added", element, site, direction=direction, after=name, member=name, owner=element)
