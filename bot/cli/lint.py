"""`countersign lint`: what is wrong with a registry, and with --fix what is mechanical put right."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from bot.cli.command import CLEAR, TO_SIGN, Refused, show

if TYPE_CHECKING:
    from bot.cli.command import Commands
    from bot.registry.problem import Problem


def add(commands: Commands) -> None:
    parser = commands.add_parser("lint", help="check a registry (.github/contracts.yml)")
    parser.add_argument(
        "file",
        type=Path,
        nargs="?",
        help="a registry file (default: the one of this repository's HEAD, with --fix the one of the working tree)",
    )
    parser.add_argument("--fix", action="store_true", help="put right what is mechanical, in place")
    parser.add_argument("--check", action="store_true", help="with --fix: change nothing, exit with 1 if it would")
    parser.add_argument("--format", choices=["terminal", "json"], default="terminal")
    parser.set_defaults(command=_lint)


def _lint(options: argparse.Namespace) -> int:
    from bot.git.repository import GitError

    if options.check and not options.fix:
        raise Refused("--check belongs to --fix: write `countersign lint --fix --check`")
    if options.fix and options.format != "terminal":
        raise Refused("--fix shows a diff, so it has no other --format than terminal")
    try:
        if options.fix:
            return _fix(_working_tree() if options.file is None else [options.file], check=options.check)
        problems = _problems_at_head() if options.file is None else _problems_of([options.file])
    except GitError as error:
        raise Refused(str(error)) from None
    except OSError as error:
        raise Refused(f"{error.filename}: {error.strerror}" if error.strerror else str(error)) from None
    if options.format == "json":
        from bot.report import json

        print(json.lint(problems))
    else:
        from bot.report import terminal

        show(terminal.lint(problems))
    return _outcome(problems)


def _outcome(problems: Sequence[Problem]) -> int:
    return TO_SIGN if any(problem.severity == "error" for problem in problems) else CLEAR


def _problems_at_head() -> Sequence[Problem]:
    import asyncio

    from bot.engine.offline import lint_repository
    from bot.git.repository import Repository
    from bot.judge.catalogue import shipped

    return asyncio.run(lint_repository(Repository(Path()), shipped()))


def _problems_of(files: Sequence[Path]) -> Sequence[Problem]:
    from bot.contracts.document import Document
    from bot.judge.catalogue import shipped
    from bot.registry.lint import lint
    from bot.registry.reading import read_registry

    documents: Mapping[str, Document] = {str(file): Document(str(file), "", file.read_bytes()) for file in files}
    return lint(read_registry(documents), rule_ids=frozenset(shipped().entries))


def _working_tree() -> Sequence[Path]:
    """The registry's files as they lie on disk, by the path from here."""
    import os

    from bot.cli.working_tree import registry_files
    from bot.git.repository import Repository
    from bot.registry.reading import registry_paths

    repository = Repository(Path())
    paths = registry_files(repository)
    if not paths:
        raise FileNotFoundError(f"no registry in {repository.root}: looked for {', '.join(registry_paths())}")
    return [Path(os.path.relpath(repository.root / path)) for path in paths]


def _fix(files: Sequence[Path], *, check: bool) -> int:
    """Fixes each file, or says what it would do; then what is left for a person."""
    from bot.judge.catalogue import shipped
    from bot.registry.fixing.fix import fix
    from bot.report import edits, terminal

    wanted = False
    for file in files:
        try:
            before = file.read_bytes().decode()
        except UnicodeDecodeError:
            raise Refused(f"{file} is not UTF-8, so it was left alone") from None
        found = fix(before, rule_ids=frozenset(shipped().entries))
        wanted |= bool(found.fixes)
        if found.fixes and not check:
            file.write_bytes(found.text.encode())
        show(edits.fixed(str(file), found, written=not check))
        if found.fixes:
            show(edits.diff(str(file), before, found.text), wrap=False)
    if check:
        return TO_SIGN if wanted else CLEAR
    problems = _problems_of(files)
    if problems:
        print()
        show(terminal.lint(problems))
    return _outcome(problems)
