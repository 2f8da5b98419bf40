"""Real git: bare repositories through pygit2. What GitHub says about content is what git answers here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pygit2
from pygit2.enums import DeltaStatus, DiffFind, FileMode, ObjectType, SortMode

EMPTY_TREE = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"
FILE, EXECUTABLE, SYMLINK, SUBMODULE, FOLDER = "100644", "100755", "120000", "160000", "040000"


@dataclass(frozen=True, slots=True)
class Symlink:
    target: str


@dataclass(frozen=True, slots=True)
class Submodule:
    commit: str


Content = str | bytes | Symlink | Submodule


@dataclass(frozen=True, slots=True)
class Signer:
    """Who a commit says it is by. GitHub knows the account by the address, if any."""

    name: str
    email: str


WEB_FLOW = Signer("GitHub", "noreply@github.com")
"""The committer of whatever is committed by pressing a button on the page."""


@dataclass(frozen=True, slots=True)
class CommitInfo:
    sha: str
    tree: str
    parents: tuple[str, ...]
    message: str
    author: Signer
    authored_at: datetime
    committer: Signer
    committed_at: datetime


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a tree. `kind` is git's: blob, tree or commit (a submodule)."""

    path: str
    mode: str
    kind: str
    sha: str
    size: int | None


@dataclass(frozen=True, slots=True)
class FileDiff:
    """`status` is one of REST's words: added, removed, modified, renamed, changed."""

    path: str
    previous: str | None
    status: str
    sha: str
    additions: int
    deletions: int
    patch: str | None


class Git:
    """One bare repository. Shas are 40 hex digits; a KeyError means there is no such object."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._repo = pygit2.init_repository(str(folder), bare=True)

    def commit(
        self,
        changes: Mapping[str, Content | None],
        parents: tuple[str, ...],
        author: Signer,
        committer: Signer,
        message: str,
        when: datetime,
        tree: str | None = None,
    ) -> str:
        """`changes` on top of `tree` (the first parent's when not given); None deletes a file."""
        index = pygit2.Index()
        start = tree or (self.info(parents[0]).tree if parents else None)
        if start is not None:
            index.read_tree(self._repo[start].peel(pygit2.Tree))
        for path, content in changes.items():
            if content is None:
                index.remove(path)
            else:
                index.add(self._entry(path, content))
        stamp = int(when.timestamp())
        oid = self._repo.create_commit(
            None,
            pygit2.Signature(author.name, author.email, stamp, 0),
            pygit2.Signature(committer.name, committer.email, stamp, 0),
            message,
            index.write_tree(self._repo),
            [pygit2.Oid(hex=p) for p in parents],
        )
        return str(oid)

    def _entry(self, path: str, content: Content) -> pygit2.IndexEntry:
        if isinstance(content, Submodule):
            return pygit2.IndexEntry(path, pygit2.Oid(hex=content.commit), FileMode.COMMIT)
        if isinstance(content, Symlink):
            return pygit2.IndexEntry(path, self._repo.create_blob(content.target.encode()), FileMode.LINK)
        data = content.encode() if isinstance(content, str) else content
        return pygit2.IndexEntry(path, self._repo.create_blob(data), FileMode.BLOB)

    def keep(self, reference: str, sha: str) -> None:
        """Points a ref at a commit, so that `git clone` of the folder sees what GitHub would show."""
        self._repo.references.create(reference, pygit2.Oid(hex=sha), force=True)

    def drop(self, reference: str) -> None:
        if reference in self._repo.references:
            self._repo.references.delete(reference)

    def point_head(self, branch: str) -> None:
        self._repo.set_head(f"refs/heads/{branch}")

    def take_from(self, other: Git, reference: str) -> None:
        """Objects of a fork become readable here, as they are in GitHub's network of forks."""
        self._repo.remotes.create_anonymous(str(other.folder)).fetch([f"+{reference}:refs/network/incoming"])

    def has(self, sha: str) -> bool:
        return len(sha) == 40 and sha in self._repo

    def info(self, sha: str) -> CommitInfo:
        found = self._repo[sha].peel(pygit2.Commit)
        return CommitInfo(
            str(found.id),
            str(found.tree_id),
            tuple(str(p) for p in found.parent_ids),
            found.message,
            Signer(found.author.name, found.author.email),
            datetime.fromtimestamp(found.author.time, UTC),
            Signer(found.committer.name, found.committer.email),
            datetime.fromtimestamp(found.commit_time, UTC),
        )

    def expand(self, prefix: str) -> str | None:
        """The commit that an abbreviated sha names."""
        if not 4 <= len(prefix) <= 40 or not all(c in "0123456789abcdef" for c in prefix):
            return None
        try:
            return str(self._repo[prefix].peel(pygit2.Commit).id)
        except (KeyError, ValueError, pygit2.InvalidSpecError):
            return None

    def entry(self, sha: str, path: str) -> Entry | None:
        """What stands at a path of a commit or tree; "" is the root folder."""
        tree = self._repo[sha].peel(pygit2.Tree)
        if not path:
            return Entry("", FOLDER, "tree", str(tree.id), None)
        try:
            return self._described(path, tree[path])
        except KeyError:
            return None

    def folder_entries(self, tree_sha: str, prefix: str = "", recursive: bool = False) -> Iterator[Entry]:
        for item in self._repo[tree_sha].peel(pygit2.Tree):
            entry = self._described(f"{prefix}{item.name}", item)
            yield entry
            if recursive and entry.kind == "tree":
                yield from self.folder_entries(entry.sha, f"{entry.path}/", True)

    def _described(self, path: str, item: pygit2.Object) -> Entry:
        mode = f"{int(item.filemode):06o}"
        kind = "commit" if mode == SUBMODULE else "tree" if mode == FOLDER else "blob"
        return Entry(path, mode, kind, str(item.id), self.size(str(item.id)) if kind == "blob" else None)

    def kind(self, sha: str) -> str:
        return {ObjectType.BLOB: "blob", ObjectType.TREE: "tree", ObjectType.COMMIT: "commit"}[self._repo[sha].type]

    def data(self, sha: str) -> bytes:
        found = self._repo[sha]
        if not isinstance(found, pygit2.Blob):
            raise KeyError(sha)
        return found.data

    def size(self, sha: str) -> int:
        found = self._repo[sha]
        return found.size if isinstance(found, pygit2.Blob) else 0

    def is_binary(self, sha: str) -> bool:
        found = self._repo[sha]
        return isinstance(found, pygit2.Blob) and found.is_binary

    def merge_base(self, one: str, other: str) -> str | None:
        found = self._repo.merge_base(pygit2.Oid(hex=one), pygit2.Oid(hex=other))
        return str(found) if found else None

    def is_ancestor(self, old: str, new: str) -> bool:
        return old == new or self._repo.descendant_of(pygit2.Oid(hex=new), pygit2.Oid(hex=old))

    def commits(self, head: str, without: str | None = None) -> list[CommitInfo]:
        """Reachable from head and not from `without`, oldest first."""
        walker = self._repo.walk(pygit2.Oid(hex=head), SortMode.TOPOLOGICAL | SortMode.REVERSE)
        if without is not None:
            walker.hide(pygit2.Oid(hex=without))
        return [self.info(str(c.id)) for c in walker]

    def touches(self, commit: CommitInfo, path: str) -> bool:
        """Whether a file differs from what it was in every parent, as `git log -- path` counts."""
        mine, parents = self.entry(commit.sha, path), [self.entry(each, path) for each in commit.parents]
        return all(mine != other for other in parents) if parents else mine is not None

    def diff(self, old: str, new: str) -> list[FileDiff]:
        """File by file, renames found at git's usual 50 % similarity."""
        found = self._repo[old].peel(pygit2.Tree).diff_to_tree(self._repo[new].peel(pygit2.Tree))
        found.find_similar(DiffFind.FIND_RENAMES)
        return sorted((_file_diff(patch) for patch in found if patch is not None), key=lambda f: f.path)

    def merged_tree(self, ours: str, theirs: str) -> str | None:
        """The tree of the merge, None when it conflicts."""
        index = self._repo.merge_commits(pygit2.Oid(hex=ours), pygit2.Oid(hex=theirs))
        return None if index.conflicts else str(index.write_tree(self._repo))

    def replayed_tree(self, commit: str, onto: str) -> str | None:
        """The tree of a cherry-pick of `commit` onto another, None when it conflicts."""
        picked = self._repo[commit].peel(pygit2.Commit)
        merged = self._repo.merge_trees(picked.parents[0].tree, self._repo[onto].peel(pygit2.Tree), picked.tree)
        return None if merged.conflicts else str(merged.write_tree(self._repo))


_STATUS = {
    DeltaStatus.ADDED: "added",
    DeltaStatus.DELETED: "removed",
    DeltaStatus.MODIFIED: "modified",
    DeltaStatus.RENAMED: "renamed",
    DeltaStatus.TYPECHANGE: "changed",
}


def _file_diff(patch: pygit2.Patch) -> FileDiff:
    delta = patch.delta
    status = _STATUS[delta.status]
    side = delta.old_file if status == "removed" else delta.new_file
    _, additions, deletions = patch.line_stats
    binary = delta.is_binary
    text = None if binary or not patch.hunks else _hunks_of(patch)
    previous = delta.old_file.path if status == "renamed" else None
    return FileDiff(
        side.path, previous, status, str(side.id), 0 if binary else additions, 0 if binary else deletions, text
    )


def _hunks_of(patch: pygit2.Patch) -> str:
    """GitHub gives the hunks alone, without git's file headers and without a last line end."""
    text = patch.data.decode("utf-8", "replace")
    start = text.find("\n@@")
    return text[start + 1 :].rstrip("\n") if start >= 0 else ""
