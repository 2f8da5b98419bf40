from __future__ import annotations

import json
import sqlite3
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from bot.store import Entry, Store
from bot.store.database import SqliteDatabase
from bot.web.logs import JsonLines

ENTRIES = [Entry("transition", "acme/orders#1", {"to": "approved", "n": n}) for n in range(3)]


async def test_each_row_carries_the_hash_of_the_one_before(store: Store, now: datetime) -> None:
    head = await store.append(ENTRIES, now)
    rows = await store.ledger()
    assert [row.previous for row in rows] == ["", rows[0].hash, rows[1].hash]
    assert rows[2].hash == head
    assert rows[1].body == {"to": "approved", "n": 1} and rows[1].at == now
    health = await store.verify_ledger()
    assert (health.rows, health.head, health.broken_at) == (3, head, None)


async def test_the_log_tells_the_newest_row_s_hash_so_that_it_is_kept_elsewhere(
    store: Store, now: datetime, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level("INFO", "bot.store.store"):
        head = await store.append(ENTRIES, now)
    (line,) = [json.loads(JsonLines().format(one)) for one in caplog.records if one.name == "bot.store.store"]
    assert (line["message"], line["ledger_head"]) == ("written to the ledger", head)


async def test_the_chain_continues_after_reopening(tmp_path: Path, now: datetime) -> None:
    for _ in range(2):
        async with await Store.open(tmp_path / "c.db") as store:
            await store.append(ENTRIES, now)
            health = await store.verify_ledger()
    assert (health.rows, health.broken_at) == (6, None)


async def test_rows_are_found_by_subject_and_position(store: Store, now: datetime) -> None:
    await store.append([*ENTRIES, Entry("decision", "acme/orders#2", {})], now)
    assert [row.id for row in await store.ledger("acme/orders#2")] == [4]
    assert [row.id for row in await store.ledger(after=1, limit=2)] == [2, 3]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE ledger SET body = '{}' WHERE id = 2",
        "DELETE FROM ledger WHERE id = 3",
        "DELETE FROM ledger",
        "INSERT OR REPLACE INTO ledger SELECT 2, at, kind, subject, '{}', previous, hash FROM ledger WHERE id = 2",
        "REPLACE INTO ledger SELECT 4, at, kind, subject, body, 'x', hash FROM ledger WHERE id = 3",
        "INSERT INTO ledger SELECT 9, at, kind, subject, body, hash, 'h' FROM ledger WHERE id = 3",
    ],
)
async def test_the_database_itself_refuses_to_rewrite_the_ledger(tmp_path: Path, now: datetime, statement: str) -> None:
    path = tmp_path / "c.db"
    async with await Store.open(path) as store:
        await store.append(ENTRIES, now)
    stranger = sqlite3.connect(path)  # without any of the settings of our own connections
    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        stranger.execute(statement)
    stranger.close()
    database = await SqliteDatabase.open(path)
    with pytest.raises(IntegrityError, match="append-only"):
        await database.write(lambda connection: connection.execute(text(statement)))
    await database.close()
    async with await Store.open(path) as store:
        assert (await store.verify_ledger()).rows == 3


@pytest.mark.parametrize(
    ("tampering", "broken_at", "reason"),
    [
        ('UPDATE ledger SET body = \'{"to":"waived"}\' WHERE id = 2', 2, "changed after it was written"),
        ("UPDATE ledger SET at = at + 1 WHERE id = 1", 1, "changed after it was written"),
        ("DELETE FROM ledger WHERE id = 2", 2, "row 2 is missing"),
        ("UPDATE ledger SET previous = 'x' WHERE id = 3", 3, "does not follow"),
    ],
)
async def test_a_ledger_edited_behind_the_triggers_is_found_out(
    tmp_path: Path, now: datetime, tampering: str, broken_at: int, reason: str
) -> None:
    path = tmp_path / "c.db"
    async with await Store.open(path) as store:
        await store.append(ENTRIES, now)
    burglar = sqlite3.connect(path)
    for trigger in ("ledger_is_never_updated", "ledger_is_never_deleted", "ledger_only_grows"):
        burglar.execute(f"DROP TRIGGER {trigger}")
    burglar.execute(tampering)
    burglar.commit()
    burglar.close()
    async with await Store.open(path) as store:
        health = await store.verify_ledger()
    assert health.broken_at == broken_at
    assert reason in health.reason
