"""Who asked what: for counting calls."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Request:
    """One API request. `path` is without /api/v3; `who` is an app's slug (its JWT), `slug[bot]`, a login, or "".

    For GraphQL `body` holds the document and its variables.
    """

    method: str
    path: str
    query: str
    who: str
    status: int
    body: object = None
    headers: dict[str, str] = field(default_factory=dict, repr=False)

    @property
    def writes(self) -> bool:
        return self.method != "GET" and self.path != "/graphql" and not self.path.endswith("/access_tokens")


class RequestLog:
    def __init__(self) -> None:
        self.all: list[Request] = []

    def add(self, request: Request) -> None:
        self.all.append(request)
