"""Ranges of numbers: what of one is missing from others."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence

from bot.contracts.protobuf.model import Range


class Numbers:
    """A set of numbers given as ranges."""

    def __init__(self, ranges: Sequence[Range]) -> None:
        self._ranges = _joined(ranges)
        self._ends = [end for _, end in self._ranges]

    def __contains__(self, number: int) -> bool:
        index = bisect_left(self._ends, number)
        return index < len(self._ranges) and self._ranges[index][0] <= number

    def missing_of(self, wanted: Range) -> list[Range]:
        """The parts of a range that are not in this set."""
        start, end = wanted
        missing: list[Range] = []
        index = bisect_left(self._ends, start)
        while start <= end and index < len(self._ranges) and self._ranges[index][0] <= end:
            first, last = self._ranges[index]
            if start < first:
                missing.append((start, first - 1))
            start = last + 1
            index += 1
        if start <= end:
            missing.append((start, end))
        return missing


def shown(ranges: Sequence[Range], limit: int) -> str:
    """`4, 9 to 11, 40 to max`."""
    return ", ".join(
        str(first) if first == last else f"{first} to {'max' if last >= limit else last}" for first, last in ranges
    )


def _joined(ranges: Sequence[Range]) -> list[Range]:
    joined: list[Range] = []
    for first, last in sorted(ranges):
        if joined and first <= joined[-1][1] + 1:
            joined[-1] = (joined[-1][0], max(joined[-1][1], last))
        else:
            joined.append((first, last))
    return joined
