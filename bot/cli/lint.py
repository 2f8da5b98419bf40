"""`countersign lint`: what is wrong with a registry."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from bot.cli.command import CLEAR, TO_SIGN, Refused, show

if TYPE_CHECKING:
    from bot.cli.command import Commands


def add(commands: Commands) -> None:
    parser = commands.add_parser("lint", help="check a registry (.github/contracts.yml)")
    parser.add_argument(
        "file", type=Path, nargs="?", help="a registry file (default: the one of this repository's HEAD)"
    )
    parser.add_argument("--format", choices=["terminal", "json"], default="terminal")
    parser.set_defaults(command=_lint)


def _lint(options: argparse.Namespace) -> int:
    import asyncio

    from bot.contracts.document import Document
    from bot.engine.offline import lint_repository
    from bot.git.repository import GitError, Repository
    from bot.judge.catalogue import shipped
    from bot.registry.lint import lint
    from bot.registry.reading import read_registry

    catalogue = shipped()
    try:
        if options.file is not None:
            document = Document(str(options.file), "", options.file.read_bytes())
            problems = lint(read_registry({document.path: document}), rule_ids=frozenset(catalogue.entries))
        else:
            problems = asyncio.run(lint_repository(Repository(Path()), catalogue))
    except (GitError, OSError) as error:
        raise Refused(str(error)) from None
    if options.format == "json":
        from bot.report import json

        print(json.lint(problems))
    else:
        from bot.report import terminal

        show(terminal.lint(problems))
    return TO_SIGN if any(problem.severity == "error" for problem in problems) else CLEAR
