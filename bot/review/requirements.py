"""What must be signed, and by whom: the table "What must be signed" of the sign-off rules, row by row.

An acknowledgement is asked for and blocks only where the contract's policy says so (`signoff.ack_required`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial
from typing import Literal

from bot.judge.finding import Level
from bot.registry.evidence import KINDS
from bot.registry.impact import ConsumerImpact, Guarantee, Impact, Reach
from bot.registry.model import Consumer, Contract, Registry
from bot.registry.trace import only_owner_depends
from bot.review.authority import DECISION_OWNER, VERIFICATION_OWNER, Authority
from bot.review.capacity import Capacity
from bot.review.deprecations import deprecates
from bot.review.fingerprint import finding_fingerprint, requirement_fingerprint, shown
from bot.review.sunset import day_of, stays_until
from bot.review.values import VERSION_NOT_RAISED, JudgedFinding, Requirement, RequirementState

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
_BEHAVIOURS = f"{_EDIT}behaviour."


@dataclass(frozen=True, slots=True)
class Needed:
    """Who is needed for one finding.

    required: consumers that must sign. any_of: consumers of which one must. acknowledging: consumers asked to say that
    they have seen it. asked: those whose silence does not block and who are asked for more than that.
    unnamed: affected consumers that must not be named here, for which the decision owner signs (hard case 13).
    stays_until: the day before which no approval lets it go. verification_owner: whether they must sign, or are asked.
    """

    decision_owner: bool = False
    required: tuple[ConsumerImpact, ...] = ()
    asked: tuple[ConsumerImpact, ...] = ()
    unnamed: int = 0
    any_of: tuple[ConsumerImpact, ...] = ()
    acknowledging: tuple[ConsumerImpact, ...] = ()
    verification_owner: Literal["", "asked", "required"] = ""
    stays_until: str | None = None


NOTHING = Needed()


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What else than the findings decides who is needed.

    newcomers: ids of consumers that are asked and not required, because the pull request itself adds them, or because
    whoever declared them may not block (hard cases 9 and 10). disputed: shown ids of findings that somebody objects to.
    levels: by finding fingerprint, what people have reclassified it to. today: for sunsets.
    """

    newcomers: Collection[str] = ()
    disputed: Collection[str] = ()
    levels: Mapping[str, Level] = field(default_factory=dict)
    today: date | None = None

    def level(self, finding: JudgedFinding) -> Level:
        return self.levels.get(finding.fingerprint, finding.impact.finding.level)


def judged(impacts: Iterable[Impact]) -> tuple[JudgedFinding, ...]:
    """The findings with the ids that people see."""
    found = ((finding_fingerprint(impact.finding, impact.guarantee), impact) for impact in impacts)
    return tuple(JudgedFinding(shown(fingerprint), fingerprint, impact) for fingerprint, impact in found)


def requirements(
    findings: Iterable[JudgedFinding], authority: Authority, circumstances: Circumstances
) -> tuple[Requirement, ...]:
    """Every signature that the findings call for, all still open, decision owners before consumers."""
    asked_for: dict[str, Requirement] = {}
    newcomers = {id for id, word in authority.registry.own_words.items() if not word.blocks}
    newcomers.update(circumstances.newcomers)
    circumstances = replace(circumstances, newcomers=newcomers)
    for finding in findings:
        contract = authority.contracts.get(finding.impact.finding.contract)
        if contract is None:
            continue
        needed = needs(finding, contract, authority.registry, circumstances)
        for requirement in _requirements_of(finding, contract, needed, authority, circumstances):
            asked_for.setdefault(requirement.fingerprint, requirement)
    return tuple(asked_for.values())


def only_reports(contract: Contract, registry: Registry, newcomers: Collection[str] = ()) -> bool:
    """Whether nobody is asked about this contract, whatever happens to it."""
    return contract.lifecycle == "experimental" or _stays_in_the_family(contract, registry, newcomers)


def needs(
    finding: JudgedFinding, contract: Contract, registry: Registry, circumstances: Circumstances = Circumstances()
) -> Needed:
    """The row and column of the table that this finding falls into; an objection adds the decision owner to any."""
    if only_reports(contract, registry, circumstances.newcomers):
        return NOTHING
    needed = _by_table(finding, contract, registry, circumstances)
    if finding.id in circumstances.disputed:
        return replace(needed, decision_owner=True)
    return needed


def _by_table(finding: JudgedFinding, contract: Contract, registry: Registry, circumstances: Circumstances) -> Needed:
    impact, level, newcomers = finding.impact, circumstances.level(finding), circumstances.newcomers
    fact, consumers = impact.finding.change.fact, registry.consumers
    affected = tuple(c for c in impact.consumers if c.reach is Reach.AFFECTED)
    possibly = tuple(c for c in impact.consumers if c.reach is Reach.POSSIBLY)
    asks_verifier = fact.startswith(_BEHAVIOURS) and contract.verification_owner is not None
    verifier: Literal["", "asked"] = "asked" if asks_verifier else ""
    day = stays_until(impact, contract, circumstances.today) if circumstances.today else None
    if impact.undoes_since and not day:
        return NOTHING
    seen = _named(affected, consumers) if impact.guarantee is Guarantee.GUARANTEED else ()
    if level is Level.COMPATIBLE:
        return Needed(acknowledging=seen) if deprecates(impact.finding.change) else NOTHING
    if level is Level.RISKY:
        return Needed(acknowledging=seen, verification_owner=verifier)
    if level is Level.UNCLASSIFIED or fact == VERSION_NOT_RAISED:
        return Needed(decision_owner=True, verification_owner=verifier)
    if impact.guarantee is Guarantee.OUT_OF_CONTRACT:
        affected = tuple(c for c in affected if _is_evidenced(c, contract.id, consumers))
        if not affected:
            return NOTHING
    if impact.guarantee is Guarantee.MAY_CHANGE:
        needed = _for_policy(contract, (), (), consumers, decision_owner=bool(affected))
        return replace(needed, acknowledging=_named((*affected, *possibly), consumers))
    required = tuple(c for c in affected if c.consumer not in newcomers)
    asked = tuple(c for c in affected if c.consumer in newcomers) + possibly
    if fact.startswith(_CONSUMERS_OWN):
        needed = _for_policy(contract, required, asked, consumers, decision_owner=False)
        consumers_alone = (needed.required or needed.any_of) and not needed.unnamed
        return needed if consumers_alone else replace(needed, decision_owner=True)
    needed = _for_policy(contract, required, asked, consumers, decision_owner=True)
    if verifier and not needed.verification_owner:
        needed = replace(needed, verification_owner=verifier)
    return replace(needed, stays_until=day, decision_owner=True) if day else needed


def _named(impacts: Iterable[ConsumerImpact], consumers: Iterable[Consumer]) -> tuple[ConsumerImpact, ...]:
    """Those that may be named here."""
    private = {c.id for c in consumers if c.visibility == "private"}
    return tuple(c for c in impacts if not c.alias and c.consumer not in private)


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
    """The contract's own `signoff.breaking` says who must sign, but never that nobody must."""
    signatories = contract.signoff.breaking
    named = _named(required, consumers)
    unnamed = len(required) - len(named)
    asked = _named(asked, consumers)
    any_of: tuple[ConsumerImpact, ...] = ()
    if "affected_consumers" not in signatories:
        any_of = named if "any_affected_consumer" in signatories else ()
        named, asked = (), (*named, *asked)
    verifies = "verification_owner" in signatories and bool(decision_owner or named or any_of)
    if "decision_owner" not in signatories and (named or any_of or verifies) and not unnamed:
        decision_owner = False
    return Needed(
        decision_owner, named, asked, unnamed, any_of=any_of, verification_owner="required" if verifies else ""
    )


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
    finding: JudgedFinding, contract: Contract, needed: Needed, authority: Authority, circumstances: Circumstances
) -> Iterator[Requirement]:
    impact = finding.impact
    is_edit = impact.finding.change.fact.startswith(_EDIT)
    making = _Making(finding, contract, authority)
    everywhere = tuple(place.address for place in impact.finding.places)
    if needed.decision_owner:
        why = _why_the_decision_owner(finding, needed, circumstances)
        people = quorum(impact, contract, authority)
        wants: Literal["waiver", "signature"] = "waiver" if needed.stays_until else "signature"
        asked = making.requirement(DECISION_OWNER, everywhere, why, blocking=True, needed=people, wants=wants)
        yield replace(asked, stays_until=day_of(needed.stays_until)) if needed.stays_until else asked
    if needed.any_of:
        capacity = Capacity("any_affected_consumer", ",".join(sorted(c.consumer for c in needed.any_of)))
        places = {place for c in needed.any_of for place in c.places} or everywhere
        yield making.requirement(capacity, places, "One of those who use what breaks signs for all.", blocking=True)
    if needed.verification_owner:
        must = needed.verification_owner == "required"
        why = "Keeps the tests that hold what is promised." if must else "Asked, not required: a promise is altered."
        yield making.requirement(VERIFICATION_OWNER, everywhere, why, blocking=must)
    for consumer in needed.required:
        why = "Is less protected by the registry as edited." if is_edit else "Uses what breaks."
        yield making.for_consumer(consumer, why, blocking=True)
    for consumer in needed.asked:
        why = f"Asked, not required: {_why_only_asked(consumer, authority)}"
        yield making.for_consumer(consumer, why, blocking=False)
    for consumer in needed.acknowledging:
        seen = "an `/ack` says that it has been seen."
        if contract.signoff.ack_required and consumer.consumer not in circumstances.newcomers:
            why = f"Has to acknowledge this, because the contract asks for it: {seen}"
            yield making.for_consumer(consumer, why, blocking=True, wants="acknowledgement")
        else:
            what = _why_to_acknowledge(finding, circumstances)
            yield making.for_consumer(
                consumer, f"Asked, not required: {what}; {seen}", blocking=False, wants="acknowledgement"
            )


def _why_to_acknowledge(finding: JudgedFinding, circumstances: Circumstances) -> str:
    if circumstances.level(finding) is Level.BREAKING:
        return "what it uses was never promised to stay"
    return "what it uses is to go" if deprecates(finding.impact.finding.change) else "this may surprise it"


def _why_the_decision_owner(finding: JudgedFinding, needed: Needed, circumstances: Circumstances) -> str:
    impact = finding.impact
    why = "Decides what may break for those who depend on this contract."
    if needed.stays_until:
        why = (
            f"Was promised until {needed.stays_until}, so no approval lets it go; only "
            "`/waive decision-owner reason:security` or `reason:emergency` does."
        )
    elif finding.id in circumstances.disputed:
        why = "Decides by `/rule`, because somebody objects."
    elif impact.finding.change.fact == VERSION_NOT_RAISED:
        why = "Decides whether the version may stay as it is; raising it settles this, too."
    elif circumstances.level(finding) is Level.UNCLASSIFIED:
        why = "Decides, because the change could not be classified: unknown is not safe."
    elif impact.finding.change.fact.startswith(_EDIT):
        why = "Decides by the registry in force, which this pull request edits."
    elif not (needed.required or needed.asked or needed.any_of or needed.acknowledging or needed.unnamed):
        why = "Decides, because no consumer is known to be affected, which does not mean that there is none."
    if needed.unnamed:
        others = "a consumer that is" if needed.unnamed == 1 else f"{needed.unnamed} consumers that are"
        why += f" Signs also for {others} not named here."
    return why


def quorum(impact: Impact, contract: Contract, authority: Authority) -> int:
    """More people where a consumer of high criticality is affected, if the policy says so."""
    signoff = contract.signoff
    if signoff.critical_quorum is None:
        return signoff.quorum
    affected = (authority.consumers.get(c.consumer) for c in impact.consumers if c.reach is Reach.AFFECTED)
    is_critical = any(consumer is not None and consumer.criticality == "high" for consumer in affected)
    return max(signoff.quorum, signoff.critical_quorum) if is_critical else signoff.quorum


def _why_only_asked(consumer: ConsumerImpact, authority: Authority) -> str:
    if consumer.reach is Reach.POSSIBLY:
        return "it is only possibly affected."
    word = authority.registry.own_words.get(consumer.consumer)
    if word is not None and not word.blocks and word.why_not:
        return word.why_not
    return "its signature does not decide here."


@dataclass(frozen=True, slots=True)
class _Making:
    """The requirements of one finding."""

    finding: JudgedFinding
    contract: Contract
    authority: Authority

    def for_consumer(
        self,
        consumer: ConsumerImpact,
        why: str,
        *,
        blocking: bool,
        wants: Literal["signature", "acknowledgement"] = "signature",
    ) -> Requirement:
        places = consumer.places or tuple(place.address for place in self.finding.impact.finding.places)
        return self.requirement(Capacity("consumer", consumer.consumer), places, why, blocking=blocking, wants=wants)

    def requirement(
        self,
        capacity: Capacity,
        places: Iterable[str],
        why: str,
        *,
        blocking: bool,
        needed: int = 1,
        wants: Literal["signature", "acknowledgement", "waiver"] = "signature",
    ) -> Requirement:
        able = self.authority.waivers if wants == "waiver" else partial(self.authority.signers, capacity=capacity)
        signers = able(self.contract.id, needed=needed)
        impact, places = self.finding.impact, tuple(sorted(places))
        return Requirement(
            contract=self.contract.id,
            finding=self.finding.id,
            fingerprint=requirement_fingerprint(impact.finding, impact.guarantee, capacity, places),
            capacity=capacity,
            signers=signers.handles,
            people=signers.people,
            blocking=blocking,
            state=RequirementState.OPEN,
            places=places,
            why=f"{why} {signers.note}".strip(),
            needed=signers.needed,
            wants=wants,
            enforcement=self.contract.enforcement,
        )


def handles(
    impacts: Iterable[Impact],
    registry: Registry | None,
    others: Iterable[tuple[str, Capacity]] = (),
    *,
    everybody: bool = False,
) -> frozenset[str]:
    """Every handle whose members a decision may need, so that GitHub is asked once.

    others: (contract, capacity) pairs of decisions published before, so that signatures given then can be judged now.
    everybody: somebody objects or the like, so that it must be known of all whom a change reaches, how little it may
    matter, who speaks for them.
    """
    if registry is None:
        return frozenset()
    owners = {consumer.id: consumer.owner for consumer in registry.consumers}
    contracts = {contract.id: contract for contract in registry.contracts}
    wanted: set[str | None] = set()
    touched: set[str] = set()
    for impact in impacts:
        contract = contracts.get(impact.finding.contract)
        if contract is None:
            continue
        reached = [c for c in impact.consumers if everybody or c.reach is not Reach.NOT]
        only_seen = impact.finding.level is Level.RISKY or deprecates(impact.finding.change)
        blocks = impact.finding.level in _BLOCKING_LEVELS
        if only_seen and not blocks and not everybody:
            reached = [c for c in reached if c.reach is Reach.AFFECTED]
        if everybody or blocks or (only_seen and reached):
            touched.add(contract.id)
            wanted |= {owners.get(c.consumer) for c in reached}
    for id, capacity in others:
        if id in contracts:
            touched.add(id)
            wanted |= {owners.get(consumer) for consumer in capacity.consumers}
    for id in touched:
        contract = contracts[id]
        wanted |= {contract.decision_owner, contract.owner}
        if "verification_owner" in contract.signoff.breaking or contract.verification_owner:
            wanted.add(contract.verification_owner)
    if touched and registry.floors is not None:
        wanted |= set(registry.floors.may_waive)
    return frozenset(handle for handle in wanted if handle)
