"""What one GraphQL answer is made for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.github_standin.graphql.pagination import refusal
from tests.github_standin.rest.calls import Viewer
from tests.github_standin.world.accounts import Organisation, User
from tests.github_standin.world.apps import Token

if TYPE_CHECKING:
    from tests.github_standin.github import GitHub
    from tests.github_standin.world.repositories import Repository


@dataclass(frozen=True)
class Context:
    """`stale`: pull requests show the head before the last push, and the base before it was changed."""

    github: GitHub
    viewer: Viewer
    stale: bool = False

    @property
    def account(self) -> User | None:
        if isinstance(self.viewer, Token):
            return self.viewer.installation.app.bot
        return self.viewer if isinstance(self.viewer, User) else None

    def sees(self, repo: Repository) -> bool:
        if isinstance(self.viewer, Token):
            return self.viewer.covers(repo) or not repo.private
        return isinstance(self.viewer, User) and repo.readable_by(self.viewer)

    def sees_members(self, org: Organisation) -> bool:
        if isinstance(self.viewer, Token):
            return self.viewer.installation.account is org and self.viewer.allows("members", "read")
        return isinstance(self.viewer, User) and self.viewer in org.members

    def demand(self, permission: str, level: str = "read") -> None:
        """Raises what GitHub answers to a token without the permission."""
        if isinstance(self.viewer, Token) and not self.viewer.allows(permission, level):
            raise refusal("FORBIDDEN", "Resource not accessible by integration")
