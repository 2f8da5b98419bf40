"""Deprecation, sunset dates and stability of operations and parameters.

`x-sunset` is a full date or a date and time of RFC 3339. `x-stability-level` is draft, alpha, beta or stable; what says
nothing is stable. Draft and alpha promise nothing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Literal

from bot.contracts.openapi.record import Record
from bot.contracts.openapi.spot import Spot
from bot.contracts.options import Options
from bot.contracts.tree import Node

SUNSET = "x-sunset"
STABILITY = "x-stability-level"
LIFECYCLE_KEYS = frozenset({"deprecated", SUNSET, STABILITY})

_DATE = re.compile(r"(\d{4}-\d{2}-\d{2})(?:[Tt ]\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:[Zz]|[+-]\d{2}:\d{2}))?\Z")
_STABILITIES = ("draft", "alpha", "beta", "stable")

Removal = Literal["undeprecated", "no_sunset", "sunset_passed", "before_sunset", "invalid_sunset"]


@dataclass(frozen=True, slots=True)
class Lifecycle:
    """sunset: None when there is none or it is no date; `sunset_text` is what is written then."""

    deprecated: bool
    sunset: date | None
    sunset_text: str
    stability: str
    stability_valid: bool

    @property
    def sunset_invalid(self) -> bool:
        return bool(self.sunset_text) and self.sunset is None

    @property
    def promises_nothing(self) -> bool:
        return self.stability in ("draft", "alpha")


def lifecycle(value: Any) -> Lifecycle:
    written = value.get(SUNSET)
    stability = value.get(STABILITY)
    valid = stability is None or stability in _STABILITIES
    return Lifecycle(
        deprecated=value.get("deprecated") is True,
        sunset=_date(written),
        sunset_text="" if written is None else str(written),
        stability=str(stability) if valid and stability is not None else "stable",
        stability_valid=valid,
    )


def removal(before: Lifecycle, options: Options) -> Removal:
    """How the removal of something with this lifecycle stands today. On the day of its sunset it may go."""
    if not before.deprecated:
        return "undeprecated"
    if before.sunset_invalid:
        return "invalid_sunset"
    if before.sunset is None:
        return "no_sunset" if options.deprecation_days == 0 else "undeprecated"
    return "before_sunset" if options.today < before.sunset else "sunset_passed"


def compare_lifecycle(record: Record, spot: Spot, base: Node, head: Node, what: str, named: Mapping[str, str]) -> None:
    """Facts `<what>.deprecated`, `.reactivated`, `.sunset.*` for an operation or parameter that both sides have."""
    before, after = lifecycle(base.value), lifecycle(head.value)
    if before.deprecated and not after.deprecated:
        record.add(f"{what}.reactivated", spot, head, shown=named)
    elif after.deprecated and not before.deprecated:
        site = head.child("deprecated")
        notice = _notice(after, record.options)
        sunset = after.sunset_text
        record.add(f"{what}.deprecated", spot, site, after=sunset or None, notice=notice, sunset=sunset, shown=named)
    elif after.deprecated and before.sunset_text != after.sunset_text:
        _compare_sunset(record, spot, base, head, what, named)


def _compare_sunset(record: Record, spot: Spot, base: Node, head: Node, what: str, named: Mapping[str, str]) -> None:
    before, after = lifecycle(base.value), lifecycle(head.value)
    old, new = before.sunset_text or None, after.sunset_text or None
    if not after.sunset_text:
        record.add(f"{what}.sunset.removed", spot, base.child(SUNSET), "base", before=old, after=new, shown=named)
        return
    site = head.child(SUNSET)
    if before.sunset_invalid or after.sunset_invalid:
        record.add(
            f"{what}.sunset.invalid",
            spot,
            site,
            side_name="head" if after.sunset_invalid else "base",
            before=old,
            after=new,
            shown=named,
        )
    elif before.sunset is None:
        record.add(
            f"{what}.sunset.added",
            spot,
            site,
            notice=_notice(after, record.options),
            before=old,
            after=new,
            shown=named,
        )
    elif after.sunset is not None and after.sunset != before.sunset:
        moved = "earlier" if after.sunset < before.sunset else "later"
        record.add(
            f"{what}.sunset.{moved}",
            spot,
            site,
            notice=_notice(after, record.options),
            before=old,
            after=new,
            shown=named,
        )


def compare_stability(record: Record, spot: Spot, base: Node, head: Node) -> None:
    """Facts `operation.stability.*`."""
    before, after = lifecycle(base.value), lifecycle(head.value)
    written = base.value.get(STABILITY), head.value.get(STABILITY)
    if written[0] == written[1]:
        return
    side: Literal["base", "head"] = "head" if written[1] is not None else "base"
    site = (head if side == "head" else base).child(STABILITY)
    if not after.stability_valid or not before.stability_valid:
        record.add("operation.stability.invalid", spot, site, side, before=written[0], after=written[1])
        return
    steps = _STABILITIES.index(after.stability) - _STABILITIES.index(before.stability)
    if steps:
        fact = "operation.stability.increased" if steps > 0 else "operation.stability.decreased"
        record.add(fact, spot, site, side, before=before.stability, after=after.stability)


def _notice(after: Lifecycle, options: Options) -> str:
    """Whether a sunset date leaves the notice that is asked for: enough, too_short, missing, invalid or none."""
    if after.sunset_invalid:
        return "invalid"
    if after.sunset is None:
        return "missing" if options.deprecation_days else "none"
    return "enough" if after.sunset >= options.today + timedelta(days=options.deprecation_days) else "too_short"


def _date(written: object) -> date | None:
    match = _DATE.match(written) if isinstance(written, str) else None
    if match is None:
        return None
    try:
        return date.fromisoformat(match.group(1))
    except ValueError:
        return None
