"""Evidence that a use names itself, in files of this repository.

A registry says `evidence: {kind: graphql, ref: web/src/**/*.graphql}` of a use: the files that `ref` names are read at
the merge base, where what is deployed comes from, and each element they show becomes a use of its own, with file and
line. So it is for every kind that has an importer; `ref: pacts/web.json@3f2c1ab` speaks of another place, and is only
shown.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from bot.contracts.document import Document
from bot.registry import globs
from bot.registry.gather import EvidenceReader, has_files
from bot.registry.importers.imported import Imported, Question, Sighting
from bot.registry.importers.naming import called
from bot.registry.model import Consumer, Contract, Evidence, Registry, Use
from bot.registry.snapshot import ContractSides, Files, Snapshot

_MOST_FILES = 2_000


async def with_named_evidence(registry: Registry, snapshot: Snapshot, files: Files, reader: EvidenceReader) -> Registry:
    """The registry with what the files show that uses name, for the contracts of the snapshot.

    Where some file could not be read, the declared use stays beside the shown ones, and no longer counts as complete:
    what it names, or anything when it names nothing, may be used. So it does when `ref` names no file at all.
    """
    for sides in snapshot.contracts:
        if sides.base.entrypoint is None or not registry.has_contract(sides.contract):
            continue
        shown: dict[tuple[str, str], Imported] = {}
        for kind, ref in sorted({_named(use) for use in _uses(registry, sides.contract) if has_files(use.evidence)}):
            documents = await _documents(ref, snapshot.merge_base_sha, files)
            if documents is not None:
                question = _question(registry.contract(sides.contract), sides)
                shown[kind, ref] = await reader.import_evidence(kind, question, documents)
        if shown:
            consumers = tuple(_with_uses(consumer, sides.contract, shown) for consumer in registry.consumers)
            registry = registry.model_copy(update={"consumers": consumers})
    return registry


def _question(contract: Contract, sides: ContractSides) -> Question:
    return Question(sides.format, sides.base, frozenset({contract.id, *contract.known_as}))


async def _documents(ref: str, commit: str, files: Files) -> Mapping[str, Document] | None:
    """The files that `ref` names; None when there is none, or one that can't be had."""
    literal = globs.literal_path(ref)
    paths = [literal] if literal else sorted(p for p in await files.paths(commit) if globs.matches(ref, p))
    if not paths or len(paths) > _MOST_FILES:
        return None
    found = await files.read([(commit, path) for path in paths])
    documents = {path: document for (_, path), document in found.items() if isinstance(document, Document)}
    return documents if len(documents) == len(paths) else None


def _uses(registry: Registry, contract: str) -> list[Use]:
    return [use for c in registry.consumers_of(contract) for use in c.uses if use.contract == contract]


_Told = Collection[tuple[str, str, str]]
"""Kind, path and element of what was read here."""


def _with_uses(consumer: Consumer, contract: str, found_in: Mapping[tuple[str, str], Imported]) -> Consumer:
    told: dict[tuple[str, str, str], Use] = {}
    others: list[Use] = []
    for use in consumer.uses:
        shown = found_in.get(_named(use)) if use.contract == contract and has_files(use.evidence) else None
        its = [one for one in shown.used if _counts(one, consumer)] if shown is not None else []
        if shown is None or not its:
            others.append(use)
            continue
        for one in its:
            told.setdefault((use.evidence.kind, one.path, one.element), _shown(use, one, complete=shown.complete))
        if shown.problems:
            incomplete = Evidence(kind="declared", ref=use.evidence.ref, seen=use.evidence.seen)
            others.append(use.model_copy(update={"evidence": incomplete}))
        elif use.elements:
            others.append(use)
    once = (_once(use, told) if use.contract == contract else use for use in others)
    return consumer.model_copy(update={"uses": (*told.values(), *(use for use in once if use is not None))})


def _once(use: Use, told: _Told) -> Use | None:
    """What the graph knows of the same files counts here once; None when nothing more is left of it."""
    path, _, line = use.evidence.ref.rpartition(":")
    file = path if line.isdigit() else use.evidence.ref
    elements = tuple(element for element in use.elements if (use.evidence.kind, file, element) not in told)
    if not use.elements or elements == use.elements:
        return use
    return use.model_copy(update={"elements": elements}) if elements else None


def _counts(sighting: Sighting, consumer: Consumer) -> bool:
    """Files of somebody else may lie in the same folder."""
    theirs = not sighting.consumer or called(sighting.consumer, (consumer.id, *consumer.known_as))
    return theirs and not sighting.pending and not sighting.offered


def _shown(use: Use, sighting: Sighting, *, complete: bool) -> Use:
    where = f"{sighting.path}:{sighting.line}"
    evidence = Evidence(kind=use.evidence.kind, ref=where, seen=use.evidence.seen, complete=complete)
    return Use(contract=use.contract, elements=(sighting.element,), evidence=evidence)


def _named(use: Use) -> tuple[str, str]:
    return use.evidence.kind, use.evidence.ref
