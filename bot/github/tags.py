"""The tags of a repository."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bot.github.changes import compare
from bot.github.client import Client


async def tags_of(client: Client, repository: str) -> Mapping[str, str]:
    """Every tag, and the commit it stands on; a call for each hundred."""
    owner, name = repository.split("/", 1)
    path = "/repos/{owner}/{name}/tags?per_page=100"
    found = client.getiter(path, {"owner": owner, "name": name})
    return {str(tag["name"]): str(tag["commit"]["sha"]) async for tag in found}


@dataclass(frozen=True, slots=True)
class GitHubTags:
    """Implements `bot.engine.reverts.Tags`."""

    client: Client
    repository: str

    async def all(self) -> Mapping[str, str]:
        return await tags_of(self.client, self.repository)

    async def are_behind(self, base_sha: str, commit: str) -> bool:
        return (await compare(self.client, self.repository, commit, base_sha)).merge_base_sha == commit
