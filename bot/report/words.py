"""Numbers, lists and levels in words, the same ones in every report."""

from __future__ import annotations

import datetime as dates
import json
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from bot.judge.finding import Level

WORST_FIRST = (Level.BREAKING, Level.UNCLASSIFIED, Level.RISKY, Level.COMPATIBLE)
MUST_BE_SIGNED = frozenset({Level.BREAKING, Level.UNCLASSIFIED})


def count(number: int, singular: str, plural: str | None = None) -> str:
    """`1 change`, `2 changes`, `2,000 changes`."""
    return f"{number:,} {singular if number == 1 else plural or singular + 's'}"


def joined(names: Sequence[str], last: str = "and", limit: int = 4) -> str:
    """`a`, `a and b`, `a, b and c`; beyond `limit`: `a, b, c and 7 more`. One is named in any case."""
    if len(names) > limit:
        named = max(1, limit - 1)
        return f"{', '.join(names[:named])} and {len(names) - named:,} more"
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} {last} {names[-1]}"


def changes_by_level(levels: Iterable[Level], only: Iterable[Level] = WORST_FIRST) -> str:
    """`2 breaking and 1 unclassified changes`, worst first; `no change` when there is none of the levels asked for."""
    numbers = Counter(levels)
    parts = [(numbers[level], level.value) for level in WORST_FIRST if level in set(only) and numbers[level]]
    if not parts:
        return "no change"
    spelled = joined([f"{number:,} {word}" for number, word in parts])
    return f"{spelled} {'change' if parts[-1][0] == 1 else 'changes'}"


def value(shown: object, limit: int = 80) -> str:
    """A value of a contract as a reader writes it: words bare, everything else as JSON."""
    text = shown if isinstance(shown, str) else json.dumps(_plain(shown), ensure_ascii=False, default=str)
    return text if len(text) <= limit else text[: limit - 1] + "…"


def date(moment: dates.datetime) -> str:
    """`2026-11-21`."""
    return moment.date().isoformat()


def last_day(end: dates.datetime) -> str:
    """The day that ends with, or contains, the moment before `end`: `2026-12-31` for midnight of the next day."""
    return date(end - dates.timedelta(microseconds=1))


def day(moment: dates.datetime, zone: str) -> str:
    """`Thu 2026-11-26`, in a time zone."""
    return f"{moment.astimezone(ZoneInfo(zone)):%a %Y-%m-%d}"


def minute(moment: dates.datetime, zone: str) -> str:
    """`Thu 2026-11-26 14:05`, in a time zone."""
    return f"{moment.astimezone(ZoneInfo(zone)):%a %Y-%m-%d %H:%M}"


def _plain(shown: object) -> Any:
    if isinstance(shown, dict):
        return {str(key): _plain(inner) for key, inner in shown.items()}
    if isinstance(shown, list | tuple):
        return [_plain(inner) for inner in shown]
    if isinstance(shown, set | frozenset):
        return sorted((_plain(inner) for inner in shown), key=str)
    return shown
