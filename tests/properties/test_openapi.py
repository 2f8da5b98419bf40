"""What must hold for every pair of OpenAPI documents."""

from __future__ import annotations

import random
from typing import Any

import orjson
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.contracts.address import parse
from bot.judge.catalogue import shipped
from tests.properties.documents import Path, anything, compared, paths, replaced, sample, side, without

PLACES = paths(sample())
CATALOGUE = shipped()


def shuffled(value: Any, order: random.Random) -> Any:
    """The same document with the keys of every mapping in another order."""
    if isinstance(value, dict):
        keys = list(value)
        order.shuffle(keys)
        return {key: shuffled(value[key], order) for key in keys}
    return [shuffled(item, order) for item in value] if isinstance(value, list) else value


def verdicts(base: Any, head: Any) -> set[tuple[str, str, str]]:
    findings = CATALOGUE.judge("c", "openapi", compared(base, head).changes)
    return {
        (verdict.rule.id, verdict.level, place.address)
        for finding in findings
        for verdict in finding.verdicts
        for place in verdict.places
    }


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(PLACES), anything, st.sampled_from(PLACES), anything)
def test_nothing_in_a_document_makes_the_comparison_fail(first: Path, one: Any, second: Path, other: Any) -> None:
    base, head = replaced(sample(), first, one), replaced(sample(), second, other)

    for change in compared(base, head).changes:
        assert change.places
        for place in change.places:
            assert parse(place.address)


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(PLACES), anything)
def test_a_document_compared_with_itself_has_no_changes(place: Path, value: Any) -> None:
    document = replaced(sample(), place, value)
    written = orjson.dumps(document, option=orjson.OPT_INDENT_2)

    changes = compared(document, written).changes

    assert {change.fact for change in changes} <= {"contract.unreadable"}


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(PLACES[1:]), st.randoms(use_true_random=False))
def test_the_order_of_keys_changes_no_verdict(place: Path, order: random.Random) -> None:
    head = without(sample(), place)

    assert verdicts(sample(), head) == verdicts(shuffled(sample(), order), shuffled(head, order))


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(PLACES[1:]))
def test_yaml_and_json_give_the_same_verdicts(place: Path) -> None:
    head = without(sample(), place)

    as_yaml = yaml.safe_dump(head, sort_keys=False).encode()

    assert verdicts(sample(), head) == verdicts(sample(), as_yaml)


@settings(max_examples=80, deadline=None)
@given(st.sampled_from(PLACES[1:]))
def test_swapping_the_sides_swaps_added_and_removed(place: Path) -> None:
    head = without(sample(), place)
    there = {c.fact for c in compared(sample(), head).changes}
    back = {c.fact for c in compared(head, sample()).changes}

    for ending, opposite in ((".added", ".removed"), (".removed", ".added")):
        for fact in there:
            twin = fact.removesuffix(ending) + opposite
            if fact.endswith(ending) and fact.startswith(("operation.", "parameter.", "response.", "media_type.")):
                assert twin in back or fact.startswith(("operation.removed", "operation.added")), (fact, back)


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(PLACES[1:]))
def test_every_change_has_a_line(place: Path) -> None:
    head = without(sample(), place)

    for change in compared(orjson.dumps(sample(), option=orjson.OPT_INDENT_2), head).changes:
        assert change.position is not None
        assert change.position.line >= 1


def test_a_renamed_file_with_the_same_words_is_no_change() -> None:
    from bot.contracts.formats import compare
    from bot.contracts.options import Options
    from tests.properties.documents import TODAY

    found = compare("openapi", side(sample(), "a.json"), side(sample(), "api/b.json"), options=Options(TODAY))

    assert found.changes == ()
