"""In which capacity somebody speaks, and what a signature is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from bot.review.arguments import ReasonCode
from bot.review.people import CommentKind, Person

CapacityKind = Literal["decision_owner", "consumer", "any_affected_consumer", "verification_owner", "producer_owner"]


@dataclass(frozen=True, slots=True)
class Capacity:
    """In which role somebody signs or objects. consumer: the consumer's id; for `any_affected_consumer` the ids of all
    of them, sorted, with commas between. `producer_owner` objects, and is never asked to sign.
    """

    kind: CapacityKind
    consumer: str | None = None

    @property
    def consumers(self) -> tuple[str, ...]:
        return tuple(self.consumer.split(",")) if self.consumer else ()

    def __str__(self) -> str:
        return self.consumer if self.kind == "consumer" and self.consumer else self.kind.replace("_", " ")


Act = Literal["approve", "ack", "waive", "accept", "reject", "honour-until"]
"""What a comment did to a requirement: `accept`, `reject` and `honour-until` are rulings of the decision owner."""


RULINGS: frozenset[Act] = frozenset({"accept", "reject", "honour-until"})


@dataclass(frozen=True, slots=True)
class Signature:
    """What one comment says to one requirement, until it is taken back.

    expires_at: from then on it no longer counts (`approval_ttl`, or the command's own `until`).
    until: of `honour-until`, the last day on which the old contract is honoured. code: why something was waived.
    for_silent: the decision owner signed for a consumer that had not answered in time.
    """

    person: Person
    capacity: Capacity
    signed_at: datetime
    comment_url: str
    comment_id: int
    note: str = ""
    expires_at: datetime | None = None
    comment_kind: CommentKind = "comment"
    act: Act = "approve"
    until: date | None = None
    code: ReasonCode | None = None
    for_silent: bool = False

    @property
    def warn_at(self) -> datetime | None:
        """When 80 % of its time are over, so that the reader is told before it expires."""
        return None if self.expires_at is None else self.signed_at + (self.expires_at - self.signed_at) * 0.8
