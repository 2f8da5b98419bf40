"""`countersign schema`: the JSON Schema of the registry file, for editors."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from bot.cli.command import CLEAR

if TYPE_CHECKING:
    from bot.cli.command import Commands


def add(commands: Commands) -> None:
    parser = commands.add_parser("schema", help="print the JSON Schema of the registry file, for editors")
    parser.set_defaults(command=_schema)


def _schema(_: argparse.Namespace) -> int:
    from bot.registry.schema import schema_text

    print(schema_text(), end="")
    return CLEAR
