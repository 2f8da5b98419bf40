"""Directives where they are used: deprecations, `@oneOf`, `@specifiedBy`, and all others."""

from __future__ import annotations

from collections.abc import Sequence

from bot.contracts.graphql.model import Site, Usage
from bot.contracts.graphql.record import Record

_NO_REASON = '"No longer supported"'
"""The default of `@deprecated(reason:)` (specification, "@deprecated")."""


def compare_usages(
    record: Record,
    element: str,
    location: str,
    old: Sequence[Usage],
    new: Sequence[Usage],
    site: Site,
    what: str,
    *,
    gone: bool = False,
) -> None:
    """location: as a directive definition names it. what: kind of the element, in words. gone: `site` is the base's."""
    before, after = ({name: _texts(usages, name) for name in {u.name for u in usages}} for usages in (old, new))
    for name in sorted({*before, *after}):
        left = _without(before.get(name, []), after.get(name, []))
        right = _without(after.get(name, []), before.get(name, []))
        for one, other in zip(left, right, strict=False):
            _changed(record, element, location, one, other, what)
        for one in left[len(right) :]:
            _gone(record, element, location, one, what, site, "base" if gone else "head")
        for one in right[len(left) :]:
            _came(record, element, location, one, what)


def _texts(usages: Sequence[Usage], name: str) -> list[Usage]:
    return [usage for usage in usages if usage.name == name]


def _without(usages: list[Usage], others: list[Usage]) -> list[Usage]:
    """Those that are not, just so, among the others; each of the others accounts for one."""
    left = [other.text for other in others]
    kept = []
    for usage in usages:
        if usage.text in left:
            left.remove(usage.text)
        else:
            kept.append(usage)
    return kept


def _changed(record: Record, element: str, location: str, old: Usage, new: Usage, what: str) -> None:
    fact, before, after = "usage.changed", old.text, new.text
    if new.name == "deprecated":
        fact, before, after = "deprecation.reason.changed", _reason(old), _reason(new)
        if before == after:
            return
    elif new.name == "specifiedBy" and location == "SCALAR":
        fact = "specified_by.changed"
        before, after = (usage.arguments.get("url", "").strip('"') for usage in (old, new))
    record.add(
        fact,
        element,
        new.site,
        before=before,
        after=after,
        directive=new.name,
        location=location,
        what=what,
    )


def _gone(record: Record, element: str, location: str, old: Usage, what: str, site: Site, side: str) -> None:
    """Reported at what it was taken from, which is still there, unless that went with it."""
    record.add(
        f"{_family(old, location)}.removed",
        element,
        site,
        side="base" if side == "base" else "head",
        before=_shown(old, location),
        directive=old.name,
        location=location,
        what=what,
    )


def _came(record: Record, element: str, location: str, new: Usage, what: str) -> None:
    record.add(
        f"{_family(new, location)}.added",
        element,
        new.site,
        after=_shown(new, location),
        directive=new.name,
        location=location,
        what=what,
    )


def _family(usage: Usage, location: str) -> str:
    """`@oneOf` makes the same promise wherever it is used; `@specifiedBy` means something on scalars only."""
    if usage.name == "deprecated":
        return "deprecation"
    if usage.name == "oneOf":
        return "one_of"
    if usage.name == "specifiedBy" and location == "SCALAR":
        return "specified_by"
    return "usage"


def _shown(usage: Usage, location: str) -> str:
    if usage.name == "deprecated":
        return _reason(usage)
    if usage.name == "specifiedBy" and location == "SCALAR":
        return usage.arguments.get("url", "").strip('"')
    return usage.text


def _reason(usage: Usage) -> str:
    return usage.arguments.get("reason", _NO_REASON).strip('"')
