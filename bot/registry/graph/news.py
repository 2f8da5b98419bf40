"""A half has changed: whom that concerns."""

from __future__ import annotations

from dataclasses import dataclass, replace

from bot.registry import globs
from bot.registry.gather import sources
from bot.registry.graph.graph import Graph
from bot.registry.graph.half import Half
from bot.registry.graph.joined import FLOORS, producers_of
from bot.registry.reading import registry_paths


@dataclass(frozen=True, slots=True)
class News:
    """judged: repositories whose open pull requests are to be looked at again. read: repositories whose evidence is to
    be read again, since it is held against what has changed.
    """

    judged: frozenset[str] = frozenset()
    read: frozenset[str] = frozenset()


def news(before: Half | None, after: Half | None, old: Graph, new: Graph, *, contract_touched: bool = False) -> News:
    """What follows from a half that was `before` (None: not there) and is now `after` (None: gone).

    contract_touched: one of its contracts' files has changed, whatever its registry says.
    """
    subject = after or before
    if subject is None:
        return News()
    read = _reading(before, after, new) if contract_touched or _contracts(before) != _contracts(after) else frozenset()
    if _known(before) == _known(after):
        return News(frozenset(), read)
    judged = (producers_of(before, old) if before else frozenset()) | (
        producers_of(after, new) if after else frozenset()
    )
    if after is not None and _shown(before) != _shown(after):
        judged |= {after.repository.lower()}
    if subject.repository.lower().endswith(f"/{FLOORS}") and _floors(before) != _floors(after):
        judged |= new.halves.keys()
    if _component(before) != _component(after):  # files of producers call consumers by name
        read |= {key for key in judged if (half := new.halves.get(key)) and _has_sources(half)}
    return News(frozenset(key for key in judged if _contracts(new.halves.get(key))), read)


def may_matter(half: Half, path: str) -> bool:
    """Whether a file of the repository has a part in its half: its registry, its contracts, its evidence."""
    if path in registry_paths():
        return True
    if half.registry is None:
        return False
    if path.endswith((".yml", ".yaml")):  # the registry may include it
        return True
    return is_contract(half, path) or any(
        globs.matches(source.evidence.path, path) for source in sources(half.registry, half.repository)
    )


def is_contract(half: Half, path: str) -> bool:
    """Whether the file is part of one of its contracts."""
    contracts = half.registry.contracts if half.registry else ()
    return any(globs.matches_any(contract.files, path) or path == contract.entrypoint for contract in contracts)


def _known(half: Half | None) -> Half | None:
    """What others build upon; not when and where it was read."""
    return half and replace(half, commit="", problems=(), refreshed_at=None, places={})


def _contracts(half: Half | None) -> object:
    return half.registry.contracts if half and half.registry else ()


def _component(half: Half | None) -> object:
    return half.registry.component if half and half.registry else None


def _floors(half: Half | None) -> object:
    return (half.registry.floors, half.registry.default_enforcement) if half and half.registry else (None, None)


def _shown(half: Half | None) -> object:
    """What its own pull requests show of it, besides its registry, which they read for themselves."""
    return half and (half.uses, half.hidden, half.internal)


def _reading(before: Half | None, after: Half | None, graph: Graph) -> frozenset[str]:
    own = {half.repository.lower() for half in (before, after) if half is not None}
    return frozenset(
        key
        for key, half in graph.halves.items()
        if key not in own and _has_sources(half) and own & producers_of(half, graph)
    )


def _has_sources(half: Half) -> bool:
    return half.registry is not None and any(sources(half.registry, half.repository))
