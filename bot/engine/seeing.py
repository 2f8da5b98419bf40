"""Step 1: what a pull request touches, the registry that judges it, and who is known to depend on it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from bot.engine.bench import Bench
from bot.engine.comparing import read_elsewhere
from bot.engine.gate import is_gated, with_default_consumers
from bot.engine.graphs import GraphOf
from bot.github.client import Client
from bot.github.files import GitHubFiles
from bot.github.history import GitHubHistory
from bot.github.pull import PullRequestState
from bot.registry.floors import Raised, raised, with_floors
from bot.registry.graph.complaints import complaints_about
from bot.registry.graph.graph import Graph
from bot.registry.graph.half import places_of
from bot.registry.graph.joined import (
    broken_consumers,
    consuming_components,
    default_enforcement,
    floors,
    only_asked,
    seen_by,
)
from bot.registry.look import look as look_at_contracts
from bot.registry.lost_evidence import touches_evidence, with_lost_evidence
from bot.registry.model import Registry
from bot.registry.named_evidence import with_named_evidence
from bot.registry.newcomers import with_newcomers
from bot.registry.reading import Reading, read_registry, registry_paths
from bot.registry.releases import wants_releases, with_releases
from bot.registry.snapshot import ChangedFile, Snapshot


@dataclass(frozen=True, slots=True)
class Seen:
    """What was looked at: the pull request and its contracts, and the registry that judges them (None: there is none,
    or it is broken: then `problems` say how).

    broken_halves: what is wrong with consumers' own registries. raised: where the organisation demands more.
    complaints: what the graph says is wrong with this repository's registry, as it is or as it would become.
    """

    state: PullRequestState
    snapshot: Snapshot
    registry: Registry | None
    newcomers: frozenset[str]
    problems: tuple[str, ...]
    gated: bool
    broken_halves: tuple[str, ...] = ()
    raised: tuple[Raised, ...] = ()
    graph: Graph | None = None
    complaints: tuple[str, ...] = ()


async def see(bench: Bench, client: Client, state: PullRequestState, graph_of: GraphOf) -> Seen:
    """Reads the graph only where something may have to be signed. Raises the client's errors."""
    files = GitHubFiles(client, state.repository)
    snapshot = await look_at_contracts(
        files,
        base_sha=state.base_sha,
        merge_base_sha=state.merge_base_sha or state.base_sha,
        head_sha=state.head_sha,
        changed=state.files,
        parser=bench.comparer,
        incomplete=state.incomplete,
        reader=read_elsewhere,
    )
    reading = read_registry(snapshot.registry)
    problems = tuple(str(problem) for problem in reading.errors)
    registry = reading.registry
    broken: tuple[str, ...] = ()
    lower: tuple[Raised, ...] = ()
    graph: Graph | None = None
    loses = registry is not None and touches_evidence(registry, snapshot.files)
    if registry is not None and (snapshot.contracts or snapshot.registry_edit or snapshot.incomplete or loses):
        graph = await graph_of()  # whatever else it takes: who consumes this has to be known
        own, registry = registry, with_default_consumers(graph, state, registry)
        demanded, faults = floors(graph, state.repository)
        broken = broken_consumers(graph, state.repository, registry)
        lower = raised(registry, demanded, bench.catalogue)
        default = default_enforcement(graph, state.repository)
        registry = seen_by(graph, state.repository, registry)
        registry = with_floors(registry, demanded, bench.catalogue, enforcement=default)
        problems += faults
        others = consuming_components(graph, state.repository)
        snapshot = await with_lost_evidence(snapshot, own, registry, state.repository, files, bench.comparer, others)
    complaints: tuple[str, ...] = ()
    if (snapshot.registry_edit or graph is not None) and not problems:
        complaints = _complaints(snapshot, reading, graph or await graph_of(), state.repository)
    gated = bool(problems) or await is_gated(client, state, registry)
    registry, newcomers = with_newcomers(registry, snapshot)
    newcomers |= only_asked(registry) if registry is not None else frozenset()
    if wants_releases(registry, snapshot):
        history = GitHubHistory(client, state.repository)
        is_behind = partial(history.is_behind, state.base_sha)
        snapshot = await with_releases(snapshot, registry, await history.tags(), is_behind, files, bench.comparer)
    if registry is not None:
        registry = await with_named_evidence(registry, snapshot, files, bench.comparer)
    return Seen(state, snapshot, registry, newcomers, problems, gated, broken, lower, graph, complaints)


def _complaints(snapshot: Snapshot, base: Reading, graph: Graph, repository: str) -> tuple[str, ...]:
    """Of the registry that the pull request proposes; or, when it leaves it alone, of the contracts that it changes."""
    edit = snapshot.registry_edit
    reading = read_registry(edit.after) if edit is not None else base
    if reading.registry is None:
        return ()
    touched = None if edit is not None else {sides.contract for sides in snapshot.contracts}
    return complaints_about(graph, repository, reading.registry, places_of(reading), touched)


def contract_paths(snapshot: Snapshot) -> frozenset[str]:
    """The contract files and registry files that the change touches: whoever changed those may not sign."""
    parts = {path for sides in snapshot.contracts for side in (sides.base, sides.head) for path in side.documents}
    parts |= {path for sides in snapshot.contracts for side in (sides.base, sides.head) for path in side.unreadable}
    parts |= {*registry_paths(), *snapshot.registry, *(path for one in snapshot.lost_evidence for path in one.files)}
    if (edit := snapshot.registry_edit) is not None:
        parts |= {*edit.before, *edit.after}
    return frozenset(path for file in snapshot.files for path in _both(file) if path in parts)


def _both(file: ChangedFile) -> tuple[str, ...]:
    return (file.path,) if file.previous_path is None else (file.path, file.previous_path)
