"""What becomes of a command, and who may write one that counts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC

from bot.review.authority import is_bot
from bot.review.commands import Command, parse
from bot.review.people import Comment, Person


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one command. `signed`: the fingerprints that it signed when it was written; `partly`: not all that
    it named. `is_told`, `edit`: as in `Answer`.
    """

    comment: Comment
    command: Command
    accepted: bool
    reason: str = ""
    signed: tuple[str, ...] = ()
    partly: bool = False
    is_told: bool = False
    edit: str = ""


def is_past(command: Command, comment: Comment) -> bool:
    """Whether the day that a command names was over when it was written."""
    return command.until is not None and command.until < comment.created_at.astimezone(UTC).date()


class Refused(Exception):
    """The reason, for the person who wrote the command."""


def in_order(comments: Iterable[Comment]) -> Iterator[tuple[Comment, Command]]:
    """Every command in the order written, each comment once."""
    distinct = {(comment.kind, comment.id): comment for comment in comments}
    for comment in sorted(distinct.values(), key=lambda c: (c.created_at, c.id, c.kind)):
        for command in parse(comment.body):
            yield comment, command


def human(comment: Comment) -> Person:
    """Whoever wrote it, if it was a person. Raises Refused."""
    if comment.author is None:
        raise Refused("The account that wrote this no longer exists, and nobody can sign for it.")
    if is_bot(comment.author):
        raise Refused("Bots do not sign: a person has to.")
    if comment.via_app:
        raise Refused("An app wrote this in your name, and apps do not sign: write the comment yourself.")
    return comment.author


def signer(comment: Comment) -> Person:
    """As `human`, for what only an unedited comment does. Raises Refused."""
    person = human(comment)
    if comment.edited:
        raise Refused("This comment was edited, and edited comments never sign: write a new one.")
    return person
