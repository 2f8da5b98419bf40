"""Whoever leaves takes what they signed along: which open pull requests are to be looked at again, and which are not.

A large organisation changes members all day. What was signed is known from what was last explained, without a call.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from typing import Any

from bot.github.access import Access
from bot.report.explained import Explanation, NotUnderstood, from_plain
from bot.store import Store


async def concerned(store: Store, changes: Sequence[Access]) -> list[tuple[str, int]]:
    """The open pull requests (repository, number) to which one of these changes makes a difference:

    a command counts of somebody who lost something; the last member of a team that is asked has left, or the first one
    has joined; a team that is asked was deleted, renamed or moved; anybody's command counts where rights in the
    repository were taken.
    """
    accounts = {change.account.lower(): change.account for change in changes}
    found: list[tuple[str, int]] = []
    for account in accounts.values():
        own = [change for change in changes if change.account.lower() == account.lower()]
        named = {text for change in own for text in _texts(change)}
        rows = await store.explained_with(account, sorted(named))
        found += [(row.repository, row.number) for row in rows if await asyncio.to_thread(_matters, row.plain, own)]
    return found


def _texts(change: Access) -> Iterator[str]:
    """What the JSON of an explanation must hold for the change to matter (see `bot.report.explained.Account`)."""
    if change.person is not None:
        yield f'"id":{change.person},"login":'
    yield from (f'"{team}"' for team in change.teams)
    if change.any_team:
        yield f'"@{change.account}/'
    if change.repository is not None and change.person is None:
        yield '"login":'


def _matters(plain: Any, changes: Sequence[Access]) -> bool:
    try:
        kept = from_plain(plain)
    except NotUnderstood:
        return True  # another version wrote it, and a look costs less than a signature that should not count
    return bool(kept.left_out) or any(_concerns(change, kept) for change in changes)


def _concerns(change: Access, kept: Explanation) -> bool:
    if change.repository is not None:
        heard = set(_heard(kept)) if kept.repository.lower() == change.repository.lower() else set()
        return bool(heard) if change.person is None else change.person in heard
    if change.person is not None and change.person in _heard(kept):
        return True
    members = {fact.about.lower(): fact.count or 0 for fact in kept.facts if fact.kind == "members"}
    asked = members.keys() | {handle.lower() for one in kept.requirements for handle in one.may_sign}
    if change.any_team:
        return any(handle.startswith(f"@{change.account}/".lower()) for handle in asked)
    if change.gone:
        return not asked.isdisjoint(change.teams)
    most = 0 if change.came else 1
    return any(members[team] <= most for team in change.teams if team in members)


def _heard(kept: Explanation) -> Iterator[int]:
    """Whose word counts: signatures, rulings, reclassifications, and commands of every other kind."""
    for asked in kept.requirements:
        yield from (said.by.id for said in asked.signatures)
    for objection in kept.objections:
        if objection.ruling is not None:
            yield objection.ruling.by.id
    for one in kept.reclassified:
        yield one.by.id
        if one.proposed_by is not None:
            yield one.proposed_by.id
    yield from (one.by.id for one in kept.commands if one.counts and one.by is not None)
