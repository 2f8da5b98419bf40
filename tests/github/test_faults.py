"""One story under every fault of the stand-in, on every route that it takes: it ends as it does without."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from bot.github.errors import GitHubError
from bot.github.people import People
from bot.github.publish import publish
from bot.github.published import Published
from bot.report.publication import Annotation, CheckOutput, Publication
from bot.review.values import Answer
from tests.github.world import STAMP, World, world

FAULTS: dict[str, dict[str, object]] = {
    "500": {},
    "502": {},
    "503": {},
    "secondary-403": {},
    "secondary-429": {"retry_after": 5},
    "primary": {"reset_in": 30},
    "401": {},
    "truncated": {},
    "html": {},
    "reset": {},
    "reset after": {"after": True},
}
ROUTES = [
    "POST /graphql",
    "GET /repos/acme/shop/compare/*",
    "GET /repos/acme/shop/issues/1/comments",
    "POST /app/installations/*/access_tokens",
    "POST /repos/acme/shop/check-runs",
    "PATCH /repos/acme/shop/check-runs/*",
    "POST /repos/acme/shop/issues/1/comments",
    "PATCH /repos/acme/shop/issues/comments/*",
    "POST /repos/acme/shop/pulls/1/requested_reviewers",
    "POST /repos/acme/shop/labels",
    "POST /repos/acme/shop/issues/1/labels",
    "DELETE /repos/acme/shop/issues/1/labels/*",
    "POST /repos/acme/shop/issues/comments/*/reactions",
]


@dataclass(frozen=True)
class Shown:
    """What a person sees in the end."""

    checks: tuple[tuple[str | None, int], ...]
    comments: tuple[tuple[str, tuple[str, ...]], ...]
    labels: frozenset[str]
    requested: frozenset[str]


def output(conclusion: str) -> CheckOutput:
    marks = tuple(Annotation("openapi.yaml", n, n, "warning", "Title", "Message") for n in range(1, 61))
    return CheckOutput("failure" if conclusion == "failure" else "success", conclusion, "Summary", "Text", marks)


async def _turn(w: World, conclusion: str, before: Published, signed: bool) -> Published:
    """Look and publish, as a lane does; what goes wrong is tried again with what was known before."""
    for _ in range(3):
        try:
            state = await w.look(w.repo.pull(1))
            await People(w.client).roster("acme/shop", ["@bob"])
            answers = [Answer(comment, comment.body, True) for comment in state.comments] if signed else []
            label = frozenset({"contract: breaking" if conclusion == "failure" else "contract: risky"})
            shown = Publication(output(conclusion), f"{conclusion}\n\n<!-- countersign:1 -->", label, ("bob",))
            return await publish(w.client, state, shown, before, app_id=w.app.id, stamp=STAMP, answers=answers)
        except GitHubError:
            w.github.clock.advance(600)
    raise AssertionError("three turns were not enough")


async def _story(fault: tuple[str, str] | None) -> Shown:
    async with world() as w:
        w.repo.grant(w.github.user("bob"), "push")
        pull = w.open({"openapi.yaml": "openapi: 3.1.0\n"})
        if fault is not None:
            route, kind = fault
            w.github.fault(route, kind.removesuffix(" after"), times=1, **FAULTS[kind])
        published = await _turn(w, "failure", Published(), signed=False)
        pull.comment(w.github.user("bob"), "/approve-breaking")
        published = await _turn(w, "success", published, signed=True)
        w.github.faults.clear()
        assert (await _turn(w, "success", published, signed=True)).writes == 0
        return Shown(
            tuple((run.conclusion, len(run.annotations)) for run in w.repo.check_runs),
            tuple((comment.body, tuple(r.content for r in comment.reactions)) for comment in pull.comments),
            frozenset(label.name for label in pull.labels),
            frozenset(user.login for user in pull.requested_users),
        )


END = Shown(
    (("success", 60),),
    (("success\n\n<!-- countersign:1 -->", ()), ("/approve-breaking", ("+1",))),
    frozenset({"contract: risky"}),
    frozenset({"bob"}),
)


async def test_the_story_without_faults() -> None:
    assert await _story(None) == END


@pytest.mark.parametrize("kind", FAULTS)
@pytest.mark.parametrize("route", ROUTES)
async def test_the_story_ends_the_same_under(route: str, kind: str) -> None:
    assert await _story((route, kind)) == END
