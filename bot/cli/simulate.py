"""`countersign simulate`: what if these files, this registry, these people?"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.cli.command import CLEAR, NOT_JUDGED, TO_SIGN, Refused, add_repository, add_today, now, show

if TYPE_CHECKING:
    from bot.cli.command import Commands
    from bot.git.repository import Repository
    from bot.registry.graph.graph import Graph


class _Say(argparse.Action):
    """Who speaks, in the order of the command line, approvals and objections alike."""

    def __call__(
        self,
        parser: argparse.ArgumentParser,  # noqa: ARG002
        namespace: argparse.Namespace,
        values: str | Sequence[Any] | None,
        option_string: str | None = None,
    ) -> None:
        act = str(option_string).removeprefix("--")
        namespace.said = [*namespace.said, *((act, str(who)) for who in values or ())]


def add(commands: Commands) -> None:
    parser = commands.add_parser("simulate", help="what if: these files, this registry, these approvals?")
    parser.add_argument(
        "files",
        metavar="FILE",
        nargs="*",
        help="what if the change held this file as it lies on disk; PATH=FILE: if PATH were what FILE holds",
    )
    parser.add_argument("--base", metavar="REF", help="where the change would go (default: the default branch)")
    parser.add_argument("--head", metavar="REF", default="HEAD", help="the change (default: HEAD)")
    parser.add_argument("--registry", metavar="FILE", type=Path, help="what if this were the registry on the base")
    who = "a role (decision-owner), a consumer's id or a handle"
    for act, did in (("approve", "approved"), ("object", "objected")):
        parser.add_argument(
            f"--{act}",
            metavar="WHO",
            nargs=1,
            action=_Say,
            dest="said",
            help=f"what if {who} {did}; as often as needed",
        )
    parser.add_argument(
        "--enforcement", choices=["observe", "warn", "enforce"], help="what if every contract were enforced like that"
    )
    parser.add_argument(
        "--server",
        metavar="URL",
        help="with the consumers of other repositories, as far as you may see them: ask a running server, "
        "with the GitHub token in COUNTERSIGN_TOKEN or GITHUB_TOKEN",
    )
    add_repository(parser)
    parser.add_argument("--format", choices=["terminal", "json"], default="terminal")
    add_today(parser)
    parser.set_defaults(command=_simulate, said=[])


def _simulate(options: argparse.Namespace) -> int:
    """Exit codes: those of `check`, for what would be."""
    import asyncio

    from bot.engine.simulate import NothingThere, WhatIf, simulate
    from bot.engine.supposing import NobodyThere, Spoken, Supposing
    from bot.git.repository import GitError, Repository
    from bot.judge.catalogue import shipped
    from bot.report import simulation
    from bot.review.values import Verdict

    try:
        repository = Repository(options.repository)
        what_if = WhatIf(
            files=dict(_file(text, repository) for text in options.files),
            registry=_read(options.registry) if options.registry else None,
            supposing=Supposing(tuple(Spoken(act, who) for act, who in options.said), options.enforcement),
        )
        if what_if.is_nothing:
            raise Refused("say what to suppose: FILE…, --registry FILE, --approve WHO, --object WHO or --enforcement")
        moment, elsewhere = now(options.today), _elsewhere(options, repository)
        found = asyncio.run(
            simulate(options.repository, options.base, options.head, what_if, shipped(), moment, elsewhere)
        )
    except (GitError, NobodyThere, NothingThere) as error:
        raise Refused(str(error)) from None
    as_it_is, then = (simulation.Side(one.decision, one.registry) for one in (found.now, found.then))
    if options.format == "json":
        print(simulation.as_json(as_it_is, then), end="")
    else:
        show(simulation.text(as_it_is, then))
    if then.decision.verdict is Verdict.FAILED:
        return NOT_JUDGED
    return TO_SIGN if then.decision.verdict is Verdict.HELD else CLEAR


def _elsewhere(options: argparse.Namespace, repository: Repository) -> Graph | None:
    if not options.server:
        return None
    from bot.cli.asking import server_graph
    from bot.registry.graph.elsewhere import knows

    graph, name = server_graph(options), repository.full_name()
    if not knows(graph, name):
        raise Refused(
            f"{options.server} knows no contract of {name} that you may see: is that where `origin` is, and is its "
            "registry on the default branch?"
        )
    return graph


def _file(text: str, repository: Repository) -> tuple[str, bytes | None]:
    """Its path in the repository and what it would hold; None for a file that is no longer on disk."""
    path, equals, source = text.partition("=")
    if equals and path and source and not Path(text).exists():
        return _within(Path(path), repository), _read(Path(source))
    here = Path(text)
    inside = _within(here, repository)
    if here.is_symlink():
        raise Refused(f"{text} is a symbolic link, which is not followed: name a file")
    if here.is_dir():
        raise Refused(f"{text} is a folder: name files")
    return inside, _read(here) if here.exists() else None


def _within(path: Path, repository: Repository) -> str:
    """The path from the repository's root, the way there not followed through symbolic links."""
    import os

    absolute = Path(os.path.abspath(path))  # noqa: PTH100 (a link stays what it is)
    for root in (repository.root, repository.root.resolve()):
        if absolute.is_relative_to(root) and absolute != root:
            return absolute.relative_to(root).as_posix()
    raise Refused(f"{path} is not in the repository {repository.root}")


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise Refused(f"{path} cannot be read: {error.strerror}") from None
