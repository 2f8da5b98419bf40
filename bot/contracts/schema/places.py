"""Where differences are felt: paths from a compared pair to every difference below it.

Pairs of subschemas form a graph, with cycles. Outside of cycles each way to a difference is a path of its own; inside
one, the shortest way is listed, and `**` stands for all longer ones. More than `MOST_PATHS` ways to one difference
become one `**` path, so that the reach grows wider and is never lost.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from bot.contracts.schema.notes import Visibility
from bot.contracts.schema.paths import ANY_DEPTH, ROOT, last_step
from bot.contracts.schema.values import SchemaChange

MOST_PATHS = 200
_MOST_ENDS = 8

Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Local(Generic[Key]):
    """What one pair contributes: its own differences, and steps to other pairs."""

    changes: Sequence[SchemaChange]
    steps: Sequence[tuple[str, Key, Visibility]]


@dataclass(frozen=True, slots=True)
class Felt:
    """A difference at a path (without the leading `$`). `hidden`: never sent in requests, in responses."""

    path: str
    change: SchemaChange
    hidden: Visibility


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
            missing = [
                target
                for member in self._component[pair]
                for _, target, _ in self._local(member).steps
                if target not in self._component[pair] and target not in self._felt
            ]
            if missing:
                waiting.extend(missing)
                continue
            waiting.pop()
            self._felt[pair] = self._list(pair)
        return self._felt[start]

    def _list(self, entry: Key) -> tuple[Felt, ...]:
        members = set(self._component[entry])
        cyclic = len(members) > 1 or any(target == entry for _, target, _ in self._local(entry).steps)
        felt: list[Felt] = []
        reached: dict[Key, tuple[str, Visibility]] = {entry: ("", (False, False))}
        queue = [entry]
        for pair in queue:
            path, hidden = reached[pair]
            found = [Felt(change.path[len(ROOT) :], change, (False, False)) for change in self._local(pair).changes]
            for step, target, step_hidden in self._local(pair).steps:
                if target not in members:
                    found += [_under(step, step_hidden, below) for below in self._felt[target]]
                elif target not in reached:
                    reached[target] = (path + step, _or(hidden, step_hidden))
                    queue.append(target)
            for one in found:
                felt.append(_under(path, hidden, one))
                if cyclic:
                    felt.append(Felt(ANY_DEPTH + last_step(one.path), one.change, one.hidden))
        return _capped(felt)

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


def _under(path: str, hidden: Visibility, felt: Felt) -> Felt:
    return Felt(path + felt.path, felt.change, _or(hidden, felt.hidden))


def _or(left: Visibility, right: Visibility) -> Visibility:
    return (left[0] or right[0], left[1] or right[1])


def _capped(felt: Iterable[Felt]) -> tuple[Felt, ...]:
    ways: dict[int, dict[tuple[str, Visibility], Felt]] = {}
    for one in felt:
        ways.setdefault(id(one.change), {})[one.path, one.hidden] = one
    kept: list[Felt] = []
    for found in ways.values():
        if len(found) <= MOST_PATHS:
            kept += found.values()
            continue
        change = next(iter(found.values())).change
        for hidden in sorted({one.hidden for one in found.values()}):
            ends = sorted({last_step(one.path) for one in found.values() if one.hidden == hidden})
            kept += [Felt(ANY_DEPTH + end, change, hidden) for end in (ends if len(ends) <= _MOST_ENDS else [""])]
    return tuple(kept)
