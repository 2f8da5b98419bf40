"""Issues that we open, each once: a hidden mark in the text says what it is about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bot.github.client import Client
from bot.github.errors import Unavailable

_CREATIONS = 3
_LOOK_BACK = timedelta(minutes=10)
"""More than any difference between clocks."""


@dataclass(frozen=True, slots=True)
class Opened:
    """An issue of ours."""

    number: int
    url: str


async def open_once(
    client: Client, repository: str, title: str, body: str, marks: Sequence[str], since: datetime
) -> Opened:
    """The issue with one of the `marks`, opened with the first if there is none yet. Closed ones count: somebody has
    dealt with it.

    marks: of `bot.review.stamp.Stamp`. since: when there can have been no such issue yet. A person can't stand in the
    way: only what a bot wrote counts.
    Raises the client's errors; NotFound when the repository has no issues.
    """
    where = dict(zip(("owner", "name"), repository.split("/", 1), strict=True))
    text = f"{body.rstrip()}\n\n{marks[0]}\n"
    for attempt in range(1, _CREATIONS + 1):
        found = await _find(client, where, marks, since - _LOOK_BACK)
        if found is not None:
            return found
        try:
            return _opened(
                await client.post("/repos/{owner}/{name}/issues", where, data={"title": title, "body": text})
            )
        except Unavailable as error:
            if not error.may_have_happened or attempt == _CREATIONS:
                raise
            await client.sleep(client.patience.backoff(attempt, 0))
    raise AssertionError("unreachable")


async def _find(client: Client, where: Mapping[str, str], marks: Sequence[str], since: datetime) -> Opened | None:
    path = "/repos/{owner}/{name}/issues?state=all&per_page=100{&since}"
    moment = since.strftime("%Y-%m-%dT%H:%M:%SZ")
    async for issue in client.getiter(path, {**where, "since": moment}):
        by_a_bot = (issue.get("user") or {}).get("type") == "Bot"
        text = issue.get("body") or ""
        if by_a_bot and "pull_request" not in issue and any(mark in text for mark in marks):
            return _opened(issue)
    return None


def _opened(issue: Mapping[str, Any]) -> Opened:
    return Opened(int(issue["number"]), str(issue["html_url"]))
