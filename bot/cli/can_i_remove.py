"""`countersign can-i-remove`: can an element go, why not, and what to do."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from bot.cli.asking import about_element, add_source
from bot.cli.command import CLEAR, NOT_JUDGED, TO_SIGN, show

if TYPE_CHECKING:
    from bot.cli.command import Commands


def add(commands: Commands) -> None:
    parser = commands.add_parser("can-i-remove", help="can an element of a contract go, and if not, what then?")
    parser.add_argument("element", metavar="ELEMENT", help='such as "GET /orders query:page"')
    add_source(parser)
    parser.add_argument("--format", choices=["terminal", "json"], default="terminal")
    parser.set_defaults(command=_can_i_remove)


def _can_i_remove(options: argparse.Namespace) -> int:
    from bot.registry.asking.removal import Answer, Removal, can_i_remove

    found = about_element(options, Removal, "can-i-remove", can_i_remove, lambda removal: removal.answer is Answer.YES)
    if options.format == "json":
        from bot.report.asked import wire

        print(wire.to_json(found), end="")
    else:
        from bot.report.asked import terminal

        show(terminal.removal(found))
    return {Answer.YES: CLEAR, Answer.UNKNOWN: NOT_JUDGED}.get(found.answer, TO_SIGN)
