"""The matcher, and what a wrong rule file or a hostile contract does to it."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.contracts.change import Change, Place
from bot.judge.catalogue import UNCLASSIFIED, Catalogue, shipped
from bot.judge.entry import CatalogueError
from bot.judge.finding import Finding, Level

RULES = """
- id: gone-for-readers
  fact: thing.removed
  where: {direction: response, kind: [field, map]}
  level: breaking
  title: "`{name}` is gone"
  why: Readers miss {before}.
- id: gone-kept-quiet
  fact: thing.removed
  where: {secret: true}
  level: compatible
  title: A secret is gone
  why: Nobody knew it.
- id: gone
  fact: ["thing.removed", "other.*"]
  where: {loud: {not: true}, shy: false}
  level: risky
  title: Gone
  why: Who knows.
"""


def catalogue(folder: Path, text: str = RULES, name: str = "demo.yml") -> Catalogue:
    (folder / name).write_text(text, encoding="utf-8")
    return Catalogue.load(folder)


def change(*places: dict[str, str | bool], fact: str = "thing.removed", **attributes: str | bool) -> Change:
    made = tuple(Place(f"place{number}", place) for number, place in enumerate(places or ({},)))
    return Change(fact, "Thing:$", made, before="a thing", attributes=attributes)


def judge(rules: Catalogue, *changes: Change, **overrides: list[str]) -> tuple[Finding, ...]:
    return rules.judge("shop", "demo", changes, overrides)


def test_each_place_gets_the_first_rule_that_matches_it_and_the_worst_speaks(tmp_path: Path) -> None:
    rules = catalogue(tmp_path)
    (finding,) = judge(
        rules, change({"direction": "request"}, {"direction": "response"}, {"secret": True}, kind="field", name="x")
    )

    assert [(v.rule.id, [p.address for p in v.places]) for v in finding.verdicts] == [
        ("gone-for-readers", ["place1"]),
        ("gone", ["place0"]),
        ("gone-kept-quiet", ["place2"]),
    ]
    assert finding.level is Level.BREAKING
    assert [place.address for place in finding.places] == ["place1"]
    assert (finding.rule.title, finding.rule.why) == ("`x` is gone", "Readers miss a thing.")


def test_an_attribute_of_the_place_counts_before_one_of_the_change(tmp_path: Path) -> None:
    (finding,) = judge(catalogue(tmp_path), change({"secret": True}, secret=False))

    assert finding.rule.id == "gone-kept-quiet"


def test_a_fact_without_a_rule_is_unclassified(tmp_path: Path) -> None:
    rules = catalogue(tmp_path)

    (unknown,) = judge(rules, change(fact="brand.new"))
    (loud,) = judge(rules, change({"loud": True}))
    (covered,) = judge(rules, change(fact="other.thing"))
    assert (unknown.rule.id, unknown.level) == (UNCLASSIFIED, Level.UNCLASSIFIED)
    assert loud.level is Level.UNCLASSIFIED
    assert covered.rule.id == "gone"


def test_a_registry_moves_a_rule_to_another_level(tmp_path: Path) -> None:
    (finding,) = judge(catalogue(tmp_path), change(), breaking=["gone"])

    assert (finding.rule.id, finding.level, finding.rule.level) == ("gone", Level.BREAKING, Level.BREAKING)


def test_text_from_a_contract_is_never_read_for_fields_and_never_leaves_its_quotes(tmp_path: Path) -> None:
    (finding,) = judge(catalogue(tmp_path), change({"direction": "response"}, kind="field", name="{before}`<b>\n{x}"))

    assert finding.rule.title == "`{before}'<b> {x}` is gone"


def test_a_missing_field_is_said_and_does_not_crash(tmp_path: Path) -> None:
    (finding,) = judge(catalogue(tmp_path), change({"direction": "response"}, kind="field"))

    assert finding.rule.title == "`none` is gone"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("- id: Not Kebab\n  fact: a\n  level: risky\n  title: t\n  why: w\n", "demo.yml:1: id: "),
        ("\n- id: ok\n  fact: a\n  level: fatal\n  title: t\n  why: w\n", "demo.yml:2: level: "),
        ("- id: ok\n  fact: a\n  level: risky\n  title: t\n  why: w\n  colour: red\n", "demo.yml:1: colour: "),
        ("rules: {}\n", "demo.yml:1: a rule file is a list of rules"),
        ("- id: [\n", "demo.yml: not readable as YAML"),
        (RULES + "- id: gone\n  fact: b\n  level: risky\n  title: t\n  why: w\n", "demo.yml: the id `gone` is taken"),
    ],
)
def test_a_wrong_rule_file_is_refused_with_file_and_line(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(CatalogueError) as refused:
        catalogue(tmp_path, text)

    assert str(refused.value).startswith(said)


def test_rules_of_the_format_come_before_the_shared_ones(tmp_path: Path) -> None:
    (tmp_path / "common.yml").write_text(RULES, encoding="utf-8")
    own = "- id: own\n  fact: thing.removed\n  level: compatible\n  title: t\n  why: w\n"

    (finding,) = judge(catalogue(tmp_path, own), change())
    assert finding.rule.id == "own"


def test_the_shipped_catalogue_is_read_without_its_examples() -> None:
    entries = shipped().entries

    assert entries["response-required-property-removed"].level is Level.BREAKING
    assert not any(entry.examples for entry in entries.values())
