"""`countersign unbacked`: what is relied on, promised or said without anything behind it."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from bot.cli.asking import add_source, answer
from bot.cli.command import CLEAR, TO_SIGN, show

if TYPE_CHECKING:
    from bot.cli.command import Commands


def add(commands: Commands) -> None:
    parser = commands.add_parser("unbacked", help="what is relied on, promised or said with nothing behind it?")
    add_source(parser)
    parser.add_argument("--format", choices=["terminal", "json"], default="terminal")
    parser.set_defaults(command=_unbacked)


def _unbacked(options: argparse.Namespace) -> int:
    from bot.registry.asking.unbacked import Unbacked, unbacked

    found = answer(options, Unbacked, "unbacked", {}, lambda graph, today: unbacked(graph, today, options.contract))
    if options.format == "json":
        from bot.report.asked import wire

        print(wire.to_json(found), end="")
    else:
        from bot.report.asked import terminal

        show(terminal.unbacked(found))
    return TO_SIGN if found.gaps or found.private else CLEAR
