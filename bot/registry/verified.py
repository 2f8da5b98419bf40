"""What `verified_by` names: files of the repository, which must be there, or checks, of which only GitHub knows."""

from __future__ import annotations

from collections.abc import Collection

from bot.registry import globs


def path_of(name: str) -> str | None:
    """The path (or pattern of paths) that an entry of `verified_by` names; None for the name of a check.

    A path has no white space, and its last segment an ending: `tests/test_order.py`, `tests/test_order.py::test_newest`
    (pytest's node ids), `tests/contract/*.py`. Names of checks (`build / contract-tests (3.11)`) mostly have neither.
    """
    path = name.partition("::")[0].strip().removeprefix("./")
    last = path.rpartition("/")[2]
    if any(character.isspace() for character in path) or "." not in last.strip("."):
        return None
    return path


def is_there(path: str, paths: Collection[str]) -> bool:
    """paths: every file of the repository."""
    if path in paths:
        return True
    return globs.literal_path(path) is None and any(globs.matches(path, known) for known in paths)
