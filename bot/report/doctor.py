"""What `countersign doctor` found, for a terminal and for programs.

version        1; goes up when something is removed or changes its meaning
health         ok | warning | problem: the worst of all
observations   topic, health, message, instead (what to do; empty when there is nothing)
"""

from __future__ import annotations

import json as text
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from bot.report import words
from bot.report.safety import printable

VERSION = 1


class Health(StrEnum):
    """problem: the bot cannot do its work, or its check holds nothing. warning: some of it, or it could not be seen."""

    OK = "ok"
    WARNING = "warning"
    PROBLEM = "problem"

    @property
    def severity(self) -> int:
        """Higher is worse; the exit code, too."""
        return {"ok": 0, "warning": 1, "problem": 2}[self.value]


@dataclass(frozen=True, slots=True)
class Observation:
    """One thing that was looked at. message and instead are sentences; instead says what to do."""

    topic: str
    health: Health
    message: str
    instead: str = ""


_MARKS = {Health.OK: ("✓", "green"), Health.WARNING: ("!", "bold yellow"), Health.PROBLEM: ("✗", "bold red")}


def worst(observations: Sequence[Observation]) -> Health:
    return max((o.health for o in observations), key=lambda health: health.severity, default=Health.OK)


def terminal(observations: Sequence[Observation]) -> RenderableType:
    """Every observation in the order in which it was made, by topic, and a sum."""
    parts: list[RenderableType] = []
    topic = ""
    for one in observations:
        if one.topic != topic:
            topic = one.topic
            parts += [*([Text("")] if parts else []), Text(printable(topic), style="bold underline")]
        mark, style = _MARKS[one.health]
        line = Text(f"{mark} ", style=style)
        line.append(printable(one.message), style="not bold default")
        parts.append(Padding(line, (0, 0, 0, 2), expand=False))
        if one.instead:
            parts.append(Padding(Text(printable(one.instead), style="dim"), (0, 0, 0, 4), expand=False))
    problems = sum(one.health is Health.PROBLEM for one in observations)
    warnings = sum(one.health is Health.WARNING for one in observations)
    summed = f"{words.count(problems, 'problem')}, {words.count(warnings, 'warning')}"
    return Group(*parts, Text(""), Text(summed, style="bold"))


def json(observations: Sequence[Observation]) -> str:
    """All of it as a JSON object, ASCII only."""
    listed = [
        {"topic": o.topic, "health": o.health.value, "message": o.message, "instead": o.instead} for o in observations
    ]
    return text.dumps({"version": VERSION, "health": worst(observations).value, "observations": listed}, indent=2)
