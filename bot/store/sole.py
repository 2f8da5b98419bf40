"""One process at a time works through an SQLite inbox, however many accept deliveries into it."""

from __future__ import annotations

import asyncio
import fcntl
import logging
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

log = logging.getLogger(__name__)


@asynccontextmanager
async def sole_worker(database: Path, *, ask_every: float = 1.0) -> AsyncIterator[None]:
    """Wait until no other process holds the file beside `database`, then hold it.

    While a new version starts and the old one finishes its work, both take deliveries; only one reconciles, so that
    no lane runs twice at once. The kernel lets go when the process ends, however it ends.
    """
    lock = os.open(database.with_suffix(".lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        told = False
        while not _locked(lock):
            if not told:
                log.info("another process is at work on this database; waiting for it to end")
                told = True
            await asyncio.sleep(ask_every)
        yield
    finally:
        os.close(lock)


def _locked(lock: int) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
