"""Spans of time as the registry writes them."""

from __future__ import annotations

import re
from datetime import timedelta

_SPAN = re.compile(r"([0-9]{1,5})\s*([mhdw])")
_UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
DEFAULT = timedelta(days=30)


def duration(text: str) -> timedelta:
    """`30d`, `12h`, `2w`, `90m`. What is none of these (the linter refuses it) counts as the default, 30 days."""
    found = _SPAN.fullmatch(text.strip())
    return timedelta(**{_UNITS[found.group(2)]: int(found.group(1))}) if found else DEFAULT
