"""Publishing on the stand-in: what people see, and how many calls it costs."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Literal

import pytest

from bot.github.errors import Unprocessable
from bot.github.files import GitHubFiles
from bot.github.publish import publish
from bot.github.published import Published
from bot.github.pull import PullRequestState
from bot.report.publication import Annotation, CheckOutput, Publication
from bot.review.values import Answer
from tests.github.world import STAMP, World, world
from tests.github_standin.world.pulls import PullRequest

BODY = "Held.\n\n<!-- countersign:abc -->\n"
CHECK = "POST /repos/acme/shop/check-runs"


@pytest.fixture
async def w() -> AsyncIterator[World]:
    async with world() as made:
        yield made


def marks(count: int, message: str = "is gone") -> tuple[Annotation, ...]:
    return tuple(
        Annotation("openapi.yaml", line, line, "failure", f"Finding {line}", message) for line in range(1, count + 1)
    )


def check(
    conclusion: Literal["success", "failure"] = "failure", count: int = 1, summary: str = "One breaking change"
) -> CheckOutput:
    return CheckOutput(conclusion, "Held: 1 breaking change", summary, "", marks(count))


def publication(
    comment: str | None = BODY,
    output: CheckOutput | None = None,
    labels: frozenset[str] = frozenset({"contract: breaking"}),
    users: tuple[str, ...] = (),
    teams: tuple[str, ...] = (),
) -> Publication:
    return Publication(output or check(), comment, labels, users, teams)


async def show(
    w: World, state: PullRequestState, shown: Publication, previous: Published | None = None, *answers: Answer
) -> Published:
    return await publish(w.client, state, shown, previous, app_id=w.app.id, stamp=STAMP, answers=answers)


def runs(w: World, pull: PullRequest) -> list[dict[str, object]]:
    return [
        {"id": run.id, "conclusion": run.conclusion, "annotations": len(run.annotations)}
        for run in w.repo.check_runs
        if run.suite.head_sha == pull.head_sha
    ]


async def test_everything_is_shown_and_a_second_time_writes_nothing(w: World) -> None:
    w.repo.grant(w.github.user("bob"), "push")
    pull = w.open({"openapi.yaml": "openapi: 3.1.0\n"})
    published = await show(w, await w.look(pull), publication(users=("bob",)))
    assert [run["conclusion"] for run in runs(w, pull)] == ["failure"]
    assert [comment.body for comment in pull.comments] == [BODY]
    assert [user.login for user in pull.requested_users] == ["bob"]
    assert {label.name for label in pull.labels} == {"contract: breaking"}
    assert published.problems == ()

    state = await w.look(pull)
    mark = w.github.mark()
    again = await show(w, state, publication(users=("bob",)), published)
    without_memory = await show(w, state, publication(users=("bob",)))
    assert (again.writes, without_memory.writes) == (0, 0)
    assert w.calls(mark) == []
    assert again.to_json() == published.to_json()
    kept = Published.from_json(json.loads(json.dumps(published.to_json())))
    assert kept.to_json() == published.to_json()
    assert (kept.check, kept.comment) == (published.check, published.comment)


async def test_what_is_remembered_survives_the_store() -> None:
    kept = Published(asked=frozenset({"bob", "team/api"}), answered={7: "refused"}, replied=frozenset({7}))
    assert Published.from_json(kept.to_json()) == kept


async def test_a_push_with_contract_changes_costs_five_calls(w: World) -> None:
    pull = w.open({"openapi.yaml": "openapi: 3.1.0\n"})
    published = await show(w, await w.look(pull), publication())
    w.repo.commit("change", {"openapi.yaml": "openapi: 3.1.1\n"}, author=w.github.user("alice"), message="Again")
    mark = w.github.mark()
    state = await w.look(pull)
    files = GitHubFiles(w.client, state.repository)
    assert state.merge_base_sha is not None
    wanted = [(state.base_sha, ".github/contracts.yml")]
    wanted += [(sha, "openapi.yaml") for sha in (state.base_sha, state.merge_base_sha, state.head_sha)]
    assert len(await files.read(wanted)) == len(set(wanted))
    await show(w, state, publication(comment=BODY.replace("Held", "Still held")), published)
    assert [f"{call.method} {call.path.split('/acme/shop')[-1].split('/')[1]}" for call in w.calls(mark)] == [
        "POST graphql",
        "GET compare",
        "POST graphql",
        "POST check-runs",
        "PATCH issues",
    ]


async def test_an_approving_comment_costs_at_most_four_reads(w: World) -> None:
    pull = w.open({"openapi.yaml": "openapi: 3.1.0\n"})
    state = await w.look(pull)
    files = GitHubFiles(w.client, state.repository)
    await files.read([(state.base_sha, "openapi.yaml"), (state.head_sha, "openapi.yaml")])
    pull.comment(w.github.user("bob"), "/approve-breaking")
    mark = w.github.mark()
    state = await w.look(pull)
    await files.read([(state.base_sha, "openapi.yaml"), (state.head_sha, "openapi.yaml")])
    calls = [f"{call.method} {call.path}" for call in w.calls(mark)]
    assert calls == ["POST /graphql", "GET /repos/acme/shop/issues/1/comments"]
    assert [comment.body for comment in state.comments] == ["/approve-breaking"]


async def test_a_changed_verdict_updates_the_check_in_place(w: World) -> None:
    pull = w.open({"openapi.yaml": "openapi: 3.1.0\n"})
    published = await show(w, await w.look(pull), publication())
    again = await show(w, await w.look(pull), publication(output=check("success")), published)
    assert [(run["conclusion"], run["annotations"]) for run in runs(w, pull)] == [("success", 1)]
    assert again.writes == 1


async def test_annotations_beyond_fifty_follow_in_further_requests(w: World) -> None:
    pull = w.open({"openapi.yaml": "openapi: 3.1.0\n"})
    await show(w, await w.look(pull), publication(output=check(count=120)))
    assert [run["annotations"] for run in runs(w, pull)] == [120]


async def test_annotations_that_an_interrupted_publish_left_out_are_added_from_where_it_stopped(w: World) -> None:
    pull = w.open({"openapi.yaml": "openapi: 3.1.0\n"})
    w.github.fault("PATCH */check-runs/*", "422", times=1, message="No")
    with pytest.raises(Unprocessable):
        await show(w, await w.look(pull), publication(output=check(count=120)))
    assert [run["annotations"] for run in runs(w, pull)] == [50]
    await show(w, await w.look(pull), publication(output=check(count=120)))
    assert [run["annotations"] for run in runs(w, pull)] == [120]


async def test_added_annotations_whose_answer_is_lost_are_not_added_twice(w: World) -> None:
    pull = w.open({"openapi.yaml": "openapi: 3.1.0\n"})
    w.github.fault("PATCH */check-runs/*", "reset", times=1, after=True)
    await show(w, await w.look(pull), publication(output=check(count=120)))
    assert [run["annotations"] for run in runs(w, pull)] == [120]


async def test_other_annotations_on_the_same_head_make_a_new_check_run(w: World) -> None:
    pull = w.open({"openapi.yaml": "openapi: 3.1.0\n"})
    published = await show(w, await w.look(pull), publication())
    await show(w, await w.look(pull), publication(output=check("success", count=2)), published)
    assert [(run["conclusion"], run["annotations"]) for run in runs(w, pull)] == [("failure", 1), ("success", 2)]


@pytest.mark.parametrize("kind", ["reset", "truncated"])
async def test_a_check_whose_answer_is_lost_is_not_created_twice(w: World, kind: str) -> None:
    pull = w.open({"openapi.yaml": "openapi: 3.1.0\n"})
    w.github.fault(CHECK, kind, times=1, **({"after": True} if kind == "reset" else {}))
    await show(w, await w.look(pull), publication())
    assert len(runs(w, pull)) == 1


async def test_a_comment_whose_answer_is_lost_is_not_posted_twice(w: World) -> None:
    pull = w.open({"openapi.yaml": "openapi: 3.1.0\n"})
    w.github.fault("POST */comments", "reset", times=1, after=True)
    published = await show(w, await w.look(pull), publication())
    assert [comment.id for comment in pull.comments] == [published.comment.id if published.comment else None]


async def test_a_commit_that_github_does_not_know_yet_is_waited_for(w: World) -> None:
    pull = w.open({"openapi.yaml": "openapi: 3.1.0\n"})
    w.github.fault(CHECK, "422", times=2, message="No commit found for SHA: 1234")
    await show(w, await w.look(pull), publication())
    assert len(runs(w, pull)) == 1
    assert w.slept == [1.0, 2.0]


async def test_a_deleted_comment_is_written_again(w: World) -> None:
    pull = w.open({"openapi.yaml": "openapi: 3.1.0\n"})
    published = await show(w, await w.look(pull), publication())
    pull.comments[0].delete(w.github.user("alice"))
    again = await show(w, await w.look(pull), publication(), published)
    assert [comment.body for comment in pull.comments] == [BODY]
    assert again.comment is not None and published.comment is not None
    assert again.comment.id != published.comment.id


async def test_a_comment_that_somebody_edited_is_put_right(w: World) -> None:
    pull = w.open({"openapi.yaml": "openapi: 3.1.0\n"})
    published = await show(w, await w.look(pull), publication())
    w.repo.grant(w.github.user("mallory"), "admin")
    pull.comments[0].edit(w.github.user("mallory"), "All clear.\n\n<!-- countersign:abc -->\n")
    await show(w, await w.look(pull), publication(), published)
    assert [comment.body for comment in pull.comments] == [BODY]


async def test_somebody_elses_comment_with_our_marker_is_not_ours(w: World) -> None:
    pull = w.open({"openapi.yaml": "openapi: 3.1.0\n"})
    pull.comment(w.github.user("mallory"), BODY)
    published = await show(w, await w.look(pull), publication())
    assert published.comment is not None
    assert [comment.author.login for comment in pull.comments if comment.author] == ["mallory", "countersign[bot]"]


async def test_of_two_comments_of_ours_the_older_stays(w: World) -> None:
    pull = w.open({"openapi.yaml": "openapi: 3.1.0\n"})
    pull.comment(w.registered.bot, BODY)
    pull.comment(w.registered.bot, BODY)
    oldest = pull.comments[0].id
    await show(w, await w.look(pull), publication())
    assert [comment.id for comment in pull.comments] == [oldest]


async def test_a_locked_conversation_keeps_the_verdict(w: World) -> None:
    pull = w.open({"openapi.yaml": "openapi: 3.1.0\n"})
    pull.lock(w.github.user("alice"))
    published = await show(w, await w.look(pull), publication())
    assert [run["conclusion"] for run in runs(w, pull)] == ["failure"]
    assert published.comment is None
    assert any("comment could not be written" in problem for problem in published.problems)


async def test_a_comment_that_github_refuses_loses_nothing_else(w: World) -> None:
    pull = w.open({"openapi.yaml": "openapi: 3.1.0\n"})
    published = await show(w, await w.look(pull), publication(comment="x" * 65_537))
    assert {label.name for label in pull.labels} == {"contract: breaking"}
    assert any("too long" in problem for problem in published.problems)


async def test_one_refused_reviewer_never_loses_the_others(w: World) -> None:
    w.repo.grant(w.github.user("bob"), "push")
    w.github.user("stranger")
    pull = w.open({"openapi.yaml": "openapi: 3.1.0\n"})
    shown = publication(users=("bob", "stranger", "alice"), teams=("nobody",))
    published = await show(w, await w.look(pull), shown)
    assert [user.login for user in pull.requested_users] == ["bob"]
    assert published.refused_users == ("stranger",)
    assert published.refused_teams == ("nobody",)
    assert (await show(w, await w.look(pull), shown, published)).writes == 0


async def test_somebody_whose_request_was_taken_back_is_not_asked_again(w: World) -> None:
    w.repo.grant(w.github.user("bob"), "push")
    pull = w.open({"openapi.yaml": "openapi: 3.1.0\n"})
    published = await show(w, await w.look(pull), publication(users=("bob",)))
    pull.requested_users.clear()
    again = await show(w, await w.look(pull), publication(users=("bob",)), published)
    assert (again.writes, pull.requested_users) == (0, [])


async def test_somebody_who_has_reviewed_is_not_asked_again(w: World) -> None:
    w.repo.grant(w.github.user("bob"), "push")
    pull = w.open({"openapi.yaml": "openapi: 3.1.0\n"})
    pull.review(w.github.user("bob"), "Nice")
    await show(w, await w.look(pull), publication(users=("bob",)))
    assert pull.requested_users == []


async def test_no_more_than_fifteen_are_requested(w: World) -> None:
    users = tuple(f"user{n}" for n in range(20))
    for user in users:
        w.repo.grant(w.github.user(user), "pull")
    pull = w.open({"openapi.yaml": "openapi: 3.1.0\n"})
    published = await show(w, await w.look(pull), publication(users=users))
    assert len(pull.requested_users) == 15
    assert any("no room for more reviewers" in problem for problem in published.problems)


async def test_only_our_labels_are_touched(w: World) -> None:
    pull = w.open({"openapi.yaml": "openapi: 3.1.0\n"})
    pull.add_labels(w.github.user("alice"), ["bug", "contract: risky"])
    await show(w, await w.look(pull), publication())
    assert {label.name for label in pull.labels} == {"bug", "contract: breaking"}
    assert w.repo.labels["contract: breaking"].color == "b60205"


async def test_a_head_that_moved_meanwhile_is_not_published_for(w: World) -> None:
    pull = w.open({"openapi.yaml": "openapi: 3.1.0\n"})
    state = await w.look(pull)
    mark = w.github.mark()
    published = await publish(w.client, state, publication(), app_id=w.app.id, stamp=STAMP, is_current=lambda: False)
    assert published.superseded
    assert w.calls(mark) == []


async def test_commands_are_answered_once_and_refused_ones_with_the_reason(w: World) -> None:
    pull = w.open({"openapi.yaml": "openapi: 3.1.0\n"})
    pull.comment(w.github.user("bob"), "/approve-breaking")
    pull.comment(w.github.user("carol"), "/approve-breaking")
    state = await w.look(pull)
    answers = (
        Answer(state.comments[0], "/approve-breaking", True),
        Answer(state.comments[1], "/approve-breaking", False, "You are not in @acme/api: ask somebody who is."),
    )
    published = await show(w, state, publication(), None, *answers)
    assert [[r.content for r in comment.reactions] for comment in pull.comments[:2]] == [["+1"], ["confused"]]
    reply = pull.comments[-1].body
    assert reply.startswith("@carol\n")
    assert "@acme/api" not in reply
    assert "ask somebody who is" in reply

    again = await show(w, await w.look(pull), publication(), published, *answers)
    assert again.writes == 0
    count = len(pull.comments)
    await show(w, await w.look(pull), publication(), replace(published, replied=frozenset()), *answers)
    assert len(pull.comments) == count


async def test_a_reaction_follows_a_changed_outcome(w: World) -> None:
    pull = w.open({"openapi.yaml": "openapi: 3.1.0\n"})
    pull.comment(w.github.user("bob"), "/approve-breaking")
    state = await w.look(pull)
    published = await show(
        w, state, publication(), None, Answer(state.comments[0], "/approve-breaking", False, "Nothing was shown yet.")
    )
    await show(w, await w.look(pull), publication(), published, Answer(state.comments[0], "/approve-breaking", True))
    assert [reaction.content for reaction in pull.comments[0].reactions] == ["+1"]
