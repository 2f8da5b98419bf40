"""Behaviours and deprecations: promises that no schema holds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from bot.contracts import address
from bot.contracts.address import Relation
from bot.registry.edits import verification
from bot.registry.edits.edit import WHOLE, Edit, Side, spelled
from bot.registry.edits.plain import differing_keys, members
from bot.registry.impact import ConsumerImpact, Guarantee, Reach
from bot.registry.model import Behaviour, Contract, Deprecated, Objective, Registry
from bot.registry.snapshot import ChangedFile
from bot.registry.span import duration

_LESS_IS_BETTER = frozenset({"latency", "error_rate", "downtime", "response_time", "time_to_repair", "time_to_detect"})
_MORE_IS_BETTER = frozenset({"availability", "uptime", "throughput", "retention", "rate_limit", "limit", "support"})


def compare(
    old: Contract, new: Contract, base: Side, head: Side, protected: Registry, changed: Sequence[ChangedFile]
) -> Iterator[Edit]:
    """What became of each behaviour, at most one edit for each.

    Affected are those who rely on it: who says so; and who uses the place and says nothing of what it assumes, for
    unknown is not none. Who assumes other things is asked.
    """
    moved = {file.previous_path: file.path for file in changed if file.status == "renamed" and file.previous_path}
    after = {behaviour.id: (index, behaviour) for index, behaviour in enumerate(new.behaviours)}
    known = {behaviour.id for behaviour in old.behaviours}
    for index, behaviour in enumerate(old.behaviours):
        found = after.get(behaviour.id)
        if found is None:
            spot, fact, what = base.at_contract(old.id, "behaviours", index), "removed", ""
        else:
            spot = head.at_contract(new.id, "behaviours", found[0])
            fact, what = _difference(behaviour, found[1], moved)
        if fact:
            yield Edit(
                contract=old.id,
                fact=f"registry.behaviour.{fact}",
                element=f"behaviours.{behaviour.id}",
                spot=spot,
                before=_shown(behaviour, what),
                after=_shown(found[1], what) if found else None,
                identity=(_spelled(behaviour), _spelled(found[1]) if found else ""),
                attributes={"name": behaviour.id, "at": behaviour.at, "aspect": behaviour.aspect, "what": what},
                places=(behaviour.at,),
                guarantee=Guarantee(behaviour.level),
                reach=(behaviour.at,),
                only_possibly=frozenset(c.id for c in protected.consumers_of(old.id) if c.assumes),
                concerns=tuple(_relying(old.id, behaviour, protected)),
            )
    for id, (index, behaviour) in after.items():
        if id not in known:
            yield Edit(
                contract=old.id,
                fact="registry.behaviour.added",
                element=f"behaviours.{id}",
                spot=head.at_contract(new.id, "behaviours", index),
                identity=("", _spelled(behaviour)),
                attributes={"name": id, "at": behaviour.at, "aspect": behaviour.aspect},
                places=(behaviour.at,),
            )


def _relying(contract: str, behaviour: Behaviour, protected: Registry) -> Iterator[ConsumerImpact]:
    """Consumers of the contract with an assumption that this behaviour backs, or one of the same kind at the same place
    that nothing backs.
    """
    for consumer in protected.consumers_of(contract):
        backed = [assumption for assumption in consumer.assumes if assumption.backed_by == behaviour.id]
        unbacked = [
            assumption
            for assumption in consumer.assumes
            if assumption.backed_by is None
            and assumption.aspect == behaviour.aspect
            and address.relation(assumption.at, behaviour.at) is not Relation.DISJOINT
        ]
        if backed:
            sentence = f"relies on it: an assumption is backed by `{behaviour.id}`"
            yield ConsumerImpact(consumer.id, Reach.AFFECTED, evidence=(sentence,))
        elif unbacked:
            sentence = f"assumes something about {behaviour.aspect} there: {unbacked[0].statement or unbacked[0].at}"
            yield ConsumerImpact(consumer.id, Reach.AFFECTED, evidence=(sentence,))


def _difference(old: Behaviour, new: Behaviour, moved: Mapping[str, str]) -> tuple[str, str]:
    """What happened (weakened before reworded before unverified before strengthened; "" for nothing), and to what."""
    kept = (n if n in new.verified_by else verification.followed(n, moved) for n in old.verified_by)
    old = old.model_copy(update={"verified_by": tuple(kept)})
    keys = differing_keys(_plain(old), _plain(new))
    judged = {_judged(key[0], old, new): key[0] for key in sorted(keys, reverse=True)}
    for fact in ("weakened", "reworded", "unverified", "strengthened"):
        if fact in judged:
            return fact, judged[fact]
    return "", ""


def _judged(key: str, old: Behaviour, new: Behaviour) -> str:
    match key:
        case "level":
            weaker = Guarantee(new.level).strictness < Guarantee(old.level).strictness
        case "at":
            weaker = not address.matches(new.at, old.at)
        case "objective":
            weaker = _is_weaker(old.objective, new.objective)
        case "statement":
            if old.statement.strip():
                return "reworded" if new.statement.strip() else "weakened"
            weaker = False
        case "verified_by":
            return "strengthened" if set(old.verified_by) <= set(new.verified_by) else "unverified"
        case _:
            # Another aspect is another promise.
            weaker = True
    return "weakened" if weaker else "strengthened"


def _is_weaker(old: Objective | None, new: Objective | None) -> bool:
    """Unless it is plainly better. Numbers of a property that we do not know say nothing about which way is better."""
    if old is None or new is None:
        return new is None
    kind = old.property.strip().lower().replace("-", "_").replace(" ", "_")
    same_measure = (old.property, old.unit) == (new.property, new.unit)
    values = _number(old.value), _number(new.value)
    if not same_measure or values[0] is None or values[1] is None:
        return True
    percentiles = (old.percentile or 0, new.percentile or 0)
    if kind in _LESS_IS_BETTER:
        return values[1] > values[0] or percentiles[1] < percentiles[0]
    if kind in _MORE_IS_BETTER:
        return values[1] < values[0] or percentiles[1] < percentiles[0]
    return True


def _number(value: float | str) -> float | None:
    try:
        return float(value)
    except ValueError:
        return None


def _plain(behaviour: Behaviour) -> dict[str, Any]:
    """What counts of it, each text in one spelling. Notes are for readers."""
    return {
        "aspect": behaviour.aspect,
        "at": address.normalise(behaviour.at),
        "level": behaviour.level,
        "statement": " ".join(behaviour.statement.split()),
        "objective": behaviour.objective.model_dump() if behaviour.objective else None,
        "verified_by": members(behaviour.verified_by),
    }


def _spelled(behaviour: Behaviour) -> str:
    return spelled(_plain(behaviour))


def _shown(behaviour: Behaviour, what: str) -> object:
    value = _plain(behaviour).get(what or "statement")
    if what == "objective" and behaviour.objective:
        objective = behaviour.objective
        percentile = f" (p{objective.percentile:g})" if objective.percentile else ""
        return f"{objective.property} {objective.value} {objective.unit}".strip() + percentile
    if isinstance(value, Mapping):
        return ", ".join(value) or None
    return value or None


def compare_deprecated(old: Contract, new: Contract, head: Side, today: date) -> Iterator[Edit]:
    """Sunsets that come earlier than was said, and those that are announced too late for the notice now in force."""
    before = {address.normalise(entry.at): entry for entry in old.deprecated}
    soonest = today + duration(old.deprecation.notice)
    for index, entry in enumerate(new.deprecated):
        known = before.get(address.normalise(entry.at))
        spot = head.at_contract(new.id, "deprecated", index)
        if known is None:
            late = entry.sunset is not None and date.fromisoformat(entry.sunset) < soonest
            fact = "registry.sunset.too_soon" if late else "registry.sunset.announced"
            yield _sunset(old, fact, None, entry, spot)
        elif entry.sunset != known.sunset:
            earlier = entry.sunset is not None and (known.sunset is None or entry.sunset < known.sunset)
            if earlier and known.sunset is None and date.fromisoformat(str(entry.sunset)) >= soonest:
                # A first date that gives full notice is what was to be expected.
                earlier = False
            fact = "registry.sunset.earlier" if earlier else "registry.sunset.later"
            yield _sunset(old, fact, known, entry, spot)


def _sunset(contract: Contract, fact: str, old: Deprecated | None, new: Deprecated, spot: Any) -> Edit:
    return Edit(
        contract=contract.id,
        fact=fact,
        element=new.at,
        spot=spot,
        before=old.sunset if old else None,
        after=new.sunset,
        identity=((old.sunset or "") if old else "", new.sunset or ""),
        attributes={"notice": contract.deprecation.notice, "sunset": new.sunset},
        reach=(new.at,) if fact.endswith((".earlier", ".too_soon")) else (),
    )


def everybody(protected: Registry, contract: str) -> tuple[ConsumerImpact, ...]:
    """All consumers of a contract, when what protects them changes for the contract as a whole."""
    return tuple(ConsumerImpact(c.id, Reach.AFFECTED, (WHOLE,)) for c in protected.consumers_of(contract))
