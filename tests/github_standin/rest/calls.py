"""A call to the API, who makes it, and the answer."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlencode

from tests.github_standin.world.accounts import Organisation, Team, User
from tests.github_standin.world.apps import App, Token
from tests.github_standin.world.issues import Comment, Issue
from tests.github_standin.world.refusals import Refused, not_found

if TYPE_CHECKING:
    from tests.github_standin.github import GitHub
    from tests.github_standin.world.pulls import PullRequest
    from tests.github_standin.world.repositories import Repository

Viewer = App | Token | User | None
"""An app by its JSON web token, an installation, a person, or nobody in particular."""

T = TypeVar("T")


@dataclass(frozen=True)
class Answer:
    """`body`: bytes as they are, anything else as JSON; None is an empty body."""

    body: Any
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    content_type: str = "application/json"


@dataclass
class Call:
    """`path` is without /api/v3; `params` are the template's. `stale`: answer as a replica that lags."""

    github: GitHub
    method: str
    path: str
    params: dict[str, str]
    query: dict[str, str]
    headers: Mapping[str, str]
    viewer: Viewer
    json: Any = None
    stale: bool = False
    repository: Repository | None = None

    @property
    def repo(self) -> Repository:
        assert self.repository is not None
        return self.repository

    @property
    def body(self) -> dict[str, Any]:
        """Raises Refused when it is no JSON object."""
        if not isinstance(self.json, dict):
            raise Refused(400, "Problems parsing JSON" if self.json is None else "Body should be a JSON object")
        return self.json

    @property
    def actor(self) -> User:
        """The account that what is written is by."""
        if isinstance(self.viewer, Token):
            return self.viewer.installation.app.bot
        if isinstance(self.viewer, User):
            return self.viewer
        raise Refused(401, "Requires authentication")

    @property
    def via(self) -> App | None:
        return self.viewer.installation.app if isinstance(self.viewer, Token) else None

    @property
    def calling_app(self) -> App:
        """The app whose installation calls. People get GitHub's refusal."""
        if self.via is None:
            raise Refused(403, "You must authenticate via a GitHub App.")
        return self.via

    def sees(self, repo: Repository) -> bool:
        if isinstance(self.viewer, Token):
            return self.viewer.covers(repo) or not repo.private
        if isinstance(self.viewer, User):
            return repo.readable_by(self.viewer)
        return not repo.private

    def permits(self, permission: str, level: str) -> bool:
        return not isinstance(self.viewer, Token) or self.viewer.allows(permission, level)

    # What the path names; Refused (404) when it is not there

    def issue(self) -> Issue:
        try:
            return self.repo.issues[int(self.params["number"])]
        except (KeyError, ValueError):
            raise not_found() from None

    def pull(self) -> PullRequest:
        try:
            return self.repo.pull(int(self.params["number"]))
        except (KeyError, ValueError):
            raise not_found() from None

    def comment(self) -> Comment:
        for issue in self.repo.issues.values():
            for comment in issue.comments:
                if str(comment.id) == self.params["comment"]:
                    return comment
        raise not_found()

    def organisation(self) -> Organisation:
        found = self.github.find_organisation(self.params["org"])
        if found is None:
            raise not_found()
        return found

    def team(self) -> Team:
        """Secret teams are there only for those who may see the organisation's members."""
        org = self.organisation()
        team = org.teams.get(self.params["team"])
        if team is None or not self._sees_members(org):
            raise not_found()
        return team

    def _sees_members(self, org: Organisation) -> bool:
        if isinstance(self.viewer, Token):
            return self.viewer.installation.account is org and self.viewer.allows("members", "read")
        return isinstance(self.viewer, User) and self.viewer in org.members

    # Answers

    def paged(
        self,
        items: Sequence[T],
        shape: Callable[[T], Any],
        wrap: Callable[[list[Any]], Any] = lambda page: page,
        most: int | None = None,
    ) -> Answer:
        """One page, with links to the others. per_page: 30 unless asked, at most 100."""
        reachable = items if most is None else items[:most]
        size = min(max(self._number("per_page", 30), 1), 100)
        page = max(self._number("page", 1), 1)
        shown = [shape(item) for item in reachable[(page - 1) * size : page * size]]
        return Answer(wrap(shown), headers=self._links(page, max(1, math.ceil(len(reachable) / size))))

    def _number(self, name: str, default: int) -> int:
        try:
            return int(self.query.get(name, default))
        except ValueError:
            return default

    def _links(self, page: int, last: int) -> dict[str, str]:
        to: dict[str, int] = {}
        if page > 1:
            to |= {"prev": page - 1}
        if page < last:
            to |= {"next": page + 1, "last": last}
        if page > 1:
            to |= {"first": 1}
        if not to:
            return {}
        address = f"{self.github.url}{self.path}"
        return {
            "Link": ", ".join(
                f'<{address}?{urlencode({**self.query, "page": str(number)})}>; rel="{rel}"'
                for rel, number in to.items()
            )
        }
