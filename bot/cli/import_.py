"""`countersign import`: what files show that consumers use of a contract, and what to write of it into the registry."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from bot.cli.command import CLEAR, NOT_JUDGED, TO_SIGN, Refused, add_repository, add_today, note, now, show
from bot.registry.globs import matches_any

if TYPE_CHECKING:
    from bot.cli.command import Commands
    from bot.contracts.document import Document, Side
    from bot.git.repository import Repository
    from bot.registry.merging import Merged
    from bot.registry.model import Registry

_KINDS = ("pact", "pact-full", "graphql", "har", "stub", "dbt", "backstage")
_SUFFIXES = frozenset({".json", ".har", ".yaml", ".yml", ".graphql", ".gql"})


def add(commands: Commands) -> None:
    parser = commands.add_parser("import", help="what pacts, operations, recordings or stubs show to be used")
    parser.add_argument("files", metavar="FILE", type=Path, nargs="+", help="files, or folders with them")
    parser.add_argument("--kind", choices=_KINDS, required=True, help="what the files are")
    parser.add_argument(
        "--contract", metavar="ID|FILE", required=True, help="an id of the registry at HEAD, or the contract's file"
    )
    parser.add_argument("--consumer", metavar="ID", help="whose files they are (default: as the files say)")
    parser.add_argument("--provider", metavar="NAME", help="what the files call the contract (default: its names)")
    parser.add_argument("--host", metavar="HOST", default="", help="of a recording, only requests to this host")
    add_repository(parser)
    parser.add_argument("--format", choices=["terminal", "yaml", "json"], default="terminal")
    add_today(parser)
    parser.set_defaults(command=_import)


def _import(options: argparse.Namespace) -> int:
    import asyncio

    from bot.git.repository import GitError

    try:
        return asyncio.run(_imported(options))
    except GitError as error:
        raise Refused(str(error)) from None


async def _imported(options: argparse.Namespace) -> int:
    from bot.git.repository import GitError, Repository
    from bot.registry.importers.imported import Question
    from bot.registry.importers.kinds import import_evidence
    from bot.registry.merging import merge, nameless

    try:
        repository: Repository | None = Repository(options.repository)
    except GitError:
        repository = None  # then nothing is registered, and no day is known
    path, registry = await _registry(repository)
    about = await _contract(options.contract, repository, registry)
    names = {options.provider} if options.provider else about.names
    documents = _documents(options.files, repository)
    question = Question(about.format, about.side, frozenset(names), options.host)
    imported = import_evidence(options.kind, question, documents)
    found = merge(
        imported,
        contract=about.id,
        kind=options.kind,
        registry=registry,
        consumer=options.consumer,
        days=await _days(repository, documents),
        today=now(options.today).date(),
    )
    unnamed = nameless(imported, options.consumer)
    problems = [*imported.problems, *(f"`{one}` does not say whose it is: add --consumer ID." for one in unnamed)]
    return _told(options.format, found, problems, path)


def _told(format: str, found: Sequence[Merged], problems: Sequence[str], path: str) -> int:
    from bot.report import importing

    match format:
        case "json":
            print(importing.as_json(found, problems))
        case "yaml":
            print(importing.block(found), end="")
            for problem in problems:
                note(problem)
        case _:
            show(importing.terminal(found, problems))
            print(importing.to_write(found, path), end="")
    if not found:
        return NOT_JUDGED if problems else CLEAR
    return TO_SIGN if any(importing.is_new(one) for one in found) else CLEAR


@dataclass(frozen=True, slots=True)
class _About:
    """The contract that the files are held against. names: what they may call it; any, when empty."""

    id: str
    format: str
    side: Side | None
    names: frozenset[str] = frozenset()


async def _registry(repository: Repository | None) -> tuple[str, Registry]:
    """The registry at HEAD and its path; an empty one where there is none. Raises Refused for one that is broken."""
    from bot.registry.at_commit import read_at
    from bot.registry.model import Registry
    from bot.registry.reading import main_path, registry_paths

    reading = await read_at(repository, repository.commit("HEAD")) if repository is not None else None
    if reading is None:
        return registry_paths()[0], Registry()
    if reading.registry is None:
        raise Refused("the registry cannot be read:\n" + "\n".join(f"  {problem}" for problem in reading.errors))
    return main_path(tuple(reading.files)) or registry_paths()[0], reading.registry


async def _contract(named: str, repository: Repository | None, registry: Registry) -> _About:
    """By its id in the registry, or by its file. Raises Refused."""
    from bot.engine.offline import InProcess
    from bot.registry.contract_at import contract_at

    if repository is not None and registry.has_contract(named):
        contract = registry.contract(named)
        side = await contract_at(repository, repository.commit("HEAD"), contract, InProcess())
        return _About(contract.id, contract.type, side, frozenset({contract.id, *contract.known_as}))
    return _of_file(Path(named), repository, registry)


def _of_file(file: Path, repository: Repository | None, registry: Registry) -> _About:
    from bot.cli.diff import side_of
    from bot.contracts import formats
    from bot.registry.drafting.words import identifier

    if not file.is_file():
        known = ", ".join(contract.id for contract in registry.contracts) or "none"
        raise Refused(f"`{file}` is no file, and no contract of the registry at HEAD (these are: {known})")
    side = side_of(file)
    format = formats.recognise(file.name, file.read_bytes())
    if format is None:
        raise Refused(f"{file} is no contract of a format that is known")
    path = _within(file, repository)
    for contract in registry.contracts:
        if contract.entrypoint == path or (contract.entrypoint is None and matches_any(contract.files, path)):
            return _About(contract.id, format, side, frozenset({contract.id, *contract.known_as}))
    return _About(identifier(path, set()), format, side)


def _documents(files: Sequence[Path], repository: Repository | None) -> dict[str, Document]:
    """What is at hand, by paths from the repository's root. Raises Refused."""
    from bot.contracts.document import Document

    found: dict[str, Document] = {}
    for given in files:
        inside = sorted(p for p in given.rglob("*") if p.is_file() and p.suffix.lower() in _SUFFIXES)
        for file in inside if given.is_dir() else [given]:
            path = _within(file, repository)
            try:
                found[path] = Document(path, "", file.read_bytes())
            except OSError as error:
                raise Refused(f"{file}: {error.strerror or error}") from None
    if not found:
        raise Refused(f"no file with {', '.join(sorted(_SUFFIXES))} in {', '.join(map(str, files))}")
    return found


async def _days(repository: Repository | None, documents: Mapping[str, Document]) -> Mapping[str, str]:
    """When each file was last committed; a file that never was has no day."""
    if repository is None:
        return {}
    inside = [path for path in documents if not Path(path).is_absolute()]
    return await repository.dates(repository.commit("HEAD"), inside) if inside else {}


def _within(file: Path, repository: Repository | None) -> str:
    """The path from the repository's root; the given one for files elsewhere."""
    resolved = file.resolve()
    if repository is not None and resolved.is_relative_to(repository.root.resolve()):
        return resolved.relative_to(repository.root.resolve()).as_posix()
    return resolved.as_posix()
