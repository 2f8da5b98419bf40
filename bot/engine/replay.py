"""The history of a repository replayed: each commit that touched a contract, compared and judged under each mode."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from pathlib import PurePosixPath
from typing import cast

from bot.contracts import formats
from bot.contracts.change import Change
from bot.contracts.document import Side
from bot.contracts.options import Mode, Options
from bot.engine.offline import InProcess
from bot.git.repository import Repository, Revision
from bot.judge.catalogue import Catalogue
from bot.judge.finding import Finding
from bot.registry import globs
from bot.registry.at_commit import read_at
from bot.registry.drafting.grouping import set_aside
from bot.registry.edits.coverage import SUFFIXES
from bot.registry.look import look
from bot.registry.model import Registry
from bot.registry.reading import registry_paths
from bot.registry.replay import AS_JUDGED, RISKY_TOO, Step, modes
from bot.registry.snapshot import ChangedFile, ContractSides

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Past:
    """steps: newest first. notes: sentences about what was left out."""

    steps: tuple[Step, ...]
    notes: tuple[str, ...] = ()


async def replay(
    repository: Repository,
    catalogue: Catalogue,
    *,
    since: date,
    most: int,
    contract: str | None,
    progress: Progress,
    ref: str = "HEAD",
) -> Past:
    """Every commit of the first-parent line since a day, by the contracts as they are registered at `ref` today.

    most: so many commits at the most, the newest. contract: only this one, by its id, or by its path when it is not
    registered; else all, but for unregistered copies and samples. Sunset dates are judged as of each commit's own day.
    Raises GitError.
    """
    tip = repository.commit(ref)
    reading = await read_at(repository, tip)
    registry = (reading.registry if reading else None) or Registry()
    revisions = [r for r in repository.history(tip, since.isoformat()) if _may_matter(r, registry)]
    notes = [] if len(revisions) <= most else [f"Of {len(revisions):,} commits, the newest {most:,} were replayed."]
    if repository.cut_off():
        notes.append("This clone is shallow, so its past is cut off: fetch all of it (git fetch --unshallow).")
    judge = _Judge(catalogue, registry)
    steps: list[Step] = []
    for number, revision in enumerate(revisions[:most]):
        progress("Replaying commits", number, min(most, len(revisions)))
        snapshot = await look(
            repository,
            base_sha=tip,
            merge_base_sha=revision.parent,
            head_sha=revision.commit,
            changed=_without_registry(revision),
            parser=InProcess(),
        )
        wanted = [sides for sides in snapshot.contracts if _is_wanted(sides.contract, contract, registry)]
        steps += [judge.step(revision, sides) for sides in wanted if _is_step(sides)]
    progress("Replaying commits", 1, 1)
    unread = Counter(step.contract for step in steps if not _is_readable(step))
    notes += [_unread(name, number) for name, number in sorted(unread.items())]
    return Past(tuple(step for step in steps if _is_readable(step)), tuple(notes))


def _unread(contract: str, number: int) -> str:
    words = "1 version" if number == 1 else f"{number:,} versions"
    return f"{words} of {contract} could not be read on one side or the other, and say nothing here."


def _may_matter(revision: Revision, registry: Registry) -> bool:
    paths = [path for file in revision.changed for path in (file.path, file.previous_path) if path]
    return any(
        (PurePosixPath(path).suffix.lower() in SUFFIXES and path not in registry_paths())
        or any(globs.matches_any(contract.files, path) for contract in registry.contracts)
        for path in paths
    )


def _without_registry(revision: Revision) -> tuple[ChangedFile, ...]:
    """Edits of the registry are no changes of a contract, and the registry in force today is what judges here."""
    return tuple(file for file in revision.changed if file.path not in registry_paths())


def _is_step(sides: ContractSides) -> bool:
    """That a contract came or went, or could not be read, says nothing about how it is changed."""
    return sides.base.entrypoint is not None and sides.head.entrypoint is not None


def _is_wanted(contract: str, named: str | None, registry: Registry) -> bool:
    """The one that was named; else those that are registered, or at least lie where people keep contracts: an
    unregistered one goes by its path.
    """
    if named is not None:
        return contract == named
    return registry.has_contract(contract) or not set_aside([contract])


def _is_readable(step: Step) -> bool:
    findings = (finding for found in step.findings.values() for finding in found)
    return not any(finding.change.fact == "contract.unreadable" for finding in findings)


class _Judge:
    """Compares and judges; what was compared once, by the names that git gives to its bytes, is not compared again."""

    def __init__(self, catalogue: Catalogue, registry: Registry) -> None:
        self._catalogue, self._registry = catalogue, registry
        self._compared: dict[tuple[object, ...], tuple[Change, ...]] = {}

    def step(self, revision: Revision, sides: ContractSides) -> Step:
        findings = {mode: self._findings(mode, sides, revision) for mode in modes(sides.format)}
        return Step(revision.commit, revision.day, sides.contract, sides.format, findings)

    def _findings(self, mode: str, sides: ContractSides, revision: Revision) -> tuple[Finding, ...]:
        name = sides.contract
        known = self._registry.contract(name) if self._registry.has_contract(name) else None
        overrides = {str(level): ids for level, ids in known.compatibility.rules.items()} if known else {}
        options = Options(date.fromisoformat(revision.day), content=known.compatibility.content if known else "open")
        if mode not in (AS_JUDGED, RISKY_TOO):
            options = replace(options, mode=cast("Mode", mode))
        key = (sides.format, _blobs(sides.base), _blobs(sides.head), options)
        if key not in self._compared:
            self._compared[key] = formats.compare(sides.format, sides.base, sides.head, options=options).changes
        return self._catalogue.judge(name, sides.format, self._compared[key], overrides)


def _blobs(side: Side) -> tuple[tuple[str, str], ...]:
    return tuple(sorted((path, document.blob_sha) for path, document in side.documents.items()))
