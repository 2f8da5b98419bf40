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
class Button:
    """GitHub takes three of them, with at most 20, 40 and 20 characters (docs: "Create a check run", `actions`)."""

    label: str
    description: str
    identifier: str


@dataclass(frozen=True, slots=True)
class Notice:
    """A comment of its own. keys name what it says: letters, digits, `-` and `:`; what was said is not said again.

    is_refreshed: when it was said before, that comment is put right instead of keeping still.
    """

    keys: tuple[str, ...]
    body: str
    is_refreshed: bool = False


@dataclass(frozen=True, slots=True)
class CheckOutput:
    """GitHub's limits (65,535 bytes for summary and text, 255 characters for the title) are already kept."""

    conclusion: Literal["success", "failure", "cancelled"]
    title: str
    summary: str
    text: str
    annotations: tuple[Annotation, ...]
    buttons: tuple[Button, ...] = ()


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
