"""`countersign diff`: two contract files compared."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from bot.cli.command import CLEAR, NOT_JUDGED, TO_SIGN, Refused, add_output, now, show

if TYPE_CHECKING:
    from bot.cli.command import Commands
    from bot.contracts.document import Side


def add(commands: Commands) -> None:
    parser = commands.add_parser("diff", help="compare two contract files")
    parser.add_argument("old", type=Path)
    parser.add_argument("new", type=Path)
    add_output(parser)
    parser.set_defaults(command=_diff)


def _diff(options: argparse.Namespace) -> int:
    import gc

    gc.disable()  # one comparison, then the end: what is read stays in use until then
    from bot.contracts import formats
    from bot.contracts.options import Options
    from bot.judge.catalogue import shipped
    from bot.judge.finding import Level

    old, new = side_of(options.old), side_of(options.new)
    format = _format(new) or _format(old)
    if format is None:
        raise Refused(f"neither {options.old} nor {options.new} is a contract of a format that is known")
    comparison = formats.compare(format, old, new, options=Options(now(options.today).date()))
    findings = shipped().judge(str(options.new), format, comparison.changes)
    unreadable = any(change.fact == "contract.unreadable" for change in comparison.changes)
    match options.format:
        case "json":
            from bot.report import json

            print(json.findings(findings))
        case "sarif":
            from bot.report import sarif

            files = (options.old.as_posix(), options.new.as_posix())
            not_checked = comparison.not_checked
            print(sarif.findings(findings, shipped(), files=files, not_checked=not_checked, failed=unreadable), end="")
        case "markdown":
            from bot.report.comment import findings_alone

            print(findings_alone(findings))
        case _:
            from bot.report import terminal

            show(terminal.findings(findings))
    if unreadable:
        return NOT_JUDGED
    severe = (Level.BREAKING, Level.UNCLASSIFIED)
    return TO_SIGN if any(finding.level in severe for finding in findings) else CLEAR


def side_of(path: Path) -> Side:
    """A file and, in waves, what it refers to, all by paths relative to the file's folder."""
    from bot.contracts import formats
    from bot.contracts.document import Document, Side

    folder, documents, unreadable = path.parent, {}, {}
    waiting, seen = {path.name}, set()
    format = None
    while waiting:
        name = waiting.pop()
        seen.add(name)
        try:
            document = Document(name, name, (folder / name).read_bytes())
        except OSError as error:
            if name == path.name:
                raise Refused(f"{path}: {error.strerror or error}") from None
            if isinstance(error, FileNotFoundError):
                continue  # the comparison says so where it matters
            unreadable[name] = f"cannot be read: {error.strerror or error}"
            continue
        documents[name] = document
        format = format or formats.recognise(name, document.data)
        if format is not None:
            waiting |= formats.referenced_files(format, document) - seen
    return Side(path.name, documents, unreadable)


def _format(side: Side) -> str | None:
    from bot.contracts import formats

    document = side.documents[str(side.entrypoint)]
    return formats.recognise(document.path, document.data)
