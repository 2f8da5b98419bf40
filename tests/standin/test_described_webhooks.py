"""What the stand-in tells apps is what GitHub's own description says of its webhooks."""

from __future__ import annotations

from typing import Any

import pytest

from tests.published import github_description
from tests.published.packages import fetched_or_skipped
from tests.standin.world import World

EVENTS = (
    "push", "create", "delete", "pull_request", "pull_request_review", "issue_comment", "issues", "check_run",
    "check_suite", "membership", "organization", "repository", "merge_group",
)  # fmt: skip

_LACKING = (
    # An app may subscribe to merge_group, but is not described as one that can.
    'app/events/12: "merge_group" is not one of',
    # A deleted fork leaves no head repository; only the REST answers are described so.
    "pull-request-closed/pull_request/head/repo: null is not of type",
)


@pytest.fixture
def described() -> dict[str, Any]:
    """Schemas by name: the event and its action, with hyphens."""
    fetched_or_skipped(github_description.REST)
    webhooks = github_description._description()["x-webhooks"]
    return {
        name: item["post"]["requestBody"]["content"]["application/json"]["schema"] for name, item in webhooks.items()
    }


def _problems(described: dict[str, Any], name: str, payload: object) -> list[str]:
    return github_description._schema_problems(described[name], payload, name)


async def _live(world: World) -> None:
    """What happens to pull requests, once each."""
    world.app.events = EVENTS
    world.installation.permissions["merge_queues"] = "read"
    team = world.acme.team("orders", [world.bob])
    world.shop.grant(team, "push")
    pull = world.pull()
    world.shop.commit("change", {"api.yml": "three\n"}, author=world.alice)
    fork = world.shop.fork(world.bob)
    fork.commit("idea", {"api.yml": "x\n"}, author=world.bob)
    world.shop.open_pull_request((fork, "idea"), world.bob)
    fork.delete(world.bob)
    comment = pull.comment(world.bob, "one")
    comment.edit(world.bob, "two")
    comment.delete(world.bob)
    review = pull.review(world.bob, "ok", "APPROVED")
    review.edit(world.bob, "fine")
    review.dismiss(world.alice, "stale")
    pull.request_review(world.alice, ["bob"], ["orders"])
    pull.withdraw_request(world.alice, ["bob"])
    pull.add_labels(world.alice, ["bug"])
    pull.remove_label(world.alice, "bug")
    world.shop.create_branch("release", world.shop.tip("main"), world.alice)
    pull.retarget(world.alice, "release")
    pull.retarget(world.alice, "main")
    pull.edit_title(world.alice, "Another")
    pull.convert_to_draft(world.alice)
    pull.ready(world.alice)
    pull.lock(world.alice)
    pull.unlock(world.alice)
    body = {"name": "countersign", "head_sha": pull.head_sha, "conclusion": "failure"}
    await world.call("POST", "/repos/acme/shop/check-runs", body)
    run = world.shop.check_runs[-1]
    run.rerequest(world.alice)
    run.press(world.alice, "sign")
    run.suite.rerequest(world.alice)
    world.shop.merge_group(world.alice, pull).remove(world.alice)
    pull.close(world.alice)
    pull.reopen(world.alice)
    pull.merge(world.alice)
    world.shop.open_issue(world.bob, "An issue").comment(world.bob, "hello")
    world.shop.delete_branch("release", world.alice)
    world.shop.rename("store", world.alice)
    world.installation.suspend()
    world.installation.unsuspend()
    await world.github.settled()


async def test_every_webhook_is_as_github_describes_it(world: World, described: dict[str, Any]) -> None:
    await _live(world)
    problems, seen = [], set()
    for delivery in world.github.deliveries:
        name = "-".join(filter(None, (delivery.event, delivery.action))).replace("_", "-")
        seen.add(name)
        problems += _problems(described, name, delivery.payload)
    assert [p for p in problems if not any(lacking in p for lacking in _LACKING)] == []
    assert len(seen) > 35


async def test_a_webhook_that_lacks_something_is_noticed(world: World, described: dict[str, Any]) -> None:
    world.pull()
    opened = next(d.payload for d in world.github.deliveries if d.action == "opened")
    del opened["pull_request"]["head"]["sha"]
    assert _problems(described, "pull-request-opened", opened)
