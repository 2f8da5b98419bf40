"""SQLite from asyncio: one thread writes, committing together whatever waits; a few threads read.

Measured against an async driver, this costs a tenth of the CPU (docs of the design, storage). A job is a plain function
of a connection. It must do nothing but speak to the database, because it is run a second time, alone, when another job
of its batch fails.
"""

from __future__ import annotations

import asyncio
import queue
import sqlite3
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Protocol, TypeVar

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import URL, Connection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import QueuePool

from bot.store.migrations import MIGRATIONS, Migration, migrate

T = TypeVar("T")

READERS = 3
BUSY_SECONDS = 20
_AGAIN_SECONDS = 0.01
BATCH = 256


class DatabaseUnusable(Exception):
    """The database file cannot be opened, created or migrated."""

    def __init__(self, path: Path, why: str) -> None:
        super().__init__(f"the database {path} cannot be used: {why}")


class Database(Protocol):
    """What the store asks of a database; SQLite's is below, PostgreSQL's will be beside it."""

    async def write(self, job: Callable[[Connection], T]) -> T:
        """The job's result, once it is committed and on disk. Exceptions of the job are the caller's."""
        ...

    async def read(self, job: Callable[[Connection], T]) -> T:
        """The job's result on one consistent view of everything committed so far."""
        ...

    async def close(self) -> None:
        """Finish what was asked for, then release everything."""
        ...


@dataclass(slots=True)
class _Job:
    run: Callable[[Connection], Any]
    future: asyncio.Future[Any]
    result: Any = None
    error: Exception | None = None


class SqliteDatabase:
    """Open with `await SqliteDatabase.open(path)`; belongs to the event loop that opened it."""

    def __init__(self, writer: Engine, reader: Engine, loop: asyncio.AbstractEventLoop) -> None:
        self._writer = writer
        self._reader = reader
        self._loop = loop
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._threads = ThreadPoolExecutor(READERS, thread_name_prefix="store-reader")
        self._thread = threading.Thread(target=self._write_until_closed, name="store-writer", daemon=True)
        self._thread.start()
        self._closed = False

    @classmethod
    async def open(cls, path: Path, migrations: Sequence[Migration] = MIGRATIONS) -> SqliteDatabase:
        """Create or migrate the file (its folder is created too). Raises NewerSchema and DatabaseUnusable."""

        def prepare() -> tuple[Engine, Engine]:
            try:
                path.parent.mkdir(parents=True, exist_ok=True)
                writer = sqlite_engine(path, writes=True)
                migrate(writer, migrations)
            except OSError as error:
                raise DatabaseUnusable(path, error.strerror or str(error)) from error
            except DBAPIError as error:
                raise DatabaseUnusable(path, str(error.orig)) from error
            return writer, sqlite_engine(path, writes=False)

        writer, reader = await asyncio.to_thread(prepare)
        return cls(writer, reader, asyncio.get_running_loop())

    async def write(self, job: Callable[[Connection], T]) -> T:
        if self._closed:
            raise RuntimeError("the database is closed")
        future: asyncio.Future[T] = self._loop.create_future()
        self._jobs.put(_Job(job, future))
        return await future

    async def read(self, job: Callable[[Connection], T]) -> T:
        if self._closed:
            raise RuntimeError("the database is closed")
        return await self._loop.run_in_executor(self._threads, partial(self._read, job))

    async def close(self) -> None:
        if self._closed:
            return
        self._closed = True
        self._jobs.put(None)
        await asyncio.to_thread(self._release)

    def _release(self) -> None:
        self._thread.join()
        self._threads.shutdown()
        self._writer.dispose()
        self._reader.dispose()

    def _read(self, job: Callable[[Connection], T]) -> T:
        with self._reader.begin() as connection:
            return job(connection)

    def _write_until_closed(self) -> None:
        closing = False
        while not closing:
            batch, closing = self._next_batch()
            if batch:
                self._write_together(batch)
                with suppress(RuntimeError):  # the event loop is gone: nobody is left to be told
                    self._loop.call_soon_threadsafe(_tell, batch)

    def _next_batch(self) -> tuple[list[_Job], bool]:
        """Wait for one job, then take every other that is already there. True when closing was asked for."""
        batch: list[_Job] = []
        job = self._jobs.get()
        while job is not None:
            batch.append(job)
            if len(batch) == BATCH:
                return batch, False
            try:
                job = self._jobs.get_nowait()
            except queue.Empty:
                return batch, False
        return batch, True

    def _write_together(self, batch: list[_Job]) -> None:
        try:
            with self._writer.begin() as connection:
                for job in batch:
                    job.result = job.run(connection)
        except Exception as error:
            if len(batch) == 1:
                batch[0].error = error
            else:
                for job in batch:
                    self._write_together([job])


def _tell(batch: list[_Job]) -> None:
    for job in batch:
        if job.future.done():  # the caller was cancelled meanwhile
            continue
        if job.error is None:
            job.future.set_result(job.result)
        else:
            job.future.set_exception(job.error)


def sqlite_engine(path: Path, *, writes: bool) -> Engine:
    """An engine on the file. A writing one begins every transaction with the write lock, so that none fails midway."""
    engine = create_engine(
        URL.create("sqlite+pysqlite", database=str(path)),
        poolclass=QueuePool,
        pool_size=1 if writes else READERS,
        max_overflow=0,
        connect_args={"timeout": BUSY_SECONDS, "isolation_level": None, "check_same_thread": False},
    )

    @event.listens_for(engine, "connect")
    def configure(connection: Any, _record: object) -> None:
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA busy_timeout = {BUSY_SECONDS * 1000}")
        if writes:
            write_ahead(cursor)
            cursor.execute("PRAGMA synchronous = FULL")  # in WAL mode the only setting that syncs at each commit
            cursor.execute("PRAGMA recursive_triggers = ON")
        else:
            cursor.execute("PRAGMA query_only = ON")
        cursor.close()

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def write_ahead(cursor: sqlite3.Cursor) -> None:
    """Switch to WAL mode. Two that do so at once on a new file could wait for each other for ever, so SQLite refuses
    one of them without regard to `busy_timeout` (docs: "sqlite3_busy_handler"): here it is tried again for as long.
    """
    until = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            cursor.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > until:
                raise
            time.sleep(_AGAIN_SECONDS)
        else:
            return
