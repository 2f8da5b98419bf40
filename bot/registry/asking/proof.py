"""Why we believe that something is used, and how old that is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Literal

from bot.registry.evidence import stale_before
from bot.registry.model import Contract, Use

State = Literal["fresh", "stale", "undated", "declared"]
"""stale: not seen for longer than the contract's `review.every`. declared: somebody said it, nothing shows it."""

_RANK: dict[State, int] = {"fresh": 0, "undated": 1, "stale": 2, "declared": 3}


@dataclass(frozen=True, slots=True)
class Proof:
    """One piece of evidence. seen: a day, `YYYY-MM-DD`, or empty; days: how long ago that is, None when unknown."""

    kind: str
    ref: str
    seen: str
    days: int | None
    state: State

    @property
    def sentence(self) -> str:
        """`pact pacts/checkout.json, seen 18 days ago`."""
        what = f"{self.kind} {self.ref}".strip()
        if self.state == "declared":
            return f"declared {age(self.days)}, no evidence" if self.days is not None else "declared, no evidence"
        if self.days is None:
            return f"{what}, date unknown"
        return f"{what}, not seen since {self.seen}" if self.state == "stale" else f"{what}, seen {age(self.days)}"

    @property
    def dated(self) -> str:
        """`pact pacts/checkout.json, seen 2026-11-02`: the same tomorrow as today, until it is old."""
        what = f"{self.kind} {self.ref}".strip()
        if self.state == "declared":
            return f"declared {self.seen}, no evidence" if self.seen else "declared, no evidence"
        if not self.seen:
            return f"{what}, date unknown"
        return f"{what}, not seen since {self.seen}" if self.state == "stale" else f"{what}, seen {self.seen}"


def proof(use: Use, contract: Contract, today: date) -> Proof:
    """What a use rests on."""
    evidence = use.evidence
    seen = date.fromisoformat(evidence.seen) if evidence.seen else None
    days = (today - seen).days if seen is not None else None
    if evidence.kind == "declared":
        state: State = "declared"
    elif seen is None:
        state = "undated"
    else:
        state = "stale" if seen < stale_before(contract.review.every, today) else "fresh"
    return Proof(evidence.kind, evidence.ref, evidence.seen or "", days, state)


def strongest_first(proofs: Iterable[Proof]) -> tuple[Proof, ...]:
    """Without repetitions; what was seen last comes first, what was only declared last."""
    return tuple(sorted(dict.fromkeys(proofs), key=_strength))


def _strength(one: Proof) -> tuple[int, int, str, str]:
    return _RANK[one.state], one.days if one.days is not None else 0, one.kind, one.ref


def age(days: int) -> str:
    """`today`, `18 days ago`, `5 months ago`. What lies ahead is told as it is: `in 3 days`."""
    if days < 0:
        return f"in {_count(-days, 'day')}"
    if days < 2:
        return ("today", "yesterday")[days]
    if days < 61:
        return f"{days} days ago"
    return f"{_count(days // 30, 'month')} ago" if days < 730 else f"{_count(days // 365, 'year')} ago"


def _count(number: int, unit: str) -> str:
    return f"{number:,} {unit}" if number == 1 else f"{number:,} {unit}s"
