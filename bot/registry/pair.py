"""A document before and after a change: the two sides of it, before they are read, and once they are."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot.contracts.document import Side
from bot.registry.shelf import paths_of
from bot.registry.snapshot import ChangedFile, ContractSides


@dataclass(frozen=True, slots=True)
class Pair:
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


def together(pairs: Sequence[Pair]) -> Pair:
    """The files of a contract that is a set of files as one pair."""
    before = frozenset(pair.before for pair in pairs if pair.before)
    after = frozenset(pair.after for pair in pairs if pair.after)
    return Pair(
        pairs[0].contract,
        pairs[0].format,
        min(before, default=None),
        min(after, default=None),
        declared=all(pair.declared for pair in pairs),
        members=(before, after),
    )


def before_and_after(file: ChangedFile) -> tuple[str | None, str | None]:
    """The paths of a changed file; None where it is not there."""
    before = None if file.status == "added" else paths_of(file)[-1]
    return before, None if file.status == "removed" else file.path


def reached(loaded: Iterable[tuple[Pair, ContractSides]]) -> set[str]:
    """The paths of everything that was read, or could not be, for these contracts."""
    return {path for _, c in loaded for side in (c.base, c.head) for path in (*side.documents, *side.unreadable)}


def moved(base: Side, tip: Side) -> Side | None:
    """The tip's side, where the base has moved on in these files since the merge base."""
    return None if _content(base) == _content(tip) else tip


def is_touched(pair: Pair, contract: ContractSides) -> bool:
    """A change that leaves every file of a contract alone is none of its business."""
    if contract.base.entrypoint is None and contract.head.entrypoint is None:
        return not pair.declared
    return _content(contract.base) != _content(contract.head)


def without_parts(loaded: Sequence[tuple[Pair, ContractSides]]) -> list[tuple[Pair, ContractSides]]:
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


def _content(side: Side) -> tuple[object, ...]:
    shas = {path: document.blob_sha for path, document in side.documents.items()}
    return side.entrypoint, shas, dict(side.unreadable), dict(side.unread)
