"""Why a pull request stands as it does, over HTTP: `/api/pulls/{owner}/{repository}/{number}`.

Whoever can read the repository at GitHub is answered (`bot.web.viewer`), with what is known since the pull request was
last looked at: asking costs GitHub nothing but the question what the asker can read.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import datetime
from typing import Protocol

from aiohttp import web

from bot.github.lanes import pull_request_lane
from bot.registry.graph.graph import Graph
from bot.registry.graph.half import Half
from bot.registry.graph.names import Names
from bot.report.explained import Explanation, NotUnderstood, Row, answered, from_plain, to_plain, without_names
from bot.store import Delivery, Explained, LedgerRow, PrivateName, PullKey, PullRecord
from bot.web.api import GraphNow, json_answer, refused
from bot.web.viewer import Door, NotAdmitted, Viewer

_ROWS = 200
"""Of the ledger, the newest. All of them: `countersign audit export --subject`."""
_AT_ONCE = 4
_NUMBER = re.compile(r"[1-9][0-9]{0,8}")
_UNNAMED = "a private consumer"


class Kept(Protocol):
    """What of the store is asked (bot.store.Store)."""

    async def explanation(self, key: PullKey) -> Explained | None: ...
    async def pull_request(self, key: PullKey) -> PullRecord | None: ...
    async def pending(self, lane: str, limit: int = 200) -> tuple[Delivery, ...]: ...
    async def newest_entries(self, subjects: Collection[str], limit: int) -> tuple[LedgerRow, ...]: ...


def routes(kept: Kept, graph_now: GraphNow, door: Door, *, now: Callable[[], datetime]) -> list[web.RouteDef]:
    """The route. door: the same as for all other questions, so that its pace holds for all of them together."""
    places = asyncio.Semaphore(_AT_ONCE)

    async def handle(request: web.Request) -> web.Response:
        repository = f"{request.match_info['owner']}/{request.match_info['repository']}"
        try:
            viewer = door.viewer(request)
            number = _number(request.match_info["number"])
            for key in request.query:
                raise NotAdmitted(400, f"`{key[:40]}` is no parameter of /api/pulls: it takes none.")
            half = _half(await graph_now(), repository)
            if half is None or not await _can_read(viewer, half.repository):
                raise NotAdmitted(404, _not_there(repository, number))
            async with places:
                found = await _found(kept, PullKey(half.repository_id, number), half, viewer, now())
                if found is None:
                    raise NotAdmitted(404, _not_there(repository, number))
                return json_answer(await asyncio.to_thread(to_plain, found))
        except NotAdmitted as error:
            return refused(error.status, error.message, error.wait)

    return [web.get("/api/pulls/{owner}/{repository}/{number}", handle)]


def _number(text: str) -> int:
    if not _NUMBER.fullmatch(text):
        raise NotAdmitted(400, "The last part of the path is the number of a pull request.")
    return int(text)


def _half(graph: Graph, repository: str) -> Half | None:
    """By its name, or by one that it had before."""
    return graph.halves.get(repository.lower()) or Names.of(graph.halves.values()).half(repository)


def _not_there(repository: str, number: int) -> str:
    return (
        f"Nothing is known here of {repository}#{number}: it does not exist, or you can't read it, or it has not been "
        "looked at since this server has known it. `/recheck` there has it looked at."
    )


async def _can_read(viewer: Viewer, repository: str) -> bool:
    return repository.lower() in (await viewer.sight([repository.lower()])).readable


async def _found(kept: Kept, key: PullKey, half: Half, viewer: Viewer, now: datetime) -> Explanation | None:
    explained, record = await kept.explanation(key), await kept.pull_request(key)
    if explained is None or record is None:
        return None
    try:
        known = await asyncio.to_thread(from_plain, explained.plain)
    except NotUnderstood:  # written by an older version: the next look writes it anew
        return None
    waiting = await kept.pending(pull_request_lane(record.repository, key.number))
    subjects = {f"{name}#{key.number}" for name in (half.repository, record.repository, *half.former)}
    rows = await kept.newest_entries(subjects, _ROWS)
    hidden = {one.consumer: one.alias or _UNNAMED for one in explained.private}
    return answered(
        known,
        now,
        is_open=bool(record.head_sha),
        waiting=len(waiting),
        names=await _names(explained.private, viewer),
        # A name may have belonged to another repository before.
        ledger=tuple(_row(row, hidden) for row in rows if row.body.get("repository_id") == key.repository_id),
    )


async def _names(private: Iterable[PrivateName], viewer: Viewer) -> Mapping[str, str]:
    """The private consumers whose repository the viewer can read, by what stands for them."""
    asked = [one for one in private if one.alias and one.repository]
    if not asked:
        return {}
    readable = (await viewer.sight(sorted({one.repository.lower() for one in asked}))).readable
    return {one.alias: one.consumer for one in asked if one.repository.lower() in readable}


def _row(row: LedgerRow, hidden: Mapping[str, str]) -> Row:
    return Row(row.id, row.at, row.kind, without_names(row.body, hidden), row.hash)
