"""`countersign map`: who uses which contract, as a picture."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from bot.cli.asking import add_source, answer
from bot.cli.command import CLEAR, show

if TYPE_CHECKING:
    from bot.cli.command import Commands


def add(commands: Commands) -> None:
    parser = commands.add_parser("map", help="who uses which contract, as a table, a picture or data")
    add_source(parser)
    parser.add_argument("--format", choices=["terminal", "mermaid", "dot", "markdown", "json"], default="terminal")
    parser.set_defaults(command=_map)


def _map(options: argparse.Namespace) -> int:
    from bot.registry.asking.picture import Map, picture
    from bot.report.asked import drawing

    drawn = answer(options, Map, "map", {}, lambda graph, today: picture(graph, today, options.contract))
    match options.format:
        case "mermaid":
            print(drawing.mermaid(drawn), end="")
        case "dot":
            print(drawing.dot(drawn), end="")
        case "markdown":
            print(drawing.table(drawn), end="")
        case "json":
            from bot.report.asked import wire

            print(wire.to_json(drawn), end="")
        case _:
            from bot.report.asked import terminal

            show(terminal.contract_map(drawn))
    return CLEAR
