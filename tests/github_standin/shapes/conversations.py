"""Issues, pull requests, comments, reviews and labels as GitHub's REST answers show them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.github_standin.clock import iso
from tests.github_standin.shapes.accounts import Json, app, node_id, nullable_user, simple_user, team
from tests.github_standin.shapes.repositories import api, page, repository
from tests.github_standin.world.accounts import Organisation
from tests.github_standin.world.issues import REACTIONS
from tests.github_standin.world.pulls import PullRequest

if TYPE_CHECKING:
    from tests.github_standin.world.accounts import User
    from tests.github_standin.world.issues import Comment, Issue, Label, Reaction
    from tests.github_standin.world.repositories import Repository
    from tests.github_standin.world.reviews import Review


def association(repo: Repository, user: User | None) -> str:
    if user is None:
        return "NONE"
    if user is repo.owner:
        return "OWNER"
    if isinstance(repo.owner, Organisation) and user in repo.owner.members:
        return "MEMBER"
    if user in repo.grants:
        return "COLLABORATOR"
    return "CONTRIBUTOR" if any(p.author is user and p.merged_at for p in repo.pulls) else "NONE"


def label(repo: Repository, shown: Label) -> Json:
    return {
        "id": shown.id,
        "node_id": node_id("LA", shown.id),
        "url": f"{api(repo)}/labels/{shown.name.replace(' ', '%20')}",
        "name": shown.name,
        "color": shown.color,
        "default": False,
        "description": shown.description,
    }


def reaction(shown: Reaction) -> Json:
    return {
        "id": shown.id,
        "node_id": node_id("REA", shown.id),
        "user": simple_user(shown.user),
        "content": shown.content,
        "created_at": iso(shown.created_at),
    }


def _reaction_counts(reactions: list[Reaction], url: str) -> Json:
    counts = {name: sum(r.content == name for r in reactions) for name in REACTIONS}
    return {"url": f"{url}/reactions", "total_count": len(reactions), **counts}


def comment(shown: Comment) -> Json:
    issue = shown.issue
    repo = issue.repository
    url = f"{api(repo)}/issues/comments/{shown.id}"
    return {
        "url": url,
        "html_url": comment_page(shown),
        "issue_url": f"{api(repo)}/issues/{issue.number}",
        "id": shown.id,
        "node_id": node_id("IC", shown.id),
        "user": nullable_user(shown.author),
        "created_at": iso(shown.created_at),
        "updated_at": iso(shown.updated_at),
        "body": shown.body,
        "author_association": association(repo, shown.author),
        "pin": None,
        "reactions": _reaction_counts(shown.reactions, url),
        "performed_via_github_app": app(shown.via) if shown.via else None,
    }


def comment_page(shown: Comment) -> str:
    return f"{issue_page(shown.issue)}#issuecomment-{shown.id}"


def issue_page(issue: Issue) -> str:
    kind = "pull" if isinstance(issue, PullRequest) else "issues"
    return f"{page(issue.repository)}/{kind}/{issue.number}"


def issue(shown: Issue) -> Json:
    """As the issues API shows issues and pull requests alike; only `pull_request` tells them apart."""
    repo = shown.repository
    url = f"{api(repo)}/issues/{shown.number}"
    fields: Json = {
        "url": url,
        "repository_url": api(repo),
        "labels_url": f"{url}/labels{{/name}}",
        "comments_url": f"{url}/comments",
        "events_url": f"{url}/events",
        "html_url": issue_page(shown),
        "id": shown.id,
        "node_id": node_id("PR" if isinstance(shown, PullRequest) else "I", shown.id),
        "number": shown.number,
        "title": shown.title,
        "user": nullable_user(shown.author),
        "labels": [label(repo, each) for each in shown.labels],
        "state": shown.state,
        "locked": shown.locked,
        "assignee": None,
        "assignees": [],
        "milestone": None,
        "comments": len(shown.comments),
        "created_at": iso(shown.created_at),
        "updated_at": iso(shown.updated_at),
        "closed_at": iso(shown.closed_at) if shown.closed_at else None,
        "author_association": association(repo, shown.author),
        "active_lock_reason": shown.lock_reason,
        "body": shown.body,
        "closed_by": None,
        "reactions": _reaction_counts([], url),
        "timeline_url": f"{url}/timeline",
        "performed_via_github_app": None,
        "state_reason": None,
    }
    if isinstance(shown, PullRequest):
        fields["draft"] = shown.draft
        fields["pull_request"] = {
            "url": f"{api(repo)}/pulls/{shown.number}",
            "html_url": issue_page(shown),
            "diff_url": f"{issue_page(shown)}.diff",
            "patch_url": f"{issue_page(shown)}.patch",
            "merged_at": iso(shown.merged_at) if shown.merged_at else None,
        }
    return fields


def simple_pull_request(pull: PullRequest, head_sha: str | None = None) -> Json:
    """`head_sha`: an older head, for a read that lags behind."""
    repo = pull.repository
    url = f"{api(repo)}/pulls/{pull.number}"
    issue_url = f"{api(repo)}/issues/{pull.number}"
    sha = head_sha or pull.head_sha
    links = {
        "self": url,
        "html": issue_page(pull),
        "issue": issue_url,
        "comments": f"{issue_url}/comments",
        "review_comments": f"{url}/comments",
        "review_comment": f"{api(repo)}/pulls/comments{{/number}}",
        "commits": f"{url}/commits",
        "statuses": f"{api(repo)}/statuses/{sha}",
    }
    return {
        "url": url,
        "id": pull.id,
        "node_id": node_id("PR", pull.id),
        "html_url": issue_page(pull),
        "diff_url": f"{issue_page(pull)}.diff",
        "patch_url": f"{issue_page(pull)}.patch",
        "issue_url": issue_url,
        "number": pull.number,
        "state": pull.state,
        "locked": pull.locked,
        "title": pull.title,
        "user": nullable_user(pull.author),
        "body": pull.body,
        "created_at": iso(pull.created_at),
        "updated_at": iso(pull.updated_at),
        "closed_at": iso(pull.closed_at) if pull.closed_at else None,
        "merged_at": iso(pull.merged_at) if pull.merged_at else None,
        "merge_commit_sha": pull.merge_commit_sha,
        "assignee": None,
        "assignees": [],
        "requested_reviewers": [simple_user(u) for u in pull.requested_users],
        "requested_teams": [team(t) for t in pull.requested_teams],
        "labels": [label(repo, each) for each in pull.labels],
        "milestone": None,
        "draft": pull.draft,
        "commits_url": links["commits"],
        "review_comments_url": links["review_comments"],
        "review_comment_url": links["review_comment"],
        "comments_url": links["comments"],
        "statuses_url": links["statuses"],
        "head": {
            "label": pull.head_label,
            "ref": pull.head_branch,
            "sha": sha,
            "user": nullable_user(pull.head_owner),
            "repo": repository(pull.head_repo) if pull.head_repo else None,
        },
        "base": {
            "label": f"{repo.owner.login}:{pull.base_branch}",
            "ref": pull.base_branch,
            "sha": pull.base_sha,
            "user": simple_user(repo.owner),
            "repo": repository(repo),
        },
        "_links": {name: {"href": href} for name, href in links.items()},
        "author_association": association(repo, pull.author),
        "auto_merge": None,
        "active_lock_reason": pull.lock_reason,
    }


def pull_request(pull: PullRequest, head_sha: str | None = None) -> Json:
    files = pull.files()
    return {
        **simple_pull_request(pull, head_sha),
        "merged": pull.merged_at is not None,
        "mergeable": pull.mergeable,
        "rebaseable": pull.mergeable,
        "mergeable_state": _mergeable_state(pull),
        "merged_by": nullable_user(pull.merged_by),
        "comments": len(pull.comments),
        "review_comments": 0,
        "maintainer_can_modify": False,
        "commits": len(pull.commits()),
        "additions": sum(f.additions for f in files),
        "deletions": sum(f.deletions for f in files),
        "changed_files": len(files),
    }


def _mergeable_state(pull: PullRequest) -> str:
    if pull.mergeable is None:
        return "unknown"
    if not pull.mergeable:
        return "dirty"
    if pull.draft:
        return "draft"
    return "clean" if pull.may_merge else "blocked"


def review(shown: Review, lower_case: bool = False) -> Json:
    """Webhooks write the state in lower case."""
    pull = shown.pull
    url = f"{api(pull.repository)}/pulls/{pull.number}"
    html = review_page(shown)
    return {
        "id": shown.id,
        "node_id": node_id("PRR", shown.id),
        "user": nullable_user(shown.author),
        "body": shown.body,
        "state": shown.state.lower() if lower_case else shown.state,
        "html_url": html,
        "pull_request_url": url,
        "author_association": association(pull.repository, shown.author),
        "_links": {"html": {"href": html}, "pull_request": {"href": url}},
        "submitted_at": iso(shown.submitted_at),
        "commit_id": shown.commit,
    }


def review_page(shown: Review) -> str:
    return f"{issue_page(shown.pull)}#pullrequestreview-{shown.id}"
