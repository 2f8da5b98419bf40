"""Hidden marks by which we know our own replies, notices and issues again, so that nothing is said twice.

Whoever may push can edit what we wrote. So a mark is authenticated like the block with the signatures (`seal`), for one
pull request: one that somebody made up, or copied from elsewhere, is no mark and keeps nothing from being said.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

_MARK = re.compile(r"<!-- countersign-([a-z-]+):([\w:,/-]+) ([0-9a-f]{32}) -->")


@dataclass(frozen=True, slots=True)
class Stamp:
    """subject: the pull request, as in its block ("REPOSITORY_ID/NUMBER"). keys: the first marks, all are known."""

    subject: str
    keys: Sequence[bytes] = field(repr=False)

    def mark(self, kind: str, what: str) -> str:
        """The hidden line. Both are our own words: letters, digits, `-`, `:`, `,` and (in `what`) `/`."""
        return self.marks(kind, what)[0]

    def marks(self, kind: str, what: str) -> tuple[str, ...]:
        """The line as it may stand anywhere, since keys change: with each key, the one that is written first."""
        return tuple(f"<!-- countersign-{kind}:{what} {self._mac(kind, what, key)} -->" for key in self.keys)

    def found(self, kind: str, body: str) -> tuple[str, ...]:
        """What the marks of one kind in a text say, as far as they are ours."""
        return tuple(
            what
            for found, what, mac in _MARK.findall(body)
            if found == kind and any(hmac.compare_digest(mac, self._mac(kind, what, key)) for key in self.keys)
        )

    def _mac(self, kind: str, what: str, key: bytes) -> str:
        return hmac.new(key, f"mark\n{self.subject}\n{kind}:{what}".encode(), hashlib.sha256).hexdigest()[:32]
