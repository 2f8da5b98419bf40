"""Tags that were pushed: what bore one was released, also when the tag is taken away afterwards."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot import __version__
from bot.store import Delivery, Entry, Store

TAG = "tag"
"""The ledger's entry of a tag that came or was moved; its subject is the repository."""


async def write_down_tags(store: Store, repository: str, rows: Sequence[Delivery], now: datetime) -> None:
    """What pushes tell, once."""
    known = {(row.body["tag"], row.body["commit"]) for row in await store.entries(repository, TAG)}
    told = {(str(row.facts["ref"]).removeprefix("refs/tags/"), row.facts.get("tagged")): row.facts for row in rows}
    new = [
        Entry(TAG, repository, {**_common(facts.get("repository_id")), "tag": tag, "commit": commit})
        for (tag, commit), facts in told.items()
        if commit and (tag, commit) not in known
    ]
    if new:
        await store.append(new, now)


async def tagged(store: Store, repository: str) -> frozenset[str]:
    """The commits that we were told bore a tag at some time."""
    return frozenset(row.body["commit"] for row in await store.entries(repository, TAG))


def _common(repository_id: int | None) -> dict[str, object]:
    return {"repository_id": repository_id, "tool_version": __version__}
