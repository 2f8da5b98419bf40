"""What GitHub is made to show."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Annotation:
    """A finding at its line (head side only: GitHub shows no others). Levels are GitHub's."""

    path: str
    start_line: int
    end_line: int
    level: Literal["notice", "warning", "failure"]
    title: str
    message: str


@dataclass(frozen=True, slots=True)
class CheckOutput:
    """GitHub's limits (65,535 bytes for summary and text, 255 characters for the title) are already kept."""

    conclusion: Literal["success", "failure"]
    title: str
    summary: str
    text: str
    annotations: tuple[Annotation, ...]


@dataclass(frozen=True, slots=True)
class Publication:
    """comment: None when no comment is called for (no contract touched and none was posted before).

    labels: the `contract: …` labels that should be on, of those the bot manages. reviewers: users and teams (slugs)
        to request.
    """

    check: CheckOutput
    comment: str | None
    labels: frozenset[str]
    review_users: tuple[str, ...] = ()
    review_teams: tuple[str, ...] = ()
