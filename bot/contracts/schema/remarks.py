"""The keywords that limit nothing: lifecycle, discriminators, documentation, extensions, and those nobody knows."""

from __future__ import annotations

from datetime import date, datetime

from bot.contracts.change import AttributeValue
from bot.contracts.schema.notes import Notes, pair, plain
from bot.contracts.schema.shape import Said, Shape


def sunset_state(shape: Shape, today: date, deprecation_days: int) -> tuple[str, str | None]:
    """`none`, `invalid`, `past`, `soon` (less notice than asked for) or `future`, with the text of the date."""
    said = shape.said.get("x-sunset")
    if said is None:
        return "none", None
    text = str(said.value)
    day = parse_date(text)
    if day is None:
        return "invalid", text
    if day <= today:
        return "past", text
    return ("soon" if (day - today).days < deprecation_days else "future"), text


def parse_date(text: str) -> date | None:
    """An RFC 3339 date or date-time; None for anything else."""
    try:
        return date.fromisoformat(text) if len(text) == 10 else datetime.fromisoformat(text).date()
    except ValueError:
        return None


def compare_lifecycle(notes: Notes) -> None:
    """`deprecated` and `x-sunset`."""
    base, head = notes.base, notes.head
    state, day = sunset_state(head, notes.today, notes.deprecation_days)
    sunset: dict[str, AttributeValue] = {"sunset": state, "sunset_date": day}
    if head.deprecated and not base.deprecated:
        notes.add("schema.deprecated.added", head.said["deprecated"].site, after=day or "deprecated", attributes=sunset)
    elif base.deprecated and not head.deprecated:
        notes.add("schema.deprecated.removed", base.said["deprecated"].site, "base", before="deprecated")
    elif head.deprecated:
        _compare_sunset(notes, sunset)


def _compare_sunset(notes: Notes, sunset: dict[str, AttributeValue]) -> None:
    base, head = notes.base.said.get("x-sunset"), notes.head.said.get("x-sunset")
    if notes.came_and_went("schema.sunset", pair(base), pair(head), attributes=sunset) or base is None or head is None:
        return
    if str(base.value) != str(head.value):
        before, after = parse_date(str(base.value)), parse_date(str(head.value))
        moved = "unknown" if before is None or after is None else "later" if after > before else "earlier"
        notes.add(
            "schema.sunset.changed",
            head.site,
            before=plain(base.value),
            after=plain(head.value),
            attributes={**sunset, "moved": moved},
        )


def compare_other(notes: Notes) -> None:
    """Documentation and extensions, one fact each; and every keyword that this comparison does not understand."""
    for fact, base, head in (
        ("schema.documentation.changed", notes.base.documentation, notes.head.documentation),
        ("schema.extension.changed", notes.base.extensions, notes.head.extensions),
    ):
        keywords = _differing(base, head)
        if keywords:
            first = keywords[0]
            site, side = (head[first].site, "head") if first in head else (base[first].site, "base")
            notes.add(
                fact,
                site,
                "head" if side == "head" else "base",
                before=plain(base[first].value) if first in base else None,
                after=plain(head[first].value) if first in head else None,
                identity=([_plain_of(base, k) for k in keywords], [_plain_of(head, k) for k in keywords]),
                attributes={"keywords": ", ".join(keywords)},
            )
    for keyword in _differing(notes.base.unknown, notes.head.unknown):
        base, head = notes.base.unknown, notes.head.unknown
        site, side = (head[keyword].site, "head") if keyword in head else (base[keyword].site, "base")
        notes.add(
            "schema.keyword.changed",
            site,
            "head" if side == "head" else "base",
            before=_plain_of(base, keyword),
            after=_plain_of(head, keyword),
            attributes={"keyword": keyword},
        )
    compare_discriminator(notes)


def _plain_of(said: dict[str, Said], keyword: str) -> AttributeValue:
    return plain(said[keyword].value) if keyword in said else None


def _differing(base: dict[str, Said], head: dict[str, Said]) -> list[str]:
    return sorted(
        keyword
        for keyword in base.keys() | head.keys()
        if (base[keyword].value if keyword in base else None) != (head[keyword].value if keyword in head else None)
    )


def compare_discriminator(notes: Notes) -> None:
    """The discriminator's property and its mapping."""
    base, head = notes.base.discriminator, notes.head.discriminator
    name = "schema.discriminator"
    before = None if base is None else (plain(base.value.get("propertyName")), base.site)
    after = None if head is None else (plain(head.value.get("propertyName")), head.site)
    if notes.came_and_went(name, before, after) or base is None or head is None or before is None or after is None:
        return
    if before[0] != after[0]:
        notes.add(f"{name}.property_name.changed", head.site, before=before[0], after=after[0])
    old, new = (said.value.get("mapping") or {} for said in (base, head))
    if not isinstance(old, dict) or not isinstance(new, dict):
        return
    for key in sorted(old.keys() | new.keys()):
        attributes: dict[str, AttributeValue] = {"value": str(key)}
        if key not in new:
            notes.add(
                f"{name}.mapping.removed",
                base.site.child("mapping", key),
                "base",
                before=plain(old[key]),
                attributes=attributes,
            )
        elif key not in old:
            notes.add(
                f"{name}.mapping.added", head.site.child("mapping", key), after=plain(new[key]), attributes=attributes
            )
        elif old[key] != new[key]:
            notes.add(
                f"{name}.mapping.changed",
                head.site.child("mapping", key),
                before=plain(old[key]),
                after=plain(new[key]),
                attributes=attributes,
            )
