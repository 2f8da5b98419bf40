"""How contracts are enforced whose repository does not say it: an edit of that is an edit of the gate."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from bot.registry.floors import with_floors
from bot.registry.impact import Impact
from bot.registry.model import Registry
from tests.registry.editing import SHOP, affected, impacts, only, swapped
from tests.registry.registries import registry


def _judging(text: str, *, of_the_organisation: bool = False) -> Registry:
    """The registry on the base, where the organisation's default is to observe."""
    found = with_floors(registry(text), None, enforcement="observe")
    return found.model_copy(update={"is_organisations": of_the_organisation})


def _said(enforcement: str) -> str:
    return swapped("    type: openapi\n", f"    type: openapi\n    enforcement: {enforcement}\n")


def _rules(found: Sequence[Impact]) -> list[str]:
    return [impact.finding.rule.id for impact in found]


@pytest.mark.parametrize("said", ["warn", "enforce"])
def test_a_contract_that_stops_saying_it_is_lowered_to_what_the_organisation_says(said: str) -> None:
    found = only(impacts(_said(said), SHOP, protected=_judging(_said(said))))
    change = found.finding.change
    assert (found.finding.rule.id, change.before, change.after) == ("enforcement-lowered", said, "observe")
    assert affected(found) == ["billing", "checkout"]


def test_a_contract_that_begins_to_say_it_is_raised() -> None:
    assert _rules(impacts(SHOP, _said("warn"), protected=_judging(SHOP))) == ["enforcement-raised"]
    assert impacts(SHOP, _said("observe"), protected=_judging(SHOP)) == ()


@pytest.mark.parametrize(
    ("before", "after", "rule"),
    [
        ("", "defaults: {enforcement: observe}\n", "enforcement-lowered"),
        ("defaults: {enforcement: warn}\n", "defaults: {enforcement: observe}\n", "enforcement-lowered"),
        ("defaults: {enforcement: warn}\n", "", "enforcement-raised"),
    ],
)
def test_the_organisations_default_is_an_edit_of_its_own_in_its_own_repository_only(
    before: str, after: str, rule: str
) -> None:
    before, after = before + _said("enforce"), after + _said("enforce")
    found = only(impacts(before, after, protected=_judging(before, of_the_organisation=True)))
    assert (found.finding.rule.id, found.finding.change.element) == (rule, "defaults.enforcement")
    assert affected(found) == (["billing", "checkout"] if rule == "enforcement-lowered" else [])
    assert impacts(before, after, protected=_judging(before)) == ()
