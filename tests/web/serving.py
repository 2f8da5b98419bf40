"""The server as a process of its own, with a handler that notes its turns: `python -m tests.web.serving NOTES HOLD`.

It prints its address when it listens. HOLD: seconds that each turn takes.
"""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from bot.settings import Settings
from bot.store import Delivery
from bot.web.logs import log_to
from bot.web.serve import Services, Work, serve


def note(notes: Path, line: str) -> None:
    with notes.open("a") as file:
        file.write(line + "\n")


async def main(notes: Path, hold: float) -> None:
    settings = Settings.from_environ(os.environ)
    log_to(sys.stderr, settings.log_level, settings.secrets)

    @asynccontextmanager
    async def start_work(services: Services) -> AsyncIterator[Work]:
        async def handler(lane: str, rows: tuple[Delivery, ...]) -> None:
            note(notes, f"began {os.getpid()} {lane} {','.join(row.delivery for row in rows)}")
            await asyncio.sleep(hold)
            note(notes, f"ended {os.getpid()} {lane}")

        yield Work(handler, lambda: "countersign")
        await services.store.ping()  # the store outlives the work
        note(notes, f"closed {os.getpid()}")

    await serve(settings, start_work, listening=lambda address: print(address, flush=True))


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), float(sys.argv[2])))
