"""Cases of buf are measured report by report, under their own settings."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests.conformance.buf import RULES, measure_annotations, read_settings
from tests.conformance.cases import read_cases
from tests.conformance.measure import measure, read_deliberate

TODAY = date(2026, 11, 20)
SHARED = Path(__file__).parents[3] / "shared" / "conformance" / "buf_breaking.jsonl"
BASE = 'syntax = "proto3";\npackage a.v1beta1;\nmessage A { int32 x = 1; }\nmessage B { }\n'
HEAD = 'syntax = "proto3";\npackage a.v1beta1;\nmessage A { string x = 1; }\n'


def _case(settings: str, *expected: dict[str, Any], folder: str = "") -> dict[str, Any]:
    return {
        "name": "case",
        "base": {f"{folder}1.proto": BASE},
        "revision": {f"{folder}1.proto": HEAD, "buf.yaml": settings},
        "expected_annotations": list(expected),
    }


SAME_TYPE = {"file": "1.proto", "start": [3, 13], "end": [3, 19], "rule": "FIELD_SAME_TYPE"}
NO_DELETE = {"file": "1.proto", "rule": "MESSAGE_NO_DELETE"}


def test_without_settings_the_category_is_file() -> None:
    own, _ = measure_annotations(_case("", SAME_TYPE, NO_DELETE), TODAY)
    assert (own.expected, own.found, own.extra) == (2, 2, [])


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ("breaking: {use: [FIELD_SAME_TYPE]}", [SAME_TYPE]),
        ("breaking: {use: [FILE], except: [FIELD_SAME_TYPE]}", [NO_DELETE]),
        ("breaking: {use: [FILE], ignore_only: {MESSAGE_NO_DELETE: [1.proto]}}", [SAME_TYPE]),
        ("breaking: {use: [FILE], ignore: [1.proto]}", []),
        ("breaking: {use: [FILE], ignore_unstable_packages: true}", []),
    ],
)
def test_settings_are_heeded(settings: str, expected: list[dict[str, Any]]) -> None:
    own, _ = measure_annotations(_case(settings, *expected), TODAY)
    assert (own.expected, own.found, own.extra) == (len(expected), len(expected), [])


def test_paths_begin_below_the_roots() -> None:
    own, _ = measure_annotations(_case("build: {roots: [root]}", SAME_TYPE, NO_DELETE, folder="root/"), TODAY)
    assert (own.found, own.extra) == (2, [])


def test_what_is_missing_and_extra_is_told() -> None:
    elsewhere = {**SAME_TYPE, "start": [2, 1]}
    own, _ = measure_annotations(_case("breaking: {use: [FIELD_SAME_TYPE]}", elsewhere), TODAY)
    assert own.missing == ["case: missing FIELD_SAME_TYPE 1.proto:2"]
    assert own.extra == ["case: extra FIELD_SAME_TYPE 1.proto:3"]


def test_categories_and_old_names_stand_for_their_rules() -> None:
    assert read_settings("breaking: {use: [WIRE]}").rules == RULES["WIRE"]
    assert read_settings("breaking: {use: [FIELD_SAME_CTYPE]}").rules == {"FIELD_SAME_CPP_STRING_TYPE"}


@pytest.mark.skipif(not SHARED.exists(), reason="the case files are not part of the project")
def test_the_known_cases_agree_but_for_what_is_meant() -> None:
    deliberate = read_deliberate(Path(__file__).with_name("deliberate.yml"))
    result = measure(read_cases(SHARED), TODAY, deliberate)
    assert result.disagreements == []
    assert (result.annotations_found or 0) >= 0.97 * (result.annotations or 0) > 0
    assert (result.annotations_extra, result.category_annotations_extra) == (0, 0)
