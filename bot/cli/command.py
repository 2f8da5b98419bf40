"""What every command needs: its exit codes, how it refuses, how it prints."""

from __future__ import annotations

import argparse
import sys
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import RenderableType

CLEAR, TO_SIGN, NOT_JUDGED = 0, 1, 2

if TYPE_CHECKING:
    Commands = argparse._SubParsersAction[argparse.ArgumentParser]


class Refused(Exception):
    """The command can't be done; the message is for the person at the terminal."""


def note(text: object) -> None:
    """Says something beside the result. What a file or a branch is called, or holds, never reaches the terminal as a
    control sequence.
    """
    from bot.report import safety

    for line in f"countersign: {text}".splitlines():
        print(safety.spaced(line), file=sys.stderr)


def add_output(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--format", choices=["terminal", "markdown", "json", "sarif"], default="terminal")
    add_today(parser)


def add_today(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--today", metavar="DATE", type=_day, help="judge dates as on this day")


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"`{text}` is no day: write one such as 2026-12-31") from None


def add_repository(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--repository", metavar="DIR", type=Path, default=Path(), help="default: the current folder")


def show(renderable: RenderableType, *, wrap: bool = True) -> None:
    """wrap: at the width of the terminal; not what people copy, such as a diff. Rich fills wrapped lines with spaces,
    which are left out where the text goes into a file or a pipe.
    """
    from rich.console import Console

    console = Console(highlight=False)
    if console.is_terminal or not wrap:
        console.print(renderable, soft_wrap=not wrap)
        return
    with console.capture() as written:
        console.print(renderable)
    sys.stdout.write("\n".join(line.rstrip() for line in written.get().split("\n")))


def now(today: date | None) -> datetime:
    """The moment to judge by: noon of the given day, or the present."""
    return datetime.combine(today, time(12), UTC) if today else datetime.now(UTC)
