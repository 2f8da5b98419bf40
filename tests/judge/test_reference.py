"""The rule reference, and what other tools check."""

from __future__ import annotations

from pathlib import Path

import yaml

from bot.judge.catalogue import rules_directory, shipped
from bot.judge.reference import reference

ROOT = Path(__file__).parents[2]
OASDIFF = [
    f"oasdiff/{line}"
    for line in Path(__file__).with_name("oasdiff_ids.txt").read_text(encoding="utf-8").splitlines()
    if not line.startswith("#")
]
ABSENT = yaml.safe_load((rules_directory() / "absent.yml").read_text(encoding="utf-8"))


def test_the_reference_in_docs_is_the_catalogue_of_today() -> None:
    written = (ROOT / "docs" / "rules.md").read_text(encoding="utf-8")

    assert written == reference(rules_directory()), "run: python -m bot.judge.reference > docs/rules.md"


def test_the_reference_has_every_rule_and_no_open_placeholder() -> None:
    page = reference(rules_directory())

    assert all(f"### `{id}`" in page for id in shipped().entries)
    assert "{subject}" not in page


def test_every_check_of_oasdiff_has_a_rule_or_a_reason() -> None:
    covered = {name for entry in shipped().entries.values() for name in entry.also}
    excused = {name for entry in ABSENT for name in entry["ids"]}

    assert len(OASDIFF) == 509
    assert [name for name in OASDIFF if name not in covered | excused] == []
    assert covered & excused == set()
    assert all(name in OASDIFF for name in covered | excused if name.startswith("oasdiff/"))
    assert all(entry["reason"].strip() for entry in ABSENT)
