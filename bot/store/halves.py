"""Each repository's half of the graph, as it was last read. Can be rebuilt from GitHub."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict
from datetime import datetime
from typing import Any

import orjson
from pydantic import ValidationError
from sqlalchemy import delete, select
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.engine import Connection

from bot.registry.graph.half import GatheredUse, Half
from bot.registry.model import Registry
from bot.store.tables import graphs, halves


def read(connection: Connection, installation_id: int) -> tuple[Half, ...] | None:
    """The halves of an installation, by repository; None when they were never all read, or when one of them was
    written by a version whose registry had other terms: then all have to be read anew.
    """
    if connection.execute(select(graphs).where(graphs.c.installation_id == installation_id)).first() is None:
        return None
    return kept(connection, installation_id, strict=True)


def kept(connection: Connection, installation_id: int, *, strict: bool = False) -> tuple[Half, ...] | None:
    """Those that are there, whole or not. strict: None when one of them cannot be read any more."""
    rows = connection.execute(
        select(halves).where(halves.c.installation_id == installation_id).order_by(halves.c.repository)
    )
    found = []
    for row in rows:
        half = _half(row.half, row.refreshed_at)
        if half is not None:
            found.append(half)
        elif strict:
            return None
    return tuple(found)


def installations(connection: Connection) -> tuple[int, ...]:
    """The installations whose graph is known."""
    return tuple(connection.execute(select(graphs.c.installation_id).order_by(graphs.c.installation_id)).scalars())


def write(connection: Connection, installation_id: int, half: Half, now: datetime) -> None:
    values = {
        "installation_id": installation_id,
        "repository": half.repository,
        "half": orjson.dumps(_plain(half)).decode(),
        "refreshed_at": now,
    }
    row = insert(halves).values(repository_id=half.repository_id, **values)
    connection.execute(row.on_conflict_do_update(index_elements=["repository_id"], set_=values))


def complete(connection: Connection, installation_id: int, repository_ids: Collection[int], now: datetime) -> None:
    """From now on the graph is known: every repository was read, and what is not among these is gone."""
    there = connection.execute(
        select(halves.c.repository_id).where(halves.c.installation_id == installation_id)
    ).scalars()
    for gone in set(there) - set(repository_ids):
        forget(connection, installation_id, gone)
    row = insert(graphs).values(installation_id=installation_id, refreshed_at=now)
    connection.execute(row.on_conflict_do_update(index_elements=["installation_id"], set_={"refreshed_at": now}))


def forget(connection: Connection, installation_id: int, repository_id: int) -> None:
    """The repository is gone, or not this installation's any more."""
    chosen = (halves.c.installation_id == installation_id, halves.c.repository_id == repository_id)
    connection.execute(delete(halves).where(*chosen))


def forget_all(connection: Connection, installation_id: int) -> None:
    """The installation is gone."""
    connection.execute(delete(halves).where(halves.c.installation_id == installation_id))
    connection.execute(delete(graphs).where(graphs.c.installation_id == installation_id))


def _plain(half: Half) -> dict[str, Any]:
    registry = half.registry
    return {
        "repository": half.repository,
        "repository_id": half.repository_id,
        # What the file says, and no more: what is left out takes the defaults of whoever reads it.
        "registry": registry.model_dump(mode="json", by_alias=True, exclude_unset=True) if registry else None,
        "commit": half.commit,
        "problems": half.problems,
        "stale": half.stale,
        "uses": [asdict(use) for use in half.uses],
        "hidden": half.hidden,
        "writers": sorted(half.writers),
        "internal": half.internal,
        "archived": half.archived,
        "former": half.former,
        "places": dict(half.places),
    }


def _half(text: str, refreshed_at: datetime) -> Half | None:
    plain = orjson.loads(text)
    try:
        registry = Registry.model_validate(plain["registry"]) if plain["registry"] is not None else None
        return Half(
            repository=plain["repository"],
            repository_id=plain["repository_id"],
            registry=registry,
            commit=plain["commit"],
            problems=tuple(plain["problems"]),
            stale=plain["stale"],
            uses=tuple(GatheredUse(**use) for use in plain["uses"]),
            hidden=plain["hidden"],
            writers=frozenset(plain["writers"]),
            refreshed_at=refreshed_at,
            internal=plain["internal"],
            archived=plain["archived"],
            former=tuple(plain["former"]),
            places=plain["places"],
        )
    except (ValidationError, KeyError, TypeError):
        return None
