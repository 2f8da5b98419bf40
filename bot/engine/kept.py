"""What is kept of a pull request from one reconcile to the next: what people could see, and what falls due."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from bot.engine.bench import Bench, entry, subject
from bot.engine.one_head import tell
from bot.engine.recording import commanded, decided
from bot.github.lanes import pull_request_lane, repository_lane
from bot.github.published import Published
from bot.github.pull import PullRequestState
from bot.review.decision import published
from bot.review.seal import restored
from bot.review.transitions import last_judged
from bot.review.values import Decision, PublishedDecision
from bot.store import Delivery, Entry, Explained, PullKey, PullRecord

EXPIRY = "signature-expiry"
"""The timer that has a pull request looked at again when time alone changes something: a signature runs out, somebody
is to be reminded, a waiver ends.
"""

CLOSED = "closed"
"""Names what is kept of a list when its pull request is closed: it can be seen, and nobody is asked."""

LOCKED = "locked"
"""Names the same while its conversation is locked: who may not push can't answer there."""

UNSHOWN = "not-everything-shown"
"""The timer that has a pull request looked at again when GitHub refused a part of what was to be shown."""

CATCH_UP = "closed-unnoticed"
"""The timer that has somebody look, once a day, which pull requests of a repository were closed without our being told:
GitHub sends no webhook twice by itself.
"""

_SHOWN_AGAIN = (60, 600, 3600)
"""Seconds until the next try. What is refused that often is refused for good."""


async def last_seen(bench: Bench, rows: Sequence[Delivery]) -> PullRecord | None:
    """What is kept of the pull request that these rows are about; None also when they do not say which one it is."""
    for row in rows:
        if row.facts.get("repository_id") and row.facts.get("number"):
            return await bench.store.pull_request(PullKey(row.facts["repository_id"], row.facts["number"]))
    return None


async def publications(
    bench: Bench, key: PullKey, state: PullRequestState, *, known: bool, reopened: bool = False
) -> tuple[PublishedDecision, ...]:
    """What people could see so far: from the store, or, if it knows nothing, from the block in our comment.

    What was restored is kept at once and as a whole: half of it would be taken for all of it at the next look.
    reopened: just now, so that the time to answer begins anew, whatever the block says of it.
    """
    stored = await bench.store.publications(key)
    if stored or known:
        return stored
    name = subject(key)
    all_found = (p for own in state.own_comments for p in restored(own.body, name, bench.keys))
    found = {p.digest: p for p in all_found if not (reopened and p.states)}
    if found:
        notes = [entry("restored", state, {"digest": one.digest, "head_sha": one.head_sha}) for one in found.values()]
        await bench.store.restore(PullRecord(key, state.repository), tuple(found.values()), notes, bench.now())
    return tuple(found.values())


async def with_alteration(
    bench: Bench, state: PullRequestState, record: PullRecord | None, seen: tuple[PublishedDecision, ...]
) -> tuple[PublishedDecision, ...]:
    """`seen`, and that our comment is no longer known to say it, when somebody else has changed its text.

    Whoever may push can edit comments of others, and edit them back. Every change that we make shows a new list; so
    what people wrote since the newest one, and until ours stands again, may answer something that we never said.
    """
    known = Published.from_json(record.published).comment if record is not None and record.published else None
    own = next((one for one in state.own_comments if known is not None and one.id == known.id), None)
    if record is None or known is None or not seen or own is None or own.altered_at is None:
        return seen
    digest = f"altered:{own.altered_at.isoformat()}"
    if own.altered_at <= known.updated_at or seen[-1].digest == digest:
        return seen
    altered = replace(seen[-1], digest=digest, is_altered=True)
    since = altered.published_at.isoformat()
    facts = {"comment": own.url, "altered_at": own.altered_at.isoformat(), "shown_since": since}
    await bench.store.record_publication(record, altered, [entry("altered", state, facts)], bench.now())
    return (*seen, altered)


async def with_lock(
    bench: Bench, state: PullRequestState, record: PullRecord | None, seen: tuple[PublishedDecision, ...]
) -> tuple[PublishedDecision, ...]:
    """`seen`, in which nobody is asked while the conversation is locked: whoever can't answer does not consent."""
    if record is None or not state.locked or not seen or seen[-1].is_draft:
        return seen
    locked = replace(seen[-1], digest=LOCKED, is_draft=True)
    await bench.store.record_publication(record, locked, [], bench.now())
    return (*seen, locked)


async def write_down(
    bench: Bench, key: PullKey, state: PullRequestState, decision: Decision, shown: Published, explained: Explained
) -> None:
    now = bench.now()
    record = PullRecord(
        key,
        state.repository,
        base_ref=state.base_ref,
        head_sha=state.head_sha,
        verdict=decision.verdict.value,
        decision_digest=decision.digest,
        published=shown.to_json(),
    )
    at = shown.comment.updated_at if shown.comment and shown.readable else None
    earlier = await bench.store.publications(key)
    if at is not None and earlier and earlier[-1].digest == CLOSED:
        at = max(at, now)  # what stood in the comment all along is shown again
    visible = published(decision, at, state.head_sha) if at is not None else None
    if visible is not None and state.locked:
        visible = replace(visible, digest=LOCKED, is_draft=True)
    if spoken := await commanded(bench, state, decision):
        await bench.store.append(spoken, now)
    is_worth_it = visible is not None or bool(decision.requirements)  # it counts also where GitHub took no comment
    entries = decided(state, decision, last_judged(earlier)) if is_worth_it else []
    await bench.store.record_publication(record, visible, entries, now, explained)
    lane = pull_request_lane(state.repository, state.number)
    if decision.findings or decision.problems:
        await catch_up_tomorrow(bench, state.repository)
    if decision.next_due is not None:
        await bench.store.set_timer(lane, EXPIRY, decision.next_due)
    else:
        await bench.store.cancel_timer(lane, EXPIRY)


async def catch_up_tomorrow(bench: Bench, repository: str) -> None:
    """At midnight (UTC), however often it is said until then."""
    midnight = bench.now().replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    await bench.store.set_timer(repository_lane(repository), CATCH_UP, midnight)


async def show_again_later(bench: Bench, state: PullRequestState, rows: Sequence[Delivery], shown: Published) -> None:
    """What GitHub refused once it may take the next time; a locked conversation says itself when it is unlocked."""
    lane = pull_request_lane(state.repository, state.number)
    tried = max((row.facts["tries"] for row in rows if row.facts.get("kind") == UNSHOWN), default=0)
    if shown.problems and not state.locked and tried < len(_SHOWN_AGAIN):
        due = bench.now() + timedelta(seconds=_SHOWN_AGAIN[tried])
        await bench.store.set_timer(lane, UNSHOWN, due, {"tries": tried + 1})
    else:
        await bench.store.cancel_timer(lane, UNSHOWN)


async def let_go(bench: Bench, record: PullRecord, end: Entry) -> None:
    """A closed pull request holds no other one any more, and asks nobody: should it be opened again, all time that
    somebody had to answer begins anew. end: how it ended, for the ledger.
    """
    shown = await bench.store.publications(record.key)
    closed = None
    if shown and not shown[-1].is_draft:
        closed = replace(shown[-1], digest=CLOSED, published_at=bench.now(), head_sha=record.head_sha, is_draft=True)
    for timer in (EXPIRY, UNSHOWN):
        await bench.store.cancel_timer(pull_request_lane(record.repository, record.key.number), timer)
    await bench.store.record_end(replace(record, head_sha="", decision_digest=""), closed, end, bench.now())
    numbers = await bench.store.with_head(record.key, record.head_sha)
    await tell(bench.store, bench.wake, record.key, record.repository, numbers, bench.now())
