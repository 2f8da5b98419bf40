"""The registry of one commit, for whoever asks about nothing else (`countersign lint`, the doctor)."""

from __future__ import annotations

from dataclasses import replace

from bot.contracts.document import Document
from bot.registry.globs import matches_any
from bot.registry.problem import Problem
from bot.registry.reading import Reading, included, main_path, read_registry, registry_paths
from bot.registry.snapshot import Files, Unreadable


async def read_at(files: Files, commit: str) -> Reading | None:
    """What the registry at `commit` came to; None when no file of that name is there. A file that is there and cannot
    be had (a symbolic link, a Git LFS pointer) is an error. Raises what `files` raises.
    """
    paths = await files.paths(commit)
    own = [path for path in registry_paths() if path in paths]
    main = main_path(own)
    if main is None:
        return None
    found = dict(await files.read([(commit, path) for path in own]))
    content = found.get((commit, main))
    if isinstance(content, Document) and (patterns := included(content)):
        parts = {path for path in paths if matches_any(patterns, path)}
        found |= await files.read([(commit, path) for path in sorted(parts.difference(own))])
    reading = read_registry({path: content for (_, path), content in found.items() if isinstance(content, Document)})
    problems = tuple(
        Problem("error", path, 1, f"This file {content.reason}.", "Commit its text instead.")
        for (_, path), content in found.items()
        if isinstance(content, Unreadable)
    )
    return reading if not problems else replace(reading, registry=None, problems=(*problems, *reading.problems))
