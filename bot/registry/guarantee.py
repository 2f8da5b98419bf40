"""What the producer promised about the places of a finding."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from bot.contracts import address
from bot.contracts.address import Relation
from bot.registry.impact import Guarantee
from bot.registry.model import GuaranteeLine


def promised(lines: Sequence[GuaranteeLine], places: Iterable[str]) -> tuple[Guarantee, str]:
    """The strictest level among the places, and the note of the line that sets it. No line: guaranteed."""
    return max(
        (_at(lines, place) for place in places),
        key=lambda found: found[0].strictness,
        default=(Guarantee.GUARANTEED, ""),
    )


def _at(lines: Sequence[GuaranteeLine], place: str) -> tuple[Guarantee, str]:
    """First match wins, read downward.

    A line that speaks only of something inside the place, or of some of what a wildcard in the place may stand for,
    does not settle it; but taking away the whole takes away the promised part, so the strictest such line counts, too.
    """
    level: tuple[Guarantee, str] | None = None
    for line in lines:
        settled = address.matches(line.at, place)
        if not settled and address.relation(line.at, place) not in (Relation.EQUAL, Relation.ELEMENT_CONTAINS_USE):
            continue
        found = (Guarantee(line.level), line.note)
        if level is None or found[0].strictness > level[0].strictness:
            level = found
        if settled:
            return level
    # What no line settles is guaranteed, and nothing is stricter.
    return level if level and level[0] is Guarantee.GUARANTEED else (Guarantee.GUARANTEED, "")
