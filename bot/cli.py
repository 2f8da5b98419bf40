"""The command line: `countersign check | diff | lint | doctor | serve`.

Exit codes are an interface: 0 nothing to sign (nothing breaking, nothing wrong), 1 something, 2 it could not be judged.
Imports are made where they are needed: start-up is most of what a small `diff` costs.
"""

from __future__ import annotations

import argparse
import os
import sys
import traceback
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING

from bot import __version__

if TYPE_CHECKING:
    from rich.console import RenderableType

    from bot.contracts.document import Side
    from bot.git.repository import Repository

CLEAR, TO_SIGN, NOT_JUDGED = 0, 1, 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code."""
    options = _parser().parse_args(arguments)
    command: Callable[[argparse.Namespace], int] = options.command
    try:
        return command(options)
    except _Refused as refused:
        print(f"countersign: {refused}", file=sys.stderr)
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


class _Refused(Exception):
    """The command can't be done; the message is for the person at the terminal."""


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="countersign", description="Contract changes are countersigned by those they break."
    )
    parser.add_argument("--version", action="version", version=f"countersign {__version__}")
    commands = parser.add_subparsers(required=True, metavar="command")

    check = commands.add_parser("check", help="judge a local git repository as its pull request would be")
    check.add_argument("--base", metavar="REF", help="where the change would go (default: the default branch)")
    check.add_argument("--head", metavar="REF", default="HEAD", help="the change (default: HEAD)")
    check.add_argument("--repository", metavar="DIR", type=Path, default=Path(), help="default: the current folder")
    _add_output(check)
    check.set_defaults(command=_check)

    diff = commands.add_parser("diff", help="compare two contract files")
    diff.add_argument("old", type=Path)
    diff.add_argument("new", type=Path)
    _add_output(diff)
    diff.set_defaults(command=_diff)

    lint = commands.add_parser("lint", help="check a registry (.github/contracts.yml)")
    lint.add_argument("file", type=Path, nargs="?", help="a registry file (default: the one of this repository's HEAD)")
    lint.add_argument("--format", choices=["terminal", "json"], default="terminal")
    lint.set_defaults(command=_lint)

    doctor = commands.add_parser("doctor", help="does the App work with these settings, and does its check hold?")
    doctor.add_argument("--repository", metavar="OWNER/NAME", type=_full_name, help="look at this repository as well")
    doctor.add_argument("--format", choices=["terminal", "json"], default="terminal")
    doctor.set_defaults(command=_doctor)

    serve = commands.add_parser("serve", help="run the GitHub App")
    serve.set_defaults(command=_serve)
    return parser


def _add_output(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--format", choices=["terminal", "markdown", "json", "sarif"], default="terminal")
    parser.add_argument("--today", metavar="DATE", type=date.fromisoformat, help="judge dates as on this day")


def _check(options: argparse.Namespace) -> int:
    import asyncio

    from bot.engine.offline import judge
    from bot.git.repository import GitError, Repository
    from bot.judge.catalogue import shipped
    from bot.review.values import Verdict

    try:
        repository = Repository(options.repository)
        base = options.base or repository.default_base()
        judged = asyncio.run(judge(repository, base, options.head, shipped(), _now(options.today)))
    except GitError as error:
        raise _Refused(str(error)) from None
    decision = judged.decision
    match options.format:
        case "json":
            from bot.report import json

            print(json.decision(decision, judged.registry))
        case "sarif":
            from bot.report import sarif

            print(sarif.decision(decision, judged.registry, shipped()), end="")
        case "markdown":
            from bot.report.comment import comment
            from bot.report.context import Context

            context = Context(
                repository=repository.root.name,
                head_sha=judged.head_sha,
                base_sha=judged.merge_base_sha,
                url="",
                draft=judged.draft,
                knows_people=False,
            )
            print(comment(decision, judged.registry, context))
        case _:
            from bot.report import terminal

            _print(terminal.decision(decision, judged.registry))
            if judged.draft and decision.findings:
                print("\nThere is no registry yet. A draft for .github/contracts.yml:\n")
                print(judged.draft)
            _say_what_was_left_out(repository, options.head)
    if decision.verdict is Verdict.FAILED:
        return NOT_JUDGED
    return TO_SIGN if decision.verdict is Verdict.HELD else CLEAR


def _say_what_was_left_out(repository: Repository, head: str) -> None:
    """Only commits are judged; somebody who has just edited the file would wonder."""
    if head == "HEAD" and (paths := repository.uncommitted()):
        named = ", ".join(paths[:3]) + (f" and {len(paths) - 3} more" if len(paths) > 3 else "")
        print(f"countersign: not committed, so not judged: {named}", file=sys.stderr)


def _diff(options: argparse.Namespace) -> int:
    import gc

    gc.disable()  # one comparison, then the end: what is read stays in use until then
    from bot.contracts import formats
    from bot.contracts.options import Options
    from bot.judge.catalogue import shipped
    from bot.judge.finding import Level

    old, new = _side(options.old), _side(options.new)
    format = _format(new) or _format(old)
    if format is None:
        raise _Refused(f"neither {options.old} nor {options.new} is a contract of a format that is known")
    comparison = formats.compare(format, old, new, options=Options(_now(options.today).date()))
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

            _print(terminal.findings(findings))
    if unreadable:
        return NOT_JUDGED
    severe = (Level.BREAKING, Level.UNCLASSIFIED)
    return TO_SIGN if any(finding.level in severe for finding in findings) else CLEAR


def _side(path: Path) -> Side:
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
                raise _Refused(f"{path}: {error.strerror or error}") from None
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
        raise _Refused(str(error)) from None
    if options.format == "json":
        from bot.report import json

        print(json.lint(problems))
    else:
        from bot.report import terminal

        _print(terminal.lint(problems))
    return TO_SIGN if any(problem.severity == "error" for problem in problems) else CLEAR


def _full_name(text: str) -> str:
    owner, slash, name = text.partition("/")
    if not (owner and slash and name) or "/" in name:
        raise argparse.ArgumentTypeError("write OWNER/NAME, such as acme/orders")
    return text


def _doctor(options: argparse.Namespace) -> int:
    """Exit codes: 0 all is well, 1 warnings, 2 problems (or the settings are not even complete)."""
    import asyncio

    from bot.engine.doctor import examine
    from bot.judge.catalogue import shipped
    from bot.report import doctor
    from bot.settings import Settings, SettingsError

    try:
        settings = Settings.from_environ(os.environ)
    except SettingsError as error:
        raise _Refused(str(error)) from None
    observations = asyncio.run(examine(settings, shipped(), options.repository))
    if options.format == "json":
        print(doctor.json(observations))
    else:
        _print(doctor.terminal(observations))
    return doctor.worst(observations).severity


def _serve(_options: argparse.Namespace) -> int:
    import asyncio

    from bot.engine.work import start
    from bot.settings import Settings, SettingsError
    from bot.web.logs import log_to
    from bot.web.serve import Services, Work, serve

    @asynccontextmanager
    async def start_work(services: Services) -> AsyncIterator[Work]:
        async with start(services.settings, services.store, services.pool, services.engine, now=services.now) as work:
            yield Work(work.handle, work.app_slug)

    try:
        settings = Settings.from_environ(os.environ)
    except SettingsError as error:
        raise _Refused(str(error)) from None
    log_to(None, settings.log_level, settings.secrets)
    asyncio.run(serve(settings, start_work))
    return CLEAR


def _print(renderable: RenderableType) -> None:
    from rich.console import Console

    Console(highlight=False).print(renderable)


def _now(today: date | None) -> datetime:
    return datetime.combine(today, time(12), UTC) if today else datetime.now(UTC)
