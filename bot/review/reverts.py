"""Reverts of what was never released: they break those who follow the base branch, and nobody who uses a release.

That a pull request says of itself that it reverts is a reason to look at the newest release, and no more than that.
What counts is that head has, at the element, nothing worse than what was released. In doubt people are asked as ever.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import replace

from bot.contracts.address import Address, Relation, read, relation
from bot.contracts.change import Change
from bot.judge.finding import Level
from bot.registry.impact import Impact, Reach

_SAYS_SO = re.compile(
    r"\s*revert\b"  # titles: GitHub's button and `git revert` write `Revert "..."`, Conventional Commits `revert: ...`
    r"|Reverts [\w.-]+/[\w.-]+#\d+"  # what GitHub's button writes below
    r"|This reverts commit [0-9a-f]{7,40}",  # what `git revert` writes below (git's own sequencer.c)
    re.IGNORECASE,
)
_MOST_PAIRS = 250_000
"""Findings and changes since the release that are looked at one against the other; of more, nothing is excused."""


def looks_like_revert(title: str, texts: Iterable[str] = ()) -> bool:
    """Whether a title, or a line of the other texts (a pull request's body, commit messages), says that this reverts.

    docs: "Reverting a pull request" of GitHub, `git revert` of git.
    """
    return any(_SAYS_SO.match(line) for text in (title, *texts) for line in text.splitlines())


def may_be_undone(impact: Impact) -> bool:
    """Whether it makes a difference to this finding that it undoes what was never released. What could not be
    classified stays: unknown is not safe.
    """
    is_of_the_contract = not impact.finding.change.fact.startswith(("registry.", "contract."))
    return impact.finding.level is Level.BREAKING and is_of_the_contract


def with_undone(impacts: Iterable[Impact], release: str, harm: Collection[Change]) -> tuple[Impact, ...]:
    """The impacts of one contract, those marked that only take back what came after the release.

    harm: what is not compatible between that release and head. An element that a consumer names, and that the release
    did not have, is used all the same: whoever names it is no user of the release.
    """
    impacts = tuple(impacts)
    is_whole = any(change.fact.startswith(("contract.", "snapshot.")) for change in harm)
    if is_whole or len(impacts) * len(harm) > _MOST_PAIRS:
        return impacts
    harmed = {address for change in harm for address in _addresses(change)}
    return tuple(replace(impact, undoes_since=release) if _is_undone(impact, harmed) else impact for impact in impacts)


def _is_undone(impact: Impact, harmed: Collection[Address]) -> bool:
    if not may_be_undone(impact) or _is_relied_on(impact):
        return False
    mine = _addresses(impact.finding.change)
    return all(relation(one, other) is Relation.DISJOINT for one in mine for other in harmed)


def _is_relied_on(impact: Impact) -> bool:
    is_removal = impact.finding.change.fact.endswith(".removed")
    return is_removal and any(c.uses for c in impact.consumers if c.reach is Reach.AFFECTED)


def _addresses(change: Change) -> set[Address]:
    return {read(text) for text in (change.element, *(place.address for place in change.places))}
