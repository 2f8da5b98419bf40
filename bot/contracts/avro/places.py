"""Where in the contract a named type is met: paths from the roots to it."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
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


class Places:
    """The prefixes of every named type that `roots` reach.

    A type is listed at up to MOST_PLACES paths. What is left out (more paths, deeper ones, those that run in a circle)
    is one `$.**` of its root, so that the reach grows wider and is never lost.
    """

    def __init__(self, roots: Sequence[tuple[Prefix, Schema]]) -> None:
        self._found: dict[Schema, dict[Prefix, None]] = {}
        waiting = deque(way for prefix, root in roots for way in self._named(_Way(prefix, frozenset()), root))
        while waiting:
            schema, way = waiting.popleft()
            for admitted in self._admit(schema, way):
                trail = admitted.trail | {schema} if admitted.prefix.path != _ANY else admitted.trail
                for field in schema.fields:
                    step = property_path("", field.name)
                    waiting.extend(self._named(_Way(admitted.prefix.step(step), trail), field.schema))

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

    def _named(self, way: _Way, schema: Schema) -> Iterator[tuple[Schema, _Way]]:
        """The named types that a schema holds without another named one between."""
        if schema.kind in NAMED:
            yield schema, way
        elif schema.inner is not None:
            step = "[*]" if schema.kind == "array" else ".{*}"
            yield from self._named(_Way(way.prefix.step(step), way.trail), schema.inner)
        for branch in schema.branches:
            yield from self._named(way, branch)
