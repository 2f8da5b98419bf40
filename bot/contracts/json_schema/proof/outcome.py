"""What a search for a value ends with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal


@dataclass(frozen=True, slots=True)
class Outcome:
    """`found`, with the value; `none`, proven; or `unknown`."""

    kind: Literal["found", "none", "unknown"]
    witness: Any = None


NONE = Outcome("none")
UNKNOWN = Outcome("unknown")


def found(witness: Any) -> Outcome:
    return Outcome("found", witness)


class OutOfBudget(Exception):
    """The question would cost too much."""
