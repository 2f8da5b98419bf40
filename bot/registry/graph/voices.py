"""The consumers of one producer, each with what both halves say (hard cases 9, 10 and 13 of the sign-off rules).

A half in another repository speaks for a consumer that the producer registered when the producer names that repository;
without a repository, only when both name the same owner, and that owner can write there. Then it adds what it uses, and
takes nothing away: anybody can let a team write to a repository of theirs, and claim to be that team's consumer in it.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

from bot.registry.graph.half import GatheredUse, Half
from bot.registry.graph.names import Names, organisation, same
from bot.registry.model import (
    Assumption,
    Component,
    Consumer,
    ConsumerSignoff,
    Consumption,
    Evidence,
    OwnWord,
    Registry,
    Use,
)
from bot.registry.own_half import tolerated, with_own_half
from bot.registry.span import duration

T = TypeVar("T")

_Gathered = Mapping[str, Sequence[GatheredUse]]
"""By the contract's id in the producer's registry."""

_STRICTNESS = ("consent", "escalate", "block")


@dataclass(frozen=True, slots=True)
class Voice:
    """A consumer of one producer.

    consumer: both halves joined; `Use.contract` is the contract's id in the producer's registry.
    registered: as the producer's half has it, None when it does not. half: its own, None when it has none.
    entries: what its own half says of this producer's contracts, by contract id. gathered: of both repositories' files.
    """

    consumer: Consumer
    registered: Consumer | None = None
    half: Half | None = None
    entries: Mapping[str, Consumption] = field(default_factory=dict)
    gathered: tuple[GatheredUse, ...] = ()
    word: OwnWord | None = None


@dataclass(frozen=True, slots=True)
class _Consuming:
    """One repository's half, as far as it speaks of one producer in another repository."""

    half: Half
    component: Component
    entries: Mapping[str, Consumption]


@dataclass(frozen=True, slots=True)
class _Speakers:
    """The halves that speak of one producer, by repository (in lower case) and by the id that they give themselves.
    registered: how many consumers the producer says are in a repository.
    """

    by_repository: Mapping[str, Sequence[_Consuming]]
    by_id: Mapping[str, Sequence[_Consuming]]
    registered: Counter[str]

    @classmethod
    def of(cls, speaking: Iterable[_Consuming], registered: Iterable[str]) -> _Speakers:
        by_repository: dict[str, list[_Consuming]] = defaultdict(list)
        by_id: dict[str, list[_Consuming]] = defaultdict(list)
        for one in speaking:
            by_repository[one.half.repository.lower()].append(one)
            by_id[one.component.id.lower()].append(one)
        return cls(by_repository, by_id, Counter(registered))


@dataclass(frozen=True, slots=True)
class Listening:
    """All halves, sorted by whom they speak of, so that one producer's consumers are found without asking everybody."""

    names: Names = field(default_factory=Names)
    consuming: Mapping[str, Sequence[_Consuming]] = field(default_factory=dict)
    gathered: Mapping[tuple[str, str], _Gathered] = field(default_factory=dict)

    @classmethod
    def to(cls, halves: Iterable[Half]) -> Listening:
        known = tuple(halves)
        names = Names.of(known)
        consuming: dict[str, list[_Consuming]] = defaultdict(list)
        gathered: dict[tuple[str, str], dict[str, list[GatheredUse]]] = defaultdict(lambda: defaultdict(list))
        for half in known:
            own = half.repository.lower()
            found = {written: names.contract(written, half.repository) for written in {u.contract for u in half.uses}}
            for use in half.uses:
                key, id = found[use.contract]
                gathered[key, own][id].append(use)
            if half.registry is None:
                continue
            said: dict[str, dict[str, Consumption]] = defaultdict(dict)
            for entry in half.registry.consumes:
                key, id = names.contract(entry.contract, half.repository)
                if key != own and not entry.proposed:
                    said[key].setdefault(id, entry)
            component = half.registry.component or Component(id=half.repository)
            for key, entries in said.items():
                consuming[key].append(_Consuming(half, component, entries))
        return cls(names, consuming, gathered)

    def voices(self, repository: str, registry: Registry) -> tuple[Voice, ...]:
        """Everybody who is known to consume a contract of `registry`, which is (one version of) that repository's. It
        has nothing left that is only proposed (`bot.registry.proposed.settled`).

        Registered ones first, in the order of the file, then those that only their own half names, by repository.
        """
        contracts = {contract.id for contract in registry.contracts}
        key = self.names.key(repository)
        registry = self._with_own_half(key, repository, registry)
        speaking = [
            replace(one, entries={id: entry for id, entry in one.entries.items() if id in contracts})
            for one in self.consuming.get(key, ())
        ]
        speaking = sorted((one for one in speaking if one.entries), key=lambda one: one.half.repository.lower())
        speakers = _Speakers.of(speaking, [self.names.key(c.repo) for c in registry.consumers if c.repo])
        claimed = {consumer.id: self._own_half(consumer, speakers) for consumer in registry.consumers}
        consumers = [self._evidenced(key, consumer, registry) for consumer in registry.consumers]
        voices = [self._registered(key, consumer, claimed[consumer.id]) for consumer in consumers]
        taken = {id(one) for one in claimed.values() if one is not None}
        unregistered = [one for one in speaking if id(one) not in taken]
        ids = Counter(consumer.id.lower() for consumer in registry.consumers)
        ids.update(one.component.id.lower() for one in unregistered)
        for one in unregistered:
            name = one.component.id if ids[one.component.id.lower()] == 1 else one.half.repository
            voices.append(self._unregistered(key, name, one))
        return tuple(_protected(voice, self.names.half(repository)) for voice in voices)

    def _with_own_half(self, key: str, repository: str, registry: Registry) -> Registry:
        """Its own contracts may be consumed by their full names, too: only here is known that these are its own."""
        named = [(entry, *self.names.contract(entry.contract, repository)) for entry in registry.consumes]
        consumes = tuple(e.model_copy(update={"contract": id}) if home == key else e for e, home, id in named)
        ids = {contract.id for contract in registry.contracts}
        consumers = with_own_half(registry.consumers, registry.component, consumes, ids)
        return registry.model_copy(update={"consumers": consumers, "consumes": consumes})

    def _own_half(self, consumer: Consumer, speakers: _Speakers) -> _Consuming | None:
        if consumer.repo is not None:
            here = self.names.key(consumer.repo)
            for one in speakers.by_repository.get(here, ()):
                called = {one.component.id.lower(), *(name.lower() for name in one.component.known_as)}
                ours = {consumer.id.lower(), *(name.lower() for name in consumer.known_as)}
                if speakers.registered[here] == 1 or called & ours:
                    return one
            return None
        named = speakers.by_id.get(consumer.id.lower(), ())
        trusted = [one for one in named if same(consumer.owner, one.component.owner) and _is_written_by_its_owner(one)]
        return trusted[0] if len(trusted) == 1 else None

    def _evidenced(self, key: str, consumer: Consumer, registry: Registry) -> Consumer:
        """A repository that consumes its own contract and does not say what of it: its evidence does, if any was read
        without trouble.
        """
        half = self.names.half(key)
        if registry.component is None or registry.component.id != consumer.id or half is None or half.problems:
            return consumer
        whole = {entry.contract for entry in registry.consumes if not entry.elements}
        seen = _counted(self._seen_by_producer(key, consumer))
        uses = tuple(
            use
            for use in consumer.uses
            if use.elements or use.evidence != Evidence() or use.contract not in whole & seen
        )
        return consumer.model_copy(update={"uses": uses})

    def _registered(self, key: str, consumer: Consumer, own: _Consuming | None) -> Voice:
        seen = self._seen_by_producer(key, consumer)
        if own is None:
            uses = (*consumer.uses, *as_uses(seen))
            joined = consumer.model_copy(update={"uses": uses}) if seen else consumer
            return Voice(joined, consumer, gathered=_all(seen))
        theirs = self._seen_by(key, own)
        component = own.component
        is_named = consumer.repo is not None
        said = {name: getattr(component, name) for name in component.model_fields_set - {"id", "owner"} if is_named}
        uses = (
            *consumer.uses,
            *as_uses(seen),
            *_new(_declared(own, theirs), consumer.uses),
            *as_uses(theirs, own.half),
        )
        joined = consumer.model_copy(
            update={
                **said,
                "repo": own.half.repository,
                "owner": component.owner or consumer.owner,
                "tolerates": tolerated(tuple(own.entries.values())) if is_named else consumer.tolerates,
                "uses": uses,
                "assumes": (*consumer.assumes, *_new(_assumes(own), consumer.assumes)),
            }
        )
        word = OwnWord(repository=own.half.repository, signoff=_signoff(own)) if is_named else None
        return Voice(joined, consumer, own.half, own.entries, (*_all(seen), *_all(theirs)), word)

    def _unregistered(self, key: str, name: str, own: _Consuming) -> Voice:
        theirs = self._seen_by(key, own)
        seen = self._seen_by_producer(key, own.component)
        component = own.component
        consumer = Consumer(
            id=name,
            known_as=component.known_as,
            repo=own.half.repository,
            owner=component.owner,
            criticality=component.criticality,
            visibility=component.visibility,
            tolerates=tolerated(tuple(own.entries.values())),
            uses=(*_declared(own, theirs), *as_uses(seen), *as_uses(theirs, own.half)),
            assumes=_assumes(own),
        )
        why_not = _why_not(own, key)
        word = OwnWord(repository=own.half.repository, signoff=_signoff(own), blocks=not why_not, why_not=why_not)
        return Voice(consumer, None, own.half, own.entries, (*_all(seen), *_all(theirs)), word)

    def _seen_by_producer(self, key: str, consumer: Consumer | Component) -> _Gathered:
        """What files of the producer show of the consumer."""
        called = {consumer.id.lower(), *(name.lower() for name in consumer.known_as)}
        by_contract = self.gathered.get((key, key), {})
        found = {id: [use for use in uses if use.consumer.lower() in called] for id, uses in by_contract.items()}
        return {id: uses for id, uses in found.items() if uses}

    def _seen_by(self, key: str, own: _Consuming) -> _Gathered:
        """What the consumer's own files show."""
        by_contract = self.gathered.get((key, own.half.repository.lower()), {})
        return {id: uses for id, uses in by_contract.items() if id in own.entries}


def as_uses(gathered: _Gathered, half: Half | None = None) -> tuple[Use, ...]:
    """What counts of the evidence, one `Use` for each file and day. `half`: where the files are, if elsewhere."""
    groups: dict[tuple[str, str, str, str, bool], list[GatheredUse]] = defaultdict(list)
    for contract, uses in gathered.items():
        for use in uses:
            if not use.pending and not use.offered:
                path, _, line = use.ref.rpartition(":")
                file = path if line.isdigit() else use.ref
                groups[contract, use.kind, file, use.seen, use.complete].append(use)
    found = []
    for (contract, kind, file, seen, complete), group in groups.items():
        ref = group[0].ref if len(group) == 1 else file
        evidence = Evidence(
            kind=kind, ref=f"{half.repository}/{ref}" if half else ref, seen=seen or None, complete=complete
        )
        elements = tuple(dict.fromkeys(use.element for use in group))
        found.append(Use(contract=contract, elements=elements, evidence=evidence))
    return tuple(found)


def _declared(own: _Consuming, seen: _Gathered) -> tuple[Use, ...]:
    """Without elements it may use anything (unknown is not none), unless its evidence, read without any trouble, says
    what it uses.
    """
    evidenced = frozenset[str]() if own.half.problems else _counted(seen)
    return tuple(
        Use(contract=id, elements=entry.elements)
        for id, entry in own.entries.items()
        if entry.elements or id not in evidenced
    )


def _counted(gathered: _Gathered) -> frozenset[str]:
    """The contracts that anything of it counts for."""
    return frozenset(id for id, uses in gathered.items() if any(not use.pending and not use.offered for use in uses))


def _all(gathered: _Gathered) -> tuple[GatheredUse, ...]:
    return tuple(use for uses in gathered.values() for use in uses)


def _assumes(own: _Consuming) -> tuple[Assumption, ...]:
    return tuple(one for entry in own.entries.values() for one in entry.assumes if not one.proposed)


def _signoff(own: _Consuming) -> ConsumerSignoff:
    """Its own settings; of several, the most patient and the strictest. A half that can no longer be read may have
    taken its consent back since, so its silence is none: unknown is not consent.
    """
    settings = [entry.signoff for entry in own.entries.values()]
    on_silence = max((s.on_silence for s in settings), key=_STRICTNESS.index)
    return ConsumerSignoff(
        respond_within=max((s.respond_within for s in settings), key=duration),
        on_silence="escalate" if own.half.stale and on_silence == "consent" else on_silence,
    )


def _why_not(own: _Consuming, key: str) -> str:
    """Why a half that the producer did not register is asked only; empty when its signature is required."""
    half, owner = own.half, own.component.owner
    if organisation(half.repository) != organisation(key):
        return f"{half.repository} belongs to another organisation"
    if half.archived:
        return f"{half.repository} is archived"
    if owner is None:
        return f"the registry of {half.repository} names no owner for it"
    if not _is_written_by_its_owner(own):
        return f"{owner} can't write to {half.repository}"
    return ""


def _is_written_by_its_owner(own: _Consuming) -> bool:
    """Whether those whom a half names as its owner can write to it: anybody can write down a name."""
    return any(same(own.component.owner, writer) for writer in own.half.writers)


def _protected(voice: Voice, producer: Half | None) -> Voice:
    """A private repository is never named where those can read who may not see it (hard case 13)."""
    if voice.half is None or _readers(voice.half) <= _readers(producer):
        return voice
    return replace(voice, consumer=voice.consumer.model_copy(update={"visibility": "private"}))


def _readers(half: Half | None) -> int:
    """How few may read the repository: everybody 0, the enterprise 1, those who were let in 2."""
    if half is None or not half.hidden:
        return 0
    return 1 if half.internal else 2


def _new(found: Sequence[T], known: Sequence[T]) -> tuple[T, ...]:
    return tuple(one for one in found if one not in known)
