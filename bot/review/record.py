"""Published decisions as plain values, for whatever keeps them: a database, the authenticated block of a comment."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from bot.review.values import AskedFor, Capacity, PublishedDecision

VERSION = 1


def as_plain(published: PublishedDecision) -> dict[str, Any]:
    """Strings, lists and dictionaries only, which any JSON writer takes. `from_plain` gives the same value back."""
    return {
        "version": VERSION,
        "digest": published.digest,
        "published_at": published.published_at.isoformat(),
        "head_sha": published.head_sha,
        "requirements": {id: list(fingerprints) for id, fingerprints in published.requirements.items()},
        "open": list(published.open),
        "asked": {
            fingerprint: [asked.contract, asked.finding, asked.capacity.consumer, asked.element]
            for fingerprint, asked in published.asked.items()
        },
        "withdrawn": list(published.withdrawn),
    }


def from_plain(plain: Mapping[str, Any]) -> PublishedDecision:
    """Raises KeyError, TypeError or ValueError for what `as_plain` of this version did not write."""
    if plain["version"] != VERSION:
        raise ValueError(f"a published decision of version {plain['version']!r}; this version reads {VERSION}")
    return PublishedDecision(
        digest=plain["digest"],
        published_at=datetime.fromisoformat(plain["published_at"]),
        head_sha=plain["head_sha"],
        requirements={id: tuple(fingerprints) for id, fingerprints in plain["requirements"].items()},
        open=tuple(plain["open"]),
        asked={
            fingerprint: AskedFor(
                contract, finding, Capacity("consumer", consumer) if consumer else Capacity("decision_owner"), element
            )
            for fingerprint, (contract, finding, consumer, element) in plain["asked"].items()
        },
        withdrawn=tuple(plain["withdrawn"]),
    )
