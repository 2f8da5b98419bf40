"""Every payload that GitHub publishes as an example is taken without an error."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

import pytest

from bot.github.lanes import Lane
from bot.github.webhooks import Event, facts, lanes, read_event
from tests.published.packages import Published, fetched_or_skipped

EXAMPLES = Published(
    "npm",
    "@octokit/webhooks-examples",
    "7.6.1",
    "api.github.com/index.json",
    "09d8f0c617876ae9dad22e26fea5510bfcaad50ee7e602659f6db25b87b25815",
)


@pytest.fixture(scope="module")
def examples() -> list[tuple[str, dict[str, Any]]]:
    published = json.loads(fetched_or_skipped(EXAMPLES).read_bytes())
    return [(event["name"], payload) for event in published for payload in event["examples"]]


def _read(name: str, payload: dict[str, Any]) -> Event:
    headers = {"X-GitHub-Event": name, "X-GitHub-Delivery": "1", "Content-Type": "application/json"}
    return read_event(headers, json.dumps(payload).encode())


def test_all_of_githubs_examples_are_taken(examples: list[tuple[str, dict[str, Any]]]) -> None:
    assert len(examples) == 329
    woken: Counter[str] = Counter()
    for name, payload in examples:
        event = _read(name, payload)
        assert json.dumps(facts(event))
        check = payload.get("check_run") or payload.get("check_suite") or {}
        ours = (check.get("app") or {}).get("id", 1)
        found = [Lane.read(lane) for lane in lanes(event, app_id=ours, app_slug="countersign")]
        woken[name] += bool(found)
    assert {name for name, count in woken.items() if count} == {
        "check_run",
        "check_suite",
        "installation",
        "installation_repositories",
        "member",
        "membership",
        "merge_group",
        "pull_request",
        "push",
        "repository",
        "team",
    }


def test_githubs_example_comments_wake_as_soon_as_they_are_commands_on_pull_requests(
    examples: list[tuple[str, dict[str, Any]]],
) -> None:
    comments = [payload for name, payload in examples if name == "issue_comment"]
    assert comments
    for payload in comments:
        command = payload["comment"] | {"body": "/approve-breaking"}
        on_issue = payload | {"comment": command}
        on_pull = on_issue | {"issue": payload["issue"] | {"pull_request": {"url": "x"}}}
        assert lanes(_read("issue_comment", on_issue), app_id=1, app_slug="countersign") == ()
        expected = f"pr:{payload['repository']['full_name']}:{payload['issue']['number']}"
        assert lanes(_read("issue_comment", on_pull), app_id=1, app_slug="countersign") == (expected,)
