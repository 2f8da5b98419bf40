"""`countersign audit`: exit codes, and what is written where. What is verified how: tests/store/test_audit.py."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.cli import main
from bot.store import Entry, Store

NOW = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)


@pytest.fixture
async def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("COUNTERSIGN_DATA", str(tmp_path))
    monkeypatch.delenv("DATABASE_URL", raising=False)
    async with await Store.open(tmp_path / "countersign.db") as store:
        await store.append([Entry("transition", f"acme/orders#{n}", {"n": n}) for n in range(3)], NOW)
    return tmp_path / "countersign.db"


def test_an_export_verifies_and_an_altered_one_exits_with_1(
    database: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    assert main(["audit", "export"]) == 0
    said = capfdbinary.readouterr()
    assert said.err == b""
    path = database.with_name("ledger.jsonl")
    path.write_bytes(said.out)
    head = json.loads(said.out.splitlines()[0])["head"]
    assert main(["audit", "verify", str(path), "--head", head]) == 0
    assert f"3 rows, each follows from the one before\n  The last one's hash is {head}" in _text(capfdbinary)
    path.write_bytes(said.out.replace(b'"n":1', b'"n":2'))
    assert main(["audit", "verify", str(path)]) == 1
    assert "row 2 was changed after it was written\n  1 row before that fit." in _text(capfdbinary)


def test_an_export_that_was_kept_is_held_against_the_database(
    database: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    assert main(["audit", "export"]) == 0
    kept = database.with_name("kept.jsonl")
    kept.write_bytes(capfdbinary.readouterr().out)
    assert main(["audit", "verify", "--against", str(kept)]) == 0
    assert f"  All 3 of {kept} are among them, unchanged." in _text(capfdbinary)
    assert main(["audit", "verify", "--against", str(database)]) == 2
    assert b"is a database: a ledger is held against an export" in capfdbinary.readouterr().err
    assert main(["audit", "verify", "--against", str(database.with_name("none.jsonl"))]) == 2
    assert b"none.jsonl cannot be read" in capfdbinary.readouterr().err


def test_the_database_of_the_environment_is_verified(database: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    assert main(["audit", "verify"]) == 0
    assert str(database) in _text(capfdbinary)
    assert main(["audit", "verify", "--head", "0" * 64]) == 1


def test_rows_are_chosen_by_day_and_subject(database: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    assert main(["audit", "export", "--subject", "acme/orders#1", "--since", "2026-11-01"]) == 0
    header, row = map(json.loads, capfdbinary.readouterr().out.splitlines())
    assert (header["subject"], header["since"], row["id"]) == ("acme/orders#1", "2026-11-01", 2)
    assert main(["audit", "export", "--since", "2026-11-22", "--database", str(database)]) == 0
    assert len(capfdbinary.readouterr().out.splitlines()) == 1


def test_what_cannot_be_read_exits_with_2(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    monkeypatch.setenv("COUNTERSIGN_DATA", str(tmp_path))
    for arguments in (["verify"], ["export"], ["verify", str(tmp_path)]):
        assert main(["audit", *arguments]) == 2
        assert capfdbinary.readouterr().err.startswith(b"countersign: ")
    monkeypatch.setenv("DATABASE_URL", "postgresql://x")
    assert main(["audit", "verify"]) == 2
    with pytest.raises(SystemExit) as refused:
        main(["audit", "verify", "--head", "abc"])
    assert refused.value.code == 2


def _text(captured: pytest.CaptureFixture[bytes]) -> str:
    return captured.readouterr().out.decode()


async def test_a_rollout_is_told_from_the_ledger(database: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    asked = {"contract": "orders-api", "finding": "a", "blocking": True, "enforcement": "observe", "state": "open"}
    async with await Store.open(database) as store:
        await store.append([Entry("decision", "acme/orders#1", {"requirements": [asked]})], NOW)
    assert main(["audit", "rollout"]) == 0
    assert "acme/orders orders-api" in _text(capfdbinary)
    assert main(["audit", "rollout", "--since", "2026-11-22"]) == 0
    assert "Nothing was held so far" in _text(capfdbinary)
