"""The registry's files as they lie on disk, for commands that edit them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.contracts.document import Document
    from bot.git.repository import Repository


def registry_files(repository: Repository) -> Mapping[str, Document]:
    """The main file first, then what it includes of the files that git knows; nothing when there is no registry. By the
    path from the repository's root. Raises OSError and GitError.
    """
    import asyncio

    from bot.contracts.document import Document
    from bot.registry.globs import matches_any
    from bot.registry.reading import included, main_path, registry_paths

    main = main_path([path for path in registry_paths() if (repository.root / path).is_file()])
    if main is None:
        return {}
    found = {main: Document(main, "", (repository.root / main).read_bytes())}
    patterns = included(found[main])
    tracked = asyncio.run(repository.paths(repository.commit("HEAD"))) if patterns else ()
    for path in sorted(tracked):
        if path not in registry_paths() and matches_any(patterns, path) and (repository.root / path).is_file():
            found[path] = Document(path, "", (repository.root / path).read_bytes())
    return found
