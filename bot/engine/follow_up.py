"""What a waiver leaves to be done: one issue in the repository of the pull request, with the day on which it is due."""

from __future__ import annotations

import logging

from bot.engine.bench import Bench
from bot.github.client import Client
from bot.github.errors import NotFound
from bot.github.issues import marker, open_once
from bot.github.published import digest
from bot.github.pull import PullRequestState
from bot.registry.model import Registry
from bot.report import notices
from bot.review.values import Decision, FollowUp
from bot.store import Entry

log = logging.getLogger(__name__)

FOLLOW_UP = "follow-up"
"""The ledger's entry of an issue that was opened for a waiver."""


async def open_follow_ups(
    bench: Bench, client: Client, state: PullRequestState, decision: Decision, registry: Registry | None
) -> None:
    """An issue for each waiver that counts and has none yet. Raises the client's errors: then it is tried again."""
    if not decision.follow_ups:
        return
    name = f"{state.repository}#{state.number}"
    known = {str(entry.body["key"]) for entry in await bench.store.entries(name, FOLLOW_UP)}
    for wanted in decision.follow_ups:
        if wanted.key not in known:
            url = await _open(client, bench, state, wanted, registry)
            body = {
                "key": wanted.key,
                "issue": url,
                "contract": wanted.contract,
                "consumer": wanted.consumer,
                "code": wanted.code,
                "until": wanted.until.isoformat(),
            }
            await bench.store.append([Entry(FOLLOW_UP, name, body)], bench.now())


async def _open(
    client: Client, bench: Bench, state: PullRequestState, wanted: FollowUp, registry: Registry | None
) -> str | None:
    """The issue's address; None where the repository has no issues."""
    issue = notices.follow_up(wanted, registry, state.number)
    about = f"{state.repository_id}/{state.number}/{digest(wanted.key)}"
    since = next((c.created_at for c in state.comments if c.url == wanted.comment_url), bench.now())
    try:
        opened = await open_once(client, state.repository, issue.title, issue.body, marker(FOLLOW_UP, about), since)
    except NotFound as error:
        log.warning("no follow-up issue could be opened: %s", error, extra={"repository": state.repository})
        return None
    return opened.url
