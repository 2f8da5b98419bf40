"""Every example of every rule file, run both ways through the real comparison."""

from __future__ import annotations

from typing import Any

import pytest

from bot.judge.catalogue import Catalogue, rules_directory
from bot.judge.entry import Entry
from tests.judge.examples import FORMAT_OF_FILE, documents, rules_found
from tests.judge.registry_examples import registries, registry_rules_found

CATALOGUE = Catalogue.load(rules_directory(), examples=True)

NOT_FROM_A_COMPARISON = {
    "snapshot-incomplete",
    "version-not-raised",
    "guarantees-unclear",
    "registry-rewritten",
    "behaviour-test-removed",
    "evidence-lost",
}
"""Rules for facts that arise elsewhere; the tests of that place run them."""


def _examples(*, of_registry: bool = False) -> list[Any]:
    return [
        pytest.param(name, entry, example, id=f"{entry.id}-{number}")
        for name, entries in CATALOGUE.files.items()
        if (name == "registry") is of_registry
        for entry in entries
        for number, example in enumerate(entry.examples)
    ]


@pytest.mark.parametrize(("file", "entry", "example"), _examples())
def test_an_example_shows_its_rule_in_both_directions(file: str, entry: Entry, example: dict[str, Any]) -> None:
    format = FORMAT_OF_FILE.get(file, file)
    before, after = documents(example, format)
    options = example.get("options")

    assert rules_found(CATALOGUE, format, before, after, options) == set(example["finds"])
    assert rules_found(CATALOGUE, format, after, before, options) == set(example["reversed"])
    assert entry.id in example["finds"], "the first direction of an example shows the rule that it stands under"


@pytest.mark.parametrize(("file", "entry", "example"), _examples(of_registry=True))
def test_an_example_of_a_registry_edit_shows_its_rule(file: str, entry: Entry, example: dict[str, Any]) -> None:
    before, after = registries(example)
    paths = example.get("paths", [])

    assert registry_rules_found(CATALOGUE, before, after, paths) == set(example["finds"])
    assert registry_rules_found(CATALOGUE, after, before, paths) == set(example["reversed"])
    assert entry.id in example["finds"], "the first direction of an example shows the rule that it stands under"


@pytest.mark.parametrize("entry", CATALOGUE.entries.values(), ids=lambda entry: entry.id)
def test_every_rule_has_an_example_and_words(entry: Entry) -> None:
    assert entry.examples or entry.id in NOT_FROM_A_COMPARISON
    assert entry.title.strip() and entry.why.strip()
    if entry.level in ("breaking", "risky"):
        assert entry.title[-1] != ".", "titles are not sentences"


def test_the_catalogue_knows_at_least_120_facts() -> None:
    facts = {fact for entry in CATALOGUE.entries.values() for fact in entry.fact}

    assert len(facts) >= 120
    assert len(CATALOGUE.entries) >= 250
