"""`countersign serve`: the GitHub App itself."""

from __future__ import annotations

import argparse
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from bot.cli.command import CLEAR, Refused

if TYPE_CHECKING:
    from bot.cli.command import Commands


def add(commands: Commands) -> None:
    parser = commands.add_parser("serve", help="run the GitHub App")
    parser.set_defaults(command=_serve)


def _serve(_options: argparse.Namespace) -> int:
    import asyncio

    from bot.engine.work import start
    from bot.settings import Settings, SettingsError
    from bot.web.logs import log_to
    from bot.web.serve import Services, Work, serve

    @asynccontextmanager
    async def start_work(services: Services) -> AsyncIterator[Work]:
        async with start(services.settings, services.store, services.pool, services.engine, now=services.now) as work:
            yield Work(work.handle, work.app_slug, work.graph, work.sights, work.access_changed)

    try:
        settings = Settings.from_environ(os.environ)
    except SettingsError as error:
        raise Refused(str(error)) from None
    log_to(None, settings.log_level, settings.secrets)
    asyncio.run(serve(settings, start_work))
    return CLEAR
