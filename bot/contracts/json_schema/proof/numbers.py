"""A number within bounds, a multiple of some numbers and not of others."""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from bot.contracts.json_schema.proof.formula import Atom, Bound, Multiple
from bot.contracts.json_schema.proof.outcome import NONE, UNKNOWN, Outcome, found
from bot.contracts.json_schema.proof.values import canonical

_MOST_TRIED = 20_000


def fulfil(atoms: Sequence[Atom], excluded: frozenset[str]) -> Outcome:
    """A number that fulfils the atoms and is none of the excluded values."""
    low, high = _ends(atoms, lower=True), _ends(atoms, lower=False)
    if low and high and (low.value > high.value or (low.value == high.value and (low.exclusive or high.exclusive))):
        return NONE
    step = _common([atom.of for atom in atoms if isinstance(atom, Multiple) and atom.holds])
    avoided = [atom.of for atom in atoms if isinstance(atom, Multiple) and not atom.holds]
    if step is None:
        return _between(low, high, avoided, excluded)
    return _among_multiples(step, low, high, avoided, excluded)


def _ends(atoms: Sequence[Atom], *, lower: bool) -> Bound | None:
    bounds = [atom for atom in atoms if isinstance(atom, Bound) and atom.lower is lower]
    if not bounds:
        return None
    if lower:
        return max(bounds, key=lambda bound: (bound.value, bound.exclusive))
    return min(bounds, key=lambda bound: (bound.value, not bound.exclusive))


def _common(steps: Sequence[Fraction]) -> Fraction | None:
    if not steps:
        return None
    found_step = steps[0]
    for step in steps[1:]:
        found_step = Fraction(
            math.lcm(found_step.numerator, step.numerator), math.gcd(found_step.denominator, step.denominator)
        )
    return found_step


def _between(low: Bound | None, high: Bound | None, avoided: list[Fraction], excluded: frozenset[str]) -> Outcome:
    """Any real number will do, so only a single point can fail."""
    if low and high and low.value == high.value:
        return _tried([low.value], avoided, excluded)
    start = low.value if low else high.value - 1 if high else Fraction(0)
    end = high.value if high else start + 1
    candidates = [start + (end - start) * Fraction(1, n) for n in (2, 3, 5, 7)]
    if low and not low.exclusive:
        candidates.insert(0, low.value)
    if high and not high.exclusive:
        candidates.insert(0, high.value)
    width = end - start
    candidates += [start + width * Fraction(n, 10_007) for n in range(1, min(10_007, 50 + 2 * len(excluded)))]
    outcome = _tried(candidates, avoided, excluded)
    return UNKNOWN if outcome is NONE else outcome


def _among_multiples(
    step: Fraction, low: Bound | None, high: Bound | None, avoided: list[Fraction], excluded: frozenset[str]
) -> Outcome:
    first = _first(step, low) if low else None
    last = -_first(step, Bound(-high.value, high.exclusive, True)) if high else None
    if first is not None and last is not None and first > last:
        return NONE
    period = 1
    for one in avoided:
        ratio = one / step
        period = math.lcm(period, ratio.numerator)
    enough = period + len(excluded)
    if first is None and last is None:
        first = 0
    span = last - first + 1 if first is not None and last is not None else None
    count = enough if span is None else min(enough, span)
    if count > _MOST_TRIED:
        return UNKNOWN
    if first is not None:
        return _tried([step * (first + n) for n in range(count)], avoided, excluded)
    assert last is not None
    return _tried([step * (last - n) for n in range(count)], avoided, excluded)


def _first(step: Fraction, low: Bound) -> int:
    """The smallest factor that reaches the bound."""
    ratio = low.value / step
    factor = -(-ratio.numerator // ratio.denominator)
    return factor + 1 if low.exclusive and factor == ratio else factor


def _tried(candidates: Sequence[Fraction], avoided: list[Fraction], excluded: frozenset[str]) -> Outcome:
    for candidate in candidates:
        if any((candidate / one).denominator == 1 for one in avoided):
            continue
        value = _written(candidate)
        if canonical(value) not in excluded:
            return found(value)
    return NONE


def _written(number: Fraction) -> Any:
    return int(number) if number.denominator == 1 else float(number)
