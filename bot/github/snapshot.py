"""One look at a pull request: two calls, whatever its size up to a hundred of anything."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any, Literal

from bot.contracts.document import Document
from bot.github import queries
from bot.github.client import Client, QueryAnswer
from bot.github.errors import Call, GitHubError, NotFound
from bot.github.files import CommitMissing, GitHubFiles
from bot.github.memory import CommitComparison
from bot.github.pull import (
    OwnComment,
    PullRequestState,
    changed_file,
    check_runs,
    comment,
    commits,
    moment,
    person,
    review,
)
from bot.registry.snapshot import ChangedFile, Unreadable
from bot.review.commands import contains_command
from bot.review.values import Comment

_COMPARE_FILES = 300
"""Compare lists no more files than these (docs: "Compare two commits")."""
_PULL_FILES = 3_000
"""Nor the list of a pull request's files more than these (docs: "List pull requests files")."""
_STALE_WAITS = (0.5, 1.0, 2.0)
_MISSING_WAITS = (1.0, 2.0, 4.0)
_RESTARTS = 3
_PLAIN_CHANGES: Mapping[str, Literal["added", "modified", "removed"]] = {
    "ADDED": "added",
    "MODIFIED": "modified",
    "CHANGED": "modified",
    "DELETED": "removed",
}
"""Of GraphQL's PatchStatus, what happens to one path. Renames and copies need the other path, which only REST tells."""

Matters = Callable[[Collection[str], Mapping[str, Document | Unreadable]], bool]
_STATES: Mapping[str, Literal["open", "closed", "merged"]] = {"OPEN": "open", "CLOSED": "closed", "MERGED": "merged"}


class PullRequestGone(GitHubError):
    """The pull request, or its repository, is not there or not visible to the installation."""


@dataclass(frozen=True, slots=True)
class Told:
    """What a webhook said of the head: where it is, and where it no longer is. base_ref: the branch it goes to; with
    it the two commits are compared while the pull request is still being asked for.
    """

    head_sha: str
    before: frozenset[str] = frozenset()
    base_ref: str | None = None


async def look(
    client: Client,
    repository: str,
    number: int,
    *,
    app_id: int,
    told: Told | None = None,
    at_base: Sequence[str] = (),
    matters: Matters | None = None,
) -> PullRequestState:
    """The pull request as it is now.

    `told`: GitHub's answer may be older than its webhook; it is asked again, for some seconds, while it shows a head
    that we know to be past. `at_base`: files at the tip of the base that will be read next; they come along, so that
    GitHubFiles finds them without a call. `matters`: whether any of these paths is worth comparing, given the
    `at_base` files; without it every one is.

    One GraphQL query, one compare (none when the same two commits were compared before, or no file matters; then
    there is no merge base to speak of either), and one list of comments
    when there are commands in comments not seen before. Further pages cost a call each.
    Raises PullRequestGone, CommitMissing, and the client's errors.
    """
    ahead = asyncio.create_task(_compare_ahead(client, repository, told))
    try:
        found, stale = await _fresh(client, repository, number, app_id, told, at_base)
        await ahead
    finally:
        ahead.cancel()
    pull = found["pullRequest"]
    full_name = str(found["nameWithOwner"])
    head_sha = str(pull["headRefOid"])
    base_sha = await _base(client, full_name, pull, at_base)
    indifferent = await _indifferent(client, full_name, pull, base_sha, at_base, matters)
    incomplete: tuple[str, ...] = ()
    if indifferent is not None:
        comparison = indifferent
    else:
        changed = int(pull["changedFiles"])
        comparison, incomplete = await _compared(client, full_name, number, base_sha, head_sha, changed)
    by_app = await _written_by_apps(client, full_name, number, pull["comments"]["nodes"])
    return PullRequestState(
        repository=full_name,
        repository_id=int(found["databaseId"]),
        private=found["visibility"] != "PUBLIC",
        default_branch=(found.get("defaultBranchRef") or {}).get("name"),
        number=number,
        title=str(pull["title"]),
        author=person(pull["author"]),
        state=_STATES[pull["state"]],
        draft=bool(pull["isDraft"]),
        locked=bool(pull["locked"]),
        base_ref=str(pull["baseRefName"]),
        base_sha=base_sha,
        head_ref=str(pull["headRefName"]),
        head_sha=head_sha,
        head_repository=(pull.get("headRepository") or {}).get("nameWithOwner"),
        merge_base_sha=comparison.merge_base_sha,
        files=comparison.files,
        commits=commits(pull["commits"]["nodes"]),
        comments=_comments(pull, by_app),
        own_comments=tuple(
            OwnComment(int(node["fullDatabaseId"]), str(node["body"]), str(node["url"]), moment(node["updatedAt"]))
            for node in pull["comments"]["nodes"]
            if node["viewerDidAuthor"]
        ),
        labels=frozenset(str(node["name"]) for node in (pull.get("labels") or {}).get("nodes") or ()),
        known_labels=frozenset(
            str(value["name"]) for key, value in found.items() if key.startswith("label") and value is not None
        ),
        requested_users=_requested(pull, "User", "login"),
        requested_teams=_requested(pull, "Team", "slug"),
        reviewers=frozenset(
            str(node["author"]["login"]).lower()
            for node in pull["reviews"]["nodes"]
            if node.get("author") and node["state"] != "PENDING"
        ),
        checks=check_runs(pull["latest"], head_sha),
        incomplete=incomplete,
        suspect=stale,
    )


async def _fresh(
    client: Client, repository: str, number: int, app_id: int, told: Told | None, at_base: Sequence[str]
) -> tuple[dict[str, Any], bool]:
    """The repository's answer, and whether its head is one that we know to be past."""
    waits = iter(_STALE_WAITS)
    while True:
        found = await _whole(client, repository, number, app_id, at_base)
        stale = told is not None and _is_stale(found["pullRequest"], told)
        wait = next(waits, None) if stale else None
        if wait is None:
            return found, stale
        await client.sleep(wait)


def _is_stale(pull: Mapping[str, Any], told: Told) -> bool:
    """A head that is not the one we were told of is newer when it contains it, older when we know it as past; and
    when it is neither, the branch was rewritten since, or not yet as far as GitHub's answer knows.
    """
    head = pull["headRefOid"]
    if head == told.head_sha or pull["state"] != "OPEN":
        return False
    contained = {node["commit"]["oid"] for node in pull["commits"]["nodes"]}
    return head in told.before or told.head_sha not in contained


async def _whole(client: Client, repository: str, number: int, app_id: int, at_base: Sequence[str]) -> dict[str, Any]:
    """One answer with all pages of everything, from one head."""
    for _ in range(_RESTARTS):
        found = await _first_page(client, repository, number, app_id, at_base)
        if await _complete(client, repository, number, found["pullRequest"]):
            break
    return found


async def _first_page(
    client: Client, repository: str, number: int, app_id: int, at_base: Sequence[str]
) -> dict[str, Any]:
    owner, name = repository.split("/", 1)
    variables = {"owner": owner, "name": name, "number": number, "app": app_id, "check": queries.CHECK_NAME}
    variables |= {f"path{index}": path for index, path in enumerate(at_base)}
    answered = await client.query(queries.pull_request(len(at_base)), variables)
    found = answered.data.get("repository")
    if not found or not found.get("pullRequest"):
        raise PullRequestGone(Call("GET", f"/repos/{repository}/pulls/{number}"), _reasons(answered))
    return dict(found)


async def _complete(client: Client, repository: str, number: int, pull: dict[str, Any]) -> bool:
    """Adds the further pages to `pull`. False when the head moved between two of them: then they do not fit."""
    owner, name = repository.split("/", 1)
    while cursors := _unfinished(pull):
        variables = {"owner": owner, "name": name, "number": number, **cursors}
        answered = await client.query(queries.further_pages(sorted(cursors)), variables)
        further = (answered.data.get("repository") or {}).get("pullRequest")
        if not further:
            raise PullRequestGone(Call("GET", f"/repos/{repository}/pulls/{number}"), _reasons(answered))
        if further["headRefOid"] != pull["headRefOid"]:
            return False
        for connection in cursors:
            page = further[connection]
            pull[connection] = {
                "nodes": pull[connection]["nodes"] + page["nodes"],
                "pageInfo": page["pageInfo"],
            }
    return True


def _unfinished(pull: Mapping[str, Any]) -> dict[str, str]:
    return {
        connection: str(pull[connection]["pageInfo"]["endCursor"])
        for connection in ("commits", "comments", "reviews")
        if pull[connection]["pageInfo"]["hasNextPage"]
    }


def _reasons(answered: QueryAnswer) -> str:
    return "; ".join(problem.message for problem in answered.problems) or "is not there"


async def _base(client: Client, repository: str, pull: Mapping[str, Any], at_base: Sequence[str]) -> str:
    """The tip of the base branch (its last known place when the branch is gone), its files kept for later."""
    ref = pull.get("baseRef")
    if ref is None:
        return str(pull["baseRefOid"])
    target = ref["target"]
    files = GitHubFiles(client, repository)
    for index, path in enumerate(at_base):
        await files.keep(str(target["oid"]), path, target[f"file{index}"])
    return str(target["oid"])


async def _indifferent(
    client: Client,
    repository: str,
    pull: Mapping[str, Any],
    base_sha: str,
    at_base: Sequence[str],
    matters: Matters | None,
) -> CommitComparison | None:
    """What changed, if none of it matters: most pull requests touch no contract, and need no comparison."""
    listed = (pull.get("files") or {}).get("nodes") or []
    known = any((repository, base_sha, pull["headRefOid"]) == key for key in client.memory.comparisons)
    renamed = any(node["changeType"] not in _PLAIN_CHANGES for node in listed)
    if matters is None or known or renamed or not listed or len(listed) != int(pull["changedFiles"]):
        return None
    found = await GitHubFiles(client, repository).read([(base_sha, path) for path in at_base])
    documents = {path: content for (_, path), content in found.items()}
    if matters([str(node["path"]) for node in listed], documents):
        return None
    files = tuple(ChangedFile(str(node["path"]), _PLAIN_CHANGES[node["changeType"]]) for node in listed)
    return CommitComparison(None, files, complete=True)


async def _compared(
    client: Client, repository: str, number: int, base_sha: str, head_sha: str, changed: int
) -> tuple[CommitComparison, tuple[str, ...]]:
    comparison = await compare(client, repository, base_sha, head_sha)
    if comparison.merge_base_sha is None:
        return comparison, ("The two branches have no common ancestor, so there is nothing to compare with.",)
    if comparison.complete:
        return comparison, ()
    files = await _pull_files(client, repository, number)
    if changed > _PULL_FILES or len(files) >= _PULL_FILES:
        shown = (
            f"The pull request changes {changed:,} files. GitHub lists no more than {_PULL_FILES:,}: "
            "what the others change was not seen."
        )
        return replace(comparison, files=files), (shown,)
    return replace(comparison, files=files, complete=True), ()


async def compare(client: Client, repository: str, base_sha: str, head_sha: str) -> CommitComparison:
    """`base...head`: their merge base, and what head changes since. A commit that was just pushed to a fork is waited
    for some seconds. Raises CommitMissing.
    """
    key = (repository, base_sha, head_sha)
    known = client.memory.comparisons.get(key)
    if known is None:
        known = await _compare(client, repository, base_sha, head_sha)
        client.memory.comparisons[key] = known
    return known


async def _compare(client: Client, repository: str, base_sha: str, head_sha: str) -> CommitComparison:
    owner, name = repository.split("/", 1)
    where = {"owner": owner, "name": name, "base": base_sha, "head": head_sha}
    waits = iter(_MISSING_WAITS)
    while True:
        try:
            answer = await client.getitem("/repos/{owner}/{name}/compare/{base}...{head}?per_page=1", where)
        except NotFound as error:
            if "no common ancestor" in error.message.lower():
                return CommitComparison(None, (), complete=True)
            wait = next(waits, None)
            if wait is None:
                raise CommitMissing(repository, head_sha, error.message) from error
            await client.sleep(wait)
            continue
        return _comparison(answer)


def _comparison(answer: Mapping[str, Any]) -> CommitComparison:
    entries = answer.get("files") or []
    complete = len(entries) < _COMPARE_FILES
    return CommitComparison(str(answer["merge_base_commit"]["sha"]), _files(entries), complete)


async def _compare_ahead(client: Client, repository: str, told: Told | None) -> None:
    """Has the comparison at hand by the time that it is needed, if the base is where it was told to be. Whatever goes
    wrong here goes wrong again, and is dealt with, where the comparison is needed.
    """
    known = client.memory.comparisons
    if told is None or told.base_ref is None or any(key[2] == told.head_sha for key in known):
        return
    owner, name = repository.split("/", 1)
    where = {"owner": owner, "name": name, "base": told.base_ref, "head": told.head_sha}
    with suppress(GitHubError):
        answer = await client.getitem("/repos/{owner}/{name}/compare/{base}...{head}?per_page=1", where)
        known[repository, str(answer["base_commit"]["sha"]), told.head_sha] = _comparison(answer)


async def _pull_files(client: Client, repository: str, number: int) -> tuple[ChangedFile, ...]:
    owner, name = repository.split("/", 1)
    where = {"owner": owner, "name": name, "number": str(number)}
    path = "/repos/{owner}/{name}/pulls/{number}/files?per_page=100"
    return _files([entry async for entry in client.getiter(path, where)])


def _files(entries: Sequence[Mapping[str, Any]]) -> tuple[ChangedFile, ...]:
    """Each path once: pages may overlap when the list moves between two of them."""
    files = {file.path: file for entry in entries if (file := changed_file(entry)) is not None}
    return tuple(files.values())


def _comments(pull: Mapping[str, Any], by_app: Mapping[int, bool]) -> tuple[Comment, ...]:
    said = [comment(node, by_app) for node in pull["comments"]["nodes"] if not node["viewerDidAuthor"]]
    said += [
        review(node)
        for node in pull["reviews"]["nodes"]
        if str(node["body"]).strip() and node["state"] != "PENDING" and not node["viewerDidAuthor"]
    ]
    return tuple(sorted(said, key=lambda comment: (comment.created_at, comment.kind, comment.id)))


def _requested(pull: Mapping[str, Any], kind: str, name: str) -> frozenset[str]:
    reviewers = [node.get("requestedReviewer") for node in (pull.get("reviewRequests") or {}).get("nodes") or ()]
    return frozenset(str(r[name]).lower() for r in reviewers if r and r.get("__typename") == kind)


async def _written_by_apps(
    client: Client, repository: str, number: int, nodes: Collection[Mapping[str, Any]]
) -> Mapping[int, bool]:
    """By id, which of the comments with a command an app wrote in its author's name.

    Only REST says so (`performed_via_github_app`), and it never changes: each comment is asked about once.
    """
    known = client.memory.written_by_app
    commands = {
        int(node["fullDatabaseId"]): node
        for node in nodes
        if not node["viewerDidAuthor"] and contains_command(str(node["body"]))
    }
    unknown = [id for id in commands if id not in known]
    answer = {id: known[id] for id in commands if id in known}
    if unknown:
        since = min(moment(commands[id]["createdAt"]) for id in unknown).strftime("%Y-%m-%dT%H:%M:%SZ")
        owner, name = repository.split("/", 1)
        where = {"owner": owner, "name": name, "number": str(number), "since": since}
        path = "/repos/{owner}/{name}/issues/{number}/comments?per_page=100{&since}"
        async for listed in client.getiter(path, where):
            known[int(listed["id"])] = answer[int(listed["id"])] = listed.get("performed_via_github_app") is not None
    return {id: answer.get(id, True) for id in commands}


@dataclass(frozen=True, slots=True)
class OpenPull:
    """An open pull request, as far as one needs to know it to have it looked at."""

    number: int
    head_sha: str
    base_ref: str


async def open_pulls(client: Client, repository: str, base_ref: str | None = None) -> tuple[OpenPull, ...]:
    """The open pull requests (onto `base_ref`, if one is given): a call for a hundred of them. Raises PullRequestGone
    when the repository was deleted, or taken from the installation.
    """
    owner, name = repository.split("/", 1)
    where = {"owner": owner, "name": name, **({"base": base_ref} if base_ref else {})}
    found: dict[int, OpenPull] = {}
    try:
        async for pull in client.getiter("/repos/{owner}/{name}/pulls?state=open&per_page=100{&base}", where):
            found[pull["number"]] = OpenPull(pull["number"], pull["head"]["sha"], pull["base"]["ref"])
    except NotFound as error:
        raise PullRequestGone(error.call, error.message) from error
    return tuple(found[number] for number in sorted(found))
