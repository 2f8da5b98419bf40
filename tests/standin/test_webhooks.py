from __future__ import annotations

import hashlib
import hmac

from tests.github_standin import shuffled
from tests.standin.world import SECRET, World


async def test_every_delivery_is_signed_over_its_exact_bytes(world: World) -> None:
    world.pull().comment(world.bob, "Grüße")
    await world.github.settled()
    assert world.arrived
    for one in world.arrived:
        expected = "sha256=" + hmac.new(SECRET.encode(), one.body, hashlib.sha256).hexdigest()
        assert one.headers["X-Hub-Signature-256"] == expected


async def test_deliveries_come_in_order_and_only_those_asked_for(world: World) -> None:
    pull = world.pull()
    comment = pull.comment(world.bob, "one")
    comment.edit(world.bob, "two")
    comment.delete(world.bob)
    world.shop.open_issue(world.bob, "An issue")
    await world.github.settled()
    told = [(one.event, one.action) for one in world.arrived if one.event not in ("installation", "check_suite")]
    assert told == [
        ("push", None),
        ("pull_request", "opened"),
        ("issue_comment", "created"),
        ("issue_comment", "edited"),
        ("issue_comment", "deleted"),
    ]
    edited = world.heard("issue_comment")[1].payload
    assert edited["changes"] == {"body": {"from": "one"}}
    assert "pull_request" in edited["issue"]


async def test_a_comment_on_a_plain_issue_has_no_pull_request(world: World) -> None:
    world.shop.open_issue(world.bob, "An issue").comment(world.bob, "/approve-breaking")
    await world.github.settled()
    assert "pull_request" not in world.heard("issue_comment")[0].payload["issue"]


async def test_an_apps_own_comment_comes_back_to_it_as_from_a_bot(world: World) -> None:
    pull = world.pull()
    await world.call("POST", f"/repos/acme/shop/issues/{pull.number}/comments", {"body": "held"})
    await world.github.settled()
    payload = world.heard("issue_comment")[0].payload
    assert payload["sender"]["type"] == "Bot"
    assert payload["sender"]["login"] == "countersign[bot]"
    assert payload["comment"]["performed_via_github_app"]["id"] == world.app.id


async def test_held_deliveries_can_come_in_another_order(world: World) -> None:
    await world.github.settled()
    before = len(world.arrived)
    world.github.hold_webhooks()
    pull = world.pull()
    for text in "abcdef":
        pull.comment(world.bob, text)
    await world.github.settled()
    assert len(world.arrived) == before
    world.github.release_webhooks(shuffled(seed=1))
    await world.github.settled()
    texts = [one.payload["comment"]["body"] for one in world.heard("issue_comment")]
    assert sorted(texts) == list("abcdef") != texts


async def test_a_delivery_can_be_lost_repeated_and_redelivered(world: World) -> None:
    pull = world.pull()
    await world.github.settled()
    world.github.lose_webhooks()
    pull.comment(world.bob, "lost")
    world.github.repeat_webhooks()
    pull.comment(world.bob, "twice")
    await world.github.settled()
    ids = [one.id for one in world.heard("issue_comment")]
    assert len(ids) == 2
    assert len(set(ids)) == 1
    lost = next(d for d in world.github.deliveries if d.event == "issue_comment" and d.status == -1)
    world.github.redeliver(lost)
    await world.github.settled()
    assert world.heard("issue_comment")[-1].id == lost.id
    assert world.heard("issue_comment")[-1].payload["comment"]["body"] == "lost"


async def test_what_was_true_then_is_what_a_late_delivery_says(world: World) -> None:
    world.github.hold_webhooks()
    pull = world.pull()
    first = pull.head_sha
    world.shop.commit("change", {"api.yml": "three\n"}, author=world.alice)
    world.github.release_webhooks()
    await world.github.settled()
    opened, synchronized = world.heard("pull_request")
    assert opened.payload["pull_request"]["head"]["sha"] == first
    assert (synchronized.action, synchronized.payload["before"]) == ("synchronize", first)


async def test_a_rerun_is_told_to_the_apps_that_own_the_check_alone(world: World) -> None:
    other = world.github.app("Other", {"checks": "write"}, ("check_run",), world.app.webhook_url, "another")
    other.install(world.acme)
    pull = world.pull()
    await world.call("POST", "/repos/acme/shop/check-runs", {"name": "countersign", "head_sha": pull.head_sha})
    world.shop.check_runs[-1].rerequest(world.alice)
    await world.github.settled()
    asked = [d for d in world.github.deliveries if d.action == "rerequested"]
    assert [d.app for d in asked] == [world.app]


async def test_an_app_that_is_down_gets_no_second_try(world: World) -> None:
    world.app.webhook_url = "http://127.0.0.1:9/webhook"
    world.pull()
    await world.github.settled()
    assert world.github.deliveries[-1].status == 0
