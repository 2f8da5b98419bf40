"""Guarantee lines: which elements are promised less than before.

Lines are first-match ordered, so a line promises less than it did not only when its own level sinks: also when it is
new, or has risen above a stricter line that used to come first, or when that stricter line is gone.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.contracts import address
from bot.contracts.address import AddressError, Relation
from bot.registry.edits.edit import WHOLE, Edit, Side, spelled
from bot.registry.guarantee import promised
from bot.registry.impact import ConsumerImpact, Guarantee, Reach
from bot.registry.model import Consumer, Contract, GuaranteeLine, Registry

MOST_COMPARISONS = 100_000
"""Pairs of addresses that one contract's lines may cost. Registries written by people stay below a thousand."""

_Lines = Sequence[GuaranteeLine]


@dataclass(frozen=True, slots=True)
class _Lowered:
    """index: of the line that now decides. was: the strictest that it takes the place of."""

    index: int
    line: GuaranteeLine
    was: Guarantee


def compare(old: Contract, new: Contract, base: Side, head: Side, protected: Registry) -> Iterator[Edit]:
    """Lines that promise less (with whom they protected) or more than before."""
    before, after = old.guarantees, new.guarantees
    if _plain(before) == _plain(after):
        return
    if _cost(before, after, protected.consumers_of(old.id), old.id) > MOST_COMPARISONS:
        yield Edit(
            contract=old.id,
            fact="registry.guarantees.unclear",
            element="guarantees",
            spot=head.at_contract(new.id, "guarantees"),
            identity=(spelled([*map(list, _plain(before))]), repr(_plain(after))),
            attributes={"lines": len(after)},
        )
        return
    for found in _lowered(before, after):
        yield Edit(
            contract=old.id,
            fact="registry.guarantee.lowered",
            element=found.line.at,
            spot=head.at_contract(new.id, "guarantees", found.index),
            before=found.was.value,
            after=found.line.level,
            identity=(found.was.value, found.line.level),
            guarantee=found.was,
            concerns=tuple(_concerned(found.line, before, after, protected.consumers_of(old.id), old.id)),
        )
    for found in _lowered(after, before):
        yield Edit(
            contract=old.id,
            fact="registry.guarantee.raised",
            element=found.line.at,
            spot=base.at_contract(old.id, "guarantees", found.index),
            before=found.line.level,
            after=found.was.value,
            identity=(found.line.level, found.was.value),
        )


def _plain(lines: _Lines) -> list[tuple[str, str]]:
    return [(address.normalise(line.at), line.level) for line in lines]


def _cost(before: _Lines, after: _Lines, consumers: Sequence[Consumer], contract: str) -> int:
    elements = sum(len(use.elements) for c in consumers for use in c.uses if use.contract == contract)
    lines = len(before) + len(after)
    return lines * (lines + elements)


def _lowered(before: _Lines, after: _Lines) -> Iterator[_Lowered]:
    for index, line in enumerate(after):
        above = after[:index]
        if any(address.matches(other.at, line.at) for other in above):
            continue
        was, _ = promised(before, (line.at,))
        if was.strictness > _strictness(line) and _comes_before_a_stricter(line, before, above):
            yield _Lowered(index, line, was)


def _comes_before_a_stricter(line: GuaranteeLine, before: _Lines, above: _Lines) -> bool:
    """Whether something that `line` now decides was decided by a stricter line, which no longer comes first."""
    element = address.normalise(line.at)
    still_above: dict[str, int] = {}
    for other in above:
        at = address.normalise(other.at)
        still_above[at] = max(still_above.get(at, 0), _strictness(other))
    for old in before:
        at = address.normalise(old.at)
        if at == element and old.level == line.level:
            return False
        is_stricter = _strictness(old) > _strictness(line)
        if is_stricter and still_above.get(at, -1) < _strictness(old) and _meet(old.at, line.at):
            return True
        if address.matches(old.at, line.at):
            return False
    return True


def _concerned(
    line: GuaranteeLine, before: _Lines, after: _Lines, consumers: Sequence[Consumer], contract: str
) -> Iterator[ConsumerImpact]:
    """Affected: whoever uses something that is promised less. Possibly: whoever named something wider."""
    for consumer in consumers:
        uses = [use for use in consumer.uses if use.contract == contract]
        elements = list(dict.fromkeys(element for use in uses for element in use.elements))
        affected = [e for e in elements if _meet(line.at, e) and _is_less(before, after, e)]
        possibly = [e for e in elements if address.relation(e, line.at) is Relation.USE_CONTAINS_ELEMENT]
        if any(not use.elements for use in uses) or any(_is_anything(e) for e in elements):
            yield ConsumerImpact(consumer.id, Reach.AFFECTED, (line.at,), tuple(affected))
        elif affected:
            yield ConsumerImpact(consumer.id, Reach.AFFECTED, tuple(sorted(affected)), tuple(affected))
        elif possibly:
            yield ConsumerImpact(consumer.id, Reach.POSSIBLY, (line.at,), tuple(possibly))


def _is_less(before: _Lines, after: _Lines, element: str) -> bool:
    return promised(after, (element,))[0].strictness < promised(before, (element,))[0].strictness


def _is_anything(element: str) -> bool:
    """What cannot be read may be anything."""
    if element.strip() in (WHOLE, "*"):
        return True
    try:
        address.parse(element)
    except AddressError:
        return True
    return False


def _meet(one: str, other: str) -> bool:
    return address.relation(one, other) is not Relation.DISJOINT


def _strictness(line: GuaranteeLine) -> int:
    return Guarantee(line.level).strictness
