"""What is wrong with one repository's half as the others see it: it refers to nothing, or claims what others have."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace

from bot.registry.graph.graph import Graph
from bot.registry.graph.half import Half
from bot.registry.graph.joined import is_seen_by
from bot.registry.model import Registry
from bot.registry.proposed import settled


def complaints(graph: Graph, repository: str) -> tuple[str, ...]:
    """What is wrong with a repository's half, each with file and line and what to write: what could not be read, what
    refers to nothing, and ids that somebody else claims too.
    """
    half = graph.names.half(repository)
    if half is None:
        return ()
    return (*half.problems, *_dangling(graph, half), *_claimed(graph, half))


def complaints_about(
    graph: Graph, repository: str, registry: Registry, places: Mapping[str, str], contracts: Collection[str] | None
) -> tuple[str, ...]:
    """The same of a registry that a pull request would make the repository's. places: see `Half`.

    contracts: ids of those that the pull request changes, when it leaves the registry alone: then only of these is
    said who else claims them. None: it edits the registry.
    """
    half = graph.names.half(repository) or Half(repository, 0, None)
    half = replace(half, registry=settled(registry), problems=(), places=places)
    if contracts is None:
        return (*_dangling(graph, half), *_claimed(graph, half))
    return tuple(_claimed(graph, half, contracts))


def _dangling(graph: Graph, half: Half) -> Iterable[str]:
    if half.registry is None:
        return
    own = {contract.id for contract in half.registry.contracts}
    nodes = {node.name.lower() for node in graph.nodes}
    for entry in half.registry.consumes:
        key, id = graph.names.contract(entry.contract, half.repository)
        producer = graph.names.half(key)
        is_own = key == half.repository.lower()
        if (id in own) if is_own else (f"{key}#{id}".lower() in nodes or producer is None):
            continue  # of a repository that the app is not installed on, nothing is known
        if producer is not None and not is_own and not is_seen_by(producer, half):
            continue  # what is there, or not, is nothing to ask by consuming it
        where = half.places.get(entry.contract, half.repository)
        has = half.registry if is_own else producer.registry if producer else None
        ids = [contract.id for contract in has.contracts] if has else []
        instead = f"It has {_listed(ids)}." if ids else "It has no registry with contracts."
        yield f"{where}: `{entry.contract}` names a contract that {key} does not have. {instead}"


def _claimed(graph: Graph, half: Half, only: Collection[str] | None = None) -> Iterable[str]:
    if half.registry is None:
        return
    claimed: dict[str, dict[str, None]] = defaultdict(dict)
    for node in graph.nodes:
        if node.repository.lower() != half.repository.lower():
            other = graph.names.half(node.repository)
            name = node.repository if other is None or is_seen_by(other, half) else "a private repository"
            claimed[node.contract.id][name] = None
    for contract in half.registry.contracts:
        id = contract.id
        if id in claimed and (only is None or id in only):
            where = half.places.get(id, half.repository)
            others = _listed(sorted(claimed[id]), code=False)
            yield f"{where}: `{id}` is claimed by {others} too. Give one of them another `id`."


def _listed(names: Sequence[str], *, code: bool = True) -> str:
    shown = [f"`{name}`" if code else name for name in names]
    return shown[0] if len(shown) == 1 else ", ".join(shown[:-1]) + f" and {shown[-1]}"
