"""A local repository judged by the code that gates the merge, before any App exists."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from bot.contracts import formats
from bot.contracts.change import Comparison
from bot.contracts.document import Document, Side
from bot.contracts.options import Options
from bot.engine.comparing import compare_all
from bot.engine.reverts import undone
from bot.engine.supposing import NOTHING, Supposing, decided
from bot.git.repository import GitError, Repository
from bot.judge.catalogue import Catalogue
from bot.registry.at_commit import read_at
from bot.registry.contract_at import contract_at
from bot.registry.drafting.draft import draft
from bot.registry.floors import with_floors
from bot.registry.gather import Gathered, Promised, gather
from bot.registry.graph.elsewhere import with_others
from bot.registry.graph.graph import Graph
from bot.registry.graph.half import Half
from bot.registry.graph.joined import default_enforcement, floors, join, seen_by
from bot.registry.importers.imported import Imported, Question
from bot.registry.importers.kinds import import_evidence
from bot.registry.lint import lint
from bot.registry.look import look
from bot.registry.lost_evidence import with_lost_evidence
from bot.registry.model import Registry
from bot.registry.named_evidence import with_named_evidence
from bot.registry.problem import Problem
from bot.registry.proposed import settled
from bot.registry.reading import read_registry, registry_paths
from bot.registry.releases import wants_releases, with_releases
from bot.registry.snapshot import Snapshot
from bot.review.assessment import assess
from bot.review.decision import decide, failed
from bot.review.people import Comment, Roster
from bot.review.reverts import Landed, Reverted, reverted
from bot.review.values import Decision, PublishedDecision


class InProcess:
    """Reads and compares in this very process: the files are the user's own, and there is no second one to wait for."""

    async def recognise(self, path: str, data: bytes) -> str | None:
        return formats.recognise(path, data)

    async def references(self, format: str, document: Document) -> frozenset[str]:
        return formats.referenced_files(format, document)

    async def compare(self, format: str, base: Side, head: Side, options: Options) -> Comparison:
        return formats.compare(format, base, head, options=options)

    async def import_evidence(self, kind: str, question: Question, documents: Mapping[str, Document]) -> Imported:
        return import_evidence(kind, question, documents)


@dataclass(frozen=True, slots=True)
class _History:
    """Implements `bot.engine.reverts.History`."""

    repository: Repository

    async def tags(self) -> Mapping[str, str]:
        return self.repository.tags()

    async def is_behind(self, head: str, commit: str) -> bool:
        try:
            return self.repository.merge_base(commit, head) == commit
        except GitError:  # they share nothing
            return False

    async def since(self, commit: str, head: str) -> Collection[str]:
        return self.repository.commits(commit, head)

    async def landed(self, reverted: Reverted, base_sha: str) -> Sequence[Landed]:
        """A clone knows commits and no pull requests; when one was made stands for when it came."""
        line = self.repository.line(base_sha) if reverted.commits else {}
        return [Landed(at, before, sha) for sha in reverted.commits for before, at in (line[sha],) if sha in line]


@dataclass(frozen=True, slots=True)
class Judged:
    """What a pull request from `head` onto `base` would be told. `draft`: a registry to begin with, if needed."""

    base_sha: str
    merge_base_sha: str
    head_sha: str
    decision: Decision
    registry: Registry | None
    draft: str | None


async def judge(
    repository: Repository,
    base: str,
    head: str,
    catalogue: Catalogue,
    now: datetime,
    supposing: Supposing = NOTHING,
    elsewhere: Graph | None = None,
) -> Judged:
    """Judge what `head` changes since it left `base` (refs). Raises bot.git.repository.GitError; and NobodyThere, when
    somebody is supposed to speak who has nothing to say. elsewhere: what a server knows of other repositories.
    """
    base_sha, head_sha = repository.commit(base), repository.commit(head)
    merge_base_sha = repository.merge_base(base_sha, head_sha)
    comparer = InProcess()
    snapshot = await look(
        repository,
        base_sha=base_sha,
        merge_base_sha=merge_base_sha,
        head_sha=head_sha,
        changed=repository.changed(merge_base_sha, head_sha),
        parser=comparer,
    )
    reading = read_registry(snapshot.registry)
    if reading.errors:
        decision = failed([str(problem) for problem in reading.errors])
        return Judged(base_sha, merge_base_sha, head_sha, decision, None, None)
    registry = reading.registry
    if wants_releases(registry, snapshot):
        is_behind = partial(_History(repository).is_behind, base_sha)
        snapshot = await with_releases(snapshot, registry, repository.tags(), is_behind, repository, comparer)
    gathered = Gathered()
    if registry is not None:
        own = registry
        registry, gathered = await _with_evidence(repository, base_sha, registry, catalogue)
        snapshot = await with_lost_evidence(snapshot, own, registry, repository.full_name(), repository, comparer)
        registry = await with_named_evidence(supposing.registry(registry), snapshot, repository, comparer)
        if elsewhere is not None:
            registry, unnamed = with_others(registry, elsewhere, repository.full_name())
            gathered = replace(gathered, problems=(*gathered.problems, *_unnamed(unnamed)))
    today = now.date()
    compared = await compare_all(snapshot, registry, comparer, today)
    assessment = assess(snapshot, compared, registry, catalogue, today)
    names, found = reverted(repository.full_name(), repository.messages(merge_base_sha, head_sha)), assessment.impacts
    history = _History(repository)
    excused = await undone(names, compared, found, registry, base_sha, history, repository, comparer, now)
    if excused is not None:
        assessment = assess(snapshot, excused.compared, registry, catalogue, today)

    def deciding(roster: Roster, comments: Sequence[Comment], publications: Sequence[PublishedDecision]) -> Decision:
        return decide(
            impacts=assessment.impacts,
            registry=registry,
            comments=comments,
            publications=publications,
            roster=roster,
            author=None,
            commits=(),
            gated=True,
            now=now,
            faults=assessment.faults,
            not_checked=(*assessment.not_checked, *gathered.problems),
        )

    decision = decided(supposing, assessment.impacts, registry, deciding, now, head_sha)
    decision = replace(decision, beginning={}, next_due=None)  # nobody is asked, so no time runs
    offer = draft(_found(snapshot), None) if registry is None and snapshot.contracts else None
    return Judged(base_sha, merge_base_sha, head_sha, decision, registry, offer)


def no_registry(repository: Repository, ref: str) -> str:
    """What to say where there is none. Only commits count, which is easily forgotten right after `init --write`."""
    on_disk = [path for path in registry_paths() if (repository.root / path).is_file()]
    if on_disk:
        there = f"{on_disk[0]} is not committed there (`countersign lint {on_disk[0]}` reads it as it is)"
        return f"no registry at {ref}: {there}"
    return f"no registry at {ref}: looked for {', '.join(registry_paths())}; `countersign init` proposes one"


async def lint_repository(repository: Repository, catalogue: Catalogue, ref: str = "HEAD") -> tuple[Problem, ...]:
    """Everything wrong with the registry at `ref`. Raises GitError, and FileNotFoundError when there is no registry."""
    commit = repository.commit(ref)
    reading = await read_at(repository, commit)
    if reading is None:
        raise FileNotFoundError(no_registry(repository, ref))
    return lint(reading, rule_ids=frozenset(catalogue.entries), paths=await repository.paths(commit))


async def gather_here(repository: Repository, commit: str, registry: Registry) -> Gathered:
    """What the files of a local repository show of its own contracts. What its registry consumes of other repositories
    is told there: in this clone nothing is known of them.
    """
    name, reader = repository.full_name(), InProcess()
    own = {f"{name}#{contract.id}".lower(): contract for contract in registry.contracts}

    async def contract_of(full_name: str) -> Promised | None:
        contract = own.get(full_name.lower())
        if contract is None:
            return None
        return Promised(contract, await contract_at(repository, commit, contract, reader))

    consumes = tuple(one for one in registry.consumes if _is_of(one.contract, name))
    here = registry.model_copy(update={"consumes": consumes})
    return await gather(here, name, repository, commit, contract_of=contract_of, reader=reader)


async def _with_evidence(
    repository: Repository, commit: str, registry: Registry, catalogue: Catalogue
) -> tuple[Registry, Gathered]:
    """The registry as the gate sees it where no other repository is known, evidence at the tip of the base included.
    Of floors only the organisation's own repository knows; what another one writes there counts for nothing.
    """
    gathered = await gather_here(repository, commit, settled(registry))
    half = Half(repository.full_name(), 0, registry, commit, uses=gathered.uses, problems=gathered.problems)
    graph = join([half])
    demanded, _ = floors(graph, half.repository)
    default = default_enforcement(graph, half.repository)
    seen = seen_by(graph, half.repository, registry)
    return with_floors(seen, demanded, catalogue, enforcement=default), gathered


def _is_of(contract: str, repository: str) -> bool:
    home, _, _ = contract.rpartition("#")
    return not home or home.lower() == repository.lower()


def _unnamed(number: int) -> tuple[str, ...]:
    if not number:
        return ()
    whom = "1 consumer that you can't see uses" if number == 1 else f"{number:,} consumers that you can't see use"
    return (f"{whom} what is offered here, and may be asked, too.",)


def _found(snapshot: Snapshot) -> tuple[tuple[str, str], ...]:
    """Path and format of the contracts that a draft registers."""
    return tuple(
        (path, sides.format)
        for sides in snapshot.contracts
        if (path := sides.head.entrypoint or sides.base.entrypoint) is not None
    )
