"""The append-only ledger: each row carries the hash of the one before it, and triggers refuse every other edit."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from typing import Any

import orjson
from sqlalchemy import Row, insert, select
from sqlalchemy.engine import Connection

from bot.store.tables import EPOCH, ledger
from bot.store.values import Entry, LedgerHealth, LedgerRow


def append(connection: Connection, entries: Iterable[Entry], now: datetime) -> str:
    """Add entries in order; returns the hash of the last row. The caller's transaction holds the write lock."""
    last = connection.execute(select(ledger.c.id, ledger.c.hash).order_by(ledger.c.id.desc()).limit(1)).first()
    number, previous = (last.id, last.hash) if last else (0, "")
    for number, entry in enumerate(entries, start=number + 1):  # noqa: B020 (continues from the last row)
        body = orjson.dumps(entry.body, option=orjson.OPT_SORT_KEYS).decode()
        digest = row_hash(previous, number, now, entry.kind, entry.subject, body)
        connection.execute(
            insert(ledger).values(
                id=number, at=now, kind=entry.kind, subject=entry.subject, body=body, previous=previous, hash=digest
            )
        )
        previous = digest
    return previous


def row_hash(previous: str, number: int, at: datetime, kind: str, subject: str, body: str) -> str:
    """SHA-256 over the JSON array of all that the row says; a JSON array, so that no two rows spell the same."""
    return hash_of(previous, number, (at - EPOCH) // timedelta(microseconds=1), kind, subject, body)


def hash_of(previous: str, number: int, microseconds: int, kind: str, subject: str, body: str) -> str:
    """The same with the moment as it is kept: microseconds since 1970."""
    return hashlib.sha256(orjson.dumps([previous, number, microseconds, kind, subject, body])).hexdigest()


def verify(connection: Connection) -> LedgerHealth:
    """Walk the whole chain and say where it first does not fit."""
    rows, previous = 0, ""
    for row in connection.execution_options(yield_per=1000).execute(select(ledger).order_by(ledger.c.id)):
        if row.id != rows + 1:
            return LedgerHealth(rows, previous, rows + 1, f"row {rows + 1} is missing")
        if row.previous != previous:
            return LedgerHealth(rows, previous, row.id, f"row {row.id} does not follow from the row before it")
        if row.hash != row_hash(previous, row.id, row.at, row.kind, row.subject, row.body):
            return LedgerHealth(rows, previous, row.id, f"row {row.id} was changed after it was written")
        rows, previous = rows + 1, row.hash
    return LedgerHealth(rows, previous)


def read(connection: Connection, subject: str | None, after: int, limit: int) -> tuple[LedgerRow, ...]:
    rows = select(ledger).where(ledger.c.id > after).order_by(ledger.c.id).limit(limit)
    if subject is not None:
        rows = rows.where(ledger.c.subject == subject)
    return tuple(_row(row) for row in connection.execute(rows))


def newest(connection: Connection, subjects: Collection[str], limit: int) -> tuple[LedgerRow, ...]:
    chosen = select(ledger).where(ledger.c.subject.in_(subjects)).order_by(ledger.c.id.desc()).limit(limit)
    return tuple(_row(row) for row in reversed(connection.execute(chosen).all()))


def of_kind(connection: Connection, subject: str, kind: str) -> tuple[LedgerRow, ...]:
    chosen = select(ledger).where(ledger.c.subject == subject, ledger.c.kind == kind).order_by(ledger.c.id)
    return tuple(_row(row) for row in connection.execute(chosen))


def _row(row: Row[Any]) -> LedgerRow:
    return LedgerRow(row.id, row.at, row.kind, row.subject, orjson.loads(row.body), row.previous, row.hash)
