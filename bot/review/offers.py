"""An approving review may be about the code only, so it signs nothing. Whoever could sign is asked, and one word says
that it was meant for the contract as well. That word is the signature: a comment like any other, of its own time.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from bot.review.commands import clean
from bot.review.people import Comment, Person
from bot.review.values import Decision, RequirementState

CONFIRMATION = "countersign"
"""Nobody writes it by chance, as they might a `yes`."""
_SIGNS = "/approve-breaking"


@dataclass(frozen=True, slots=True)
class Approval:
    """An approving review."""

    review_id: int
    person: Person
    at: datetime


def is_confirmation(body: str) -> bool:
    """Whether a comment is the one word and nothing else."""
    return clean(body).strip("`").casefold().rstrip(".!") == CONFIRMATION


def confirmed(comments: Iterable[Comment], offers: Mapping[int, datetime]) -> tuple[Comment, ...]:
    """The comments, in which the one word of somebody who was asked before is the command that it stands for.

    offers: by person id, when we asked them.
    """
    return tuple(replace(c, body=_SIGNS) if _confirms(c, offers) else c for c in comments)


def _confirms(comment: Comment, offers: Mapping[int, datetime]) -> bool:
    offered = offers.get(comment.author.id) if comment.author is not None and comment.kind == "comment" else None
    return offered is not None and comment.created_at > offered and is_confirmation(comment.body)


def to_offer(decision: Decision, approvals: Iterable[Approval]) -> tuple[tuple[Approval, tuple[str, ...]], ...]:
    """Who approved by a review and could sign something that is open: with the ids of the findings, each person once,
    by their newest review.
    """
    newest = {approval.person.id: approval for approval in sorted(approvals, key=lambda a: (a.at, a.review_id))}
    found = []
    for approval in newest.values():
        ids = tuple(
            dict.fromkeys(
                r.finding
                for r in decision.requirements
                if r.blocking
                and r.state is RequirementState.OPEN
                and approval.person.id in {person.id for person in r.people}
                and approval.person.id not in {signature.person.id for signature in r.signatures}
            )
        )
        if ids and not approval.person.is_bot:
            found.append((approval, ids))
    return tuple(found)
