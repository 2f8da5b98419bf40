"""`countersign suggest-policy`: the repository's history replayed, to see what each policy would have held."""

from __future__ import annotations

import argparse
import re
from datetime import date, timedelta
from typing import TYPE_CHECKING

from bot.cli.command import CLEAR, TO_SIGN, Refused, add_repository, add_today, now, show

if TYPE_CHECKING:
    from bot.cli.command import Commands

_DAYS = {"d": 1, "w": 7, "m": 30, "y": 365}


def add(commands: Commands) -> None:
    parser = commands.add_parser("suggest-policy", help="replay the history under each policy, and suggest one")
    parser.add_argument("--since", metavar="TIME", default="1y", help="`90d`, `26w`, `6m`, `1y` or a day (default: 1y)")
    parser.add_argument("--contract", metavar="ID", help="only this one; its path when it is not registered")
    parser.add_argument("--most", metavar="N", type=int, default=500, help="commits at the most (default: 500)")
    add_repository(parser)
    add_today(parser)
    parser.add_argument("--format", choices=["terminal", "markdown", "json"], default="terminal")
    parser.set_defaults(command=_suggest)


def _suggest(options: argparse.Namespace) -> int:
    import asyncio

    from bot.cli.progress import progress
    from bot.engine.replay import replay
    from bot.git.repository import GitError, Repository
    from bot.judge.catalogue import shipped
    from bot.registry.replay import summed
    from bot.report import replay as report

    since = _day(options.since, now(options.today).date())
    try:
        repository = Repository(options.repository)
        with progress() as tell:
            past = asyncio.run(
                replay(repository, shipped(), since=since, most=options.most, contract=options.contract, progress=tell)
            )
    except GitError as error:
        raise Refused(str(error)) from None
    replays = summed(past.steps)
    if not replays and options.format == "terminal":
        whose = f"`{options.contract}`" if options.contract else "a contract"
        print(f"No commit since {since.isoformat()} changed {whose}: there is nothing to go by.")
        for note in past.notes:
            print(note)
        return TO_SIGN
    match options.format:
        case "json":
            print(report.json(replays, past.notes))
        case "markdown":
            print(report.markdown(replays, past.notes))
        case _:
            show(report.terminal(replays, past.notes))
    return CLEAR if replays else TO_SIGN


def _day(text: str, today: date) -> date:
    span = re.fullmatch(r"([1-9]\d{0,3})([dwmy])", text)
    try:
        return today - timedelta(days=int(span[1]) * _DAYS[span[2]]) if span else date.fromisoformat(text)
    except (ValueError, OverflowError):
        raise Refused(
            f"`--since {text}` is no time: write `90d`, `26w`, `6m`, `1y` or a day such as 2026-01-31"
        ) from None
