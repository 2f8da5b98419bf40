"""A pull request as GitHub holds it now, in our own terms."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from bot.registry.snapshot import ChangedFile
from bot.review.offers import Approval
from bot.review.people import Comment, Commit, Person

_WEB_FLOW = "web-flow"
"""The account that commits what is done on GitHub's pages. It is nobody."""


@dataclass(frozen=True, slots=True)
class CheckRun:
    """A check run of ours on the head. Its annotations can be added to, and never taken away."""

    id: int
    external_id: str
    status: str
    conclusion: str | None
    title: str
    summary: str
    text: str
    annotations: int


@dataclass(frozen=True, slots=True)
class OwnComment:
    """A conversation comment that we wrote. altered_at: when its text was last changed, if somebody else did that."""

    id: int
    body: str
    url: str
    updated_at: datetime
    created_at: datetime
    altered_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class PullRequestState:
    """base_sha: the tip of the base branch now. merge_base_sha: None when the two sides have no common ancestor.

    author: None for an account that was deleted (ghost).
    comments: of the conversation, and reviews that have a text, in order of time; ours are in `own_comments` instead.
    checks: runs of ours on the head, newest last. labels: all; known_labels: those of ours that the repository has.
    requested_users, requested_teams, reviewers: logins and team slugs in lower case; reviewers have reviewed already.
    approvals: reviews by which somebody approves now, and not of an account that was deleted.
    files: what differs between merge base and head; `incomplete` says what of that could not be seen.
    suspect: GitHub still shows an older head than the one we were told of, after some patience.
    texts: the pull request's own text, and the first line of each commit's message.
    """

    repository: str
    repository_id: int
    default_branch: str | None
    number: int
    title: str
    author: Person | None
    state: Literal["open", "closed", "merged"]
    draft: bool
    locked: bool
    base_ref: str
    base_sha: str
    head_sha: str
    merge_base_sha: str | None
    files: tuple[ChangedFile, ...]
    commits: tuple[Commit, ...]
    comments: tuple[Comment, ...]
    own_comments: tuple[OwnComment, ...]
    labels: frozenset[str]
    known_labels: frozenset[str]
    requested_users: frozenset[str]
    requested_teams: frozenset[str]
    reviewers: frozenset[str]
    checks: tuple[CheckRun, ...]
    incomplete: tuple[str, ...] = ()
    suspect: bool = False
    approvals: tuple[Approval, ...] = ()
    texts: tuple[str, ...] = ()


def person(actor: Mapping[str, Any] | None) -> Person | None:
    """An actor of GraphQL, where bots' logins come without `[bot]` and a deleted account is null."""
    if not actor or actor.get("databaseId") is None:
        return None
    is_bot = actor.get("__typename", "User") != "User"
    login = str(actor["login"])
    if actor.get("__typename") == "Bot" and not login.endswith("[bot]"):
        login += "[bot]"
    return Person(int(actor["databaseId"]), login, is_bot)


def moment(text: str) -> datetime:
    """A time as GitHub writes it, aware and in UTC."""
    read = datetime.fromisoformat(text)
    return read if read.tzinfo else read.replace(tzinfo=UTC)


def commits(nodes: Iterable[Mapping[str, Any]]) -> tuple[Commit, ...]:
    """The commits with everybody who is named as author, co-author or committer."""
    listed = [node["commit"] for node in nodes]
    own = {str(commit["oid"]) for commit in listed}
    return tuple(_commit(commit, own) for commit in listed)


def _commit(commit: Mapping[str, Any], of_the_pull_request: set[str]) -> Commit:
    people = [person(author["user"]) for author in commit["authors"]["nodes"]]
    committer = commit.get("committer") or {}
    by_web_flow = (committer.get("user") or {}).get("login") == _WEB_FLOW
    if not by_web_flow:
        people.append(person(committer.get("user")))
    signature = commit.get("signature") or {}
    parents = [str(parent["oid"]) for parent in commit["parents"]["nodes"]]
    base_merge = (
        by_web_flow
        and bool(signature.get("isValid") and signature.get("wasSignedByGitHub"))
        and len(parents) == 2
        and parents[1] not in of_the_pull_request
    )
    return Commit(str(commit["oid"]), tuple(dict.fromkeys(people)), base_merge=base_merge, parents=tuple(parents))


def comment(node: Mapping[str, Any], by_app: Mapping[int, bool]) -> Comment:
    """A conversation comment."""
    id = int(node["fullDatabaseId"])
    return Comment(
        kind="comment",
        id=id,
        author=person(node["author"]),
        body=str(node["body"]),
        created_at=moment(node["createdAt"]),
        edited=node.get("lastEditedAt") is not None or bool(node.get("includesCreatedEdit")),
        url=str(node["url"]),
        via_app=by_app.get(id, False),
    )


def review(node: Mapping[str, Any]) -> Comment:
    """A review's text. It was made when the review was submitted: before, nobody but its author sees it.

    GitHub does not say of reviews whether an app wrote them in somebody's name.
    """
    return Comment(
        kind="review",
        id=int(node["fullDatabaseId"]),
        author=person(node["author"]),
        body=str(node["body"]),
        created_at=moment(node.get("submittedAt") or node["createdAt"]),
        edited=node.get("lastEditedAt") is not None,
        url=str(node["url"]),
    )


def altered_at(node: Mapping[str, Any]) -> datetime | None:
    """When somebody else than its author last changed a comment's text; None when it is as its author left it."""
    if not node.get("lastEditedAt") or (node["author"] and person(node.get("editor")) == person(node["author"])):
        return None
    return moment(node["lastEditedAt"])


def check_runs(latest: Mapping[str, Any], head_sha: str) -> tuple[CheckRun, ...]:
    """Our runs on the head, oldest first. Empty when GitHub's list of commits is not at the head yet."""
    runs: dict[int, CheckRun] = {}
    for node in latest["nodes"]:
        if node["commit"]["oid"] != head_sha:
            continue
        for suite in (node["commit"].get("checkSuites") or {}).get("nodes") or ():
            for run in (suite.get("checkRuns") or {}).get("nodes") or ():
                read = _check_run(run)
                runs[read.id] = read
    return tuple(runs[id] for id in sorted(runs))


def _check_run(run: Mapping[str, Any]) -> CheckRun:
    return CheckRun(
        id=_check_run_id(run),
        external_id=str(run.get("externalId") or ""),
        status=str(run.get("status") or "").lower(),
        conclusion=str(run["conclusion"]).lower() if run.get("conclusion") else None,
        title=str(run.get("title") or ""),
        summary=str(run.get("summary") or ""),
        text=str(run.get("text") or ""),
        annotations=int((run.get("annotations") or {}).get("totalCount") or 0),
    )


def _check_run_id(run: Mapping[str, Any]) -> int:
    """Ids have outgrown GraphQL's 32-bit Int; where that loses one, the address of the run still ends in it."""
    if run.get("databaseId") is not None:
        return int(run["databaseId"])
    return int(str(run["permalink"]).rstrip("/").rsplit("/", 1)[-1])


def check_run(run: Mapping[str, Any]) -> CheckRun:
    """A check run as REST shows it."""
    output = run.get("output") or {}
    return CheckRun(
        id=int(run["id"]),
        external_id=str(run.get("external_id") or ""),
        status=str(run.get("status") or ""),
        conclusion=run.get("conclusion"),
        title=str(output.get("title") or ""),
        summary=str(output.get("summary") or ""),
        text=str(output.get("text") or ""),
        annotations=int(output.get("annotations_count") or 0),
    )


def changed_file(entry: Mapping[str, Any]) -> ChangedFile | None:
    """A file entry of compare or of the list of a pull request's files; None when only its place in a list is new."""
    path, previous = str(entry["filename"]), entry.get("previous_filename")
    match entry["status"]:
        case "added" | "copied":
            return ChangedFile(path, "added", previous)
        case "removed":
            return ChangedFile(path, "removed")
        case "renamed":
            return ChangedFile(path, "renamed", previous)
        case "unchanged":
            return None
        case _:
            return ChangedFile(path, "modified")
