"""`countersign docs`: the five artefacts of every contract, as Markdown."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from bot.cli.asking import add_source, whole_graph
from bot.cli.command import CLEAR, Refused, now

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.cli.command import Commands


def add(commands: Commands) -> None:
    parser = commands.add_parser("docs", help="contract map, definitions, policies, verification plans, as Markdown")
    parser.add_argument("--out", metavar="DIR", type=Path, help="write files there, one a contract and an index")
    add_source(parser)
    parser.add_argument("--format", choices=["markdown", "json"], default="markdown")
    parser.set_defaults(command=_docs)


def _docs(options: argparse.Namespace) -> int:
    from bot.report.artefacts.pages import pages

    graph = whole_graph(options)
    if options.format == "json":
        import json

        from bot.report.asked.whole import whole

        print(json.dumps(whole(graph), indent=2))
        return CLEAR
    written = pages(graph, now(options.today).date())
    if options.out is None:
        print("\n".join(written.values()), end="")
    else:
        _write(options.out, written)
    return CLEAR


def _write(folder: Path, pages: Mapping[str, str]) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in pages.items():
            (folder / name).write_text(text, "utf-8")
    except OSError as error:
        raise Refused(f"{error.filename or folder}: {error.strerror or error}") from None
    print(f"countersign: wrote {len(pages):,} files to {folder}", file=sys.stderr)
