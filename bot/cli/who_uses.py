"""`countersign who-uses`: the consumers of an element."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from bot.cli.asking import about_element, add_source
from bot.cli.command import CLEAR, NOT_JUDGED, TO_SIGN, show

if TYPE_CHECKING:
    from bot.cli.command import Commands


def add(commands: Commands) -> None:
    parser = commands.add_parser("who-uses", help="who uses an element of a contract, and how do we know?")
    parser.add_argument("element", metavar="ELEMENT", help='such as "GET /orders/{id} 200:$.customer.email"')
    add_source(parser)
    parser.add_argument("--format", choices=["terminal", "json"], default="terminal")
    parser.set_defaults(command=_who_uses)


def _who_uses(options: argparse.Namespace) -> int:
    from bot.registry.asking.users import Users, who_uses

    found = about_element(options, Users, "who-uses", who_uses, lambda users: users.known and not users.anybody)
    if options.format == "json":
        from bot.report.asked import wire

        print(wire.to_json(found), end="")
    else:
        from bot.report.asked import terminal

        show(terminal.users(found))
    if found.anybody:
        return TO_SIGN
    return CLEAR if found.known else NOT_JUDGED
