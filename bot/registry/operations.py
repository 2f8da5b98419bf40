"""GraphQL operations of consumers in this repository, as evidence of what they use.

A registry says `evidence: {kind: graphql, ref: web/src/**/*.graphql}` of a use: the files that `ref` names are read at
the merge base, where what is deployed comes from, and each element they use becomes a use of its own, with file and
line.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from bot.contracts.document import Document, Side
from bot.contracts.used import Uses
from bot.registry import globs
from bot.registry.model import Consumer, Evidence, Registry, Use
from bot.registry.snapshot import Files, Snapshot

KIND = "graphql"
_MOST_FILES = 2_000


class Reader(Protocol):
    """Finds out what operations use. Answers come from the parsing children."""

    async def used_elements(self, format: str, schema: Side, documents: Mapping[str, Document]) -> Uses:
        """What the documents use of the schema. Never raises because of what is in them."""
        ...


async def with_operations(registry: Registry, snapshot: Snapshot, files: Files, reader: Reader) -> Registry:
    """The registry with what consumers' operations show, for the contracts of the snapshot.

    Where some file could not be read, the declared use stays beside the shown ones, and no longer counts as complete:
    what it names, or anything when it names nothing, may be used. So it does when `ref` names no file at all.
    """
    for sides in snapshot.contracts:
        if sides.format != KIND or sides.base.entrypoint is None or not registry.has_contract(sides.contract):
            continue
        shown: dict[str, Uses] = {}
        for ref in sorted({use.evidence.ref for use in _uses(registry, sides.contract) if _has_files(use)}):
            documents = await _documents(ref, snapshot.merge_base_sha, files)
            if documents is not None:
                shown[ref] = await reader.used_elements(KIND, sides.base, documents)
        if shown:
            consumers = tuple(_with_uses(consumer, sides.contract, shown) for consumer in registry.consumers)
            registry = registry.model_copy(update={"consumers": consumers})
    return registry


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


def _with_uses(consumer: Consumer, contract: str, found_in: Mapping[str, Uses]) -> Consumer:
    found: list[Use] = []
    for use in consumer.uses:
        shown = found_in.get(use.evidence.ref) if use.contract == contract and _has_files(use) else None
        if shown is None or not shown.used:
            found.append(use)
            continue
        found += [_shown(use, one.element, f"{one.path}:{one.line}") for one in shown.used]
        if shown.problems:
            incomplete = Evidence(kind="declared", ref=use.evidence.ref, seen=use.evidence.seen)
            found.append(use.model_copy(update={"evidence": incomplete}))
        elif use.elements:
            found.append(use)
    return consumer.model_copy(update={"uses": tuple(found)})


def _shown(use: Use, element: str, where: str) -> Use:
    evidence = Evidence(kind=KIND, ref=where, seen=use.evidence.seen, complete=True)
    return Use(contract=use.contract, elements=(element,), evidence=evidence)


def _has_files(use: Use) -> bool:
    return use.evidence.kind == KIND and bool(use.evidence.ref)
