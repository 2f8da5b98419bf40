"""Issues, comments, reactions and labels; pull requests are issues here."""

from __future__ import annotations

from tests.github_standin.rest.calls import Answer, Call
from tests.github_standin.rest.routing import Routes
from tests.github_standin.shapes import conversations
from tests.github_standin.shapes.accounts import Json
from tests.github_standin.world.issues import Comment, Issue
from tests.github_standin.world.pulls import PullRequest
from tests.github_standin.world.refusals import Refused, invalid, not_found

routes = Routes()

WRITES = "issues|pull_requests:write"
READS = "issues|pull_requests:read"


def _issue(call: Call, level: str) -> Issue:
    """The permission must be for what the number is: issues, or pull_requests (for which issues does as well)."""
    found = call.issue()
    return _permitted(call, found, level)


def _permitted(call: Call, issue: Issue, level: str) -> Issue:
    if not isinstance(issue, PullRequest) and not call.permits("issues", level):
        raise Refused(403, "Resource not accessible by integration")
    return issue


def _comment(call: Call, level: str) -> Comment:
    found = call.comment()
    _permitted(call, found.issue, level)
    return found


def _text(call: Call) -> str:
    body = call.body.get("body")
    if not isinstance(body, str):
        raise Refused(422, 'Invalid request.\n\n"body" wasn\'t supplied.')
    return body


@routes("POST", "/repos/{owner}/{repo}/issues", needs="issues:write")
def open_issue(call: Call) -> Answer:
    title = call.body.get("title")
    if not title:
        raise Refused(422, 'Invalid request.\n\n"title" wasn\'t supplied.')
    opened = call.repo.open_issue(call.actor, str(title), call.body.get("body"))
    opened.add_labels(call.actor, _names(call.body.get("labels")))
    return Answer(conversations.issue(opened), 201)


@routes("GET", "/repos/{owner}/{repo}/issues", needs="issues:read")
def issues(call: Call) -> Answer:
    """Issues and pull requests alike, the newest first; open ones unless asked."""
    state, since = call.query.get("state", "open"), call.query.get("since")
    found = [i for i in reversed(call.repo.issues.values()) if state in (i.state, "all")]
    shown = [conversations.issue(i) for i in found]
    return call.paged([i for i in shown if since is None or i["updated_at"] >= since], lambda i: i)


@routes("GET", "/repos/{owner}/{repo}/issues/{number}", needs=READS)
def issue(call: Call) -> Answer:
    return Answer(conversations.issue(_issue(call, "read")))


@routes("GET", "/repos/{owner}/{repo}/issues/{number}/comments", needs=READS)
def comments(call: Call) -> Answer:
    found = _issue(call, "read").comments
    since = call.query.get("since")
    if since is not None:
        found = [c for c in found if conversations.comment(c)["updated_at"] >= since]
    return call.paged(found, conversations.comment)


@routes("POST", "/repos/{owner}/{repo}/issues/{number}/comments", needs=WRITES)
def write_comment(call: Call) -> Answer:
    written = _issue(call, "write").comment(call.actor, _text(call), call.via)
    shown = conversations.comment(written)
    return Answer(shown, 201, {"Location": shown["url"]})


@routes("GET", "/repos/{owner}/{repo}/issues/comments/{comment}", needs=READS)
def comment(call: Call) -> Answer:
    return Answer(conversations.comment(_comment(call, "read")))


@routes("PATCH", "/repos/{owner}/{repo}/issues/comments/{comment}", needs=WRITES)
def edit_comment(call: Call) -> Answer:
    found = _comment(call, "write")
    found.edit(call.actor, _text(call))
    return Answer(conversations.comment(found))


@routes("DELETE", "/repos/{owner}/{repo}/issues/comments/{comment}", needs=WRITES)
def delete_comment(call: Call) -> Answer:
    _comment(call, "write").delete(call.actor)
    return Answer(None, 204)


@routes("GET", "/repos/{owner}/{repo}/issues/comments/{comment}/reactions", needs=READS)
def reactions(call: Call) -> Answer:
    found = [r for r in _comment(call, "read").reactions if call.query.get("content", r.content) == r.content]
    return call.paged(found, conversations.reaction)


@routes("POST", "/repos/{owner}/{repo}/issues/comments/{comment}/reactions", needs=WRITES)
def react(call: Call) -> Answer:
    """201 when it is new, 200 when the account had reacted so before."""
    reaction, new = _comment(call, "write").react(call.actor, str(call.body.get("content")))
    return Answer(conversations.reaction(reaction), 201 if new else 200)


@routes("DELETE", "/repos/{owner}/{repo}/issues/comments/{comment}/reactions/{reaction}", needs=WRITES)
def unreact(call: Call) -> Answer:
    found = _comment(call, "write")
    kept = [r for r in found.reactions if str(r.id) != call.params["reaction"]]
    if len(kept) == len(found.reactions):
        raise not_found()
    found.reactions = kept
    return Answer(None, 204)


# Labels


def _names(given: object) -> list[str]:
    """Labels come as names, or as objects with a name."""
    listed = given if isinstance(given, list) else []
    return [str(each["name"]) if isinstance(each, dict) else str(each) for each in listed]


def _wanted(call: Call) -> list[str]:
    given = call.json["labels"] if isinstance(call.json, dict) and "labels" in call.json else call.json
    if not isinstance(given, list):
        raise Refused(422, 'Invalid request.\n\n"labels" wasn\'t supplied.')
    return _names(given)


def _shown(issue: Issue) -> list[Json]:
    return [conversations.label(issue.repository, label) for label in issue.labels]


@routes("GET", "/repos/{owner}/{repo}/issues/{number}/labels", needs=READS)
def labels(call: Call) -> Answer:
    found = _issue(call, "read")
    return call.paged(found.labels, lambda label: conversations.label(call.repo, label))


@routes("POST", "/repos/{owner}/{repo}/issues/{number}/labels", needs=WRITES)
def add_labels(call: Call) -> Answer:
    found = _issue(call, "write")
    found.add_labels(call.actor, _wanted(call))
    return Answer(_shown(found))


@routes("PUT", "/repos/{owner}/{repo}/issues/{number}/labels", needs=WRITES)
def set_labels(call: Call) -> Answer:
    found, wanted = _issue(call, "write"), _wanted(call)
    lowered = [name.lower() for name in wanted]
    for label in [label for label in found.labels if label.name.lower() not in lowered]:
        found.remove_label(call.actor, label.name)
    found.add_labels(call.actor, wanted)
    return Answer(_shown(found))


@routes("DELETE", "/repos/{owner}/{repo}/issues/{number}/labels/{label}", needs=WRITES)
def remove_label(call: Call) -> Answer:
    found = _issue(call, "write")
    found.remove_label(call.actor, call.params["label"])
    return Answer(_shown(found))


@routes("GET", "/repos/{owner}/{repo}/labels", needs=READS)
def repository_labels(call: Call) -> Answer:
    return call.paged(list(call.repo.labels.values()), lambda label: conversations.label(call.repo, label))


@routes("GET", "/repos/{owner}/{repo}/labels/{label}", needs=READS)
def repository_label(call: Call) -> Answer:
    found = call.repo.labels.get(call.params["label"].lower())
    if found is None:
        raise not_found()
    return Answer(conversations.label(call.repo, found))


@routes("POST", "/repos/{owner}/{repo}/labels", needs=WRITES)
def create_label(call: Call) -> Answer:
    name = call.body.get("name")
    if not isinstance(name, str) or not name:
        raise invalid("Label", "name", "missing_field")
    if name.lower() in call.repo.labels:
        raise invalid("Label", "name", "already_exists")
    color = str(call.body.get("color", "ededed"))
    if len(color) != 6:
        raise invalid("Label", "color", "invalid")
    return Answer(conversations.label(call.repo, call.repo.label(name, color, call.body.get("description"))), 201)


@routes("PATCH", "/repos/{owner}/{repo}/labels/{label}", needs=WRITES)
def edit_label(call: Call) -> Answer:
    found = call.repo.labels.get(call.params["label"].lower())
    if found is None:
        raise not_found()
    found.color = str(call.body.get("color", found.color))
    found.description = call.body.get("description", found.description)
    return Answer(conversations.label(call.repo, found))
