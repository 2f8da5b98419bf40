"""The tables, as queries see them. Their definitions on disk are the migrations'; a test holds the two equal."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, Boolean, Column, Integer, MetaData, Table, Text
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Moment(TypeDecorator[datetime]):
    """An aware datetime, kept as whole microseconds since 1970 UTC: exact, ordered, the same in every database."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:  # noqa: ARG002 (SQLAlchemy's signature)
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without a time zone cannot be stored")
        return (value - EPOCH) // timedelta(microseconds=1)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        return None if value is None else EPOCH + timedelta(microseconds=value)


metadata = MetaData()

inbox = Table(
    "inbox",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("delivery", Text, nullable=False, unique=True),
    Column("event", Text, nullable=False),
    Column("facts", Text, nullable=False),
    Column("received_at", Moment, nullable=False),
)

pending = Table(
    "pending",
    metadata,
    Column("lane", Text, primary_key=True),
    Column("inbox_id", Integer, primary_key=True),
)

backoff = Table(
    "backoff",
    metadata,
    Column("lane", Text, primary_key=True),
    Column("attempts", Integer, nullable=False),
    Column("not_before", Moment, nullable=False),
    Column("firm", Boolean, nullable=False),
    Column("reason", Text, nullable=False),
)

timers = Table(
    "timers",
    metadata,
    Column("lane", Text, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("due", Moment, nullable=False),
    Column("facts", Text, nullable=False),
)

ledger = Table(
    "ledger",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("at", Moment, nullable=False),
    Column("kind", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("previous", Text, nullable=False),
    Column("hash", Text, nullable=False),
)

pull_requests = Table(
    "pull_requests",
    metadata,
    Column("repository_id", BigInteger, primary_key=True, autoincrement=False),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("repository", Text, nullable=False),
    Column("base_ref", Text, nullable=False),
    Column("head_sha", Text, nullable=False),
    Column("verdict", Text, nullable=False),
    Column("decision_digest", Text, nullable=False),
    Column("published", Text, nullable=False),
    Column("updated_at", Moment, nullable=False),
)

published_decisions = Table(
    "published_decisions",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("repository_id", BigInteger, nullable=False),
    Column("number", Integer, nullable=False),
    Column("digest", Text, nullable=False),
    Column("decision", Text, nullable=False),
)

pushes = Table(
    "pushes",
    metadata,
    Column("repository_id", BigInteger, primary_key=True, autoincrement=False),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("head_sha", Text, primary_key=True),
    Column("person_id", BigInteger, primary_key=True, autoincrement=False),
    Column("login", Text, nullable=False),
    Column("is_bot", Boolean, nullable=False),
    Column("pushed_at", Moment, nullable=False),
)

explanations = Table(
    "explanations",
    metadata,
    Column("repository_id", BigInteger, primary_key=True, autoincrement=False),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("explanation", Text, nullable=False),
    Column("private", Text, nullable=False),
)

halves = Table(
    "halves",
    metadata,
    Column("repository_id", BigInteger, primary_key=True, autoincrement=False),
    Column("installation_id", BigInteger, nullable=False),
    Column("repository", Text, nullable=False),
    Column("half", Text, nullable=False),
    Column("refreshed_at", Moment, nullable=False),
)

graphs = Table(
    "graphs",
    metadata,
    Column("installation_id", BigInteger, primary_key=True, autoincrement=False),
    Column("refreshed_at", Moment, nullable=False),
)
