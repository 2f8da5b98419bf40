from __future__ import annotations

import pytest

from bot.judge.finding import Level
from bot.report import words


@pytest.mark.parametrize(
    ("names", "spelled"),
    [
        ([], ""),
        (["a"], "a"),
        (["a", "b"], "a and b"),
        (["a", "b", "c"], "a, b and c"),
        (["a", "b", "c", "d"], "a, b, c and d"),
        (["a", "b", "c", "d", "e", "f"], "a, b, c and 3 more"),
    ],
)
def test_lists_read_as_people_write_them(names: list[str], spelled: str) -> None:
    assert words.joined(names) == spelled


@pytest.mark.parametrize(
    ("levels", "spelled"),
    [
        ([], "no change"),
        ([Level.BREAKING], "1 breaking change"),
        ([Level.BREAKING] * 2, "2 breaking changes"),
        ([Level.UNCLASSIFIED, Level.BREAKING, Level.BREAKING], "2 breaking and 1 unclassified change"),
        ([Level.COMPATIBLE] * 1200 + [Level.RISKY], "1 risky and 1,200 compatible changes"),
    ],
)
def test_changes_are_counted_by_level_worst_first(levels: list[Level], spelled: str) -> None:
    assert words.changes_by_level(levels) == spelled


@pytest.mark.parametrize(
    ("shown", "spelled"),
    [
        ("string", "string"),
        (True, "true"),
        (["a", 1], '["a", 1]'),
        ({"x": {"b", "a"}}, '{"x": ["a", "b"]}'),
        ("x" * 200, "x" * 79 + "…"),
    ],
)
def test_values_are_shown_as_a_contract_spells_them(shown: object, spelled: str) -> None:
    assert words.value(shown) == spelled
