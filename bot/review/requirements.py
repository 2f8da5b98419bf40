"""What must be signed, and by whom: the table "What must be signed" of the sign-off rules, row by row.

Risky and compatible findings only report in this version; an acknowledgement is asked for and never blocks.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace

from bot.judge.finding import Level
from bot.registry.evidence import KINDS
from bot.registry.impact import ConsumerImpact, Guarantee, Impact, Reach
from bot.registry.model import Consumer, Contract, Registry
from bot.registry.trace import only_owner_depends
from bot.review.authority import DECISION_OWNER, Authority
from bot.review.fingerprint import finding_fingerprint, requirement_fingerprint, shown
from bot.review.values import Capacity, JudgedFinding, Requirement, RequirementState

_SEEN = KINDS - {"declared"}
_BLOCKING_LEVELS = frozenset({Level.BREAKING, Level.UNCLASSIFIED})

_EDIT = "registry."
"""Facts about an edit of the registry itself begin so."""
_CONSUMERS_OWN = tuple(
    f"{_EDIT}{topic}."
    for topic in (
        "consumer",
        "use",
        "evidence",
        "assumption",
        "notice",
        "window",
        "deprecation_requirement",
        "sunset",
    )
)
"""Of those, the ones that are the protected consumers' to sign, and nobody else's ("Registry edits that are contract
changes" of the registry's design). All others are also, or only, the decision owner's.
"""


@dataclass(frozen=True, slots=True)
class Needed:
    """Who is needed for one finding.

    required: consumers that must sign. asked: consumers whose silence does not block.
    unnamed: affected consumers that must not be named here, for which the decision owner signs (hard case 13).
    """

    decision_owner: bool = False
    required: tuple[ConsumerImpact, ...] = ()
    asked: tuple[ConsumerImpact, ...] = ()
    unnamed: int = 0


NOTHING = Needed()


def judged(impacts: Iterable[Impact]) -> tuple[JudgedFinding, ...]:
    """The findings with the ids that people see."""
    found = ((finding_fingerprint(impact.finding, impact.guarantee), impact) for impact in impacts)
    return tuple(JudgedFinding(shown(fingerprint), fingerprint, impact) for fingerprint, impact in found)


def requirements(
    findings: Iterable[JudgedFinding], authority: Authority, newcomers: Collection[str] = ()
) -> tuple[Requirement, ...]:
    """Every signature that the findings call for, all still open, decision owners before consumers.

    newcomers: ids of consumers that are asked and not required, because the pull request itself adds them, or because
    whoever declared them may not block (hard cases 9 and 10).
    """
    asked_for: dict[str, Requirement] = {}
    for finding in findings:
        contract = authority.contracts.get(finding.impact.finding.contract)
        if contract is None:
            continue
        needed = needs(finding.impact, contract, authority.registry, newcomers)
        for requirement in _requirements_of(finding, contract, needed, authority):
            asked_for.setdefault(requirement.fingerprint, requirement)
    return tuple(asked_for.values())


def needs(impact: Impact, contract: Contract, registry: Registry, newcomers: Collection[str] = ()) -> Needed:
    """The row and column of the table that this impact falls into."""
    level = impact.finding.level
    if level not in _BLOCKING_LEVELS or contract.lifecycle == "experimental":
        return NOTHING
    consumers = registry.consumers
    if _stays_in_the_family(contract, registry, newcomers):
        return NOTHING
    if level is Level.UNCLASSIFIED:
        return Needed(decision_owner=True)
    affected = tuple(c for c in impact.consumers if c.reach is Reach.AFFECTED)
    possibly = tuple(c for c in impact.consumers if c.reach is Reach.POSSIBLY)
    if impact.guarantee is Guarantee.OUT_OF_CONTRACT:
        affected = tuple(c for c in affected if _is_evidenced(c, contract.id, consumers))
        if not affected:
            return NOTHING
    if impact.guarantee is Guarantee.MAY_CHANGE:
        return _for_policy(contract, (), (*affected, *possibly), consumers, decision_owner=bool(affected))
    required = tuple(c for c in affected if c.consumer not in newcomers)
    asked = tuple(c for c in affected if c.consumer in newcomers) + possibly
    if impact.finding.change.fact.startswith(_CONSUMERS_OWN):
        needed = _for_policy(contract, required, asked, consumers, decision_owner=False)
        return needed if needed.required and not needed.unnamed else replace(needed, decision_owner=True)
    return _for_policy(contract, required, asked, consumers, decision_owner=True)


def _stays_in_the_family(contract: Contract, registry: Registry, newcomers: Collection[str]) -> bool:
    """One small team: every registered consumer belongs to the contract's owner, so there is nobody to ask.

    No registered consumer is *unknown*, not none. A consumer that the pull request adds can't make it so by itself.
    """
    settled = registry.model_copy(update={"consumers": tuple(c for c in registry.consumers if c.id not in newcomers)})
    return only_owner_depends(contract.id, registry) and only_owner_depends(contract.id, settled)


def _for_policy(
    contract: Contract,
    required: tuple[ConsumerImpact, ...],
    asked: tuple[ConsumerImpact, ...],
    consumers: Sequence[Consumer],
    *,
    decision_owner: bool,
) -> Needed:
    """The contract's own `signoff.breaking` narrows who must sign, but never to nobody."""
    private = {c.id for c in consumers if c.visibility == "private"}
    unnamed = [c for c in required if c.alias or c.consumer in private]
    required = tuple(c for c in required if c not in unnamed)
    asked = tuple(c for c in asked if not c.alias and c.consumer not in private)
    if "affected_consumers" not in contract.signoff.breaking:
        required, asked = (), (*required, *asked)
    if "decision_owner" not in contract.signoff.breaking and required and not unnamed:
        decision_owner = False
    return Needed(decision_owner, required, asked, len(unnamed))


def _is_evidenced(impact: ConsumerImpact, contract: str, consumers: Iterable[Consumer]) -> bool:
    """Whether the use was seen somewhere and not only declared: what is out of the contract protects nobody by word."""
    for consumer in consumers:
        if consumer.id != impact.consumer:
            continue
        for use in consumer.uses:
            concerns = not use.elements or not impact.uses or any(element in impact.uses for element in use.elements)
            if use.contract == contract and use.evidence.kind in _SEEN and concerns:
                return True
    return False


def _requirements_of(
    finding: JudgedFinding, contract: Contract, needed: Needed, authority: Authority
) -> Iterable[Requirement]:
    impact = finding.impact
    is_edit = impact.finding.change.fact.startswith(_EDIT)
    if needed.decision_owner:
        why = "Decides what may break for those who depend on this contract."
        if impact.finding.level is Level.UNCLASSIFIED:
            why = "Decides, because the change could not be classified: unknown is not safe."
        elif is_edit:
            why = "Decides by the registry in force, which this pull request edits."
        elif not needed.required and not needed.asked and not needed.unnamed:
            why = "Decides, because no consumer is known to be affected, which does not mean that there is none."
        if needed.unnamed:
            others = "a consumer that is" if needed.unnamed == 1 else f"{needed.unnamed} consumers that are"
            why += f" Signs also for {others} not named here."
        places = tuple(place.address for place in impact.finding.places)
        yield _requirement(finding, contract, DECISION_OWNER, places, authority, why, blocking=True)
    for consumer in needed.required:
        why = "Is less protected by the registry as edited." if is_edit else "Uses what breaks."
        yield _for_consumer(finding, contract, consumer, authority, why, blocking=True)
    for consumer in needed.asked:
        why = "Asked, not required: " + _why_only_asked(consumer, impact)
        yield _for_consumer(finding, contract, consumer, authority, why, blocking=False)


def _why_only_asked(consumer: ConsumerImpact, impact: Impact) -> str:
    if consumer.reach is Reach.POSSIBLY:
        return "it is only possibly affected."
    if impact.guarantee is Guarantee.MAY_CHANGE:
        return "what it uses was never promised to stay."
    return "its signature does not decide here."


def _for_consumer(
    finding: JudgedFinding,
    contract: Contract,
    consumer: ConsumerImpact,
    authority: Authority,
    why: str,
    *,
    blocking: bool,
) -> Requirement:
    capacity = Capacity("consumer", consumer.consumer)
    places = consumer.places or tuple(place.address for place in finding.impact.finding.places)
    return _requirement(finding, contract, capacity, places, authority, why, blocking=blocking)


def _requirement(
    finding: JudgedFinding,
    contract: Contract,
    capacity: Capacity,
    places: tuple[str, ...],
    authority: Authority,
    why: str,
    *,
    blocking: bool,
) -> Requirement:
    signers = authority.signers(contract.id, capacity)
    impact = finding.impact
    return Requirement(
        contract=contract.id,
        finding=finding.id,
        fingerprint=requirement_fingerprint(impact.finding, impact.guarantee, capacity, places),
        capacity=capacity,
        signers=signers.handles,
        people=signers.people,
        blocking=blocking,
        state=RequirementState.OPEN,
        places=tuple(sorted(places)),
        why=f"{why} {signers.note}".strip(),
        needed=signers.needed,
    )


def handles(
    impacts: Iterable[Impact], registry: Registry | None, others: Iterable[tuple[str, Capacity]] = ()
) -> frozenset[str]:
    """Every handle whose members a decision may need, so that GitHub is asked once.

    others: (contract, capacity) pairs of decisions published before, so that signatures given then can be judged now.
    """
    if registry is None:
        return frozenset()
    owners = {consumer.id: consumer.owner for consumer in registry.consumers}
    contracts = {contract.id: contract for contract in registry.contracts}
    wanted: set[str | None] = set()
    for impact in impacts:
        if impact.finding.level in _BLOCKING_LEVELS and impact.finding.contract in contracts:
            contract = contracts[impact.finding.contract]
            wanted |= {contract.decision_owner, contract.owner}
            wanted |= {owners.get(c.consumer) for c in impact.consumers if c.reach is not Reach.NOT}
    for id, capacity in others:
        if id in contracts:
            wanted |= {contracts[id].decision_owner, contracts[id].owner, owners.get(capacity.consumer or "")}
    return frozenset(handle for handle in wanted if handle)
