"""Pull requests, comments and reviews in GraphQL."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.github_standin.clock import iso
from tests.github_standin.graphql.content import Objects
from tests.github_standin.graphql.context import Context
from tests.github_standin.graphql.pagination import Fields, connection
from tests.github_standin.graphql.people import actor, team, user
from tests.github_standin.shapes import conversations
from tests.github_standin.shapes.accounts import node_id
from tests.github_standin.world.accounts import Team, User
from tests.github_standin.world.git import CommitInfo, FileDiff
from tests.github_standin.world.issues import Comment, Label, Reaction
from tests.github_standin.world.merging import latest_reviews
from tests.github_standin.world.pulls import PullRequest
from tests.github_standin.world.repositories import Repository
from tests.github_standin.world.reviews import Review

_CHANGES = {"added": "ADDED", "removed": "DELETED", "renamed": "RENAMED", "changed": "CHANGED"}

REACTION_WORDS = {
    "+1": "THUMBS_UP",
    "-1": "THUMBS_DOWN",
    "laugh": "LAUGH",
    "confused": "CONFUSED",
    "heart": "HEART",
    "hooray": "HOORAY",
    "rocket": "ROCKET",
    "eyes": "EYES",
}


def pull_request(
    pull: PullRequest, context: Context, objects: Objects, repository: Callable[[Repository, Context], Fields]
) -> Fields:
    repo = pull.repository
    head_sha = (pull.previous_head if context.stale else None) or pull.head_sha
    base_branch = (pull.previous_base if context.stale else None) or pull.base_branch
    files = pull.files()

    def commit_node(info: CommitInfo) -> Fields:
        return {
            "__typename": "PullRequestCommit",
            "id": node_id("PURC", f"{pull.id}:{info.sha}"),
            "commit": objects.commit(info.sha),
            "pullRequest": lambda info: again(),
        }

    def again() -> Fields:
        return pull_request(pull, context, objects, repository)

    def commits(_: Any, **args: Any) -> Fields:
        return connection("commits", pull.commits(head_sha), commit_node, args)

    def comments(_: Any, **args: Any) -> Fields:
        return connection("comments", pull.comments, lambda c: comment(c, context, again), args)

    def reviews(_: Any, author: str | None = None, states: list[str] | None = None, **args: Any) -> Fields:
        found = [
            r
            for r in pull.reviews
            if (states is None or r.state in states) and (author is None or (r.author and r.author.login == author))
        ]
        return connection("reviews", found, lambda r: review(r, context, objects), args)

    def requests(_: Any, **args: Any) -> Fields:
        asked: list[User | Team] = [*pull.requested_users, *pull.requested_teams]
        return connection("reviewRequests", asked, lambda who: _request(pull, who, context), args)

    def mergeable(_: Any) -> str:
        known = {None: "UNKNOWN", True: "MERGEABLE", False: "CONFLICTING"}[pull.mergeable]
        if pull.mergeable is None and pull.state == "open":
            pull.test_merge()
        return known

    return {
        "__typename": "PullRequest",
        "id": node_id("PR", pull.id),
        "fullDatabaseId": str(pull.id),
        "number": pull.number,
        "title": pull.title,
        "body": pull.body or "",
        "state": "MERGED" if pull.merged_at else pull.state.upper(),
        "closed": pull.state == "closed",
        "closedAt": iso(pull.closed_at) if pull.closed_at else None,
        "isDraft": pull.draft,
        "locked": pull.locked,
        "url": pull.url,
        "createdAt": iso(pull.created_at),
        "updatedAt": iso(pull.updated_at),
        "author": actor(pull.author),
        "additions": sum(f.additions for f in files),
        "deletions": sum(f.deletions for f in files),
        "changedFiles": len(files),
        "baseRefName": base_branch,
        "baseRefOid": pull.base_sha,
        "baseRef": lambda _: ref(repo, base_branch, objects, lambda: repository(repo, context)),
        "baseRepository": lambda _: repository(repo, context),
        "headRefName": pull.head_branch,
        "headRefOid": head_sha,
        "headRef": lambda _: _head_ref(pull, context, objects, repository),
        "headRepository": lambda _: repository(pull.head_repo, context) if pull.head_repo else None,
        "headRepositoryOwner": actor(pull.head_owner),
        "isCrossRepository": pull.head_repo is not repo,
        "repository": lambda _: repository(repo, context),
        "merged": pull.merged_at is not None,
        "mergedAt": iso(pull.merged_at) if pull.merged_at else None,
        "mergedBy": actor(pull.merged_by),
        "mergeable": mergeable,
        "mergeCommit": lambda _: objects.commit(pull.merge_commit_sha) if pull.merge_commit_sha else None,
        "labels": lambda _, **args: connection("labels", pull.labels, label, args),
        "commits": commits,
        "comments": comments,
        "reviews": reviews,
        "latestReviews": lambda _, **args: connection(
            "latestReviews", latest_reviews(pull), lambda r: review(r, context, objects), args
        ),
        "reviewRequests": requests,
        "files": lambda _, **args: connection("files", files, _file, args),
    }


def ref(repo: Repository, branch: str, objects: Objects, repository: Callable[[], Fields]) -> Fields | None:
    """None for a branch that is gone."""
    sha = repo.branches.get(branch)
    if sha is None:
        return None
    return {
        "__typename": "Ref",
        "id": node_id("REF", f"{repo.id}:{branch}"),
        "name": branch,
        "prefix": "refs/heads/",
        "target": lambda _: objects.commit(sha),
        "repository": lambda _: repository(),
    }


def _head_ref(
    pull: PullRequest, context: Context, objects: Objects, repository: Callable[[Repository, Context], Fields]
) -> Fields | None:
    head = pull.head_repo
    if head is None or head.branches.get(pull.head_branch) != pull.head_sha:
        return None
    return ref(head, pull.head_branch, objects, lambda: repository(head, context))


def _file(file: FileDiff) -> Fields:
    return {
        "path": file.path,
        "changeType": _CHANGES.get(file.status, "MODIFIED"),
        "additions": file.additions,
        "deletions": file.deletions,
    }


def _request(pull: PullRequest, who: User | Team, context: Context) -> Fields:
    reviewer = user(who) if isinstance(who, User) else team(who, context)
    if isinstance(who, Team) and not context.sees_members(who.organisation):
        reviewer = {}
    return {
        "__typename": "ReviewRequest",
        "id": node_id("RR", f"{pull.id}:{who.id}"),
        "asCodeOwner": False,
        "requestedReviewer": reviewer or None,
    }


def label(shown: Label) -> Fields:
    return {
        "__typename": "Label",
        "id": node_id("LA", shown.id),
        "name": shown.name,
        "color": shown.color,
        "description": shown.description,
    }


def comment(shown: Comment, context: Context, pull: Callable[[], Fields | None]) -> Fields:
    own = [r.content for r in shown.reactions if r.user is context.account]

    def reactions(_: Any, **args: Any) -> Fields:
        return connection("reactions", shown.reactions, reaction, args)

    return {
        "__typename": "IssueComment",
        "id": node_id("IC", shown.id),
        "databaseId": shown.id,
        "fullDatabaseId": str(shown.id),
        "body": shown.body,
        "author": actor(shown.author),
        "editor": actor(shown.edited_by),
        "createdAt": iso(shown.created_at),
        "updatedAt": iso(shown.updated_at),
        "lastEditedAt": iso(shown.edited_at) if shown.edited_at else None,
        "includesCreatedEdit": shown.edited_at is not None,
        "isMinimized": False,
        "url": conversations.comment_page(shown),
        "viewerDidAuthor": shown.author is not None and shown.author is context.account,
        "pullRequest": lambda _: pull(),
        "reactions": reactions,
        "reactionGroups": [
            {"content": word, "viewerHasReacted": content in own} for content, word in REACTION_WORDS.items()
        ],
    }


def reaction(shown: Reaction) -> Fields:
    return {
        "__typename": "Reaction",
        "id": node_id("REA", shown.id),
        "databaseId": shown.id,
        "content": REACTION_WORDS[shown.content],
        "createdAt": iso(shown.created_at),
        "user": user(shown.user) if shown.user.kind == "User" else None,
    }


def review(shown: Review, context: Context, objects: Objects) -> Fields:
    return {
        "__typename": "PullRequestReview",
        "id": node_id("PRR", shown.id),
        "databaseId": shown.id,
        "fullDatabaseId": str(shown.id),
        "body": shown.body,
        "state": shown.state,
        "author": actor(shown.author),
        "createdAt": iso(shown.submitted_at),
        "submittedAt": iso(shown.submitted_at),
        "updatedAt": iso(shown.updated_at),
        "lastEditedAt": iso(shown.edited_at) if shown.edited_at else None,
        "includesCreatedEdit": shown.edited_at is not None,
        "url": conversations.review_page(shown),
        "viewerDidAuthor": shown.author is not None and shown.author is context.account,
        "commit": lambda _: objects.commit(shown.commit),
    }
