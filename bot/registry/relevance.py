"""Whether changed files are worth looking into, as far as their names tell. Most pull requests touch no contract."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import PurePosixPath

from bot.contracts.document import Document
from bot.registry import globs
from bot.registry.edits.coverage import SUFFIXES, above
from bot.registry.gather import sources
from bot.registry.reading import included, read_registry, registry_paths
from bot.registry.snapshot import Unreadable
from bot.registry.verified import path_of


def may_matter(paths: Collection[str], registry: Mapping[str, Document | Unreadable]) -> bool:
    """Whether files of these names may be part of a contract, or of the registry. In doubt they may.

    registry: the registry's main file at the tip of the base, by path.
    """
    if any(PurePosixPath(path).suffix.lower() in SUFFIXES or path in registry_paths() for path in paths):
        return True
    documents = {path: content for path, content in registry.items() if isinstance(content, Document)}
    if len(documents) < len(registry) or any(included(document) for document in documents.values()):
        return True
    reading = read_registry(documents)
    known = reading.registry.contracts if reading.registry else ()
    if reading.errors or any(globs.matches_any(contract.files, path) for contract in known for path in paths):
        return True
    if any(above(contract, path) for contract in known for path in paths):
        return True
    if reading.registry and any(
        globs.matches(s.evidence.path, path) for s in sources(reading.registry, "") for path in paths
    ):
        return True
    return any(path_of(name) in paths for c in known for behaviour in c.behaviours for name in behaviour.verified_by)
