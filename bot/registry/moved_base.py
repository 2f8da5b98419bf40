"""What the base branch already has: findings that are no longer this change's doing (hard case 1)."""

from __future__ import annotations

from bot.contracts.address import Address, Relation, read, relation
from bot.contracts.change import Change, Comparison
from bot.judge.finding import Finding

_SET_LIKE = (".enum.value.", ".extensible_enum.value.", ".scope.")
"""Facts about one member of a set: others of the same set at the same element are other changes."""


def already_on_base(finding: Finding, tip_to_head: Comparison) -> bool:
    """Whether the finding's element already has head's value at the tip of the base.

    `tip_to_head` compares the base's tip with head (`ContractSides.tip`, `.head`). The finding stays as long as that
    comparison still has a change of the same kind at the element, or an element that holds it appears or goes. In
    doubt it stays: then somebody is asked once too often.
    """
    change = finding.change
    if change.fact.startswith("contract."):
        return not tip_to_head.changes
    # Mostly the base moved elsewhere in the file and the change is there as it was: seen without reading addresses.
    if any(_is_same(other, change) for other in tip_to_head.changes):
        return False
    return not any(_keeps(other, change) for other in tip_to_head.changes)


def _is_same(other: Change, change: Change) -> bool:
    return (other.fact, other.element, other.identity) == (change.fact, change.element, change.identity)


def _keeps(other: Change, change: Change) -> bool:
    if other.fact.startswith("contract."):
        return True
    same_kind = _stem(other.fact) == _stem(change.fact)
    comes_or_goes = other.fact.endswith((".added", ".removed"))
    if not same_kind and not comes_or_goes:
        return False
    if same_kind and any(part in change.fact for part in _SET_LIKE):
        return other.identity == change.identity and _touches(other, change)
    return _touches(other, change, holder=comes_or_goes)


def _stem(fact: str) -> str:
    """`schema.minimum.increased` and `schema.minimum.decreased` speak of the same thing."""
    return fact.rpartition(".")[0]


def _touches(other: Change, change: Change, *, holder: bool = False) -> bool:
    """Whether both are felt at one element; with `holder`, also whether the other's element holds the change's."""
    mine, theirs = _addresses(change), _addresses(other)
    tokens = {a.tokens for a in mine}
    if holder:
        tokens |= {a.tokens[:n] for a in mine for n in range(1, len(a.tokens))}
    if any(a.tokens in tokens for a in theirs):
        return True
    near = {Relation.EQUAL, Relation.ELEMENT_CONTAINS_USE} if holder else {Relation.EQUAL}
    return any(relation(m, t) in near for m in mine for t in theirs if m.has_wildcards or t.has_wildcards)


def _addresses(change: Change) -> set[Address]:
    return {read(text) for text in (change.element, *(place.address for place in change.places))}
