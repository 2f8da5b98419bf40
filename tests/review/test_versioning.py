"""A break that the version does not tell of: a finding of its own, for the decision owner."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from bot.judge.catalogue import Catalogue, rules_directory
from bot.registry.impact import Impact
from bot.registry.model import Registry, Version
from bot.registry.snapshot import ContractSides, Snapshot
from bot.review.assessment import Assessment, Compared, assess
from bot.review.values import RequirementState, Verdict
from bot.review.versioning import is_enough
from tests.judge.examples import compare_documents, side
from tests.review.story import CHECKOUT_CHO, COUNCIL_CARL, contract, held, registry, requirement, state

CATALOGUE = Catalogue.load(rules_directory())
TODAY = date(2026, 11, 21)
OPERATION = {"get": {"responses": {"200": {"description": "OK"}}}}


def document(version: str, *paths: str) -> dict[str, Any]:
    return {"openapi": "3.0.3", "info": {"title": "t", "version": version}, "paths": dict.fromkeys(paths, OPERATION)}


BEFORE = document("1.2.0", "/orders", "/old")


def policy(**version: str) -> Registry:
    return registry(contract(version=version or {"scheme": "semver"}))


def assessed(after: dict[str, Any], rules: Registry, released: dict[str, Any] | None = None) -> Assessment:
    comparison = compare_documents("openapi", BEFORE, after)
    releases = (("v1", compare_documents("openapi", released, after)),) if released else ()
    sides = ContractSides("orders-api", "openapi", side(BEFORE, "openapi"), side(after, "openapi"))
    one = Compared(sides, comparison, with_releases=releases)
    return assess(Snapshot("b", "b", "h", ()), [one], rules, CATALOGUE, TODAY)


def found(after: dict[str, Any], rules: Registry, released: dict[str, Any] | None = None) -> list[Impact]:
    return [i for i in assessed(after, rules, released).impacts if i.finding.rule.id == "version-not-raised"]


@pytest.mark.parametrize(
    ("after", "told"),
    [
        (document("1.2.0", "/orders"), ["stays as it is"]),
        (document("1.3.0", "/orders"), ["goes from 1.2.0 to 1.3.0"]),
        (document("2.0.0", "/orders"), []),
        (document("1.2.0", "/orders", "/old", "/new"), []),
    ],
)
def test_a_break_takes_a_version_that_says_so(after: dict[str, Any], told: list[str]) -> None:
    assert [i.finding.rule.title.rpartition(", but the version ")[2] for i in found(after, policy())] == told


@pytest.mark.parametrize(
    "rules",
    [
        registry(),
        policy(breaking_requires="none"),
        policy(scheme="none"),
        registry(contract(version={}, guarantees=({"at": "**", "level": "may_change"},))),
    ],
    ids=["no policy", "none required", "no versions", "nothing promised"],
)
def test_where_nothing_is_required_nothing_is_found(rules: Registry) -> None:
    assert found(document("1.2.0", "/orders"), rules) == []


def test_a_release_is_what_counts_where_the_policy_compares_with_releases() -> None:
    rules = registry(contract(version={}, compatibility={"against": ("base", "latest_release")}))
    after = document("1.2.0", "/orders")
    assert found(after, rules, released=document("0.9.0", "/orders", "/old")) == []
    assert len(found(after, rules, released=document("1.1.0", "/orders", "/old"))) == 1


def test_a_version_that_cannot_be_read_is_said_and_blocks_nothing() -> None:
    after = document("1.2.0", "/orders")
    rules = registry(contract(version={"from": "package.json"}))
    assert found(after, rules) == []
    assert any("package.json" in sentence for sentence in assessed(after, rules).not_checked)


def test_the_decision_owner_signs_it_beside_the_breaks_and_it_replaces_no_signature() -> None:
    impacts = assessed(document("1.2.0", "/orders"), policy()).impacts
    story = held(impacts=impacts, rules=policy())
    (version,) = [f for f in story.decide().findings if f.impact.finding.rule.id == "version-not-raised"]
    (asked,) = [r for r in story.decide().requirements if r.finding == version.id]
    assert str(asked.capacity) == "decision owner"
    story.says(COUNCIL_CARL, f"/approve-breaking {version.id}")
    story.says(CHECKOUT_CHO, "/approve-breaking")
    states = {r.finding: r.state for r in story.decide().requirements if str(r.capacity) == "decision owner"}
    assert sorted(states.values()) == [RequirementState.APPROVED, RequirementState.OPEN]
    story.impacts = assessed(document("2.0.0", "/orders"), policy()).impacts
    assert story.decide().verdict is Verdict.HELD
    assert state(story.decide()) is RequirementState.OPEN
    assert requirement(story.decide()).finding != version.id


@pytest.mark.parametrize(
    ("scheme", "requires", "before", "after", "enough"),
    [
        ("semver", "major", "1.2.0", "2.0.0", True),
        ("semver", "major", "1.2.0", "1.3.0", False),
        ("semver", "major", "2.0.0", "1.0.0", False),
        ("semver", "major", "0.4.1", "0.5.0", True),
        ("semver", "major", "0.4.1", "0.4.2", False),
        ("semver", "major", "0.4.1", "1.0.0", True),
        ("semver", "minor", "1.2.0", "1.3.0", True),
        ("semver", "minor", "1.2.0", "1.2.1", False),
        ("semver", "major", "v1", "v2", True),
        ("semver", "major", "one", "two", False),
        ("integer", "major", "7", "8", True),
        ("calver", "major", "2026.10", "2026.11", True),
        ("calver", "major", "2026.11", "2026.10", False),
    ],
)
def test_which_versions_tell_of_a_break(scheme: str, requires: str, before: str, after: str, *, enough: bool) -> None:
    version = Version.model_validate({"scheme": scheme, "breaking_requires": requires})
    assert is_enough(version, before, after) is enough
