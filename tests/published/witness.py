"""Puts everything that passes between the bot and the stand-in before GitHub's own description."""

from __future__ import annotations

import os
import re

from tests.github_standin.requests import Request
from tests.github_standin.rest.calls import Answer
from tests.published.github_description import GRAPHQL, REST, Judge
from tests.published.packages import NotFetched, fetch


class Witness:
    """An observer of a stand-in (`github.observers.append(witness.see)`). What it saw is judged at the end, off the
    clock of the test itself.
    """

    def __init__(self) -> None:
        self.seen: list[tuple[Request, Answer | None]] = []

    def see(self, request: Request, answer: Answer | None) -> None:
        self.seen.append((request, answer))

    def violations(self) -> list[str]:
        """What GitHub's description says against what was seen. Raises NotFetched when it can't be had."""
        judge = Judge()
        for request, answer in self.seen:
            if request.path == "/graphql":
                if request.body is None and request.status == 401:
                    continue  # refused before it was read
                assert isinstance(request.body, dict)
                judge.query(request.body["query"])
                continue
            # What a fault put in place of an answer is not GitHub's, and a redirect is not described.
            real = answer is not None and not 300 <= request.status < 400
            judge.exchange(
                request.method,
                _described(request.path),
                request.query,
                request.body,
                request.status if real else 500,
                answer.body if answer is not None and real else None,
                json_answer=real and answer is not None and answer.content_type == "application/json",
            )
        return list(dict.fromkeys(judge.violations))

    def judge(self) -> None:
        """Fails the test that caused a violation. Without npm there is no judge, except in CI, which insists on it."""
        try:
            fetch(REST)
            fetch(GRAPHQL)
        except NotFetched:
            if os.environ.get("CI"):
                raise
            return
        found = self.violations()
        assert not found, "GitHub's description says:\n" + "\n".join(found)


def _described(path: str) -> str:
    """/repositories/ID/… is where redirects of a renamed repository lead: the same operations, not described twice."""
    return re.sub(r"^/repositories/\d+", "/repos/-/-", path)
