"""The witness fails the test that caused a violation, and only that."""

from __future__ import annotations

import pytest

from tests.github_standin.requests import Request
from tests.github_standin.rest.calls import Answer
from tests.published.github_description import GRAPHQL, REST
from tests.published.packages import NotFetched, fetched_or_skipped
from tests.published.witness import Witness

LABELS = "/repos/acme/orders/issues/1/labels"
LABEL = {"id": 1, "node_id": "x", "url": "https://x.example/1", "name": "n", "description": None, "color": "ededed"}


@pytest.fixture
def witness() -> Witness:
    fetched_or_skipped(REST)
    fetched_or_skipped(GRAPHQL)
    return Witness()


def _seen(witness: Witness, method: str, path: str, status: int, answer: Answer | None, body: object = None) -> None:
    witness.see(Request(method, path, "", "countersign[bot]", status, body), answer)


def test_what_github_describes_passes(witness: Witness) -> None:
    _seen(witness, "GET", LABELS, 200, Answer([LABEL | {"default": False}]))
    _seen(witness, "POST", "/graphql", 200, Answer({}), {"query": "query { viewer { login } }"})
    witness.judge()


def test_a_wrong_answer_of_the_stand_in_fails(witness: Witness) -> None:
    _seen(witness, "GET", LABELS, 200, Answer([LABEL | {"name": 7}]))
    with pytest.raises(AssertionError, match="answer 200 of GET"):
        witness.judge()


def test_a_wrong_request_of_the_bot_fails_also_when_it_was_refused(witness: Witness) -> None:
    _seen(witness, "POST", "/repos/acme/orders/issues/1/comments", 422, Answer({}, 422), {"text": "Hello"})
    with pytest.raises(AssertionError, match="request POST"):
        witness.judge()


def test_a_query_that_github_would_refuse_fails(witness: Witness) -> None:
    _seen(witness, "POST", "/graphql", 200, Answer({}), {"query": "query { viewer { nickname } }"})
    with pytest.raises(AssertionError, match="nickname"):
        witness.judge()


def test_what_a_fault_answers_and_redirects_are_not_githubs_words(witness: Witness) -> None:
    _seen(witness, "GET", LABELS, 200, None)
    _seen(witness, "GET", LABELS, 301, Answer({"message": "Moved Permanently"}, 301))
    _seen(witness, "GET", "/repositories/7/issues/1/labels", 200, Answer([LABEL | {"default": False}]))
    witness.judge()


def test_without_npm_there_is_no_judge_except_in_ci_which_insists(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(_wanted: object) -> None:
        raise NotFetched("npm is not installed")

    monkeypatch.setattr("tests.published.witness.fetch", missing)
    monkeypatch.delenv("CI", raising=False)
    lenient = Witness()
    _seen(lenient, "GET", "/nowhere", 200, Answer({}))
    lenient.judge()
    monkeypatch.setenv("CI", "1")
    with pytest.raises(NotFetched):
        lenient.judge()
