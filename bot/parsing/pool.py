"""The pool of parsing children, seen from the event loop, and the cache of what they found.

A blob never changes, so neither does the comparison of two sets of blobs by one version of the bot: it is kept.
Whatever a foreign file does to a child, the answer is a comparison; at worst one that says `contract.unreadable`, and
why.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
import queue
import time
from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import Any, Literal, Self

from cachetools import LRUCache, TTLCache

from bot.contracts.change import Change, Comparison, Place
from bot.contracts.document import Document, Position, Side
from bot.contracts.options import Options
from bot.parsing.child import Child
from bot.parsing.protocol import ParsingFailed, Request
from bot.registry.importers.imported import Imported, Question
from bot.registry.importers.kinds import named

log = logging.getLogger(__name__)

CACHED_PLACES = 500_000
CACHED_FAILURES = 256
FAILURE_SECONDS = 300


@dataclass(slots=True)
class PoolStatistics:
    """Since the start of the process. `failures` counts by kind; a killed child is a deadline, memory or crash."""

    requests: int = 0
    cached: int = 0
    seconds: float = 0.0
    failures: Counter[str] = field(default_factory=Counter)


class PoolClosed(Exception):
    """The bot is shutting down; nothing was found out about the files."""


class ComparisonPool:
    """`async with ComparisonPool(children) as pool`, or `await pool.start()` and `await pool.close()`.

    lent: the children are somebody else's and outlive the pool; else they end with it.
    """

    def __init__(self, children: Sequence[Child], *, lent: bool = False) -> None:
        self.statistics = PoolStatistics()
        self._children = tuple(children)
        self._lent = lent
        self._idle: queue.SimpleQueue[Child] = queue.SimpleQueue()
        for child in self._children:
            self._idle.put(child)
        self._threads = ThreadPoolExecutor(len(self._children), thread_name_prefix="parsing")
        self._cache: LRUCache[Hashable, Any] = LRUCache(CACHED_PLACES, getsizeof=_weight)
        self._failures: TTLCache[Hashable, ParsingFailed] = TTLCache(CACHED_FAILURES, FAILURE_SECONDS)
        self._running: dict[Hashable, asyncio.Future[Any]] = {}
        self._closed = False

    async def start(self) -> None:
        """Warm the children up. Not required: a child that is not there is started when it is needed."""
        starts = (asyncio.to_thread(child.start) for child in self._children)
        for outcome in await asyncio.gather(*starts, return_exceptions=True):
            if isinstance(outcome, ParsingFailed):
                log.error("a parsing child did not start: %s", outcome.reason)
            elif isinstance(outcome, BaseException):
                raise outcome

    async def close(self) -> None:
        """Kill the children, whatever they are doing: calls under way raise PoolClosed. Lent ones may finish theirs."""
        self._closed = True
        await asyncio.to_thread(self._release)

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_error: object) -> None:
        await self.close()

    @property
    def pids(self) -> tuple[int, ...]:
        """The processes that are there now."""
        return tuple(child.pid for child in self._children if child.pid is not None)

    async def compare(self, format: str, base: Side, head: Side, options: Options) -> Comparison:
        """What differs between two sides of a contract. Never raises because of what is in the files."""
        key = ("compare", format, _side_key(base), _side_key(head), options)
        request = Request("compare", (format, _plain(base), _plain(head)), {"options": options})
        try:
            comparison = await self._once(key, request)
        except ParsingFailed as failed:
            return unreadable(base, head, failed.reason)
        if isinstance(comparison, Comparison):
            return comparison
        return unreadable(base, head, "The reader answered something that is not a comparison.")

    async def references(self, format: str, document: Document) -> frozenset[str]:
        """The repository paths that a document refers to. Empty when it cannot be read: comparing will say so."""
        key = ("references", format, document.path, document.blob_sha)
        try:
            found = await self._once(key, Request("referenced_files", (format, document)))
        except ParsingFailed:
            return frozenset()
        return frozenset(path for path in found if isinstance(path, str))

    async def import_evidence(self, kind: str, question: Question, documents: Mapping[str, Document]) -> Imported:
        """What files of one kind show to be used of a contract. Never raises because of what is in them."""
        names = tuple(sorted((path, document.blob_sha) for path, document in documents.items()))
        contract = _plain(question.contract) if question.contract is not None else None
        plain = replace(question, contract=contract)
        about = (question.format, contract and _side_key(contract), question.names, question.host)
        request = Request("import_evidence", (kind, plain, dict(documents)))
        try:
            found = await self._once(("import_evidence", kind, about, names), request)
        except ParsingFailed as failed:
            return Imported(problems=(f"{named(documents)}: {failed.reason}",))
        return found if isinstance(found, Imported) else Imported(problems=("The reader's answer made no sense.",))

    async def recognise(self, path: str, data: bytes) -> str | None:
        """The format of a file by its content; None when it is none of ours, or cannot be read."""
        key = ("recognise", path, hashlib.sha256(data).digest())
        try:
            found = await self._once(key, Request("recognise", (path, data)))
        except ParsingFailed:
            return None
        return found if isinstance(found, str) else None

    async def _once(self, key: Hashable, request: Request) -> Any:
        """The answer to `request`: a remembered one, that of the same request under way, or a child's."""
        if self._closed:
            raise PoolClosed
        self.statistics.requests += 1
        if key in self._cache:
            self.statistics.cached += 1
            return self._cache[key]
        if (failed := self._failures.get(key)) is not None:
            self.statistics.cached += 1
            raise ParsingFailed(failed.kind, failed.reason)
        if key not in self._running:
            future = asyncio.get_running_loop().run_in_executor(self._threads, self._ask, request)
            self._running[key] = future
            future.add_done_callback(lambda done: self._remember(key, done))
        # Shielded: a caller who gives up must not take the answer away from the others, nor from the cache.
        return await asyncio.shield(self._running[key])

    def _remember(self, key: Hashable, future: asyncio.Future[Any]) -> None:
        del self._running[key]
        if future.cancelled():
            return
        error = future.exception()
        if error is None:
            value = future.result()
            if _weight(value) <= CACHED_PLACES:
                self._cache[key] = value
        elif isinstance(error, ParsingFailed):
            self._failures[key] = error

    def _ask(self, request: Request) -> Any:
        """In a thread: let an idle child answer. There are as many threads as children, so one is always idle."""
        if self._closed:
            raise PoolClosed
        child = self._idle.get()
        started = time.monotonic()
        try:
            try:
                return child.ask(request)
            except ParsingFailed as failed:
                self._note(failed, request)
                if failed.kind not in ("memory", "crash"):
                    raise
                # Perhaps an earlier request left the memory in pieces, or someone outside killed the child: once more,
                # in a new one.
                return self._ask_again(child, request)
        finally:
            self.statistics.seconds += time.monotonic() - started
            self._idle.put(child)

    def _ask_again(self, child: Child, request: Request) -> Any:
        try:
            return child.ask(request)
        except ParsingFailed as failed:
            self._note(failed, request)
            raise

    def _note(self, failed: ParsingFailed, request: Request) -> None:
        if self._closed:
            raise PoolClosed from failed
        self.statistics.failures[failed.kind] += 1
        level = logging.ERROR if failed.kind == "error" else logging.WARNING
        log.log(level, "%s: %s", request.function, failed.reason, extra={"kind": failed.kind, "detail": failed.detail})

    def _release(self) -> None:
        own = () if self._lent else self._children
        for child in own:
            child.kill_for_good()
        self._threads.shutdown()
        for child in own:
            child.close()


def unreadable(base: Side, head: Side, reason: str) -> Comparison:
    """One change that says that nothing could be found out. A signature for it is for exactly these files."""
    name: Literal["base", "head"] = "head" if head.entrypoint is not None else "base"
    path = head.entrypoint or base.entrypoint or ""
    change = Change(
        fact="contract.unreadable",
        element="**",
        places=(Place("**", {"direction": "none"}),),
        identity=(_digest(base), _digest(head)),
        attributes={"reason": reason, "side_name": name, "name": path, "path": path},
        position=Position(path, 1),
        side=name,
    )
    return Comparison((change,))


def _side_key(side: Side) -> tuple[Hashable, ...]:
    documents = tuple(sorted((path, document.blob_sha) for path, document in side.documents.items()))
    return side.entrypoint, documents, tuple(sorted(side.unreadable.items())), tuple(sorted(side.unread.items()))


def _digest(side: Side) -> str:
    return hashlib.sha256(repr(_side_key(side)).encode()).hexdigest() if side.entrypoint is not None else ""


def _plain(side: Side) -> Side:
    """The side with mappings that can be pickled, whatever they were."""
    documents, unreadable, unread = dict(side.documents), dict(side.unreadable), dict(side.unread)
    return replace(side, documents=documents, unreadable=unreadable, unread=unread)


def _weight(value: Any) -> int:
    if isinstance(value, Imported):
        return 1 + len(value.used) + len(value.hints)
    if not isinstance(value, Comparison):
        return 1
    return 1 + sum(1 + len(change.places) for change in value.changes)
