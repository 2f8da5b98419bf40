"""A contract that breaks says so by its version (`version.breaking_requires`): a finding of its own, beside the breaks.

Raising the version replaces nobody's signature, and a signature may stand in for raising it. What a break takes is
semver's major version; below 1.0.0 the minor one (semver.org, 4: before 1.0.0 anything may change; Cargo's convention).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.contracts.change import Change, Comparison, Place
from bot.judge.catalogue import Catalogue
from bot.judge.finding import Level
from bot.registry.impact import Guarantee, Impact
from bot.registry.model import Contract, Version
from bot.review.values import VERSION_NOT_RAISED

_VERSION_CHANGED = "info.version.changed"
_FORMATS = frozenset({"openapi", "asyncapi"})
_NUMBERS = re.compile(r"v?(\d{1,9})(?:\.(\d{1,9}))?(?:\.(\d{1,9}))?")


@dataclass(frozen=True, slots=True)
class Raised:
    """What is found about a contract's version: an impact when it should have been raised, else perhaps a note."""

    impacts: tuple[Impact, ...] = ()
    not_checked: tuple[str, ...] = ()


def version_of(
    contract: Contract, format: str, impacts: Sequence[Impact], comparison: Comparison, catalogue: Catalogue
) -> Raised:
    """impacts: of this contract. comparison: with what the version is measured against (a release, or the base)."""
    version = contract.version
    if version is None or version.breaking_requires == "none" or version.scheme in ("none", "path"):
        return Raised()
    broken = [i for i in impacts if i.finding.level is Level.BREAKING and i.guarantee is Guarantee.GUARANTEED]
    if all(impact.undoes_since for impact in broken):  # going back to what was released takes no new version
        return Raised()
    if format not in _FORMATS or version.from_ != "info.version":
        note = (
            f"`{contract.id}` breaks, and whether its version says so was not checked: `{version.from_}` of "
            f"{format} is not read. Only `info.version` of OpenAPI and AsyncAPI is."
        )
        return Raised(not_checked=(note,))
    change = next((c for c in comparison.changes if c.fact == _VERSION_CHANGED), None)
    before, after = (str(change.before), str(change.after)) if change is not None else ("", "")
    if change is not None and is_enough(version, before, after):
        return Raised()
    found = Change(
        fact=VERSION_NOT_RAISED,
        element="info.version",
        places=(Place("info.version", {"direction": "none"}),),
        identity=(before, after),
        attributes={
            "required": "higher" if version.scheme != "semver" else version.breaking_requires,
            "is": f"goes from {before} to {after}" if change is not None else "stays as it is",
        },
        position=change.position if change is not None and change.side == "head" else None,
    )
    overrides = {str(level): ids for level, ids in contract.compatibility.rules.items()}
    findings = catalogue.judge(contract.id, format, (found,), overrides)
    return Raised(tuple(Impact(finding, Guarantee.GUARANTEED, "", ()) for finding in findings))


def is_enough(version: Version, before: str, after: str) -> bool:
    """Whether `after` says that something breaks. What is no version in its scheme says nothing."""
    old, new = _numbers(before), _numbers(after)
    if old is None or new is None:
        return False
    if version.scheme != "semver":
        return new > old
    if version.breaking_requires == "minor" or (old[0] == 0 and new[0] == 0):
        return new[:2] > old[:2]
    return new[0] > old[0]


def _numbers(text: str) -> tuple[int, int, int] | None:
    found = _NUMBERS.match(text)
    return (int(found[1]), int(found[2] or 0), int(found[3] or 0)) if found else None
