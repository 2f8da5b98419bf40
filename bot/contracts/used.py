"""What a consumer's own files show that it uses of a contract."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Used:
    """One element (an address), and where it is first used. line counts from 1."""

    element: str
    path: str
    line: int


@dataclass(frozen=True, slots=True)
class Uses:
    """Everything that was found. problems: sentences about what could not be followed; without any, what is not listed
    is not used.
    """

    used: tuple[Used, ...]
    problems: tuple[str, ...] = ()
