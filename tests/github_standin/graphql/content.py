"""Git objects in GraphQL."""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any

from tests.github_standin.clock import iso
from tests.github_standin.graphql.context import Context
from tests.github_standin.graphql.pagination import Fields, connection
from tests.github_standin.graphql.people import user
from tests.github_standin.shapes.accounts import node_id
from tests.github_standin.shapes.repositories import page
from tests.github_standin.world.git import CommitInfo, Entry, Signer
from tests.github_standin.world.repositories import Repository

LONGEST_TEXT = 512_000
"""Bytes of a blob that `text` gives; the rest is cut off and `isTruncated` says so (sveltia/sveltia-cms#950)."""

ToRepository = Callable[[Repository, Context], Fields]
ToChecks = Callable[[Repository, str, Context], Callable[..., Fields]]
ToPulls = Callable[[Repository, str, Context], Callable[..., Fields]]


class Objects:
    """Git objects of one repository, for one answer."""

    def __init__(
        self, repo: Repository, context: Context, repository: ToRepository, suites: ToChecks, pulls: ToPulls
    ) -> None:
        self._repo = repo
        self._context = context
        self._repository = repository
        self._suites = suites
        self._pulls = pulls

    def expression(self, expression: str) -> Fields | None:
        """`ref`, `sha`, `ref:path`, `sha:path`; None for what is not there."""
        rev, colon, path = expression.partition(":")
        sha = self._repo.resolve(rev)
        if sha is None:
            return None if colon else self.oid(rev)
        if not colon:
            return self.commit(sha)
        entry = self._repo.git.entry(sha, path)
        return None if entry is None else self.oid(entry.sha)

    def oid(self, sha: str) -> Fields | None:
        git = self._repo.git
        if not git.has(sha):
            return None
        kind = git.kind(sha)
        return {"commit": self.commit, "tree": self.tree, "blob": self.blob}[kind](sha)

    def _object(self, kind: str, sha: str) -> Fields:
        return {
            "__typename": kind,
            "id": node_id(kind[0], f"{self._repo.id}:{sha}"),
            "oid": sha,
            "abbreviatedOid": sha[:7],
            "commitUrl": f"{page(self._repo)}/commit/{sha}",
            "repository": lambda info: self._repository(self._repo, self._context),
        }

    def blob(self, sha: str) -> Fields:
        git = self._repo.git
        size, binary = git.size(sha), git.is_binary(sha)

        def text(info: Any) -> str | None:
            return None if binary else git.data(sha)[:LONGEST_TEXT].decode("utf-8", "replace")

        return {
            **self._object("Blob", sha),
            "byteSize": size,
            "isBinary": binary,
            "isTruncated": size > LONGEST_TEXT,
            "text": text,
        }

    def tree(self, sha: str, prefix: str = "") -> Fields:
        entries = self._repo.git.folder_entries(sha, prefix)
        return {**self._object("Tree", sha), "entries": lambda info: [self.entry(each) for each in entries]}

    def entry(self, entry: Entry) -> Fields:
        """`mode` is the number that git writes in octal; a submodule's object is None."""
        name = entry.path.rsplit("/", 1)[-1]

        def content(info: Any) -> Fields | None:
            if entry.kind == "tree":
                return self.tree(entry.sha, f"{entry.path}/")
            return self.blob(entry.sha) if entry.kind == "blob" else None

        return {
            "name": name,
            "nameRaw": base64.b64encode(name.encode()).decode(),
            "path": entry.path,
            "pathRaw": base64.b64encode(entry.path.encode()).decode(),
            "mode": int(entry.mode, 8),
            "type": entry.kind,
            "oid": entry.sha,
            "size": entry.size or 0,
            "object": content,
        }

    def commit(self, sha: str) -> Fields:
        repo, git = self._repo, self._repo.git
        info = git.info(sha)

        def file(_: Any, path: str) -> Fields | None:
            entry = git.entry(sha, path)
            return None if entry is None else self.entry(entry)

        def history(_: Any, path: str | None = None, **args: Any) -> Fields:
            commits = git.commits(sha)[::-1]
            if path is not None:
                commits = [each for each in commits if git.touches(each, path)]
            return connection("history", commits, lambda each: self.commit(each.sha), args)

        def changed(_: Any) -> int:
            return len(git.diff(info.parents[0], sha)) if info.parents else 0

        return {
            **self._object("Commit", sha),
            "message": info.message,
            "messageHeadline": info.message.split("\n", 1)[0],
            "url": f"{page(repo)}/commit/{sha}",
            "changedFilesIfAvailable": changed,
            "authoredDate": iso(info.authored_at),
            "committedDate": iso(info.committed_at),
            "committedViaWeb": sha in repo.github.signed,
            "authoredByCommitter": info.author == info.committer,
            "author": self._git_actor(info.author, iso(info.authored_at)),
            "committer": self._git_actor(info.committer, iso(info.committed_at)),
            "authors": lambda _, **args: connection("authors", self._authors(info), lambda fields: fields, args),
            "parents": lambda _, **args: connection("parents", info.parents, self.commit, args),
            "signature": self._signature(info),
            "tree": lambda _: self.tree(info.tree),
            "file": file,
            "history": history,
            "checkSuites": self._suites(repo, sha, self._context),
            "associatedPullRequests": self._pulls(repo, sha, self._context),
        }

    def _authors(self, info: CommitInfo) -> list[Fields]:
        """The author, then those whom the message names as co-authors."""
        when = iso(info.authored_at)
        found = [info.author]
        for line in info.message.splitlines():
            key, _, value = line.partition(":")
            name, bracket, email = value.strip().rstrip(">").rpartition(" <")
            if key.lower() == "co-authored-by" and bracket:
                found.append(Signer(name, email))
        return [self._git_actor(each, when) for each in dict.fromkeys(found)]

    def _git_actor(self, signer: Signer, when: str) -> Fields:
        account = self._repo.account_of(signer)
        person = account is not None and account.kind == "User"
        return {
            "name": signer.name,
            "email": signer.email,
            "date": when,
            "avatarUrl": f"{self._repo.github.url}/avatars/0",
            "user": user(account) if account is not None and person else None,
        }

    def _signature(self, info: CommitInfo) -> Fields | None:
        """Only what GitHub committed itself is signed here: that anyone can write its address proves nothing."""
        if info.sha not in self._repo.github.signed:
            return None
        return {
            "__typename": "GpgSignature",
            "email": info.committer.email,
            "isValid": True,
            "keyId": "B5690EEEBB952194",
            "payload": "",
            "signature": "",
            "signer": None,
            "state": "VALID",
            "wasSignedByGitHub": True,
        }
