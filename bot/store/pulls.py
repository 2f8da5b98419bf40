"""What was published on each pull request, and who pushed."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import astuple, replace
from datetime import datetime

import orjson
from sqlalchemy import and_, delete, or_, select
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.engine import Connection

from bot.review.people import Person
from bot.review.record import as_plain, from_plain
from bot.review.values import PublishedDecision
from bot.store.tables import explanations, published_decisions, pull_requests, pushes
from bot.store.values import BEFORE_ANY, Explained, ExplainedPull, PrivateName, PullKey, PullRecord


def read(connection: Connection, key: PullKey) -> PullRecord | None:
    table = pull_requests.c
    row = connection.execute(
        select(pull_requests).where(table.repository_id == key.repository_id, table.number == key.number)
    ).first()
    if row is None:
        return None
    return PullRecord(
        key=key,
        repository=row.repository,
        base_ref=row.base_ref,
        head_sha=row.head_sha,
        verdict=row.verdict,
        decision_digest=row.decision_digest,
        published=orjson.loads(row.published),
    )


def write(connection: Connection, record: PullRecord, now: datetime) -> None:
    values = {
        "repository": record.repository,
        "base_ref": record.base_ref,
        "head_sha": record.head_sha,
        "verdict": record.verdict,
        "decision_digest": record.decision_digest,
        "published": orjson.dumps(record.published).decode(),
        "updated_at": now,
    }
    row = insert(pull_requests).values(repository_id=record.key.repository_id, number=record.key.number, **values)
    connection.execute(row.on_conflict_do_update(index_elements=["repository_id", "number"], set_=values))


def is_base(connection: Connection, repository: str, branch: str) -> bool:
    """Whether any pull request onto the branch was ever looked at."""
    table = pull_requests.c
    found = select(table.number).where(table.repository == repository, table.base_ref == branch).limit(1)
    return connection.execute(found).first() is not None


def believed_open(connection: Connection, repository: str, branch: str | None) -> frozenset[int]:
    """The pull requests (onto the branch, if one is given) that were open when they were last looked at."""
    table = pull_requests.c
    chosen = [table.repository == repository, table.head_sha != ""]
    if branch is not None:
        chosen.append(table.base_ref == branch)
    return frozenset(row.number for row in connection.execute(select(table.number).where(*chosen)))


def about_contracts(connection: Connection, repository: str) -> frozenset[int]:
    """The pull requests that were open when they were last looked at and have something to say of contracts."""
    table = pull_requests.c
    found = select(table.number, table.published).where(table.repository == repository, table.head_sha != "")
    rows = connection.execute(found)
    return frozenset(row.number for row in rows if orjson.loads(row.published).get("comment"))


def with_head(connection: Connection, key: PullKey, head_sha: str) -> dict[int, str]:
    """The verdicts of the other pull requests of the repository that were last published for this head."""
    table = pull_requests.c
    rows = connection.execute(
        select(table.number, table.verdict)
        .where(table.repository_id == key.repository_id, table.head_sha == head_sha, table.number != key.number)
        .order_by(table.number)
    )
    return {row.number: row.verdict for row in rows}


def publications(connection: Connection, key: PullKey) -> tuple[PublishedDecision, ...]:
    """Every decision that was ever shown on the pull request, oldest first."""
    table = published_decisions.c
    rows = connection.execute(
        select(table.decision)
        .where(table.repository_id == key.repository_id, table.number == key.number)
        .order_by(table.id)
    )
    return tuple(from_plain(orjson.loads(row.decision)) for row in rows)


def publish(connection: Connection, key: PullKey, decision: PublishedDecision) -> bool:
    """Note that a decision is being shown from now on. False when the last one shown is the same one."""
    table = published_decisions.c
    shown = connection.execute(
        select(table.digest)
        .where(table.repository_id == key.repository_id, table.number == key.number)
        .order_by(table.id.desc())
        .limit(1)
    ).scalar()
    if shown == decision.digest:
        return False
    connection.execute(
        insert(published_decisions).values(
            repository_id=key.repository_id,
            number=key.number,
            digest=decision.digest,
            decision=orjson.dumps(as_plain(decision)).decode(),
        )
    )
    return True


def explain(connection: Connection, key: PullKey, explained: Explained) -> None:
    """What is known now stands in place of what was before; whoever was private stays so for the ledger's old rows."""
    before = explanation(connection, key)
    known = {one.consumer for one in explained.private}
    earlier = tuple(replace(one, alias="") for one in (before.private if before else ()) if one.consumer not in known)
    values = {
        # Not orjson: numbers of a contract may have more than 64 bits.
        "explanation": json.dumps(explained.plain, separators=(",", ":")),
        "private": json.dumps([astuple(one) for one in (*explained.private, *earlier)]),
    }
    row = insert(explanations).values(repository_id=key.repository_id, number=key.number, **values)
    connection.execute(row.on_conflict_do_update(index_elements=["repository_id", "number"], set_=values))


def explanation(connection: Connection, key: PullKey) -> Explained | None:
    table = explanations.c
    row = connection.execute(
        select(explanations).where(table.repository_id == key.repository_id, table.number == key.number)
    ).first()
    if row is None:
        return None
    return Explained(json.loads(row.explanation), tuple(PrivateName(*one) for one in json.loads(row.private)))


def explained_with(connection: Connection, account: str, texts: Collection[str]) -> tuple[ExplainedPull, ...]:
    """The account's pull requests that were open when they were last looked at, and whose explanation has one of
    `texts` (any case) in it or was cut.
    """
    table, plain = pull_requests.c, explanations.c.explanation
    named = [plain.icontains(text, autoescape=True) for text in texts]
    same = (explanations.c.repository_id == table.repository_id, explanations.c.number == table.number)
    rows = connection.execute(
        select(table.repository, table.number, plain)
        .join(explanations, and_(*same))
        .where(
            table.head_sha != "",
            table.repository.istartswith(f"{account}/", autoescape=True),
            or_(~plain.contains('"left_out":{}', autoescape=True), *named),
        )
        .order_by(table.repository_id, table.number)
    )
    return tuple(ExplainedPull(row.repository, row.number, json.loads(row.explanation)) for row in rows)


def push(connection: Connection, key: PullKey, head_sha: str, person: Person, now: datetime) -> None:
    """A repeated or reordered event changes nothing."""
    row = insert(pushes).values(
        repository_id=key.repository_id,
        number=key.number,
        head_sha=head_sha,
        person_id=person.id,
        login=person.login,
        is_bot=person.is_bot,
        pushed_at=now,
    )
    connection.execute(row.on_conflict_do_nothing())


def forget_pushes(connection: Connection, key: PullKey, heads: Collection[str]) -> None:
    table = pushes.c
    chosen = (table.repository_id == key.repository_id, table.number == key.number, table.head_sha.in_(heads))
    connection.execute(delete(pushes).where(*chosen))


def forget_branch_pushes(connection: Connection, before: datetime) -> int:
    table = pushes.c
    return connection.execute(delete(pushes).where(table.number == BEFORE_ANY, table.pushed_at < before)).rowcount


def pushers(
    connection: Connection, key: PullKey, heads: Collection[str] | None = None
) -> dict[str, tuple[Person, ...]]:
    """Who pushed which head (of `heads`, if they are given), in the order in which it was noted."""
    table = pushes.c
    chosen = [table.repository_id == key.repository_id, table.number == key.number]
    if heads is not None:
        chosen.append(table.head_sha.in_(heads))
    rows = connection.execute(select(pushes).where(*chosen).order_by(table.pushed_at, table.head_sha))
    found: dict[str, tuple[Person, ...]] = {}
    for row in rows:
        found[row.head_sha] = (*found.get(row.head_sha, ()), Person(row.person_id, row.login, row.is_bot))
    return found
