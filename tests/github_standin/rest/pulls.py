"""Pull requests, their files, commits, reviews and reviewers."""

from __future__ import annotations

from tests.github_standin.rest.calls import Answer, Call
from tests.github_standin.rest.routing import Routes
from tests.github_standin.shapes import conversations
from tests.github_standin.shapes.accounts import simple_user, team
from tests.github_standin.shapes.repositories import DiffEntries, commit
from tests.github_standin.world.refusals import Refused, not_found

routes = Routes()

MOST_FILES = 3_000
MOST_COMMITS = 250


@routes("GET", "/repos/{owner}/{repo}/pulls", needs="pull_requests:read")
def pulls(call: Call) -> Answer:
    """Newest first unless asked otherwise."""
    state, head, base = call.query.get("state", "open"), call.query.get("head"), call.query.get("base")
    found = [
        pull
        for pull in call.repo.pulls
        if state in ("all", pull.state) and head in (None, pull.head_label) and base in (None, pull.base_branch)
    ]
    if call.query.get("direction", "desc") == "desc":
        found.reverse()
    return call.paged(found, conversations.simple_pull_request)


@routes("POST", "/repos/{owner}/{repo}/pulls", needs="pull_requests:write")
def open_pull(call: Call) -> Answer:
    body, repo = call.body, call.repo
    head = str(body.get("head", "")).removeprefix(f"{repo.owner.login}:")
    if head not in repo.branches:
        raise Refused(422, "Validation Failed", [{"resource": "PullRequest", "field": "head", "code": "invalid"}])
    pull = repo.open_pull_request(
        head, call.actor, body["base"], body.get("title", head), body.get("body"), bool(body.get("draft"))
    )
    return Answer(conversations.pull_request(pull), 201)


@routes("GET", "/repos/{owner}/{repo}/pulls/{number}", needs="pull_requests:read")
def pull(call: Call) -> Answer:
    """`mergeable` is null the first time: asking is what makes GitHub find out."""
    found = call.pull()
    shown = conversations.pull_request(found, found.previous_head if call.stale else None)
    if found.state == "open" and found.mergeable is None:
        found.test_merge()
    return Answer(shown)


@routes("PATCH", "/repos/{owner}/{repo}/pulls/{number}", needs="pull_requests:write")
def edit_pull(call: Call) -> Answer:
    found, body = call.pull(), call.body
    if "title" in body:
        found.edit_title(call.actor, body["title"])
    if "body" in body:
        found.edit_body(call.actor, body["body"])
    if "base" in body:
        found.retarget(call.actor, body["base"])
    if body.get("state") == "closed":
        found.close(call.actor)
    elif body.get("state") == "open" and found.state == "closed":
        found.reopen(call.actor)
    return Answer(conversations.pull_request(found))


@routes("GET", "/repos/{owner}/{repo}/pulls/{number}/files", needs="pull_requests:read")
def files(call: Call) -> Answer:
    found = call.pull()
    return call.paged(found.files(), DiffEntries(call.repo, found.head_sha), most=MOST_FILES)


@routes("GET", "/repos/{owner}/{repo}/pulls/{number}/commits", needs="pull_requests:read")
def commits(call: Call) -> Answer:
    return call.paged(call.pull().commits(), lambda info: commit(call.repo, info), most=MOST_COMMITS)


@routes("GET", "/repos/{owner}/{repo}/pulls/{number}/merge", needs="contents:read")
def is_merged(call: Call) -> Answer:
    if call.pull().merged_at is None:
        raise not_found()
    return Answer(None, 204)


@routes("GET", "/repos/{owner}/{repo}/pulls/{number}/reviews", needs="pull_requests:read")
def reviews(call: Call) -> Answer:
    """All of them, oldest first: which one counts is the reader's to find out."""
    return call.paged(call.pull().reviews, conversations.review)


@routes("GET", "/repos/{owner}/{repo}/pulls/{number}/requested_reviewers", needs="pull_requests:read")
def requested(call: Call) -> Answer:
    found = call.pull()
    return Answer(
        {
            "users": [simple_user(user) for user in found.requested_users],
            "teams": [team(each) for each in found.requested_teams],
        }
    )


@routes("POST", "/repos/{owner}/{repo}/pulls/{number}/requested_reviewers", needs="pull_requests:write")
def request_review(call: Call) -> Answer:
    found, body = call.pull(), call.body
    if "reviewers" not in body and "team_reviewers" not in body:
        raise Refused(422, 'Invalid request.\n\nNo subschema in "anyOf" matched.\n"reviewers" wasn\'t supplied.')
    found.request_review(call.actor, body.get("reviewers") or [], body.get("team_reviewers") or [])
    return Answer(conversations.simple_pull_request(found), 201)


@routes("DELETE", "/repos/{owner}/{repo}/pulls/{number}/requested_reviewers", needs="pull_requests:write")
def withdraw(call: Call) -> Answer:
    found, body = call.pull(), call.body
    found.withdraw_request(call.actor, body.get("reviewers") or [], body.get("team_reviewers") or [])
    return Answer(conversations.simple_pull_request(found))


@routes("GET", "/repos/{owner}/{repo}/commits/{sha}/pulls", needs="pull_requests:read")
def of_commit(call: Call) -> Answer:
    sha = call.params["sha"]
    if not call.repo.git.has(sha):
        raise Refused(422, f"No commit found for SHA: {sha}")
    return call.paged(call.repo.pulls_of(sha), conversations.simple_pull_request)
