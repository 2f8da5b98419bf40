"""Which lanes an event wakes. A lane is the name of a thing to look at again:

    pr:OWNER/NAME:NUMBER          a pull request
    base:OWNER/NAME:BRANCH        the open pull requests onto a branch, because the branch moved
    pushed:OWNER/NAME:BRANCH      what was pushed straight to a branch, past every pull request
    head:OWNER/NAME:SHA           the open pull requests with this head (a check suite is run again)
    group:OWNER/NAME:SHA          a merge group, by its head
    tags:OWNER/NAME               the open pull requests about contracts, because a tag came, moved or went
    repository:OWNER/NAME         all open pull requests of a repository that we were just installed on
    registry:OWNER/NAME           what a repository says of itself in the graph of all: its half
    installation:ID               the installation itself: granted, suspended, removed, other permissions
    people:OWNER                  the open pull requests of an account in which whoever came or went has a say

An event that can't change what we show wakes none, and costs no call.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, cast

from bot.github.access import access_of
from bot.github.payload import Payload
from bot.report.publishing import MANAGED_LABELS
from bot.review.commands import contains_command
from bot.review.offers import is_confirmation
from bot.review.reverts import reverted

Kind = Literal["pr", "base", "pushed", "head", "group", "tags", "repository", "registry", "installation", "people"]

_PULL_REQUEST_ACTIONS = frozenset(
    {"opened", "reopened", "synchronize", "ready_for_review", "converted_to_draft", "closed", "locked", "unlocked"}
)
_QUEUE = "gh-readonly-queue/"
"""Branches that GitHub makes for a merge group; `merge_group` tells of them."""
_REPOSITORY_ACTIONS = frozenset(
    {"created", "renamed", "transferred", "archived", "unarchived", "deleted", "privatized", "publicized"}
)
_REVIEW_ACTIONS = frozenset({"submitted", "edited", "dismissed"})


@dataclass(frozen=True, slots=True)
class Lane:
    """A lane's name, taken apart. `repository` is empty for an installation and for people; `what` is empty for a
    repository, its tags and its registry.
    """

    kind: Kind
    repository: str
    what: str

    @classmethod
    def read(cls, name: str) -> Lane:
        """Raises ValueError for what is no lane. Branch names may hold colons no more than repositories do."""
        kind, _, rest = name.partition(":")
        match kind:
            case "pr" | "base" | "pushed" | "head" | "group":
                repository, _, what = rest.partition(":")
                if repository and what:
                    return cls(cast(Kind, kind), repository, what)
            case "tags" | "repository" | "registry" if rest:
                return cls(cast(Kind, kind), rest, "")
            case "installation" | "people" if rest:
                return cls(cast(Kind, kind), "", rest)
        raise ValueError(f"`{name}` is no lane")


def pull_request_lane(repository: str, number: int) -> str:
    return f"pr:{repository}:{number}"


def pushed_lane(repository: str, branch: str) -> str:
    return f"pushed:{repository}:{branch}"


def group_lane(repository: str, head_sha: str) -> str:
    return f"group:{repository}:{head_sha}"


def repository_lane(repository: str) -> str:
    return f"repository:{repository}"


def tags_lane(repository: str) -> str:
    return f"tags:{repository}"


def registry_lane(repository: str) -> str:
    return f"registry:{repository}"


def installation_lane(id: int) -> str:
    return f"installation:{id}"


def people_lane(account: str) -> str:
    return f"people:{account}"


def lanes_of(
    name: str, action: str, repository: str | None, payload: Payload, app_id: int, app_slug: str
) -> tuple[str, ...]:
    """See `bot.github.webhooks.lanes`."""
    us = _Us(app_id, app_slug)
    match name:
        case "installation":
            granted = payload.children("repositories") if action in ("created", "unsuspend") else []
            return (*_installation(payload), *_repositories(granted))
        case "installation_repositories":
            added, removed = payload.children("repositories_added"), payload.children("repositories_removed")
            return (*_repositories(added), *_registries([*added, *removed]))
        case "member" | "membership" | "organization" | "team":
            access = access_of(name, action, payload)
            return (people_lane(access.account),) if access is not None else ()
    if repository is None:
        return ()
    match name:
        case "pull_request":
            matters = _pull_request_matters(action, repository, payload, us)
            return _if(matters, repository, payload.child("pull_request"))
        case "issue_comment":
            matters = bool(payload.child("issue").child("pull_request")) and _comment_matters(action, payload, us)
            return _if(matters, repository, payload.child("issue"))
        case "pull_request_review":
            return _if(_review_matters(action, payload, us), repository, payload.child("pull_request"))
        case "check_run" if action in ("rerequested", "requested_action"):
            return _check_run(repository, payload.child("check_run"), us)
        case "check_suite" if action == "rerequested":
            return _check_suite(repository, payload.child("check_suite"), us)
        case "merge_group" if action == "checks_requested":
            sha = payload.child("merge_group").text("head_sha")
            return (group_lane(repository, sha),) if sha else ()
        case "push":
            return _push(repository, payload)
        case "repository" if action in _REPOSITORY_ACTIONS or _has_other_default(action, payload):
            return (registry_lane(repository),)
    return ()


@dataclass(frozen=True, slots=True)
class _Us:
    app_id: int
    app_slug: str

    def did(self, payload: Payload) -> bool:
        return self.wrote(payload.child("sender"))

    def wrote(self, account: Payload) -> bool:
        return account.text("type") == "Bot" and account.text("login").lower() == f"{self.app_slug}[bot]".lower()

    def own(self, check: Payload) -> bool:
        return check.child("app").number("id") == self.app_id


def _if(matters: bool, repository: str, numbered: Payload) -> tuple[str, ...]:
    number = numbered.number("number")
    return (pull_request_lane(repository, number),) if matters and number is not None else ()


def _pull_request_matters(action: str, repository: str, payload: Payload, us: _Us) -> bool:
    if action in _PULL_REQUEST_ACTIONS:
        return True
    if action == "edited":
        changes = payload.child("changes")
        return "base" in changes.value or "title" in changes.value or _names_otherwise(repository, payload)
    if action in ("labeled", "unlabeled"):
        return payload.child("label").text("name") in MANAGED_LABELS and not us.did(payload)
    return False


def _names_otherwise(repository: str, payload: Payload) -> bool:
    """Whether an edit of the text changed what it names as reverted."""
    changes = payload.child("changes")
    if "body" not in changes.value:
        return False
    before, after = changes.child("body").text("from"), payload.child("pull_request").text("body")
    return reverted(repository, [before]) != reverted(repository, [after])


def _comment_matters(action: str, payload: Payload, us: _Us) -> bool:
    """A command that is given, changed or taken back; and our own comment, when somebody else touches it."""
    if us.did(payload):
        return False
    comment = payload.child("comment")
    match action:
        case "created":
            return _speaks(comment.text("body"))
        case "edited":
            before = payload.child("changes").child("body").text("from")
            return us.wrote(comment.child("user")) or any(map(_speaks, (before, comment.text("body"))))
        case "deleted":
            return us.wrote(comment.child("user")) or _speaks(comment.text("body"))
    return False


def _speaks(body: str) -> bool:
    """A command, or the one word by which somebody makes their review count."""
    return contains_command(body) or is_confirmation(body)


def _review_matters(action: str, payload: Payload, us: _Us) -> bool:
    if us.did(payload) or action not in _REVIEW_ACTIONS:
        return False
    if approves(action, payload):
        return True
    before = payload.child("changes").child("body").text("from")
    return any(map(contains_command, (payload.child("review").text("body"), before)))


def approves(action: str, payload: Payload) -> bool:
    """Somebody approved by a review, which they may want to count for the contract."""
    return action == "submitted" and payload.child("review").text("state").lower() == "approved"


def _check_run(repository: str, run: Payload, us: _Us) -> tuple[str, ...]:
    """For forks `pull_requests` is empty; the head leads to the pull request as well, at the price of a call."""
    if not us.own(run):
        return ()
    return _listed(repository, run) or _head(repository, run.text("head_sha"))


def _check_suite(repository: str, suite: Payload, us: _Us) -> tuple[str, ...]:
    if not us.own(suite):
        return ()
    return _listed(repository, suite) or _head(repository, suite.text("head_sha"))


def _listed(repository: str, check: Payload) -> tuple[str, ...]:
    """The pull requests that GitHub names, less those into other repositories (a fork's sync with its source)."""
    numbers = (
        pull.number("number")
        for pull in check.children("pull_requests")
        if f"/repos/{repository}/pulls/" in pull.text("url")
    )
    return tuple(pull_request_lane(repository, number) for number in numbers if number is not None)


def _head(repository: str, sha: str) -> tuple[str, ...]:
    return (f"head:{repository}:{sha}",) if sha else ()


def _push(repository: str, payload: Payload) -> tuple[str, ...]:
    """Any branch may be the base of a pull request; whether one is, and whether its contracts or its registry were
    touched, is known to whoever handles the lane (the event's facts list the paths). A tag says what was released.
    """
    ref = payload.text("ref")
    if ref.startswith("refs/tags/"):
        return (tags_lane(repository),)
    branch = ref.removeprefix("refs/heads/")
    if branch == ref or branch.startswith(_QUEUE) or payload.value.get("deleted"):
        return ()
    base = f"base:{repository}:{branch}"
    is_default = branch == payload.child("repository").text("default_branch")
    return (base, registry_lane(repository)) if is_default else (base,)


def _has_other_default(action: str, payload: Payload) -> bool:
    return action == "edited" and "default_branch" in payload.child("changes").value


def _installation(payload: Payload) -> tuple[str, ...]:
    id = payload.child("installation").number("id")
    return (installation_lane(id),) if id is not None else ()


def _repositories(repositories: list[Payload]) -> tuple[str, ...]:
    return tuple(repository_lane(name) for one in repositories if (name := one.text("full_name")))


def _registries(repositories: list[Payload]) -> tuple[str, ...]:
    return tuple(registry_lane(name) for one in repositories if (name := one.text("full_name")))
