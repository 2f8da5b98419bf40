"""Deliveries, the lanes they wake, lanes that wait, and timers. Functions of a connection, run by bot.store.store."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import delete, exists, func, select, update
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.engine import Connection

from bot.store.tables import backoff, inbox, pending, timers
from bot.store.values import Backlog, Backoff, Delivery


def accept(
    connection: Connection, delivery: str, event: str, lanes: Collection[str], facts: Mapping[str, Any], now: datetime
) -> bool:
    """Write a delivery down for its lanes. False when it is already there. A new event ends a wait that is not firm."""
    row = insert(inbox).values(delivery=delivery, event=event, facts=orjson.dumps(facts).decode(), received_at=now)
    row_id = connection.execute(row.on_conflict_do_nothing().returning(inbox.c.id)).scalar()
    if row_id is None:
        return False
    if lanes:
        connection.execute(insert(pending), [{"lane": lane, "inbox_id": row_id} for lane in sorted(set(lanes))])
        early = update(backoff).where(backoff.c.lane.in_(lanes), backoff.c.firm.is_(False))
        connection.execute(early.values(not_before=now))
    return True


def read_pending(connection: Connection, lane: str, limit: int) -> tuple[Delivery, ...]:
    """The lane's pending deliveries in order of arrival."""
    rows = connection.execute(
        select(inbox)
        .join(pending, pending.c.inbox_id == inbox.c.id)
        .where(pending.c.lane == lane)
        .order_by(inbox.c.id)
        .limit(limit)
    )
    return tuple(Delivery(r.id, r.delivery, r.event, orjson.loads(r.facts), r.received_at) for r in rows)


def done(connection: Connection, lane: str, ids: Collection[int]) -> None:
    connection.execute(delete(pending).where(pending.c.lane == lane, pending.c.inbox_id.in_(ids)))
    connection.execute(delete(backoff).where(backoff.c.lane == lane))


def lanes_with_pending(connection: Connection, now: datetime) -> tuple[str, ...]:
    """Lanes that have something to do and need not wait, those that have waited longest first."""
    waiting = exists().where(backoff.c.lane == pending.c.lane, backoff.c.not_before > now)
    lanes = select(pending.c.lane).where(~waiting).group_by(pending.c.lane).order_by(func.min(pending.c.inbox_id))
    return tuple(connection.execute(lanes).scalars())


def read_backoff(connection: Connection, lane: str) -> Backoff | None:
    row = connection.execute(select(backoff).where(backoff.c.lane == lane)).first()
    return Backoff(row.lane, row.attempts, row.not_before, row.firm, row.reason) if row else None


def postpone(connection: Connection, waits: Backoff) -> None:
    values = {"attempts": waits.attempts, "not_before": waits.not_before, "firm": waits.firm, "reason": waits.reason}
    row = insert(backoff).values(lane=waits.lane, **values)
    connection.execute(row.on_conflict_do_update(index_elements=["lane"], set_=values))


def backlog(connection: Connection, now: datetime) -> Backlog:
    rows, lanes = connection.execute(select(func.count(), func.count(pending.c.lane.distinct()))).one()
    failing = connection.execute(select(func.count()).select_from(backoff).where(backoff.c.attempts > 0)).scalar_one()
    first = select(func.min(pending.c.inbox_id)).scalar_subquery()
    oldest = connection.execute(select(inbox.c.received_at).where(inbox.c.id == first)).scalar()
    return Backlog(lanes, rows, failing, max((now - oldest).total_seconds(), 0.0) if oldest else 0.0)


def forget(connection: Connection, before: datetime) -> int:
    """Drop deliveries that are done and older than `before`; a repetition of one of them would be taken as new."""
    still_pending = exists().where(pending.c.inbox_id == inbox.c.id)
    return connection.execute(delete(inbox).where(inbox.c.received_at < before, ~still_pending)).rowcount


def set_timer(connection: Connection, lane: str, kind: str, due: datetime, facts: Mapping[str, Any]) -> None:
    values = {"due": due, "facts": orjson.dumps(facts).decode()}
    row = insert(timers).values(lane=lane, kind=kind, **values)
    connection.execute(row.on_conflict_do_update(index_elements=["lane", "kind"], set_=values))


def cancel_timer(connection: Connection, lane: str, kind: str) -> None:
    connection.execute(delete(timers).where(timers.c.lane == lane, timers.c.kind == kind))


def ring(connection: Connection, now: datetime) -> tuple[str, ...]:
    """Turn every due timer into a pending delivery of its lane (event `timer`), in the same transaction."""
    due = connection.execute(select(timers).where(timers.c.due <= now).order_by(timers.c.due)).all()
    for timer in due:
        facts = {**orjson.loads(timer.facts), "kind": timer.kind}
        accept(
            connection, f"timer:{timer.lane}:{timer.kind}:{timer.due.isoformat()}", "timer", [timer.lane], facts, now
        )
    connection.execute(delete(timers).where(timers.c.due <= now))
    return tuple(dict.fromkeys(timer.lane for timer in due))
