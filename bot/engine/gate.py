"""Which base branches hold merges, and what must be known of the default branch when the base is another one."""

from __future__ import annotations

from bot.github.client import Client
from bot.github.errors import Forbidden, NotFound
from bot.github.pull import PullRequestState
from bot.registry import globs
from bot.registry.graph.graph import Graph
from bot.registry.model import Registry


async def is_gated(client: Client, state: PullRequestState, registry: Registry | None) -> bool:
    """What `branches:` of the registry says; by default, the default branch and the protected ones (hard case 9)."""
    if registry is not None and registry.branches:
        return globs.matches_any(registry.branches, state.base_ref)
    if state.base_ref == state.default_branch:
        return True
    return await is_protected(client, state.repository, state.base_ref) is not False


def with_default_consumers(graph: Graph, state: PullRequestState, registry: Registry) -> Registry:
    """The base's registry, and the consumers that only the default branch's knows: they depend all the same."""
    half = graph.names.half(state.repository)
    if half is None or half.registry is None or state.base_ref == state.default_branch:
        return registry
    known = {consumer.id for consumer in registry.consumers}
    more = tuple(consumer for consumer in half.registry.consumers if consumer.id not in known)
    return registry.model_copy(update={"consumers": (*registry.consumers, *more)})


async def is_protected(client: Client, repository: str, branch: str) -> bool | None:
    """None for a branch that is not there. In doubt it is."""
    owner, name = repository.split("/", 1)
    where = {"owner": owner, "name": name, "branch": branch}
    try:
        answer = await client.getitem("/repos/{owner}/{name}/branches/{branch}", where)
    except NotFound:
        return None
    except Forbidden:
        return True
    return bool(answer["protected"])
