"""Whether what says that it reverts takes back only what was never released: the newest release is asked for."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Protocol

from bot.engine.comparing import Comparer
from bot.registry.impact import Impact
from bot.registry.model import Registry
from bot.registry.releases import Release, newest_release, released
from bot.registry.snapshot import Files
from bot.review.assessment import Compared, options_for
from bot.review.reverts import may_be_undone


class Tags(Protocol):
    """The tags of a repository: GitHub's or a local one's."""

    async def all(self) -> Mapping[str, str]:
        """Every tag, and the commit it stands on."""
        ...

    async def are_behind(self, base_sha: str, commit: str) -> bool:
        """Whether the base's history has the commit in it."""
        ...


async def with_newest_release(
    compared: Sequence[Compared],
    impacts: Collection[Impact],
    registry: Registry | None,
    base_sha: str,
    tags: Tags,
    files: Files,
    comparer: Comparer,
    today: date,
) -> tuple[Compared, ...] | None:
    """`compared` with the newest release of each contract that breaks; None when that adds nothing, and `impacts`
    stay as they are: nothing breaks, no release is known, or the newest is of another line than the base branch, so
    that this line's own users may have what goes.
    """
    breaking = {impact.finding.contract for impact in impacts if may_be_undone(impact)}
    wanted = [one for one in compared if one.sides.contract in breaking]
    if registry is None or not wanted:
        return None
    every = await tags.all()
    chosen: list[tuple[Compared, Release]] = []
    for one in wanted:
        contract = one.sides.contract
        release = newest_release(registry, contract, every) if registry.has_contract(contract) else None
        if release is not None and await tags.are_behind(base_sha, release.commit):
            chosen.append((one, release))
    found: dict[int, Compared] = {}
    sides = await released([(one.sides, release) for one, release in chosen], files, comparer)
    for (one, release), side in zip(chosen, sides, strict=True):
        if side is None:
            continue
        options = options_for(registry, one.sides.contract, today)
        since = await comparer.compare(one.sides.format, side, one.sides.head, options)
        if set(since.not_checked) <= set(one.comparison.not_checked):  # else something of the release went unseen
            found[id(one)] = replace(one, with_newest=(release.tag, since))
    return tuple(found.get(id(one), one) for one in compared) if found else None
