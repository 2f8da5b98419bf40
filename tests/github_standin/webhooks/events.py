"""What GitHub tells apps: payloads, and which app hears of what."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from tests.github_standin.clock import iso
from tests.github_standin.shapes import accounts, checks, conversations, repositories
from tests.github_standin.world.accounts import Organisation
from tests.github_standin.world.pulls import PullRequest

if TYPE_CHECKING:
    from tests.github_standin.github import GitHub
    from tests.github_standin.world.accounts import Owner, Team, User
    from tests.github_standin.world.apps import App, Installation
    from tests.github_standin.world.checks import CheckRun, CheckSuite
    from tests.github_standin.world.issues import Comment, Issue, Label
    from tests.github_standin.world.repositories import Repository
    from tests.github_standin.world.reviews import Review

Json = dict[str, Any]

NEEDS = {
    "push": ("contents",),
    "create": ("contents",),
    "delete": ("contents",),
    "pull_request": ("pull_requests",),
    "pull_request_review": ("pull_requests",),
    "issue_comment": ("issues", "pull_requests"),
    "issues": ("issues",),
    "check_run": ("checks",),
    "check_suite": ("checks",),
    "merge_group": ("merge_queues",),
    "member": ("members",),
    "membership": ("members",),
    "team": ("members",),
    "organization": ("members",),
    "repository": ("metadata",),
}
"""The permission (one of them) without which an app is not told of an event."""

ALWAYS = ("installation", "installation_repositories")
"""Sent to every app, subscribed or not."""


class Events:
    """One method an event. Payloads are written down at once: what is delivered late shows what was then."""

    def __init__(self, github: GitHub) -> None:
        self._github = github

    # Repositories

    def push(
        self,
        repo: Repository,
        name: str,
        before: str,
        after: str,
        pusher: User,
        forced: bool,
        kind: Literal["branch", "tag"] = "branch",
    ) -> None:
        gone, new = after == "0" * 40, before == "0" * 40
        commits = [] if gone or kind == "tag" else repo.git.commits(after, None if new else before)
        shown = [_pushed(repo, info.sha) for info in commits[-20:]]
        self._tell(
            "push",
            None,
            repo,
            pusher,
            {
                "ref": f"refs/{'heads' if kind == 'branch' else 'tags'}/{name}",
                "before": before,
                "after": after,
                "created": new,
                "deleted": gone,
                "forced": forced,
                "base_ref": None,
                "compare": f"{repositories.page(repo)}/compare/{before[:12]}...{after[:12]}",
                "commits": shown,
                "head_commit": _pushed(repo, after) if kind == "tag" and not gone else shown[-1] if shown else None,
                "pusher": {"name": pusher.login, "email": pusher.email},
            },
        )
        if new or gone:
            more: Json = {"ref": name, "ref_type": kind, "pusher_type": "user"}
            if new:
                more |= {"master_branch": repo.default_branch, "description": repo.description}
            self._tell("create" if new else "delete", None, repo, pusher, more)

    def repository(self, repo: Repository, action: str, sender: User, changes: Json | None = None) -> None:
        self._tell("repository", action, repo, sender, {"changes": changes} if changes else {})

    # Conversations

    def pull_request(
        self,
        pull: PullRequest,
        action: str,
        sender: User,
        label: Label | None = None,
        requested_reviewer: User | None = None,
        requested_team: Team | None = None,
        **more: Any,
    ) -> None:
        payload: Json = {"number": pull.number, "pull_request": conversations.pull_request(pull), **more}
        if label is not None:
            payload["label"] = conversations.label(pull.repository, label)
        if requested_reviewer is not None:
            payload["requested_reviewer"] = accounts.simple_user(requested_reviewer)
        if requested_team is not None:
            payload["requested_team"] = accounts.team(requested_team)
        self._tell("pull_request", action, pull.repository, sender, payload)

    def issue(self, issue: Issue, action: str, sender: User, label: Label | None = None) -> None:
        payload: Json = {"issue": conversations.issue(issue)}
        if label is not None:
            payload["label"] = conversations.label(issue.repository, label)
        self._tell("issues", action, issue.repository, sender, payload)

    def comment(self, comment: Comment, action: str, sender: User, changes: Json | None = None) -> None:
        payload = {"issue": conversations.issue(comment.issue), "comment": conversations.comment(comment)}
        if changes is not None:
            payload["changes"] = changes
        self._tell("issue_comment", action, comment.issue.repository, sender, payload)

    def review(self, review: Review, action: str, sender: User, changes: Json | None = None) -> None:
        payload = {
            "review": conversations.review(review, lower_case=True),
            "pull_request": conversations.simple_pull_request(review.pull),
        }
        if changes is not None:
            payload["changes"] = changes
        self._tell("pull_request_review", action, review.pull.repository, sender, payload)

    # Checks

    def check_run(self, run: CheckRun, action: str, sender: User, more: Json | None = None) -> None:
        """Requests go to the app that owns the run, and to nobody else."""
        shown = checks.check_run(run)
        shown["check_suite"] = checks.check_suite(run.suite)
        only = run.app if action in ("rerequested", "requested_action") else None
        self._tell("check_run", action, run.repository, sender, {"check_run": shown, **(more or {})}, only)

    def check_suite(self, suite: CheckSuite, action: str, sender: User) -> None:
        self._tell(
            "check_suite", action, suite.repository, sender, {"check_suite": checks.check_suite(suite)}, suite.app
        )

    def merge_group(self, repo: Repository, action: str, group: Json, sender: User, reason: str | None = None) -> None:
        more: Json = {"merge_group": group}
        if reason is not None:
            more["reason"] = reason
        self._tell("merge_group", action, repo, sender, more)

    # Accounts

    def member(self, repo: Repository, action: str, member: User) -> None:
        """A collaborator came or went."""
        self._tell("member", action, repo, member, {"member": accounts.simple_user(member)})

    def team(self, repo: Repository, action: str, team: Team) -> None:
        """A team was given, or lost, a repository."""
        self._tell("team", action, repo, self._github.web_flow, {"team": accounts.team(team)})

    def changed_team(self, team: Team, action: str, changes: Json | None = None) -> None:
        payload = {"team": accounts.team(team), **({"changes": changes} if changes else {})}
        self._tell_account("team", action, team.organisation, self._github.web_flow, payload)

    def membership(self, team: Team, action: str, member: User) -> None:
        payload = {"scope": "team", "member": accounts.simple_user(member), "team": accounts.team(team)}
        self._tell_account("membership", action, team.organisation, member, payload)

    def organisation(self, org: Organisation, action: str, member: User) -> None:
        membership = {
            "url": f"{self._github.url}/orgs/{org.login}/memberships/{member.login}",
            "state": "active",
            "role": "member",
            "organization_url": f"{self._github.url}/orgs/{org.login}",
            "user": accounts.simple_user(member),
        }
        self._tell_account("organization", action, org, member, {"membership": membership})

    def installation(self, installation: Installation, action: str) -> None:
        listed = [_listed(repo) for repo in installation.all_repositories()]
        payload = {"repositories": listed} if action in ("created", "deleted") else {}
        self._post(installation, "installation", action, installation.app.bot, payload, None)

    def installation_repositories(
        self, installation: Installation, added: list[Repository], removed: list[Repository]
    ) -> None:
        payload = {
            "repository_selection": "all" if installation.repositories is None else "selected",
            "repositories_added": [_listed(repo) for repo in added],
            "repositories_removed": [_listed(repo) for repo in removed],
            "requester": None,
        }
        action = "added" if added else "removed"
        self._post(installation, "installation_repositories", action, installation.app.bot, payload, None)

    # Sending

    def _tell(
        self, event: str, action: str | None, repo: Repository, sender: User, payload: Json, only: App | None = None
    ) -> None:
        for installation in self._github.installations():
            if installation.covers(repo) and only in (None, installation.app):
                self._post(installation, event, action, sender, payload, repo, only)

    def _tell_account(self, event: str, action: str, account: Owner, sender: User, payload: Json) -> None:
        for installation in self._github.installations():
            if installation.account is account:
                self._post(installation, event, action, sender, payload, None)

    def _post(
        self,
        installation: Installation,
        event: str,
        action: str | None,
        sender: User,
        payload: Json,
        repo: Repository | None,
        only: App | None = None,
    ) -> None:
        if not _hears(installation, event, only):
            return
        told: Json = {} if action is None else {"action": action}
        told |= payload
        if repo is not None:
            told["repository"] = repositories.repository(repo)
        if isinstance(installation.account, Organisation):
            told["organization"] = accounts.simple_organisation(installation.account)
        told["sender"] = accounts.simple_user(sender)
        if event in ALWAYS:
            told["installation"] = accounts.installation(installation)
        else:
            shown = f"{installation.app.id}-{installation.id}"
            told["installation"] = {"id": installation.id, "node_id": accounts.node_id("IN", shown)}
        self._github.post.send(installation.app, event, action, told)


def _hears(installation: Installation, event: str, only: App | None) -> bool:
    if event in ALWAYS:
        return True
    if installation.suspended_at is not None:
        return False
    needed = NEEDS[event]
    permitted = "metadata" in needed or any(installation.grants(permission, "read") for permission in needed)
    # Requests that only the owner of a check gets come without a subscription.
    owns_checks = only is installation.app and installation.grants("checks", "write")
    return permitted and (event in installation.app.events or owns_checks)


def _pushed(repo: Repository, sha: str) -> Json:
    info = repo.git.info(sha)
    changes = repo.git.diff(info.parents[0], sha) if info.parents else []
    author, committer = repo.account_of(info.author), repo.account_of(info.committer)
    return {
        "id": sha,
        "tree_id": info.tree,
        "distinct": True,
        "message": info.message,
        "timestamp": iso(info.committed_at),
        "url": f"{repositories.page(repo)}/commit/{sha}",
        "author": _person(info.author.name, info.author.email, author),
        "committer": _person(info.committer.name, info.committer.email, committer),
        "added": [f.path for f in changes if f.status in ("added", "renamed")],
        "removed": [f.path for f in changes if f.status == "removed"] + [f.previous for f in changes if f.previous],
        "modified": [f.path for f in changes if f.status in ("modified", "changed")],
    }


def _person(name: str, email: str, account: User | None) -> Json:
    return {"name": name, "email": email} | ({"username": account.login} if account else {})


def _listed(repo: Repository) -> Json:
    return {
        "id": repo.id,
        "node_id": accounts.node_id("R", repo.id),
        "name": repo.name,
        "full_name": repo.full_name,
        "private": repo.private,
    }
