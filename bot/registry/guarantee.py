"""What the producer promised about the places of a finding."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from bot.contracts import address
from bot.contracts.address import Relation
from bot.contracts.change import Change
from bot.registry.impact import Guarantee
from bot.registry.model import GuaranteeLine

_OF_SINGLE_VALUES = frozenset(
    {
        "content_encoding",
        "content_media_type",
        "enum",
        "extensible_enum",
        "format",
        "max_length",
        "maximum",
        "min_length",
        "minimum",
        "multiple_of",
        "pattern",
    }
)
"""What a schema says of strings and numbers only (enumerations of objects are nobody's)."""
_SINGLE = re.compile(r"(string|integer|number|boolean|null)( \([^()]*\))?")


def promised(lines: Sequence[GuaranteeLine], places: Iterable[str], *, single: bool = False) -> tuple[Guarantee, str]:
    """The strictest level among the places, and the note of the line that sets it. No line: guaranteed.

    single: what is at the places is known to hold nothing (`is_single`).
    """
    return max(
        (_at(lines, place, single) for place in places),
        key=lambda found: found[0].strictness,
        default=(Guarantee.GUARANTEED, ""),
    )


def is_single(change: Change) -> bool:
    """Whether the change is known to be of one string, number, boolean or null. An object, an array, and what is not
    known may hold further elements, which go with it.
    """
    family, _, rest = change.fact.partition(".")
    subject, _, what = rest.partition(".")
    if family != "schema":
        return False
    if subject in _OF_SINGLE_VALUES:
        return True
    if (subject, what) not in {("property", "removed"), ("property", "added")} and subject != "type":
        return False
    type_of_it = change.after if what == "added" else change.before
    return isinstance(type_of_it, str) and all(_SINGLE.fullmatch(name) for name in type_of_it.split(" or "))


def _at(lines: Sequence[GuaranteeLine], place: str, single: bool) -> tuple[Guarantee, str]:
    """First match wins, read downward.

    A line that speaks only of something inside the place, or of some of what a wildcard in the place may stand for,
    does not settle it; but taking away the whole takes away the promised part, so the strictest such line counts, too.
    The `**` of a line may stand for anything inside the place, but not where nothing can be inside.
    """
    level: tuple[Guarantee, str] | None = None
    has_parts = not single or address.read(place).has_wildcards
    for line in lines:
        settled = address.matches(line.at, place)
        if not settled and not _speaks_of_part(line, place, has_parts):
            continue
        found = (Guarantee(line.level), line.note)
        # Of lines that promise the same, the one that covers the place has the words for it.
        if level is None or found[0].strictness + settled > level[0].strictness:
            level = found
        if settled:
            return level
    # What no line settles is guaranteed, and nothing is stricter.
    return level if level and level[0] is Guarantee.GUARANTEED else (Guarantee.GUARANTEED, "")


def _speaks_of_part(line: GuaranteeLine, place: str, has_parts: bool) -> bool:
    match address.relation(line.at, place):
        case Relation.EQUAL:
            return True
        case Relation.ELEMENT_CONTAINS_USE:
            return has_parts
        case _:
            return False
