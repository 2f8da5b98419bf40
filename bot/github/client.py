"""A client for one identity (the app, or one installation of it): what to do when GitHub does not simply answer.

Over gidgethub's abstract client, which forms requests and reads answers; everything that it leaves open or gets wrong
under faults (retries, limits, redirects, foreign hosts, its cache, GraphQL) is decided here and in transport.py.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import random
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

from cachetools import LRUCache
from gidgethub.abc import GitHubAPI

from bot.github.credentials import Authorization
from bot.github.errors import Call, GraphQLRefused, RateLimited, Unavailable, refusal
from bot.github.http import API_VERSION, USER_AGENT, Answer
from bot.github.memory import Memory
from bot.github.patience import Patience, is_repeatable, limited_for, limited_query_for
from bot.github.transport import MAX_ANSWER, AnswerLost, NotSent, Transport

_RAW = "application/vnd.github.raw+json"
_ETAG_BYTES = 16_000_000
_WRITES_A_MINUTE = 60
"""GitHub allows 80 requests a minute that create content (docs: "Rate limits for the REST API")."""
_GAPS = frozenset({"NOT_FOUND", "FORBIDDEN", "INSUFFICIENT_SCOPES"})
"""What GitHub calls it when a part of the data is not there, or not for whoever asks."""
_TRANSIENT_QUERY = ("something went wrong", "timeout", "timedout")
"""In the message of a GraphQL error that another attempt may not meet."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One error of a GraphQL answer. `path` leads to what is missing from the data."""

    type: str
    path: tuple[str | int, ...]
    message: str


@dataclass(frozen=True, slots=True)
class QueryAnswer:
    """The data of a GraphQL answer, which may have gaps (null), and the reasons for them."""

    data: Mapping[str, Any]
    problems: tuple[Problem, ...]


class Client(GitHubAPI):
    """Use `getitem`, `getiter`, `post`, `patch`, `put`, `delete` (paths with `{variables}`), `raw` and `query`.

    All raise the errors of bot.github.errors and nothing else. Writes go one at a time; whoever creates something
    (POST) must be ready for `Unavailable.may_have_happened`.
    """

    def __init__(
        self,
        transport: Transport,
        authorization: Authorization,
        *,
        now: Callable[[], datetime],
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        chance: Callable[[], float] = random.random,
        patience: Patience | None = None,
    ) -> None:
        super().__init__(USER_AGENT, base_url=transport.host.api_url)
        self.transport = transport
        self.authorization = authorization
        self.now = now
        self.patience = patience or Patience()
        self.memory = Memory()
        self._sleep = sleep
        self._chance = chance
        self._etags: LRUCache[tuple[str, str], Answer] = LRUCache(_ETAG_BYTES, getsizeof=lambda a: len(a.body) + 500)
        self._limited_until: datetime | None = None
        self._writing = asyncio.Lock()
        self._written: deque[datetime] = deque()

    async def sleep(self, seconds: float) -> None:
        await self._sleep(seconds)

    async def raw(self, path: str, url_vars: Mapping[str, str], max_bytes: int = MAX_ANSWER) -> bytes:
        """The bytes of a file, as they are."""
        url = self.transport.host.api_url + path.format_map(
            {name: quote(value, safe="") for name, value in url_vars.items()}
        )
        answer = await self._asked("GET", url, {"user-agent": USER_AGENT, "accept": _RAW}, b"", max_bytes)
        return answer.body

    async def query(self, document: str, variables: Mapping[str, Any] | None = None) -> QueryAnswer:
        """The answer to a GraphQL query (or a mutation that may be repeated).

        Gaps in the data are left to the caller, with their reasons, where GitHub says that something is not there, or
        not for us. A gap for any other reason is no answer: nobody may take it for nothing. Raises GraphQLRefused when
        there is no data.
        """
        url = self.transport.host.graphql_url
        headers = {"user-agent": USER_AGENT, "accept": "application/json", "content-type": "application/json"}
        body = json.dumps({"query": document, "variables": dict(variables or {})}).encode()
        call = Call("POST", self.transport.host.path(url))
        for attempt in itertools.count(1):
            answer = await self._asked("POST", url, headers, body)
            value = answer.json_object()
            problems = _problems(value.get("errors"))
            if any(problem.type in ("RATE_LIMITED", "RATE_LIMIT") for problem in problems):
                await self._hold(call.answered(answer), limited_query_for(answer, self.now(), attempt), attempt)
                continue
            data = value.get("data")
            if isinstance(data, dict) and all(problem.type in _GAPS for problem in problems):
                return QueryAnswer(data, problems)
            reason = "; ".join(problem.message for problem in problems) or "no data in the answer"
            if attempt >= self.patience.attempts or not any(word in reason.lower() for word in _TRANSIENT_QUERY):
                raise GraphQLRefused(call.answered(answer), reason, frozenset(problem.type for problem in problems))
            await self._sleep(self.patience.backoff(attempt, self._chance()))
        raise AssertionError("unreachable")

    async def _request(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes = b""
    ) -> tuple[int, Mapping[str, str], bytes]:
        kept_headers = {name: value for name, value in headers.items() if name != "content-length"}
        answer = await self._asked(method, url, kept_headers, body)
        link = answer.headers.get("link")
        passed_on = {"content-type": "application/json"} | ({"link": link} if link else {})
        return answer.status, passed_on, answer.body

    async def _asked(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes, max_bytes: int = MAX_ANSWER
    ) -> Answer:
        """A 2xx answer, whole. GETs are asked again with the ETag of the last answer, which costs no quota."""
        key = (url, headers.get("accept", ""))
        kept = self._etags.get(key) if method == "GET" else None
        conditional = {"if-none-match": kept.headers["etag"]} if kept else {}
        async with self._turn(method, url):
            answer = await self._insist(method, url, {**headers, **conditional}, body, max_bytes)
        if kept is not None and answer.status == 304:
            return kept
        if method == "GET" and "etag" in answer.headers and headers.get("accept") != _RAW:
            self._keep(key, answer)
        return answer

    def _keep(self, key: tuple[str, str], answer: Answer) -> None:
        if len(answer.body) < _ETAG_BYTES // 4:
            self._etags[key] = answer

    async def _insist(self, method: str, url: str, headers: Mapping[str, str], body: bytes, max_bytes: int) -> Answer:
        path = self.transport.host.path(url)
        call = Call(method, path)
        repeatable = is_repeatable(method, path, body)
        for attempt in itertools.count(1):
            await self._wait_for_the_limit(call)
            authorization = await self.authorization.header()
            sent = {**headers, "authorization": authorization, "x-github-api-version": API_VERSION}
            try:
                answer = await self.transport.send(method, url, sent, body, max_bytes)
            except NotSent as error:
                await self._back_off(call, f"no connection: {error}", attempt)
                continue
            except AnswerLost as error:
                await self._back_off(call, f"the answer was lost: {error}", attempt, uncertain=not repeatable)
                continue
            limited = limited_for(answer, self.now(), attempt)
            if limited is not None:
                await self._hold(call.answered(answer), limited, attempt)
            elif answer.status in (401, 403):
                if attempt >= self.patience.attempts or not await self.authorization.try_again(
                    authorization, answer, attempt
                ):
                    raise refusal(call, answer)
            elif answer.status >= 500:
                await self._back_off(call.answered(answer), "GitHub has trouble", attempt, uncertain=not repeatable)
            elif answer.status == 304 and "if-none-match" in headers:
                return answer
            elif answer.status >= 300:
                raise refusal(call, answer)
            elif _is_whole(answer, headers):
                return answer
            else:
                reason = "the answer is not whole JSON"
                await self._back_off(call.answered(answer), reason, attempt, uncertain=not repeatable)
        raise AssertionError("unreachable")

    async def _back_off(self, call: Call, reason: str, attempt: int, uncertain: bool = False) -> None:
        if uncertain or attempt >= self.patience.attempts:
            raise Unavailable(call, reason, may_have_happened=uncertain)
        await self._sleep(self.patience.backoff(attempt, self._chance()))

    async def _hold(self, call: Call, seconds: float, attempt: int) -> None:
        """Keeps this whole identity from asking for `seconds`: going on while limited prolongs the limit."""
        until = self.now() + timedelta(seconds=seconds)
        self._limited_until = max(until, self._limited_until or until)
        if attempt >= self.patience.attempts:
            raise RateLimited(call, "rate limit", until=self._limited_until)

    async def _wait_for_the_limit(self, call: Call) -> None:
        while self._limited_until is not None:
            until = self._limited_until
            left = (until - self.now()).total_seconds()
            if left > self.patience.longest_wait:
                raise RateLimited(call, "rate limit", until=until)
            if left > 0:
                await self._sleep(left)
            if self._limited_until == until:
                self._limited_until = None

    @asynccontextmanager
    async def _turn(self, method: str, url: str) -> AsyncIterator[None]:
        """Writes take turns and keep below GitHub's bound for a minute; reads go at once."""
        if method == "GET" or url == self.transport.host.graphql_url:
            yield
            return
        async with self._writing:
            while self._written and (self.now() - self._written[0]).total_seconds() >= 60:
                self._written.popleft()
            if len(self._written) >= _WRITES_A_MINUTE:
                await self._sleep(60 - (self.now() - self._written[0]).total_seconds())
            self._written.append(self.now())
            yield


def _is_whole(answer: Answer, headers: Mapping[str, str]) -> bool:
    return headers.get("accept") == _RAW or not answer.body or answer.is_whole_json


def _problems(errors: object) -> tuple[Problem, ...]:
    if not isinstance(errors, list):
        return ()
    return tuple(
        Problem(str(error.get("type") or ""), tuple(error.get("path") or ()), str(error.get("message") or ""))
        for error in errors
        if isinstance(error, dict)
    )
