from __future__ import annotations

import asyncio
import signal
import sqlite3
import subprocess
import sys
import threading
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any, Self

import pytest
from sqlalchemy import text
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError

from bot.store import Store
from bot.store.database import DatabaseUnusable, SqliteDatabase, sqlite_engine, write_ahead
from bot.store.migrations import MIGRATIONS, Migration, NewerSchema, migrate
from bot.store.tables import metadata


def test_the_migrated_tables_are_the_ones_that_queries_see(tmp_path: Path) -> None:
    engine = sqlite_engine(tmp_path / "c.db", writes=True)
    migrate(engine)
    with engine.begin() as connection:
        for table in metadata.tables.values():
            info = connection.execute(text(f"PRAGMA table_info({table.name})")).all()
            assert [(column.name, not column.nullable) for column in table.columns] == [
                (row.name, bool(row.notnull) or bool(row.pk)) for row in info
            ], table.name
    engine.dispose()


START = """
import sys
from pathlib import Path
from bot.store.database import sqlite_engine
from bot.store.migrations import migrate
sys.stdin.readline()
engine = sqlite_engine(Path(sys.argv[1]), writes=True)
migrate(engine)
engine.dispose()
"""


def test_four_processes_may_start_at_once_on_an_empty_folder(tmp_path: Path) -> None:
    path = tmp_path / "c.db"
    starts = [
        subprocess.Popen([sys.executable, "-c", START, str(path)], stdin=subprocess.PIPE, stderr=subprocess.PIPE)
        for _ in range(4)
    ]
    for start in starts:
        assert start.stdin is not None
        start.stdin.write(b"go\n")
        start.stdin.flush()
    errors = [start.communicate(timeout=60)[1].decode() for start in starts]
    assert [start.returncode for start in starts] == [0, 0, 0, 0], errors
    engine = sqlite_engine(path, writes=True)
    with engine.begin() as connection:
        versions = connection.execute(text("SELECT version FROM schema_versions ORDER BY version")).scalars().all()
    engine.dispose()
    assert versions == [migration.version for migration in MIGRATIONS]


def test_a_failed_migration_leaves_nothing_and_is_run_again(tmp_path: Path) -> None:
    engine = sqlite_engine(tmp_path / "c.db", writes=True)
    broken = Migration(2, "halves", ("CREATE TABLE left_half (id INTEGER)", "CREATE TABLE right_half (broken"))
    mended = Migration(2, "halves", ("CREATE TABLE left_half (id INTEGER)", "CREATE TABLE right_half (id INTEGER)"))
    with pytest.raises(DBAPIError):
        migrate(engine, (*MIGRATIONS[:1], broken))
    migrate(engine, (*MIGRATIONS[:1], mended))
    with engine.begin() as connection:
        assert connection.execute(text("SELECT count(*) FROM right_half")).scalar() == 0
    engine.dispose()


class Contended(sqlite3.Cursor):
    """Of two that switch a new file to write-ahead at once, the one that SQLite refuses, and does not let wait."""

    refusals = 2

    def execute(self, sql: str, *parameters: Any) -> Self:
        if "journal_mode" in sql and self.refusals:
            self.refusals -= 1
            refused = sqlite3.OperationalError("database is locked")
            refused.sqlite_errorcode = sqlite3.SQLITE_BUSY
            raise refused
        return super().execute(sql, *parameters)


def test_a_start_that_meets_another_on_a_new_file_is_tried_again(tmp_path: Path) -> None:
    connection = sqlite3.connect(tmp_path / "c.db")
    write_ahead(connection.cursor(Contended))
    assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    connection.close()


def test_a_database_that_cannot_write_ahead_for_another_reason_says_so_at_once(tmp_path: Path) -> None:
    connection = sqlite3.connect(tmp_path / "c.db")
    connection.execute("CREATE TABLE something (id INTEGER)")
    connection.execute("PRAGMA query_only = ON")
    connection.execute("BEGIN")
    with pytest.raises(sqlite3.OperationalError, match="transaction"):
        write_ahead(connection.cursor())
    connection.close()


async def test_a_newer_schema_is_refused_by_name(tmp_path: Path) -> None:
    path = tmp_path / "c.db"
    engine = sqlite_engine(path, writes=True)
    future = Migration(len(MIGRATIONS) + 1, "crystals", ())
    migrate(engine, (*MIGRATIONS, future))
    engine.dispose()
    with pytest.raises(NewerSchema, match=r"schema \d+ \(crystals\), which is newer than the schema \d+"):
        await Store.open(path)


async def test_a_file_that_cannot_be_a_database_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a database, but long enough to be looked at as one" * 100)
    for path in (tmp_path / "file", tmp_path / "file" / "countersign.db", tmp_path):
        with pytest.raises(DatabaseUnusable, match=f"the database {path} cannot be used: "):
            await Store.open(path)


async def test_a_failing_job_harms_none_of_those_committed_with_it(tmp_path: Path) -> None:
    database = await SqliteDatabase.open(tmp_path / "c.db")
    gate = threading.Event()

    def hold(connection: Connection) -> None:
        gate.wait(10)

    def add(connection: Connection, name: str) -> str:
        connection.execute(
            text("INSERT INTO timers (lane, kind, due, facts) VALUES (:name, '', 0, '{}')"), {"name": name}
        )
        return name

    holding = asyncio.ensure_future(database.write(hold))
    jobs = [asyncio.ensure_future(database.write(partial(add, name=name))) for name in ("a", "b", "b", "c")]
    await asyncio.sleep(0)
    gate.set()
    await holding
    results = await asyncio.gather(*jobs, return_exceptions=True)
    assert [results[0], results[1], results[3]] == ["a", "b", "c"]
    assert isinstance(results[2], DBAPIError)
    lanes = await database.read(lambda c: c.execute(text("SELECT lane FROM timers ORDER BY lane")).scalars().all())
    assert lanes == ["a", "b", "c"]
    await database.close()


async def test_a_cancelled_caller_stops_nobody_else(store: Store, now: datetime) -> None:
    first = asyncio.ensure_future(store.accept("d1", "push", ["pr:1"], {}, now))
    await asyncio.sleep(0)
    first.cancel()
    assert await store.accept("d2", "push", ["pr:1"], {}, now)


async def test_readers_cannot_write(tmp_path: Path) -> None:
    database = await SqliteDatabase.open(tmp_path / "c.db")
    with pytest.raises(DBAPIError, match="readonly"):
        await database.read(lambda c: c.execute(text("DELETE FROM inbox")))
    await database.close()


async def test_a_closed_store_says_so(tmp_path: Path, now: datetime) -> None:
    store = await Store.open(tmp_path / "c.db")
    await store.close()
    await store.close()
    with pytest.raises(RuntimeError, match="closed"):
        await store.accept("d1", "push", [], {}, now)


ACCEPT_FOR_EVER = """
import asyncio, sys
from datetime import UTC, datetime
from pathlib import Path
from bot.store import Store

async def main():
    store = await Store.open(Path(sys.argv[1]))
    async def accept(n):
        await store.accept(f"d{n}", "push", ["pr:1"], {}, datetime.now(UTC))
        print(n, flush=True)
    n = 0
    while True:
        await asyncio.gather(*(accept(n + i) for i in range(8)))
        n += 8

asyncio.run(main())
"""


def _acknowledged_until_killed(path: Path) -> list[int]:
    process = subprocess.Popen([sys.executable, "-c", ACCEPT_FOR_EVER, str(path)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    first = [int(process.stdout.readline()) for _ in range(60)]
    process.send_signal(signal.SIGKILL)
    rest = process.communicate()[0]
    return first + [int(line) for line in rest.splitlines(keepends=True) if line.endswith("\n")]


async def test_what_was_acknowledged_survives_kill_9(tmp_path: Path, now: datetime) -> None:
    path = tmp_path / "c.db"
    acknowledged = await asyncio.to_thread(_acknowledged_until_killed, path)
    async with await Store.open(path) as store:
        there = {row.delivery for row in await store.pending("pr:1", limit=100_000)}
    assert {f"d{n}" for n in acknowledged} <= there
