"""Whether what says that it reverts takes back only what came just now and was never released."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from bot.contracts.document import Side
from bot.engine.comparing import Comparer
from bot.registry.impact import Impact
from bot.registry.model import Registry
from bot.registry.releases import newest_release, sides_at
from bot.registry.snapshot import Files
from bot.review.assessment import Compared, options_for
from bot.review.reverts import UNDONE_WITHIN, Landed, Reverted, may_be_undone


class History(Protocol):
    """What came onto a repository's branches, and its tags: GitHub's or a local one's."""

    async def tags(self) -> Mapping[str, str]:
        """Every tag, and the commit it stands on."""
        ...

    async def is_behind(self, head: str, commit: str) -> bool:
        """Whether the history of `head` has the commit in it."""
        ...

    async def since(self, commit: str, head: str) -> Collection[str]:
        """The commits that `head` has and `commit` has not."""
        ...

    async def landed(self, reverted: Reverted, base_sha: str) -> Sequence[Landed]:
        """How each came onto a branch of the repository; those that did not, or not as can be seen, are left out."""
        ...


@dataclass(frozen=True, slots=True)
class Undone:
    """What was compared, and how long nobody need be asked because of it."""

    compared: tuple[Compared, ...]
    until: datetime


async def undone(
    reverted: Reverted,
    compared: Sequence[Compared],
    impacts: Collection[Impact],
    registry: Registry | None,
    base_sha: str,
    history: History,
    files: Files,
    comparer: Comparer,
    now: datetime,
    tagged: Collection[str] = (),
) -> Undone | None:
    """`compared`, where a contract breaks, with its newest release and what stood there before what is reverted.

    None when that adds nothing, and `impacts` stay as they are: nothing breaks, or the contract's policy says that
    everything is asked for; what is reverted is not known, came too long ago, or is in a release; or there is no
    release before it, so that nobody can tell what was never released. tagged: commits that bore a tag at some time.
    """
    breaking = {impact.finding.contract for impact in impacts if may_be_undone(impact)}
    wanted = [one for one in compared if registry is not None and _may_be_excused(one, registry, breaking)]
    if registry is None or not reverted or not wanted:
        return None
    landed = await _first(reverted, base_sha, history, now)
    if landed is None:
        return None
    tags = await history.tags()
    if {landed.after, *await history.since(landed.after, base_sha)} & {*tags.values(), *tagged}:
        return None  # whatever the tag is called: somebody took what is here
    chosen: list[tuple[Compared, str, str]] = []
    for one in wanted:
        release = newest_release(registry, one.sides.contract, tags)
        if release is not None and await history.is_behind(landed.before, release.commit):
            chosen.append((one, release.tag, release.commit))
    released = await sides_at([(one.sides, commit) for one, _, commit in chosen], files, comparer)
    before = await sides_at([(one.sides, landed.before) for one, _, _ in chosen], files, comparer)
    found: dict[int, Compared] = {}
    for (one, tag, _), *sides in zip(chosen, released, before, strict=True):
        if all(sides):
            more = await _with_newest(one, tag, [side for side in sides if side], registry, comparer, now)
            found |= {id(one): more} if more is not None else {}
    if not found:
        return None
    return Undone(tuple(found.get(id(one), one) for one in compared), landed.at + UNDONE_WITHIN)


def _may_be_excused(one: Compared, registry: Registry, breaking: Collection[str]) -> bool:
    contract = one.sides.contract
    if contract not in breaking or not registry.has_contract(contract):
        return False
    return registry.contract(contract).signoff.reverts == "unreleased"


async def _first(reverted: Reverted, base_sha: str, history: History, now: datetime) -> Landed | None:
    """Of what is reverted the first that came, if it is on this base and came just now: then so did the others."""
    found = await history.landed(reverted, base_sha)
    first = min(found, key=lambda landed: landed.at, default=None)
    if first is None or first.at + UNDONE_WITHIN <= now:
        return None
    return first if await history.is_behind(base_sha, first.after) else None


async def _with_newest(
    one: Compared, tag: str, sides: Sequence[Side], registry: Registry, comparer: Comparer, now: datetime
) -> Compared | None:
    options = options_for(registry, one.sides.contract, now.date())
    since = [await comparer.compare(one.sides.format, side, one.sides.head, options) for side in sides]
    unseen = {part for comparison in since for part in comparison.not_checked}
    if not unseen <= set(one.comparison.not_checked):  # something of what was there went unseen
        return None
    return replace(one, with_newest=(tag, tuple(since)))
