"""A merge past the check: found when a pull request is closed, written down, and reported to whoever decides.

What was merged is judged anew, on the base that it really landed on and by what was signed when it was merged, because
the last verdict may be of another head, another base, or from before a signature was taken back.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.engine.bench import Bench, entry, stamp, subject
from bot.engine.one_head import HOLDING
from bot.github.client import Client
from bot.github.conversation import Conversation
from bot.github.errors import Forbidden, NotFound
from bot.github.issues import open_once
from bot.github.merge_group import Entry as Landing
from bot.github.merged import Merge, merge_of
from bot.github.pull import PullRequestState
from bot.registry.model import Registry
from bot.report import notices
from bot.report.publication import Notice
from bot.review.seal import is_sealed
from bot.review.values import Decision, Verdict
from bot.store import Delivery, Entry, PullKey, PullRecord

log = logging.getLogger(__name__)

BYPASS = "bypass"
"""The ledger's entry of a merge without signatures."""
REPORTED = "bypass-reported"


class Judge(Protocol):
    """`bot.engine.judging.judge_landing`, at hand."""

    async def __call__(self, landing: Landing, until: datetime) -> tuple[Decision, Registry | None]: ...


@dataclass(frozen=True, slots=True)
class _Found:
    decision: Decision
    registry: Registry | None
    merge: Merge


async def check_merge(
    bench: Bench,
    client: Client,
    state: PullRequestState,
    record: PullRecord | None,
    rows: Sequence[Delivery],
    judge: Judge,
) -> Merge | None:
    """What is to be done about a pull request that is seen closed. Repeating it writes nothing a second time.

    Returns how it was merged, where that had to be asked. Raises the client's errors: then it is tried again.
    """
    if state.state != "merged" or not _is_news(bench, state, record, rows):
        return None
    merge = None if is_indifferent(state) else await _look_into(bench, client, state, record, judge)
    if record is None:  # written down as dealt with
        key = PullKey(state.repository_id, state.number)
        await bench.store.record_publication(
            PullRecord(key, state.repository, base_ref=state.base_ref), None, [], bench.now()
        )
    return merge


async def _look_into(
    bench: Bench, client: Client, state: PullRequestState, record: PullRecord | None, judge: Judge
) -> Merge | None:
    merge = await merge_of(client, state.repository, state.number)
    if merge is None:
        return None
    name = f"{state.repository}#{state.number}"
    if await bench.store.entries(name, REPORTED):
        return merge
    found = await _judged(merge, state, record, judge)
    if found is None:
        return merge
    if not await bench.store.entries(name, BYPASS):
        await bench.store.append([_entry(state, found)], bench.now())
    url = await _report(bench, client, state, found)
    await bench.store.append([entry(REPORTED, state, {"issue": url})], bench.now())
    log.warning("merged without signatures", extra={"repository": state.repository, "number": state.number})
    return merge


def _is_news(bench: Bench, state: PullRequestState, record: PullRecord | None, rows: Sequence[Delivery]) -> bool:
    """Whether it was open when we last saw it, as far as anybody can tell: what was merged before this app was
    installed, or has been dealt with, is nobody's surprise.
    """
    if record is not None and record.head_sha:
        return True
    if any(row.event == "pull_request" and row.facts.get("action") == "closed" for row in rows):
        return True
    key = PullKey(state.repository_id, state.number)
    return record is None and any(is_sealed(own.body, subject(key), bench.keys) for own in state.own_comments)


def is_indifferent(state: PullRequestState) -> bool:
    """`look` compares nothing when no changed file can matter, and lists the files all the same."""
    return state.merge_base_sha is None and bool(state.files)


async def _judged(merge: Merge, state: PullRequestState, record: PullRecord | None, judge: Judge) -> _Found | None:
    """None when everything that was needed was there."""
    if merge.before is None or merge.after is None:
        held = record is not None and record.head_sha == state.head_sha and record.verdict in HOLDING
        log.warning("GitHub names no merge commit", extra={"repository": state.repository, "number": state.number})
        return _Found(_unknown(record), None, merge) if held and record is not None else None
    decision, registry = await judge(Landing(state.number, merge.before, merge.after), merge.at)
    return _Found(decision, registry, merge) if decision.verdict in HOLDING else None


def _unknown(record: PullRecord) -> Decision:
    """Held when it was last looked at; what for can no longer be told."""
    return Decision(Verdict(record.verdict), (), (), (), record.decision_digest)


def _entry(state: PullRequestState, found: _Found) -> Entry:
    by = found.merge.by
    return entry(
        BYPASS,
        state,
        {
            "actor": by.account if by else None,
            "at": found.merge.at.isoformat(),
            "head_sha": state.head_sha,
            "registry_sha": found.merge.before,
            "merge_sha": found.merge.after,
            **lacking(found.decision),
        },
    )


def lacking(decision: Decision) -> dict[str, object]:
    """What the entry says of the signatures that were missing. surprise: consumers were affected."""
    absent = notices.missing(decision)
    consumers = sorted({consumer for r in absent for consumer in r.capacity.consumers})
    return {
        "verdict": decision.verdict.value,
        "surprise": bool(consumers),
        "consumers": consumers,
        "missing": [
            {
                "contract": r.contract,
                "finding": r.finding,
                "fingerprint": r.fingerprint,
                "capacity": str(r.capacity),
                "state": r.state.value,
            }
            for r in absent
        ],
    }


async def _report(bench: Bench, client: Client, state: PullRequestState, found: _Found) -> str | None:
    """The issue's address; None where none can be opened: then it is said on the pull request."""
    issue = notices.bypass(found.decision, found.registry, state.number, found.merge.by, found.merge.at)
    ours = stamp(bench, PullKey(state.repository_id, state.number))
    marks = ours.marks(BYPASS, "merge")
    try:
        opened = await open_once(client, state.repository, issue.title, issue.body, marks, found.merge.at)
    except (NotFound, Forbidden) as error:
        log.info("a bypass is reported by a comment: %s", error, extra={"repository": state.repository})
        conversation = Conversation(client, state.repository, state.number, ours)
        await conversation.notify([Notice((BYPASS,), issue.body)], state.own_comments, frozenset())
        return None
    return opened.url
