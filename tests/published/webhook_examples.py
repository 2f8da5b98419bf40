"""The webhook payloads that GitHub publishes as examples, and those that it forgot."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from tests.published.packages import Published, fetched_or_skipped

EXAMPLES = Published(
    "npm",
    "@octokit/webhooks-examples",
    "7.6.1",
    "api.github.com/index.json",
    "09d8f0c617876ae9dad22e26fea5510bfcaad50ee7e602659f6db25b87b25815",
)

Example = tuple[str, dict[str, Any]]
"""The event's name and a payload."""


def webhook_examples() -> list[Example]:
    """All 329 of them. Skips the test that asks when they can't be had."""
    published = json.loads(fetched_or_skipped(EXAMPLES).read_bytes())
    return [(event["name"], payload) for event in published for payload in event["examples"]]


def on_pull_requests(examples: list[Example]) -> Iterator[Example]:
    """Published comments are all on plain issues: the same on pull requests, as they are and with a command in them."""
    for name, payload in examples:
        if name != "issue_comment":
            continue
        url = payload["issue"]["url"].replace("/issues/", "/pulls/")
        issue = payload["issue"] | {"pull_request": {"url": url}}
        for body in (payload["comment"]["body"], "/approve-breaking", "/recheck"):
            yield name, payload | {"issue": issue, "comment": payload["comment"] | {"body": body}}
