"""The arguments of every command: ids, a consumer, days, codes and levels, and after ` -- ` a note or the reason."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Final, Literal, get_args

Ruling = Literal["accept", "reject", "honour-until"]
ReasonCode = Literal["no_consumers", "spec_correction", "bug_fix", "security", "policy_exception", "emergency"]
LevelWord = Literal["compatible", "risky", "breaking"]

SHORTEST_ID = 4
LONGEST_ID = 10
MOST_IDS = 1_000
LONGEST_NOTE = 1_000
LONGEST_REASON = 4_000
LONGEST_ELEMENT = 500

_RULINGS: Mapping[str, Ruling] = {word: word for word in get_args(Ruling)} | {"honor-until": "honour-until"}
_CODES: Mapping[str, ReasonCode] = {word: word for word in get_args(ReasonCode)}
_LEVELS: Mapping[str, LevelWord] = {word: word for word in get_args(LevelWord)}

_ID = re.compile(r"[0-9a-fA-F]+")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_CONSUMER = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/#-]{0,199}")
_SAFE = re.compile(r"[A-Za-z0-9 ._/:#,+=-]{1,40}")
_DASHES = ("--", "—", "–", "―")
"""Phones turn two hyphens into one long dash."""
_NOTE_BEGINS = re.compile(r"(?:^|[\s,])(?:" + "|".join(_DASHES) + r")(?=[\s,]|$)")
_EMPTY_LINES = re.compile(r"\A(?:[^\S\n]*\n)+")
_TO = re.compile(r"(?:^|\s)to(?::\s*|\s+)(\S+)\s*$", re.IGNORECASE)
_TERM = re.compile(r"(?:^|\s)(sunset|successor|contract):\s*", re.IGNORECASE)


class BadArgument(Exception):
    """What is wrong with the arguments and what to write instead, for the person who wrote them."""


@dataclass(frozen=True, slots=True)
class Arguments:
    """Named as in `Command`."""

    ids: tuple[str, ...] = ()
    consumer: str | None = None
    until: date | None = None
    note: str = ""
    ruling: Ruling | None = None
    code: ReasonCode | None = None
    level: LevelWord | None = None
    element: str = ""
    successor: str = ""
    contract: str = ""


USAGE: Final[Mapping[str, str]] = {
    "approve-breaking": "/approve-breaking [ids] [as consumer] [until date] [-- note]",
    "object": "/object [ids] [as consumer] -- reason",
    "revoke": "/revoke [ids] [as consumer] [-- note]",
    "rule": "/rule accept|reject|honour-until date [ids] -- reason",
    "waive": "/waive consumer [ids] reason:code until:date -- note",
    "reclassify": "/reclassify id compatible|risky|breaking -- reason",
    "ack": "/ack [ids] [as consumer] [-- note]",
    "extend": "/extend element to:date [-- note]",
    "deprecate": "/deprecate element [sunset:date] [successor:element] [contract:id] [-- note]",
    "escalate": "/escalate [-- note]",
    "recheck": "/recheck",
    "contracts status": "/contracts status",
    "contracts help": "/contracts help",
    "help": "/help",
}
"""How each command is written, for refusals and for the list of commands."""

REASONED: Final = frozenset({"object", "rule", "waive", "reclassify"})
"""Commands that need a reason. It may go on in the lines below the command."""


def arguments(command: str, text: str, line: str = "", below: str = "") -> Arguments:
    """What follows the command's name, in `text` as a reader sees it. Raises BadArgument.

    line: the same line as it was written. below: the text under it, which goes on with the reason where the command has
    one. A reason is kept as it was written, but for empty lines and spaces around it.
    """
    found = _READERS.get(command, _nothing)(command, text)
    if command not in REASONED:
        return found
    _, *after = _NOTE_BEGINS.split(line, maxsplit=1)
    first = after[0].strip() if after else found.note
    reason = f"{first}\n{below}" if first else below
    reason = _EMPTY_LINES.sub("", reason, count=1).rstrip()
    if not reason:
        raise BadArgument(
            f"`/{command}` needs a reason, which others will read: write `{USAGE[command]}`. The reason may go on in "
            "the lines below."
        )
    return replace(found, note=reason if len(reason) <= LONGEST_REASON else reason[: LONGEST_REASON - 1] + "…")


# ---- one reader for each shape of command


def _approval(command: str, text: str) -> Arguments:
    words, note = _split_note(text)
    known, ids = _keyed(command, words, ("as", "until"))
    until = _day(known["until"], "until", f"/{command} until 2026-12-31") if "until" in known else None
    return Arguments(_ids(command, ids), _as(command, known), until, note)


def _ids_and_consumer(command: str, text: str) -> Arguments:
    words, note = _split_note(text)
    known, ids = _keyed(command, words, ("as",))
    return Arguments(_ids(command, ids), _as(command, known), note=note)


def _ruling(command: str, text: str) -> Arguments:
    words, note = _split_note(text)
    first, colon, day = (words[0] if words else "").partition(":")
    spelled = first.lower().strip("`").replace("_", "-")
    ruling = _RULINGS.get(spelled)
    if ruling is None:
        wrong = f"{_quoted(first)} is no ruling" + _did_you_mean(spelled, _RULINGS) if first else "A ruling is missing"
        raise BadArgument(
            f"{wrong}. Write `/rule accept`, `/rule reject` or `/rule honour-until 2026-12-31`, "
            "then the ids if it is not about all of them, and ` -- ` with the reason."
        )
    rest = words[1:]
    until = None
    if ruling == "honour-until":
        written = day if colon and day else next(iter(rest), "")
        rest = rest if colon and day else rest[1:]
        until = _day(written, ruling, "/rule honour-until 2026-12-31 -- reason")
    return Arguments(_ids(command, rest), until=until, note=note, ruling=ruling)


def _waiver(command: str, text: str) -> Arguments:
    words, note = _split_note(text)
    if not words or words[0].partition(":")[0].lower() in ("reason", "until"):
        raise BadArgument(
            f"Whose signature is waived comes first, the consumer's id: `{_example(command)}`. To sign yourself, write "
            "`/approve-breaking`."
        )
    if words[0].lower() == "as" and len(words) > 1:
        words = words[1:]
    consumer = _consumer(words[0], f"`/{command}` begins with the id of a consumer: `{_example(command)}`.")
    known, ids = _keyed(command, words[1:], ("reason", "until"))
    if "reason" not in known:
        raise BadArgument(f"A waiver says why: add `reason:` and one of {_listed(_CODES)}: `{_example(command)}`.")
    if "until" not in known:
        raise BadArgument(f"A waiver ends on a day: add `until:` and the last one: `{_example(command)}`.")
    word = known["reason"].strip("`").lower().replace("-", "_")
    code = _CODES.get(word)
    if code is None:
        wrong = f"{_quoted(known['reason'])} is no reason code" if word else "`reason:` needs a code"
        raise BadArgument(f"{wrong}{_did_you_mean(word, _CODES)}. The codes are {_listed(_CODES)}.")
    until = _day(known["until"], "until", _example(command))
    return Arguments(_ids(command, ids), consumer, until, note, code=code)


def _reclassification(command: str, text: str) -> Arguments:
    words, note = _split_note(text)
    levels = [level for word in words if (level := _LEVELS.get(word.lower().strip("`"))) is not None]
    ids = [word for word in words if word.lower().strip("`") not in _LEVELS]
    wrong = [word for word in ids if not _ID.fullmatch(word.strip("`"))]
    if not levels and wrong:
        meant = _did_you_mean(wrong[0].lower().strip("`"), _LEVELS)
        raise BadArgument(f"{_quoted(wrong[0])} is no level{meant}. The levels are {_listed(_LEVELS)}.")
    if len(levels) != 1 or len(ids) != 1:
        raise BadArgument(
            f"Write one id and what the finding is: `{_example(command)}`. Each finding has its own line."
        )
    return Arguments(_ids(command, ids), note=note, level=levels[0])


def _extension(command: str, text: str) -> Arguments:
    before, note = _before_note(text)
    found = _TO.search(before)
    element = before[: found.start()].strip().strip("`").strip() if found else ""
    if found is None or not element:
        raise BadArgument(
            f"Write the element and the day to which its sunset moves: `{_example(command)}`. The element is written "
            "as the registry has it."
        )
    day = _day(found.group(1), "to", _example(command))
    return Arguments(until=day, note=note, element=_element(element))


def _deprecation(command: str, text: str) -> Arguments:
    before, note = _before_note(text)
    element, *terms = _TERM.split(before)
    if not element.strip("` "):
        raise BadArgument(
            f"Write the element that is to go: `{_example(command)}`. It is written as the registry has it."
        )
    known: dict[str, str] = {}
    for key, value in zip(terms[::2], terms[1::2], strict=True):
        if key.lower() in known:
            raise BadArgument(f"`{key.lower()}:` can be given once. Write one `/{command}` line for each element.")
        known[key.lower()] = value.strip("` ")
    if empty := next((key for key, value in known.items() if not value), None):
        raise BadArgument(f"Nothing stands behind `{empty}:`. Write `{_example(command)}`.")
    return Arguments(
        until=_day(known["sunset"], "sunset", _example(command)) if "sunset" in known else None,
        note=note,
        element=_element(element),
        successor=_element(known.get("successor", "")),
        contract=known.get("contract", ""),
    )


def _element(written: str) -> str:
    element = written.strip("` ")
    if len(element) > LONGEST_ELEMENT:
        raise BadArgument(f"No element is longer than {LONGEST_ELEMENT} characters: write it as the registry has it.")
    return element


def _nothing(command: str, text: str) -> Arguments:
    """A note may follow, nothing else."""
    words, note = _split_note(text)
    if words:
        raise BadArgument(f"Write `/{command}` alone on its line; a note may follow after ` -- `.")
    return Arguments(note=note)


_READERS: Mapping[str, Callable[[str, str], Arguments]] = {
    "approve-breaking": _approval,
    "object": _ids_and_consumer,
    "revoke": _ids_and_consumer,
    "ack": _ids_and_consumer,
    "rule": _ruling,
    "waive": _waiver,
    "reclassify": _reclassification,
    "extend": _extension,
    "deprecate": _deprecation,
}

_EXAMPLES: Mapping[str, str] = {
    "waive": "/waive your-app reason:security until:2026-12-31 -- note",
    "reclassify": "/reclassify 1a2b3c4d5e compatible -- reason",
    "extend": "/extend GET /orders to:2027-03-31",
    "deprecate": "/deprecate GET /orders sunset:2027-03-31 successor:GET /v2/orders",
}


def _example(command: str) -> str:
    return _EXAMPLES[command]


# ---- words


@dataclass(slots=True)
class _Keyed:
    """`key value` and `key:value` taken out of a line of words."""

    known: dict[str, str] = field(default_factory=dict)
    others: list[str] = field(default_factory=list)


def _keyed(command: str, words: Iterable[str], keys: Collection[str]) -> tuple[dict[str, str], list[str]]:
    """Raises BadArgument for a key that is given twice."""
    found = _Keyed()
    remaining = iter(words)
    for word in remaining:
        key, colon, value = word.partition(":")
        key = key.lower()
        if key not in keys:
            found.others.append(word)
            continue
        if key in found.known:
            raise BadArgument(f"`{key}` can be given once. Write one `/{command}` line for each.")
        found.known[key] = value if colon and value else next(remaining, "")
    return found.known, found.others


def _before_note(text: str) -> tuple[str, str]:
    """What stands before the first dash that stands alone, and the note after it."""
    before, *after = _NOTE_BEGINS.split(text, maxsplit=1)
    return before, " ".join(after[0].split())[:LONGEST_NOTE] if after else ""


def _split_note(text: str) -> tuple[list[str], str]:
    before, note = _before_note(text)
    return before.replace(",", " ").split(), note


def _ids(command: str, words: Iterable[str]) -> tuple[str, ...]:
    ids = tuple(dict.fromkeys(_id(word, command) for word in words))
    if len(ids) > MOST_IDS:
        raise BadArgument(f"That is more than {MOST_IDS:,} ids. Write `/{command}` without ids to cover all of them.")
    return ids


def _id(word: str, command: str) -> str:
    digits = word.strip("`")
    if not _ID.fullmatch(digits):
        raise BadArgument(
            f"{_quoted(word)} is not an id (ten digits 0-9 and a-f, shown with each finding). Write "
            f"`{USAGE[command]}`; words of your own go after ` -- `."
        )
    if not SHORTEST_ID <= len(digits) <= LONGEST_ID:
        raise BadArgument(
            f"{_quoted(digits)} can't be an id: give at least {SHORTEST_ID} of its {LONGEST_ID} digits, and no more."
        )
    return digits.lower()


def _as(command: str, known: Mapping[str, str]) -> str | None:
    if "as" not in known:
        return None
    return _consumer(known["as"], f"`as` needs the id of a consumer: `/{command} as your-app`.")


def _consumer(word: str, otherwise: str) -> str:
    name = word.strip("`")
    if not _CONSUMER.fullmatch(name):
        raise BadArgument(otherwise)
    return name


def _day(word: str, key: str, example: str) -> date:
    day = word.strip("`,")
    try:
        if _DAY.fullmatch(day):
            return date.fromisoformat(day)
    except ValueError:
        pass
    raise BadArgument(f"`{key}` needs a day as year-month-day: `{example}`.")


def _did_you_mean(word: str, known: Collection[str]) -> str:
    found = difflib.get_close_matches(word, list(known), n=1, cutoff=0.6)
    return f" (did you mean `{found[0]}`?)" if found else ""


def _listed(words: Collection[str]) -> str:
    *first, last = (f"`{word}`" for word in words)
    return f"{', '.join(first)} and {last}"


def _quoted(word: str) -> str:
    """What somebody wrote, if it is harmless to repeat; commands' answers are shown to everybody."""
    return f"`{word}`" if _SAFE.fullmatch(word) else "What you wrote"
