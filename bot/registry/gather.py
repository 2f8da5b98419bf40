"""What the files of a repository show to be used of contracts: its own, and those of other repositories.

A registry says where to look: `evidence_from` of a contract (files of its consumers that lie with the producer) and of
what the repository consumes (its own files), in globs; and the files that `ref` of a registered use names. Each file is
read by the importer of its kind, against the contract as it is. Whatever could not be followed is a problem in words,
never silence.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from bot.contracts.document import Document, Side
from bot.registry import globs
from bot.registry.graph.half import GatheredUse
from bot.registry.importers.imported import Imported, Question, Sighting
from bot.registry.importers.kinds import IMPORTERS
from bot.registry.importers.naming import spoken
from bot.registry.model import Component, Consumer, Contract, Evidence, EvidenceSource, Registry
from bot.registry.snapshot import Files, Unreadable

MOST_FILES = 2_000
"""Files of one source (one line of `evidence_from`)."""
MOST_BYTES = 64_000_000
"""Bytes of the files of one source together."""

_FILES_A_READ = 60
_PARTLY = {"pact-full": "pact"}
"""What a kind that is complete by its name is worth when something of it could not be followed."""


class EvidenceReader(Protocol):
    """Reads evidence. Answers come from the parsing children, or from this very process."""

    async def import_evidence(self, kind: str, question: Question, documents: Mapping[str, Document]) -> Imported:
        """What files of one kind show to be used of a contract. Never raises because of what is in them."""
        ...


@dataclass(frozen=True, slots=True)
class Promised:
    """A contract as evidence is held against it: its entry in the producer's registry, and its documents at the tip of
    the producer's default branch (see `bot.registry.contract_at`); None when they can't be had.
    """

    contract: Contract
    side: Side | None


ContractOf = Callable[[str], Awaitable[Promised | None]]
"""The contract called `owner/repository#id`, in whichever repository; None when there is none."""


@dataclass(frozen=True, slots=True)
class Gathered:
    """problems: sentences that name the place or file, and what to write."""

    uses: tuple[GatheredUse, ...] = ()
    problems: tuple[str, ...] = ()


async def gather(
    registry: Registry,
    repository: str,
    files: Files,
    commit: str,
    *,
    contract_of: ContractOf,
    reader: EvidenceReader,
    others: Sequence[Component] = (),
) -> Gathered:
    """Everything that `repository` (`owner/name`) shows at `commit`. Raises what `files` and `contract_of` raise.

    registry: the repository's own. others: those of the repositories that consume its contracts, which its files
    may be about.
    """
    found: dict[tuple[str, str, str, str], GatheredUse] = {}
    problems: list[str] = []
    for source in sources(registry, repository):
        promised = await contract_of(source.contract)
        if promised is None and source.named:
            continue
        if promised is None:
            problems.append(f"{source}: there is no contract `{source.contract}`, so nothing can be read of its use.")
            continue
        before = len(problems)
        documents = await _documents(source, files, commit, problems)
        if not documents:
            if source.named:  # `ref` may be words for a reader
                del problems[before:]
            continue
        all_read = len(problems) == before
        imported = await reader.import_evidence(source.kind, source.question(promised), documents)
        problems += imported.problems
        whole = all_read and imported.complete and not imported.problems
        names = _Names.of(source, registry, others)
        dates = await files.dates(commit, sorted({sighting.path for sighting in imported.used}))
        for sighting in imported.used:
            consumer = names.consumer(sighting, problems) if not source.named else names.named(sighting)
            if consumer is not None:
                _keep(found, _use(source, consumer, sighting, dates.get(sighting.path, ""), complete=whole))
    return Gathered(tuple(found.values()), tuple(dict.fromkeys(problems)))


@dataclass(frozen=True, slots=True)
class Source:
    """Where a registry says to look. contract: `owner/repository#id`. consumer: whose files they are, where these do
    not say. own: they are the repository's own, as a consumer. named: by a use of that consumer, and only what is the
    consumer's counts.
    """

    contract: str
    evidence: EvidenceSource
    consumer: str | None
    own: bool
    named: bool = False

    def __str__(self) -> str:
        if self.named:
            return f"`evidence` of `{self.consumer}`, `{self.evidence.path}`"
        return f"`evidence_from` of `{self.contract}`, `{self.evidence.path}`"

    @property
    def kind(self) -> str:
        return self.evidence.kind

    def question(self, promised: Promised) -> Question:
        contract = promised.contract
        names = {self.evidence.provider} if self.evidence.provider else {contract.id, *contract.known_as}
        return Question(contract.type, promised.side, frozenset(names), self.evidence.host)


def sources(registry: Registry, repository: str) -> Iterator[Source]:
    """Every place where the registry of `repository` says that evidence lies, what is only proposed left out."""
    for contract in registry.contracts:
        if not contract.proposed:
            for evidence in contract.evidence_from:
                yield Source(f"{repository}#{contract.id}", evidence, evidence.consumer, own=False)
    for consumption in registry.consumes:
        if registry.component is not None and not consumption.proposed:
            name = consumption.contract if "#" in consumption.contract else f"{repository}#{consumption.contract}"
            for evidence in consumption.evidence_from:
                yield Source(name, evidence, evidence.consumer or registry.component.id, own=True)
    yield from dict.fromkeys(_named(registry, repository))


def _named(registry: Registry, repository: str) -> Iterator[Source]:
    for consumer in registry.consumers:
        for use in consumer.uses:
            if has_files(use.evidence) and not (consumer.proposed or use.proposed):
                evidence = EvidenceSource(kind=use.evidence.kind, path=use.evidence.ref)
                yield Source(f"{repository}#{use.contract}", evidence, consumer.id, own=False, named=True)


def has_files(evidence: Evidence) -> bool:
    """Whether `ref` may name files of the repository itself: `pacts/web.json@3f2c1ab` speaks of another place."""
    return evidence.kind in IMPORTERS and bool(evidence.ref) and "@" not in evidence.ref


@dataclass(frozen=True, slots=True)
class _Called:
    """Some consumers by what they are called: to the letter, and as people may spell it."""

    exact: Mapping[str, str]
    alike: Mapping[str, frozenset[str]]

    @classmethod
    def of(cls, known: Iterable[Consumer | Component]) -> _Called:
        exact: dict[str, str] = {}
        alike: dict[str, set[str]] = {}
        for one in known:
            for name in (one.id, *one.known_as):
                exact.setdefault(name, one.id)
                alike.setdefault(spoken(name), set()).add(one.id)
        return cls(exact, {name: frozenset(ids) for name, ids in alike.items()})

    def ids(self, name: str) -> frozenset[str]:
        return frozenset({self.exact[name]}) if name in self.exact else self.alike.get(spoken(name), frozenset())


@dataclass(frozen=True, slots=True)
class _Names:
    """Who is meant by what the files of a source call a consumer. The repository's own registry knows best: nobody
    takes a name from those whom it names. others: components of other repositories, which may be private.
    """

    source: Source
    registered: _Called
    others: _Called

    @classmethod
    def of(cls, source: Source, registry: Registry, others: Sequence[Component]) -> _Names:
        own: list[Consumer | Component] = [*registry.consumers]
        if registry.component is not None:
            own.append(registry.component)
        return cls(source, _Called.of(own), _Called.of(others))

    def named(self, sighting: Sighting) -> str | None:
        """The consumer that named the file; None when it is about somebody else."""
        itself = self.source.consumer
        theirs = not sighting.consumer or (itself is not None and itself in self.registered.ids(sighting.consumer))
        return itself if theirs else None

    def consumer(self, sighting: Sighting, problems: list[str]) -> str | None:
        """The id of the consumer; None when nobody knows who it is, which becomes a problem."""
        name, fallback = sighting.consumer, self.source.consumer
        if not name:
            if fallback is None:
                problems.append(
                    f"`{sighting.path}` does not say which consumer it is about. "
                    f"Write `consumer: its-id` beside `path: {self.source.evidence.path}`."
                )
            return fallback
        registered = self.registered.ids(name)
        ids = registered or self.others.ids(name)
        if len(ids) == 1:
            return next(iter(ids))
        about = f"`{sighting.path}` is about the consumer `{name}`, which"
        if ids:
            elsewhere = f"any of {len(ids):,} that speak for themselves in other repositories"
            which = _joined(ids) if registered else elsewhere
            problems.append(f"{about} may be {which}. Write `known_as: [{name}]` at the one that it is.")
            return None
        instead = (
            f"It was counted as `{fallback}`: write `known_as: [{name}]` at `component` if that is right."
            if self.source.own
            else f"Register it under `consumers`, or write `known_as: [{name}]` at the one that it is."
        )
        problems.append(f"{about} no registry knows. {instead}")
        return fallback if self.source.own else None


async def _documents(source: Source, files: Files, commit: str, problems: list[str]) -> Mapping[str, Document]:
    """The files that a source names, as many as are read."""
    pattern = source.evidence.path
    literal = globs.literal_path(pattern)
    paths = [literal] if literal else sorted(p for p in await files.paths(commit) if globs.matches(pattern, p))
    if len(paths) > MOST_FILES:
        problems.append(f"{source}: names {len(paths):,} files; only the first {MOST_FILES:,} were read.")
        paths = paths[:MOST_FILES]
    documents: dict[str, Document] = {}
    size = 0
    for start in range(0, len(paths), _FILES_A_READ):
        found = await files.read([(commit, path) for path in paths[start : start + _FILES_A_READ]])
        for (_, path), document in found.items():
            if isinstance(document, Unreadable):
                problems.append(f"`{path}` {document.reason}, so it could not be read as evidence.")
                continue
            size += len(document.data)
            if size > MOST_BYTES:
                megabytes = MOST_BYTES // 1_000_000
                problems.append(
                    f"{source}: its files have more than {megabytes} MB; `{path}` and others were not read."
                )
                return documents
            documents[path] = document
    if not documents and not any(path in problem for path in paths for problem in problems):
        problems.append(f"{source}: names no file that is there.")
    return documents


def _use(source: Source, consumer: str, sighting: Sighting, seen: str, *, complete: bool) -> GatheredUse:
    return GatheredUse(
        source.contract,
        consumer,
        sighting.element,
        _PARTLY.get(source.kind, source.kind) if not complete else source.kind,
        f"{sighting.path}:{sighting.line}",
        seen,
        complete=complete,
        pending=sighting.pending,
        offered=sighting.offered,
    )


def _keep(found: dict[tuple[str, str, str, str], GatheredUse], use: GatheredUse) -> None:
    """One use for each consumer, element and kind: what counts before what does not, then the newest."""
    key = (use.contract, use.consumer, use.element, use.kind)
    known = found.get(key)
    if known is None or _weight(use) > _weight(known):
        found[key] = use


def _weight(use: GatheredUse) -> tuple[bool, bool, str]:
    return not use.pending, not use.offered, use.seen


def _joined(ids: Iterable[str]) -> str:
    return " or ".join(f"`{one}`" for one in sorted(ids))
