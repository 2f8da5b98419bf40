"""Markdown that the artefacts have in common."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from bot.registry.asking.proof import Proof
from bot.report import words
from bot.report.safety import code, plain

_UNITS = {"h": "hour", "d": "day", "w": "week"}
_SPAN = re.compile(r"([0-9]+)([hdw])")
_LONGEST_ELEMENT = 200


def table(titles: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """A table; cells are Markdown that is already safe."""
    yield f"| {' | '.join(titles)} |"
    yield f"|{' --- |' * len(titles)}"
    for row in rows:
        yield f"| {' | '.join(row)} |"


def bullets(sentences: Iterable[str]) -> Iterator[str]:
    return (f"- {sentence}" for sentence in sentences)


def element(text: str) -> str:
    return code(text, _LONGEST_ELEMENT)


def handle(text: str | None) -> str:
    """Somebody who answers for something. Nobody is pinged by a document."""
    return plain(text) if text else "**nobody**"


def span(text: str) -> str:
    """`90d` as `90 days`."""
    found = _SPAN.fullmatch(text)
    return words.count(int(found[1]), _UNITS[found[2]]) if found else plain(text)


def seen(proof: Proof) -> str:
    """Evidence with its day; what is weak about it stands out."""
    return plain(proof.dated) + {"stale": " (**old**)", "declared": " (**weak**)"}.get(proof.state, "")


def private(number: int) -> str:
    return words.count(number, "private consumer")
