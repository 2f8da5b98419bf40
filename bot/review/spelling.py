"""Which slash words are ours, which are nearly ours, and which belong to other bots."""

from __future__ import annotations

import re
from dataclasses import dataclass

AVAILABLE = (
    "approve-breaking",
    "object",
    "revoke",
    "rule",
    "waive",
    "reclassify",
    "ack",
    "escalate",
    "extend",
    "deprecate",
    "recheck",
    "contracts status",
    "contracts help",
)

NOT_YET = frozenset(
    {
        "migrated",
        "still-using",
        "register",
        "retire-consumer",
        "contract-incident",
        "surprise",
    }
)

HELP = "help"
"""Every bot's word. Alone on its line it may be meant for us; with anything behind it, it is another bot's."""

# What people write for ours often enough to be told, though it is too far off to be a slip of the finger.
_OTHERWISE_CALLED = {
    "approve-breaking-change": "approve-breaking",
    "approve-breaking-changes": "approve-breaking",
    "countersign": "approve-breaking",
    "unapprove-breaking": "revoke",
    "revoke-approval": "revoke",
    "objection": "object",
    "overrule": "rule",
    "ruling": "rule",
    "acknowledge": "ack",
    "contract": "contracts",
}

_FIRST_WORDS = tuple(dict.fromkeys(name.split()[0] for name in AVAILABLE))
_SHORTEST_SLIP = 5
"""Shorter words are too near to others' (`/ack` and `/back`, `/rule` and `/role`) to guess at."""
_SLASH_WORD = re.compile(r"/([A-Za-z][A-Za-z0-9_-]{0,63})(?![A-Za-z0-9_/-]|\.[A-Za-z0-9_])")
_LOOSE_SPELLING = re.compile(r"[_-]+")


@dataclass(frozen=True, slots=True)
class Word:
    """A slash word that is ours or nearly. `name` is one of AVAILABLE, or HELP, unless there is a `problem`."""

    name: str
    rest: str
    problem: str = ""


def slash_word(text: str) -> str | None:
    """The slash word a line begins with, lower case, or None. Paths (`/etc/hosts`) are not slash words."""
    found = _SLASH_WORD.match(text)
    return found.group(1).lower() if found else None


def recognise(text: str) -> Word | None:
    """The command a cleaned line begins with, if it is ours or so close that silence would mislead; None otherwise."""
    word = slash_word(text)
    if word is None:
        return None
    rest = text[len(word) + 1 :].strip()
    if word == HELP:
        return Word(HELP, "") if not rest else None
    if word in NOT_YET:
        return Word(word, rest, f"`/{word}` is not yet available in this version. {_available()}")
    meant = word if word in _FIRST_WORDS else _meant(word)
    if meant is None:
        return None
    if meant != word:
        return Word(meant, rest, f"There is no `/{word}`. Did you mean `/{_example(meant)}`?")
    if word != "contracts":
        return Word(word, rest)
    return _contracts(rest)


def _contracts(rest: str) -> Word:
    sub, _, below = rest.partition(" ")
    name = f"contracts {sub.lower()}"
    if name in AVAILABLE:
        return Word(name, below.strip())
    return Word(
        name, rest, "Write `/contracts status` to see what is still open, or `/contracts help` for the commands."
    )


def _available() -> str:
    return "Available are " + ", ".join(f"`/{name}`" for name in AVAILABLE[:-1]) + f" and `/{AVAILABLE[-1]}`."


def _example(first_word: str) -> str:
    return "contracts status" if first_word == "contracts" else first_word


def _meant(word: str) -> str | None:
    """Which of ours a slip of the finger turned into `word`: one edit for short words, two for long ones.

    Tighter than usual, because other bots' words are near: `/remove` is two edits from `/revoke`.
    """
    if word in _OTHERWISE_CALLED:
        return _OTHERWISE_CALLED[word]
    plain = _LOOSE_SPELLING.sub("", word)
    for ours in _FIRST_WORDS:
        allowed = 2 if len(ours) > 9 else 1 if len(ours) >= _SHORTEST_SLIP else 0
        if _edits(plain, _LOOSE_SPELLING.sub("", ours), allowed) <= allowed:
            return ours
    return None


def _edits(left: str, right: str, enough: int) -> int:
    """Insertions, deletions, replacements and swaps of neighbours between the two; past `enough` no longer exact."""
    if abs(len(left) - len(right)) > enough:
        return enough + 1
    before: list[int] = []
    row = list(range(len(right) + 1))
    for i, a in enumerate(left, 1):
        last, before, row = before, row, [i] + [0] * len(right)
        for j, b in enumerate(right, 1):
            row[j] = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (a != b))
            if i > 1 and j > 1 and a == right[j - 2] and left[i - 2] == b:
                row[j] = min(row[j], last[j - 2] + 1)
    return row[-1]
