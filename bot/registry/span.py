"""Spans of time as the registry writes them."""

from __future__ import annotations

import re
from datetime import timedelta

_SPAN = re.compile(r"([0-9]{1,5})([hdw])")
_UNITS = {"h": "hours", "d": "days", "w": "weeks"}


def duration(text: str) -> timedelta:
    """`12h`, `30d`, `2w`. Raises ValueError for anything else, which the registry's models do not let through."""
    found = _SPAN.fullmatch(text)
    if found is None:
        raise ValueError(f"not a span of time: {text!r}")
    return timedelta(**{_UNITS[found.group(2)]: int(found.group(1))})
