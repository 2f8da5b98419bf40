"""Which known word a misspelled one was meant to be, where only one can have been meant."""

from __future__ import annotations

from collections.abc import Iterable

_SHORT = 6
"""Words shorter than this may differ in one place, others in two."""


def only_near(word: str, known: Iterable[str]) -> str | None:
    """The one known word that `word` is a slip of; None when there is none, or when several are as near.

    Capitals, hyphens and underscores do not count: `mayChange` is `may_change`.
    """
    candidates = sorted(set(known))
    same = [one for one in candidates if _bare(one) == _bare(word)]
    if same:
        return same[0] if len(same) == 1 else None
    most = 1 if len(word) < _SHORT else 2
    distances = {one: _distance(word.lower(), one.lower(), most) for one in candidates}
    least = min(distances.values(), default=most + 1)
    nearest = [one for one, distance in distances.items() if distance == least]
    return nearest[0] if least <= most and len(nearest) == 1 else None


def _bare(word: str) -> str:
    return word.lower().replace("-", "").replace("_", "")


def _distance(a: str, b: str, most: int) -> int:
    """Letters left out, put in, replaced, or swapped with their neighbour; `most + 1` stands for anything above."""
    if abs(len(a) - len(b)) > most:
        return most + 1
    before: list[int] = []
    row = list(range(len(b) + 1))
    for i, letter in enumerate(a, start=1):
        following = [i]
        for j, other in enumerate(b, start=1):
            best = min(row[j] + 1, following[j - 1] + 1, row[j - 1] + (letter != other))
            if i > 1 and j > 1 and letter == b[j - 2] and a[i - 2] == other:
                best = min(best, before[j - 2] + 1)
            following.append(best)
        before, row = row, following
    return min(row[-1], most + 1)
