"""Lines for the registry that write down what was decided, ready for a person to commit: nothing pushes for them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from bot.review.arguments import Ruling

_LONGEST_NOTE = 120


def ruling_edit(ruling: Ruling, until: date | None, elements: Sequence[tuple[str, str]], reason: str) -> str:
    """What a ruling makes of the promise. elements: (contract id, address of a place) pairs.

    accept: nobody may count on it; reject: it is promised; honour-until: it stays until that day, and then goes.
    """
    note = _quoted(" ".join(reason.split())[:_LONGEST_NOTE])
    lines: list[str] = []
    for contract in dict.fromkeys(contract for contract, _ in elements):
        mine = [element for of, element in elements if of == contract]
        lines += [f"  - id: {contract}"]
        if ruling == "honour-until" and until is not None:
            lines += ["    deprecated:"]
            lines += [f'      - {{at: {_quoted(at)}, sunset: "{until.isoformat()}", note: {note}}}' for at in mine]
        else:
            level = "may_change" if ruling == "accept" else "guaranteed"
            lines += ["    guarantees:"]
            lines += [f"      - {{at: {_quoted(at)}, level: {level}, note: {note}}}" for at in mine]
    return "\n".join(["contracts:", *lines])


def sunset_edit(contract: str, at: str, sunset: date, rest: Iterable[tuple[str, str | None]]) -> str:
    """One entry of `deprecated` with a later sunset. rest: its other terms, as they are."""
    others = "".join(f", {key}: {_quoted(value)}" for key, value in rest if value)
    entry = f'      - {{at: {_quoted(at)}, sunset: "{sunset.isoformat()}"{others}}}'
    return "\n".join(["contracts:", f"  - id: {contract}", "    deprecated:", entry])


def _quoted(text: str) -> str:
    """A YAML scalar in double quotes."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
