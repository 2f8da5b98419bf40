"""What can go wrong between us and GitHub, in terms of what to do about it.

Every error carries what an operator needs to find the call in GitHub's logs (method, path, status, request id), and
never a token, a header or a body.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from bot.github.http import Answer


@dataclass(frozen=True, slots=True)
class Call:
    """Which call it was. `status` is 0 when there was no answer."""

    method: str
    path: str
    status: int = 0
    request_id: str | None = None

    def answered(self, answer: Answer) -> Call:
        return replace(self, status=answer.status, request_id=answer.request_id)

    def __str__(self) -> str:
        status = f" {self.status}" if self.status else ""
        trace = f" (request {self.request_id})" if self.request_id else ""
        return f"{self.method} {self.path}{status}{trace}"


class GitHubError(Exception):
    """A call to GitHub that did not work."""

    def __init__(self, call: Call, message: str) -> None:
        super().__init__(f"{call}: {message}")
        self.call = call
        self.message = message


class Unavailable(GitHubError):
    """No usable answer, however often we asked: connection lost, 5xx, HTML, truncated JSON.

    `may_have_happened`: it was a write that GitHub may have carried out although its answer was lost. Whoever wrote
    must look before writing again.
    """

    def __init__(self, call: Call, message: str, *, may_have_happened: bool = False) -> None:
        super().__init__(call, message)
        self.may_have_happened = may_have_happened


class RateLimited(GitHubError):
    """A primary or secondary rate limit that lasts longer than it is worth waiting in place. Try again at `until`."""

    def __init__(self, call: Call, message: str, *, until: datetime) -> None:
        super().__init__(call, f"{message}; to be tried again at {until.isoformat(timespec='seconds')}")
        self.until = until


class ForeignHost(GitHubError):
    """An address on another host than the configured one: nothing was sent there, least of all a token."""


class Refused(GitHubError):
    """GitHub understood and said no (4xx). `errors` are the parts of its answer that say what about."""

    def __init__(self, call: Call, message: str, errors: tuple[str, ...] = ()) -> None:
        super().__init__(call, "; ".join((message, *errors)))
        self.errors = errors


class Unauthorized(Refused):
    """401: the token or the app's own signature was not accepted."""


class Forbidden(Refused):
    """403 that is no rate limit: a missing permission, a locked conversation, a suspended installation."""


class NotFound(Refused):
    """404 or 410: not there, or not visible to this installation."""


class Unprocessable(Refused):
    """422: a value that GitHub does not take."""


class InstallationSuspended(GitHubError):
    """The organisation has suspended the app: nothing can be done there until it is unsuspended."""


class InstallationGone(GitHubError):
    """The app is no longer installed there."""


class GraphQLRefused(GitHubError):
    """GraphQL errors without the data that was needed. `types` are GitHub's (`NOT_FOUND`, `FORBIDDEN`, ...)."""

    def __init__(self, call: Call, message: str, types: frozenset[str] = frozenset()) -> None:
        super().__init__(call, message)
        self.types = types


_REFUSALS: Mapping[int, type[Refused]] = {
    401: Unauthorized,
    403: Forbidden,
    404: NotFound,
    410: NotFound,
    422: Unprocessable,
}


def refusal(call: Call, answer: Answer) -> Refused:
    """The error for a 3xx or 4xx `answer`, with GitHub's own words. `errors` may be objects, strings or null."""
    body = answer.json_object()
    message = body.get("message")
    kind = _REFUSALS.get(answer.status, Refused)
    return kind(
        call.answered(answer),
        message if isinstance(message, str) else "refused without a reason",
        _details(body.get("errors")),
    )


def _details(errors: object) -> tuple[str, ...]:
    if isinstance(errors, str):
        return (errors,)
    if not isinstance(errors, list):
        return ()
    return tuple(_detail(error) for error in errors)


def _detail(error: object) -> str:
    if not isinstance(error, dict):
        return str(error)
    if isinstance(error.get("message"), str):
        return str(error["message"])
    return " ".join(str(error[key]) for key in ("resource", "field", "code") if error.get(key))
