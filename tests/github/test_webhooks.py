"""What GitHub sends: signatures, tolerance, and which lanes wake."""

from __future__ import annotations

import hmac
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.github.lanes import Lane
from bot.github.permissions import EVENTS, EVENTS_UNASKED
from bot.github.webhooks import BadDelivery, Event, facts, lanes, read_event, verify

SECRET = "It's a Secret to Everybody"
US = {"id": 99, "login": "countersign[bot]", "type": "Bot"}
BOB = {"id": 5, "login": "bob", "type": "User"}
COMMAND = "/approve-breaking"
PULL = {"number": 7, "head": {"sha": "a" * 40}, "base": {"ref": "main"}}


def signed(body: bytes, secret: str = SECRET, algorithm: str = "sha256") -> str:
    return f"{algorithm}=" + hmac.new(secret.encode(), body, algorithm).hexdigest()


def delivered(name: str, **payload: Any) -> Event:
    base = {"repository": {"id": 3, "full_name": "acme/shop"}, "installation": {"id": 4}, "sender": BOB}
    headers = {"X-GitHub-Event": name, "X-GitHub-Delivery": "d-1", "Content-Type": "application/json"}
    return read_event(headers, json.dumps(base | payload).encode())


def woken(name: str, **payload: Any) -> tuple[str, ...]:
    return lanes(delivered(name, **payload), app_id=42, app_slug="countersign")


def test_githubs_own_example_signature_is_taken() -> None:
    # docs.github.com, "Validating webhook deliveries", test values
    known = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"
    assert verify(b"Hello, World!", known, [SECRET])


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "sha256=",
        signed(b"{}", algorithm="sha1"),
        signed(b"{} "),
        signed(b"{}", "other"),
        "sha256=ü",
        "\ud83d",
        signed(b"{}").upper(),
    ],
)
def test_a_wrong_signature_is_refused(header: str | None) -> None:
    assert not verify(b"{}", header, [SECRET])


def test_during_a_rotation_each_secret_counts() -> None:
    assert verify(b"{}", signed(b"{}", "old"), ["new", "old"])
    assert verify(b"{}", signed(b"{}", "new"), ["new", "old"])


@pytest.mark.parametrize("secrets", [[], [""], ["good", ""]])
def test_without_a_secret_nothing_is_verified(secrets: list[str]) -> None:
    with pytest.raises(ValueError, match="secret"):
        verify(b"{}", signed(b"{}", ""), secrets)


@pytest.mark.parametrize(
    ("headers", "body", "reason"),
    [
        ({"X-GitHub-Delivery": "d"}, b"{}", "X-GitHub-Event"),
        ({"X-GitHub-Event": "push"}, b"{}", "X-GitHub-Delivery"),
        ({"X-GitHub-Event": "push", "X-GitHub-Delivery": "d"}, b"[]", "not a JSON object"),
        ({"X-GitHub-Event": "push", "X-GitHub-Delivery": "d"}, b"{", "not JSON"),
        ({"X-GitHub-Event": "push", "X-GitHub-Delivery": "d"}, b"\xff\xfe{", "UTF-8|not JSON"),
        ({"X-GitHub-Event": "push", "X-GitHub-Delivery": "d"}, b"[" * 200_000, "nested|not JSON"),
        (
            {
                "X-GitHub-Event": "push",
                "X-GitHub-Delivery": "d",
                "Content-Type": "application/x-www-form-urlencoded",
            },
            b"payload=%7B%7D",
            "application/json",
        ),
    ],
)
def test_what_is_no_delivery_is_refused_with_the_reason(headers: dict[str, str], body: bytes, reason: str) -> None:
    with pytest.raises(BadDelivery, match=reason):
        read_event(headers, body)


KEYS = [*PULL, "action", "sender", "repository", "installation", "comment", "issue", "pull_request", "body", "id"]
KEYS += ["full_name", "ref", "commits", "review", "changes", "check_run", "app", "merge_group", "login", "user"]
NAMES = st.sampled_from(KEYS)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.sampled_from(["created", "opened", "acme/shop", COMMAND, ""]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=4),
    max_leaves=15,
)


@given(st.sampled_from(sorted(EVENTS | EVENTS_UNASKED)), st.dictionaries(NAMES, VALUES))
def test_no_payload_stops_the_reader(name: str, payload: dict[str, Any]) -> None:
    headers = {"x-github-event": name, "x-github-delivery": "d"}
    event = read_event(headers, json.dumps(payload).encode())
    for lane in lanes(event, app_id=42, app_slug="countersign"):
        Lane.read(lane)
    json.dumps(facts(event))


@pytest.mark.parametrize(
    "action", ["opened", "reopened", "synchronize", "ready_for_review", "converted_to_draft", "closed"]
)
def test_the_life_of_a_pull_request_wakes_it(action: str) -> None:
    assert woken("pull_request", action=action, pull_request=PULL) == ("pr:acme/shop:7",)


@pytest.mark.parametrize(
    ("changes", "wakes"),
    [
        ({"base": {"ref": {"from": "old"}}}, True),
        ({"title": {"from": "x"}}, True),
        ({"body": {"from": "x"}}, False),
        ({"body": {"from": "Reverts acme/shop#3"}}, True),
        ({"body": {"from": "Reverts acme/other#3"}}, False),
    ],
)
def test_a_new_base_or_title_wakes_and_a_new_text_only_if_it_names_what_it_reverts(
    changes: dict[str, Any], wakes: bool
) -> None:
    assert bool(woken("pull_request", action="edited", changes=changes, pull_request=PULL)) is wakes


@pytest.mark.parametrize(
    ("label", "sender", "wakes"),
    [("contract: breaking", BOB, True), ("contract: breaking", US, False), ("bug", BOB, False)],
)
def test_only_our_labels_changed_by_others_wake(label: str, sender: dict[str, Any], wakes: bool) -> None:
    for action in ("labeled", "unlabeled"):
        found = woken("pull_request", action=action, label={"name": label}, sender=sender, pull_request=PULL)
        assert bool(found) is wakes


@pytest.mark.parametrize("action", ["assigned", "auto_merge_enabled", "review_requested", "invented_later"])
def test_what_changes_nothing_that_we_show_wakes_nothing(action: str) -> None:
    assert woken("pull_request", action=action, pull_request=PULL) == ()


def comment(
    action: str, body: str, before: str | None = None, by: Any = BOB, sender: Any = BOB, on_pull: bool = True
) -> tuple[str, ...]:
    issue = {"number": 7, **({"pull_request": {"url": "x"}} if on_pull else {})}
    changes = {"body": {"from": before}} if before is not None else {}
    return woken(
        "issue_comment",
        action=action,
        issue=issue,
        comment={"id": 1, "body": body, "user": by},
        changes=changes,
        sender=sender,
    )


def test_a_command_wakes_and_chatter_does_not() -> None:
    assert comment("created", COMMAND) == ("pr:acme/shop:7",)
    assert comment("created", "Looks good to me") == ()
    assert comment("created", f"> {COMMAND}") == ()


def test_comments_on_plain_issues_wake_nothing() -> None:
    assert comment("created", COMMAND, on_pull=False) == ()


def test_our_own_comments_wake_nothing() -> None:
    assert comment("created", COMMAND, by=US, sender=US) == ()
    assert comment("edited", "Released", "Held", by=US, sender=US) == ()


def test_a_command_that_is_edited_in_or_out_or_deleted_wakes() -> None:
    assert comment("edited", "Never mind", before=COMMAND)
    assert comment("edited", COMMAND, before="Hm")
    assert comment("deleted", COMMAND)
    assert not comment("edited", "Typo fixed", before="Tpyo")
    assert not comment("deleted", "Chatter")


def test_our_comment_touched_by_somebody_else_is_put_right() -> None:
    assert comment("edited", "All clear", before="Held", by=US)
    assert comment("deleted", "Held", by=US)


@pytest.mark.parametrize(
    ("action", "body", "before", "wakes"),
    [
        ("submitted", COMMAND, None, True),
        ("submitted", "Nice", None, False),
        ("submitted", None, None, False),
        ("edited", "Nice", COMMAND, True),
        ("dismissed", COMMAND, None, True),
    ],
)
def test_reviews_wake_when_their_text_has_a_command(
    action: str, body: str | None, before: str | None, wakes: bool
) -> None:
    changes = {"body": {"from": before}} if before else {}
    found = woken("pull_request_review", action=action, review={"body": body}, changes=changes, pull_request=PULL)
    assert bool(found) is wakes


@pytest.mark.parametrize(
    ("action", "state", "wakes"),
    [
        ("submitted", "approved", True),
        ("submitted", "commented", False),
        ("dismissed", "dismissed", False),
        ("edited", "approved", False),
    ],
)
def test_an_approving_review_wakes_even_without_a_word(action: str, state: str, wakes: bool) -> None:
    review = {"body": None, "state": state}
    assert bool(woken("pull_request_review", action=action, review=review, pull_request=PULL)) is wakes


@pytest.mark.parametrize("action", ["created", "deleted"])
def test_the_one_word_that_makes_a_review_count_wakes(action: str) -> None:
    issue = {"number": 7, "pull_request": {"url": "x"}}
    found = woken("issue_comment", action=action, comment={"body": "countersign"}, issue=issue)
    assert found == ("pr:acme/shop:7",)


def test_running_our_check_again_wakes_its_pull_requests_and_nobody_elses() -> None:
    url = "https://api.github.com/repos/acme/shop/pulls/7"
    foreign = "https://api.github.com/repos/upstream/shop/pulls/9"
    run = {"app": {"id": 42}, "head_sha": "b" * 40, "pull_requests": [{"number": 7, "url": url}]}
    assert woken("check_run", action="rerequested", check_run=run) == ("pr:acme/shop:7",)
    run["pull_requests"] = [{"number": 9, "url": foreign}]
    assert woken("check_run", action="rerequested", check_run=run) == (f"head:acme/shop:{'b' * 40}",)
    assert woken("check_run", action="rerequested", check_run=run | {"app": {"id": 1}}) == ()
    assert woken("check_run", action="completed", check_run=run) == ()


def test_for_forks_a_suite_that_is_run_again_is_found_by_its_head() -> None:
    suite = {"app": {"id": 42}, "head_sha": "b" * 40, "pull_requests": []}
    assert woken("check_suite", action="rerequested", check_suite=suite) == (f"head:acme/shop:{'b' * 40}",)


@pytest.mark.parametrize(
    ("payload", "expected"),
    [
        ({"ref": "refs/heads/release/1.0"}, ("base:acme/shop:release/1.0",)),
        ({"ref": "refs/tags/v1"}, ("tags:acme/shop",)),
        ({"ref": "refs/tags/v1", "deleted": True}, ("tags:acme/shop",)),
        ({"ref": "refs/heads/x", "deleted": True}, ()),
        ({"ref": "refs/heads/gh-readonly-queue/main/pr-7-abc"}, ()),
    ],
)
def test_a_push_wakes_a_branch_as_a_base_and_those_whom_tags_concern(
    payload: dict[str, Any], expected: tuple[str, ...]
) -> None:
    assert woken("push", **payload) == expected


def test_a_merge_group_wakes_by_its_head() -> None:
    group = {"head_sha": "c" * 40, "head_ref": "refs/heads/gh-readonly-queue/main/pr-7-abc", "base_sha": "d" * 40}
    assert woken("merge_group", action="checks_requested", merge_group=group) == (f"group:acme/shop:{'c' * 40}",)
    assert woken("merge_group", action="destroyed", merge_group=group) == ()


def test_an_installation_wakes_itself_and_its_new_repositories() -> None:
    there = [{"full_name": "acme/shop"}, {"full_name": "acme/web"}]
    assert woken("installation", action="created", repositories=there, repository=None) == (
        "installation:4",
        "repository:acme/shop",
        "repository:acme/web",
    )
    assert woken("installation", action="suspend", repositories=there, repository=None) == ("installation:4",)
    assert woken("installation_repositories", action="added", repositories_added=there[:1], repository=None) == (
        "repository:acme/shop",
        "registry:acme/shop",
    )
    assert woken("installation_repositories", action="removed", repositories_removed=there[1:], repository=None) == (
        "registry:acme/web",
    )


@pytest.mark.parametrize(
    "action",
    ["created", "renamed", "transferred", "archived", "unarchived", "deleted", "privatized", "publicized"],
)
def test_what_a_repository_becomes_wakes_its_half_of_the_graph(action: str) -> None:
    assert woken("repository", action=action) == ("registry:acme/shop",)


@pytest.mark.parametrize(
    ("changes", "wakes"), [({"default_branch": {"from": "main"}}, True), ({"description": {"from": "x"}}, False)]
)
def test_another_default_branch_wakes_the_half_and_another_description_does_not(
    changes: dict[str, Any], wakes: bool
) -> None:
    assert bool(woken("repository", action="edited", changes=changes)) is wakes


@pytest.mark.parametrize(("ref", "wakes"), [("refs/heads/main", True), ("refs/heads/topic", False)])
def test_only_a_push_to_the_default_branch_wakes_the_half(ref: str, wakes: bool) -> None:
    repository = {"id": 3, "full_name": "acme/shop", "default_branch": "main"}
    assert ("registry:acme/shop" in woken("push", ref=ref, repository=repository)) is wakes


@pytest.mark.parametrize("name", ["ping", "issues", "star", "invented_later"])
def test_events_that_we_did_not_ask_for_wake_nothing(name: str) -> None:
    assert woken(name, action="created", issue={"number": 1}) == ()


@pytest.mark.parametrize(
    "lane",
    [
        "pr:acme/shop:7",
        "base:acme/shop:a/b:c",
        "pushed:acme/shop:a/b:c",
        "repository:acme/shop",
        "registry:acme/shop",
        "installation:4",
    ],
)
def test_a_lane_is_read_as_it_was_named(lane: str) -> None:
    read = Lane.read(lane)
    assert ":".join(part for part in (read.kind, read.repository, read.what) if part) == lane


@pytest.mark.parametrize("name", ["", "pr:", "pr:acme/shop", "what:acme/shop:7", "installation:"])
def test_what_is_no_lane_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="no lane"):
        Lane.read(name)


def test_the_facts_of_a_push_to_a_pull_request_say_who_pushed_what() -> None:
    event = delivered("pull_request", action="synchronize", before="e" * 40, after="a" * 40, pull_request=PULL)
    known = facts(event)
    assert known["sender"] == {"id": 5, "login": "bob", "bot": False}
    assert (known["number"], known["head_sha"], known["before"]) == (7, "a" * 40, "e" * 40)
    assert (known["installation"], known["repository_id"], known["base_ref"]) == (4, 3, "main")


@pytest.mark.parametrize("forced", [False, True])
def test_the_facts_of_a_push_list_its_paths_when_they_are_all_known(forced: bool) -> None:
    commits = [{"added": ["a"], "removed": [], "modified": ["b"]}, {"added": [], "removed": ["c"], "modified": ["b"]}]
    event = delivered("push", ref="refs/heads/main", commits=commits, forced=forced)
    assert facts(event)["paths"] == (None if forced else ["a", "b", "c"])


@pytest.mark.parametrize("told", [1795262400, "2026-11-21T12:00:00Z", "2026-11-21T12:00:00+00:00"])
def test_the_facts_of_a_push_say_when_it_was(told: int | str) -> None:
    repository = {"id": 3, "full_name": "acme/shop", "default_branch": "main", "pushed_at": told}
    event = delivered("push", ref="refs/heads/main", commits=[], repository=repository)
    assert datetime.fromisoformat(facts(event)["pushed_at"]) == datetime(2026, 11, 21, 12, tzinfo=UTC)


@pytest.mark.parametrize("told", [None, "", "yesterday", 10**30, True])
def test_what_is_no_moment_is_left_out_of_the_facts(told: object) -> None:
    repository = {"id": 3, "full_name": "acme/shop", "pushed_at": told}
    assert "pushed_at" not in facts(delivered("push", ref="refs/heads/main", commits=[], repository=repository))


def test_a_signature_covers_the_bytes_as_they_came() -> None:
    body = json.dumps({"a": "ü"}, ensure_ascii=False).encode()
    assert verify(body, signed(body), [SECRET])
    assert not verify(json.dumps({"a": "ü"}).encode(), signed(body), [SECRET])
