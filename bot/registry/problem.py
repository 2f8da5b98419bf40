"""What is wrong with a registry, said so that its author can put it right."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Severity = Literal["error", "warning", "info"]


@dataclass(frozen=True, slots=True)
class Problem:
    """severity: an `error` makes the registry unusable (a check on its base fails), the others only inform.

    line counts from 1. message says what is wrong, instead what to write. Both are sentences without a location.
    """

    severity: Severity
    path: str
    line: int
    message: str
    instead: str = ""

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.message}" + (f" {self.instead}" if self.instead else "")

    @property
    def order(self) -> tuple[int, str, int, str]:
        """Errors first, then by place."""
        return ({"error": 0, "warning": 1, "info": 2}[self.severity], self.path, self.line, self.message)
