"""What if? A local repository judged as it is, and as it would be with other files, another registry, other voices."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from bot.engine.offline import Judged, judge
from bot.engine.supposing import NOTHING, Supposing
from bot.git.supposed import SupposedRepository, supposed
from bot.judge.catalogue import Catalogue
from bot.registry.graph.graph import Graph
from bot.registry.reading import main_path, registry_paths


class NothingThere(Exception):
    """A file is supposed to be removed that is not there. The message is for the person at the terminal."""


@dataclass(frozen=True, slots=True)
class WhatIf:
    """files: by path, what the change would make of them (None: removed). registry: the registry on the base branch, in
    place of its main file. supposing: who would speak, and what would be enforced.
    """

    files: Mapping[str, bytes | None]
    registry: bytes | None = None
    supposing: Supposing = NOTHING

    @property
    def is_nothing(self) -> bool:
        return not self.files and self.registry is None and self.supposing == NOTHING


@dataclass(frozen=True, slots=True)
class Simulated:
    """The same change, judged as it is and with what is supposed."""

    now: Judged
    then: Judged


async def simulate(
    folder: Path,
    base: str | None,
    head: str,
    what_if: WhatIf,
    catalogue: Catalogue,
    now: datetime,
    elsewhere: Graph | None = None,
) -> Simulated:
    """Judges both. base: None for the default branch. elsewhere: what a server knows of other repositories.

    Raises bot.git.repository.GitError, NothingThere, and NobodyThere when somebody is supposed to speak who has nothing
    to say.
    """
    with supposed(folder) as repository:
        onto = base or repository.default_base()
        as_it_is = await judge(repository, onto, head, catalogue, now, elsewhere=elsewhere)
        base_then = as_it_is.base_sha
        if what_if.registry is not None:
            path = await _registry_path(repository, base_then)
            base_then = repository.commit_onto(base_then, {path: what_if.registry})
        head_then = as_it_is.head_sha
        if what_if.files:
            await _insist_on(repository, head_then, what_if.files, head)
            head_then = repository.commit_onto(head_then, what_if.files)
        then = await judge(repository, base_then, head_then, catalogue, now, what_if.supposing, elsewhere)
    return Simulated(as_it_is, then)


async def _insist_on(repository: SupposedRepository, commit: str, files: Mapping[str, bytes | None], head: str) -> None:
    """A slip of the pen would seem to make no difference. Raises NothingThere."""
    present = await repository.paths(commit)
    for path, data in files.items():
        if data is None and path not in present:
            raise NothingThere(f"there is no {path}, neither on disk nor at {head}: nothing would be removed")


async def _registry_path(repository: SupposedRepository, commit: str) -> str:
    return main_path(await repository.paths(commit)) or registry_paths()[0]
