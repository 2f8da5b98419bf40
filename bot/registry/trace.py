"""From findings to the consumers they reach, by what these said they use and by what is known of it.

The rules (docs/registry.md, "Who is affected"):

- A consumer that names no elements may use anything: every finding reaches it. So does one whose element cannot be
  read, since unknown is not none.
- The finding is at, or contains, a used element: *affected*. The used element contains the finding's: *possibly*.
- An element outside of those named is *not* used: the list is the consumer's own word. Samples (traffic, recordings,
  code search) prove use, never absence, so in an operation where they saw the consumer, the rest is *possibly* used,
  unless the evidence is marked complete.
- A Protobuf method stands for its messages, which bear other names: who names methods and no fields is *possibly*
  reached by what changes in the messages of their package.
- What a caller newly has to send is in nobody's list. It reaches those who use what it is demanded for: the operation,
  or the object that holds the new property.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import islice
from typing import TypeVar

from bot.contracts import address
from bot.contracts.address import Address, AddressError, Relation
from bot.contracts.change import Place
from bot.judge.finding import Finding
from bot.registry.evidence import is_complete, is_sample, sentence, stale_before
from bot.registry.guarantee import is_single, promised
from bot.registry.impact import ConsumerImpact, Impact, Reach, Reason, Verb
from bot.registry.model import Consumer, Evidence, Registry, Use
from bot.registry.tolerance import tolerated

T = TypeVar("T")

_DATA_PARTS = frozenset({"request", "query", "header", "path", "cookie", "default", "callback", "*", "**"})
_DEMANDED = frozenset({"property", "parameter", "header", "cookie", "body", "request_body", "security", "scope"})
_SENT = frozenset({"request", "query", "header", "path", "cookie", "callback"})
_EVERYTHING = frozenset({"", "*", "**"})
_NO_TYPES = frozenset({"*", "**", "webhook"})
"""First names of an address that say nothing of where it lies."""

_Package = tuple[str, ...]
_CALLED_BY_NAME = ("protobuf.method.", "protobuf.service.")
"""Facts about what is no message."""

_MOST_REASONS = 20
"""More than anybody would read of one consumer."""


def trace(
    findings: Sequence[Finding], registry: Registry | None, contract_id: str, today: date | None = None
) -> tuple[Impact, ...]:
    """What each finding on a contract means to its registered consumers, in the order of the findings.

    A contract that is not registered has no known consumers, and everything in it counts as guaranteed.
    today: only to say that evidence is old.
    """
    if registry is None or not registry.has_contract(contract_id):
        return tuple(Impact(f, *promised((), ()), ()) for f in findings)
    contract = registry.contract(contract_id)
    as_of = _AsOf.of(contract.review.every, today)
    users = _Users.of(contract_id, registry)
    return tuple(
        Impact(
            finding,
            *promised(contract.guarantees, (p.address for p in finding.places), single=is_single(finding.change)),
            tuple(sorted(users.impacts(finding, as_of), key=lambda c: (c.reach.order, c.consumer))),
        )
        for finding in findings
    )


def only_owner_depends(contract_id: str, registry: Registry) -> bool:
    """Whether every registered consumer belongs to the contract's owner. No consumer is unknown, not none."""
    if not registry.has_contract(contract_id):
        return False
    owner = registry.contract(contract_id).owner
    consumers = registry.consumers_of(contract_id)
    return bool(owner and consumers) and all(c.owner and owner and c.owner.lower() == owner.lower() for c in consumers)


def private_alias(registry: Registry, consumer: Consumer) -> str:
    """How a private consumer is called before people who may not see its repository; empty for all others.

    The number is its place among the registry's private consumers: it tells nothing, and stays while the file does.
    """
    if consumer.visibility != "private":
        return ""
    private = [c.id for c in registry.consumers if c.visibility == "private"]
    return f"private consumer {private.index(consumer.id) + 1}" if len(private) > 1 else "a private consumer"


@dataclass(frozen=True, slots=True)
class _AsOf:
    """The day by which evidence is old or not; None: not asked."""

    today: date | None
    stale_before: date | None

    @classmethod
    def of(cls, every: str | None, today: date | None) -> _AsOf:
        if today is None:
            return cls(None, None)
        return cls(today, stale_before(every, today))

    def reason(self, verb: Verb, element: str, evidence: Evidence) -> Reason:
        seen = date.fromisoformat(evidence.seen) if evidence.seen else None
        days = (self.today - seen).days if self.today is not None and seen is not None else None
        stale = seen is not None and self.stale_before is not None and seen < self.stale_before
        return Reason(verb, element, evidence.kind, days, stale)


@dataclass(frozen=True, slots=True)
class _Target:
    """What a place means for reach. demand: the caller newly has to send something. package: of a Protobuf message."""

    place: str
    element: Address
    demand: bool
    everything: bool
    direction: str
    package: _Package | None

    @classmethod
    def of(cls, fact: str, place: Place) -> _Target:
        element = address.read(place.address)
        demand = place.direction == "request" and _is_demand(fact)
        everything = place.address.strip() in _EVERYTHING or fact.startswith("contract.")
        felt = _felt_at(element.parent if demand else element)
        is_called = fact.startswith(_CALLED_BY_NAME) or place.attributes.get("kind") == "service"
        package = None if is_called else _package(felt)
        return cls(place.address, felt, demand, everything, place.direction, package)


@dataclass(frozen=True, slots=True)
class _Element:
    """A used element as it was written. address None: it cannot be read, or stands for everything."""

    text: str
    address: Address | None

    @classmethod
    def of(cls, text: str) -> _Element:
        return cls(text, None if text.strip() in _EVERYTHING else _parsed(text))

    def may_concern(self, operation: Address) -> bool:
        """Whether anything of the operation can reach the element: spares looking closer at all others."""
        if self.address is None:
            return True
        mine, theirs = self.address.tokens[0], operation.tokens[0]
        if mine.text != theirs.text and mine.kind == theirs.kind == "name" and not {mine.text, theirs.text} & _NO_TYPES:
            return False  # other types; operations of GraphQL may name thousands of elements, so this has to be quick
        if _other_words(self.address, operation):
            return True
        return address.relation(self.address.operation, operation) is not Relation.DISJOINT

    def reach(self, target: _Target, evidence: Evidence) -> Reach:
        if self.address is None or target.everything:
            return Reach.AFFECTED
        match address.relation(self.address, target.element):
            case Relation.EQUAL | Relation.ELEMENT_CONTAINS_USE:
                return Reach.AFFECTED
            case Relation.USE_CONTAINS_ELEMENT:
                return Reach.POSSIBLY
        if _other_words(self.address, target.element):
            return Reach.AFFECTED if target.element == target.element.operation else Reach.POSSIBLY
        if is_complete(evidence) or not (target.demand or is_sample(evidence)):
            return Reach.NOT
        return Reach.POSSIBLY if self.may_concern(target.element.operation) else Reach.NOT


@dataclass(frozen=True, slots=True)
class _Used:
    """One `uses` entry of a consumer. anything: it names no elements. calls: the Protobuf methods that it names by
    package, when it names no fields of messages, and may therefore use any.
    """

    consumer: str
    use: Use
    elements: tuple[_Element, ...]
    anything: bool
    calls: Mapping[_Package, tuple[str, ...]] = field(default_factory=dict)

    @classmethod
    def of(cls, consumer: Consumer, use: Use, type: str) -> _Used:
        elements = tuple(_Element.of(text) for text in use.elements)
        calls = _calls(elements) if type == "protobuf" and not is_complete(use.evidence) else {}
        return cls(consumer.id, use, elements, not use.elements, calls)

    def narrowed(self, operation: Address) -> _Used | None:
        """Only with the elements that the operation may concern; None when there is none."""
        if self.anything:
            return self
        near = tuple(element for element in self.elements if element.may_concern(operation))
        return replace(self, elements=near) if near or _package(operation) in self.calls else None

    def reach(self, target: _Target) -> tuple[Reach, tuple[str, ...]]:
        """How near the target comes, and which of the elements it comes that near to."""
        if self.anything:
            return Reach.AFFECTED, ()
        reaches = [(element.reach(target, self.use.evidence), element.text) for element in self.elements]
        nearest = min((r for r, _ in reaches), key=lambda r: r.order, default=Reach.NOT)
        if nearest is Reach.NOT and target.package is not None and target.package in self.calls:
            return Reach.POSSIBLY, self.calls[target.package]
        return nearest, tuple(text for r, text in reaches if r is nearest)


@dataclass(frozen=True, slots=True)
class _Reached:
    """One way in which a finding reaches a consumer."""

    reach: Reach
    place: str
    use: Use
    named: tuple[str, ...]
    direction: str


@dataclass(frozen=True, slots=True)
class _Users:
    """The consumers of one contract. by_operation remembers who has to do with which operation at all."""

    consumers: tuple[tuple[Consumer, str], ...]
    used: tuple[_Used, ...]
    by_operation: dict[Address, tuple[_Used, ...]] = field(default_factory=dict)

    @classmethod
    def of(cls, contract_id: str, registry: Registry) -> _Users:
        consumers = registry.consumers_of(contract_id)
        type = registry.contract(contract_id).type
        return cls(
            tuple((consumer, private_alias(registry, consumer)) for consumer in consumers),
            tuple(_Used.of(c, use, type) for c in consumers for use in c.uses if use.contract == contract_id),
        )

    def impacts(self, finding: Finding, as_of: _AsOf) -> Iterator[ConsumerImpact]:
        reached: dict[str, list[_Reached]] = {}
        for place in finding.places:
            target = _Target.of(finding.change.fact, place)
            for used in self._near(target):
                reach, named = used.reach(target)
                if reach is not Reach.NOT:
                    reached.setdefault(used.consumer, []).append(
                        _Reached(reach, target.place, used.use, named, target.direction)
                    )
        for consumer, alias in self.consumers:
            word = tolerated(consumer.tolerates, finding)
            if word:
                sentences = (f"says that it tolerates this (`{word}`)",)
                yield ConsumerImpact(consumer.id, Reach.NOT, evidence=sentences, alias=alias)
            else:
                yield _impact(consumer, alias, reached.get(consumer.id, []), as_of)

    def _near(self, target: _Target) -> tuple[_Used, ...]:
        if target.everything:
            return self.used
        operation = target.element.operation
        if operation not in self.by_operation:
            narrowed = (used.narrowed(operation) for used in self.used)
            self.by_operation[operation] = tuple(used for used in narrowed if used is not None)
        return self.by_operation[operation]


def _impact(consumer: Consumer, alias: str, reached: Sequence[_Reached], as_of: _AsOf) -> ConsumerImpact:
    """Everything that reaches a consumer, summed up by what comes nearest."""
    if not reached:
        return ConsumerImpact(consumer.id, Reach.NOT, alias=alias)
    nearest = min((r.reach for r in reached), key=lambda r: r.order)
    decisive = [r for r in reached if r.reach is nearest]
    reasons = (
        as_of.reason(_verb(text, r.direction), text, r.use.evidence) for r in decisive for text in r.named or ("",)
    )
    return ConsumerImpact(
        consumer.id,
        nearest,
        places=tuple(sorted({r.place for r in reached})),
        uses=tuple(_unique(text for r in decisive for text in r.named)),
        evidence=tuple(_unique(sentence(r.use.evidence, as_of.stale_before, hide=bool(alias)) for r in decisive)),
        alias=alias,
        reasons=tuple(islice(_unique(reasons), _MOST_REASONS)),
    )


def _parsed(element: str) -> Address | None:
    try:
        return address.parse(element)
    except AddressError:
        return None


def _is_demand(fact: str) -> bool:
    """Facts by which the caller has to send what it did not have to send before.

    What was read-only was never sent, so a required property that no longer is has become a demand.
    """
    words = fact.split(".")
    return (
        fact == "schema.read_only.removed"
        or "required" in words
        or (words[-1] == "added" and len(words) > 1 and words[-2] in _DEMANDED)
    )


def _felt_at(element: Address) -> Address:
    """Where a change is felt: security, servers and the like of an operation are felt by whoever calls it."""
    part = next((t.text for t in element.tokens if t.kind == "part"), None)
    if part is None or part in _DATA_PARTS or part[:1].isdigit():
        return element
    return element.operation


def _other_words(use: Address, element: Address) -> bool:
    """Whether one speaks of operations and the other of names (a definition), so that their spelling tells nothing."""
    names = [a.tokens[0].kind in ("name", "opaque") and a.tokens[0].text != "webhook" for a in (use, element)]
    return names[0] != names[1]


def _package(address: Address) -> _Package | None:
    """The package of a Protobuf name, by the style guide's spelling: what stands before the first capital."""
    names = [token.text for token in address.tokens if token.kind == "name"]
    first = next((n for n, name in enumerate(names) if name[:1].isupper()), None)
    return None if first is None or len(names) < len(address.tokens) else tuple(names[:first])


def _calls(elements: Iterable[_Element]) -> Mapping[_Package, tuple[str, ...]]:
    """The methods among the names of a Protobuf contract, by package: `acme.v1.Orders.Get`. Nested messages are spelled
    alike and counted in. None when fields are named (`acme.v1.Order.id`): then the list says what of them is used.
    """
    calls: dict[_Package, tuple[str, ...]] = {}
    for element in elements:
        package = _package(element.address) if element.address else None
        if element.address is None or package is None or len(element.address.tokens) < len(package) + 2:
            continue
        if not element.address.tokens[-1].text[:1].isupper():
            return {}
        calls[package] = (*calls.get(package, ()), element.text)
    return calls


def _verb(element: str, direction: str) -> Verb:
    """What a consumer does with an element, by the part of the message that it is, or else by who writes it."""
    address = _parsed(element) if element else None
    part = next((token.text for token in address.tokens if token.kind == "part"), None) if address else None
    if part is not None:
        return "sends" if part in _SENT else "reads"
    if address is not None and address.tokens[0].kind in ("method", "scopes"):
        return "calls"
    match direction:
        case "request":
            return "sends"
        case "response":
            return "reads"
        case _:
            return "uses"


def _unique(values: Iterable[T]) -> Iterator[T]:
    return iter(dict.fromkeys(values))
