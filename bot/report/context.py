"""What a report must know besides the decision: where things are, and what the engine has already found out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bot.contracts.document import Position
from bot.report import safety
from bot.review.values import Asks

if TYPE_CHECKING:
    from bot.registry.floors import Raised

APP_NAME = "Countersign"
CHECK_NAME = "countersign"
REPORT_NAME = f"{CHECK_NAME} (report)"
"""The check on a pull request whose base branch is not gated. GitHub knows a check by commit and name, and not for
which base it was written: a success under the name that a gated branch requires would open its merge box, too, as soon
as the pull request, or another one with that commit, goes there.
"""


@dataclass(frozen=True, slots=True)
class Context:
    """Where the pull request is and what can be said about it.

    repository: `owner/name`. base_sha: the merge base, where removed things are found.
    draft: a registry to offer, when there is none.
    asks: whom to request as reviewers, and who must be mentioned because no request reaches them. The handles in
        `asks.mentions` are the only ones that a comment pings.
    url: where GitHub's pages are; empty where there are none to link to (`countersign check` on a local repository).
    knows_people: GitHub was asked who stands behind the handles, so it is known when nobody may sign.
    marker: the hidden block that ends the comment, an HTML comment, authenticated by the engine; opaque here.
    commented: a comment of ours is there already, so that it has to be kept true even when nothing is left to say.
    follow_ups: by `FollowUp.key`, the address of the issue that was opened for a waiver.
    broken_halves: consumers' own registries that can't be read, a sentence each. They hold nothing up.
    raised: terms of the registry that count as the organisation's floors, since they are lower.
    check_url: the page of the pull request's checks, where the full list is. It must not change from one look to the
        next, so it is not that of a single check run.
    """

    repository: str
    head_sha: str
    base_sha: str
    url: str = "https://github.com"
    draft: str | None = None
    asks: Asks = field(default_factory=Asks)
    knows_people: bool = True
    marker: str = ""
    commented: bool = False
    check_url: str = ""
    follow_ups: Mapping[str, str] = field(default_factory=dict)
    broken_halves: tuple[str, ...] = ()
    raised: tuple[Raised, ...] = ()

    def line_address(self, position: Position, side: str) -> str:
        """The address of a line at head, or at the merge base for what is no longer at head."""
        sha = self.base_sha if side == "base" else self.head_sha
        return safety.address(self.url, self.repository, "blob", sha, position.path, fragment=lines(position))


def lines(position: Position) -> str:
    """`L12`, or `L12-L14` for a range."""
    if position.end_line > position.line:
        return f"L{position.line}-L{position.end_line}"
    return f"L{position.line}"
