"""`countersign check`: a local git repository judged as its pull request would be."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from bot.cli.command import CLEAR, NOT_JUDGED, TO_SIGN, Refused, add_output, add_repository, note, now, show

if TYPE_CHECKING:
    from bot.cli.command import Commands
    from bot.engine.offline import Judged
    from bot.git.repository import Repository
    from bot.report.context import Context


def add(commands: Commands) -> None:
    parser = commands.add_parser("check", help="judge a local git repository as its pull request would be")
    parser.add_argument("--base", metavar="REF", help="where the change would go (default: the default branch)")
    parser.add_argument("--head", metavar="REF", default="HEAD", help="the change (default: HEAD)")
    add_repository(parser)
    add_output(parser)
    parser.set_defaults(command=_check)


def _check(options: argparse.Namespace) -> int:
    import asyncio

    from bot.engine.offline import judge
    from bot.git.repository import GitError, Repository
    from bot.judge.catalogue import shipped
    from bot.review.values import Verdict

    try:
        repository = Repository(options.repository)
        base = options.base or repository.default_base()
        judged = asyncio.run(judge(repository, base, options.head, shipped(), now(options.today)))
    except GitError as error:
        raise Refused(str(error)) from None
    _print(judged, repository, options)
    if judged.decision.verdict is Verdict.FAILED:
        return NOT_JUDGED
    return TO_SIGN if judged.decision.verdict is Verdict.HELD else CLEAR


def _print(judged: Judged, repository: Repository, options: argparse.Namespace) -> None:
    decision = judged.decision
    match options.format:
        case "json":
            from bot.report import json

            print(json.decision(decision, judged.registry))
        case "sarif":
            from bot.judge.catalogue import shipped
            from bot.report import sarif

            print(sarif.decision(decision, judged.registry, shipped()), end="")
        case "markdown":
            from bot.report.comment import comment

            print(comment(decision, judged.registry, _context(judged, repository)))
        case _:
            from bot.report import terminal

            show(terminal.decision(decision, judged.registry))
            if judged.draft and decision.findings:
                print("\nThere is no registry yet. A draft for .github/contracts.yml:\n")
                print(judged.draft)
            _say_what_was_left_out(repository, options.head)


def _context(judged: Judged, repository: Repository) -> Context:
    from bot.report.context import Context

    return Context(
        repository=repository.root.name,
        head_sha=judged.head_sha,
        base_sha=judged.merge_base_sha,
        url="",
        draft=judged.draft,
        knows_people=False,
    )


def _say_what_was_left_out(repository: Repository, head: str) -> None:
    """Only commits are judged; somebody who has just edited the file would wonder."""
    if head == "HEAD" and (paths := repository.uncommitted()):
        named = ", ".join(paths[:3]) + (f" and {len(paths) - 3} more" if len(paths) > 3 else "")
        note(f"not committed, so not judged: {named}")
