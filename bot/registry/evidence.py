"""What is known about a use, and how well."""

from __future__ import annotations

from datetime import date, timedelta

from bot.registry.model import Evidence
from bot.registry.span import duration

DEFAULT_REVIEW = timedelta(days=90)

KINDS = frozenset(
    {"declared", "pact", "pact-full", "graphql", "traffic", "har", "otel", "logs", "code", "stub", "backstage", "dbt"}
)
"""Kinds the app knows. Another one is kept and shown, and counts as declared."""

_COMPLETE = frozenset({"graphql", "pact-full"})
_SAMPLES = frozenset({"traffic", "har", "otel", "logs", "code", "stub"})


def stale_before(every: str | None, today: date) -> date:
    """Evidence from before this day is old. every: the contract's `review.every`."""
    return today - (DEFAULT_REVIEW if every is None else duration(every))


def is_complete(evidence: Evidence) -> bool:
    """Whether nothing outside the listed elements is used: whole operations, a full pact, or said so."""
    return evidence.complete or evidence.kind in _COMPLETE


def is_sample(evidence: Evidence) -> bool:
    """Whether it was observed: that proves use, never absence."""
    return evidence.kind in _SAMPLES


def sentence(evidence: Evidence, stale_before: date | None = None, *, hide: bool = False) -> str:
    """A sentence that a person can check. hide: without the reference, which may name a private repository."""
    seen = f" {evidence.seen}" if evidence.seen else ""
    if evidence.kind == "declared":
        return f"declared{seen}, no evidence"
    what = f"{evidence.kind} `{evidence.ref}`" if evidence.ref and not hide else evidence.kind
    if not evidence.seen:
        return f"{what}, date unknown"
    old = stale_before is not None and date.fromisoformat(evidence.seen) < stale_before
    return f"{what}, seen{seen}" + (", due for review" if old else "")
