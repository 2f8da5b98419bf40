"""Which contracts a change touches: a search among the changed files, and among those that refer to them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from bot.contracts.formats import PARTED, SETS, WHOLE_SETS
from bot.registry import globs
from bot.registry.edits.coverage import SUFFIXES, above
from bot.registry.model import Contract, Registry
from bot.registry.pair import Pair, before_and_after, is_touched, moved, reached, together, without_parts
from bot.registry.reading import registry_paths
from bot.registry.shelf import Root, Shelf, paths_of, sides
from bot.registry.snapshot import ChangedFile, ContractSides, Files, Parser, Unreadable

_REFERRING_SUFFIXES = frozenset({".yaml", ".yml", ".json"})
_IMPORTED_SUFFIX = ".proto"
_MAX_UNREGISTERED = 300
_MAX_SEARCHED = 500


@dataclass(frozen=True, slots=True)
class Commits:
    tip: str
    merge_base: str
    head: str

    def versions(self, file: ChangedFile) -> list[tuple[str, str]]:
        """Where a changed file is to be read."""
        before = None if file.status == "added" else paths_of(file)[-1]
        wanted = [(self.merge_base, before), (self.tip, before)] if before else [(self.tip, file.path)]
        after = None if file.status == "removed" else file.path
        return [(commit, path) for commit, path in (*wanted, (self.head, after)) if path]


class Search:
    """Which contracts a change touches. Sentences about what could not be found out gather in `incomplete`."""

    def __init__(
        self,
        files: Files,
        shelf: Shelf,
        parser: Parser,
        commits: Commits,
        changed: Sequence[ChangedFile],
        registry: Registry,
        recognised: frozenset[str],
    ) -> None:
        self._files, self._shelf, self._parser, self._commits = files, shelf, parser, commits
        self._registry, self._recognised = registry, recognised
        self._all = changed
        self._changed = [f for f in changed if not self._ignored(f)]
        self._formats: dict[ChangedFile, str | None] = {}
        self.incomplete: list[str] = []
        self.not_checked: list[str] = []

    async def contracts(self, plausible: Sequence[ChangedFile]) -> tuple[ContractSides, ...]:
        """Every touched contract's sides: registered ones in the registry's order, then the unregistered by path."""
        named = {c.id: [f for f in self._changed if _names(c, f)] for c in self._registry.contracts}
        taken = {file for files in named.values() for file in files}
        loose = [f for f in plausible if f not in taken and f.path not in registry_paths() and not self._ignored(f)]
        if len(loose) > _MAX_UNREGISTERED:
            self.not_checked.append(
                f"{len(loose):,} changed files are in no registered contract; only the first {_MAX_UNREGISTERED} were "
                "looked into for contracts that should be registered."
            )
            loose = loose[:_MAX_UNREGISTERED]
        holding = {
            c.id: [f for f in self._changed if any(above(c, path) for path in paths_of(f))]
            for c in self._registry.contracts
        }
        folders = {file for files in holding.values() for file in files}
        await self._shelf.fetch(key for file in {*taken, *loose, *folders} for key in self._commits.versions(file))
        for file in [f for f in self._changed if f in taken] + loose:
            self._formats[file] = await self._recognise(file)
        pairs: list[Pair] = []
        for contract in self._registry.contracts:
            own = [*self._declared(contract), *self._own_documents(contract, named[contract.id])]
            own += [
                Pair(contract.id, contract.type, *before_and_after(file), certain=False)
                for file in holding[contract.id]
                if self._is_unreadable(file)
            ]
            if contract.type in SETS and (own or self._may_import(contract)):
                own += await self._others(contract)
                own = [together(own)] if own else []
            pairs += own
        loaded = await self._load(pairs)
        known = reached(loaded)
        for contract in self._registry.contracts:
            parts = [f for f in named[contract.id] if self._is_lost_part(contract, f, known)]
            if parts:
                loaded += await self._load(await self._holders(contract, parts))
        known = reached(loaded)
        unregistered = [
            Pair(file.path, format, *before_and_after(file))
            for file in loose
            if (format := self._formats[file]) and not known.intersection(paths_of(file))
        ]
        loaded += await self._load(unregistered)
        return tuple(sides for pair, sides in without_parts(loaded) if is_touched(pair, sides))

    def _ignored(self, file: ChangedFile) -> bool:
        """A file that leaves or enters an ignored folder is still looked at: moving a contract must not hide it."""
        return bool(self._registry.ignore) and all(globs.matches_any(self._registry.ignore, p) for p in paths_of(file))

    async def _recognise(self, file: ChangedFile) -> str | None:
        """The format of a changed file by its content, at head or else at merge base."""
        before, after = before_and_after(file)
        for commit, path in ((self._commits.head, after), (self._commits.merge_base, before)):
            document = self._shelf.document(commit, path) if path else None
            if document and (format := await self._parser.recognise(document.path, document.data)):
                return format
        return None

    def _declared(self, contract: Contract) -> list[Pair]:
        """The documents that the registry itself names, where the change may reach them."""
        changed = {path for file in self._all for path in paths_of(file)}
        may_refer = contract.type in PARTED and any(_may_refer(path) for path in changed)
        return [
            Pair(contract.id, contract.type, *self._renamed(path), declared=True)
            for path in _roots(contract)
            if may_refer or path in changed
        ]

    def _renamed(self, path: str) -> tuple[str, str]:
        for file in self._all:
            if file.status == "renamed" and file.previous_path:
                if file.previous_path == path:
                    return path, file.path
                if file.path == path:
                    return file.previous_path, path
        return path, path

    def _own_documents(self, contract: Contract, files: Sequence[ChangedFile]) -> list[Pair]:
        """Changed files that are documents by themselves, not parts of one."""
        roots = set(_roots(contract))
        return [
            Pair(contract.id, contract.type, *before_and_after(file), certain=bool(self._formats.get(file)))
            for file in files
            if roots.isdisjoint(paths_of(file)) and self._is_document(contract, file)
        ]

    def _is_document(self, contract: Contract, file: ChangedFile) -> bool:
        if self._formats.get(file):
            return True
        if contract.type not in self._recognised:
            return True
        return is_plausible(file) and self._is_unreadable(file)

    def _is_unreadable(self, file: ChangedFile) -> bool:
        versions = (self._shelf.get(commit, path) for commit, path in self._commits.versions(file))
        return any(isinstance(found, Unreadable) for found in versions)

    async def _others(self, contract: Contract) -> list[Pair]:
        """The files that did not change, of a contract that means nothing without all of its files, or any of which may
        import what did.
        """
        if contract.type not in WHOLE_SETS and not self._may_import(contract):
            return []
        wanted = await self._unchanged(contract, has_suffix)
        if len(wanted) > _MAX_SEARCHED:
            self.incomplete.append(
                f"{contract.id} has {len(wanted):,} files; only {_MAX_SEARCHED} of those that did not change were read."
            )
        return [Pair(contract.id, contract.type, path, path, declared=True) for path in wanted[:_MAX_SEARCHED]]

    def _may_import(self, contract: Contract) -> bool:
        """Whether a file changed that files of this contract may import and that is none of them: no contract's, or
        another one's, whose people are not those of this one.
        """
        if contract.type in WHOLE_SETS or contract.type not in SETS:
            return False
        imported = [f for f in self._all if any(p.endswith(_IMPORTED_SUFFIX) for p in paths_of(f))]
        return any(not _names(contract, file) or self._ignored(file) for file in imported)

    def _is_lost_part(self, contract: Contract, file: ChangedFile, known: Collection[str]) -> bool:
        """A part that the globs name, but no document read so far refers to."""
        if self._is_document(contract, file) or contract.type not in PARTED:
            return False
        return any(_may_refer(p) for p in paths_of(file)) and not set(paths_of(file)) & set(known)

    async def _holders(self, contract: Contract, parts: Sequence[ChangedFile]) -> list[Pair]:
        """The contract's unchanged documents, any of which may refer to the changed parts."""
        if contract.entrypoint:
            if not self._exists(contract.entrypoint):
                self.incomplete.append(
                    f"`{parts[0].path}` is part of {contract.id}, whose entrypoint `{contract.entrypoint}` is missing."
                )
            return []
        wanted = await self._unchanged(contract, _may_refer)
        if len(wanted) > _MAX_SEARCHED:
            self.incomplete.append(
                f"{contract.id} has {len(wanted):,} files; only {_MAX_SEARCHED} were searched for references to "
                f"`{parts[0].path}`. Name its `entrypoint` in the registry."
            )
            wanted = wanted[:_MAX_SEARCHED]
        await self._shelf.fetch((self._commits.head, path) for path in wanted)
        pairs: list[Pair] = []
        for path in wanted:
            document = self._shelf.document(self._commits.head, path)
            if document and await self._parser.recognise(path, document.data):
                pairs.append(Pair(contract.id, contract.type, path, path, declared=True))
        return pairs

    async def _unchanged(self, contract: Contract, is_wanted: Callable[[str], bool]) -> list[str]:
        """Those of the contract's files at head that the change leaves alone."""
        changed = {path for file in self._changed for path in paths_of(file)}
        everything = await self._files.paths(self._commits.head)
        return sorted(p for p in everything - changed if globs.matches_any(contract.files, p) and is_wanted(p))

    def _exists(self, path: str) -> bool:
        before, after = self._renamed(path)
        found = ((self._commits.merge_base, before), (self._commits.head, after))
        return any(self._shelf.get(commit, name) is not None for commit, name in found)

    async def _load(self, pairs: Sequence[Pair]) -> list[tuple[Pair, ContractSides]]:
        """Both sides of each, and the tip's when the base has moved on in these files."""
        at = self._commits
        roots = {
            pair: (
                Root(at.merge_base, pair.format, pair.before, pair.members[0]),
                Root(at.head, pair.format, pair.after, pair.members[1]),
                Root(at.tip, pair.format, pair.before or pair.after, pair.members[0] | pair.members[1]),
            )
            for pair in dict.fromkeys(pairs)
        }
        found, cut = await sides(self._shelf, self._parser, [root for group in roots.values() for root in group])
        self.incomplete += [sentence for sentence in cut if sentence not in self.incomplete]
        return [
            (pair, ContractSides(pair.contract, pair.format, found[base], found[head], moved(found[base], found[tip])))
            for pair, (base, head, tip) in roots.items()
        ]


def is_plausible(file: ChangedFile) -> bool:
    return any(has_suffix(path) for path in paths_of(file))


def _names(contract: Contract, file: ChangedFile) -> bool:
    return any(globs.matches_any(contract.files, p) or p == contract.entrypoint for p in paths_of(file))


def _roots(contract: Contract) -> tuple[str, ...]:
    """The documents that a registry entry names by path."""
    if contract.entrypoint:
        return (contract.entrypoint,)
    return tuple(path for pattern in contract.files if (path := globs.literal_path(pattern)))


def has_suffix(path: str) -> bool:
    return PurePosixPath(path).suffix.lower() in SUFFIXES


def _may_refer(path: str) -> bool:
    return PurePosixPath(path).suffix.lower() in _REFERRING_SUFFIXES
