"""An array: which items it needs, and whether each of them can be."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product
from typing import Any, Protocol

from bot.contracts.json_schema.proof.formula import Among, Atom, Goal, ItemAt, Items, Part, Size, SomeItem, Unique
from bot.contracts.json_schema.proof.outcome import NONE, UNKNOWN, Outcome, found
from bot.contracts.json_schema.proof.values import canonical

_MOST_PLACEMENTS = 200
_MOST_ITEMS = 2_000


class Solver(Protocol):
    def solve(self, goal: Goal) -> Outcome: ...


def fulfil(atoms: Sequence[Atom], excluded: frozenset[str], solver: Solver) -> Outcome:
    """An array that fulfils the atoms and is none of the excluded values."""
    shortest = max((atom.count for atom in atoms if isinstance(atom, Size) and atom.lower), default=0)
    most = [atom.count for atom in atoms if isinstance(atom, Size) and not atom.lower]
    longest = min(most) if most else None
    if longest is not None and longest < shortest:
        return NONE
    doubt = False
    for number, placed in enumerate(_placements(atoms)):
        if number >= _MOST_PLACEMENTS:
            return UNKNOWN
        outcome = _filled(atoms, placed, shortest, longest, solver)
        if outcome.kind == "found" and canonical(outcome.witness) in excluded:
            outcome = UNKNOWN
        if outcome.kind == "found":
            return outcome
        doubt = doubt or outcome.kind == "unknown"
    return UNKNOWN if doubt else NONE


def _placements(atoms: Sequence[Atom]) -> Iterator[dict[int, set[Part]]]:
    """Where the items that must be somewhere may be: at each place that is told apart, or one behind these."""
    fixed: dict[int, set[Part]] = {}
    edge = 0
    for atom in atoms:
        if isinstance(atom, ItemAt):
            fixed.setdefault(atom.index, set()).add(atom.part)
            edge = max(edge, atom.index + 1)
        elif isinstance(atom, Items):
            edge = max(edge, len(atom.prefix))
        elif isinstance(atom, SomeItem):
            edge = max(edge, atom.start)
    somewhere = [atom for atom in atoms if isinstance(atom, SomeItem)]
    same = [atom for atom in atoms if isinstance(atom, Unique) and not atom.holds]
    spare = len(somewhere) + 2 * len(same)
    # Behind the edge all places are alike, so one each for those that must be there is enough.
    choices = [range(atom.start, max(edge, atom.start) + max(spare, 1)) for atom in somewhere]
    for chosen in product(*choices):
        placed = {index: set(parts) for index, parts in fixed.items()}
        for atom, index in zip(somewhere, chosen, strict=True):
            placed.setdefault(index, set()).add(atom.part)
        yield placed


def _filled(
    atoms: Sequence[Atom], placed: dict[int, set[Part]], shortest: int, longest: int | None, solver: Solver
) -> Outcome:
    unique = any(isinstance(atom, Unique) and atom.holds for atom in atoms)
    repeated = any(isinstance(atom, Unique) and not atom.holds for atom in atoms)
    if unique and repeated:
        return NONE
    length = max(shortest, max(placed, default=-1) + 1)
    if longest is not None and length > longest:
        return NONE
    if length > _MOST_ITEMS:
        return UNKNOWN
    if repeated:
        return _with_two_alike(atoms, placed, length, longest, solver)
    witness: list[Any] = []
    doubt = False
    for index in range(length):
        goal = _goal(atoms, placed, index)
        if unique and witness:
            goal |= {Among(frozenset(canonical(item) for item in witness), False)}
        outcome = solver.solve(goal)
        if outcome.kind == "none":
            # With other values before it might still be possible, when the values have to differ.
            return UNKNOWN if unique and index else NONE
        doubt = doubt or outcome.kind == "unknown"
        witness.append(outcome.witness)
    return UNKNOWN if doubt else found(witness)


def _with_two_alike(
    atoms: Sequence[Atom], placed: dict[int, set[Part]], length: int, longest: int | None, solver: Solver
) -> Outcome:
    """Two equal items at two places; what else has to be there is left to the plain filling."""
    size = max(length, 2)
    if longest is not None and size > longest:
        return NONE
    plain = [atom for atom in atoms if not isinstance(atom, Unique)]
    edge = max((len(atom.prefix) for atom in atoms if isinstance(atom, Items)), default=0)
    last = min(edge + 2, longest) if longest is not None else edge + 2
    doubt = longest is None or last < longest
    for second in range(1, max(last, size)):
        for first in range(second):
            both = _goal(plain, placed, first) | _goal(plain, placed, second)
            alike = solver.solve(both)
            if alike.kind == "found":
                only: Part = Among(frozenset({canonical(alike.witness)}), True)
                shared = {**placed, first: placed.get(first, set()) | {only}}
                shared[second] = placed.get(second, set()) | {only}
                outcome = _filled(plain, shared, size, longest, solver)
                if outcome.kind == "found":
                    return outcome
                doubt = True
            doubt = doubt or alike.kind == "unknown"
    return UNKNOWN if doubt else NONE


def _goal(atoms: Sequence[Atom], placed: dict[int, set[Part]], index: int) -> Goal:
    parts: set[Part] = set(placed.get(index, ()))
    for atom in atoms:
        if isinstance(atom, Items):
            part = atom.prefix[index] if index < len(atom.prefix) else atom.rest
            if part is not None:
                parts.add(part)
    return frozenset(parts)
