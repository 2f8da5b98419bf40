"""Who owns a file by CODEOWNERS: a suggestion, never authority. Owning a file is not deciding about its compatibility.

Source: GitHub's "About code owners". The last matching line wins; GitHub takes the first of three places.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.registry import globs

PATHS = (".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS")
"""Where the file may be; the first that exists counts."""

_HANDLE = re.compile(r"@[A-Za-z0-9][A-Za-z0-9_-]*(/[A-Za-z0-9._-]+)?\Z")


@dataclass(frozen=True, slots=True)
class Owners:
    """Handles, and the line (from 1) that names them; 0 when none does."""

    handles: tuple[str, ...] = ()
    line: int = 0


class CodeOwners:
    """The lines of one CODEOWNERS file. E-mail addresses are left out: they sign nothing on GitHub."""

    def __init__(self, text: str) -> None:
        self._lines: list[tuple[str, Owners]] = []
        for number, line in enumerate(text.splitlines(), start=1):
            pattern, *owners = line.partition("#")[0].split() or [""]
            if pattern:
                self._lines.append((pattern, Owners(tuple(o for o in owners if _HANDLE.match(o)), number)))

    def of(self, path: str) -> Owners:
        return next((owners for pattern, owners in reversed(self._lines) if globs.matches(pattern, path)), Owners())
