"""What a waiver leaves to be done: one issue in the repository of the pull request, with the day on which it is due."""

from __future__ import annotations

import logging
from collections.abc import Mapping

from bot.engine.bench import Bench, entry, stamp
from bot.github.client import Client
from bot.github.errors import NotFound, Refused, Unavailable
from bot.github.issues import open_once
from bot.github.published import digest
from bot.github.pull import PullRequestState
from bot.registry.model import Registry
from bot.report import notices
from bot.review.disputes import FollowUp
from bot.review.values import Decision
from bot.store import PullKey

log = logging.getLogger(__name__)

FOLLOW_UP = "follow-up"
"""The ledger's entry of an issue that was opened for a waiver."""


async def open_follow_ups(
    bench: Bench, client: Client, state: PullRequestState, decision: Decision, registry: Registry | None
) -> tuple[dict[str, str], Unavailable | None]:
    """An issue for each waiver that counts and has none yet; for each contract and consumer one a day, whatever the
    waivers say.

    Returns the addresses of all of them, by `FollowUp.key`; an issue that could not be opened has none. And why one is
    to be tried again later: nothing about an issue may keep the verdict from being shown.
    """
    if not decision.follow_ups:
        return {}, None
    name = f"{state.repository}#{state.number}"
    rows = await bench.store.entries(name, FOLLOW_UP)
    known = {str(row.body["key"]): row.body["issue"] for row in rows}
    today = bench.now().date()
    opened = {(row.body["contract"], row.body["consumer"]): row.body["issue"] for row in rows if row.at.date() == today}
    for wanted in decision.follow_ups:
        whose = wanted.contract, wanted.consumer
        if wanted.key not in known and whose in opened:
            known[wanted.key] = opened[whose]  # waived until another day, on the same one
        elif wanted.key not in known:
            try:
                url = await _open(client, bench, state, wanted, decision, registry)
            except Unavailable as error:
                return _with_addresses(known), error
            except Refused as error:  # a permission may be given later, so it is not written down as done
                log.warning("no follow-up issue could be opened: %s", error, extra={"repository": state.repository})
                continue
            known[wanted.key] = opened[whose] = url
            body = {
                "key": wanted.key,
                "issue": url,
                "actor": wanted.person.account,
                "comment": wanted.comment_url,
                "head_sha": state.head_sha,
                "registry_sha": state.base_sha,
                "contract": wanted.contract,
                "consumer": wanted.consumer,
                "code": wanted.code,
                "until": wanted.until.isoformat(),
            }
            await bench.store.append([entry(FOLLOW_UP, state, body)], bench.now())
    return _with_addresses(known), None


def _with_addresses(known: Mapping[str, object]) -> dict[str, str]:
    return {key: str(url) for key, url in known.items() if url}


async def _open(
    client: Client,
    bench: Bench,
    state: PullRequestState,
    wanted: FollowUp,
    decision: Decision,
    registry: Registry | None,
) -> str | None:
    """The issue's address; None where the repository has no issues."""
    issue = notices.follow_up(wanted, decision, registry, state.number)
    marks = stamp(bench, PullKey(state.repository_id, state.number)).marks(FOLLOW_UP, digest(wanted.key))
    said = [one.created_at for one in state.comments] + [one.created_at for one in state.own_comments]
    since = min(said, default=bench.now())
    try:
        opened = await open_once(client, state.repository, issue.title, issue.body, marks, since)
    except NotFound as error:
        log.warning("no follow-up issue could be opened: %s", error, extra={"repository": state.repository})
        return None
    return opened.url
