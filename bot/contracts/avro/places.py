"""Where in the contract a named type is met: paths from the roots to it."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from bot.contracts.address import property_path
from bot.contracts.avro.model import NAMED, Schema
from bot.contracts.change import Direction

MOST_PLACES = 16
_DEEPEST = 32
_ANY = "$.**"


@dataclass(frozen=True, slots=True)
class Prefix:
    """The address of a schema: its scope (`OrderCreated`, `Greeter.hello request`) and the path below it.

    swapped: the sides change their parts: here the head's writers meet the base's readers first.
    """

    scope: str
    path: str = "$"
    direction: Direction = "response"
    swapped: bool = False

    def below(self, path: str) -> str:
        """The address of what stands at `path` (from `$`) below this."""
        return f"{self.scope}:{self.path}{path[1:]}" if self.scope != "**" else "**"

    def wide(self) -> Prefix:
        return replace(self, path=_ANY)

    def step(self, step: str) -> Prefix:
        return self if self.path == _ANY else replace(self, path=self.path + step)


@dataclass(frozen=True, slots=True)
class _Way:
    prefix: Prefix
    trail: frozenset[Schema]


_Edges = tuple[tuple[str, Schema], ...]


class Places:
    """The prefixes of the `wanted` types, as far as `roots` reach them.

    A type is listed at up to MOST_PLACES paths. What is left out (more paths, deeper ones, those that run in a circle)
    is one `$.**` of its root, so that the reach grows wider and is never lost.
    """

    def __init__(self, roots: Sequence[tuple[Prefix, Schema]], wanted: Collection[Schema]) -> None:
        self._found: dict[Schema, dict[Prefix, None]] = {}
        starts = [(prefix.step(step), schema) for prefix, root in roots for step, schema in _named_below(root)]
        edges = _edges(schema for _, schema in starts)
        leading = _leading_to(wanted, edges)
        waiting = deque((schema, _Way(prefix, frozenset())) for prefix, schema in starts if schema in leading)
        while waiting:
            schema, way = waiting.popleft()
            for admitted in self._admit(schema, way):
                trail = admitted.trail | {schema} if admitted.prefix.path != _ANY else admitted.trail
                for step, target in edges[schema]:
                    if target in leading:
                        waiting.append((target, _Way(admitted.prefix.step(step), trail)))

    @property
    def by_type(self) -> Mapping[Schema, Iterable[Prefix]]:
        return self._found

    def _admit(self, schema: Schema, way: _Way) -> Iterator[_Way]:
        """The way, or a wide one in its place; nothing when the type is known there already."""
        found = self._found.setdefault(schema, {})
        exact = way.prefix.path != _ANY
        if exact and (schema in way.trail or len(way.trail) > _DEEPEST or len(found) >= MOST_PLACES):
            way = _Way(way.prefix.wide(), frozenset())
            exact = False
        if not exact and len(found) >= 2 * MOST_PLACES:
            way = _Way(replace(way.prefix, scope="**"), frozenset())
        if way.prefix not in found:
            found[way.prefix] = None
            yield way


def _named_below(schema: Schema) -> Iterator[tuple[str, Schema]]:
    """The named types that a schema is, or holds without another named one between, each with the steps to it."""
    if schema.kind in NAMED:
        yield "", schema
    elif schema.inner is not None:
        step = "[*]" if schema.kind == "array" else ".{*}"
        yield from ((step + rest, target) for rest, target in _named_below(schema.inner))
    for branch in schema.branches:
        yield from _named_below(branch)


def _edges(starts: Iterable[Schema]) -> Mapping[Schema, _Edges]:
    """Of every type that can be reached: the types that its fields hold."""
    edges: dict[Schema, _Edges] = {}
    waiting = list(starts)
    while waiting:
        schema = waiting.pop()
        if schema in edges:
            continue
        edges[schema] = tuple(
            (property_path("", field.name) + step, target)
            for field in schema.fields
            for step, target in _named_below(field.schema)
        )
        waiting += [target for _, target in edges[schema]]
    return edges


def _leading_to(wanted: Collection[Schema], edges: Mapping[Schema, _Edges]) -> set[Schema]:
    """The wanted types, and all from which one of them can be reached."""
    holders: dict[Schema, list[Schema]] = {}
    for schema, targets in edges.items():
        for _, target in targets:
            holders.setdefault(target, []).append(schema)
    leading: set[Schema] = set()
    waiting = list(wanted)
    while waiting:
        schema = waiting.pop()
        if schema not in leading:
            leading.add(schema)
            waiting += holders.get(schema, ())
    return leading
