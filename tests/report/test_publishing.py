from __future__ import annotations

from dataclasses import replace

import pytest

from bot.judge.finding import Level
from bot.report.publishing import LABELS, MANAGED_LABELS, publication
from bot.review.values import Asks, Decision
from tests.report.samples import (
    BROKEN_REGISTRY,
    CLEAR,
    CONTEXT,
    HELD,
    MAPPING,
    MARIA,
    NOTHING,
    REGISTRY,
    RELEASED,
    STATUS,
    refused,
)


@pytest.mark.parametrize(
    ("decision", "labels"),
    [
        (HELD, {"contract: breaking"}),
        (RELEASED, {"contract: breaking"}),
        (replace(HELD, findings=(MAPPING,)), {"contract: breaking"}),
        (replace(CLEAR, findings=(STATUS, *CLEAR.findings)), {"contract: risky"}),
        (CLEAR, {"contract: compatible"}),
        (NOTHING, set()),
        (BROKEN_REGISTRY, set()),
    ],
)
def test_exactly_one_label_says_the_worst_of_a_change(decision: Decision, labels: set[str]) -> None:
    assert publication(decision, REGISTRY, CONTEXT).labels == labels


def test_every_level_has_one_of_the_managed_labels() -> None:
    assert set(LABELS) == set(Level)
    assert {"contract: breaking", "contract: risky", "contract: compatible"} == MANAGED_LABELS


def test_a_pull_request_without_contract_changes_is_left_in_peace() -> None:
    assert publication(NOTHING, REGISTRY, CONTEXT).comment is None


def test_a_comment_that_is_there_is_kept_true() -> None:
    shown = publication(NOTHING, REGISTRY, replace(CONTEXT, commented=True)).comment
    assert shown is not None
    assert shown.startswith("### ✅ No contract change")


def test_a_command_is_answered_even_without_contract_changes() -> None:
    asked = replace(NOTHING, answers=(refused(MARIA, 1, "There is nothing to sign here."),))
    shown = publication(asked, REGISTRY, CONTEXT).comment
    assert shown is not None
    assert "There is nothing to sign here." in shown


def test_a_broken_registry_is_explained_in_a_comment() -> None:
    assert publication(BROKEN_REGISTRY, None, CONTEXT).comment is not None


def test_reviewers_are_those_that_the_decision_asks_for() -> None:
    asked = publication(HELD, REGISTRY, replace(CONTEXT, asks=Asks(users=("maria-lopez",), teams=("checkout",))))
    assert (asked.review_users, asked.review_teams) == (("maria-lopez",), ("checkout",))


def test_the_same_state_gives_the_same_publication_to_the_letter() -> None:
    assert publication(HELD, REGISTRY, CONTEXT) == publication(HELD, REGISTRY, CONTEXT)
