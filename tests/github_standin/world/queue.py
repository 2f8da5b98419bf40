"""The merge queue: pull requests tested together, on what the base will be."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.github_standin.clock import iso
from tests.github_standin.world import merging
from tests.github_standin.world.merging import SATISFYING, required_state
from tests.github_standin.world.refusals import Refused

if TYPE_CHECKING:
    from typing import Any

    from tests.github_standin.world.accounts import User
    from tests.github_standin.world.pulls import PullRequest
    from tests.github_standin.world.repositories import Repository


@dataclass(eq=False)
class MergeGroup:
    """Its head holds the base and every pull request of the group. Events carry no number, only the branch's name.

    steps: each pull request with the base before it and after it.
    """

    repository: Repository
    steps: tuple[tuple[PullRequest, str, str], ...]
    base_branch: str
    base_sha: str
    head_branch: str
    head_sha: str

    @property
    def may_merge(self) -> bool:
        """Every required check has answered on the group's own head: those of the pull requests do not count."""
        required = [check for check in self.repository.required_checks if check.branch == self.base_branch]
        return all(required_state(self.repository, self.head_sha, check) in SATISFYING for check in required)

    def merge(self, user: User) -> None:
        if not self.may_merge:
            raise Refused(405, "The merge group's required checks have not passed.")
        self.repository.push(self.base_branch, self.head_sha, user)
        for pull, before, after in self.steps:
            pull.landed(user, after, before)
        self._end(user, "merged")

    def remove(self, user: User, reason: str = "dequeued") -> None:
        """reason: dequeued or invalidated."""
        self._end(user, reason)

    def _end(self, user: User, reason: str) -> None:
        self.repository.merge_groups.remove(self)
        shown = self.payload()
        self.repository.delete_branch(self.head_branch, user)
        self.repository.github.events.merge_group(self.repository, "destroyed", shown, user, reason)

    def payload(self) -> dict[str, Any]:
        info = self.repository.git.info(self.head_sha)
        return {
            "head_sha": self.head_sha,
            "head_ref": f"refs/heads/{self.head_branch}",
            "base_sha": self.base_sha,
            "base_ref": f"refs/heads/{self.base_branch}",
            "head_commit": {
                "id": info.sha,
                "tree_id": info.tree,
                "message": info.message,
                "timestamp": iso(info.committed_at),
                "author": {"name": info.author.name, "email": info.author.email},
                "committer": {"name": info.committer.name, "email": info.committer.email},
            },
        }


def enqueue(pulls: tuple[PullRequest, ...], user: User, method: str) -> MergeGroup:
    """One group of pull requests onto the same base; raises Refused when they conflict. method: how they are merged,
    `merge`, `squash` or `rebase`, which a queue has the same for all.
    """
    last = pulls[-1]
    repository, base_branch, base_sha = last.repository, last.base_branch, last.base_tip
    head = base_sha
    steps = []
    for pull in pulls:
        before, head = head, merging.landing(pull, user, method, head)
        steps.append((pull, before, head))
    branch = f"gh-readonly-queue/{base_branch}/pr-{last.number}-{base_sha}"
    repository.push(branch, head, user)
    group = MergeGroup(repository, tuple(steps), base_branch, base_sha, branch, head)
    repository.merge_groups.append(group)
    repository.github.events.merge_group(repository, "checks_requested", group.payload(), user)
    return group
