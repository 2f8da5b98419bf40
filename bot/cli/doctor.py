"""`countersign doctor`: does the App work, and does its check hold?"""

from __future__ import annotations

import argparse
import os
from typing import TYPE_CHECKING

from bot.cli.command import Refused, show

if TYPE_CHECKING:
    from bot.cli.command import Commands


def add(commands: Commands) -> None:
    parser = commands.add_parser("doctor", help="does the App work with these settings, and does its check hold?")
    parser.add_argument("--repository", metavar="OWNER/NAME", type=_full_name, help="look at this repository as well")
    parser.add_argument("--format", choices=["terminal", "json"], default="terminal")
    parser.set_defaults(command=_doctor)


def _full_name(text: str) -> str:
    owner, slash, name = text.partition("/")
    if not (owner and slash and name) or "/" in name:
        raise argparse.ArgumentTypeError("write OWNER/NAME, such as acme/orders")
    return text


def _doctor(options: argparse.Namespace) -> int:
    """Exit codes: 0 all is well, 1 warnings, 2 problems (or the settings are not even complete)."""
    import asyncio

    from bot.engine.doctor import examine
    from bot.judge.catalogue import shipped
    from bot.report import doctor
    from bot.settings import Settings, SettingsError

    try:
        settings = Settings.from_environ(os.environ)
    except SettingsError as error:
        raise Refused(str(error)) from None
    observations = asyncio.run(examine(settings, shipped(), options.repository))
    if options.format == "json":
        print(doctor.json(observations))
    else:
        show(doctor.terminal(observations))
    return doctor.worst(observations).severity
