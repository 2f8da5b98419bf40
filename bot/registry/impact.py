"""Which consumers a finding reaches."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from bot.judge.finding import Finding


class Reach(StrEnum):
    """Apollo's three words. `affected`: the finding is, or contains, an element the consumer uses."""

    AFFECTED = "affected"
    POSSIBLY = "possibly"
    NOT = "not"

    @property
    def order(self) -> int:
        """Lower is nearer."""
        return {"affected": 0, "possibly": 1, "not": 2}[self.value]


class Guarantee(StrEnum):
    """What the producer promised about an element. Unset means guaranteed."""

    GUARANTEED = "guaranteed"
    MAY_CHANGE = "may_change"
    OUT_OF_CONTRACT = "out_of_contract"

    @property
    def strictness(self) -> int:
        """Higher is stricter."""
        return {"guaranteed": 2, "may_change": 1, "out_of_contract": 0}[self.value]


Verb = Literal["reads", "sends", "calls", "uses"]
"""What a consumer does with an element."""


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a consumer counts as reached: what it does with which element, and how we know.

    element: as the consumer or its evidence has it; empty when it named none and may use anything. kind: the
    evidence's. days: since it was last seen; None when that is not known. stale: that is longer than `review.every`.
    """

    verb: Verb
    element: str
    kind: str
    days: int | None = None
    stale: bool = False


@dataclass(frozen=True, slots=True)
class ConsumerImpact:
    """What a finding means to one consumer. `places`: addresses (of the finding's) that reach it, sorted.

    `uses` are the elements it named, as it wrote them; none: it may use anything.
    `evidence` are sentences a person can check ("pact pacts/checkout.json, seen 2026-11-02"); their dates stay true.
    `reasons` say the same as seen today, one for each element and piece of evidence.
    `alias` stands in place of the name wherever people can read it who may not see the consumer's repository: `name`
    is what to show, `consumer` (the registry's id) is never shown when there is an alias.
    """

    consumer: str
    reach: Reach
    places: tuple[str, ...] = ()
    uses: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()
    alias: str = ""
    reasons: tuple[Reason, ...] = ()

    @property
    def name(self) -> str:
        return self.alias or self.consumer


@dataclass(frozen=True, slots=True)
class Impact:
    """A finding, the promise it touches, and whom it reaches (consumers sorted: affected, possibly, not).

    undoes_since: the newest release, when the finding only takes back what came after it; else empty.
    """

    finding: Finding
    guarantee: Guarantee
    guarantee_note: str
    consumers: tuple[ConsumerImpact, ...]
    undoes_since: str = ""
