"""Why a file cannot be read, and how much of one is read."""

from __future__ import annotations

from dataclasses import dataclass


class Unreadable(Exception):
    """A document that cannot be read. The message is for a person: it says what is wrong and what to do instead.

    line and column count from 1; 0 when the reason is about the whole file.
    """

    def __init__(self, message: str, line: int = 0, column: int = 0) -> None:
        super().__init__(message)
        self.message = message
        self.line = line
        self.column = column


@dataclass(frozen=True, slots=True)
class Limits:
    """What a document may cost. Large real contracts (13 MB, a million values) stay far below; bombs do not.

    size: bytes of one file. nesting: containers within containers. expanded: values after aliases are followed.
    """

    size: int = 64 * 1024 * 1024
    nesting: int = 200
    expanded: int = 5_000_000


DEFAULT_LIMITS = Limits()
