"""A local repository as it would be with other files: real commits that nobody else can see.

Their objects lie in a folder of their own beside the repository's (git's "alternates"); the repository itself, its
index and its working tree are left alone, and everything is gone at the end.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from bot.git.repository import Repository

_NOBODY = {
    f"GIT_{role}_{what}": value
    for role in ("AUTHOR", "COMMITTER")
    for what, value in (("NAME", "Countersign"), ("EMAIL", "nobody@localhost"), ("DATE", "@0 +0000"))
}


class SupposedRepository(Repository):
    """A repository to which commits can be added for as long as it is open (`supposed`)."""

    def __init__(self, folder: Path, own: Path) -> None:
        """own: an empty folder for what is added. Raises GitError."""
        objects = Path(Repository(folder).common_folder(), "objects")
        (own / "objects").mkdir()
        super().__init__(
            folder,
            {
                "GIT_OBJECT_DIRECTORY": str(own / "objects"),
                "GIT_ALTERNATE_OBJECT_DIRECTORIES": str(objects),
                "GIT_INDEX_FILE": str(own / "index"),
                **_NOBODY,
            },
        )

    def commit_onto(self, parent: str, files: Mapping[str, bytes | None]) -> str:
        """A commit on top of `parent` with these files (None: without it); its sha. Raises GitError."""
        self._git("read-tree", parent)
        lines = []
        for path, data in files.items():
            if data is None:
                lines.append(f"0 {'0' * len(parent)}\t{path}\0")
            else:
                blob = self._run("hash-object", "-w", "--stdin", "--no-filters", stdin=data).decode().strip()
                lines.append(f"100644 {blob}\t{path}\0")
        self._run("update-index", "-z", "--index-info", stdin="".join(lines).encode("utf-8", "surrogateescape"))
        tree = self._git("write-tree").strip()
        return self._git("commit-tree", "--no-gpg-sign", "-p", parent, "-m", "What if", tree).strip()


@contextmanager
def supposed(folder: Path) -> Iterator[SupposedRepository]:
    """The repository at `folder`, to which commits can be added until the end of the block. Raises GitError."""
    with TemporaryDirectory(prefix="countersign-") as own:
        yield SupposedRepository(folder, Path(own))
