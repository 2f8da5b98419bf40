"""Every request that we send is one that GitHub describes."""

from __future__ import annotations

from bot.github.files import GitHubFiles
from bot.github.people import People
from bot.github.publish import publish
from bot.github.snapshot import open_pulls
from bot.github.touching import touching
from bot.report.publication import Annotation, CheckOutput, Publication
from bot.review.values import Answer
from tests.github.world import STAMP, World, world
from tests.published.github_description import GRAPHQL, REST, Judge
from tests.published.packages import fetched_or_skipped

MARKER = "<!-- countersign:abc -->"


def shown(conclusion: str, comment: str, label: str) -> Publication:
    marks = tuple(Annotation("openapi.yaml", n, n, "warning", "Title", "Message") for n in range(1, 70))
    held = CheckOutput("failure" if conclusion == "failure" else "success", "Title", "Summary", "Text", marks)
    return Publication(held, f"{comment}\n\n{MARKER}", frozenset({label}), ("bob", "stranger"), ("api",))


def _judge() -> Judge:
    fetched_or_skipped(REST)
    fetched_or_skipped(GRAPHQL)
    return Judge()


async def _everything(w: World) -> None:
    """Each kind of call at least once, with lost answers, so that what looks for them is sent too."""
    acme = w.github.organisation("acme")
    w.repo.grant(acme.team("api", [w.github.user("bob")]), "push")
    w.repo.commit("main", {"big.yaml": "x" * 700_000}, author=w.github.user("alice"))
    pull = w.open({f"files/{n}.txt": "x" for n in range(301)} | {"openapi.yaml": "openapi: 3.1.0\n"})
    pull.comment(w.github.user("bob"), "/approve-breaking")
    pull.comment(w.github.user("dave"), "/approve-breaking")
    state = await w.look(pull)
    files = GitHubFiles(w.client, state.repository)
    await files.read([(state.base_sha, "big.yaml")])
    await files.paths(state.head_sha)
    await touching(w.client, state.repository, state.commits, ["openapi.yaml"])
    await People(w.client).roster("acme/shop", ["@acme/api", "@bob"], need_admins=True)
    await open_pulls(w.client, "acme/shop", "main")
    await w.app.slug()
    await w.app.installation_of("acme/shop")

    answers = tuple(
        Answer(comment, "/approve-breaking", accepted, "" if accepted else "Not you.")
        for comment, accepted in zip(state.comments, (True, False), strict=True)
    )
    w.github.fault("POST */check-runs", "reset", times=1, after=True)
    w.github.fault("PATCH */check-runs/*", "reset", times=1, after=True)
    w.github.fault("POST */issues/1/comments", "reset", times=1, after=True)
    first = await publish(
        w.client, state, shown("failure", "Held", "contract: breaking"), app_id=w.app.id, stamp=STAMP, answers=answers
    )
    pull.comment(w.registered.bot, f"Twice\n\n{MARKER}")
    second = shown("success", "Released", "contract: risky")
    await publish(w.client, await w.look(pull), second, first, app_id=w.app.id, stamp=STAMP, answers=answers)


async def test_every_request_is_as_github_describes_it() -> None:
    judge = _judge()
    async with world() as w:
        await _everything(w)
        for request in w.github.requests:
            if request.status == 0:
                continue  # its answer was lost, and the stand-in does not write down what it was
            if request.path == "/graphql":
                assert isinstance(request.body, dict)
                judge.query(request.body["query"])
            else:
                judge.exchange(
                    request.method, request.path, request.query, request.body, request.status, None, json_answer=False
                )
    assert judge.violations == []
    assert {name.split(" ")[0] for name in judge.seen} == {"GET", "POST", "PATCH", "DELETE"}


async def test_a_request_that_githubs_description_forbids_is_noticed() -> None:
    judge = _judge()
    body = {"name": "countersign", "head_sha": "a", "output": {"title": "T"}}
    judge.exchange("POST", "/repos/a/b/check-runs", "", body, 201, None, json_answer=False)
    assert judge.violations
