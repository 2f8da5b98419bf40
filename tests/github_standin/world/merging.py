"""May this be merged? And the buttons that commit on somebody's behalf."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.github_standin.world.git import WEB_FLOW
from tests.github_standin.world.refusals import Refused

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.github_standin.world.accounts import User
    from tests.github_standin.world.pulls import PullRequest
    from tests.github_standin.world.repositories import Repository, RequiredCheck
    from tests.github_standin.world.reviews import Review

SATISFYING = ("success", "neutral", "skipped")
"""Conclusions that a required check takes for an answer. docs.github.com: "About status checks"."""


def blockers(pull: PullRequest) -> list[str]:
    """Sentences; none when the pull request may be merged by somebody with push access."""
    if pull.merged_at is not None:
        return ["This pull request is merged already."]
    return list(_blockers(pull))


def _blockers(pull: PullRequest) -> Iterator[str]:
    if pull.state != "open":
        yield "This pull request is closed."
    if pull.draft:
        yield "This pull request is still a draft."
    if pull.repository.git.merged_tree(pull.base_tip, pull.head_sha) is None:
        yield "This branch has conflicts that must be resolved."
    for check in pull.repository.required_checks:
        if check.branch == pull.base_branch:
            state = required_state(pull.repository, pull.head_sha, check)
            if state not in SATISFYING:
                yield f"Required check `{check.context}` {_words(state)}"
    latest = latest_reviews(pull)
    if any(r.state == "CHANGES_REQUESTED" for r in latest):
        yield "Changes were requested by a reviewer with write access."
    missing = pull.repository.required_approvals - sum(r.state == "APPROVED" for r in latest)
    if missing > 0:
        reviews = "review" if missing == 1 else "reviews"
        yield f"At least {missing} more approving {reviews} by reviewers with write access required."


def required_state(repository: Repository, sha: str, check: RequiredCheck) -> str:
    """The conclusion of the newest run of that name (of the pinned app, if pinned); `expected` when nothing came."""
    runs = [
        run
        for run in repository.check_runs
        if run.head_sha == sha and run.name == check.context and check.app_id in (None, run.app.id)
    ]
    if runs:
        # One verdict an app: without a pin, every app's newest run of that name must be satisfied.
        newest = {run.app.id: run for run in sorted(runs, key=lambda r: r.id)}
        states = [run.conclusion or run.status for run in newest.values()]
        return next((s for s in states if s not in SATISFYING), states[0])
    if check.app_id is None:
        statuses = [s for s in repository.statuses if s.sha == sha and s.context == check.context]
        if statuses:
            return statuses[-1].state
    return "expected"


def _words(state: str) -> str:
    if state == "expected":
        return "is expected: waiting for status to be reported."
    if state in ("queued", "in_progress", "pending"):
        return "has not completed yet."
    return {"failure": "failed.", "error": "failed."}.get(state, f"ended as {state.replace('_', ' ')}.")


def latest_reviews(pull: PullRequest) -> list[Review]:
    """What each writer said last; a mere comment takes back neither an approval nor a request for changes."""
    latest: dict[User, Review] = {}
    for review in pull.reviews:
        if review.author is None or not pull.repository.allows(review.author, "push"):
            continue
        if review.state != "COMMENTED":
            latest[review.author] = review
    return list(latest.values())


def merge(pull: PullRequest, user: User, method: str) -> str:
    sha = landing(pull, user, method, pull.base_tip)
    pull.repository.push(pull.base_branch, sha, user)
    return sha


def landing(pull: PullRequest, user: User, method: str, onto: str) -> str:
    """The commit that merging makes of it and `onto`."""
    repository = pull.repository
    tree = repository.git.merged_tree(onto, pull.head_sha)
    if tree is None:
        raise Refused(405, "Pull Request is not mergeable")
    if method == "rebase":
        return _replayed(pull, user, onto)
    parents = (onto,) if method == "squash" else (onto, pull.head_sha)
    title = f"{pull.title} (#{pull.number})"
    if method != "squash":
        title = f"Merge pull request #{pull.number} from {pull.head_label.replace(':', '/')}\n\n{pull.title}"
    sha = repository.make_commit({}, parents, user, title, WEB_FLOW, tree)
    repository.github.signed.add(sha)
    return sha


def update_branch(pull: PullRequest, user: User) -> str:
    if pull.head_repo is None:
        raise Refused(422, "head repository does not exist")
    tree = pull.repository.git.merged_tree(pull.head_sha, pull.base_tip)
    if tree is None:
        raise Refused(422, "merge conflict between base and head")
    parents = (pull.head_sha, pull.base_tip)
    message = f"Merge branch '{pull.base_branch}' into {pull.head_branch}"
    sha = pull.repository.make_commit({}, parents, user, message, WEB_FLOW, tree)
    pull.repository.github.signed.add(sha)
    return _push_to_head(pull, user, sha)


def rebase(pull: PullRequest, user: User) -> str:
    return _push_to_head(pull, user, _replayed(pull, user, pull.base_tip))


def _replayed(pull: PullRequest, user: User, onto: str) -> str:
    """The last of its commits, made anew one by one on `onto`."""
    git = pull.repository.git
    for commit in pull.commits():
        if len(commit.parents) > 1:
            continue
        tree = git.replayed_tree(commit.sha, onto)
        if tree is None:
            raise Refused(422, f"{commit.sha[:7]} does not apply onto {pull.base_branch}")
        onto = pull.repository.make_commit({}, (onto,), commit.author, commit.message, user, tree)
    return onto


def _push_to_head(pull: PullRequest, user: User, sha: str) -> str:
    head = pull.head_repo
    assert head is not None
    if head is not pull.repository:
        pull.repository.git.keep("refs/network/outgoing", sha)
        head.git.take_from(pull.repository.git, "refs/network/outgoing")
    head.push(pull.head_branch, sha, user, force=True)
    return sha
