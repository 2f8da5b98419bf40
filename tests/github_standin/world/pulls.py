"""Pull requests: their life, their commits and files, who is asked to review."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.github_standin.world import merging
from tests.github_standin.world.accounts import Organisation, Owner, Team, User
from tests.github_standin.world.git import WEB_FLOW, CommitInfo, FileDiff
from tests.github_standin.world.issues import Issue, check_length
from tests.github_standin.world.refusals import Refused
from tests.github_standin.world.reviews import Review

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from typing import Any

    from tests.github_standin.world.repositories import Repository

MOST_REVIEWERS = 15


@dataclass(eq=False)
class PullRequest(Issue):
    """`base_sha` is the base's tip at the last push or retarget: neither its tip now nor the merge base.

    merged_onto: the base as it was just before it was merged; from then on, what is in it stays as it is.
    """

    head_repo: Repository | None = field(default=None, repr=False)
    head_owner: Owner | None = field(default=None, repr=False)
    head_label: str = ""
    head_branch: str = ""
    head_sha: str = ""
    previous_head: str | None = None
    previous_base: str | None = None
    base_branch: str = ""
    base_sha: str = ""
    draft: bool = False
    merged_at: datetime | None = None
    merged_by: User | None = None
    merge_commit_sha: str | None = None
    merged_onto: str | None = None
    mergeable: bool | None = None
    reviews: list[Review] = field(default_factory=list, repr=False)
    requested_users: list[User] = field(default_factory=list)
    requested_teams: list[Team] = field(default_factory=list)

    @property
    def url(self) -> str:
        """Its page."""
        return f"{self.github.url}/{self.repository.full_name}/pull/{self.number}"

    def announce(self, action: str, actor: User, **more: Any) -> None:
        self.github.events.pull_request(self, action, actor, **more)

    # What is in it

    @property
    def base_tip(self) -> str:
        return self.repository.branches.get(self.base_branch, self.base_sha)

    @property
    def merge_base(self) -> str:
        return self.repository.git.merge_base(self.merged_onto or self.base_tip, self.head_sha) or self.base_sha

    def commits(self, head_sha: str | None = None) -> list[CommitInfo]:
        return self.repository.git.commits(head_sha or self.head_sha, self.merged_onto or self.base_tip)

    def files(self) -> list[FileDiff]:
        """Three dots: from the merge base to the head."""
        return self.repository.git.diff(self.merge_base, self.head_sha)

    # Pushes

    def head_moved(self, before: str, after: str, pusher: User, forced: bool) -> None:
        self.previous_head = before
        self._take_head(after)
        self.base_sha = self.base_tip
        if forced:
            self.happened("head_ref_force_pushed", pusher, before=before, after=after)
        else:
            self.happened("committed", pusher, before=before, after=after)
        self.announce("synchronize", pusher, before=before, after=after)

    def _take_head(self, sha: str) -> None:
        if self.head_repo is not None and self.head_repo is not self.repository:
            self.repository.git.take_from(self.head_repo.git, f"refs/heads/{self.head_branch}")
        self.head_sha = sha
        self.mergeable = None
        self.repository.git.keep(f"refs/pull/{self.number}/head", sha)

    def base_moved(self, before: str, sha: str, pusher: User) -> None:
        """Whoever pushed to the base may have brought the head there: then it is merged, by the commit that did."""
        self.mergeable = None
        git = self.repository.git
        if not git.is_ancestor(self.head_sha, sha):
            return
        while sha != before and (parents := git.info(sha).parents) and git.is_ancestor(self.head_sha, parents[0]):
            sha = parents[0]
        parents = git.info(sha).parents
        self._merged(pusher, sha, before if sha == self.head_sha or not parents else parents[0])

    def test_merge(self) -> str | None:
        """The commit that merging now would make; None when it conflicts. Also settles `mergeable`."""
        git, base = self.repository.git, self.base_tip
        tree = git.merged_tree(base, self.head_sha)
        self.mergeable = tree is not None
        if tree is None:
            return None
        when = self.github.clock.now()
        message = f"Merge {self.head_sha} into {base}"
        self.merge_commit_sha = git.commit({}, (base, self.head_sha), WEB_FLOW, WEB_FLOW, message, when, tree)
        return self.merge_commit_sha

    # What people do with it

    def review(self, user: User, body: str = "", state: str = "COMMENTED") -> Review:
        """`state`: APPROVED, CHANGES_REQUESTED or COMMENTED. Whoever reviewed is no longer asked to."""
        if state in ("APPROVED", "CHANGES_REQUESTED") and user is self.author:
            verb = "approve" if state == "APPROVED" else "request changes on"
            raise Refused(422, "Unprocessable Entity", [f"Can not {verb} your own pull request"])
        self.check_unlocked(user)
        check_length(body)
        now = self.touch()
        review = Review(self, self.github.next_id(), user, body, state, self.head_sha, now, now)
        self.reviews.append(review)
        self.requested_users = [u for u in self.requested_users if u is not user]
        self.requested_teams = [t for t in self.requested_teams if user not in t.everyone()]
        self.github.events.review(review, "submitted", user)
        return review

    def close(self, user: User) -> None:
        self.state, self.closed_at = "closed", self.touch()
        self.happened("closed", user)
        self.announce("closed", user)

    def reopen(self, user: User) -> None:
        """The head it finds is the branch's present one, which may have moved meanwhile."""
        if self.merged_at is not None:
            raise Refused(422, "Validation Failed", ["state cannot be changed. The pull request was merged."])
        if self.head_repo is None or self.head_branch not in self.head_repo.branches:
            raise Refused(422, "Validation Failed", ["state cannot be changed. The head branch has been deleted."])
        self._take_head(self.head_repo.branches[self.head_branch])
        self.base_sha = self.base_tip
        self.state, self.closed_at = "open", None
        self.happened("reopened", user)
        self.announce("reopened", user)

    def ready(self, user: User) -> None:
        self.draft = False
        self.happened("ready_for_review", user)
        self.announce("ready_for_review", user)

    def convert_to_draft(self, user: User) -> None:
        self.draft = True
        self.happened("convert_to_draft", user)
        self.announce("converted_to_draft", user)

    def edit_title(self, user: User, title: str) -> None:
        before, self.title = self.title, title
        self.happened("renamed", user, before=before, after=title)
        self.announce("edited", user, changes={"title": {"from": before}})

    def edit_body(self, user: User, body: str) -> None:
        before, self.body = self.body, body
        self.touch()
        self.announce("edited", user, changes={"body": {"from": before or ""}})

    def retarget(self, user: User, base: str) -> None:
        """An `edited` event with `changes.base`, and no `synchronize`."""
        before, sha = self.base_branch, self.base_sha
        self.previous_base = before
        self.base_branch = base
        self.base_sha = self.repository.branches[base]
        self.mergeable = None
        self.happened("base_ref_changed", user, before=before, after=base)
        self.announce("edited", user, changes={"base": {"ref": {"from": before}, "sha": {"from": sha}}})

    def delete_head_branch(self, user: User) -> None:
        """The button on a merged pull request. What was stacked on the branch goes to this one's base; docs: "Deleting
        and restoring branches in a pull request".
        """
        if self.merged_at is None or self.head_repo is not self.repository:
            raise Refused(422, "The branch is not that of a merged pull request of this repository.")
        for pull in [p for p in self.repository.pulls if p.state == "open" and p.base_branch == self.head_branch]:
            pull.retarget(user, self.base_branch)
        self.repository.delete_branch(self.head_branch, user)

    # Reviewers

    def request_review(self, actor: User, users: Sequence[str] = (), teams: Sequence[str] = ()) -> None:
        """By login and slug. One that can't be asked refuses them all, as GitHub does (422)."""
        found_users = [self._reviewer(login) for login in users]
        found_teams = [self._reviewing_team(slug) for slug in teams]
        asked = {*self.requested_users, *found_users}, {*self.requested_teams, *found_teams}
        if len(asked[0]) + len(asked[1]) > MOST_REVIEWERS:
            raise Refused(422, f"A maximum of {MOST_REVIEWERS} reviewers can be requested on a pull request.")
        for user in found_users:
            if user not in self.requested_users:
                self.requested_users.append(user)
                self.happened("review_requested", actor, reviewer=user)
                self.announce("review_requested", actor, requested_reviewer=user)
        for team in found_teams:
            if team not in self.requested_teams:
                self.requested_teams.append(team)
                self.happened("review_requested", actor, team=team)
                self.announce("review_requested", actor, requested_team=team)

    def _reviewer(self, login: str) -> User:
        user = self.github.find_user(login)
        if user is not None and user is self.author:
            raise Refused(422, "Review cannot be requested from pull request author.")
        if user is None or user.kind == "Bot" or self.repository.level(user) is None:
            raise _no_collaborator("users", self.repository)
        return user

    def _reviewing_team(self, slug: str) -> Team:
        owner = self.repository.owner
        team = owner.teams.get(slug) if isinstance(owner, Organisation) else None
        if team is None or self.repository.team_level(team) is None:
            raise _no_collaborator("teams", self.repository)
        return team

    def withdraw_request(self, actor: User, users: Sequence[str] = (), teams: Sequence[str] = ()) -> None:
        for user in [u for u in self.requested_users if u.login in users]:
            self.requested_users.remove(user)
            self.happened("review_request_removed", actor, reviewer=user)
            self.announce("review_request_removed", actor, requested_reviewer=user)
        for team in [t for t in self.requested_teams if t.slug in teams]:
            self.requested_teams.remove(team)
            self.happened("review_request_removed", actor, team=team)
            self.announce("review_request_removed", actor, requested_team=team)

    # Merging

    def merge_blockers(self) -> list[str]:
        """Why the merge button is grey: sentences, none when it is green."""
        return merging.blockers(self)

    @property
    def may_merge(self) -> bool:
        return not self.merge_blockers()

    def merge(self, user: User, bypass: bool = False, method: str = "merge") -> str:
        """By the button; the commit that came onto the base. `bypass`: an administrator, past the rules.

        method: merge, squash or rebase.
        """
        blockers = self.merge_blockers()
        if blockers and not (bypass and self.repository.allows(user, "admin")):
            raise Refused(405, blockers[0])
        onto = self.base_tip
        sha = merging.merge(self, user, method)
        if self.merged_at is None:
            self._merged(user, sha, onto)
        return sha

    def landed(self, user: User, sha: str, onto: str) -> None:
        """The merge queue brought it onto the base; of merges one can tell without being told."""
        if self.merged_at is None:
            self._merged(user, sha, onto)

    def _merged(self, user: User, sha: str, onto: str) -> None:
        self.merge_commit_sha = sha
        self.merged_onto = onto
        self.merged_by = user
        self.merged_at = self.closed_at = self.touch()
        self.state = "closed"
        self.happened("merged", user, sha=sha, base=self.base_branch)
        self.announce("closed", user)

    def update_branch(self, user: User) -> str:
        """The button "Update branch": merges the base into the head, as the person, committed by GitHub."""
        return merging.update_branch(self, user)

    def rebase(self, user: User) -> str:
        """Replays its commits onto the base's tip and force-pushes, as a person does at home."""
        return merging.rebase(self, user)


def _no_collaborator(kind: str, repository: Repository) -> Refused:
    return Refused(
        422,
        f"Reviews may only be requested from collaborators. One or more of the {kind} you specified is not a"
        f" collaborator of the {repository.full_name} repository.",
    )


def open_pull_request(
    repository: Repository,
    source: Repository,
    branch: str,
    author: User,
    base: str,
    title: str,
    body: str | None,
    draft: bool,
) -> PullRequest:
    """Raises Refused when there is nothing between the branches, or an open one is there already."""
    if any(p.state == "open" and p.head_repo is source and p.head_branch == branch and p.base_branch == base
           for p in repository.pulls):  # fmt: skip
        message = f"A pull request already exists for {source.owner.login}:{branch}."
        raise Refused(422, "Validation Failed", [{"resource": "PullRequest", "code": "custom", "message": message}])
    pull = PullRequest(
        repository,
        repository.next_number(),
        repository.github.next_id(),
        title,
        body,
        author,
        repository.github.stamp(),
        head_repo=source,
        head_owner=source.owner,
        head_label=f"{source.owner.login}:{branch}",
        head_branch=branch,
        base_branch=base,
        base_sha=repository.branches[base],
        draft=draft,
    )
    pull._take_head(source.branches[branch])
    if repository.git.is_ancestor(pull.head_sha, pull.base_sha):
        message = f"No commits between {base} and {branch}"
        raise Refused(422, "Validation Failed", [{"resource": "PullRequest", "code": "custom", "message": message}])
    repository.issues[pull.number] = pull
    pull.happened("committed", author, before=pull.base_sha, after=pull.head_sha)
    pull.announce("opened", author)
    return pull
