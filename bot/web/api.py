"""Questions to the graph over HTTP: `/api/who-uses`, `/api/can-i-remove`, `/api/unbacked`, `/api/map`, `/api/graph`.

Every answer is made of what the asker can read at GitHub (`bot.web.viewer`). Errors are `{"message": "…"}`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from aiohttp import web

from bot.registry.asking.picture import picture
from bot.registry.asking.removal import can_i_remove
from bot.registry.asking.scope import Unanswerable, contract_named, scope
from bot.registry.asking.unbacked import unbacked
from bot.registry.asking.users import who_uses
from bot.registry.asking.visible import Sight, organisations, repositories, seen_by
from bot.registry.graph.graph import Graph
from bot.report.asked.whole import whole
from bot.report.asked.wire import to_plain
from bot.web.viewer import Door, NotAdmitted, Viewer

_LONGEST = 2_000
_AT_ONCE = 4
"""Questions that are thought about side by side; the others wait."""

HEADERS = {"Cache-Control": "no-store", "Vary": "Authorization"}

GraphNow = Callable[[], Awaitable[Graph]]
"""Everything that is known, of all installations. Asks nobody."""


@dataclass(frozen=True, slots=True)
class Question:
    """element: empty where the question is not about one. contract: None for all."""

    element: str
    contract: str | None
    today: date


Answering = Callable[[Graph, Question], dict[str, Any]]

_ANSWERS: dict[str, Answering] = {
    "who-uses": lambda graph, q: to_plain(who_uses(graph, q.element, q.today, q.contract)),
    "can-i-remove": lambda graph, q: to_plain(can_i_remove(graph, q.element, q.today, q.contract)),
    "unbacked": lambda graph, q: to_plain(unbacked(graph, q.today, q.contract)),
    "map": lambda graph, q: to_plain(picture(graph, q.today, q.contract)),
    "graph": lambda graph, q: whole(graph, q.contract),
}
_ABOUT_ELEMENTS = frozenset({"who-uses", "can-i-remove"})


def routes(graph_now: GraphNow, door: Door, *, now: Callable[[], datetime]) -> list[web.RouteDef]:
    """The routes of the API."""
    places = asyncio.Semaphore(_AT_ONCE)

    def route(name: str) -> web.RouteDef:
        async def handle(request: web.Request) -> web.Response:
            try:
                viewer = door.viewer(request)
                question = _question(request, name, now().date())
                graph = await graph_now()
                if not graph.halves:
                    raise NotAdmitted(503, "No repository has been read yet. Try again in a minute.", wait=60)
                seen = await _seen(graph, question, viewer)
                async with places:
                    return json_answer(await asyncio.to_thread(_ANSWERS[name], seen, question))
            except NotAdmitted as error:
                return refused(error.status, error.message, error.wait)
            except Unanswerable as error:
                return refused(400, str(error))

        return web.get(f"/api/{name}", handle)

    return [route(name) for name in _ANSWERS]


def _question(request: web.Request, name: str, today: date) -> Question:
    """Raises Unanswerable."""
    told = {key: request.query.get(key, "").strip() for key in ("element", "contract", "today")}
    for key in request.query:
        if key not in told or (key == "element" and name not in _ABOUT_ELEMENTS):
            raise Unanswerable(f"`{key[:40]}` is no parameter of /api/{name}")
    if any(len(value) > _LONGEST for value in told.values()):
        raise Unanswerable(f"the question is longer than {_LONGEST:,} characters")
    if name in _ABOUT_ELEMENTS and not told["element"]:
        raise Unanswerable("say which element: ?element=GET /orders/{id} 200:$.customer.email (percent-encoded)")
    try:
        day = date.fromisoformat(told["today"]) if told["today"] else today
    except ValueError:
        raise Unanswerable("`today` is a day, YYYY-MM-DD") from None
    return Question(told["element"], told["contract"] or None, day)


async def _seen(graph: Graph, question: Question, viewer: Viewer) -> Graph:
    """The graph as the viewer may see it. GitHub is asked about every producer, so that the answer does not depend on
    what the viewer can't see, and of the consumers about those that can occur in it.
    """
    homes = frozenset(node.repository.lower() for node in graph.nodes)
    readable = (await viewer.sight(homes)).readable
    visible = _of(graph, frozenset(node.name for node in graph.nodes if node.repository.lower() in readable))
    names = repositories(await asyncio.to_thread(_near, visible, question))
    sight = await viewer.sight(names, organisations(names))
    return seen_by(visible, Sight(sight.readable | readable, sight.member_of))


def _near(graph: Graph, question: Question) -> Graph:
    """Only the contracts that the question is about."""
    try:
        if question.element:
            found = scope(graph, question.element, question.contract).contracts
        elif question.contract is not None:
            found = (contract_named(graph, question.contract),)
        else:
            return graph
    except Unanswerable:
        return graph  # said again to the viewer, in words that name only what they may see
    return _of(graph, frozenset(node.name for node in found))


def _of(graph: Graph, names: frozenset[str]) -> Graph:
    return replace(
        graph,
        nodes=tuple(node for node in graph.nodes if node.name in names),
        edges=tuple(edge for edge in graph.edges if edge.contract in names),
    )


def json_answer(value: dict[str, Any]) -> web.Response:
    """An answer that nobody may keep."""
    return web.json_response(value, headers=HEADERS)


def refused(status: int, message: str, wait: int = 0) -> web.Response:
    """No answer, and why. wait: seconds after which to try again."""
    headers = HEADERS | ({"Retry-After": str(wait)} if wait else {})
    headers |= {"WWW-Authenticate": "Bearer"} if status == 401 else {}
    return web.json_response({"message": message}, status=status, headers=headers)
