"""A text of a length, in which patterns are found and others are not, and of a format."""

from __future__ import annotations

import json
from collections.abc import Sequence

from bot.contracts.json_schema.proof import regular
from bot.contracts.json_schema.proof.formula import Atom, Format, Pattern, Size
from bot.contracts.json_schema.proof.outcome import NONE, UNKNOWN, Outcome, found

_WITHIN = {
    "email": frozenset({"idn-email"}),
    "hostname": frozenset({"idn-hostname"}),
    "uri": frozenset({"iri", "uri-reference", "iri-reference"}),
    "uri-reference": frozenset({"iri-reference"}),
    "iri": frozenset({"iri-reference"}),
    "json-pointer": frozenset(),
}
"""Formats whose texts are all of another format (JSON Schema 2020-12 Validation, section 7.3)."""

_EXAMPLES = {
    "date": "2026-01-31",
    "date-time": "2026-01-31T12:00:00Z",
    "time": "12:00:00Z",
    "email": "a@example.org",
    "uuid": "123e4567-e89b-12d3-a456-426614174000",
    "ipv4": "192.0.2.1",
    "ipv6": "2001:db8::1",
    "uri": "https://example.org/",
    "hostname": "example.org",
    "duration": "P1D",
}
"""A text of the format that is of none of the others here, `email` to `idn-email` and such aside."""

_OF_NO_FORMAT = "\\ not of any format ^"
_MOST_PADDING = 100_000


def fulfil(atoms: Sequence[Atom], excluded: frozenset[str], *, decide_patterns: bool) -> Outcome:
    """A text that fulfils the atoms and is none of the excluded values.

    decide_patterns: whether patterns are languages; else one is only equal to itself.
    """
    shortest = max((atom.count for atom in atoms if isinstance(atom, Size) and atom.lower), default=0)
    most = [atom.count for atom in atoms if isinstance(atom, Size) and not atom.lower]
    longest = min(most) if most else None
    if longest is not None and longest < shortest:
        return NONE
    patterns = [atom for atom in atoms if isinstance(atom, Pattern)]
    formats = [atom for atom in atoms if isinstance(atom, Format)]
    wanted, unwanted = (dict.fromkeys(a.text for a in patterns if a.holds is holds) for holds in (True, False))
    if wanted.keys() & unwanted.keys():
        return NONE
    if formats:
        return _of_format(formats, bool(patterns), shortest, longest, excluded)
    taken = frozenset(value for text in excluded if isinstance(value := json.loads(text), str))
    if not patterns:
        return _plain(shortest, longest, taken)
    if not decide_patterns:
        return UNKNOWN
    try:
        text = regular.find(list(wanted), list(unwanted), shortest, longest, taken)
    except regular.Unsupported:
        return UNKNOWN
    return NONE if text is None else found(text)


def _plain(shortest: int, longest: int | None, taken: frozenset[str]) -> Outcome:
    if shortest > _MOST_PADDING:
        return UNKNOWN
    for number in range(len(taken) + 1):
        mark = str(number) if number else ""
        text = mark + "x" * (shortest - len(mark))
        if (longest is None or len(text) <= longest) and text not in taken:
            return found(text)
    if longest == 0:
        return NONE
    return next((found(one) for code in range(97, 97 + len(taken) + 1) if (one := chr(code)) not in taken), UNKNOWN)


def _of_format(
    formats: Sequence[Format], patterned: bool, shortest: int, longest: int | None, excluded: frozenset[str]
) -> Outcome:
    wanted, unwanted = ({one.name for one in formats if one.holds is holds} for holds in (True, False))
    for name in wanted:
        if name in unwanted or _WITHIN.get(name, frozenset()) & unwanted:
            return NONE
    if patterned or excluded or len(wanted) > 1:
        return UNKNOWN
    if not wanted:
        text = _OF_NO_FORMAT + "x" * max(0, min(shortest, _MOST_PADDING) - len(_OF_NO_FORMAT))
        fits = longest is None or len(text) <= longest
        return found(text) if fits and not unwanted & {"regex", "idn-hostname"} and len(text) >= shortest else UNKNOWN
    example = _EXAMPLES.get(next(iter(wanted)))
    unrelated = unwanted <= _EXAMPLES.keys()
    if example is not None and unrelated and shortest <= len(example) <= (len(example) if longest is None else longest):
        return found(example)
    return UNKNOWN
