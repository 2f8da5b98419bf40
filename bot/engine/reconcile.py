"""One pull request, looked at again: what GitHub shows becomes what follows from the present state, and nothing else.

Idempotent: a second reconcile of the same state writes nothing. Of two heads the newer wins: a reconcile that knows of
a newer one leaves the publishing to the next.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bot.engine.arrivals import is_news, is_outdated, only_approves, pass_on_who_wrote, told, write_down_pushes
from bot.engine.bench import Bench, stamp
from bot.engine.bypass import check_merge
from bot.engine.ending import ended, with_end_shown
from bot.engine.explain import Grounds, explain
from bot.engine.follow_up import open_follow_ups
from bot.engine.graphs import GraphOf
from bot.engine.judging import judge_landing, judged
from bot.engine.kept import last_seen, let_go, publications, show_again_later, with_alteration, with_lock, write_down
from bot.engine.lanes import Later
from bot.engine.notices import with_confirmations
from bot.engine.one_head import companions, tell_companions
from bot.engine.queued import tell_groups
from bot.engine.seeing import see
from bot.engine.showing import show
from bot.github.client import Client
from bot.github.merge_group import Entry as Landing
from bot.github.people import People
from bot.github.pull import PullRequestState
from bot.github.snapshot import Along, Told, look
from bot.registry.model import Registry
from bot.registry.reading import registry_paths
from bot.registry.relevance import may_matter
from bot.review.values import Decision, PublishedDecision, Verdict
from bot.store import Delivery, PullKey, PullRecord

_STALE_WAIT = 5.0
_STALE_PATIENCE = timedelta(minutes=2)
"""How long an event is believed more than GitHub's answer. A branch that was rewritten since looks the same as an
answer that is behind, and only time tells them apart.
"""


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
    if only_approves(rows) and (record is None or record.verdict != Verdict.HELD):
        return None  # an approving review may be asked about only where signatures are waited for
    await write_down_pushes(bench.store, rows, bench.now())
    pass_on_who_wrote(client, rows)
    news = _news(rows, record)
    asked_fresh = any(row.event in ("issue_comment", "pull_request_review") for row in rows)
    just_heard = people.expected(repository, number) if asked_fresh else frozenset[str]()
    state = await _look(bench, client, people, repository, number, news, just_heard)
    is_recent = is_news(rows, bench.now() - _STALE_PATIENCE)
    if state.suspect and is_recent:
        raise Later(_STALE_WAIT, "GitHub still shows an older head than its event told of")
    key = PullKey(state.repository_id, state.number)
    state = with_confirmations(state, stamp(bench, key))
    record = record or await bench.store.pull_request(key)
    if state.state != "open":
        await _end(bench, client, people, state, record, rows, graph_of)
        return None
    seen = await see(bench, client, state, graph_of)
    seen_before = await _seen_before(bench, state, record, rows)
    judgement = await judged(
        bench, client, people, seen, seen_before, bench.now(), fresh=asked_fresh, just_heard=just_heard
    )
    decision = judgement.decision
    if await is_outdated(bench.store, repository, number, rows, state.head_sha, state.base_ref):
        return decision
    others = await companions(bench.store, client, state)
    issues, still_to_open = await open_follow_ups(bench, client, state, decision, seen.registry)
    shown = await show(bench, client, seen, judgement, record, rows, others, issues)
    if shown.published.superseded:
        return decision
    grounds = Grounds(state, seen.registry, judgement.roster, seen.graph, bench.pages, bench.now())
    explained = await asyncio.to_thread(explain, decision, grounds, shown.check, shown.published)
    await tell_groups(bench, client, state, record, decision.verdict)
    await write_down(bench, key, state, decision, shown.published, explained)
    await show_again_later(bench, state, rows, shown.published)
    await tell_companions(bench.store, bench.wake, key, state, record, decision.verdict, others, bench.now())
    if still_to_open is not None:
        raise still_to_open  # the verdict is shown; now this is tried again
    if news is not None and news.onto not in (None, state.base_ref) and is_recent:
        raise Later(_STALE_WAIT, "GitHub still shows another base than its event told of")
    return decision


def _news(rows: Sequence[Delivery], record: PullRecord | None) -> Told | None:
    """What the events tell. Where no contract was touched, most need no comparison: it is asked for when one does."""
    news = told(rows)
    was_about_contracts = record is not None and bool(record.published.get("comment"))
    return news if news is None or was_about_contracts else replace(news, base_ref=None)


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


async def _end(
    bench: Bench,
    client: Client,
    people: People,
    state: PullRequestState,
    record: PullRecord | None,
    rows: Sequence[Delivery],
    graph_of: GraphOf,
) -> None:
    """It was merged, perhaps past the check, or closed: that is written down, and shown where it was not expected."""

    async def judge(landing: Landing, until: datetime) -> tuple[Decision, Registry | None]:
        return await judge_landing(bench, client, people, state.repository, landing, graph_of, until=until)

    merge = await check_merge(bench, client, state, record, rows, judge)
    if record is not None and record.head_sha:
        end = await ended(bench, state, record, rows, merge)
        await let_go(bench, await with_end_shown(bench, client, state, record, end), end)


async def _seen_before(
    bench: Bench, state: PullRequestState, record: PullRecord | None, rows: Sequence[Delivery]
) -> Sequence[PublishedDecision]:
    """What people were shown so far, and what happened to it meanwhile."""
    key = PullKey(state.repository_id, state.number)
    reopened = any(row.facts.get("action") == "reopened" for row in rows)
    found = await publications(bench, key, state, known=record is not None, reopened=reopened)
    found = await with_alteration(bench, state, record, found)
    return await with_lock(bench, state, record, found)
