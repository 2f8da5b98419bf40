"""How a pull request ended: merged or closed, by whom and when, and whether past the check. A row of the ledger, and
a word in our comment where it would else be untrue.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace

from bot.engine.bench import Bench, entry, stamp
from bot.engine.bypass import BYPASS, REPORTED, is_indifferent
from bot.github.client import Client
from bot.github.conversation import Conversation
from bot.github.merged import Merge
from bot.github.published import Published
from bot.github.pull import PullRequestState
from bot.github.webhooks import sender_in
from bot.report.comment import COMMENT_LIMIT
from bot.report.ended import End, contradicts, with_end
from bot.store import Delivery, Entry, PullRecord

log = logging.getLogger(__name__)

CLOSED = "closed"


async def ended(
    bench: Bench, state: PullRequestState, record: PullRecord, rows: Sequence[Delivery], merge: Merge | None
) -> Entry:
    """merge: what GitHub says of it, where it had to be asked. What nobody told is None.

    Body: merged; actor, at (of the merge, or of the event that told of the end); head_sha, registry_sha; merge_sha;
    verdict (the last that was shown); bypass (merged without what was needed; None where nobody can tell, and for what
    was not merged), issue (by which that was reported).
    """
    merged = state.state == "merged"
    event = next((row for row in rows if row.event == "pull_request" and row.facts.get("action") == "closed"), None)
    by = merge.by if merge is not None else sender_in(event.facts) if event is not None else None
    at = merge.at if merge is not None else event.received_at if event is not None else None
    past = await _newest(bench, state, BYPASS) if merged else None
    told = await _newest(bench, state, REPORTED) if past is not None else None
    is_judged = is_indifferent(state) or (merge is not None and merge.before is not None)
    body = {
        "merged": merged,
        "actor": by.account if by else None,
        "at": at.isoformat() if at else None,
        "head_sha": state.head_sha,
        "registry_sha": (merge.before if merge else None) or state.base_sha,
        "merge_sha": merge.after if merge else None,
        "verdict": record.verdict or None,
        "bypass": (True if past is not None else False if is_judged else None) if merged else None,
        "issue": told.get("issue") if told is not None else None,
    }
    return entry(CLOSED, state, body)


async def with_end_shown(
    bench: Bench, client: Client, state: PullRequestState, record: PullRecord, end: Entry
) -> PullRecord:
    """Has our comment say how it ended, if what it says is no longer true. The record knows of the new text.

    A text that somebody else has changed is not vouched for. Raises the client's errors: then it is tried again.
    """
    told = End(end.body["merged"], end.body["bypass"], end.body["issue"])
    published = Published.from_json(record.published) if record.published else Published()
    known = published.comment
    own = next((one for one in state.own_comments if known is not None and one.id == known.id), None)
    if known is None or own is None or not contradicts(record.verdict, told):
        return record
    if own.altered_at is not None and own.altered_at > known.updated_at:
        return record
    conversation = Conversation(client, state.repository, state.number, stamp(bench, record.key))
    body = with_end(own.body, told, COMMENT_LIMIT)
    shown = await conversation.show(body, [own], known, lambda text: text == own.body)
    for problem in conversation.problems:
        log.info("the end could not be shown: %s", problem, extra={"repository": state.repository})
    return replace(record, published=replace(published, comment=shown).to_json())


async def _newest(bench: Bench, state: PullRequestState, kind: str) -> dict[str, object] | None:
    rows = await bench.store.entries(f"{state.repository}#{state.number}", kind)
    own = [dict(row.body) for row in rows if row.body.get("repository_id") == state.repository_id]
    return own[-1] if own else None
