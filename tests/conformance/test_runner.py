"""The measuring itself."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests.conformance import measure as measuring
from tests.conformance.__main__ import main
from tests.conformance.cases import read_cases
from tests.conformance.measure import measure

TODAY = date(2026, 11, 20)
SHARED = Path(__file__).parents[3] / "shared" / "conformance"


def _document(**operation: Any) -> dict[str, Any]:
    responses = {"200": {"description": "OK", "content": {"application/json": {"schema": operation}}}}
    return {
        "openapi": "3.0.3",
        "info": {"title": "t", "version": "1"},
        "paths": {"/a": {"get": {"responses": responses}}},
    }


STRING, NUMBER = _document(type="string"), _document(type="number")
UNKNOWN = _document(type="string", madeUp=1)


def _case(name: str, base: Any, revision: Any, breaking: bool, **more: Any) -> dict[str, Any]:
    return {
        "format": "openapi",
        "name": name,
        "mode": "defaults, evaluated 2026-11-20",
        "base": base,
        "revision": revision,
        "expected_breaking": breaking,
        **more,
    }


def _write(folder: Path, *cases: dict[str, Any], name: str = "some") -> Path:
    path = folder / f"{name}.jsonl"
    path.write_text("\n".join(json.dumps(case) for case in cases) + "\n", encoding="utf-8")
    return path


def test_agreement_is_counted_and_disagreements_are_named(tmp_path: Path) -> None:
    path = _write(
        tmp_path,
        _case("found", STRING, NUMBER, True),
        _case("missed", STRING, STRING, True),
        _case("quiet", STRING, STRING, False),
        _case("false alarm", STRING, NUMBER, False),
        _case("meant", STRING, NUMBER, False),
    )
    result = measure(read_cases(path), TODAY, [(re.compile("^meant$"), "because")])

    assert result.as_json() == {
        "cases": 5,
        "agree": 2,
        "errors": 0,
        "breaking": 2,
        "breaking_found": 1,
        "compatible": 3,
        "breaking_false": 2,
        "deliberate": 1,
    }
    assert [(one.name, one.reason) for one in result.disagreements] == [
        ("missed", None),
        ("false alarm", None),
        ("meant", "because"),
    ]


def test_unclassified_never_finds_a_break_and_is_a_false_alarm(tmp_path: Path) -> None:
    path = _write(tmp_path, _case("a", STRING, UNKNOWN, True), _case("b", STRING, UNKNOWN, False))
    result = measure(read_cases(path), TODAY, [])

    assert (result.breaking_found, result.breaking_false, result.agree) == (0, 1, 0)


def test_a_crash_is_an_error_and_not_the_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def crash(*_: object) -> None:
        raise RuntimeError("boom")

    monkeypatch.setattr(measuring, "judge", crash)
    result = measure(read_cases(_write(tmp_path, _case("a", STRING, NUMBER, True))), TODAY, [])

    assert (result.errors, result.breaking, result.breaking_found, result.agree) == (1, 1, 0, 0)
    assert "boom" in result.disagreements[0].said


def test_warnings_of_the_source_are_compared_where_it_gives_levels(tmp_path: Path) -> None:
    base, head = (_document(type="string", enum=values) for values in (["a", "b"], ["a", "b", "c"]))
    warning = {"expected": [{"id": "x", "level": "warning"}]}
    path = _write(tmp_path, _case("a", base, head, False, **warning), _case("b", STRING, STRING, False, **warning))
    numbers = measure(read_cases(path), TODAY, []).as_json()

    assert (numbers["levels"], numbers["levels_found"]) == (2, 1)


def test_documents_may_be_values_texts_or_several_files(tmp_path: Path) -> None:
    files = {"api/openapi.yaml": json.dumps(STRING), "api/other.yaml": "a: 1\n"}
    path = _write(
        tmp_path,
        _case("value", STRING, STRING, False),
        _case("text", json.dumps(STRING), None, True),
        _case("files", files, files, False),
    )
    value, text, several = read_cases(path)

    assert len(value.base.documents) == 1
    assert text.base.entrypoint is not None and text.head.entrypoint is None
    assert set(several.base.documents) == set(files)


def test_the_day_of_the_source_comes_before_todays(tmp_path: Path) -> None:
    dated, undated = read_cases(
        _write(tmp_path, _case("a", STRING, STRING, False), {**_case("b", STRING, STRING, False), "mode": "defaults"})
    )

    assert dated.day(date(2030, 1, 1)) == TODAY
    assert undated.day(date(2030, 1, 1)) == date(2030, 1, 1)


def test_json_is_one_object_by_file_and_unsupported_formats_are_counted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _write(tmp_path, _case("a", STRING, NUMBER, True))
    _write(tmp_path, {**_case("b", {}, {}, True), "format": "cobol"}, name="other")

    assert main([str(tmp_path), "--json", "--today", "2026-11-20"]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert printed["some"]["breaking_found"] == 1
    assert (printed["other"]["cases"], printed["other"]["breaking"], printed["other"]["unsupported"]) == (1, 0, "cobol")


def test_a_folder_without_cases_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(tmp_path)]) == 2
    assert "no *.jsonl case files" in capsys.readouterr().err


@pytest.mark.skipif(not SHARED.is_dir(), reason="the case files are not on this machine")
def test_the_bot_agrees_with_oasdiff() -> None:
    deliberate = measuring.read_deliberate(Path(__file__).with_name("deliberate.yml"))
    result = measure(read_cases(SHARED / "oasdiff.jsonl"), TODAY, deliberate)

    assert result.errors == 0
    assert result.breaking_found >= 0.95 * result.breaking
    assert result.breaking_false - result.deliberate <= 0.01 * result.compatible
    assert [one.name for one in result.disagreements if one.reason is None] == []
