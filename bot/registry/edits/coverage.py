"""What is looked at: the files of a contract, what is ignored, and onto which branches merges are held."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from pathlib import PurePosixPath

from bot.contracts.formats import FORMATS
from bot.registry import globs
from bot.registry.edits.edit import WHOLE, Edit, Side, listed, spelled
from bot.registry.model import Contract, Registry
from bot.registry.snapshot import ChangedFile

SUFFIXES = frozenset(
    {".yaml", ".yml", ".json", ".proto", ".graphql", ".graphqls", ".gql", ".avsc", ".avdl", ".avpr", ".sql"}
)
"""Endings of files that may be (part of) a contract in a format that is told by its content."""

MOST_MATCHES = 2_000_000
"""Patterns times files that an edit may cost."""


def may_lose_files(before: Registry, after: Registry) -> bool:
    """Whether a contract that stays may be made of other files than before: only then is a list of all files needed."""
    return any(
        _may_differ(contract, after.contract(contract.id), before, after)
        for contract in before.contracts
        if after.has_contract(contract.id)
    )


def compare(
    old: Contract,
    new: Contract,
    base: Side,
    head: Side,
    files: Collection[str] | None,
    changed: Sequence[ChangedFile],
) -> Iterator[Edit]:
    """A contract that no longer holds some file of the base, or that may now hold more.

    files: every file at the tip of the base; None when there is no list of them. Renames are followed, and a file that
    the change deletes is a finding of its own.
    """
    terms = [t for t in ("files", "entrypoint") if _as_set(getattr(old, t)) != _as_set(getattr(new, t))]
    if not terms and not _may_differ(old, new, base.registry, head.registry):
        return
    term = terms[0] if terms else "ignore"
    spot = head.at_contract(new.id, "id" if term == "entrypoint" and new.entrypoint is None else term)
    if term == "ignore":
        spot = head.at_root("ignore")
    lost = _lost(old, new, base.registry, head.registry, files, changed)
    before, after = _scope(old, base.registry), _scope(new, head.registry)
    yield Edit(
        contract=old.id,
        fact="registry.files.widened" if lost == () else "registry.files.narrowed",
        element=term,
        spot=spot,
        before=listed(before[term]),
        after=listed(after[term]),
        identity=(spelled(before), spelled(after)),
        attributes={"path": lost[0] if lost else None, "count": len(lost) if lost else None},
        reach=(WHOLE,) if lost != () else (),
    )


def compare_branches(old: Contract, base: Side, head: Side) -> Iterator[Edit]:
    """The branches onto which merges are held. No list stands for the default branch and the protected ones, which a
    list may leave out and which may be fewer than a list.
    """
    before, after = base.registry.branches, head.registry.branches
    if set(before) == set(after):
        return
    kept = before and all(any(_covers(pattern, branch) for pattern in after) for branch in before)
    everything = any(pattern.strip("/") == "**" for pattern in after)
    yield Edit(
        contract=old.id,
        fact=f"registry.branches.{'widened' if kept or everything else 'narrowed'}",
        element="branches",
        spot=head.at_root("branches") if after else base.at_root("branches"),
        before=listed(before) or "the default branch and protected ones",
        after=listed(after) or "the default branch and protected ones",
        identity=(spelled(before), spelled(after)),
        reach=() if kept or everything else (WHOLE,),
    )


def _covers(pattern: str, branch: str) -> bool:
    if pattern == branch:
        return True
    return globs.literal_path(branch) is not None and globs.matches(pattern, branch)


def _may_differ(old: Contract, new: Contract, before: Registry, after: Registry) -> bool:
    return _scope(old, before) != _scope(new, after)


def _scope(contract: Contract, registry: Registry) -> dict[str, frozenset[str]]:
    return {
        "files": frozenset(contract.files),
        "entrypoint": _as_set(contract.entrypoint),
        "ignore": frozenset(registry.ignore),
    }


def _as_set(value: object) -> frozenset[str]:
    return frozenset(value) if isinstance(value, tuple) else frozenset({str(value)} if value else ())


def _lost(
    old: Contract,
    new: Contract,
    before: Registry,
    after: Registry,
    files: Collection[str] | None,
    changed: Sequence[ChangedFile],
) -> tuple[str, ...] | None:
    """Files of the contract that would no longer be looked at; None when that cannot be told."""
    if set(old.files) <= set(new.files) and set(after.ignore) <= set(before.ignore) and _keeps_entrypoint(old, new):
        return ()
    patterns = len(old.files) + len(new.files) + len(before.ignore) + len(after.ignore)
    if files is None or len(files) * patterns > MOST_MATCHES:
        return None
    moved = {file.previous_path: file.path for file in changed if file.status == "renamed" and file.previous_path}
    removed = {file.path for file in changed if file.status == "removed"}
    return tuple(
        path
        for path in sorted(files)
        if path not in removed
        and _may_be_part(old, path)
        and is_covered(old, before, path)
        and not is_covered(new, after, moved.get(path, path))
    )


def _keeps_entrypoint(old: Contract, new: Contract) -> bool:
    if old.entrypoint in (None, new.entrypoint):
        return True
    return globs.matches_any(new.files, str(old.entrypoint))


def is_covered(contract: Contract, registry: Registry, path: str) -> bool:
    """Whether a change of this file is a change of the contract."""
    if globs.matches_any(registry.ignore, path):
        return False
    return path == contract.entrypoint or globs.matches_any(contract.files, path)


def above(contract: Contract, path: str) -> bool:
    """Whether all that some pattern of a contract names lies below `path`: what changes there as one entry of the tree,
    a submodule or a link to a folder, changes the contract.
    """
    anchors = [globs.anchor(pattern) for pattern in contract.files] + [contract.entrypoint or ""]
    return any(anchor == path or anchor.startswith(f"{path}/") for anchor in anchors)


def _may_be_part(contract: Contract, path: str) -> bool:
    return contract.type not in FORMATS or PurePosixPath(path).suffix.lower() in SUFFIXES
