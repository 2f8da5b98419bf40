"""The first step of a reconcile: which contracts does a proposed change touch, and what are both sides of them?

What is read, in as few reads as there are waves of `$ref`s (one, mostly):

1. the registry at the tip of the base, and every changed file that may be a contract, at merge base, head and tip;
2. what those refer to; and entrypoints of registered contracts that the change may reach through a reference.

Which files make up a contract (hard case 12): those that the base's globs name, renames followed, plus what `$ref`
reaches. Of the files that globs name, one is a document of its own when its content says so; others are parts.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from bot.contracts.document import Side
from bot.contracts.formats import FORMATS, ONLY_DECLARED, PARTED, SETS, WHOLE_SETS
from bot.registry import globs
from bot.registry.edits.coverage import SUFFIXES, above, is_covered
from bot.registry.model import Contract, Registry
from bot.registry.reading import read_registry, registry_paths
from bot.registry.registry_files import Reader, RegistryFiles, read_here
from bot.registry.shelf import Root, Shelf, paths_of, sides
from bot.registry.snapshot import ChangedFile, ContractSides, Files, Parser, Snapshot, Unreadable

RECOGNISED = frozenset(FORMATS) - ONLY_DECLARED
"""Formats that `Parser.recognise` can tell. Of the others, every file that a contract's globs name is a document."""

_REFERRING_SUFFIXES = frozenset({".yaml", ".yml", ".json"})
_IMPORTED_SUFFIX = ".proto"
_MAX_AT_ONCE = 60
_MAX_UNREGISTERED = 300
_MAX_SEARCHED = 500


@dataclass(frozen=True, slots=True)
class _Pair:
    """A document before and after; the paths differ when it was renamed, one is None when it was added or removed.

    declared: it is looked at although it may not be changed itself, since what it refers to may be.
    certain: it is known to be a document, by its content or by the registry's word.
    members: of a contract that is a set of files, all that are compared together, before and after.
    """

    contract: str
    format: str
    before: str | None
    after: str | None
    declared: bool = False
    certain: bool = True
    members: tuple[frozenset[str], frozenset[str]] = (frozenset(), frozenset())


async def look(
    files: Files,
    *,
    base_sha: str,
    merge_base_sha: str,
    head_sha: str,
    changed: Sequence[ChangedFile],
    parser: Parser,
    incomplete: Sequence[str] = (),
    recognised: Collection[str] = RECOGNISED,
    reader: Reader = read_here,
) -> Snapshot:
    """Both sides of every contract that the change touches, and the registry that judges it.

    reader: how registries are read; what it has read is at hand afterwards, being remembered (`read_registry`).
    incomplete: what the caller already knows could not be seen. A registry that cannot be read leaves every contract
    unregistered here; whoever decides reads it again and refuses (`read_registry` is a pure function of the snapshot).
    """
    shelf = Shelf(files, merge_base_sha, head_sha, changed)
    commits = _Commits(base_sha, merge_base_sha, head_sha)
    plausible = [f for f in changed if _is_plausible(f)]
    first = plausible if len(plausible) <= _MAX_AT_ONCE else []
    await shelf.fetch(
        [(base_sha, path) for path in registry_paths()] + [key for file in first for key in commits.versions(file)]
    )
    shelved = RegistryFiles(files, shelf, base_sha, changed)
    documents, troubles = await shelved.at_tip()
    registry = (await reader(documents)).registry or Registry()
    edit = await shelved.edit(merge_base_sha, head_sha, documents, reader)
    proposed = read_registry(edit.after).registry if edit is not None else None
    followed = _followed(changed, registry, proposed or registry)
    search = _Search(files, shelf, parser, commits, followed, registry, frozenset(recognised))
    plausible = [f for f in followed if _is_plausible(f)]
    contracts = await search.contracts(plausible)
    return Snapshot(
        base_sha,
        merge_base_sha,
        head_sha,
        files=tuple(changed),
        registry=documents,
        contracts=contracts,
        incomplete=(*incomplete, *troubles, *search.incomplete),
        not_checked=tuple(search.not_checked),
        registry_edit=edit,
    )


@dataclass(frozen=True, slots=True)
class _Commits:
    tip: str
    merge_base: str
    head: str

    def versions(self, file: ChangedFile) -> list[tuple[str, str]]:
        """Where a changed file is to be read."""
        before = None if file.status == "added" else paths_of(file)[-1]
        wanted = [(self.merge_base, before), (self.tip, before)] if before else [(self.tip, file.path)]
        after = None if file.status == "removed" else file.path
        return [(commit, path) for commit, path in (*wanted, (self.head, after)) if path]


class _Search:
    """Which contracts a change touches. Sentences about what could not be found out gather in `incomplete`."""

    def __init__(
        self,
        files: Files,
        shelf: Shelf,
        parser: Parser,
        commits: _Commits,
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
        pairs: list[_Pair] = []
        for contract in self._registry.contracts:
            own = [*self._declared(contract), *self._own_documents(contract, named[contract.id])]
            own += [
                _Pair(contract.id, contract.type, *_before_and_after(file), certain=False)
                for file in holding[contract.id]
                if self._is_unreadable(file)
            ]
            if contract.type in SETS and (own or self._may_import(contract)):
                own += await self._others(contract)
                own = [_together(own)] if own else []
            pairs += own
        loaded = await self._load(pairs)
        reached = _reached(loaded)
        for contract in self._registry.contracts:
            parts = [f for f in named[contract.id] if self._is_lost_part(contract, f, reached)]
            if parts:
                loaded += await self._load(await self._holders(contract, parts))
        reached = _reached(loaded)
        unregistered = [
            _Pair(file.path, format, *_before_and_after(file))
            for file in loose
            if (format := self._formats[file]) and not reached.intersection(paths_of(file))
        ]
        loaded += await self._load(unregistered)
        return tuple(sides for pair, sides in _without_parts(loaded) if _is_touched(pair, sides))

    def _ignored(self, file: ChangedFile) -> bool:
        """A file that leaves or enters an ignored folder is still looked at: moving a contract must not hide it."""
        return bool(self._registry.ignore) and all(globs.matches_any(self._registry.ignore, p) for p in paths_of(file))

    async def _recognise(self, file: ChangedFile) -> str | None:
        """The format of a changed file by its content, at head or else at merge base."""
        before, after = _before_and_after(file)
        for commit, path in ((self._commits.head, after), (self._commits.merge_base, before)):
            document = self._shelf.document(commit, path) if path else None
            if document and (format := await self._parser.recognise(document.path, document.data)):
                return format
        return None

    def _declared(self, contract: Contract) -> list[_Pair]:
        """The documents that the registry itself names, where the change may reach them."""
        changed = {path for file in self._all for path in paths_of(file)}
        may_refer = contract.type in PARTED and any(_may_refer(path) for path in changed)
        return [
            _Pair(contract.id, contract.type, *self._renamed(path), declared=True)
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

    def _own_documents(self, contract: Contract, files: Sequence[ChangedFile]) -> list[_Pair]:
        """Changed files that are documents by themselves, not parts of one."""
        roots = set(_roots(contract))
        return [
            _Pair(contract.id, contract.type, *_before_and_after(file), certain=bool(self._formats.get(file)))
            for file in files
            if roots.isdisjoint(paths_of(file)) and self._is_document(contract, file)
        ]

    def _is_document(self, contract: Contract, file: ChangedFile) -> bool:
        if self._formats.get(file):
            return True
        if contract.type not in self._recognised:
            return True
        return _is_plausible(file) and self._is_unreadable(file)

    def _is_unreadable(self, file: ChangedFile) -> bool:
        versions = (self._shelf.get(commit, path) for commit, path in self._commits.versions(file))
        return any(isinstance(found, Unreadable) for found in versions)

    async def _others(self, contract: Contract) -> list[_Pair]:
        """The files that did not change, of a contract that means nothing without all of its files, or any of which may
        import what did.
        """
        if contract.type not in WHOLE_SETS and not self._may_import(contract):
            return []
        changed = {path for file in self._changed for path in paths_of(file)}
        everything = await self._files.paths(self._commits.head)
        wanted = sorted(p for p in everything - changed if globs.matches_any(contract.files, p) and _has_suffix(p))
        if len(wanted) > _MAX_SEARCHED:
            self.incomplete.append(
                f"{contract.id} has {len(wanted):,} files; only {_MAX_SEARCHED} of those that did not change were read."
            )
        return [_Pair(contract.id, contract.type, path, path, declared=True) for path in wanted[:_MAX_SEARCHED]]

    def _may_import(self, contract: Contract) -> bool:
        """Whether a file changed that no contract names, and that files of this one may import."""
        if contract.type in WHOLE_SETS or contract.type not in SETS:
            return False
        known = self._registry.contracts
        imported = [f for f in self._all if any(p.endswith(_IMPORTED_SUFFIX) for p in paths_of(f))]
        return any(not any(_names(one, file) for one in known) or self._ignored(file) for file in imported)

    def _is_lost_part(self, contract: Contract, file: ChangedFile, reached: Collection[str]) -> bool:
        """A part that the globs name, but no document read so far refers to."""
        if self._is_document(contract, file) or contract.type not in PARTED:
            return False
        return any(_may_refer(p) for p in paths_of(file)) and not set(paths_of(file)) & set(reached)

    async def _holders(self, contract: Contract, parts: Sequence[ChangedFile]) -> list[_Pair]:
        """The contract's unchanged documents, any of which may refer to the changed parts."""
        if contract.entrypoint:
            if not self._exists(contract.entrypoint):
                self.incomplete.append(
                    f"`{parts[0].path}` is part of {contract.id}, whose entrypoint `{contract.entrypoint}` is missing."
                )
            return []
        changed = {path for file in self._changed for path in paths_of(file)}
        everything = await self._files.paths(self._commits.head)
        wanted = sorted(p for p in everything - changed if globs.matches_any(contract.files, p) and _may_refer(p))
        if len(wanted) > _MAX_SEARCHED:
            self.incomplete.append(
                f"{contract.id} has {len(wanted):,} files; only {_MAX_SEARCHED} were searched for references to "
                f"`{parts[0].path}`. Name its `entrypoint` in the registry."
            )
            wanted = wanted[:_MAX_SEARCHED]
        await self._shelf.fetch((self._commits.head, path) for path in wanted)
        pairs: list[_Pair] = []
        for path in wanted:
            document = self._shelf.document(self._commits.head, path)
            if document and await self._parser.recognise(path, document.data):
                pairs.append(_Pair(contract.id, contract.type, path, path, declared=True))
        return pairs

    def _exists(self, path: str) -> bool:
        before, after = self._renamed(path)
        found = ((self._commits.merge_base, before), (self._commits.head, after))
        return any(self._shelf.get(commit, name) is not None for commit, name in found)

    async def _load(self, pairs: Sequence[_Pair]) -> list[tuple[_Pair, ContractSides]]:
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
            (pair, ContractSides(pair.contract, pair.format, found[base], found[head], _moved(found[base], found[tip])))
            for pair, (base, head, tip) in roots.items()
        ]


def _together(pairs: Sequence[_Pair]) -> _Pair:
    """The files of a contract that is a set of files as one pair."""
    before = frozenset(pair.before for pair in pairs if pair.before)
    after = frozenset(pair.after for pair in pairs if pair.after)
    return _Pair(
        pairs[0].contract,
        pairs[0].format,
        min(before, default=None),
        min(after, default=None),
        declared=all(pair.declared for pair in pairs),
        members=(before, after),
    )


def _names(contract: Contract, file: ChangedFile) -> bool:
    return any(globs.matches_any(contract.files, p) or p == contract.entrypoint for p in paths_of(file))


def _followed(changed: Sequence[ChangedFile], base: Registry, proposed: Registry) -> list[ChangedFile]:
    """The changed files, in which one that leaves a contract by being renamed is removed there and added elsewhere:
    where the registry does not look any more, nobody would ask for the next change of it.
    """
    found: list[ChangedFile] = []
    for file in changed:
        old = file.previous_path if file.status == "renamed" else None
        if old and any(_leaves(contract, old, file.path, base, proposed) for contract in base.contracts):
            found += [ChangedFile(old, "removed"), ChangedFile(file.path, "added")]
        else:
            found.append(file)
    return found


def _leaves(contract: Contract, old: str, new: str, base: Registry, proposed: Registry) -> bool:
    if not proposed.has_contract(contract.id) or not is_covered(contract, base, old):
        return False
    return not is_covered(proposed.contract(contract.id), proposed, new)


def _roots(contract: Contract) -> tuple[str, ...]:
    """The documents that a registry entry names by path."""
    if contract.entrypoint:
        return (contract.entrypoint,)
    return tuple(path for pattern in contract.files if (path := globs.literal_path(pattern)))


def _before_and_after(file: ChangedFile) -> tuple[str | None, str | None]:
    before = None if file.status == "added" else paths_of(file)[-1]
    return before, None if file.status == "removed" else file.path


def _is_plausible(file: ChangedFile) -> bool:
    return any(_has_suffix(path) for path in paths_of(file))


def _has_suffix(path: str) -> bool:
    return PurePosixPath(path).suffix.lower() in SUFFIXES


def _may_refer(path: str) -> bool:
    return PurePosixPath(path).suffix.lower() in _REFERRING_SUFFIXES


def _reached(loaded: Iterable[tuple[_Pair, ContractSides]]) -> set[str]:
    return {path for _, c in loaded for side in (c.base, c.head) for path in (*side.documents, *side.unreadable)}


def _moved(base: Side, tip: Side) -> Side | None:
    return None if _content(base) == _content(tip) else tip


def _content(side: Side) -> tuple[object, ...]:
    shas = {path: document.blob_sha for path, document in side.documents.items()}
    return side.entrypoint, shas, dict(side.unreadable), dict(side.unread)


def _is_touched(pair: _Pair, contract: ContractSides) -> bool:
    """A change that leaves every file of a contract alone is none of its business."""
    if contract.base.entrypoint is None and contract.head.entrypoint is None:
        return not pair.declared
    return _content(contract.base) != _content(contract.head)


def _without_parts(loaded: Sequence[tuple[_Pair, ContractSides]]) -> list[tuple[_Pair, ContractSides]]:
    """Each document once. Of formats that are not told by content, what another document refers to is a part of that.

    A file that is a document by its content stays one, whoever refers to it: it may hold more than what is referred to.
    """
    inner = {
        (pair.contract, path)
        for pair, sides in loaded
        if pair.declared
        for side in (sides.base, sides.head)
        for path in (*side.documents, *side.unreadable)
        if path != side.entrypoint
    }
    kept = {
        (pair.contract, pair.before, pair.after): (pair, sides)
        for pair, sides in loaded
        if pair.certain or not any((pair.contract, path) in inner for path in (pair.before, pair.after) if path)
    }
    return list(kept.values())
