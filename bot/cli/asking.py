"""What the commands share that ask the graph: of this clone, or of a running server."""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, TypeVar

from bot.cli.command import Refused, add_repository, add_today, note, now

if TYPE_CHECKING:
    from bot.registry.asking.removal import Removal
    from bot.registry.asking.users import Users
    from bot.registry.graph.graph import Graph
    from bot.registry.model import Contract
    from bot.report.asked.wire import Told

T = TypeVar("T", bound="Told")
R = TypeVar("R")
E = TypeVar("E", "Users", "Removal")

_TOKENS = ("COUNTERSIGN_TOKEN", "GITHUB_TOKEN")


def add_source(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--contract", metavar="ID", help="only this contract (its id, or owner/repository#id)")
    add_repository(parser)
    parser.add_argument(
        "--server",
        metavar="URL",
        help="ask a running server about all repositories that you can read, "
        "with the GitHub token in COUNTERSIGN_TOKEN or GITHUB_TOKEN",
    )
    add_today(parser)


def answer(
    options: argparse.Namespace,
    kind: type[T],
    path: str,
    parameters: Mapping[str, str],
    locally: Callable[[Graph, date], T],
) -> T:
    """What the server or the clone says. Raises Refused."""
    if options.server:
        from bot.report.asked.wire import from_plain

        return _told(options, path, parameters, lambda value: from_plain(kind, value))
    from bot.registry.asking.scope import Unanswerable

    graph = clone(options)
    try:
        return locally(graph, now(options.today).date())
    except Unanswerable as error:
        raise Refused(str(error)) from None


def about_element(
    options: argparse.Namespace,
    kind: type[E],
    path: str,
    locally: Callable[[Graph, str, date, str | None], E],
    is_free: Callable[[E], bool],
) -> E:
    """The answer about `options.element`. Where nobody is found to use it, a clone must at least have such an element:
    a slip of the pen would seem free to go. Raises Refused.
    """
    graphs: list[Graph] = []

    def asked(graph: Graph, today: date) -> E:
        graphs.append(graph)
        return locally(graph, options.element, today, options.contract)

    found = answer(options, kind, path, {"element": options.element}, asked)
    if graphs and is_free(found):
        names = {one.contract for one in found.contracts}
        _insist_on(options, [node.contract for node in graphs[0].nodes if node.name in names])
    return found


def _insist_on(options: argparse.Namespace, contracts: Sequence[Contract]) -> None:
    import asyncio

    from bot.engine.local_graph import nowhere
    from bot.git.repository import Repository

    if said := asyncio.run(nowhere(Repository(options.repository), options.element, contracts)):
        raise Refused(said)


def clone(options: argparse.Namespace) -> Graph:
    """The graph of the clone at `--repository`, HEAD. What could not be followed is said on standard error."""
    import asyncio

    from bot.engine.local_graph import NoRegistry, local_graph
    from bot.git.repository import GitError, Repository

    try:
        found = asyncio.run(local_graph(Repository(options.repository)))
    except (GitError, NoRegistry) as error:
        raise Refused(str(error)) from None
    for problem in found.problems:
        note(problem)
    return found.graph


def whole_graph(options: argparse.Namespace) -> Graph:
    """The graph of the server, as far as you may see it, or of the clone; or one contract of it. Raises Refused."""
    from bot.registry.asking.scope import Unanswerable, of_contract

    if options.server:
        return server_graph(options)
    graph = clone(options)
    try:
        return graph if options.contract is None else of_contract(graph, options.contract)
    except Unanswerable as error:
        raise Refused(str(error)) from None


def server_graph(options: argparse.Namespace) -> Graph:
    """Everything that you may see of it. Raises Refused."""
    from bot.report.asked.whole import from_whole

    return _told(options, "graph", {}, from_whole)


def token() -> str:
    """Whose eyes a server answers for. Raises Refused."""
    found = next((os.environ[name] for name in _TOKENS if os.environ.get(name)), None)
    if found is None:
        raise Refused(f"a server wants a GitHub token of yours, in {' or '.join(_TOKENS)}")
    return found


def _told(options: argparse.Namespace, path: str, parameters: Mapping[str, str], read: Callable[[Any], R]) -> R:
    """What the server at `--server` answers, read."""
    import asyncio

    from bot.cli.remote import NotAnswered, ask
    from bot.report.asked.wire import NotUnderstood

    contract = getattr(options, "contract", None)
    named = dict(parameters) | ({"contract": contract} if contract else {})
    named |= {"today": options.today.isoformat()} if options.today else {}
    try:
        return read(asyncio.run(ask(options.server, path, named, token())))
    except (NotAnswered, NotUnderstood) as error:
        raise Refused(str(error)) from None
