"""Which consumers a finding reaches."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from bot.judge.finding import Finding


class Reach(StrEnum):
    """Apollo's three words. `affected`: the finding is, or contains, an element the consumer uses."""

    AFFECTED = "affected"
    POSSIBLY = "possibly"
    NOT = "not"


class Guarantee(StrEnum):
    """What the producer promised about an element. Unset means guaranteed."""

    GUARANTEED = "guaranteed"
    MAY_CHANGE = "may_change"
    OUT_OF_CONTRACT = "out_of_contract"


@dataclass(frozen=True, slots=True)
class ConsumerImpact:
    """What a finding means to one consumer. `places`: addresses (of the finding's) that reach it, sorted.

    `evidence` are sentences a person can check ("pact pacts/checkout.json, seen 2026-11-02").
    """

    consumer: str
    reach: Reach
    places: tuple[str, ...] = ()
    uses: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Impact:
    """A finding, the promise it touches, and whom it reaches (consumers sorted: affected, possibly, not)."""

    finding: Finding
    guarantee: Guarantee
    guarantee_note: str
    consumers: tuple[ConsumerImpact, ...]
