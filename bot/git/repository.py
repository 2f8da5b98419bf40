"""A local git repository, read through the `git` command: the same answers that GitHub gives about a pull request."""

from __future__ import annotations

import asyncio
import os
import re
import subprocess
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock

from bot.contracts.document import Document
from bot.registry.snapshot import ChangedFile, Unreadable

MAX_BYTES = 100_000_000
"""Files above this are not read: GitHub refuses to store them (docs: "About large files on GitHub")."""

_MOST_LISTINGS = 16
"""Lists of all files of a commit that are kept at once: a walk through history would keep thousands."""

_SYMBOLIC_LINK, _SUBMODULE = "120000", "160000"
_PATHS_A_PROCESS = 500
_MOST_OF_A_LINE = 5_000
_REMOTE = re.compile(r"[:/](?P<owner>[A-Za-z0-9-]+)/(?P<name>[A-Za-z0-9._-]+?)(\.git)?/?\Z")
"""The end of `https://github.com/acme/orders.git` and of `git@github.com:acme/orders.git`."""


class GitError(Exception):
    """`git` could not answer. The message is for the person at the terminal."""


@dataclass(frozen=True, slots=True)
class _Entry:
    mode: str
    oid: str


@dataclass(frozen=True, slots=True)
class Revision:
    """A commit, its first parent, its day in UTC (`YYYY-MM-DD`), and what it changed."""

    commit: str
    parent: str
    day: str
    changed: tuple[ChangedFile, ...]


class Repository:
    """One local repository. Implements `bot.registry.snapshot.Files`; the newest listings are kept."""

    def __init__(self, folder: Path, environment: Mapping[str, str] | None = None) -> None:
        """environment: variables for git, besides those there are. Raises GitError when `folder` is not inside a git
        repository.
        """
        self._folder = folder
        self._environment = {**os.environ, **environment} if environment else None
        self._trees: dict[str, dict[str, _Entry]] = {}
        self._listing = Lock()
        try:
            self.root = Path(self._git("rev-parse", "--show-toplevel").strip())
        except GitError as error:
            if "not a git repository" not in str(error):
                raise
            where = folder.resolve()
            raise GitError(
                f"{where} is not in a git repository: go to a clone, or name one: --repository DIR"
            ) from None

    def common_folder(self) -> str:
        """Where git keeps what all working trees of the repository share."""
        return self._git("rev-parse", "--path-format=absolute", "--git-common-dir").strip()

    def commit(self, ref: str) -> str:
        """The sha of the commit that `ref` names. Raises GitError."""
        try:
            return self._git("rev-parse", "--verify", "--quiet", "--end-of-options", f"{ref}^{{commit}}").strip()
        except GitError:
            if ref == "HEAD":
                raise GitError(f"{self.root} has no commit yet, and only what is committed is read") from None
            raise GitError(
                f"`{ref}` names no commit here: give a branch, a tag or a sha that `git log` knows"
            ) from None

    def cut_off(self) -> frozenset[str]:
        """The commits whose parents a shallow clone does not have; empty in a whole one. They seem to add everything.
        Source: git's documentation, "Shallow commits".
        """
        path = Path(self._git("rev-parse", "--path-format=absolute", "--git-path", "shallow").strip())
        return frozenset(path.read_text().split()) if path.is_file() else frozenset()

    def full_name(self) -> str:
        """`owner/name`, by the address of the remote `origin`; `local/FOLDER` where that tells none."""
        try:
            address = self._git("remote", "get-url", "origin").strip()
        except GitError:
            address = ""
        found = _REMOTE.search(address)
        return f"{found['owner']}/{found['name']}" if found else f"local/{self.root.name}"

    def default_base(self) -> str:
        """The branch that a pull request from here would most likely go to. Raises GitError when there is none."""
        for ref in ("origin/HEAD", "upstream/HEAD", "origin/main", "origin/master", "main", "master"):
            try:
                self.commit(ref)
            except GitError:
                continue
            return ref
        raise GitError("no base branch found (tried origin/HEAD, main, master): say --base REF")

    def merge_base(self, base: str, head: str) -> str:
        """The commit both sides share. Raises GitError when they share none."""
        try:
            return self._git("merge-base", base, head).strip()
        except GitError:
            raise GitError(
                f"{base[:10]} and {head[:10]} have no common ancestor: fetch more history (git fetch --unshallow)"
            ) from None

    def changed(self, base: str, head: str) -> tuple[ChangedFile, ...]:
        """The files that differ, renames found as GitHub finds them (half of the content alike)."""
        fields = self._git("diff", "--name-status", "-z", "-M50%", "--no-ext-diff", base, head, "--").split("\0")
        return _changed(fields)

    def history(self, ref: str, since: str) -> tuple[Revision, ...]:
        """Commits of the first-parent line up to `ref` since a day (`YYYY-MM-DD`), newest first. A first commit of all
        has nothing to be compared with, and is left out. Raises GitError.
        """
        command = (
            "log",
            "--first-parent",
            "--diff-merges=first-parent",
            "--name-status",
            "-z",
            "-M50%",
            "--no-ext-diff",
        )
        text = self._git(
            *command, "--no-ext-diff", f"--since={since}T00:00:00Z", "--format=%x01%H %P %x02%ct%x00", ref, "--"
        )
        found: list[Revision] = []
        for block in text.split("\x01")[1:]:
            header, _, rest = block.partition("\0")
            names, _, seconds = header.partition("\x02")
            commits = names.split()
            if len(commits) > 1:
                day = datetime.fromtimestamp(int(seconds), UTC).date().isoformat()
                found.append(Revision(commits[0], commits[1], day, _changed(rest.lstrip("\0\n").split("\0"))))
        return tuple(found)

    def tags(self) -> Mapping[str, str]:
        """Every tag, and the commit it stands on."""
        lines = self._git("for-each-ref", "--format=%(refname:strip=2) %(*objectname) %(objectname)", "refs/tags")
        return {name: commit for name, commit, *_ in (line.split() for line in lines.splitlines())}

    def messages(self, base: str, head: str) -> tuple[str, ...]:
        """The message of each commit that `head` has and `base` has not."""
        return tuple(self._git("log", "-z", "--format=%B", f"{base}..{head}", "--").split("\0"))

    def commits(self, base: str, head: str) -> tuple[str, ...]:
        """The commits that `head` has and `base` has not."""
        return tuple(self._git("rev-list", f"{base}..{head}", "--").split())

    def line(self, ref: str) -> Mapping[str, tuple[str, datetime]]:
        """The commits that came onto a branch one after the other, the newest of them: what was there before each, and
        when it was made.
        """
        lines = self._git("log", "--first-parent", f"-{_MOST_OF_A_LINE}", "--format=%ct %H %P", ref, "--").splitlines()
        found = (line.split() for line in lines)
        return {sha: (parents[0], datetime.fromtimestamp(int(at), UTC)) for at, sha, *parents in found if parents}

    def uncommitted(self) -> tuple[str, ...]:
        """Paths with changes that no commit holds yet."""
        fields = self._git("status", "--porcelain", "-z", "--untracked-files=normal").split("\0")
        return tuple(field[3:] for field in fields if len(field) > 3)

    async def read(self, wanted: Collection[tuple[str, str]]) -> Mapping[tuple[str, str], Document | Unreadable]:
        """See `bot.registry.snapshot.Files.read`."""
        return await asyncio.to_thread(self._read, wanted)

    async def paths(self, commit: str) -> frozenset[str]:
        """See `bot.registry.snapshot.Files.paths`."""
        return frozenset(await asyncio.to_thread(self._tree, commit))

    async def dates(self, commit: str, paths: Collection[str]) -> Mapping[str, str]:
        """See `bot.registry.snapshot.Files.dates`. What a shallow clone cut off has no date: it may be of any age."""
        wanted = sorted(paths)
        found: dict[str, str] = {}
        for start in range(0, len(wanted), _PATHS_A_PROCESS):
            found |= await asyncio.to_thread(self._dates, commit, wanted[start : start + _PATHS_A_PROCESS])
        return found

    def _dates(self, commit: str, paths: Sequence[str]) -> dict[str, str]:
        """One walk through the history, newest first, that names the paths which each commit touched."""
        command = ("--literal-pathspecs", "log", "--format=%x01%ct %H", "--name-only", "--no-renames", "-z")
        cut_off = self.cut_off()
        found: dict[str, str] = {}
        day = ""
        for field in self._git(*command, commit, "--", *paths).split("\0"):
            if field.startswith("\x01"):
                time, _, sha = field[1:].partition(" ")
                day = "" if sha in cut_off else datetime.fromtimestamp(int(time), UTC).date().isoformat()
            elif path := field.removeprefix("\n"):
                found.setdefault(path, day)
        return {path: day for path, day in found.items() if day}

    def _read(self, wanted: Collection[tuple[str, str]]) -> dict[tuple[str, str], Document | Unreadable]:
        answer: dict[tuple[str, str], Document | Unreadable] = {}
        blobs: dict[tuple[str, str], str] = {}
        links: set[tuple[str, str]] = set()
        for commit, path in wanted:
            entry = self._tree(commit).get(path)
            if entry is None:
                continue
            if entry.mode == _SUBMODULE:
                answer[commit, path] = Unreadable("is a submodule: its files are in another repository", entry.oid)
                continue
            blobs[commit, path] = entry.oid
            if entry.mode == _SYMBOLIC_LINK:
                links.add((commit, path))
        sizes = self._sizes(set(blobs.values()))
        for (commit, path), oid in blobs.items():
            if sizes[oid] > MAX_BYTES:
                answer[commit, path] = Unreadable(f"is {sizes[oid]:,} bytes, more than {MAX_BYTES:,}", oid)
        contents = self._contents({oid for key, oid in blobs.items() if key not in answer})
        for (commit, path), oid in blobs.items():
            if (commit, path) in links:
                leads_to = contents[oid].decode("utf-8", "replace")
                answer[commit, path] = Unreadable("is a symbolic link, which is not followed", oid, leads_to)
            elif (commit, path) not in answer:
                answer[commit, path] = Document(path, oid, contents[oid])
        return answer

    def _contents(self, oids: set[str]) -> dict[str, bytes]:
        """All of them from one process: starting one costs more than reading a file."""
        if not oids:
            return {}
        answer = self._run("cat-file", "--batch", stdin="\n".join(sorted(oids)).encode())
        found: dict[str, bytes] = {}
        position = 0
        while position < len(answer):
            start = answer.index(b"\n", position) + 1
            oid, _, size = answer[position:start].decode().split()
            found[oid] = answer[start : start + int(size)]
            position = start + int(size) + 1
        return found

    def _sizes(self, oids: set[str]) -> dict[str, int]:
        if not oids:
            return {}
        lines = self._run("cat-file", "--batch-check", stdin="\n".join(sorted(oids)).encode()).decode().splitlines()
        return {oid: int(size) for oid, _, size in (line.split() for line in lines)}

    def _tree(self, commit: str) -> dict[str, _Entry]:
        with self._listing:  # reads run in threads
            tree = self._trees.pop(commit, None) or self._listed(commit)
            self._trees[commit] = tree  # what was asked for last is the last to go
            while len(self._trees) > _MOST_LISTINGS:
                del self._trees[next(iter(self._trees))]
            return tree

    def _listed(self, commit: str) -> dict[str, _Entry]:
        tree: dict[str, _Entry] = {}
        for line in self._git("ls-tree", "-r", "-z", "--full-tree", commit).split("\0"):
            if line:
                facts, path = line.split("\t", 1)
                mode, _, oid = facts.split()
                tree[path] = _Entry(mode, oid)
        return tree

    def _git(self, *arguments: str) -> str:
        return self._run(*arguments).decode("utf-8", "surrogateescape")

    def _run(self, *arguments: str, stdin: bytes | None = None) -> bytes:
        try:
            done = subprocess.run(  # noqa: S603
                ["git", "-C", str(self._folder), *arguments],  # noqa: S607
                input=stdin,
                capture_output=True,
                check=False,
                env=self._environment,
            )
        except FileNotFoundError:
            raise GitError("the `git` command was not found: install git") from None
        if done.returncode != 0:
            raise GitError(done.stderr.decode("utf-8", "replace").strip() or f"git {arguments[0]} failed")
        return done.stdout


def _changed(fields: Sequence[str]) -> tuple[ChangedFile, ...]:
    """What `--name-status -z` prints: a letter and a path, or for a rename two paths; an empty field at the end."""
    files: list[ChangedFile] = []
    position = 0
    while position < len(fields) - 1:
        letter = fields[position][:1]
        if letter == "R":
            files.append(ChangedFile(fields[position + 2], "renamed", fields[position + 1]))
            position += 3
            continue
        path = fields[position + 1]
        match letter:
            case "A":
                files.append(ChangedFile(path, "added"))
            case "D":
                files.append(ChangedFile(path, "removed"))
            case _:
                files.append(ChangedFile(path, "modified"))
        position += 2
    return tuple(files)
