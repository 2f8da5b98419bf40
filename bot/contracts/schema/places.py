"""Where differences are felt: paths from a compared pair to every difference below it.

Pairs of subschemas form a graph, with cycles. Outside of cycles each way to a difference is a path of its own; inside
one, the shortest way is listed, and `**` stands for all longer ones (for all of them, when the cycle is large). More
than `MOST_PATHS` ways to one difference become one `**` path, so that the reach grows wider and is never lost.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from bot.contracts.schema.notes import Visibility
from bot.contracts.schema.paths import ANY_DEPTH, ROOT, last_step
from bot.contracts.schema.values import SchemaChange

MOST_PATHS = 200
_MOST_ENDS = 8
_LARGEST_WALKED_CYCLE = 30

Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Local(Generic[Key]):
    """What one pair contributes: its own differences, and steps to other pairs."""

    changes: Sequence[SchemaChange]
    steps: Sequence[tuple[str, Key, Visibility]]


@dataclass(frozen=True, slots=True)
class Felt:
    """A difference at a path (without the leading `$`), whose last step is `end`. `hidden`: never sent in requests, in
    responses.
    """

    path: str
    end: str
    change: SchemaChange
    hidden: Visibility


class _Gathered:
    """The ways to one difference: each of them, until there are too many; then only how they end."""

    def __init__(self, change: SchemaChange) -> None:
        self.change = change
        self.ends: set[tuple[Visibility, str]] = set()
        self.exact: dict[tuple[str, Visibility], Felt] | None = {}

    def add(self, prefix: str, hidden: Visibility, felt: Felt) -> None:
        seen = (hidden[0] or felt.hidden[0], hidden[1] or felt.hidden[1])
        end = felt.end or last_step(prefix)
        self.ends.add((seen, end))
        if self.exact is not None:
            path = prefix + felt.path
            self.exact[path, seen] = Felt(path, end, self.change, seen)
            if len(self.exact) > MOST_PATHS:
                self.exact = None

    def felt(self, *, recursive: bool) -> list[Felt]:
        exact = [] if self.exact is None else list(self.exact.values())
        return exact if exact and not recursive else exact + self.wide()

    def wide(self) -> list[Felt]:
        """One place for any way, for each of the ends if these are few."""
        by_visibility: dict[Visibility, list[str]] = {}
        for hidden, end in sorted(self.ends):
            by_visibility.setdefault(hidden, []).append(end)
        return [
            Felt(ANY_DEPTH + end, end, self.change, hidden)
            for hidden, ends in by_visibility.items()
            for end in (ends if len(ends) <= _MOST_ENDS else [""])
        ]


class Places(Generic[Key]):
    """Lists what is felt below a pair. Answers are kept."""

    def __init__(self, local: Callable[[Key], Local[Key]]) -> None:
        self._local = local
        self._felt: dict[Key, tuple[Felt, ...]] = {}
        self._component: dict[Key, tuple[Key, ...]] = {}

    def below(self, start: Key) -> tuple[Felt, ...]:
        """Everything felt from `start` on, deepest components first so that each is listed once."""
        if start not in self._component:
            self._find_components(start)
        waiting = [start]
        while waiting:
            pair = waiting[-1]
            if pair in self._felt:
                waiting.pop()
                continue
            component = set(self._component[pair])
            missing = {
                target
                for member in component
                for _, target, _ in self._local(member).steps
                if target not in component and target not in self._felt
            }
            if missing:
                waiting.extend(missing)
                continue
            waiting.pop()
            self._felt[pair] = self._list(pair)
        return self._felt[start]

    def _list(self, entry: Key) -> tuple[Felt, ...]:
        members = set(self._component[entry])
        if len(members) == 1 and all(target != entry for _, target, _ in self._local(entry).steps):
            return self._ways({entry: ("", (False, False))}, members, recursive=False)
        if len(members) > _LARGEST_WALKED_CYCLE:
            everywhere = self._ways(dict.fromkeys(members, ("", (False, False))), members, recursive=None)
            self._felt.update(dict.fromkeys(members, everywhere))
            return everywhere
        return self._ways(self._shortest(entry, members), members, recursive=True)

    def _shortest(self, entry: Key, members: set[Key]) -> dict[Key, tuple[str, Visibility]]:
        """The shortest way from `entry` to each member of its cycle."""
        reached: dict[Key, tuple[str, Visibility]] = {entry: ("", (False, False))}
        queue = [entry]
        for pair in queue:
            path, hidden = reached[pair]
            for step, target, below in self._local(pair).steps:
                if target in members and target not in reached:
                    reached[target] = (path + step, (hidden[0] or below[0], hidden[1] or below[1]))
                    queue.append(target)
        return reached

    def _ways(
        self, reached: Mapping[Key, tuple[str, Visibility]], members: set[Key], *, recursive: bool | None
    ) -> tuple[Felt, ...]:
        """What is felt from the pairs in `reached` on. `recursive`: longer ways count, too; None: only wide ones do."""
        gathered: dict[int, _Gathered] = {}

        def add(prefix: str, hidden: Visibility, felt: Felt) -> None:
            key = id(felt.change)
            if key not in gathered:
                gathered[key] = _Gathered(felt.change)
            gathered[key].add(prefix, hidden, felt)

        for pair, (path, hidden) in reached.items():
            local = self._local(pair)
            for change in local.changes:
                below = change.path[len(ROOT) :]
                add(path, hidden, Felt(below, last_step(below), change, (False, False)))
            for step, target, unseen in local.steps:
                if target not in members:
                    both = (hidden[0] or unseen[0], hidden[1] or unseen[1])
                    for felt in self._felt[target]:
                        add(path + step, both, felt)
        lists = (one.wide() if recursive is None else one.felt(recursive=recursive) for one in gathered.values())
        return tuple(felt for found in lists for felt in found)

    def _find_components(self, start: Key) -> None:
        """Tarjan's strongly connected components, without recursion."""
        index: dict[Key, int] = {}
        low: dict[Key, int] = {}
        stack: list[Key] = []
        on_stack: set[Key] = set()
        work: list[tuple[Key, int]] = [(start, 0)]
        while work:
            pair, position = work.pop()
            if position == 0:
                index[pair] = low[pair] = len(index)
                stack.append(pair)
                on_stack.add(pair)
            steps = self._local(pair).steps
            if position:
                low[pair] = min(low[pair], low.get(steps[position - 1][1], low[pair]))
            while position < len(steps):
                target = steps[position][1]
                position += 1
                if target in self._component:
                    continue
                if target not in index:
                    work.append((pair, position))
                    work.append((target, 0))
                    break
                if target in on_stack:
                    low[pair] = min(low[pair], index[target])
            else:
                if low[pair] == index[pair]:
                    at = stack.index(pair)
                    component = tuple(stack[at:])
                    del stack[at:]
                    on_stack.difference_update(component)
                    for member in component:
                        self._component[member] = component
