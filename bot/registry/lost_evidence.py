"""Evidence that lies with the producer, and that a change takes away: the use that it showed would be forgotten.

Files that `evidence_from` and `ref` name are read before and after the change, against the contract as it was. What a
consumer was seen to use, and is seen to use nowhere any more, is lost: an edit of the registry in effect, though no
file of it changes.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from bot.contracts.document import Document
from bot.registry import globs
from bot.registry.contract_at import contract_at
from bot.registry.edits.verification import left_behind
from bot.registry.gather import EvidenceReader, Promised, Source, gather, sources
from bot.registry.graph.half import GatheredUse
from bot.registry.model import Component, Consumer, Registry
from bot.registry.reading import read_registry
from bot.registry.snapshot import ChangedFile, Files, LostEvidence, Parser, Snapshot, Unreadable

_BY_ITSELF = frozenset({"pact", "pact-full", "har", "dbt", "backstage"})
"""Kinds of evidence each file of which can be read alone."""


class Reader(EvidenceReader, Parser, Protocol):
    """Reads contracts, and evidence against them."""


def touches_evidence(registry: Registry, changed: Sequence[ChangedFile]) -> bool:
    """Whether the change alters, moves or removes a file that may show what somebody uses of this repository."""
    touched = {path for file in changed if file.status != "added" for path in _before(file)}
    return any(_is_ours(source) and _matches(source, touched) for source in sources(registry, ""))


async def with_lost_evidence(
    snapshot: Snapshot,
    base: Registry,
    known: Registry,
    repository: str,
    files: Files,
    reader: Reader,
    others: Sequence[Component] = (),
) -> Snapshot:
    """The snapshot with what the change makes everybody forget.

    base: the registry that the repository itself has. known: the same with every consumer that is known to depend.
    others: those who consume its contracts in repositories of their own. Raises what `files` raises.
    """
    if not touches_evidence(base, snapshot.files):
        return snapshot
    edit = snapshot.registry_edit
    after = read_registry(edit.after).registry if edit is not None else None
    before = {path for file in snapshot.files if file.status != "added" for path in _before(file)}
    looked_at = _Looking(repository, files, reader, snapshot.merge_base_sha, tuple(others), base)
    seen = await looked_at.uses(base, snapshot.merge_base_sha, before)
    if snapshot.base_sha != snapshot.merge_base_sha:  # what the base has lost meanwhile is not this change's doing
        seen &= await looked_at.uses(base, snapshot.base_sha, before)
    there = {file.path for file in snapshot.files if file.status != "removed"}
    for registry in (base, after):
        seen -= await looked_at.uses(registry, snapshot.head_sha, there) if registry is not None and seen else set()
    lost = sorted(seen - _still_seen(known, before))
    return replace(snapshot, lost_evidence=_by_consumer(lost, known, snapshot.files)) if lost else snapshot


_Seen = tuple[str, str, str]
"""Contract, consumer (as it is spoken of in files) and element."""


@dataclass(frozen=True, slots=True)
class _Looking:
    """Reads the evidence of one repository at different commits, always against the contracts at the merge base."""

    repository: str
    files: Files
    reader: Reader
    merge_base: str
    others: tuple[Component, ...]
    base: Registry

    async def uses(self, registry: Registry, commit: str, paths: Collection[str]) -> set[_Seen]:
        """What counts of the files at these paths; of all files, where one alone does not say everything."""
        touched = [source for source in sources(registry, self.repository) if _matches(source, paths)]
        names = {source.contract for source in touched if _is_ours(source)}
        is_enough = all(source.kind in _BY_ITSELF for source in touched)

        async def contract_of(name: str) -> Promised | None:
            id = name.rpartition("#")[2]
            if name not in names or not self.base.has_contract(id):
                return None
            contract = self.base.contract(id)
            return Promised(contract, await contract_at(self.files, self.merge_base, contract, self.reader))

        found = await gather(
            registry,
            self.repository,
            _Only(self.files, frozenset(paths)) if is_enough else self.files,
            commit,
            contract_of=contract_of,
            reader=self.reader,
            others=self.others,
        )
        return {_named(use) for use in found.uses if not (use.pending or use.offered)}


@dataclass(frozen=True, slots=True)
class _Only:
    """Some of the files of a repository. Implements `bot.registry.snapshot.Files`."""

    files: Files
    chosen: frozenset[str]

    async def read(self, wanted: Collection[tuple[str, str]]) -> Mapping[tuple[str, str], Document | Unreadable]:
        return await self.files.read([(commit, path) for commit, path in wanted if path in self.chosen])

    async def paths(self, commit: str) -> frozenset[str]:  # noqa: ARG002 (chosen, wherever they are)
        return self.chosen

    async def dates(self, commit: str, paths: Collection[str]) -> Mapping[str, str]:  # noqa: ARG002 (nobody asks when)
        return {}


def _named(use: GatheredUse) -> _Seen:
    return use.contract.rpartition("#")[2], use.consumer, use.element


def _still_seen(known: Registry, changed: Collection[str]) -> set[_Seen]:
    """What other evidence shows, here or in the consumers' repositories. What is only declared was not seen."""
    return {
        (use.contract, name, element)
        for consumer in known.consumers
        for use in consumer.uses
        if use.evidence.kind != "declared" and use.evidence.ref and not _speaks_of(use.evidence.ref, changed)
        for name in (consumer.id, *consumer.known_as)
        for element in use.elements
    }


def _speaks_of(ref: str, changed: Collection[str]) -> bool:
    """Whether evidence is, or may be, in one of these files. ref: a path, perhaps with a line, or a pattern."""
    path, _, line = ref.rpartition(":")
    return any(globs.matches(path if line.isdigit() else ref, one) for one in changed)


def _by_consumer(lost: Iterable[_Seen], known: Registry, changed: Sequence[ChangedFile]) -> tuple[LostEvidence, ...]:
    found: dict[tuple[str, str], list[str]] = {}
    for contract, name, element in lost:
        consumer = _called(name, known.consumers_of(contract)) or _called(name, known.consumers)
        if consumer is not None and known.has_contract(contract):
            found.setdefault((contract, consumer.id), []).append(element)
    registry_sources = list(sources(known, ""))
    return tuple(
        LostEvidence(contract, consumer, tuple(elements), _files(contract, registry_sources, changed))
        for (contract, consumer), elements in found.items()
    )


def _called(name: str, consumers: Iterable[Consumer]) -> Consumer | None:
    spoken = name.lower()
    return next((c for c in consumers if spoken in {c.id.lower(), *(other.lower() for other in c.known_as)}), None)


def _files(contract: str, known: Sequence[Source], changed: Sequence[ChangedFile]) -> tuple[str, ...]:
    """The files whose change it is, as they were called before."""
    ours = [source for source in known if _is_ours(source) and source.contract.rpartition("#")[2] == contract]
    paths = (path for file in changed if file.status != "added" for path in _before(file))
    return tuple(dict.fromkeys(path for path in paths if any(_matches(source, (path,)) for source in ours)))


def _is_ours(source: Source) -> bool:
    """Whether it is about a contract of this repository, and so what somebody else may rely on."""
    return not source.own


def _matches(source: Source, paths: Iterable[str]) -> bool:
    return any(globs.matches(source.evidence.path, path) for path in paths)


def _before(file: ChangedFile) -> tuple[str, ...]:
    """Where a changed file was."""
    return left_behind(file) or (file.path,)
