"""From what is seen of a pull request to the decision on it: compared, judged, traced to consumers, and decided."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.engine.arrivals import pushers
from bot.engine.bench import Bench, stamp
from bot.engine.comparing import compare_all
from bot.engine.graphs import GraphOf
from bot.engine.kept import publications
from bot.engine.notices import with_confirmations
from bot.engine.reverts import Undone, undone
from bot.engine.seeing import Seen, contract_paths, see
from bot.engine.tags import tagged
from bot.github.changes import compare
from bot.github.client import Client
from bot.github.files import GitHubFiles
from bot.github.history import GitHubHistory
from bot.github.merge_group import Entry as Landing
from bot.github.people import People
from bot.github.pull import PullRequestState
from bot.github.snapshot import look
from bot.github.touching import is_worth_asking, touching
from bot.registry.model import Registry
from bot.review.assessment import Assessment, Compared, assess
from bot.review.decision import counts_anywhere, decide, failed, handles
from bot.review.people import Roster
from bot.review.reverts import reverted
from bot.review.values import Decision, PublishedDecision
from bot.store import PullKey


@dataclass(frozen=True, slots=True)
class Judgement:
    """The decision, what it was made of (None where nothing could be judged), and whom GitHub was asked for."""

    decision: Decision
    assessment: Assessment | None
    roster: Roster


async def judged(
    bench: Bench,
    client: Client,
    people: People,
    seen: Seen,
    seen_before: Sequence[PublishedDecision],
    now: datetime,
    *,
    fresh: bool,
    just_heard: Collection[str] = (),
) -> Judgement:
    """fresh: whether people are asked for again, though they were minutes ago; but for those in `just_heard`."""
    if seen.problems:
        return Judgement(failed(seen.problems, seen.state.comments, seen_before), None, Roster())
    today = now.date()
    compared = await compare_all(seen.snapshot, seen.registry, bench.comparer, today)
    # In threads: thousands of findings, or a registry edited throughout, must not hold up other pull requests.
    assessment = await asyncio.to_thread(assess, seen.snapshot, compared, seen.registry, bench.catalogue, today)
    state = seen.state
    excused = await _undone(bench, client, seen, compared, assessment, now) if seen.gated else None
    if excused is not None:
        more = excused.compared
        assessment = await asyncio.to_thread(assess, seen.snapshot, more, seen.registry, bench.catalogue, today)
    commits = state.commits
    wanted = frozenset[str]()
    if seen.gated or counts_anywhere(state.comments):
        wanted = handles(assessment.impacts, seen.registry, seen_before, state.comments)
    people.expect(state.repository, state.number, wanted)
    roster = Roster()
    if wanted:
        roster = await people.roster(state.repository, wanted, fresh=fresh, just_heard=just_heard)
    if not seen.snapshot.incomplete and is_worth_asking(commits, roster, state.author):
        commits = await touching(client, state.repository, commits, contract_paths(seen.snapshot))
    who_pushed = await pushers(bench.store, PullKey(state.repository_id, state.number), commits)

    def decided(by: Roster) -> Decision:
        return decide(
            impacts=assessment.impacts,
            registry=seen.registry,
            comments=state.comments,
            publications=seen_before,
            roster=by,
            author=state.author,
            commits=commits,
            gated=seen.gated,
            now=now,
            pushers=who_pushed,
            newcomers=seen.newcomers,
            not_checked=assessment.not_checked,
            faults=(*assessment.faults, *seen.complaints),
            is_draft=state.draft,
            is_locked=state.locked,
        )

    decision = await asyncio.to_thread(decided, roster)
    if any(requirement.blocking and requirement.lacks_people for requirement in decision.requirements):
        # Too few are left who may sign: the repository's administrators are the last resort (hard case 3).
        roster = replace(roster, admins=await people.admins(state.repository, fresh=fresh))
        decision = await asyncio.to_thread(decided, roster)
    if excused is not None:
        decision = replace(decision, next_due=min(excused.until, decision.next_due or excused.until))
    return Judgement(decision, assessment, roster)


async def judge_landing(
    bench: Bench,
    client: Client,
    people: People,
    repository: str,
    entry: Landing,
    graph_of: GraphOf,
    *,
    until: datetime | None = None,
) -> tuple[Decision, Registry | None]:
    """The decision on a pull request of a merge queue, or one that was merged, for what it does to the base that it
    really lands on; with the registry there. Nothing is published. `until`: when it was merged; what was said, and what
    ran out, later does not count.
    """
    state = await look(client, repository, entry.number, app_id=bench.app_id)
    key = PullKey(state.repository_id, state.number)
    state = with_confirmations(state, stamp(bench, key))
    landing = await compare(client, repository, entry.before, entry.after)
    files = landing.files
    if not landing.complete:  # beyond what a comparison lists, what the pull request itself changes is known
        files = tuple({file.path: file for file in (*state.files, *landing.files)}.values())
    landed = replace(
        state,
        base_sha=entry.before,
        merge_base_sha=entry.before,
        head_sha=entry.after,
        files=files,
        incomplete=() if landing.complete else state.incomplete,
        comments=tuple(c for c in state.comments if until is None or c.created_at <= until),
    )
    record = await bench.store.pull_request(key)
    seen_before = await publications(bench, key, state, known=record is not None)
    seen = await see(bench, client, landed, graph_of)
    judgement = await judged(bench, client, people, seen, seen_before, until or bench.now(), fresh=True)
    return judgement.decision, seen.registry


async def judge_push(
    bench: Bench, client: Client, people: People, pushed: PullRequestState, graph_of: GraphOf, at: datetime
) -> tuple[Decision, Registry | None]:
    """The decision on what was pushed past every pull request, in the terms of one that nobody could sign; with the
    registry that was there before. at: when it was pushed.
    """
    seen = await see(bench, client, pushed, graph_of)
    judgement = await judged(bench, client, people, seen, (), at, fresh=False)
    return judgement.decision, seen.registry


async def _undone(
    bench: Bench, client: Client, seen: Seen, compared: Sequence[Compared], assessment: Assessment, now: datetime
) -> Undone | None:
    state = seen.state
    return await undone(
        reverted(state.repository, state.texts),
        compared,
        assessment.impacts,
        seen.registry,
        state.base_sha,
        GitHubHistory(client, state.repository),
        GitHubFiles(client, state.repository),
        bench.comparer,
        now,
        await tagged(bench.store, state.repository),
    )
