"""The search for a value that one schema allows and another does not.

A goal is a set of claims about one value. For each JSON type its claims become atoms, branch by branch; a branch whose
atoms some value fulfils is a *witness*. Where no branch has one, there is none, and the inclusion is proven. What is
not understood, or would cost too much, ends as `unknown`: never as a proof.

Values are finite, so a goal that comes up again below itself has a witness there only if it has a smaller one: inside,
it counts as having none.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from bot.contracts.json_schema.proof import arrays, numbers, objects, strings
from bot.contracts.json_schema.proof.evaluation import Evaluator
from bot.contracts.json_schema.proof.formula import (
    Among,
    And,
    Atom,
    Claim,
    Formula,
    Goal,
    Missing,
    Never,
    Opaque,
    Or,
    Part,
    Present,
    Schema,
    SideName,
)
from bot.contracts.json_schema.proof.outcome import NONE, UNKNOWN, Outcome, OutOfBudget, found
from bot.contracts.json_schema.proof.reading import Reader
from bot.contracts.json_schema.proof.values import TYPES, Type, canonical
from bot.contracts.options import Options
from bot.contracts.sameness import Sameness
from bot.contracts.tree import Node, Resolver

Side = SideName
Verdict = Literal["included", "broken", "unknown"]

_MOST_STEPS = 4_000
_MOST_STEPS_IN_ALL = 80_000
_ALWAYS_ALLOWED = 400
"""Large questions share a budget, and get less the more of it is spent; small ones are always answered."""

_DEEPEST = 24


@dataclass(frozen=True, slots=True)
class Answer:
    """Whether every value of the one schema is one of the other. `witness`: a value that is not, when it is known."""

    verdict: Verdict
    witness: Any = None


class Prover:
    """Proves inclusions of the data of one side in the schemas of the other.

    data_side: whose values are asked about. One question, and all questions together, may cost a number of steps.
    """

    def __init__(
        self,
        base: Resolver,
        head: Resolver,
        siblings_count: tuple[bool, bool],
        options: Options,
        data_side: SideName,
    ) -> None:
        resolvers: dict[SideName, Resolver] = {"base": base, "head": head}
        counted: dict[SideName, bool] = {"base": siblings_count[0], "head": siblings_count[1]}
        self.reader = Reader(resolvers, counted, options, data_side)
        self.evaluator = Evaluator(self.reader)
        self._sameness = Sameness(base, head)
        self._decides_patterns = options.patterns == "decided"
        self._known: dict[tuple[Goal, bool], Outcome] = {}
        self._open: dict[Goal, int] = {}
        self._lowest_used = _FAR
        self._steps = 0
        self._left = _MOST_STEPS_IN_ALL

    def included(self, data: Sequence[Schema], reader: Sequence[Schema]) -> Answer:
        """Whether what is valid against all of `data` is valid against all of `reader`."""
        doubt = False
        for schema in reader:
            goal: Goal = frozenset((*(Claim(one, True) for one in data), Claim(schema, False)))
            outcome = self._asked(goal)
            if outcome.kind == "found":
                return Answer("broken", outcome.witness)
            doubt = doubt or outcome.kind == "unknown"
        return Answer("unknown" if doubt else "included")

    def empty(self, data: Sequence[Schema]) -> bool:
        """Whether it is proven that nothing is valid against all of `data`."""
        return self._asked(frozenset(Claim(one, True) for one in data)).kind == "none"

    def _asked(self, goal: Goal) -> Outcome:
        allowed = max(_ALWAYS_ALLOWED, min(_MOST_STEPS, self._left // 20))
        self._steps = allowed
        try:
            return self.solve(goal)
        except (OutOfBudget, RecursionError):
            self._open.clear()
            self._lowest_used = _FAR
            return UNKNOWN
        finally:
            self._left = max(0, self._left - (allowed - max(0, self._steps)))

    def solve(self, goal: Goal) -> Outcome:
        """A value that fulfils all parts of the goal."""
        key = goal, self._decides_patterns
        if key in self._known:
            return self._known[key]
        if goal in self._open:
            self._lowest_used = min(self._lowest_used, self._open[goal])
            return NONE
        if self._contradicts_itself(goal):
            return NONE
        depth = len(self._open)
        if depth > _DEEPEST:
            return UNKNOWN
        outer, self._lowest_used = self._lowest_used, _FAR
        self._open[goal] = depth
        try:
            outcome = self._by_type(goal)
        finally:
            self._open.pop(goal, None)
        # "None" may rest on the assumption that a goal further up has none; then it holds only there.
        if outcome.kind == "found" or self._lowest_used >= depth:
            self._known[key] = outcome
            self._lowest_used = outer
        else:
            self._lowest_used = min(outer, self._lowest_used)
        return outcome

    def solve_name(self, goal: Goal) -> Outcome:
        """A name that fulfils the goal. Names are plain texts, so patterns on them are always decided."""
        before, self._decides_patterns = self._decides_patterns, True
        try:
            return self.solve(goal)
        finally:
            self._decides_patterns = before

    def _by_type(self, goal: Goal) -> Outcome:
        doubt = False
        for type in TYPES:
            outcome = self._search(list(goal), [], [], type)
            if outcome.kind == "found":
                return outcome
            doubt = doubt or outcome.kind == "unknown"
        return UNKNOWN if doubt else NONE

    def _search(self, todo: list[Formula], atoms: list[Atom], open_choices: list[Or], type: Type) -> Outcome:
        """Depth first over the choices. The lists may be extended, never shared."""
        claims: dict[Part, None] = {}
        while todo:
            self._spend()
            one = todo.pop()
            if isinstance(one, Never) or (isinstance(one, Or) and not one.parts):
                return NONE
            if isinstance(one, And):
                todo.extend(one.parts)
            elif isinstance(one, Or):
                todo.append(one.parts[0]) if len(one.parts) == 1 else open_choices.append(one)
            elif isinstance(one, Claim):
                if one in claims:
                    continue
                claims[one] = None
                todo.append(self.reader.formula(one, type))
            else:
                atoms.append(one)
        if _obviously_none(atoms) or self._contradicts_itself(frozenset(claims)):
            return NONE
        if not open_choices:
            return self._fulfil(atoms, type)
        if self._fulfil_simple(atoms, type).kind == "none":
            return NONE
        if len(open_choices) > 1:
            for choice in open_choices:
                if self._choose(choice, atoms, [], type).kind == "none":
                    return NONE
        choice = min(open_choices, key=lambda one: len(one.parts))
        return self._choose(choice, atoms, [one for one in open_choices if one is not choice], type)

    def _choose(self, choice: Or, atoms: list[Atom], rest: list[Or], type: Type) -> Outcome:
        doubt = False
        for option in choice.parts:
            outcome = self._search([option], list(atoms), list(rest), type)
            if outcome.kind == "found":
                return outcome
            doubt = doubt or outcome.kind == "unknown"
        return UNKNOWN if doubt else NONE

    def _fulfil_simple(self, atoms: list[Atom], type: Type) -> Outcome:
        return UNKNOWN if type in ("array", "object") else self._fulfil(atoms, type)

    def _fulfil(self, atoms: list[Atom], type: Type) -> Outcome:
        self._spend()
        listed = [atom for atom in atoms if isinstance(atom, Among) and atom.holds]
        if listed:
            return self._out_of(listed, atoms)
        excluded = frozenset(
            value for atom in atoms if isinstance(atom, Among) and not atom.holds for value in atom.values
        )
        rest = [atom for atom in atoms if not isinstance(atom, (Among, Opaque))]
        match type:
            case "null":
                outcome = NONE if "null" in excluded else found(None)
            case "boolean":
                free = [value for value in (True, False) if canonical(value) not in excluded]
                outcome = found(free[0]) if free else NONE
            case "number":
                outcome = numbers.fulfil(rest, excluded)
            case "string":
                outcome = strings.fulfil(rest, excluded, decide_patterns=self._decides_patterns)
            case "array":
                outcome = arrays.fulfil(rest, excluded, self)
            case _:
                outcome = objects.fulfil(rest, excluded, self)
        if outcome.kind == "found" and any(isinstance(atom, Opaque) for atom in atoms):
            return UNKNOWN
        return outcome

    def _out_of(self, listed: list[Among], atoms: list[Atom]) -> Outcome:
        """The values are listed: try each."""
        import json

        doubt = False
        for text in sorted(frozenset.intersection(*(atom.values for atom in listed))):
            value = json.loads(text)
            verdict = self.evaluator.all_hold(atoms, value)
            if verdict is True:
                return found(value)
            doubt = doubt or verdict is None
        return UNKNOWN if doubt else NONE

    def _contradicts_itself(self, goal: Goal) -> bool:
        claims = [part for part in goal if isinstance(part, Claim)]
        wanted, unwanted = ([one for one in claims if one.holds is holds] for holds in (True, False))
        return any(self._same(one.schema, other.schema) for one in wanted for other in unwanted)

    def _same(self, one: Schema, other: Schema) -> bool:
        if one.side == other.side:
            return one == other
        base, head = (one, other) if one.side == "base" else (other, one)
        # What the data is silent about is more than what the reader is: the same text is the same only to the letter,
        # or where nothing is left open. Either way a reader takes what the same schema describes.
        return self._sameness.same(Node(base.path, base.pointer, base.value), Node(head.path, head.pointer, head.value))

    def _spend(self) -> None:
        self._steps -= 1
        if self._steps <= 0:
            raise OutOfBudget


_FAR = 1 << 30


def _obviously_none(atoms: Sequence[Atom]) -> bool:
    present = {atom.name for atom in atoms if isinstance(atom, Present)}
    if any(isinstance(atom, Missing) and atom.name in present for atom in atoms):
        return True
    opaque = {atom for atom in atoms if isinstance(atom, Opaque)}
    return any(Opaque(atom.text, not atom.holds) in opaque for atom in opaque)
