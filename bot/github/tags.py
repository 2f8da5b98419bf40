"""The tags of a repository."""

from __future__ import annotations

from collections.abc import Mapping

from bot.github.client import Client


async def tags_of(client: Client, repository: str) -> Mapping[str, str]:
    """Every tag, and the commit it stands on; a call for each hundred."""
    owner, name = repository.split("/", 1)
    path = "/repos/{owner}/{name}/tags?per_page=100"
    found = client.getiter(path, {"owner": owner, "name": name})
    return {str(tag["name"]): str(tag["commit"]["sha"]) async for tag in found}
