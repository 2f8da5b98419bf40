"""What came onto the branches of a repository, and its tags."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from bot.github.changes import compare
from bot.github.client import Client
from bot.github.merged import merge_of, pulls_with
from bot.review.reverts import Landed, Reverted


@dataclass(frozen=True, slots=True)
class GitHubHistory:
    """Implements `bot.engine.reverts.History`. Everything raises the client's errors."""

    client: Client
    repository: str

    async def tags(self) -> Mapping[str, str]:
        """A call for each hundred."""
        found = self.client.getiter("/repos/{owner}/{name}/tags?per_page=100", self._where())
        return {str(tag["name"]): str(tag["commit"]["sha"]) async for tag in found}

    async def is_behind(self, head: str, commit: str) -> bool:
        return (await compare(self.client, self.repository, commit, head)).merge_base_sha == commit

    async def since(self, commit: str, head: str) -> Collection[str]:
        """A call for each hundred."""
        path = "/repos/{owner}/{name}/compare/{base}...{head}?per_page=100"
        where = {**self._where(), "base": commit, "head": head}
        listed = self.client.getiter(path, where, iterable_key="commits")
        return frozenset([str(one["sha"]) async for one in listed])

    async def landed(self, reverted: Reverted, base_sha: str) -> Sequence[Landed]:  # noqa: ARG002 (the protocol's)
        """When something was merged is GitHub's own word: what commits say of their time is whoever made them's."""
        numbers = dict.fromkeys(reverted.pulls)
        for sha in reverted.commits:
            numbers |= dict.fromkeys(await pulls_with(self.client, self.repository, sha))
        merges = [await merge_of(self.client, self.repository, number) for number in numbers]
        return [Landed(one.at, one.before, one.after) for one in merges if one and one.before and one.after]

    def _where(self) -> dict[str, str]:
        owner, name = self.repository.split("/", 1)
        return {"owner": owner, "name": name}
