"""What goes wrong, when told to: every kind has been met at GitHub (github-behaviours in the design notes)."""

from __future__ import annotations

import fnmatch
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

KINDS = {
    "500": "An HTML page, status 500",
    "502": 'JSON {"error": "Server Error"}, status 502',
    "503": "An HTML page, status 503",
    "secondary-403": "The secondary rate limit with remaining > 0; option retry_after (seconds)",
    "secondary-429": "The same with status 429",
    "primary": "The primary limit: 403, remaining 0, a reset time; option reset_in (seconds)",
    "401": "Bad credentials, as a fresh token sometimes gets",
    "403": "Resource not accessible by integration",
    "404": "Not Found",
    "422": "Validation Failed; option message",
    "301": "A redirect to the repository's id, as after a rename, whatever the method",
    "307": "The same with the status that keeps the method",
    "truncated": "The first half of the JSON answer, status 200",
    "html": "A page instead of JSON, status 200",
    "slow": "The right answer, late; option seconds",
    "reset": "The connection breaks; option after=True: once the request took effect",
    "stale": "A read of a pull request that shows its head before the last push, and its base before it was changed",
    "graphql-error": "200 with errors and no data; options type, message, path (only what lies there is lost)",
}


@dataclass(eq=False)
class Fault:
    """`times` counts down; `met` counts how often it struck. A route may end in the name of a GraphQL operation:
    `POST /graphql Roster`.
    """

    route: str
    kind: str
    times: int
    options: Mapping[str, Any] = field(default_factory=dict)
    met: int = 0

    def matches(self, method: str, path: str, operation: str) -> bool:
        names = (f"{method} {path}", f"{method} {path} {operation}")
        return self.times > 0 and any(fnmatch.fnmatchcase(name, self.route) for name in names)


class Faults:
    def __init__(self) -> None:
        self._waiting: list[Fault] = []

    def add(self, route: str, kind: str, times: int, options: Mapping[str, Any]) -> Fault:
        if kind not in KINDS:
            raise ValueError(f"{kind!r} is not one of {', '.join(KINDS)}")
        fault = Fault(route, kind, times, options)
        self._waiting.append(fault)
        return fault

    def next(self, method: str, path: str, operation: str = "") -> Fault | None:
        """The first that matches, used once."""
        for fault in self._waiting:
            if fault.matches(method, path, operation):
                fault.times -= 1
                fault.met += 1
                return fault
        return None

    def clear(self) -> None:
        self._waiting.clear()
