"""Reviews of a pull request."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from tests.github_standin.world.accounts import User
    from tests.github_standin.world.pulls import PullRequest


@dataclass(eq=False)
class Review:
    """`state` is REST's: APPROVED, CHANGES_REQUESTED, COMMENTED, DISMISSED. `commit` stays what was reviewed."""

    pull: PullRequest = field(repr=False)
    id: int
    author: User | None
    body: str
    state: str
    commit: str
    submitted_at: datetime
    updated_at: datetime
    edited_at: datetime | None = None

    def edit(self, user: User, body: str) -> None:
        before, self.body = self.body, body
        self.updated_at = self.edited_at = self.pull.touch()
        self.pull.github.events.review(self, "edited", user, {"body": {"from": before}})

    def dismiss(self, user: User, message: str) -> None:
        self.state = "DISMISSED"
        self.updated_at = self.pull.touch()
        self.pull.happened("review_dismissed", user, review=self, message=message)
        self.pull.github.events.review(self, "dismissed", user)
