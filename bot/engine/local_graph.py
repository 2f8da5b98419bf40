"""The graph of one local clone: its registry at a commit, and what its own files show."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from bot.engine.offline import InProcess, gather_here, no_registry
from bot.git.repository import Repository
from bot.registry.asking.presence import absent
from bot.registry.at_commit import read_at
from bot.registry.contract_at import contract_at
from bot.registry.graph.graph import Graph
from bot.registry.graph.half import Half
from bot.registry.graph.joined import join
from bot.registry.model import Contract
from bot.registry.proposed import settled


class NoRegistry(Exception):
    """There is none at that commit, or none that can be read. The message says where, and what is wrong."""


@dataclass(frozen=True, slots=True)
class LocalGraph:
    """problems: sentences about evidence that could not be followed."""

    graph: Graph
    problems: tuple[str, ...]


async def local_graph(repository: Repository, ref: str = "HEAD") -> LocalGraph:
    """Who uses what, as far as this repository knows. Raises NoRegistry, and bot.git.repository.GitError."""
    commit = repository.commit(ref)
    reading = await read_at(repository, commit)
    if reading is None:
        raise NoRegistry(no_registry(repository, ref))
    if reading.registry is None:
        raise NoRegistry("the registry cannot be read:\n" + "\n".join(f"  {problem}" for problem in reading.errors))
    name, counting = repository.full_name(), settled(reading.registry)
    if reading.registry.contracts and not counting.contracts:
        raise NoRegistry(
            f"every contract of the registry at {ref} is only proposed, so nothing counts yet: settle them as "
            "`countersign lint` says"
        )
    gathered = await gather_here(repository, commit, counting)
    half = Half(name, 0, reading.registry, commit, uses=gathered.uses, problems=gathered.problems)
    return LocalGraph(join([half]), gathered.problems)


async def nowhere(repository: Repository, element: str, contracts: Iterable[Contract], ref: str = "HEAD") -> str:
    """A sentence, when none of these contracts has such an element; empty when one may. Raises GitError."""
    commit, said = repository.commit(ref), ""
    for contract in contracts:
        side = await contract_at(repository, commit, contract, InProcess())
        said = absent(element, contract.id, contract.type, side) if side is not None else ""
        if not said:
            return ""
    return said
