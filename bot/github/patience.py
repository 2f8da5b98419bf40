"""When to ask GitHub again, and after how long. Pure: time and chance come in as arguments."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from bot.github.http import Answer


@dataclass(frozen=True, slots=True)
class Patience:
    """How often and how long. Seconds.

    longest_wait: the longest wait in place; a limit that lasts longer is handed to the caller, which has better to do.
    """

    attempts: int = 5
    first_wait: float = 0.5
    longest_backoff: float = 20
    longest_wait: float = 90

    def backoff(self, attempt: int, chance: float) -> float:
        """The wait after the `attempt`th failure (from 1): doubling, and by `chance` (0 to 1) up to half shorter, so
        that those who failed together do not come back together.
        """
        whole = min(self.first_wait * float(2 ** (attempt - 1)), self.longest_backoff)
        return whole * (1 - chance / 2)


_LIMIT_WORDS = re.compile(r"rate limit|abuse detection", re.IGNORECASE)
_UNTOLD_WAIT = 60.0
"""Without Retry-After: at least a minute, and exponentially more (docs: "Best practices for using the REST API")."""

_REPEATABLE_POSTS = re.compile(
    r"""/access_tokens$             # a second token harms nobody
      | /graphql$                   # queries; the only mutations we send leave the same state when repeated
      | /labels$                    # adding a label that is on, or creating one that exists, changes nothing
      | /requested_reviewers$       # as is asking somebody who was asked
      | /reactions$                 # and GitHub answers 200 with the reaction that is there
    """,
    re.VERBOSE,
)


def is_repeatable(method: str, path: str, body: bytes = b"") -> bool:
    """Whether sending it twice leaves what sending it once does.

    A PATCH does, except that annotations of a check run are added to those that are there.
    """
    if method == "PATCH":
        return not ("/check-runs/" in path and b'"annotations"' in body)
    return method != "POST" or _REPEATABLE_POSTS.search(path) is not None


def limited_for(answer: Answer, now: datetime, attempt: int) -> float | None:
    """For how many seconds a rate limit forbids to ask again; None when `answer` is no rate limit.

    Primary limit: 403 or 429 with x-ratelimit-remaining 0, until x-ratelimit-reset (UTC epoch seconds). Secondary
    limit: 403 or 429 with remaining above 0, with or without Retry-After, told by its words alone (docs: "Rate limits
    for the REST API", "Exceeding the rate limit").
    """
    if answer.status not in (403, 429):
        return None
    told = _retry_after(answer, now)
    if told is not None:
        return told
    if answer.headers.get("x-ratelimit-remaining") == "0":
        return _until_reset(answer, now)
    if answer.status == 429 or _LIMIT_WORDS.search(answer.body.decode("utf-8", "replace")):
        return _untold(attempt)
    return None


def limited_query_for(answer: Answer, now: datetime, attempt: int) -> float:
    """As `limited_for`, for a GraphQL answer that is a limit by its error type, whatever its status."""
    told = _retry_after(answer, now)
    if told is not None:
        return told
    return _until_reset(answer, now) if answer.headers.get("x-ratelimit-remaining") == "0" else _untold(attempt)


def _untold(attempt: int) -> float:
    return _UNTOLD_WAIT * float(2 ** (attempt - 1))


def _retry_after(answer: Answer, now: datetime) -> float | None:
    told = answer.headers.get("retry-after")
    if told is None:
        return None
    if told.isascii() and told.isdigit():
        return float(told)
    try:
        moment = parsedate_to_datetime(told)
    except ValueError:
        return _UNTOLD_WAIT
    return max(0.0, (_aware(moment) - now).total_seconds())


def _until_reset(answer: Answer, now: datetime) -> float:
    reset = answer.headers.get("x-ratelimit-reset", "")
    if not (reset.isascii() and reset.isdigit()):
        return _UNTOLD_WAIT
    return max(1.0, float(reset) - now.timestamp() + 1)


def _aware(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
