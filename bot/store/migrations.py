"""Bringing a database to the schema that this version knows.

Each migration runs in one transaction with the note that it ran, so a failed one leaves nothing behind and is simply
run again. Simultaneous starts are safe because the transaction takes SQLite's write lock first (BEGIN IMMEDIATE) and
only then looks at what has run; the second start finds the work done.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Engine, text
from sqlalchemy.engine import Connection


@dataclass(frozen=True, slots=True)
class Migration:
    """One step. `version` counts up from 1 without gaps; statements are never edited once released."""

    version: int
    name: str
    statements: tuple[str, ...]


class NewerSchema(Exception):
    """The database was written by a newer version of Countersign than this one."""

    def __init__(self, found: int, name: str, known: int) -> None:
        super().__init__(
            f"the database has schema {found} ({name}), which is newer than the schema {known} of this version: "
            "start the newer version again, or restore a copy of the database from before it"
        )
        self.found = found


APPEND_ONLY = (
    "CREATE TRIGGER ledger_is_never_updated BEFORE UPDATE ON ledger "
    "BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END",
    "CREATE TRIGGER ledger_is_never_deleted BEFORE DELETE ON ledger "
    "BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END",
    # INSERT OR REPLACE would delete without firing the trigger above; it cannot pass this one.
    "CREATE TRIGGER ledger_only_grows BEFORE INSERT ON ledger "
    "WHEN NEW.id IS NOT (SELECT coalesce(max(id), 0) + 1 FROM ledger) "
    "OR NEW.previous IS NOT coalesce((SELECT hash FROM ledger ORDER BY id DESC LIMIT 1), '') "
    "BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END",
)

MIGRATIONS = (
    Migration(
        1,
        "inbox, ledger and read models",
        (
            "CREATE TABLE inbox (id INTEGER PRIMARY KEY, delivery TEXT NOT NULL UNIQUE, event TEXT NOT NULL, "
            "facts TEXT NOT NULL, received_at BIGINT NOT NULL)",
            "CREATE INDEX inbox_by_age ON inbox (received_at)",
            "CREATE TABLE pending (lane TEXT NOT NULL, inbox_id INTEGER NOT NULL, PRIMARY KEY (lane, inbox_id))",
            "CREATE INDEX pending_by_row ON pending (inbox_id)",
            "CREATE TABLE backoff (lane TEXT NOT NULL PRIMARY KEY, attempts INTEGER NOT NULL, "
            "not_before BIGINT NOT NULL, firm BOOLEAN NOT NULL, reason TEXT NOT NULL)",
            "CREATE TABLE timers (lane TEXT NOT NULL, kind TEXT NOT NULL, due BIGINT NOT NULL, facts TEXT NOT NULL, "
            "PRIMARY KEY (lane, kind))",
            "CREATE INDEX timers_by_due ON timers (due)",
            "CREATE TABLE ledger (id INTEGER NOT NULL PRIMARY KEY, at BIGINT NOT NULL, kind TEXT NOT NULL, "
            "subject TEXT NOT NULL, body TEXT NOT NULL, previous TEXT NOT NULL, hash TEXT NOT NULL)",
            "CREATE INDEX ledger_by_subject ON ledger (subject, id)",
            *APPEND_ONLY,
            "CREATE TABLE pull_requests (repository_id BIGINT NOT NULL, number INTEGER NOT NULL, "
            "repository TEXT NOT NULL, base_ref TEXT NOT NULL, head_sha TEXT NOT NULL, verdict TEXT NOT NULL, "
            "decision_digest TEXT NOT NULL, published TEXT NOT NULL, updated_at BIGINT NOT NULL, "
            "PRIMARY KEY (repository_id, number))",
            "CREATE TABLE published_decisions (id INTEGER PRIMARY KEY, repository_id BIGINT NOT NULL, "
            "number INTEGER NOT NULL, digest TEXT NOT NULL, decision TEXT NOT NULL)",
            "CREATE INDEX published_by_pull_request ON published_decisions (repository_id, number, id)",
            "CREATE TABLE pushes (repository_id BIGINT NOT NULL, number INTEGER NOT NULL, head_sha TEXT NOT NULL, "
            "person_id BIGINT NOT NULL, login TEXT NOT NULL, is_bot BOOLEAN NOT NULL, pushed_at BIGINT NOT NULL, "
            "PRIMARY KEY (repository_id, number, head_sha))",
        ),
    ),
    Migration(
        2,
        "the graph of all repositories",
        (
            "CREATE TABLE halves (repository_id BIGINT NOT NULL PRIMARY KEY, installation_id BIGINT NOT NULL, "
            "repository TEXT NOT NULL, half TEXT NOT NULL, refreshed_at BIGINT NOT NULL)",
            "CREATE INDEX halves_by_installation ON halves (installation_id)",
            "CREATE TABLE graphs (installation_id BIGINT NOT NULL PRIMARY KEY, refreshed_at BIGINT NOT NULL)",
        ),
    ),
    Migration(
        3,
        "why each pull request stands as it does",
        (
            "CREATE TABLE explanations (repository_id BIGINT NOT NULL, number INTEGER NOT NULL, "
            "explanation TEXT NOT NULL, private TEXT NOT NULL, PRIMARY KEY (repository_id, number))",
        ),
    ),
    Migration(
        4,
        "everybody who pushed a head, not only whoever was first",
        (
            "ALTER TABLE pushes RENAME TO first_pushes",
            "CREATE TABLE pushes (repository_id BIGINT NOT NULL, number INTEGER NOT NULL, head_sha TEXT NOT NULL, "
            "person_id BIGINT NOT NULL, login TEXT NOT NULL, is_bot BOOLEAN NOT NULL, pushed_at BIGINT NOT NULL, "
            "PRIMARY KEY (repository_id, number, head_sha, person_id))",
            "INSERT INTO pushes SELECT repository_id, number, head_sha, person_id, login, is_bot, pushed_at "
            "FROM first_pushes",
            "DROP TABLE first_pushes",
        ),
    ),
)


def migrate(engine: Engine, migrations: Sequence[Migration] = MIGRATIONS) -> None:
    """Run what has not run yet. `engine` must begin its transactions with the write lock (bot.store.database does).

    Raises NewerSchema when the database knows a migration that this version does not.
    """
    _refuse_a_newer_one(engine, migrations)
    for migration in migrations:
        with engine.begin() as connection:
            if migration.version > _version(connection)[0]:
                for statement in migration.statements:
                    connection.execute(text(statement))
                connection.execute(
                    text("INSERT INTO schema_versions (version, name) VALUES (:version, :name)"),
                    {"version": migration.version, "name": migration.name},
                )


def _refuse_a_newer_one(engine: Engine, migrations: Sequence[Migration]) -> None:
    with engine.begin() as connection:
        connection.execute(
            text(
                "CREATE TABLE IF NOT EXISTS schema_versions (version INTEGER NOT NULL PRIMARY KEY, name TEXT NOT NULL)"
            )
        )
        found, name = _version(connection)
    if found > len(migrations):
        raise NewerSchema(found, name, len(migrations))


def _version(connection: Connection) -> tuple[int, str]:
    row = connection.execute(text("SELECT version, name FROM schema_versions ORDER BY version DESC LIMIT 1")).first()
    return (row[0], row[1]) if row else (0, "empty")
