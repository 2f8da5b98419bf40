"""A revert of what was never released: who follows releases loses nothing, so nobody has to sign."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import pytest

from bot.judge.catalogue import Catalogue, rules_directory
from bot.judge.finding import Level
from bot.registry.impact import Impact
from bot.registry.model import Consumer, Contract, Evidence, Registry, Use
from bot.registry.snapshot import ContractSides, Snapshot
from bot.review.assessment import Assessment, Compared, assess
from bot.review.reverts import Reverted, reverted
from bot.review.values import Verdict
from tests.judge.examples import compare_documents, side
from tests.review.story import CHECKOUT, CHECKOUT_CHO, Story, contract, registry

CATALOGUE = Catalogue.load(rules_directory())
TODAY = date(2026, 11, 21)


def document(limit: int = 100, fields: Sequence[str] = ("id",), version: str = "1.4.0") -> dict[str, Any]:
    """An operation with a page size of at most `limit` that answers with `fields`."""
    order = {"type": "object", "required": list(fields), "properties": {name: {"type": "string"} for name in fields}}
    size = {"name": "size", "in": "query", "schema": {"type": "integer", "maximum": limit}}
    ok = {"description": "OK", "content": {"application/json": {"schema": order}}}
    paths = {"/orders": {"get": {"parameters": [size], "responses": {"200": ok}}}}
    return {"openapi": "3.0.3", "info": {"title": "t", "version": version}, "paths": paths}


def using(element: str) -> Consumer:
    use = Use(contract="orders-api", elements=(element,), evidence=Evidence(kind="pact"))
    return Consumer(id="checkout-web", owner=CHECKOUT, uses=(use,))


SIZE = using("GET /orders query:size")


def assessed(
    released: dict[str, Any],
    base: dict[str, Any],
    head: dict[str, Any],
    *consumers: Consumer,
    policy: Contract | None = None,
    before: dict[str, Any] | None = None,
) -> tuple[Assessment, Registry]:
    """before: what stood there before what is reverted; as it was released, if nothing is said."""
    rules = registry(policy or contract(), consumers or (SIZE,))
    sides = ContractSides("orders-api", "openapi", side(base, "openapi"), side(head, "openapi"))
    newest = ("v1.4.0", tuple(compare_documents("openapi", side, head) for side in (released, before or released)))
    one = Compared(sides, compare_documents("openapi", base, head), with_newest=newest)
    return assess(Snapshot("b", "b", "h", ()), [one], rules, CATALOGUE, TODAY), rules


def breaking(assessment: Assessment) -> list[Impact]:
    found = [impact for impact in assessment.impacts if impact.finding.level is Level.BREAKING]
    assert found, "the base to which the revert goes is broken by it"
    return found


def verdict(assessment: Assessment, rules: Registry) -> Verdict:
    return Story(impacts=assessment.impacts, rules=rules).decide().verdict


def test_what_goes_back_to_the_release_needs_nobody() -> None:
    found, rules = assessed(document(100), document(200), document(100))
    assert [impact.undoes_since for impact in breaking(found)] == ["v1.4.0"]
    assert verdict(found, rules) is Verdict.CLEAR


def test_what_goes_half_way_back_takes_nothing_from_the_release() -> None:
    found, rules = assessed(document(100), document(200), document(150))
    assert verdict(found, rules) is Verdict.CLEAR


def test_what_goes_back_behind_the_release_is_asked_for() -> None:
    found, rules = assessed(document(100), document(200), document(50))
    assert not any(impact.undoes_since for impact in breaking(found))
    assert verdict(found, rules) is Verdict.HELD


def test_a_field_that_no_release_had_goes_unasked() -> None:
    found, rules = assessed(document(), document(fields=("id", "nickname")), document())
    assert verdict(found, rules) is Verdict.CLEAR


def test_a_field_that_a_consumer_already_reads_is_asked_for_though_no_release_had_it() -> None:
    reader = using("GET /orders 200:$.nickname")
    found, rules = assessed(document(), document(fields=("id", "nickname")), document(), reader)
    assert verdict(found, rules) is Verdict.HELD


def test_of_two_breaks_only_the_one_that_was_released_is_asked_for() -> None:
    found, rules = assessed(
        document(100, ("id", "total")), document(200, ("id", "total", "nickname")), document(100, ("id",))
    )
    told = {impact.finding.change.element: impact.undoes_since for impact in breaking(found)}
    assert told == {
        "GET /orders query:size": "v1.4.0",
        "GET /orders 200:$.nickname": "v1.4.0",
        "GET /orders 200:$.total": "",
    }
    assert verdict(found, rules) is Verdict.HELD


def test_what_stood_there_before_what_is_reverted_is_asked_for_though_no_release_had_it() -> None:
    """Merged long ago and not released yet: somebody may follow the branch."""
    found, rules = assessed(document(100), document(300), document(100), before=document(200))
    assert verdict(found, rules) is Verdict.HELD


def test_going_back_takes_no_new_version() -> None:
    policy = contract(version={"scheme": "semver"})
    found, rules = assessed(document(100), document(200, version="2.0.0"), document(100), policy=policy)
    assert verdict(found, rules) is Verdict.CLEAR


def test_what_was_promised_until_a_day_stays_though_it_was_never_released() -> None:
    policy = contract(deprecated=({"at": "GET /orders 200:$.nickname", "sunset": "2027-06-01"},))
    found, rules = assessed(document(), document(fields=("id", "nickname")), document(), policy=policy)
    assert verdict(found, rules) is Verdict.HELD


def test_an_objection_to_a_revert_makes_the_decision_owner_decide() -> None:
    found, rules = assessed(document(100), document(200), document(100))
    story = Story(impacts=found.impacts, rules=rules)
    story.publish()
    story.says(CHECKOUT_CHO, f"/object {story.decide().findings[0].id} -- we send 200 already")
    assert story.decide().verdict is Verdict.HELD


SHA = "3f2c1abd90" * 4


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("Reverts acme/orders#12", Reverted(pulls=(12,))),
        ("Reverts Acme/Orders#12", Reverted(pulls=(12,))),
        ("Reverts #12", Reverted(pulls=(12,))),
        (f"This reverts commit {SHA}.", Reverted(commits=(SHA,))),
        ("Too many at once.\r\n\r\nReverts acme/orders#12", Reverted(pulls=(12,))),
        (f"Reverts #12\nReverts #13\nThis reverts commit {SHA}.", Reverted((12, 13), (SHA,))),
    ],
)
def test_a_revert_names_what_it_reverts(text: str, named: Reverted) -> None:
    assert reverted("acme/orders", ["", text]) == named


@pytest.mark.parametrize(
    "text",
    ["Reverted #12", "Do not say Reverts #12", "Reverts", "Reverts acme/other#12", "This reverts commit 3f2c1ab", ""],
)
def test_other_words_name_nothing(text: str) -> None:
    assert not reverted("acme/orders", [text])
