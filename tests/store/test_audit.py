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
