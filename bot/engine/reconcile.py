"""One pull request, looked at again: what GitHub shows becomes what follows from the present state, and nothing else.

Idempotent: a second reconcile of the same state writes nothing. Of two heads the newer wins: a reconcile that knows of
a newer one leaves the publishing to the next.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bot.contracts.document import Document
from bot.engine.arrivals import is_news, is_outdated, only_approves, pass_on_who_wrote, pushers, told, write_down_pushes
from bot.engine.bench import Bench, stamp, subject
from bot.engine.bypass import check_merge
from bot.engine.comparing import compare_all
from bot.engine.ending import ended, with_end_shown
from bot.engine.explain import Grounds, explain
from bot.engine.follow_up import open_follow_ups
from bot.engine.graphs import GraphOf
from bot.engine.kept import last_seen, let_go, publications, show_again_later, with_alteration, with_lock, write_down
from bot.engine.lanes import Later
from bot.engine.notices import due, with_confirmations
from bot.engine.one_head import companions, tell_companions
from bot.engine.queued import tell_groups
from bot.engine.reverts import Undone, undone
from bot.engine.seeing import Seen, contract_paths, see
from bot.engine.tags import tagged
from bot.github.changes import compare
from bot.github.client import Client
from bot.github.files import GitHubFiles
from bot.github.history import GitHubHistory
from bot.github.merge_group import Entry as Landing
from bot.github.people import People
from bot.github.publish import publish
from bot.github.published import Published
from bot.github.pull import PullRequestState
from bot.github.snapshot import Along, Told, look
from bot.github.touching import is_worth_asking, touching
from bot.registry.drafting.draft import draft
from bot.registry.model import Registry
from bot.registry.reading import registry_paths
from bot.registry.relevance import may_matter
from bot.report.context import Context
from bot.report.publication import CheckOutput, Notice
from bot.report.publishing import publication
from bot.review.answers import worth_showing
from bot.review.assessment import Assessment, Compared, assess
from bot.review.decision import asks, decide, failed, handles
from bot.review.reverts import reverted
from bot.review.seal import carried_on, is_sealed, seal
from bot.review.values import Asks, Decision, PublishedDecision, Roster, Verdict
from bot.store import Delivery, PullKey

log = logging.getLogger(__name__)

_STALE_WAIT = 5.0
_STALE_PATIENCE = timedelta(minutes=2)
"""How long an event is believed more than GitHub's answer. A branch that was rewritten since looks the same as an
answer that is behind, and only time tells them apart.
"""

_CODEOWNERS = (".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS")


async def reconcile(
    bench: Bench,
    client: Client,
    people: People,
    repository: str,
    number: int,
    rows: Sequence[Delivery],
    graph_of: GraphOf,
) -> Decision | None:
    """Look, compare, judge, trace, decide, publish. None when the pull request is closed: then nothing is held; and
    when nothing has happened that could matter to it.

    Raises the client's errors; the lane then is tried again.
    """
    record = await last_seen(bench, rows)
    was_about_contracts = record is not None and bool(record.published.get("comment"))
    if only_approves(rows) and (record is None or record.verdict != Verdict.HELD):
        return None  # an approving review may be asked about only where signatures are waited for
    await write_down_pushes(bench.store, rows, bench.now())
    pass_on_who_wrote(client, rows)
    news = told(rows)
    if news is not None and not was_about_contracts:
        news = replace(news, base_ref=None)  # then most need no comparison, and it is asked for only when one does
    asked_fresh = any(row.event in ("issue_comment", "pull_request_review") for row in rows)
    just_heard = people.expected(repository, number) if asked_fresh else frozenset[str]()
    state = await _look(bench, client, people, repository, number, news, just_heard)
    if state.suspect and is_news(rows, bench.now() - _STALE_PATIENCE):
        raise Later(_STALE_WAIT, "GitHub still shows an older head than its event told of")
    key = PullKey(state.repository_id, state.number)
    state = with_confirmations(state, stamp(bench, key))
    record = record or await bench.store.pull_request(key)
    if state.state != "open":

        async def judge(landing: Landing, until: datetime) -> tuple[Decision, Registry | None]:
            return await judge_landing(bench, client, people, repository, landing, graph_of, until=until)

        merge = await check_merge(bench, client, state, record, rows, judge)
        if record is not None and record.head_sha:
            end = await ended(bench, state, record, rows, merge)
            await let_go(bench, await with_end_shown(bench, client, state, record, end), end)
        return None
    seen = await see(bench, client, state, graph_of)
    reopened = any(row.facts.get("action") == "reopened" for row in rows)
    seen_before = await publications(bench, key, state, known=record is not None, reopened=reopened)
    seen_before = await with_alteration(bench, state, record, seen_before)
    seen_before = await with_lock(bench, state, record, seen_before)
    decision, assessment, roster = await _decide(
        bench, client, people, seen, seen_before, bench.now(), fresh=asked_fresh, just_heard=just_heard
    )
    if await is_outdated(bench.store, repository, number, rows, state.head_sha, state.base_ref):
        return decision
    before = Published.from_json(record.published) if record is not None and record.published else Published()
    offer = await _draft(client, seen, assessment)
    others = await companions(bench.store, client, state)
    ours = stamp(bench, key)
    issues, still_to_open = await open_follow_ups(bench, client, state, decision, seen.registry)

    async def show(previous: Published, notices: Sequence[Notice] = ()) -> tuple[Published, CheckOutput]:
        context = _context(bench, seen, decision, roster, previous, offer, issues)
        written = await asyncio.to_thread(publication, decision, seen.registry, context)
        check = others.worst(written.check) if seen.gated else written.check  # with one head the worst shows
        published = await publish(
            client,
            state,
            replace(written, check=check),
            previous,
            app_id=bench.app_id,
            stamp=ours,
            gated=seen.gated,
            answers=worth_showing(decision.answers),
            is_ours=lambda body: is_sealed(body, subject(key), bench.keys),
            notices=notices,
        )
        return published, check

    shown, check = await show(before, due(decision, seen.registry, state, rows, bench.now(), before.noticed, ours))
    if shown.refused - before.refused:
        shown, check = await show(shown)  # who cannot be requested as a reviewer is mentioned instead
    if shown.superseded:
        return decision
    for problem in shown.problems:
        log.warning("not everything could be shown: %s", problem, extra={"repository": repository, "number": number})
    grounds = Grounds(state, seen.registry, roster, seen.graph, bench.pages, bench.now())
    explained = await asyncio.to_thread(explain, decision, grounds, check, shown)
    await tell_groups(bench, client, state, record, decision.verdict)
    await write_down(bench, key, state, decision, shown, explained)
    await show_again_later(bench, state, rows, shown)
    await tell_companions(bench.store, bench.wake, key, state, record, decision.verdict, others, bench.now())
    if still_to_open is not None:
        raise still_to_open  # the verdict is shown; now this is tried again
    if news is not None and news.onto not in (None, state.base_ref) and is_news(rows, bench.now() - _STALE_PATIENCE):
        raise Later(_STALE_WAIT, "GitHub still shows another base than its event told of")
    return decision


async def _look(
    bench: Bench,
    client: Client,
    people: People,
    repository: str,
    number: int,
    news: Told | None,
    handles: Collection[str],
) -> PullRequestState:
    """The pull request; and, in the same call, who stands behind these handles."""
    along = Along(people.part(handles))
    since = people.changes
    state = await look(
        client,
        repository,
        number,
        app_id=bench.app_id,
        told=news,
        at_base=registry_paths(),
        matters=may_matter,
        along=along,
    )
    if handles and along.answer is not None:
        await people.heard(handles, along.answer, since)
    return state


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
    decision, _, _ = await _decide(bench, client, people, seen, seen_before, until or bench.now(), fresh=True)
    return decision, seen.registry


async def judge_push(
    bench: Bench, client: Client, people: People, pushed: PullRequestState, graph_of: GraphOf, at: datetime
) -> tuple[Decision, Registry | None]:
    """The decision on what was pushed past every pull request, in the terms of one that nobody could sign; with the
    registry that was there before. at: when it was pushed.
    """
    seen = await see(bench, client, pushed, graph_of)
    decision, _, _ = await _decide(bench, client, people, seen, (), at, fresh=False)
    return decision, seen.registry


async def _decide(
    bench: Bench,
    client: Client,
    people: People,
    seen: Seen,
    seen_before: Sequence[PublishedDecision],
    now: datetime,
    *,
    fresh: bool,
    just_heard: Collection[str] = (),
) -> tuple[Decision, Assessment | None, Roster]:
    if seen.problems:
        return failed(seen.problems, seen.state.comments, seen_before), None, Roster()
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
    wanted = handles(assessment.impacts, seen.registry, seen_before, state.comments) if seen.gated else frozenset[str]()
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
    return decision, assessment, roster


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


def _context(
    bench: Bench,
    seen: Seen,
    decision: Decision,
    roster: Roster,
    before: Published,
    offer: str | None,
    issues: Mapping[str, str],
) -> Context:
    state = seen.state
    name = subject(PullKey(state.repository_id, state.number))
    organisation = state.repository.split("/", 1)[0]
    whom = asks(decision, roster, organisation)
    refused = {f"@{user}" for user in before.refused_users}
    refused |= {f"@{organisation}/{team}" for team in before.refused_teams}
    waiting = {handle for r in decision.requirements if not r.state.is_settled for handle in r.signers}
    mentions = dict.fromkeys((*whom.mentions, *sorted(handle for handle in waiting if handle.lower() in refused)))
    whom = Asks() if state.draft else replace(whom, mentions=tuple(mentions))  # a draft asks nobody yet
    own = [comment.body for comment in state.own_comments]
    before_broken = carried_on(own, name, bench.keys) if decision.verdict is Verdict.FAILED else None
    return Context(
        repository=state.repository,
        head_sha=state.head_sha,
        base_sha=state.merge_base_sha or state.base_sha,
        url=bench.pages,
        draft=offer,
        asks=whom,
        marker=before_broken or seal(decision, name, bench.keys[0]),
        check_url=f"{bench.pages}/{state.repository}/pull/{state.number}/checks",
        follow_ups=issues,
        broken_halves=seen.broken_halves,
        raised=seen.raised,
        commented=any(is_sealed(body, name, bench.keys) for body in own),
    )


async def _draft(client: Client, seen: Seen, assessment: Assessment | None) -> str | None:
    """A registry to begin with, when the change touches contracts that no registry knows."""
    known = {contract.id for contract in seen.registry.contracts} if seen.registry else set()
    loose = [
        (path, sides.format)
        for sides in seen.snapshot.contracts
        if sides.contract not in known and (path := sides.head.entrypoint)
    ]
    if assessment is None or not loose:
        return None
    found = await GitHubFiles(client, seen.state.repository).read([(seen.state.base_sha, p) for p in _CODEOWNERS])
    texts = [document.data.decode("utf-8", "replace") for document in found.values() if isinstance(document, Document)]
    return draft(loose, texts[0] if texts else None)
