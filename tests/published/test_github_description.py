"""The judge itself: it lets right requests pass and names wrong ones."""

from __future__ import annotations

import pytest

from tests.published.github_description import GRAPHQL, REST, Judge
from tests.published.packages import fetched_or_skipped


@pytest.fixture
def judge() -> Judge:
    fetched_or_skipped(REST)
    fetched_or_skipped(GRAPHQL)
    return Judge()


def test_a_right_request_passes(judge: Judge) -> None:
    body = {"name": "countersign", "head_sha": "a" * 40, "status": "completed", "conclusion": "success"}
    judge.exchange("POST", "/repos/acme/shop/check-runs", "", body, 500, None, json_answer=False)
    assert judge.violations == []
    assert judge.seen == {"POST /repos/{owner}/{repo}/check-runs"}


def test_a_wrong_body_is_named(judge: Judge) -> None:
    judge.exchange("POST", "/repos/acme/shop/issues/1/comments", "", {"text": "hi"}, 500, None, json_answer=False)
    assert any("body" in violation for violation in judge.violations)


def test_a_wrong_answer_is_named(judge: Judge) -> None:
    judge.exchange("GET", "/repos/acme/shop/issues/1/labels", "", None, 200, [{"id": "one"}], json_answer=True)
    assert any("answer 200" in violation for violation in judge.violations)


def test_an_unknown_operation_and_parameter_are_named(judge: Judge) -> None:
    judge.exchange("GET", "/nowhere", "", None, 200, {}, json_answer=True)
    judge.exchange("GET", "/repos/acme/shop/pulls/1/files", "pages=2", None, 304, None, json_answer=False)
    assert len(judge.violations) == 2


def test_a_path_with_slashes_is_one_parameter_where_github_says_so(judge: Judge) -> None:
    judge.exchange("GET", "/repos/acme/shop/contents/a/b/c.yml", "ref=main", None, 404, None, json_answer=False)
    assert judge.seen == {"GET /repos/{owner}/{repo}/contents/{path}"}


def test_a_query_github_would_refuse_is_named(judge: Judge) -> None:
    judge.query('query { repository(owner: "a", name: "b") { nameWithOwner pullRequest(number: 1) { headRefOid } } }')
    assert judge.violations == []
    judge.query('query { repository(owner: "a", name: "b") { noSuchField } }')
    assert len(judge.violations) == 1
