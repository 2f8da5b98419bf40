"""The registry's own files: as they are at the tip of the base, before the change, and once it is merged."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence

from bot.contracts.document import Document
from bot.registry import globs
from bot.registry.edits.coverage import may_lose_files
from bot.registry.edits.verification import newly_named
from bot.registry.reading import Reading, included, is_registry, main_path, read_registry, registry_paths
from bot.registry.shelf import Shelf, paths_of
from bot.registry.snapshot import ChangedFile, Files, RegistryEdit, Unreadable

_Found = tuple[dict[str, Document], list[str]]
"""Documents by path, and sentences about what is missing or cannot be read."""


Reader = Callable[[Mapping[str, Document]], Awaitable[Reading]]
"""`read_registry`, done wherever it does not hold up others."""


async def read_here(documents: Mapping[str, Document]) -> Reading:
    return read_registry(documents)


class RegistryFiles:
    """Reads them in as few reads as there are: one, and one more for what the main file includes."""

    def __init__(self, files: Files, shelf: Shelf, tip: str, changed: Sequence[ChangedFile]) -> None:
        self._files, self._shelf, self._tip = files, shelf, tip
        self._touched = {path for file in changed for path in paths_of(file)}

    async def at_tip(self) -> _Found:
        """The registry that judges."""
        return await self._read(lambda _: self._tip)

    async def edit(
        self, merge_base: str, head: str, at_tip: Mapping[str, Document], reader: Reader = read_here
    ) -> RegistryEdit | None:
        """What the change does to the registry; None when it leaves its files alone."""
        main = main_path(at_tip)
        patterns = included(at_tip[main]) if main else ()
        if not any(is_registry(path, patterns) for path in self._touched):
            return None
        before, _ = await self._read(lambda path: merge_base if path in self._touched else self._tip)
        after, troubles = await self._read(lambda path: head if path in self._touched else self._tip)
        was, becomes = await reader(before), await reader(after)
        loses = was.registry and becomes.registry and may_lose_files(was.registry, becomes.registry)
        tests = {test for *_, test in newly_named(was, becomes)} - self._touched
        paths = await self._files.paths(self._tip) if loses or tests else None
        return RegistryEdit(before, after, tuple(troubles), paths)

    async def _read(self, commit_of: Callable[[str], str]) -> _Found:
        """The main file and what it includes, each at the commit that holds it."""
        await self._shelf.fetch((commit_of(path), path) for path in registry_paths())
        found = {path: self._shelf.get(commit_of(path), path) for path in registry_paths()}
        main = main_path({path for path, content in found.items() if content is not None})
        missing: list[str] = []
        if main is not None and isinstance(content := found[main], Document) and (patterns := included(content)):
            literal = [globs.literal_path(pattern) for pattern in patterns]
            named = {path for path in literal if path} - set(registry_paths())
            wanted = set(named)
            if None in literal:
                everything = await self._files.paths(self._tip) | self._touched
                wanted |= {path for path in everything if globs.matches_any(patterns, path)} - set(registry_paths())
            await self._shelf.fetch((commit_of(path), path) for path in wanted)
            found |= {path: self._shelf.get(commit_of(path), path) for path in sorted(wanted)}
            missing = [path for path in sorted(named) if found[path] is None]
        troubles = [
            f"The registry file `{path}` {content.reason}, so it could not be read."
            for path, content in found.items()
            if isinstance(content, Unreadable)
        ]
        troubles += [f"The registry includes `{path}`, which is not there." for path in missing]
        return {path: content for path, content in found.items() if isinstance(content, Document)}, troubles
