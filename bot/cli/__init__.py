"""The command line: `countersign check | diff | lint | doctor | serve`, one module each.

Exit codes are an interface: 0 nothing to sign (nothing breaking, nothing wrong), 1 something, 2 it could not be judged.
Imports are made where they are needed: start-up is most of what a small `diff` costs.
"""

from __future__ import annotations

import argparse
import os
import sys
import traceback
from collections.abc import Callable, Sequence

from bot import __version__
from bot.cli import (
    audit,
    can_i_remove,
    check,
    diff,
    docs,
    doctor,
    explain,
    import_,
    init,
    lint,
    map,
    schema,
    serve,
    simulate,
    suggest_policy,
    unbacked,
    who_uses,
)
from bot.cli.command import NOT_JUDGED, Refused, note

_COMMANDS = (
    init,
    check,
    simulate,
    diff,
    lint,
    suggest_policy,
    schema,
    who_uses,
    can_i_remove,
    map,
    unbacked,
    explain,
    docs,
    import_,
    doctor,
    audit,
    serve,
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code."""
    options = _parser().parse_args(arguments)
    command: Callable[[argparse.Namespace], int] = options.command
    try:
        return command(options)
    except Refused as refused:
        note(refused)
        return NOT_JUDGED
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # `countersign check | head`: the reader has seen enough. Python would complain again while shutting down.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return NOT_JUDGED
    except Exception:
        # Python would end with 1, which here means "something to sign".
        traceback.print_exc()
        print("countersign: that is a defect of Countersign, and worth a report", file=sys.stderr)
        return NOT_JUDGED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="countersign", description="Contract changes are countersigned by those they break."
    )
    parser.add_argument("--version", action="version", version=f"countersign {__version__}")
    commands = parser.add_subparsers(required=True, metavar="command")
    for command in _COMMANDS:
        command.add(commands)
    return parser
