"""Repositories: who may do what, branches, pushes, forks, rules."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from tests.github_standin.world import pulls, queue
from tests.github_standin.world.accounts import Organisation, Owner, Team, User
from tests.github_standin.world.checks import CommitStatus
from tests.github_standin.world.git import Content, Git, Signer
from tests.github_standin.world.issues import Issue, Label
from tests.github_standin.world.refusals import Refused

if TYPE_CHECKING:
    from datetime import datetime

    from tests.github_standin.github import GitHub
    from tests.github_standin.world.apps import App
    from tests.github_standin.world.checks import CheckRun, CheckSuite
    from tests.github_standin.world.pulls import PullRequest
    from tests.github_standin.world.queue import MergeGroup

LEVELS = ("pull", "triage", "push", "maintain", "admin")
"""REST's five repository permissions, weakest first."""

NOTHING = "0" * 40


@dataclass(frozen=True, slots=True)
class RequiredCheck:
    """A required status check of a ruleset. Without an app, anyone's check or status of that name counts."""

    context: str
    app_id: int | None
    branch: str


@dataclass(eq=False)
class Repository:
    github: GitHub = field(repr=False)
    id: int
    owner: Owner
    name: str
    private: bool
    created_at: datetime
    git: Git = field(repr=False)
    parent: Repository | None = field(default=None, repr=False)
    default_branch: str = "main"
    description: str | None = None
    pushed_at: datetime | None = None
    grants: dict[User | Team, str] = field(default_factory=dict, repr=False)
    branches: dict[str, str] = field(default_factory=dict, repr=False)
    tags: dict[str, str] = field(default_factory=dict, repr=False)
    labels: dict[str, Label] = field(default_factory=dict, repr=False)
    issues: dict[int, Issue] = field(default_factory=dict, repr=False)
    suites: list[CheckSuite] = field(default_factory=list, repr=False)
    check_runs: list[CheckRun] = field(default_factory=list, repr=False)
    statuses: list[CommitStatus] = field(default_factory=list, repr=False)
    required_checks: list[RequiredCheck] = field(default_factory=list, repr=False)
    required_approvals: int = 0
    merge_groups: list[MergeGroup] = field(default_factory=list, repr=False)
    archived: bool = False

    @property
    def full_name(self) -> str:
        return f"{self.owner.login}/{self.name}"

    @property
    def pulls(self) -> list[PullRequest]:
        return [issue for issue in self.issues.values() if isinstance(issue, pulls.PullRequest)]

    # Who may do what

    def grant(self, who: User | Team, level: str) -> None:
        """`level`: pull, triage, push, maintain or admin."""
        if level not in LEVELS:
            raise ValueError(f"{level} is not one of {', '.join(LEVELS)}")
        self.grants[who] = level
        self._tell_of_access(who, "added")

    def revoke(self, who: User | Team) -> None:
        if self.grants.pop(who, None) is not None:
            self._tell_of_access(who, "removed")

    def _tell_of_access(self, who: User | Team, what: Literal["added", "removed"]) -> None:
        if isinstance(who, Team):
            action = "added_to_repository" if what == "added" else "removed_from_repository"
            self.github.events.team(self, action, who)
        else:
            self.github.events.member(self, what, who)

    def level(self, user: User) -> str | None:
        """The strongest of what this person was given, directly, by a team, or by the organisation; None is nothing."""
        levels = list(self._levels(user))
        return max(levels, key=LEVELS.index) if levels else None

    def _levels(self, user: User) -> Iterator[str]:
        if user is self.owner:
            yield "admin"
        for who, level in self.grants.items():
            if who is user or (isinstance(who, Team) and user in who.everyone()):
                yield level
        if isinstance(self.owner, Organisation):
            if user in self.owner.owners:
                yield "admin"
            elif user in self.owner.members and self.owner.base_permission:
                yield self.owner.base_permission

    def allows(self, user: User, level: str) -> bool:
        held = self.level(user)
        return held is not None and LEVELS.index(held) >= LEVELS.index(level)

    def readable_by(self, user: User) -> bool:
        return not self.private or self.level(user) is not None

    def team_level(self, team: Team) -> str | None:
        """What a team was given here, itself or through a team above it."""
        levels = [self.grants[t] for t in team.lineage() if t in self.grants]
        return max(levels, key=LEVELS.index) if levels else None

    def collaborators(self) -> list[User]:
        return [user for user in self.github.users if self.level(user) is not None]

    # Commits and branches

    def tip(self, branch: str) -> str:
        return self.branches[branch]

    def make_commit(
        self,
        changes: Mapping[str, Content | None],
        parents: tuple[str, ...],
        author: User | Signer,
        message: str = "Change files",
        committer: User | Signer | None = None,
        tree: str | None = None,
    ) -> str:
        """A commit that no branch points at yet; push() takes it to one."""
        return self.git.commit(
            changes, parents, signer(author), signer(committer or author), message, self.github.stamp(), tree
        )

    def commit(
        self,
        branch: str,
        changes: Mapping[str, Content | None],
        author: User | Signer,
        message: str = "Change files",
        parent: str | None = None,
        start: str | None = None,
        committer: User | Signer | None = None,
        pusher: User | None = None,
    ) -> str:
        """Commits on a branch and pushes it; the new sha.

        A branch that is not there begins at `start` (a branch or sha), else at the default branch. `parent` puts the
        commit elsewhere than on the branch's tip: a force-push. None in `changes` deletes the file.
        """
        tip = self.branches.get(branch)
        below = parent or tip or self._starting_point(start)
        sha = self.make_commit(changes, (below,) if below else (), author, message, committer)
        who = pusher or (author if isinstance(author, User) else None)
        if who is None:
            raise ValueError("an author without an account cannot push: name a pusher")
        self.push(branch, sha, who, force=parent is not None)
        return sha

    def _starting_point(self, start: str | None) -> str | None:
        if start is None:
            return self.branches.get(self.default_branch)
        return self.branches.get(start, start)

    def create_branch(self, branch: str, sha: str, user: User) -> None:
        self.push(branch, sha, user)

    def push(self, branch: str, sha: str, pusher: User, force: bool = False) -> None:
        """Moves a branch. Pull requests from it are synchronized; those that their base now holds are merged."""
        before = self.branches.get(branch)
        forced = before is not None and not self.git.is_ancestor(before, sha)
        if forced and not force:
            raise Refused(422, "Update is not a fast forward")
        self.branches[branch] = sha
        self.git.keep(f"refs/heads/{branch}", sha)
        self.pushed_at = self.github.stamp()
        self.github.events.push(self, branch, before or NOTHING, sha, pusher, forced)
        if before is not None and before != sha:
            for pull in self._open_pulls_from(branch):
                pull.head_moved(before, sha, pusher, forced)
        for pull in [p for p in self.pulls if p.state == "open" and p.base_branch == branch]:
            pull.base_moved(before or sha, sha, pusher)
        self.github.request_suites(self, branch, sha, pusher)

    def _open_pulls_from(self, branch: str) -> list[PullRequest]:
        everywhere = (pull for repo in self.github.repositories for pull in repo.pulls)
        return [p for p in everywhere if p.state == "open" and p.head_repo is self and p.head_branch == branch]

    def delete_branch(self, branch: str, user: User) -> None:
        """Closes the pull requests from it and onto it."""
        before = self.branches.pop(branch)
        self.git.drop(f"refs/heads/{branch}")
        self.github.events.push(self, branch, before, NOTHING, user, forced=False)
        onto = [p for p in self.pulls if p.state == "open" and p.base_branch == branch]
        for pull in [*self._open_pulls_from(branch), *onto]:
            pull.close(user)

    def tag(self, name: str, ref: str | None = None) -> None:
        """Tags a commit, by default the tip of the default branch."""
        sha = self.resolve(ref or self.default_branch)
        if sha is None:
            raise ValueError(f"{ref} names no commit")
        self.tags[name] = sha
        self.git.keep(f"refs/tags/{name}", sha)

    def push_tag(self, name: str, pusher: User, ref: str | None = None) -> None:
        """The same, and whoever listens is told; docs: "Webhook events and payloads", push."""
        before = self.tags.get(name, NOTHING)
        self.tag(name, ref)
        self.github.events.push(self, name, before, self.tags[name], pusher, before != NOTHING, "tag")

    def delete_tag(self, name: str, user: User) -> None:
        before = self.tags.pop(name)
        self.git.drop(f"refs/tags/{name}")
        self.github.events.push(self, name, before, NOTHING, user, False, "tag")

    def rename_branch(self, old: str, new: str, user: User) -> None:
        """Pull requests from and onto the branch follow it, as they do when it is renamed on the page."""
        sha = self.branches.pop(old)
        self.git.drop(f"refs/heads/{old}")
        from_old = self._open_pulls_from(old)
        self.branches[new] = sha
        self.git.keep(f"refs/heads/{new}", sha)
        if self.default_branch == old:
            self.default_branch = new
            self.git.point_head(new)
        for pull in from_old:
            pull.head_branch = new
        for pull in [p for p in self.pulls if p.state == "open" and p.base_branch == old]:
            pull.retarget(user, new)

    def resolve(self, ref: str) -> str | None:
        """The commit that a branch, a full ref name or a (short) sha stands for."""
        name = ref.removeprefix("refs/").removeprefix("heads/")
        if name in self.branches:
            return self.branches[name]
        parts = name.split("/")
        if len(parts) == 3 and parts[0] == "pull" and parts[2] in ("head", "merge") and parts[1].isdigit():
            issue = self.issues.get(int(parts[1]))
            if isinstance(issue, pulls.PullRequest):
                return issue.head_sha if parts[2] == "head" else issue.test_merge()
            return None
        if ref == "HEAD":
            return self.branches.get(self.default_branch)
        if self.git.has(ref) and self.git.kind(ref) == "commit":
            return ref
        return self.git.expand(ref)

    def account_of(self, signer: Signer) -> User | None:
        return self.github.account_by_email(signer.email)

    # Pull requests, issues, labels, rules

    def open_pull_request(
        self,
        head: str | tuple[Repository, str],
        author: User,
        base: str | None = None,
        title: str = "Change",
        body: str | None = None,
        draft: bool = False,
    ) -> PullRequest:
        """`head`: a branch here, or a fork and its branch."""
        source, branch = head if isinstance(head, tuple) else (self, head)
        return pulls.open_pull_request(self, source, branch, author, base or self.default_branch, title, body, draft)

    def open_issue(self, author: User, title: str, body: str | None = None) -> Issue:
        issue = Issue(self, self.next_number(), self.github.next_id(), title, body, author, self.github.stamp())
        self.issues[issue.number] = issue
        self.github.events.issue(issue, "opened", author)
        return issue

    def next_number(self) -> int:
        """Issues and pull requests share their numbers."""
        return max(self.issues, default=0) + 1

    def pull(self, number: int) -> PullRequest:
        found = self.issues[number]
        if not isinstance(found, pulls.PullRequest):
            raise KeyError(number)
        return found

    def pulls_of(self, sha: str) -> list[PullRequest]:
        """Those whose head a commit is or that hold it, and merged ones that brought it."""
        known = [pull for pull in self.pulls if not self.github.is_slow_to_link or pull.merged_at is None]
        return [p for p in known if p.merge_commit_sha == sha or any(info.sha == sha for info in p.commits())]

    def label(self, name: str, color: str = "ededed", description: str | None = None) -> Label:
        """The label of that name (GitHub ignores its case), made when it is not there."""
        key = name.lower()
        if key not in self.labels:
            self.labels[key] = Label(self.github.next_id(), name, color, description)
        return self.labels[key]

    def require_check(self, context: str, app: App | None = None, branch: str | None = None) -> None:
        """A ruleset asks for this check before merging; pinned to an app when one is given."""
        self.required_checks.append(RequiredCheck(context, app.id if app else None, branch or self.default_branch))

    def merge_group(self, user: User, *queued: PullRequest, method: str = "merge") -> MergeGroup:
        """Puts pull requests into the merge queue, as one group. method: merge, squash or rebase."""
        return queue.enqueue(queued, user, method)

    # Life of the repository

    def fork(self, user: User) -> Repository:
        return self.github.fork(self, user)

    def rename(self, name: str, user: User) -> None:
        """The old address answers with redirects from now on."""
        self.github.move(self, self.owner, name, user)

    def transfer(self, owner: Owner, user: User) -> None:
        self.github.move(self, owner, self.name, user)

    def archive(self, user: User) -> None:
        """Read-only from now on; nothing here stops who writes all the same."""
        self.archived = True
        self.github.events.repository(self, "archived", user)

    def unarchive(self, user: User) -> None:
        self.archived = False
        self.github.events.repository(self, "unarchived", user)

    def set_private(self, private: bool, user: User) -> None:
        self.private = private
        self.github.events.repository(self, "privatized" if private else "publicized", user)

    def set_default_branch(self, name: str, user: User) -> None:
        """The branch has to be there."""
        before, self.default_branch = self.default_branch, name
        self.git.point_head(name)
        self.github.events.repository(self, "edited", user, {"default_branch": {"from": before}})

    def delete(self, user: User) -> None:
        """Pull requests from it lose their head repository."""
        self.github.delete_repository(self, user)

    def set_status(self, sha: str, context: str, state: str, creator: User) -> None:
        """A commit status, the older kind of check, which anyone with push access can write."""
        self.statuses.append(CommitStatus(sha, context, state, creator, self.github.stamp()))


def signer(who: User | Signer) -> Signer:
    return who if isinstance(who, Signer) else Signer(who.name, who.email)
