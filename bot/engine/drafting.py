"""A repository searched for contracts, and for those who use them: what `countersign init` proposes from."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath

from bot.contracts.document import Document, Position, Side
from bot.contracts.formats import PARTED
from bot.engine.offline import InProcess
from bot.git.repository import Repository
from bot.registry import globs
from bot.registry.drafting import outline
from bot.registry.drafting.codeowners import PATHS, CodeOwners, Owners
from bot.registry.drafting.deprecations import deprecations
from bot.registry.drafting.found import Consumed, Contract, Found, User
from bot.registry.drafting.grouping import Group, groups, patterns, set_aside
from bot.registry.drafting.proposal import OwnersOf
from bot.registry.drafting.users import Pact, catalogued, operation_files, pact, same_name
from bot.registry.drafting.words import identifier
from bot.registry.edits.coverage import SUFFIXES
from bot.registry.importers.imported import Imported, Question
from bot.registry.model import Registry
from bot.registry.reading import registry_paths
from bot.registry.shelf import Root, Shelf, sides

Progress = Callable[[str, int, int], None]
"""What is being done, how much of it is done, and how much there is."""

MOST_FILES = 50_000
_FILES_A_READ = 200


@dataclass
class _Gathered:
    """Files by what their content shows them to be."""

    formats: dict[str, str] = field(default_factory=dict)
    documents: dict[str, Document] = field(default_factory=dict)
    pacts: dict[str, Pact] = field(default_factory=dict)
    operations: dict[str, list[str]] = field(default_factory=dict)
    catalogued: list[Consumed] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


async def find(repository: Repository, commit: str, known: Registry, progress: Progress) -> Found:
    """Everything at `commit` that a registry would name. known: the registry that is there, for its names. Raises
    GitError.
    """
    everything = await repository.paths(commit)
    candidates = sorted(
        path for path in everything if PurePosixPath(path).suffix.lower() in SUFFIXES and path not in registry_paths()
    )
    gathered = await _read(repository, commit, candidates, progress)
    aside = set_aside(gathered.formats)
    left_out = {path for paths in aside.values() for path in paths}
    registered = {path for path in left_out if any(globs.matches_any(c.files, path) for c in known.contracts)}
    formats = {p: f for p, f in gathered.formats.items() if p not in left_out or p in registered}
    found = await _contracts(repository, commit, formats, gathered, candidates, progress)
    contracts, consumed = await _with_users(repository, commit, found, gathered, known)
    ignored = {pattern: len(paths) for pattern, paths in aside.items() if not registered.issuperset(paths)}
    return Found(contracts, consumed, ignored, tuple(gathered.notes))


async def owners(repository: Repository, commit: str) -> OwnersOf:
    """Who owns a file at `commit`, by the CODEOWNERS file that GitHub would take."""
    everything = await repository.paths(commit)
    path = next((path for path in PATHS if path in everything), None)
    if path is None:
        return lambda _: (Owners(), "")
    document = (await repository.read([(commit, path)])).get((commit, path))
    text = document.data.decode("utf-8", "replace") if isinstance(document, Document) else ""
    lines = CodeOwners(text)
    return lambda wanted: (lines.of(wanted), path)


async def _read(repository: Repository, commit: str, candidates: Sequence[str], progress: Progress) -> _Gathered:
    gathered = _Gathered()
    if len(candidates) > MOST_FILES:
        gathered.notes.append(
            f"Of {len(candidates):,} files that may be contracts, the first {MOST_FILES:,} were looked into."
        )
    wanted = candidates[:MOST_FILES]
    parser = InProcess()
    operations: list[Document] = []
    for start in range(0, len(wanted), _FILES_A_READ):
        progress("Looking for contracts", start, len(wanted))
        answer = await repository.read([(commit, path) for path in wanted[start : start + _FILES_A_READ]])
        for (_, path), document in answer.items():
            if not isinstance(document, Document):
                gathered.notes.append(f"`{path}` {document.reason}, so it was not looked into.")
            elif format := await parser.recognise(path, document.data):
                gathered.formats[path] = format
                gathered.documents[path] = document
            elif parties := pact(document):
                gathered.pacts[path] = parties
                gathered.documents[path] = document
            elif path.endswith((".graphql", ".gql")):
                operations.append(document)
            else:
                gathered.catalogued += catalogued(document)
    gathered.operations = dict(operation_files(operations))
    gathered.documents |= {document.path: document for document in operations}
    progress("Looking for contracts", len(wanted), len(wanted))
    return gathered


async def _contracts(
    repository: Repository,
    commit: str,
    formats: Mapping[str, str],
    gathered: _Gathered,
    candidates: Sequence[str],
    progress: Progress,
) -> list[tuple[Contract, Side]]:
    shelf, parser = Shelf(repository, commit, commit, ()), InProcess()
    roots = [Root(commit, format, path) for path, format in formats.items() if format in PARTED]
    alone, _ = await sides(shelf, parser, roots)
    reached = {str(root.entrypoint): alone[root].documents.keys() for root in roots}
    packages = {
        path: stated.text
        for path, format in formats.items()
        if format == "protobuf" and (stated := outline.package(gathered.documents[path]))
    }
    found: list[tuple[Contract, Side]] = []
    together = groups(formats, reached, packages)
    for number, group in enumerate(together):
        progress("Reading contracts", number, len(together))
        members = frozenset(group.documents) if group.entrypoint is None else frozenset()
        root = Root(commit, group.format, group.entrypoint or group.documents[0], members)
        side = (await sides(shelf, parser, [root]))[0][root]
        found.append((_contract(group, side, candidates), side))
    progress("Reading contracts", len(together), len(together))
    return found


def _contract(group: Group, side: Side, candidates: Sequence[str]) -> Contract:
    own = tuple(sorted(side.documents)) if group.format in PARTED else group.documents
    first = side.documents[group.entrypoint or group.documents[0]]
    marks = deprecations(group.format, side)
    others = set(candidates).difference(own)
    return Contract(
        format=group.format,
        paths=own,
        files=patterns(own, others),
        entrypoint=group.entrypoint,
        known=outline.known_by(first),
        title=outline.title(first) if group.entrypoint else None,
        version=outline.version(group.format, first),
        deprecated=marks.listed,
        shared_marks=marks.shared,
        operations=outline.operations(group.format, side),
    )


async def _with_users(
    repository: Repository,
    commit: str,
    found: Sequence[tuple[Contract, Side]],
    gathered: _Gathered,
    known: Registry,
) -> tuple[tuple[Contract, ...], tuple[Consumed, ...]]:
    """Evidence about one of these contracts shows its users; other evidence shows what this repository consumes."""
    users: dict[int, list[User]] = {number: [] for number in range(len(found))}
    consumed: list[Consumed] = []
    operations = [path for paths in gathered.operations.values() for path in paths]
    days = await repository.dates(commit, sorted({*gathered.pacts, *operations}))
    for path, parties in sorted(gathered.pacts.items()):
        number = _called(parties.provider, found, known)
        if number is None:
            consumed.append(
                Consumed(parties.provider, parties.consumer, "pact", path, parties.position, parties.provider)
            )
            continue
        document = gathered.documents[path]
        users[number].append(await _of_pact(parties, document, found[number], days.get(path, "")))
    schemas = [number for number, (contract, _) in enumerate(found) if contract.format == "graphql"]
    for pattern, paths in sorted(gathered.operations.items()):
        documents = {path: gathered.documents[path] for path in paths}
        folder = pattern.partition("/")[0] if not pattern.startswith("*") else ""
        position = Position(paths[0], 1)
        if not schemas:
            consumed.append(Consumed("graphql-api", folder, "graphql", pattern, position))
        for number in schemas:
            question = Question("graphql", found[number][1])
            shown = await InProcess().import_evidence("graphql", question, documents)
            if elements := _elements(shown):
                newest = max(days.get(path, "") for path in paths)
                users[number].append(User(folder or "TODO", "graphql", pattern, position, elements, newest))
    consumed += [entry for entry in gathered.catalogued if _called(entry.contract, found, known) is None]
    contracts = tuple(replace(contract, users=tuple(users[number])) for number, (contract, _) in enumerate(found))
    return contracts, tuple(consumed)


async def _of_pact(parties: Pact, document: Document, contract: tuple[Contract, Side], seen: str) -> User:
    """The consumer of a pact about the contract."""
    known, side = contract
    question = Question(known.format, side, frozenset({parties.provider}))
    shown = await InProcess().import_evidence("pact", question, {document.path: document})
    return User(
        parties.consumer, "pact", document.path, parties.position, _elements(shown), seen, provider=parties.provider
    )


def _called(name: str, found: Sequence[tuple[Contract, Side]], known: Registry) -> int | None:
    """Which contract a file means by a name: as it is registered, by its title, or by its path."""
    for number, (contract, _) in enumerate(found):
        names = {identifier(contract.entrypoint or contract.paths[0], set())}
        if contract.title is not None:
            names.add(contract.title.text)
        for entry in known.contracts:
            if globs.matches_any(entry.files, contract.paths[0]):
                names |= {entry.id, *entry.known_as}
        if any(same_name(name, one) for one in names):
            return number
    return None


def _elements(shown: Imported) -> dict[str, Position]:
    """What counts as used: not what is pending, nor what was only offered."""
    elements: dict[str, Position] = {}
    for sighting in shown.used:
        if not sighting.pending and not sighting.offered:
            elements.setdefault(sighting.element, Position(sighting.path, sighting.line))
    return elements
