"""The graph of one local clone: its registry at a commit, and what its own files show."""

from __future__ import annotations

from dataclasses import dataclass

from bot.engine.offline import InProcess
from bot.git.repository import Repository
from bot.registry.at_commit import read_at
from bot.registry.contract_at import contract_at
from bot.registry.gather import Gathered, Promised, gather
from bot.registry.graph.graph import Graph
from bot.registry.graph.half import Half
from bot.registry.graph.joined import join
from bot.registry.model import Registry
from bot.registry.proposed import settled
from bot.registry.reading import registry_paths


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
        raise NoRegistry(f"no registry at {ref}: looked for {', '.join(registry_paths())}")
    if reading.registry is None:
        raise NoRegistry("the registry cannot be read:\n" + "\n".join(f"  {problem}" for problem in reading.errors))
    name = repository.full_name()
    gathered = await _gathered(repository, name, commit, settled(reading.registry))
    half = Half(name, 0, reading.registry, commit, uses=gathered.uses)
    return LocalGraph(join([half]), gathered.problems)


async def _gathered(repository: Repository, name: str, commit: str, registry: Registry) -> Gathered:
    own = {f"{name}#{contract.id}".lower(): contract for contract in registry.contracts}
    reader = InProcess()

    async def contract_of(full_name: str) -> Promised | None:
        contract = own.get(full_name.lower())
        if contract is None:
            return None
        return Promised(contract, await contract_at(repository, commit, contract, reader))

    # Contracts of other repositories are told by those: in this clone nothing is known of them.
    here = registry.model_copy(
        update={"consumes": tuple(one for one in registry.consumes if _is_own(one.contract, name))}
    )
    return await gather(here, name, repository, commit, contract_of=contract_of, reader=reader)


def _is_own(contract: str, name: str) -> bool:
    home, _, _ = contract.rpartition("#")
    return not home or home.lower() == name.lower()
