"""`countersign audit`: the ledger, written out, held to its own hashes, and counted for a rollout."""

from __future__ import annotations

import argparse
import os
import re
import sys
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from bot.cli.command import CLEAR, TO_SIGN, Refused

if TYPE_CHECKING:
    from bot.cli.command import Commands

_HASH = re.compile(r"[0-9a-f]{64}")


def add(commands: Commands) -> None:
    parser = commands.add_parser("audit", help="write out the ledger, or verify that nobody has altered it")
    parts = parser.add_subparsers(required=True, metavar="export|verify|rollout")
    export = parts.add_parser("export", help="the ledger as JSON Lines, on standard output")
    export.add_argument("--since", metavar="DATE", type=date.fromisoformat, help="from the first row of this day (UTC)")
    export.add_argument("--subject", metavar="NAME", help="only rows about this, such as acme/orders#12")
    _add_database(export)
    export.set_defaults(command=_export)
    verify = parts.add_parser("verify", help="walk the chain of hashes, in a database or in an export")
    verify.add_argument("file", metavar="FILE", nargs="?", type=Path, help="default: the database")
    verify.add_argument("--head", metavar="HASH", type=_hash, help="a row's hash that you kept; it has to be there")
    verify.add_argument(
        "--against", metavar="EXPORT", type=Path, help="an earlier export that you kept; all its rows have to be there"
    )
    _add_database(verify)
    verify.set_defaults(command=_verify)
    rollout = parts.add_parser("rollout", help="by contract: what was held, or would have been, and how often wrongly")
    rollout.add_argument(
        "--since", metavar="DATE", type=date.fromisoformat, help="from the first row of this day (UTC)"
    )
    _add_database(rollout)
    rollout.set_defaults(command=_rollout)


def _add_database(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--database", metavar="FILE", type=Path, help="default: as `serve` has it, by COUNTERSIGN_DATA or DATABASE_URL"
    )


def _hash(text: str) -> str:
    if not _HASH.fullmatch(text):
        raise argparse.ArgumentTypeError("write all 64 hex digits of a row's hash")
    return text


def _export(options: argparse.Namespace) -> int:
    from bot.cli.command import now
    from bot.cli.progress import progress
    from bot.store import audit

    try:
        with audit.opened(_database(options)) as connection, progress() as tell:
            chosen = audit.Chosen(options.since, options.subject)
            lines = audit.export(connection, chosen, now(None), lambda done, of: tell("Rows", done, of))
            sys.stdout.flush()
            sys.stdout.buffer.writelines(lines)
            sys.stdout.buffer.flush()
    except audit.NotALedger as error:
        raise Refused(str(error)) from None
    return CLEAR


def _verify(options: argparse.Namespace) -> int:
    """Exit codes: 0 everything fits, 1 something does not, 2 it could not be read."""
    from bot.cli.progress import progress
    from bot.store import audit

    path = options.file or _database(options)
    try:
        with progress() as tell:
            told = partial(tell, "Rows")
            walked = audit.verify(path, head=options.head, against=options.against, tell=told)
    except audit.NotALedger as error:
        raise Refused(str(error)) from None
    except OSError as error:
        raise Refused(f"{error.filename or path} cannot be read: {error.strerror}") from None
    rows = f"{walked.rows:,} row" + ("" if walked.rows == 1 else "s")
    if not walked.fits:
        print(f"✗ {path}: {walked.reason}")
        print(f"  {rows} before that fit.")
        return TO_SIGN
    chain = "each follows from the one before" if walked.chained else "a selection, so each was checked by itself"
    print(f"✓ {path}: {rows}, {chain}")
    if options.against is not None:
        print(f"  All {walked.compared:,} of {options.against} are among them, unchanged.")
    if walked.head:
        print(f"  The last one's hash is {walked.head}")
    return CLEAR


def _rollout(options: argparse.Namespace) -> int:
    from bot.cli.command import show
    from bot.report import rollout
    from bot.store import audit

    try:
        with audit.opened(_database(options)) as connection:
            rows = audit.said(connection, ("decision", "bypass"), options.since)
            counted = rollout.fared(rollout.Row(kind, subject, body) for kind, subject, body in rows)
    except audit.NotALedger as error:
        raise Refused(str(error)) from None
    show(rollout.terminal(counted))
    return CLEAR


def _database(options: argparse.Namespace) -> Path:
    from bot.settings import SettingsError, database_path

    if options.database is not None:
        chosen: Path = options.database
        return chosen
    try:
        return database_path(os.environ)
    except SettingsError as error:
        raise Refused(str(error)) from None
