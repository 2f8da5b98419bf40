"""An object: which properties it needs, which names these may have, and whether each of them can be."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from itertools import product
from typing import Any, Protocol

from bot.contracts.json_schema.proof import regular
from bot.contracts.json_schema.proof.evaluation import Evaluator
from bot.contracts.json_schema.proof.formula import (
    Atom,
    Goal,
    Missing,
    Names,
    Part,
    Present,
    Properties,
    Size,
    SomeName,
    SomeProperty,
)
from bot.contracts.json_schema.proof.outcome import NONE, UNKNOWN, Outcome, found
from bot.contracts.json_schema.proof.values import canonical

_MOST_CHOICES = 400
_MOST_PATTERNS = 4
_MOST_ADDED = 300


class Solver(Protocol):
    @property
    def evaluator(self) -> Evaluator: ...

    def solve(self, goal: Goal) -> Outcome: ...

    def solve_name(self, goal: Goal) -> Outcome: ...


def fulfil(atoms: Sequence[Atom], excluded: frozenset[str], solver: Solver) -> Outcome:
    """An object that fulfils the atoms and is none of the excluded values."""
    search = _Search(atoms, solver)
    outcome = search.outcome()
    if outcome.kind == "found" and canonical(outcome.witness) in excluded:
        return search.another(excluded)
    return outcome


class _Search:
    def __init__(self, atoms: Sequence[Atom], solver: Solver) -> None:
        self._solver = solver
        self._properties = [atom for atom in atoms if isinstance(atom, Properties)]
        self._names = [atom.part for atom in atoms if isinstance(atom, Names)]
        self._present = {atom.name for atom in atoms if isinstance(atom, Present)}
        self._missing = {atom.name for atom in atoms if isinstance(atom, Missing)}
        self._somewhere = [atom for atom in atoms if isinstance(atom, (SomeProperty, SomeName))]
        self._fewest = max((a.count for a in atoms if isinstance(a, Size) and a.lower), default=0)
        most = [atom.count for atom in atoms if isinstance(atom, Size) and not atom.lower]
        self._most = min(most) if most else None
        self._doubt = False
        self._expected = self._expected_names()
        self._mentioned = self._mentioned_names()
        self._patterns = tuple(
            dict.fromkeys(pattern for atom in (*self._properties, *self._somewhere) for pattern in _patterns_of(atom))
        )

    def outcome(self) -> Outcome:
        if self._present & self._missing or (self._most is not None and self._fewest > self._most):
            return NONE
        choices = []
        for atom in self._somewhere:
            names = list(self._names_for(atom))
            if not names:
                return UNKNOWN if self._doubt else NONE
            choices.append(names)
        for number, chosen in enumerate(product(*choices)):
            if number >= _MOST_CHOICES:
                self._doubt = True
                break
            wanted: dict[str, set[Part]] = {name: set() for name in self._present}
            for atom, name in zip(self._somewhere, chosen, strict=True):
                parts = wanted.setdefault(name, set())
                if isinstance(atom, SomeProperty) and atom.part is not None:
                    parts.add(atom.part)
            outcome = self._built(wanted)
            if outcome.kind == "found":
                return outcome
            self._doubt = self._doubt or outcome.kind == "unknown"
        return UNKNOWN if self._doubt else NONE

    def another(self, excluded: frozenset[str]) -> Outcome:
        """With one more property it is another object, if there may be one."""
        self._fewest = max(len(json.loads(text)) for text in excluded) + 1
        if self._most is not None and self._fewest > self._most:
            return UNKNOWN
        outcome = self.outcome()
        return outcome if outcome.kind == "found" else UNKNOWN

    def _built(self, wanted: dict[str, set[Part]]) -> Outcome:
        if wanted.keys() & self._missing or (self._most is not None and len(wanted) > self._most):
            return NONE
        witness: dict[str, Any] = {}
        doubt = False
        for name, parts in wanted.items():
            outcome = self._property(name, parts)
            if outcome.kind == "none":
                return NONE
            doubt = doubt or outcome.kind == "unknown"
            witness[name] = outcome.witness
        if len(witness) < self._fewest:
            filled = self._filled_up(witness)
            if filled.kind != "found":
                return filled
        return UNKNOWN if doubt else found(witness)

    def _filled_up(self, witness: dict[str, Any]) -> Outcome:
        doubt = self._fewest > _MOST_ADDED
        for name in (*sorted(self._mentioned), *self._fresh_names(self._fewest if not doubt else 0)):
            if len(witness) >= self._fewest:
                break
            if name in witness or name in self._missing:
                continue
            outcome = self._property(name, set())
            if outcome.kind == "found":
                witness[name] = outcome.witness
            doubt = doubt or outcome.kind == "unknown"
        if len(witness) >= self._fewest:
            return found(witness)
        return UNKNOWN if doubt or self._doubt else NONE

    def _property(self, name: str, parts: set[Part]) -> Outcome:
        """The value of the property `name`, if there may be one."""
        goal: set[Part] = set(parts)
        doubt = False
        for part in self._names:
            fits = self._solver.evaluator.part(part, name)
            if fits is False:
                return NONE
            doubt = doubt or fits is None
        for atom in self._properties:
            covered = False
            for called, part in atom.named:
                if called == name:
                    covered = True
                    goal.add(part)
            for pattern, part in atom.patterned:
                matches = _matches(pattern, name)
                doubt = doubt or matches is None
                if matches:
                    covered = True
                    goal.add(part)
            if not covered and atom.others is not None:
                goal.add(atom.others)
        outcome = self._solver.solve(frozenset(goal))
        if outcome.kind == "none" and doubt:
            return UNKNOWN
        return UNKNOWN if doubt and outcome.kind == "found" else outcome

    def _expected_names(self) -> frozenset[str] | None:
        """The only names that data is expected to have, of those that are mentioned; None when it may have any."""
        described = [atom for atom in self._properties if atom.declared is not None]
        if not described or any(atom.others is not None or atom.patterned for atom in self._properties):
            return None
        return frozenset(
            {name for atom in described for name in atom.declared or ()}
            | {name for atom in self._properties for name, _ in atom.named}
            | self._present
        )

    def _mentioned_names(self) -> set[str]:
        names = set(self._present)
        for atom in self._properties:
            names |= {name for name, _ in atom.named}
        for one in self._somewhere:
            if isinstance(one, SomeProperty):
                names |= set(one.names) | ({one.name} if one.name is not None else set())
        return names

    def _names_for(self, atom: SomeProperty | SomeName) -> Iterator[str]:
        """Names under which what has to be somewhere can be: one of each kind that is told apart."""
        if isinstance(atom, SomeProperty) and atom.name is not None:
            if self._expected is None or atom.name in self._expected:
                yield atom.name
            return
        for name in (*sorted(self._mentioned), *self._fresh_names(1)):
            if name in self._missing:
                continue
            if isinstance(atom, SomeName):
                fits = self._solver.evaluator.part(atom.part, name)
            elif atom.pattern is not None:
                fits = _matches(atom.pattern, name)
            else:
                matched = [_matches(pattern, name) for pattern in atom.patterns]
                fits = False if name in atom.names or True in matched else None if None in matched else True
            self._doubt = self._doubt or fits is None
            if fits and (self._expected is None or name in self._expected or name not in self._mentioned):
                yield name
        if isinstance(atom, SomeName):
            yield from self._bad_names(atom)

    def _bad_names(self, atom: SomeName) -> Iterator[str]:
        """A name that is not as `propertyNames` wants it, found as a text of its own."""
        goal: Goal = frozenset({atom.part, *self._names})
        outcome = self._solver.solve_name(goal)
        if outcome.kind == "found" and isinstance(outcome.witness, str):
            yield outcome.witness
        elif outcome.kind != "none":
            self._doubt = True

    def _fresh_names(self, count: int) -> Iterator[str]:
        """Names that nothing mentions: for each combination of the patterns, `count` that match exactly these."""
        if not self._patterns:
            number = made = 0
            while made < count:
                name = f"other{number or ''}"
                number += 1
                if name not in self._mentioned | self._missing:
                    made += 1
                    yield name
            return
        if len(self._patterns) > _MOST_PATTERNS:
            self._doubt = True
            return
        for signs in product((True, False), repeat=len(self._patterns)):
            wanted = [p for p, sign in zip(self._patterns, signs, strict=True) if sign]
            unwanted = [p for p, sign in zip(self._patterns, signs, strict=True) if not sign]
            taken = self._mentioned | self._missing
            for _ in range(count):
                try:
                    fresh = regular.find(wanted, unwanted, 0, None, frozenset(taken))
                except regular.Unsupported:
                    self._doubt = True
                    break
                if fresh is None:
                    break
                taken = taken | {fresh}
                yield fresh


def _patterns_of(atom: Properties | SomeProperty | SomeName) -> Sequence[str]:
    if isinstance(atom, Properties):
        return [pattern for pattern, _ in atom.patterned]
    if isinstance(atom, SomeProperty):
        return [*atom.patterns, *([atom.pattern] if atom.pattern is not None else [])]
    return []


def _matches(pattern: str, name: str) -> bool | None:
    try:
        return regular.matches(pattern, name)
    except regular.Unsupported:
        return None
