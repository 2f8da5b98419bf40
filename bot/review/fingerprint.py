"""What a signature is for: names of changes that survive rebases, reformatting and new versions of the catalogue.

Scheme `f1`. Into it go the contract id, the fact id, the element's address with the names of path parameters blanked,
the fact's normalised old and new value, and the guarantee level. Left out, so that they may change without asking
anybody again: rule id, level and wording of the catalogue, commits, files, lines, the text around the change.
Every digest is SHA-256 over a JSON array that begins with the scheme's name; 64 hex digits are kept, ten are shown.

The golden values in the tests pin the scheme: signatures on open pull requests depend on it. A different scheme is a
different name (`f2`), never an edit of this one. For the same reason the blanking is written here and not borrowed.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable

from bot.judge.finding import Finding
from bot.registry.impact import Guarantee
from bot.review.capacity import Capacity

SCHEME = "f1"
SHOWN_DIGITS = 10

_OPERATION = re.compile(r"^(?P<method>[A-Za-z*]+) (?P<path>/\S*)(?P<rest>.*)$", re.DOTALL)
_PARAMETER = re.compile(r"\{([^{}]*)\}")
_PATH_PART = " path:"


def f1(finding: Finding, guarantee: Guarantee) -> str:
    """The change itself and the promise it touches, wherever it is felt."""
    change = finding.change
    return _digest(finding.contract, change.fact, blanked(change.element), *change.identity, guarantee.value)


def finding_fingerprint(finding: Finding, guarantee: Guarantee) -> str:
    """The change with all its places (those at the finding's own level). Its first ten digits are the shown id."""
    places = (place.address for place in finding.places)
    return _digest("finding", f1(finding, guarantee), *_normalised(places))


def requirement_fingerprint(finding: Finding, guarantee: Guarantee, capacity: Capacity, places: Iterable[str]) -> str:
    """The change with the places that reach one capacity: a new place asks again only those whom it concerns.

    `places` are addresses, in any order. The capacity is part of it, because two consumers reached by the same places
    still sign each for themselves.
    """
    return _digest("requirement", f1(finding, guarantee), capacity.kind, capacity.consumer or "", *_normalised(places))


def shown(fingerprint: str) -> str:
    """The id that people see and type."""
    return fingerprint[:SHOWN_DIGITS]


def blanked(address: str) -> str:
    """The address with path parameters counted, not named: `GET /orders/{id} path:id` is `GET /orders/{} path:{1}`.

    Renaming a path parameter changes nothing on the wire, so it must not ask anybody again. Braces elsewhere (a
    property called `{a}`) are names like any other and stay.
    """
    operation = _OPERATION.match(address)
    if operation is None:
        return address
    method, path, rest = operation.group("method", "path", "rest")
    names = _PARAMETER.findall(path)
    if rest.startswith(_PATH_PART):
        name, separator, below = rest.removeprefix(_PATH_PART).partition(":")
        if name in names:
            rest = f"{_PATH_PART}{{{names.index(name) + 1}}}{separator}{below}"
    return f"{method} {_PARAMETER.sub('{}', path)}{rest}"


def _normalised(places: Iterable[str]) -> list[str]:
    return sorted({blanked(place) for place in places})


def _digest(*parts: str) -> str:
    return hashlib.sha256(json.dumps([SCHEME, *parts], separators=(",", ":")).encode("ascii")).hexdigest()
