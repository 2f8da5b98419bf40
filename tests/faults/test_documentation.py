"""docs/reliability.md names tests; they are there."""

from __future__ import annotations

import re
from pathlib import Path

from tests.github_standin.faults import KINDS

_ROOT = Path(__file__).parents[2]
_TEXT = (_ROOT / "docs" / "reliability.md").read_text()


def test_every_test_that_the_document_names_exists() -> None:
    there = {
        name
        for file in (_ROOT / "tests").rglob("test_*.py")
        for name in re.findall(r"^(?:async )?def (test_\w+)", file.read_text(), re.MULTILINE)
    }
    named = set(re.findall(r"`(test_\w+)`", _TEXT))
    assert len(named) > 100
    assert named - there == set()


def test_every_behaviour_and_every_fault_is_in_the_document() -> None:
    numbers = [int(number) for number in re.findall(r"^\| (\d+) \|", _TEXT, re.MULTILINE)]
    assert numbers == list(range(1, 52))
    faults = _TEXT.partition("## Faults")[2].partition("## Attacks")[0]
    assert [kind for kind in KINDS if f"`{kind}`" not in faults] == []
