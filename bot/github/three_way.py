"""Whether a merge put together what two sides did to a text, and nothing else.

GitHub signs a merge by the button "Update branch" and one whose conflicts somebody settled on its pages alike. What
the text became tells them apart: it is the one text that both sides' edits make, or somebody had a say in it.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

_DEEPEST = 12
"""How often what lies between two unique lines is looked at again. Each time costs as much as the text is long."""

_Lines = Sequence[bytes]
_Pairs = list[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class _Hunk:
    """Lines `start` to `end` of the base (from 0, the end left out) became `lines`."""

    start: int
    end: int
    lines: tuple[bytes, ...]


def is_combination(base: bytes, ours: bytes, theirs: bytes, merged: bytes) -> bool:
    """Whether `merged` has every edit that either side made to `base`, each where it was made, and no other.

    False also when edits of the two sides touch, which is a conflict to git, and when it cannot be told (edits among
    lines that repeat themselves).
    """
    lines = base.splitlines(keepends=True)
    edits = {*_hunks(lines, ours.splitlines(keepends=True)), *_hunks(lines, theirs.splitlines(keepends=True))}
    combined: list[bytes] = []
    done = -1
    for hunk in sorted(edits, key=lambda hunk: (hunk.start, hunk.end)):
        if hunk.start <= done:
            return False
        combined += [*lines[max(done, 0) : hunk.start], *hunk.lines]
        done = hunk.end
    return b"".join([*combined, *lines[max(done, 0) :]]) == merged


def _hunks(before: _Lines, after: _Lines) -> Iterator[_Hunk]:
    start = new_start = 0
    for i, j in [*_kept(before, after, _DEEPEST), (len(before), len(after))]:
        if (i, j) != (start, new_start):
            yield _Hunk(start, i, tuple(after[new_start:j]))
        start, new_start = i + 1, j + 1


def _kept(before: _Lines, after: _Lines, depth: int) -> _Pairs:
    """Pairs of lines that stayed, in order: those at both ends, and between them the lines that each side has just
    once, with what stayed around them ("patience diff").
    """
    shorter = min(len(before), len(after))
    head = next((n for n in range(shorter) if before[n] != after[n]), shorter)
    rest = shorter - head
    tail = next((n for n in range(rest) if before[-1 - n] != after[-1 - n]), rest)
    end, new_end = len(before) - tail, len(after) - tail
    between = _between(before[head:end], after[head:new_end], depth) if depth else []
    return [
        *((n, n) for n in range(head)),
        *((head + i, head + j) for i, j in between),
        *((end + n, new_end + n) for n in range(tail)),
    ]


def _between(before: _Lines, after: _Lines, depth: int) -> _Pairs:
    anchors = _in_order(_unique(before, after))
    if not anchors:
        return []
    kept: _Pairs = []
    start = new_start = 0
    for i, j in [*anchors, (len(before), len(after))]:
        kept += ((start + n, new_start + m) for n, m in _kept(before[start:i], after[new_start:j], depth - 1))
        if i < len(before):
            kept.append((i, j))
        start, new_start = i + 1, j + 1
    return kept


def _unique(before: _Lines, after: _Lines) -> _Pairs:
    """Lines that stand on each side exactly once, by their place in `before`."""
    times, new_times = Counter(before), Counter(after)
    where = {line: j for j, line in enumerate(after) if new_times[line] == 1}
    return [(i, where[line]) for i, line in enumerate(before) if times[line] == 1 and line in where]


def _in_order(pairs: _Pairs) -> _Pairs:
    """The most of them that are in the same order on both sides (a longest increasing subsequence)."""
    ends: list[int] = []
    last: _Pairs = []
    previous: dict[tuple[int, int], tuple[int, int] | None] = {}
    for pair in pairs:
        length = bisect_left(ends, pair[1])
        previous[pair] = last[length - 1] if length else None
        if length == len(ends):
            ends.append(pair[1])
            last.append(pair)
        else:
            ends[length], last[length] = pair[1], pair
    chain: _Pairs = []
    found = last[-1] if last else None
    while found is not None:
        chain.append(found)
        found = previous[found]
    return chain[::-1]
