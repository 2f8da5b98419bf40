"""What GitHub sends us: whether it is GitHub's, what it says, and what it wakes. No calls are made here.

Inbound events are read tolerantly: GitHub's own example payloads break its own schemas, and unknown actions appear
without notice (testing.md).
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from bot.github.access import access_of
from bot.github.lanes import approves, lanes_of
from bot.github.payload import Payload
from bot.review.commands import contains_command
from bot.review.people import Person

_PREFIX = "sha256="


class BadDelivery(ValueError):
    """A request that is no delivery we can read. The message says what is wrong with it and what to change."""


def verify(body: bytes, header: str | None, secrets: Sequence[str]) -> bool:
    """Whether `header` (X-Hub-Signature-256) is the HMAC of exactly these bytes under one of `secrets`.

    Several secrets are for the time of a rotation. Every one is tried, in constant time; the old SHA-1 signatures are
    not taken (docs: "Validating webhook deliveries"). Raises ValueError when there is no secret or an empty one:
    anybody could sign with it.
    """
    if not secrets or not all(secrets):
        raise ValueError("a webhook secret is missing or empty")
    given = (header or "").encode("utf-8", "replace")
    matches = [
        hmac.compare_digest(given, (_PREFIX + hmac.digest(secret.encode(), body, hashlib.sha256).hex()).encode())
        for secret in secrets
    ]
    return any(matches)


@dataclass(frozen=True, slots=True)
class Sender:
    """The account that did it."""

    id: int
    login: str
    is_bot: bool


@dataclass(frozen=True, slots=True)
class Event:
    """One delivery. `repository` is OWNER/NAME. What a payload does not have is None, or empty."""

    name: str
    action: str
    delivery: str
    installation_id: int | None
    repository: str | None
    repository_id: int | None
    sender: Sender | None
    payload: Mapping[str, Any] = field(repr=False)


def read_event(headers: Mapping[str, str], body: bytes) -> Event:
    """The delivery in `body`, whose signature was verified before. Raises BadDelivery."""
    named = {name.lower(): value for name, value in headers.items()}
    name, delivery = named.get("x-github-event", ""), named.get("x-github-delivery", "")
    if not name or not delivery:
        raise BadDelivery("the X-GitHub-Event or X-GitHub-Delivery header is missing: this is no delivery of GitHub's")
    content_type = named.get("content-type", "application/json").partition(";")[0].strip().lower()
    if content_type != "application/json":
        raise BadDelivery(
            f"the content type is {content_type!r}: set the webhook's content type to application/json in the app's "
            "settings"
        )
    payload = Payload(_object(body))
    repository, sender = payload.child("repository"), payload.child("sender")
    return Event(
        name=name,
        action=payload.text("action"),
        delivery=delivery,
        installation_id=payload.child("installation").number("id"),
        repository=repository.text("full_name") or None,
        repository_id=repository.number("id"),
        sender=_sender(sender),
        payload=payload.value,
    )


def _object(body: bytes) -> dict[str, Any]:
    try:
        value = json.loads(body)
    except UnicodeDecodeError:
        raise BadDelivery("the body is not UTF-8") from None
    except RecursionError:
        raise BadDelivery("the body is nested too deeply") from None
    except ValueError:
        raise BadDelivery("the body is not JSON") from None
    if not isinstance(value, dict):
        raise BadDelivery("the body is not a JSON object")
    return value


def _sender(sender: Payload) -> Sender | None:
    id = sender.number("id")
    return Sender(id, sender.text("login"), sender.text("type") == "Bot") if id is not None else None


def lanes(event: Event, *, app_id: int, app_slug: str) -> tuple[str, ...]:
    """The lanes that the event wakes (see lanes.py for their names); none when it can't matter."""
    return lanes_of(event.name, event.action, event.repository, Payload(event.payload), app_id, app_slug)


ACCESS_EVENTS = frozenset({"member", "membership", "organization", "repository", "team"})
"""After these, somebody may see more or less than before. "The Members organization permission" lets an app hear of
them; of repositories every app may (docs: "Webhook events and payloads").
"""


def facts(event: Event) -> dict[str, Any]:
    """What of the event is written down with it: small, and enough that the payload itself need not be kept.

    Always: event, action, installation, repository, repository_id, sender {id, login, bot}. Where the event has them:
    number, head_sha, before (the head before a push to the pull request), base_ref; for pushes ref, after, before,
    paths (None when GitHub cut the list), default_branch, tagged (the commit of a tag), pushed_at (a moment in ISO
    8601); for merge groups head_sha, head_ref, base_sha, base_ref; comment {id, by, via_app: an app wrote it in
    somebody's name}; requested_action, the button that was pressed; merely_approves: a review that approves and gives
    no command; access: who came or went (bot.github.access.Access).
    """
    payload = Payload(event.payload)
    pull = payload.child("pull_request")
    known: dict[str, Any] = {
        "event": event.name,
        "action": event.action,
        "installation": event.installation_id,
        "repository": event.repository,
        "repository_id": event.repository_id,
        "sender": {"id": event.sender.id, "login": event.sender.login, "bot": event.sender.is_bot}
        if event.sender
        else None,
    }
    number = pull.number("number") or payload.child("issue").number("number")
    more: dict[str, Any] = {
        "number": number,
        "head_sha": pull.child("head").text("sha") or None,
        "base_ref": pull.child("base").text("ref") or None,
    }
    match event.name:
        case "pull_request" if event.action == "synchronize":
            more["before"] = payload.text("before") or None
        case "push":
            more |= {key: payload.text(key) or None for key in ("ref", "before", "after")}
            more["paths"] = pushed_paths(payload)
            more["tagged"] = _tagged(payload)
            more["pushed_at"] = _pushed_at(payload.child("repository"))
            more["default_branch"] = payload.child("repository").text("default_branch") or None
        case "merge_group":
            group = payload.child("merge_group")
            more |= {key: group.text(key) or None for key in ("head_sha", "head_ref", "base_sha", "base_ref")}
        case "check_run" if event.action == "requested_action":
            more["requested_action"] = payload.child("requested_action").text("identifier") or None
        case "pull_request_review" if approves(event.action, payload):
            more["merely_approves"] = not contains_command(payload.child("review").text("body"))
        case "member" | "membership" | "organization" | "team":
            access = access_of(event.name, event.action, payload)
            more["access"] = access.facts() if access is not None else None
        case "issue_comment":
            comment = payload.child("comment")
            more["comment"] = {
                "id": comment.number("id"),
                "by": comment.child("user").number("id"),
                "via_app": comment.value.get("performed_via_github_app") is not None,
            }
    return known | {key: value for key, value in more.items() if value is not None or key == "paths"}


def sender_in(facts: Mapping[str, Any]) -> Person | None:
    """Who caused the event, as `facts` tell it."""
    told = facts.get("sender")
    return Person(told["id"], told["login"], told["bot"]) if told else None


def _tagged(push: Payload) -> str | None:
    """An annotated tag is an object of its own; the head commit is what it names."""
    return push.child("head_commit").text("id") or None if push.text("ref").startswith("refs/tags/") else None


def _pushed_at(repository: Payload) -> str | None:
    """In the events of pushes it is a number of seconds, elsewhere a text."""
    seconds = repository.number("pushed_at")
    try:
        if seconds is not None:
            return datetime.fromtimestamp(seconds, UTC).isoformat()
        return datetime.fromisoformat(repository.text("pushed_at")).isoformat()
    except (ValueError, OverflowError, OSError):
        return None


_PUSH_COMMITS = 2_048
"""A push event lists no more commits than these (docs: "Webhook events and payloads", push)."""


def pushed_paths(push: Payload) -> list[str] | None:
    """The paths that a push touched; None when they can't all be known: forced, a new branch, too many commits."""
    commits = push.items("commits")
    if push.value.get("forced") or push.value.get("created") or not commits or len(commits) >= _PUSH_COMMITS:
        return None
    paths: set[str] = set()
    for commit in commits:
        for kind in ("added", "removed", "modified"):
            paths.update(str(path) for path in Payload.of(commit).items(kind))
    return sorted(paths)
