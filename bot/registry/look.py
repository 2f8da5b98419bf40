"""The first step of a reconcile: which contracts does a proposed change touch, and what are both sides of them?

What is read, in as few reads as there are waves of `$ref`s (one, mostly):

1. the registry at the tip of the base, and every changed file that may be a contract, at merge base, head and tip;
2. what those refer to; and entrypoints of registered contracts that the change may reach through a reference.

Which files make up a contract (hard case 12): those that the base's globs name, renames followed, plus what `$ref`
reaches. Of the files that globs name, one is a document of its own when its content says so; others are parts.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from bot.contracts.formats import FORMATS, ONLY_DECLARED
from bot.registry.edits.coverage import is_covered
from bot.registry.model import Contract, Registry
from bot.registry.reading import read_registry, registry_paths
from bot.registry.registry_files import Reader, RegistryFiles, read_here
from bot.registry.search import Commits, Search, is_plausible
from bot.registry.shelf import Shelf
from bot.registry.snapshot import ChangedFile, Files, Parser, Snapshot

RECOGNISED = frozenset(FORMATS) - ONLY_DECLARED
"""Formats that `Parser.recognise` can tell. Of the others, every file that a contract's globs name is a document."""

_MAX_AT_ONCE = 60


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
    commits = Commits(base_sha, merge_base_sha, head_sha)
    plausible = [f for f in changed if is_plausible(f)]
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
    search = Search(files, shelf, parser, commits, followed, registry, frozenset(recognised))
    plausible = [f for f in followed if is_plausible(f)]
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
