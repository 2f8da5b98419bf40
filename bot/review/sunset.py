"""Removals that come before their time: no signature makes up for a date that was promised."""

from __future__ import annotations

from datetime import date, timedelta

from bot.contracts import address
from bot.contracts.address import Relation
from bot.contracts.change import Change
from bot.judge.finding import Level
from bot.registry.asking.removal import window
from bot.registry.impact import Guarantee, Impact
from bot.registry.model import Contract, Deprecated
from bot.registry.span import duration

_HELD_BY = frozenset({Relation.EQUAL, Relation.ELEMENT_CONTAINS_USE, Relation.USE_CONTAINS_ELEMENT})


def stays_until(impact: Impact, contract: Contract, today: date) -> str | None:
    """Until when what is removed had to stay, as a reader sees it ("2027-01-01"); None when it may go, or was not
    promised.

    What the document says of its own elements (`x-sunset`) counts, and what the registry says in `deprecated`: its
    sunset, or where that names none, the notice from the day on which it was deprecated; both up to the next day on
    which the contract lets things go (`deprecation.windows`).
    """
    finding = impact.finding
    if finding.level is not Level.BREAKING or impact.guarantee is not Guarantee.GUARANTEED:
        return None
    change = finding.change
    if not change.fact.endswith(".removed") or change.fact.startswith("registry."):
        return None
    days = [day for entry in contract.deprecated if _speaks_of(entry, change) and (day := _last_day(entry, contract))]
    last = max(days, default=None)
    if last is not None and today < last:
        return last.isoformat()
    return _own_sunset(change)


def day_of(written: str) -> date | None:
    """The day that a sunset names; None when it is written in another way."""
    try:
        return date.fromisoformat(written[:10])
    except ValueError:
        return None


def _own_sunset(change: Change) -> str | None:
    attributes = change.attributes
    if attributes.get("lifecycle") == "before_sunset":
        return str(attributes.get("sunset"))
    if attributes.get("sunset") == "future" and attributes.get("deprecated"):
        return str(attributes.get("sunset_date"))
    return None


def _speaks_of(entry: Deprecated, change: Change) -> bool:
    """Whether the entry is about what goes: it, something in it, or what holds it."""
    return any(
        address.relation(address.read(entry.at), address.read(place.address)) in _HELD_BY for place in change.places
    )


def _last_day(entry: Deprecated, contract: Contract) -> date | None:
    if entry.sunset is not None:
        return window(date.fromisoformat(entry.sunset), contract.deprecation.windows)
    if entry.since is None:
        return None
    notice = duration(contract.deprecation.notice)
    last = date.fromisoformat(entry.since) + timedelta(days=-(-notice // timedelta(days=1)))
    return window(last, contract.deprecation.windows)
