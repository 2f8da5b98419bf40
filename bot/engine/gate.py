"""Which base branches hold merges, and what must be known of the default branch when the base is another one."""

from __future__ import annotations

from dataclasses import dataclass

from bot.contracts.document import Document
from bot.github.client import Client
from bot.github.errors import Forbidden, NotFound
from bot.github.files import GitHubFiles
from bot.github.pull import PullRequestState
from bot.registry import globs
from bot.registry.model import Registry
from bot.registry.reading import read_registry, registry_paths


@dataclass(frozen=True, slots=True)
class Branch:
    """A branch of the repository: its tip, and whether GitHub protects it."""

    sha: str
    is_protected: bool


async def is_gated(client: Client, state: PullRequestState, registry: Registry | None) -> bool:
    """What `branches:` of the registry says; by default, the default branch and the protected ones (hard case 9)."""
    if registry is not None and registry.branches:
        return globs.matches_any(registry.branches, state.base_ref)
    if state.base_ref == state.default_branch:
        return True
    branch = await _branch(client, state.repository, state.base_ref)
    return branch is None or branch.is_protected


async def with_default_consumers(client: Client, state: PullRequestState, registry: Registry | None) -> Registry | None:
    """The base's registry, and the consumers that only the default branch's knows: they depend all the same."""
    if registry is None or state.default_branch is None or state.base_ref == state.default_branch:
        return registry
    default = await _branch(client, state.repository, state.default_branch)
    if default is None:
        return registry
    files = GitHubFiles(client, state.repository)
    found = await files.read([(default.sha, path) for path in registry_paths()])
    theirs = read_registry({p: content for (_, p), content in found.items() if isinstance(content, Document)})
    if theirs.registry is None:
        return registry
    known = {consumer.id for consumer in registry.consumers}
    more = tuple(consumer for consumer in theirs.registry.consumers if consumer.id not in known)
    return registry.model_copy(update={"consumers": (*registry.consumers, *more)})


async def _branch(client: Client, repository: str, name: str) -> Branch | None:
    owner, repo = repository.split("/", 1)
    where = {"owner": owner, "name": repo, "branch": name}
    try:
        answer = await client.getitem("/repos/{owner}/{name}/branches/{branch}", where)
    except (NotFound, Forbidden):
        return None
    return Branch(str(answer["commit"]["sha"]), bool(answer["protected"]))
