"""One look at a pull request: two calls, whatever its size up to a hundred of anything."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from bot.github import changes, queries
from bot.github.client import Client, QueryAnswer
from bot.github.errors import Call, GitHubError, GraphQLRefused, NotFound
from bot.github.files import GitHubFiles
from bot.github.pull import (
    OwnComment,
    PullRequestState,
    altered_at,
    check_runs,
    comment,
    commits,
    moment,
    person,
    review,
)
from bot.review.commands import contains_command
from bot.review.offers import Approval, is_confirmation
from bot.review.people import Comment

_STALE_WAITS = (0.5, 1.0, 2.0)
_RESTARTS = 3
_STATES: Mapping[str, Literal["open", "closed", "merged"]] = {"OPEN": "open", "CLOSED": "closed", "MERGED": "merged"}


class PullRequestGone(GitHubError):
    """The pull request, or its repository, is not there or not visible to the installation."""


@dataclass(frozen=True, slots=True)
class Told:
    """What a webhook said of the head: where it is, and where it no longer is. onto: the branch it goes to. base_ref:
    the same, where the two commits are to be compared while the pull request is still being asked for.
    """

    head_sha: str
    before: frozenset[str] = frozenset()
    base_ref: str | None = None
    onto: str | None = None


@dataclass(slots=True)
class Along:
    """What is asked in the same call, and the newest answer to it."""

    part: queries.Part
    answer: Mapping[str, Any] | None = None


async def look(
    client: Client,
    repository: str,
    number: int,
    *,
    app_id: int,
    told: Told | None = None,
    at_base: Sequence[str] = (),
    matters: changes.Matters | None = None,
    along: Along | None = None,
) -> PullRequestState:
    """The pull request as it is now.

    `told`: GitHub's answer may be older than its webhook; it is asked again, for some seconds, while it shows a head
    that we know to be past, or another base. `at_base`: files at the tip of the base that will be read next; they come
    along, so that GitHubFiles finds them without a call. `matters`: whether any of these paths is worth comparing,
    given the `at_base` files; without it every one is. `along`: what else is to be asked in the same call.

    One GraphQL query, one compare (none when the same two commits were compared before, or no file matters; then
    there is no merge base to speak of either), and one list of comments when there are commands in comments not seen
    before. Further pages cost a call each.
    Raises PullRequestGone, CommitMissing, and the client's errors.
    """
    ahead = asyncio.create_task(_compare_ahead(client, repository, told))
    try:
        found, stale = await _fresh(client, repository, number, app_id, told, at_base, along or Along(queries.Part()))
        await ahead
    finally:
        ahead.cancel()
    pull = found["pullRequest"]
    full_name = str(found["nameWithOwner"])
    head_sha = str(pull["headRefOid"])
    base_sha = await _base(client, full_name, pull, at_base)
    comparison, incomplete = await changes.what_changed(client, full_name, number, pull, base_sha, at_base, matters)
    by_app = await _written_by_apps(client, full_name, number, pull["comments"]["nodes"])
    return PullRequestState(
        repository=full_name,
        repository_id=int(found["databaseId"]),
        default_branch=(found.get("defaultBranchRef") or {}).get("name"),
        number=number,
        title=str(pull["title"]),
        author=person(pull["author"]),
        state=_STATES[pull["state"]],
        draft=bool(pull["isDraft"]),
        locked=bool(pull["locked"]),
        base_ref=str(pull["baseRefName"]),
        base_sha=base_sha,
        head_sha=head_sha,
        merge_base_sha=comparison.merge_base_sha,
        files=comparison.files,
        commits=commits(pull["commits"]["nodes"]),
        comments=_comments(pull, by_app),
        own_comments=tuple(_own(node) for node in pull["comments"]["nodes"] if node["viewerDidAuthor"]),
        labels=frozenset(str(node["name"]) for node in (pull.get("labels") or {}).get("nodes") or ()),
        known_labels=frozenset(str(one["name"]) for key, one in found.items() if key.startswith("label") and one),
        requested_users=_requested(pull, "User", "login"),
        requested_teams=_requested(pull, "Team", "slug"),
        reviewers=_reviewers(pull),
        approvals=_approvals(pull),
        checks=check_runs(pull["latest"], head_sha),
        incomplete=incomplete,
        suspect=stale,
        texts=(str(pull["body"]), *(str(node["commit"]["messageHeadline"]) for node in pull["commits"]["nodes"])),
    )


def _own(node: Mapping[str, Any]) -> OwnComment:
    return OwnComment(
        int(node["fullDatabaseId"]),
        str(node["body"]),
        str(node["url"]),
        moment(node["updatedAt"]),
        moment(node["createdAt"]),
        altered_at(node),
    )


def _reviewers(pull: Mapping[str, Any]) -> frozenset[str]:
    """The logins of those whose review was sent off."""
    sent = (node for node in pull["reviews"]["nodes"] if node["state"] != "PENDING")
    return frozenset(str(node["author"]["login"]).lower() for node in sent if node.get("author"))


async def _compare_ahead(client: Client, repository: str, told: Told | None) -> None:
    if told is not None and told.base_ref is not None:
        await changes.compare_ahead(client, repository, told.base_ref, told.head_sha)


async def _fresh(
    client: Client,
    repository: str,
    number: int,
    app_id: int,
    told: Told | None,
    at_base: Sequence[str],
    along: Along,
) -> tuple[dict[str, Any], bool]:
    """The repository's answer, and whether its head is one that we know to be past."""
    waits = iter(_STALE_WAITS)
    while True:
        found = await _whole(client, repository, number, app_id, at_base, along)
        stale = told is not None and _is_stale(found["pullRequest"], told)
        elsewhere = told is not None and told.onto not in (None, found["pullRequest"]["baseRefName"])
        wait = next(waits, None) if stale or elsewhere else None
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


async def _whole(
    client: Client, repository: str, number: int, app_id: int, at_base: Sequence[str], along: Along
) -> dict[str, Any]:
    """One answer with all pages of everything, from one head."""
    for _ in range(_RESTARTS):
        found = await _first_page(client, repository, number, app_id, at_base, along)
        if await _complete(client, repository, number, found["pullRequest"]):
            break
    return found


async def _first_page(
    client: Client, repository: str, number: int, app_id: int, at_base: Sequence[str], along: Along
) -> dict[str, Any]:
    owner, name = repository.split("/", 1)
    variables = {"owner": owner, "name": name, "number": number, "app": app_id}
    variables |= {f"path{index}": path for index, path in enumerate(at_base)}
    variables |= along.part.variables
    answered = await client.query(queries.pull_request(len(at_base), along.part), variables)
    along.answer = answered.data
    found = answered.data.get("repository")
    if not found or not found.get("pullRequest"):
        raise PullRequestGone(Call("GET", f"/repos/{repository}/pulls/{number}"), _reasons(answered))
    if any("baseRef" in problem.path for problem in answered.problems):  # else the registry would seem not to be there
        kinds = frozenset(problem.type for problem in answered.problems)
        raise GraphQLRefused(Call("POST", "/graphql"), _reasons(answered), kinds)
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


def _approvals(pull: Mapping[str, Any]) -> tuple[Approval, ...]:
    """A person's newest word counts; a mere comment takes no approval back (docs: "About pull request reviews")."""
    newest: dict[int, tuple[str, Approval]] = {}
    for node in pull["reviews"]["nodes"]:
        by = person(node["author"])
        if by is not None and node["state"] in ("APPROVED", "CHANGES_REQUESTED", "DISMISSED"):
            at = moment(node.get("submittedAt") or node["createdAt"])
            newest[by.id] = str(node["state"]), Approval(int(node["fullDatabaseId"]), by, at)
    return tuple(approval for state, approval in newest.values() if state == "APPROVED")


def _speaks(body: str) -> bool:
    return contains_command(body) or is_confirmation(body)


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
        if not node["viewerDidAuthor"] and _speaks(str(node["body"]))
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
