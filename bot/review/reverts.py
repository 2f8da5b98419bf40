"""Reverts of what was never released: they break those who follow the base branch, and nobody who uses a release.

That a pull request says of itself what it reverts is a reason to look that up, and no more than that. What counts is
that it came just now, is in no release, and that head has, at the element, nothing worse than was released before nor
stood there before. In doubt people are asked as ever.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.contracts.address import Address, Relation, read, relation
from bot.contracts.change import Change
from bot.judge.finding import Level
from bot.registry.impact import Impact, Reach

UNDONE_WITHIN = timedelta(days=3)
"""How long after its merge something may be taken back without asking: what has stood for longer is used by somebody,
whatever the tags say. Also the most that can be lost to somebody who plays with tags.
"""

_PULL = re.compile(r"\s*Reverts (?:(?P<repository>[\w.-]+/[\w.-]+))?#(?P<number>\d{1,9})\b", re.IGNORECASE)
"""What GitHub's button writes into the text."""
_COMMIT = re.compile(r"\s*This reverts commit (?P<sha>[0-9a-f]{40})\b", re.IGNORECASE)
"""What `git revert` writes (git's own sequencer.c)."""
_MOST_NAMED = 5
_MOST_PAIRS = 250_000
"""Findings and changes since the release that are looked at one against the other; of more, nothing is excused."""


@dataclass(frozen=True, slots=True)
class Reverted:
    """What somebody says that they revert: pull requests by number, commits by sha. False when it is nothing."""

    pulls: tuple[int, ...] = ()
    commits: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.pulls or self.commits)


@dataclass(frozen=True, slots=True)
class Landed:
    """How something came onto the base: when, and the base's commits without and with it."""

    at: datetime
    before: str
    after: str


def reverted(repository: str, texts: Iterable[str]) -> Reverted:
    """What lines of a pull request's text, or of commit messages, name as reverted. repository: `owner/name`.

    docs: "Reverting a pull request" of GitHub, `git revert` of git.
    """
    pulls: dict[int, None] = {}
    commits: dict[str, None] = {}
    for line in (line for text in texts for line in text.splitlines()):
        if (found := _PULL.match(line)) and (found["repository"] or repository).lower() == repository.lower():
            pulls[int(found["number"])] = None
        elif found := _COMMIT.match(line):
            commits[found["sha"].lower()] = None
    return Reverted(tuple(pulls)[:_MOST_NAMED], tuple(commits)[:_MOST_NAMED])


def may_be_undone(impact: Impact) -> bool:
    """Whether it makes a difference to this finding that it undoes what was never released. What could not be
    classified stays: unknown is not safe.
    """
    is_of_the_contract = not impact.finding.change.fact.startswith(("registry.", "contract."))
    return impact.finding.level is Level.BREAKING and is_of_the_contract


def with_undone(impacts: Iterable[Impact], release: str, harm: Collection[Change]) -> tuple[Impact, ...]:
    """The impacts of one contract, those marked that only take back what came after the release.

    harm: what is not compatible between head and that release, or what stood there before. An element that a consumer
    names, and that the release did not have, is used all the same: whoever names it is no user of the release.
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
