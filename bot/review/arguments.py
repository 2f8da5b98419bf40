"""The arguments of `/approve-breaking` and `/revoke`: `[ids] [as consumer] [until date] [-- note]`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

SHORTEST_ID = 4
LONGEST_ID = 10
MOST_IDS = 1_000
LONGEST_NOTE = 1_000

_ID = re.compile(r"[0-9a-fA-F]+")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_CONSUMER = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/#-]{0,199}")
_SAFE = re.compile(r"[A-Za-z0-9 ._/:#,+=-]{1,40}")
_DASHES = ("--", "—", "–", "―")
"""Phones turn two hyphens into one long dash."""


class BadArgument(Exception):
    """What is wrong with the arguments and what to write instead, for the person who wrote them."""


@dataclass(frozen=True, slots=True)
class Arguments:
    ids: tuple[str, ...] = ()
    consumer: str | None = None
    until: date | None = None
    note: str = ""


def approval_arguments(text: str) -> Arguments:
    """Raises BadArgument."""
    return _arguments(text, "approve-breaking", may_have_until=True)


def revocation_arguments(text: str) -> Arguments:
    """Raises BadArgument."""
    return _arguments(text, "revoke", may_have_until=False)


def no_arguments(command: str, text: str) -> None:
    """A note may follow, nothing else. Raises BadArgument."""
    words, _ = _split_note(text)
    if words:
        raise BadArgument(f"Write `/{command}` alone on its line; a note may follow after ` -- `.")


def _arguments(text: str, command: str, *, may_have_until: bool) -> Arguments:
    words, note = _split_note(text)
    ids: dict[str, None] = {}
    consumer: str | None = None
    until: date | None = None
    remaining = iter(words)
    for word in remaining:
        key, colon, value = word.partition(":")
        if key.lower() == "as":
            if consumer is not None:
                raise BadArgument(f"`as` can be given once. Write one `/{command}` line for each consumer.")
            consumer = _consumer(value if colon else next(remaining, ""), command)
        elif key.lower() == "until" and may_have_until:
            if until is not None:
                raise BadArgument(f"`until` can be given once: `/{command} until 2026-12-31`.")
            until = _day(value if colon else next(remaining, ""), command)
        else:
            ids[_id(word, command)] = None
    if len(ids) > MOST_IDS:
        raise BadArgument(f"That is more than {MOST_IDS:,} ids. Write `/{command}` without ids to cover all of them.")
    return Arguments(tuple(ids), consumer, until, note)


def _split_note(text: str) -> tuple[list[str], str]:
    """The words before the first dash that stands alone, and the note after it."""
    words = text.replace(",", " ").split()
    for index, word in enumerate(words):
        if word in _DASHES:
            note = re.split(r"(?:^|[\s,])(?:" + "|".join(_DASHES) + r")(?=[\s,]|$)", text, maxsplit=1)[1]
            return words[:index], " ".join(note.split())[:LONGEST_NOTE]
    return words, ""


def _id(word: str, command: str) -> str:
    digits = word.strip("`")
    if not _ID.fullmatch(digits):
        raise BadArgument(
            f"{_quoted(word)} is not an id (ten digits 0-9 and a-f, shown with each finding). Write "
            f"`/{command} [ids] [as consumer] [-- note]`; words of your own go after ` -- `."
        )
    if not SHORTEST_ID <= len(digits) <= LONGEST_ID:
        raise BadArgument(
            f"{_quoted(digits)} can't be an id: give at least {SHORTEST_ID} of its {LONGEST_ID} digits, and no more."
        )
    return digits.lower()


def _consumer(word: str, command: str) -> str:
    name = word.strip("`")
    if not _CONSUMER.fullmatch(name):
        raise BadArgument(f"`as` needs the id of a consumer: `/{command} as checkout-web`.")
    return name


def _day(word: str, command: str) -> date:
    day = word.strip("`")
    try:
        if _DAY.fullmatch(day):
            return date.fromisoformat(day)
    except ValueError:
        pass
    raise BadArgument(f"`until` needs a day as year-month-day: `/{command} until 2026-12-31`.")


def _quoted(word: str) -> str:
    """What somebody wrote, if it is harmless to repeat; commands' answers are shown to everybody."""
    return f"`{word}`" if _SAFE.fullmatch(word) else "What you wrote"
