"""The store as the engine and the web see it: every method is one transaction.

A method that writes returns when its effect is on disk. Nothing here reads a clock; `now` comes in as an argument.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from sqlalchemy import text
from sqlalchemy.engine import Connection

from bot.registry.graph.half import Half
from bot.review.people import Person
from bot.review.values import PublishedDecision
from bot.store import halves, inbox, ledger, pulls
from bot.store.database import Database, SqliteDatabase
from bot.store.values import (
    Backlog,
    Backoff,
    Delivery,
    Entry,
    Explained,
    ExplainedPull,
    LedgerHealth,
    LedgerRow,
    PullKey,
    PullRecord,
)

log = logging.getLogger(__name__)


def _tell(head: str) -> None:
    """Logs are kept elsewhere: by this hash a ledger that was cut off or written anew is found out later."""
    if head:
        log.info("written to the ledger", extra={"ledger_head": head})


class Store:
    """`async with await Store.open(path) as store`, or open it and `await store.close()`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @classmethod
    async def open(cls, path: Path) -> Store:
        """A store in the SQLite file `path`, created or migrated as needed.

        Raises bot.store.migrations.NewerSchema when a newer version of the bot has written the file, and
        bot.store.database.DatabaseUnusable when there can be no database there.
        """
        return cls(await SqliteDatabase.open(path))

    async def close(self) -> None:
        await self._database.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def ping(self) -> None:
        """Go once through the writer and its lock; raises what stops it."""
        await self._database.write(lambda connection: connection.execute(text("SELECT 1")).scalar())

    # The inbox: what happened, and which lanes have yet to look at it.

    async def accept(
        self, delivery: str, event: str, lanes: Collection[str], facts: Mapping[str, Any], now: datetime
    ) -> bool:
        """Write a delivery down, pending on every lane. False when this delivery id is already known.

        The bot tells itself things the same way, with an id of its own that is the same each time the same thing is
        told (`<delivery>/<lane>` for what one lane passes on to another), so repeating it is harmless.
        """
        return await self._database.write(lambda c: inbox.accept(c, delivery, event, lanes, facts, now))

    async def pending(self, lane: str, limit: int = 200) -> tuple[Delivery, ...]:
        """The lane's deliveries that are not done, in order of arrival."""
        return await self._database.read(lambda c: inbox.read_pending(c, lane, limit))

    async def done(self, lane: str, ids: Collection[int]) -> None:
        """These deliveries need nothing more from this lane; whatever kept the lane waiting is over."""
        await self._database.write(lambda c: inbox.done(c, lane, ids))

    async def lanes_with_pending(self, now: datetime) -> tuple[str, ...]:
        """Lanes with pending deliveries that need not wait, longest waiting first."""
        return await self._database.read(lambda c: inbox.lanes_with_pending(c, now))

    async def backoff(self, lane: str) -> Backoff | None:
        """Whether and why the lane waits; None after success."""
        return await self._database.read(lambda c: inbox.read_backoff(c, lane))

    async def postpone(self, waits: Backoff) -> None:
        await self._database.write(lambda c: inbox.postpone(c, waits))

    async def backlog(self, now: datetime) -> Backlog:
        return await self._database.read(lambda c: inbox.backlog(c, now))

    async def forget_deliveries(self, before: datetime) -> int:
        """Drop done deliveries older than `before` (GitHub redelivers for three days); returns how many."""
        return await self._database.write(lambda c: inbox.forget(c, before))

    # Timers: something to be looked at later.

    async def set_timer(self, lane: str, kind: str, due: datetime, facts: Mapping[str, Any] | None = None) -> None:
        """At `due` the lane gets a delivery of event `timer` with `facts` and `kind`. One timer a lane and kind."""
        await self._database.write(lambda c: inbox.set_timer(c, lane, kind, due, facts or {}))

    async def cancel_timer(self, lane: str, kind: str) -> None:
        await self._database.write(lambda c: inbox.cancel_timer(c, lane, kind))

    async def ring_timers(self, now: datetime) -> tuple[str, ...]:
        """Turn due timers into pending deliveries; returns the lanes that got one."""
        return await self._database.write(lambda c: inbox.ring(c, now))

    # Pull requests: what people were shown, and what is known about them.

    async def pull_request(self, key: PullKey) -> PullRecord | None:
        return await self._database.read(lambda c: pulls.read(c, key))

    async def is_base(self, repository: str, branch: str) -> bool:
        """Whether any pull request onto the branch (of OWNER/NAME) was ever looked at."""
        return await self._database.read(lambda c: pulls.is_base(c, repository, branch))

    async def believed_open(self, repository: str, branch: str | None = None) -> frozenset[int]:
        """The pull requests of OWNER/NAME (onto `branch`) that were open when they were last looked at."""
        return await self._database.read(lambda c: pulls.believed_open(c, repository, branch))

    async def about_contracts(self, repository: str) -> frozenset[int]:
        """Those of OWNER/NAME on which something was said of contracts, and that were open then."""
        return await self._database.read(lambda c: pulls.about_contracts(c, repository))

    async def with_head(self, key: PullKey, head_sha: str) -> Mapping[int, str]:
        """The other pull requests of the repository that were last published for this head, with their verdicts."""
        return await self._database.read(lambda c: pulls.with_head(c, key, head_sha))

    async def publications(self, key: PullKey) -> tuple[PublishedDecision, ...]:
        """Every decision ever shown on the pull request, oldest first."""
        return await self._database.read(lambda c: pulls.publications(c, key))

    async def record_publication(
        self,
        record: PullRecord,
        decision: PublishedDecision | None,
        entries: Sequence[Entry],
        now: datetime,
        explained: Explained | None = None,
    ) -> bool:
        """After publishing: what now stands on GitHub and why, the decision that people can see, the ledger's entries.

        One transaction. True when the decision is another one than the last shown. `entries` are written then, and when
        nobody could see it (`decision` None), but never twice for one digest in a row: a publication recorded twice
        leaves one trace. `explained` None: the explanation that there is stays.
        """

        def job(connection: Connection) -> tuple[bool, str]:
            before = pulls.read(connection, record.key)
            pulls.write(connection, record, now)
            if explained is not None:
                pulls.explain(connection, record.key, explained)
            is_shown = decision is not None and pulls.publish(connection, record.key, decision)
            is_known = before is not None and before.decision_digest == record.decision_digest
            is_written = (is_shown or decision is None) and record.decision_digest and not is_known
            return is_shown, ledger.append(connection, entries, now) if is_written and entries else ""

        is_shown, head = await self._database.write(job)
        _tell(head)
        return is_shown

    async def record_end(
        self, record: PullRecord, decision: PublishedDecision | None, entry: Entry, now: datetime
    ) -> None:
        """A pull request was seen closed: what is kept of it from then on, and the ledger's entry. Told twice, it
        leaves one trace. decision: what stands there for those who open it again.
        """

        def job(connection: Connection) -> str:
            before = pulls.read(connection, record.key)
            if before is not None and not before.head_sha:
                return ""
            pulls.write(connection, record, now)
            if decision is not None:
                pulls.publish(connection, record.key, decision)
            return ledger.append(connection, [entry], now)

        _tell(await self._database.write(job))

    async def restore(
        self, record: PullRecord, decisions: Sequence[PublishedDecision], entries: Sequence[Entry], now: datetime
    ) -> None:
        """What a lost database knew of a pull request, found again on GitHub: all of it or, if this fails, nothing."""

        def job(connection: Connection) -> str:
            pulls.write(connection, record, now)
            for decision in decisions:
                pulls.publish(connection, record.key, decision)
            return ledger.append(connection, entries, now)

        _tell(await self._database.write(job))

    async def explanation(self, key: PullKey) -> Explained | None:
        """Why a pull request stood as it did when it was last looked at; None when it never was."""
        return await self._database.read(lambda c: pulls.explanation(c, key))

    async def explained_with(self, account: str, texts: Collection[str]) -> tuple[ExplainedPull, ...]:
        """Of the pull requests in repositories of `account` that were open when they were last looked at, those in
        whose explanation, as JSON, one of `texts` stands; and those whose explanation leaves something out.
        """
        return await self._database.read(lambda c: pulls.explained_with(c, account, texts))

    async def record_push(self, key: PullKey, head_sha: str, person: Person, now: datetime) -> None:
        """Who pushed a head, as the event said."""
        await self._database.write(lambda c: pulls.push(c, key, head_sha, person, now))

    async def pushers(self, key: PullKey, heads: Collection[str] | None = None) -> Mapping[str, tuple[Person, ...]]:
        """Head sha to who pushed it, first to last: several, when somebody forced the branch back to it. For every push
        that was seen on the pull request, or those of `heads`.
        """
        return await self._database.read(lambda c: pulls.pushers(c, key, heads))

    async def forget_pushes(self, key: PullKey, heads: Collection[str]) -> None:
        """Pushes that turned out to bring nothing of the pusher's own."""
        await self._database.write(lambda c: pulls.forget_pushes(c, key, heads))

    async def forget_branch_pushes(self, before: datetime) -> int:
        """Drop who pushed, before `before`, what there was no pull request for yet; returns how many."""
        return await self._database.write(lambda c: pulls.forget_branch_pushes(c, before))

    # The graph: what each repository said of itself when it was last read.

    async def halves(self, installation_id: int) -> tuple[Half, ...] | None:
        """Of all repositories of the installation, by name; None when they have yet to be read (all of them)."""
        return await self._database.read(lambda c: halves.read(c, installation_id))

    async def kept_halves(self, installation_id: int) -> tuple[Half, ...]:
        """Those that can be read, whether or not all are there."""
        return await self._database.read(lambda c: halves.kept(c, installation_id)) or ()

    async def graphs(self) -> tuple[int, ...]:
        """The ids of the installations whose graph is known."""
        return await self._database.read(halves.installations)

    async def record_half(self, installation_id: int, half: Half, now: datetime) -> None:
        """What a repository says of itself now; told by its id, whatever it is called."""
        await self._database.write(lambda c: halves.write(c, installation_id, half, now))

    async def complete_graph(self, installation_id: int, repository_ids: Collection[int], now: datetime) -> None:
        """Every repository of the installation was read: these and no others."""
        await self._database.write(lambda c: halves.complete(c, installation_id, repository_ids, now))

    async def forget_half(self, installation_id: int, repository_id: int) -> None:
        await self._database.write(lambda c: halves.forget(c, installation_id, repository_id))

    async def forget_graph(self, installation_id: int) -> None:
        await self._database.write(lambda c: halves.forget_all(c, installation_id))

    # The ledger.

    async def append(self, entries: Sequence[Entry], now: datetime) -> str:
        """Write entries in order; returns the hash of the last row."""
        head = await self._database.write(lambda c: ledger.append(c, entries, now))
        _tell(head)
        return head

    async def ledger(self, subject: str | None = None, after: int = 0, limit: int = 500) -> tuple[LedgerRow, ...]:
        """Rows with an id above `after`, oldest first, of one subject or of all."""
        return await self._database.read(lambda c: ledger.read(c, subject, after, limit))

    async def newest_entries(self, subjects: Collection[str], limit: int) -> tuple[LedgerRow, ...]:
        """The newest rows about any of the subjects, oldest of them first."""
        return await self._database.read(lambda c: ledger.newest(c, subjects, limit))

    async def entries(self, subject: str, kind: str) -> tuple[LedgerRow, ...]:
        """All rows of one kind about one subject, oldest first."""
        return await self._database.read(lambda c: ledger.of_kind(c, subject, kind))

    async def verify_ledger(self) -> LedgerHealth:
        """Walk the whole chain and say where it first does not fit."""
        return await self._database.read(ledger.verify)
