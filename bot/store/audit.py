"""The ledger for auditors: written out as JSON Lines, and held to its own hashes, there or in the database.

Synchronous and read-only, for the command line: a server may go on writing meanwhile. Nothing holds the whole ledger in
memory. The first line of an export is a header, every other one a row:

    {"id": 7, "at": "2026-11-21T09:30:00.123456+00:00", "kind": "transition", "subject": "acme/orders#12",
     "body": {…}, "previous": "…", "hash": "…"}

`hash` is the SHA-256, in hex, of the compact JSON array [previous, id, at as microseconds since 1970, kind, subject,
body as compact JSON text with sorted keys]. `previous` is the hash of the row with the id before.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any, BinaryIO

import orjson
from sqlalchemy import BigInteger, Row, func, select, text, type_coerce
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError

from bot import __version__
from bot.store.database import sqlite_engine
from bot.store.ledger import hash_of
from bot.store.tables import EPOCH, ledger

VERSION = 1
FORMAT = "countersign ledger"
_ROWS = select(
    ledger.c.id,
    type_coerce(ledger.c.at, BigInteger).label("at"),  # as it is hashed, whatever somebody may have made of it
    *(ledger.c[name] for name in ("kind", "subject", "body", "previous", "hash")),
)
_SQLITE = b"SQLite format 3\x00"
_AT_ONCE = 1000
_TOLD_EVERY = 500

Tell = Callable[[int, int], None]
"""Is told how many rows are done, and how many there are."""


class NotALedger(Exception):
    """The file cannot be read as a ledger. The message is for the person at the terminal."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """Which rows. since: from the first row of that day (UTC) on. subject: only those about it (`acme/orders#12`)."""

    since: date | None = None
    subject: str | None = None


@dataclass(frozen=True, slots=True)
class Walked:
    """What came of walking the rows. chained: each follows from the one before it; False where some were left out on
    purpose. head: hash of the last row. broken_at: id of the first row that does not fit, and `reason` says how.
    compared: how many rows of an earlier export were found again, unchanged.
    """

    rows: int
    head: str
    chained: bool = True
    broken_at: int | None = None
    reason: str = ""
    compared: int = 0

    @property
    def fits(self) -> bool:
        return not self.reason


@dataclass(frozen=True, slots=True)
class _Line:
    """A row as it is hashed. at: microseconds since 1970. body: JSON text."""

    id: int
    at: int
    kind: str
    subject: str
    body: str
    previous: str
    hash: str


@contextmanager
def opened(path: Path) -> Iterator[Connection]:
    """One consistent view of the ledger in the database at `path`. Raises NotALedger."""
    if not path.is_file():
        raise NotALedger(f"there is no database {path}")
    engine = sqlite_engine(path, writes=False)
    try:
        with engine.begin() as connection:
            _insist_on_a_ledger(connection, path)
            yield connection
    except DBAPIError as error:
        raise NotALedger(f"{path} cannot be read: {error.orig}") from None
    finally:
        engine.dispose()


def export(
    connection: Connection, chosen: Chosen, now: datetime, tell: Tell = lambda _done, _of: None
) -> Iterator[bytes]:
    """The lines of an export, each with its newline: the header, then the rows in order."""
    first = _first_of(connection, chosen.since) if chosen.since else 1
    wanted = [ledger.c.id >= first] + ([ledger.c.subject == chosen.subject] if chosen.subject else [])
    rows = connection.execute(select(func.count()).select_from(ledger).where(*wanted)).scalar_one()
    head = connection.execute(select(ledger.c.hash).order_by(ledger.c.id.desc()).limit(1)).scalar()
    header = {
        "format": FORMAT,
        "version": VERSION,
        "tool_version": __version__,
        "schema": connection.execute(text("SELECT max(version) FROM schema_versions")).scalar(),
        "exported_at": now.isoformat(),
        "since": chosen.since.isoformat() if chosen.since else None,
        "subject": chosen.subject,
        "rows": rows,
        "head": head or "",
    }
    yield orjson.dumps(header, option=orjson.OPT_APPEND_NEWLINE)
    found = connection.execution_options(yield_per=_AT_ONCE).execute(_ROWS.where(*wanted).order_by(ledger.c.id))
    for done, row in enumerate(found, start=1):
        yield orjson.dumps(_as_plain(row), option=orjson.OPT_APPEND_NEWLINE)
        if done % _TOLD_EVERY == 0 or done == rows:
            tell(done, rows)


def said(
    connection: Connection, kinds: Collection[str], since: date | None = None
) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Kind, subject and body of the rows of some kinds, in order. since: from the first row of that day (UTC) on."""
    first = _first_of(connection, since) if since else 1
    columns = select(ledger.c.kind, ledger.c.subject, ledger.c.body).order_by(ledger.c.id)
    wanted = columns.where(ledger.c.id >= first, ledger.c.kind.in_(kinds))
    for kind, subject, body in connection.execution_options(yield_per=_AT_ONCE).execute(wanted):
        yield kind, subject, orjson.loads(body)


def verify(
    path: Path, *, head: str | None = None, against: Path | None = None, tell: Tell = lambda _done, _of: None
) -> Walked:
    """Walk a database or an export. A ledger that was cut off at its end, or written anew from some row on, still is a
    chain. So what was kept elsewhere has to occur: head, a row's hash; against, an earlier export, every row of it.

    Raises NotALedger, also for what a part of a ledger can't show; and OSError.
    """
    heads = {head} if head else set()
    if against is None:
        return _verify(path, heads, None, tell)
    with against.open("rb") as file:
        if file.read(len(_SQLITE)) == _SQLITE:
            raise NotALedger(f"{against} is a database: a ledger is held against an export")
        file.seek(0)
        header = _header(file, against)
        lines = _Earlier(against, (_read(_json(line)) for line in file))
        walked = _verify(path, heads | ({header["head"]} if header["head"] else set()), lines, tell)
    if walked.fits and lines.seen != header["rows"]:
        raise NotALedger(f"{against} says that it has {header['rows']:,} rows, and has {lines.seen:,}")
    return replace(walked, compared=lines.seen)


def _verify(path: Path, heads: set[str], earlier: _Earlier | None, tell: Tell) -> Walked:
    with path.open("rb") as file:
        is_database = file.read(len(_SQLITE)) == _SQLITE
        if not is_database:
            file.seek(0)
            return _walk_export(file, path, heads, earlier, tell)
    with opened(path) as connection:
        rows = connection.execute(select(func.count()).select_from(ledger)).scalar_one()
        found = connection.execution_options(yield_per=_AT_ONCE).execute(_ROWS.order_by(ledger.c.id))
        return _walk((_line(row) for row in found), _Expected(heads=frozenset(heads), of=rows), earlier, tell)


class _Earlier:
    """The rows of an earlier export, held against those of the ledger while both are walked."""

    def __init__(self, path: Path, lines: Iterator[_Line | None]) -> None:
        self.seen = 0
        self._path = path
        self._lines = lines
        self._next = self._take()

    def _take(self) -> _Line | None:
        """Raises NotALedger: what an export does not hold together by itself proves nothing."""
        try:
            line = next(self._lines)
        except StopIteration:
            return None
        if line is None or not _is_as_written(line):
            raise NotALedger(f"{self._path} was altered itself: line {self.seen + 2} of it does not fit")
        return line

    def misfit(self, line: _Line) -> str:
        """Whether, and how, the row that the ledger has is not the one that it had."""
        if self._next is None or line.id < self._next.id:
            return ""
        if line.id > self._next.id or line.hash != self._next.hash:
            return f"row {self._next.id} is not the one that {self._path} has: it was written anew"
        self.seen += 1
        self._next = self._take()
        return ""

    def lost(self) -> str:
        """Whether rows are missing at the ledger's end."""
        return "" if self._next is None else f"row {self._next.id}, which {self._path} has, was cut off"


@dataclass(frozen=True, slots=True)
class _Expected:
    """first: id of the first row, None when any will do. chained: no row is left out. heads: hashes that must occur.
    of: how many rows are said to be there; last: the last one's hash, if that is said, too.
    """

    first: int | None = 1
    chained: bool = True
    heads: frozenset[str] = frozenset()
    of: int | None = None
    last: str | None = None


def _walk(lines: Iterator[_Line | None], expected: _Expected, earlier: _Earlier | None, tell: Tell) -> Walked:
    """None among the lines: what stands there is no row."""
    rows, unseen = 0, set(expected.heads)
    before: _Line | None = None
    for line in lines:
        if line is None:
            head = before.hash if before else ""
            return Walked(rows, head, expected.chained, None, f"line {rows + 2} of the file is no row")
        reason = _misfit(line, before, expected) or (earlier.misfit(line) if earlier is not None else "")
        if reason:
            return Walked(rows, before.hash if before else "", expected.chained, line.id, reason)
        rows, before = rows + 1, line
        unseen.discard(line.hash)
        if expected.of is not None and (rows % _TOLD_EVERY == 0 or rows == expected.of):
            tell(rows, expected.of)
    last = before.hash if before else ""
    reason = ""
    if expected.of is not None and rows != expected.of:
        reason = f"{expected.of:,} rows are said to be there, and {rows:,} are"
    elif expected.last is not None and last != expected.last:
        reason = "the last row is not the one that was last when this was exported"
    elif earlier is not None and earlier.lost():
        reason = earlier.lost()
    elif unseen and expected.first is None:
        raise NotALedger(f"no row here has the hash {min(unseen)}, and this is not all of the ledger: verify all of it")
    elif unseen:
        reason = f"no row has the hash {min(unseen)}: rows were cut off, or all of it was written anew"
    return Walked(rows, last, expected.chained, None, reason)


def _misfit(line: _Line, before: _Line | None, expected: _Expected) -> str:
    due = before.id + 1 if before else expected.first
    if before is not None and line.id <= before.id:
        return f"row {line.id} comes after row {before.id}"
    if expected.chained and due is not None and line.id != due:
        return f"row {due} is missing"
    follows = line.id == due and (before is not None or line.id == 1)
    if follows and line.previous != (before.hash if before else ""):
        return f"row {line.id} does not follow from the row before it"
    return "" if _is_as_written(line) else f"row {line.id} was changed after it was written"


def _is_as_written(line: _Line) -> bool:
    try:
        return line.hash == hash_of(line.previous, line.id, line.at, line.kind, line.subject, line.body)
    except TypeError:  # a value of a kind that we never write
        return False


def _walk_export(file: BinaryIO, path: Path, heads: set[str], earlier: _Earlier | None, tell: Tell) -> Walked:
    header = _header(file, path)
    is_part, is_suffix = header.get("subject") is not None, header.get("since") is not None
    if earlier is not None and (is_part or is_suffix):
        raise NotALedger(f"{path} is not all of the ledger, so it can't show that nothing is missing: verify all of it")
    expected = _Expected(
        first=None if is_part or is_suffix else 1,
        chained=not is_part,
        heads=frozenset(heads),
        of=header["rows"],
        last=None if is_part or (is_suffix and not header["rows"]) else header["head"],
    )
    return _walk((_read(_json(line)) for line in file), expected, earlier, tell)


def _header(file: BinaryIO, path: Path) -> dict[str, Any]:
    """The first line. Raises NotALedger."""
    header = _json(file.readline())
    if not isinstance(header, dict) or header.get("format") != FORMAT:
        raise NotALedger(f"{path} is neither a database nor an export: its first line is no header of `audit export`")
    if header.get("version") != VERSION:
        raise NotALedger(f"{path} was exported in version {header.get('version')}: this one reads {VERSION}")
    if not isinstance(header.get("rows"), int) or not isinstance(header.get("head"), str):
        raise NotALedger(f"{path} does not say how many rows it has, and which is the last: its header was altered")
    return header


def _insist_on_a_ledger(connection: Connection, path: Path) -> None:
    found = connection.execute(text("SELECT count(*) FROM sqlite_master WHERE name IN ('ledger', 'schema_versions')"))
    if found.scalar() != 2:
        raise NotALedger(f"{path} is no database of Countersign")


def _first_of(connection: Connection, day: date) -> int:
    start = datetime.combine(day, time(0), UTC)
    found = connection.execute(select(func.min(ledger.c.id)).where(ledger.c.at >= start)).scalar()
    if found is not None:
        return int(found)
    newest = connection.execute(select(func.max(ledger.c.id))).scalar()
    return int(newest or 0) + 1


def _line(row: Row[Any]) -> _Line:
    return _Line(row.id, row.at, row.kind, row.subject, row.body, row.previous, row.hash)


def _as_plain(row: Row[Any]) -> dict[str, Any]:
    body = _json(row.body)
    return {
        "id": row.id,
        "at": _moment(row.at),
        "kind": row.kind,
        "subject": row.subject,
        "body": {"unreadable": row.body} if body is None else body,  # somebody wrote it past us: its hash won't fit
        "previous": row.previous,
        "hash": row.hash,
    }


def _moment(microseconds: Any) -> Any:
    try:
        return (EPOCH + timedelta(microseconds=microseconds)).isoformat(timespec="microseconds")
    except (TypeError, OverflowError):
        return microseconds  # somebody wrote it past us


def _read(plain: Any) -> _Line | None:
    """A row of an export; None when it is none."""
    try:
        at = (datetime.fromisoformat(plain["at"]) - EPOCH) // timedelta(microseconds=1)
        body = orjson.dumps(plain["body"], option=orjson.OPT_SORT_KEYS).decode()
        texts = [plain[name] for name in ("kind", "subject", "previous", "hash")]
        if not isinstance(plain["id"], int) or not all(isinstance(one, str) for one in texts):
            return None
    except (KeyError, TypeError, ValueError):
        return None
    kind, subject, previous, digest = texts
    return _Line(plain["id"], at, kind, subject, body, previous, digest)


def _json(line: bytes | str) -> Any:
    try:
        return orjson.loads(line)
    except ValueError:
        return None
