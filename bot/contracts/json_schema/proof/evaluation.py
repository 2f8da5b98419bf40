"""Is one given value valid? True, False, or None when that is not known."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from typing import Any

from bot.contracts.json_schema.proof import regular
from bot.contracts.json_schema.proof.formula import (
    Among,
    And,
    Atom,
    Bound,
    Claim,
    Formula,
    ItemAt,
    Items,
    Missing,
    Multiple,
    Names,
    Never,
    Or,
    Part,
    Pattern,
    Present,
    Properties,
    Size,
    SomeItem,
    SomeName,
    SomeProperty,
    Unique,
)
from bot.contracts.json_schema.proof.reading import Reader
from bot.contracts.json_schema.proof.values import canonical, type_of

Truth = bool | None

_DEEPEST = 60


class Evaluator:
    """Evaluates claims on values."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._depth = 0

    def all_hold(self, atoms: Iterable[Atom], value: Any) -> Truth:
        return _all(self._formula(atom, value) for atom in atoms)

    def part(self, part: Part, value: Any) -> Truth:
        """Whether a value is as the part says."""
        return self._formula(part, value)

    def _formula(self, formula: Formula, value: Any) -> Truth:
        if isinstance(formula, And):
            return _all(self._formula(one, value) for one in formula.parts)
        if isinstance(formula, Or):
            return _any(self._formula(one, value) for one in formula.parts)
        if isinstance(formula, Claim):
            if self._depth > _DEEPEST:
                return None
            self._depth += 1
            try:
                return self._formula(self._reader.formula(formula, type_of(value)), value)
            finally:
                self._depth -= 1
        return self._atom(formula, value)

    def _atom(self, atom: Atom, value: Any) -> Truth:
        match atom:
            case Never():
                return False
            case Among():
                return (canonical(value) in atom.values) is atom.holds
            case Bound():
                number = Fraction(str(value))
                if number == atom.value:
                    return not atom.exclusive
                return (number > atom.value) is atom.lower
            case Multiple():
                return ((Fraction(str(value)) / atom.of).denominator == 1) is atom.holds
            case Size():
                return len(value) >= atom.count if atom.lower else len(value) <= atom.count
            case Pattern():
                found = self._matches(atom.text, value)
                return None if found is None else found is atom.holds
            case Items():
                parts = [atom.prefix[i] if i < len(atom.prefix) else atom.rest for i in range(len(value))]
                return _all(self.part(p, item) for p, item in zip(parts, value, strict=True) if p is not None)
            case ItemAt():
                return self.part(atom.part, value[atom.index]) if atom.index < len(value) else False
            case SomeItem():
                return _any(self.part(atom.part, item) for item in value[atom.start :])
            case Unique():
                return (len({canonical(item) for item in value}) == len(value)) is atom.holds
            case Present():
                return atom.name in value
            case Missing():
                return atom.name not in value
            case Properties():
                return _all(self._property(atom, name, below) for name, below in value.items())
            case SomeProperty():
                return _any(self._some_property(atom, name, below) for name, below in value.items())
            case Names():
                return _all(self.part(atom.part, name) for name in value)
            case SomeName():
                return _any(self.part(atom.part, name) for name in value)
            case _:
                return None

    def _property(self, atom: Properties, name: str, value: Any) -> Truth:
        results: list[Truth] = [self.part(part, value) for called, part in atom.named if called == name]
        covered = bool(results)
        for pattern, part in atom.patterned:
            matches = self._matches(pattern, name)
            holds = self.part(part, value)
            if matches is None:
                results.append(True if holds else None)
            elif matches:
                covered = True
                results.append(holds)
        if not covered and atom.others is not None:
            others = self.part(atom.others, value)
            doubtful = any(self._matches(pattern, name) is None for pattern, _ in atom.patterned)
            results.append(None if doubtful and not others else others)
        return _all(results)

    def _some_property(self, atom: SomeProperty, name: str, value: Any) -> Truth:
        holds: Truth = True if atom.part is None else self.part(atom.part, value)
        if atom.name is not None:
            return holds if name == atom.name else False
        if atom.pattern is not None:
            return _all((self._matches(atom.pattern, name), holds))
        others = _any(self._matches(pattern, name) for pattern in atom.patterns)
        return _all((name not in atom.names, None if others is None else not others, holds))

    def _matches(self, pattern: str, text: str) -> Truth:
        try:
            return regular.matches(pattern, text)
        except regular.Unsupported:
            return None


def _all(results: Iterable[Truth]) -> Truth:
    seen: Truth = True
    for result in results:
        if result is False:
            return False
        if result is None:
            seen = None
    return seen


def _any(results: Iterable[Truth]) -> Truth:
    seen: Truth = False
    for result in results:
        if result is True:
            return True
        if result is None:
            seen = None
    return seen
