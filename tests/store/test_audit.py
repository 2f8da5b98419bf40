"""What an auditor can rely on: an export holds everything, and whatever was altered is found, and said where."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot import __version__
from bot.store import Entry, Store
from bot.store.audit import Chosen, NotALedger, export, opened, verify
from bot.store.ledger import hash_of

ROWS = 2_500
EVERYTHING = Chosen()


@pytest.fixture
async def database(tmp_path: Path, now: datetime) -> Path:
    path = tmp_path / "c.db"
    async with await Store.open(path) as store:
        for day in range(5):
            entries = [Entry("transition", f"acme/orders#{n % 3}", {"to": "Ünicode ✓", "n": n}) for n in range(500)]
            await store.append(entries, now + timedelta(days=day))
    return path


def exported(database: Path, to: Path, now: datetime, chosen: Chosen = EVERYTHING) -> list[dict[str, Any]]:
    with opened(database) as connection, to.open("wb") as file:
        file.writelines(export(connection, chosen, now))
    return [json.loads(line) for line in to.read_text().splitlines()]


async def test_an_export_holds_every_row_and_says_what_it_is(database: Path, tmp_path: Path, now: datetime) -> None:
    header, *rows = exported(database, tmp_path / "ledger.jsonl", now)
    assert header["format"] == "countersign ledger"
    assert (header["version"], header["tool_version"], header["rows"]) == (1, __version__, ROWS)
    assert header["head"] == rows[-1]["hash"]
    assert [row["id"] for row in rows] == list(range(1, ROWS + 1))
    assert rows[0]["body"] == {"to": "Ünicode ✓", "n": 0}
    assert rows[0]["at"] == "2026-11-21T09:30:00.123456+00:00"
    assert [row["previous"] for row in rows[1:]] == [row["hash"] for row in rows[:-1]]


async def test_a_database_and_its_export_verify_alike(database: Path, tmp_path: Path, now: datetime) -> None:
    exported(database, tmp_path / "ledger.jsonl", now)
    one, other = verify(database), verify(tmp_path / "ledger.jsonl")
    assert one == other
    assert (one.fits, one.rows, one.chained) == (True, ROWS, True)


async def test_an_empty_ledger_verifies_and_exports(tmp_path: Path, now: datetime) -> None:
    async with await Store.open(tmp_path / "c.db"):
        pass
    (header,) = exported(tmp_path / "c.db", tmp_path / "e.jsonl", now)
    assert (header["rows"], header["head"]) == (0, "")
    assert verify(tmp_path / "c.db").fits and verify(tmp_path / "e.jsonl").fits


async def test_since_a_day_the_chain_is_still_verified(database: Path, tmp_path: Path, now: datetime) -> None:
    path = tmp_path / "since.jsonl"
    header, *rows = exported(database, path, now, Chosen(since=date(2026, 11, 24)))
    assert [rows[0]["id"], len(rows), header["since"]] == [1501, 1000, "2026-11-24"]
    walked = verify(path)
    assert (walked.fits, walked.chained, walked.rows) == (True, True, 1000)
    lines = path.read_text().splitlines(keepends=True)
    path.write_text("".join(lines[:500] + lines[501:]))
    assert verify(path).reason == "row 2000 is missing"


async def test_one_subject_alone_is_verified_row_by_row(database: Path, tmp_path: Path, now: datetime) -> None:
    path = tmp_path / "subject.jsonl"
    _, *rows = exported(database, path, now, Chosen(subject="acme/orders#1"))
    assert {row["subject"] for row in rows} == {"acme/orders#1"}
    walked = verify(path)
    assert (walked.fits, walked.chained, walked.rows) == (True, False, len(rows))
    path.write_text(path.read_text().replace('"n":4,', '"n":5,'))
    assert verify(path).reason == "row 5 was changed after it was written"


def _without(number: int) -> Callable[[list[str]], list[str]]:
    return lambda lines: lines[:number] + lines[number + 1 :]


def _with(number: int, old: str, new: str) -> Callable[[list[str]], list[str]]:
    def alter(lines: list[str]) -> list[str]:
        assert old in lines[number]
        return [*lines[:number], lines[number].replace(old, new), *lines[number + 1 :]]

    return alter


@pytest.mark.parametrize(
    ("alter", "broken_at", "reason"),
    [
        (_with(7, '"n":6', '"n":7'), 7, "row 7 was changed after it was written"),
        (_with(7, "acme/orders#0", "acme/orders#9"), 7, "row 7 was changed after it was written"),
        (_with(7, "09:30:00.123456", "09:30:00.123457"), 7, "row 7 was changed after it was written"),
        (_without(7), 8, "row 7 is missing"),
        (lambda lines: [*lines[:7], lines[8], lines[7], *lines[9:]], 8, "row 7 is missing"),
        (lambda lines: [*lines[:8], lines[7], *lines[8:]], 7, "row 7 comes after row 7"),
        (lambda lines: lines[:-1], None, "2,500 rows are said to be there, and 2,499 are"),
        (lambda lines: [*lines[:9], "{]\n", *lines[9:]], None, "line 10 of the file is no row"),
        (lambda lines: [*lines[:9], '{"id": 9}\n', *lines[9:]], None, "line 10 of the file is no row"),
    ],
)
async def test_an_altered_export_is_found_out(
    database: Path,
    tmp_path: Path,
    now: datetime,
    alter: Callable[[list[str]], list[str]],
    broken_at: int | None,
    reason: str,
) -> None:
    path = tmp_path / "ledger.jsonl"
    exported(database, path, now)
    path.write_text("".join(alter(path.read_text().splitlines(keepends=True))))
    walked = verify(path)
    assert (walked.fits, walked.broken_at, walked.reason) == (False, broken_at, reason)


@pytest.mark.parametrize(
    ("tampering", "broken_at"),
    [
        ("UPDATE ledger SET body = '{}' WHERE id = 2", 2),
        ("UPDATE ledger SET body = x'7b7d' WHERE id = 2", 2),
        ("UPDATE ledger SET at = 9223372036854775807 WHERE id = 3", 3),
        ("UPDATE ledger SET at = 'yesterday' WHERE id = 3", 3),
        ("UPDATE ledger SET body = 'not JSON' WHERE id = 4", 4),
        ("DELETE FROM ledger WHERE id = 5", 6),
    ],
)
async def test_what_was_altered_in_the_database_is_found_there_and_in_every_later_export(
    database: Path, tmp_path: Path, now: datetime, tampering: str, broken_at: int
) -> None:
    burglar = sqlite3.connect(database)
    for trigger in ("ledger_is_never_updated", "ledger_is_never_deleted", "ledger_only_grows"):
        burglar.execute(f"DROP TRIGGER {trigger}")
    burglar.execute(tampering)
    burglar.commit()
    burglar.close()
    assert verify(database).broken_at == broken_at
    if "x'" not in tampering:
        exported(database, tmp_path / "ledger.jsonl", now)
        walked = verify(tmp_path / "ledger.jsonl")
        assert not walked.fits and walked.rows == broken_at - 1 - ("DELETE" in tampering)


async def test_a_ledger_cut_off_or_written_anew_lacks_the_hash_that_was_kept(
    database: Path, tmp_path: Path, now: datetime
) -> None:
    _, *rows = exported(database, tmp_path / "ledger.jsonl", now)
    kept = rows[99]["hash"]
    assert verify(database, head=kept).fits
    async with await Store.open(tmp_path / "other.db") as store:
        await store.append([Entry("transition", "acme/orders#0", {"n": n}) for n in range(200)], now)
    assert verify(tmp_path / "other.db").fits
    assert "written anew" in verify(tmp_path / "other.db", head=kept).reason


async def test_the_ledger_is_read_while_a_server_writes_it(database: Path, now: datetime) -> None:
    async with await Store.open(database) as store:
        with opened(database) as connection:
            lines = export(connection, Chosen(), now)
            next(lines)
            await store.append([Entry("transition", "acme/orders#1", {})], now)
            assert len(list(lines)) == ROWS  # as it was when the export began
        assert verify(database).rows == ROWS + 1


def test_what_is_no_ledger_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(NotALedger, match=r"there is no database .*none\.db"), opened(tmp_path / "none.db"):
        pass
    sqlite3.connect(tmp_path / "empty.db").executescript("CREATE TABLE t (x)").connection.close()
    with pytest.raises(NotALedger, match="is no database of Countersign"):
        verify(tmp_path / "empty.db")
    (tmp_path / "text").write_text("hello\n")
    with pytest.raises(NotALedger, match="neither a database nor an export"):
        verify(tmp_path / "text")
    (tmp_path / "newer").write_text('{"format": "countersign ledger", "version": 9}\n')
    with pytest.raises(NotALedger, match="exported in version 9"):
        verify(tmp_path / "newer")
    (tmp_path / "broken.db").write_bytes(b"SQLite format 3\x00" + b"x" * 5000)
    with pytest.raises(NotALedger, match=r"broken\.db cannot be read"):
        verify(tmp_path / "broken.db")


def _rewritten(database: Path, number: int, body: str, *, until: int | None = None) -> None:
    """Somebody with the file changes a row, and makes all hashes fit again; or cuts off what comes after `until`."""
    burglar = sqlite3.connect(database)
    for trigger in ("ledger_is_never_updated", "ledger_is_never_deleted", "ledger_only_grows"):
        burglar.execute(f"DROP TRIGGER {trigger}")
    if until is not None:
        burglar.execute("DELETE FROM ledger WHERE id > ?", (until,))
    burglar.execute("UPDATE ledger SET body = ? WHERE id = ?", (body, number))
    previous = ""
    for row in burglar.execute("SELECT id, at, kind, subject, body FROM ledger ORDER BY id").fetchall():
        digest = hash_of(previous, *row)
        burglar.execute("UPDATE ledger SET previous = ?, hash = ? WHERE id = ?", (previous, digest, row[0]))
        previous = digest
    burglar.commit()
    burglar.close()


async def test_an_earlier_export_shows_what_was_written_anew_since_with_all_hashes_made_to_fit(
    database: Path, tmp_path: Path, now: datetime
) -> None:
    kept = tmp_path / "kept.jsonl"
    exported(database, kept, now)
    async with await Store.open(database) as store:
        await store.append([Entry("transition", "acme/orders#1", {})], now + timedelta(days=9))
    assert (verify(database, against=kept).fits, verify(database, against=kept).compared) == (True, ROWS)
    _rewritten(database, 1_700, '{"n":1,"to":"approved"}')
    assert verify(database).fits
    walked = verify(database, against=kept)
    assert (walked.broken_at, walked.reason) == (
        1_700,
        f"row 1700 is not the one that {kept} has: it was written anew",
    )


async def test_an_earlier_export_of_one_subject_shows_it_too_and_so_does_one_since_a_day(
    database: Path, tmp_path: Path, now: datetime
) -> None:
    subject, since = tmp_path / "subject.jsonl", tmp_path / "since.jsonl"
    _, *rows = exported(database, subject, now, Chosen(subject="acme/orders#1"))
    exported(database, since, now, Chosen(since=date(2026, 11, 24)))
    assert verify(database, against=subject).compared == len(rows)
    assert verify(database, against=since).compared == 1_000
    _rewritten(database, 1_600, "{}")
    assert "is not the one that" in verify(database, against=since).reason
    assert not verify(database, against=subject).fits


async def test_an_earlier_export_shows_that_the_end_was_cut_off(database: Path, tmp_path: Path, now: datetime) -> None:
    kept = tmp_path / "kept.jsonl"
    exported(database, kept, now)
    _rewritten(database, 1, '{"n":0,"to":"Ünicode ✓"}', until=2_000)
    assert verify(database).fits
    assert verify(database, against=kept).reason == f"row 2001, which {kept} has, was cut off"
    new = tmp_path / "new.jsonl"
    exported(database, new, now)
    assert verify(new, against=kept).reason == f"row 2001, which {kept} has, was cut off"


async def test_what_can_show_nothing_is_refused_and_not_said_to_fit(
    database: Path, tmp_path: Path, now: datetime
) -> None:
    whole, part = tmp_path / "whole.jsonl", tmp_path / "part.jsonl"
    exported(database, whole, now)
    header, *rows = exported(database, part, now, Chosen(since=date(2026, 11, 24)))
    with pytest.raises(NotALedger, match="not all of the ledger"):
        verify(part, against=whole)
    assert verify(part, head=rows[7]["hash"]).fits
    with pytest.raises(NotALedger, match="not all of the ledger"):
        verify(part, head=rows[0]["previous"])
    lines = whole.read_text().splitlines(keepends=True)
    part.write_text(json.dumps({**header, "since": None, "rows": None}) + "\n" + "".join(lines[1:9]))
    with pytest.raises(NotALedger, match="does not say how many rows"):
        verify(part)
    for altered, said in ((lines[:-1], "and has 2,499"), ([*lines[:5], lines[5].replace('"n":4', '"n":5')], "line 6")):
        part.write_text("".join(altered))
        with pytest.raises(NotALedger, match=said):
            verify(database, against=part)
