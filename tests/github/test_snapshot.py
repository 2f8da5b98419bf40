"""One look at a pull request, on the stand-in."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.github import queries
from bot.github.errors import GraphQLRefused, Unavailable
from bot.github.files import CommitMissing
from bot.github.snapshot import PullRequestGone, Told, look, open_pulls
from bot.github.touching import is_worth_asking, touching
from bot.registry.snapshot import ChangedFile
from bot.review.people import Person, Roster
from tests.github.world import World, world
from tests.published.github_description import GRAPHQL, graphql_problems
from tests.published.packages import fetched_or_skipped

SPEC = "openapi.yaml"


@pytest.fixture
async def w() -> AsyncIterator[World]:
    async with world() as made:
        yield made


@pytest.mark.parametrize(
    "document",
    [
        queries.pull_request(0),
        queries.pull_request(2),
        queries.pull_request(1, queries.members([("acme", "api")], ["bob"])),
        queries.further_pages(["commits"]),
        queries.further_pages(["comments", "commits", "reviews"]),
        queries.files({"a": ["x", "y"], "b": ["z"]})[0],
        queries.entries(["a", "b"], ["x", "y"])[0],
        queries.brought(["a", "b"], [1])[0],
        queries.roster(queries.members([("acme", "api")], ["bob"])),
        queries.roster(queries.members([], ["bob"])),
    ],
)
def test_githubs_own_schema_takes_every_query(document: str) -> None:
    fetched_or_skipped(GRAPHQL)
    assert graphql_problems(document) == ()


async def test_a_look_costs_two_calls(w: World) -> None:
    pull = w.open({SPEC: "openapi: 3.1.0\n", "README.md": None, "new.yaml": "a: 1\n"})
    mark = w.github.mark()
    state = await w.look(pull)
    assert [call.method for call in w.calls(mark)] == ["POST", "GET"]
    assert set(state.files) == {
        ChangedFile(SPEC, "modified"),
        ChangedFile("README.md", "removed"),
        ChangedFile("new.yaml", "added"),
    }
    assert (state.merge_base_sha, state.head_sha) == (w.repo.tip("main"), w.repo.tip("change"))
    assert state.author is not None and state.author.login == "alice"


@pytest.mark.parametrize("base", ["main", "release/1.0"])
async def test_what_was_told_of_the_base_saves_a_round_trip_and_costs_no_call(w: World, base: str) -> None:
    if base != "main":
        w.repo.create_branch(base, w.repo.tip("main"), w.github.user("alice"))
    pull = w.open({SPEC: "openapi: 3.1.0\n"})
    if base != "main":
        pull.retarget(w.github.user("alice"), base)
    mark = w.github.mark()
    state = await w.look(pull, told=Told(pull.head_sha, base_ref=base))
    assert sorted(call.method for call in w.calls(mark)) == ["GET", "POST"]
    assert [file.path for file in state.files] == [SPEC]
    await w.look(pull, told=Told(pull.head_sha, base_ref=base))
    assert len(w.calls(mark)) == 3


@pytest.mark.parametrize("base", ["gone", "main"])
async def test_what_was_told_of_the_base_is_not_believed(w: World, base: str) -> None:
    pull = w.open({SPEC: "openapi: 3.1.0\n"})
    w.repo.create_branch("other", w.repo.tip("main"), w.github.user("alice"))
    pull.retarget(w.github.user("alice"), "other")
    w.repo.commit("other", {"x.txt": "x"}, author=w.github.user("bob"))
    state = await w.look(pull, told=Told(pull.head_sha, base_ref=base))
    assert (state.base_ref, state.base_sha) == ("other", w.repo.tip("other"))
    assert [file.path for file in state.files] == [SPEC]


async def test_a_registry_that_the_app_may_not_read_is_not_taken_for_none(w: World) -> None:
    path = ["repository", "pullRequest", "baseRef", "target", "file0"]
    pull = w.open({"README.md": None})
    w.github.fault("POST */graphql PullRequest", "graphql-error", times=1, path=path, type="FORBIDDEN")
    with pytest.raises(GraphQLRefused):
        await look(w.client, w.repo.full_name, pull.number, app_id=w.app.id, at_base=[".github/contracts.yml"])


async def test_a_renamed_file_keeps_its_former_path(w: World) -> None:
    text = "".join(f"line {n}\n" for n in range(50))
    w.repo.commit("main", {"a.yaml": text}, author=w.github.user("alice"))
    pull = w.open({"a.yaml": None, "b.yaml": text + "one more\n"})
    assert (await w.look(pull)).files == (ChangedFile("b.yaml", "renamed", "a.yaml"),)


async def test_the_merge_base_is_not_the_tip_of_the_base(w: World) -> None:
    before = w.repo.tip("main")
    pull = w.open({SPEC: "openapi: 3.1.0\n"})
    w.repo.commit("main", {"other.txt": "x"}, author=w.github.user("bob"))
    state = await w.look(pull)
    assert (state.base_sha, state.merge_base_sha) == (w.repo.tip("main"), before)
    assert [file.path for file in state.files] == [SPEC]


async def test_more_than_three_hundred_files_are_all_listed(w: World) -> None:
    pull = w.open({f"files/{n:04}.txt": "x" for n in range(450)})
    state = await w.look(pull)
    assert len(state.files) == 450
    assert state.incomplete == ()


async def test_more_than_three_thousand_files_are_said_to_be_unseen(w: World) -> None:
    pull = w.open({f"files/{n:04}.txt": "x" for n in range(3_100)})
    state = await w.look(pull)
    assert len(state.files) == 3_000
    assert "3,100" in state.incomplete[0]


async def test_more_than_a_hundred_commits_and_comments_are_read_to_the_end(w: World) -> None:
    pull = w.open({SPEC: "openapi: 3.1.0\n"})
    for n in range(130):
        w.repo.commit("change", {"n.txt": str(n)}, author=w.github.user("alice"))
        pull.comment(w.github.user("bob"), f"Comment {n}")
    state = await w.look(pull)
    assert len(state.commits) == 131
    assert [comment.body for comment in state.comments] == [f"Comment {n}" for n in range(130)]


async def test_a_head_that_is_known_to_be_past_is_waited_out(w: World) -> None:
    pull = w.open({SPEC: "openapi: 3.1.0\n"})
    before = pull.head_sha
    after = w.repo.commit("change", {SPEC: "openapi: 3.1.1\n"}, author=w.github.user("alice"))
    w.github.fault("POST /graphql", "stale", times=2)
    state = await w.look(pull, told=Told(after, frozenset({before})))
    assert (state.head_sha, state.suspect) == (after, False)
    assert w.slept == [0.5, 1.0]


async def test_a_head_that_stays_old_is_told_of(w: World) -> None:
    pull = w.open({SPEC: "openapi: 3.1.0\n"})
    state = await w.look(pull, told=Told("f" * 40))
    assert state.suspect


async def test_a_newer_head_than_told_is_taken_at_once(w: World) -> None:
    pull = w.open({SPEC: "openapi: 3.1.0\n"})
    told = pull.head_sha
    w.repo.commit("change", {SPEC: "openapi: 3.1.1\n"}, author=w.github.user("alice"))
    state = await w.look(pull, told=Told(told))
    assert state.head_sha == w.repo.tip("change")
    assert w.slept == []


async def test_a_fork_that_is_gone_can_still_be_judged(w: World) -> None:
    carol = w.github.user("carol")
    fork = w.repo.fork(carol)
    fork.commit("change", {SPEC: "openapi: 3.1.0\n"}, author=carol)
    pull = w.repo.open_pull_request(head=(fork, "change"), base="main", author=carol, title="From a fork")
    await w.look(pull)
    w.github.repositories.remove(fork)
    pull.head_repo = None
    state = await w.look(pull)
    assert state.merge_base_sha is not None
    assert [file.path for file in state.files] == [SPEC]


async def test_deleted_accounts_are_nobody(w: World) -> None:
    pull = w.open({SPEC: "openapi: 3.1.0\n"}, author="carol")
    pull.comment(w.github.user("carol"), "Hello")
    pull.review(w.github.user("dave"), "Hm")
    w.github.remove_user(w.github.user("carol"))
    w.github.remove_user(w.github.user("dave"))
    state = await w.look(pull)
    assert state.author is None
    assert [comment.author for comment in state.comments] == [None, None]
    assert state.commits[0].people == (None,)


async def test_edited_comments_bots_and_apps_are_told_apart(w: World) -> None:
    pull = w.open({SPEC: "openapi: 3.1.0\n"})
    bob = w.github.user("bob")
    pull.comment(bob, "/approve-breaking").edit(bob, "/approve-breaking all")
    pull.comment(bob, "/approve-breaking", via=w.registered)
    other = w.github.app("helper", {"issues": "write"}, [])
    pull.comment(other.bot, "/approve-breaking")
    pull.comment(w.registered.bot, "Held.")
    state = await w.look(pull)
    assert [(c.edited, c.via_app, c.author and c.author.is_bot) for c in state.comments] == [
        (True, False, False),
        (False, True, False),
        (False, False, True),
    ]
    assert state.comments[2].author is not None
    assert state.comments[2].author.login == "helper[bot]"
    assert [comment.body for comment in state.own_comments] == ["Held."]


async def test_whether_an_app_wrote_a_comment_is_asked_once(w: World) -> None:
    pull = w.open({SPEC: "openapi: 3.1.0\n"})
    pull.comment(w.github.user("bob"), "/approve-breaking")
    await w.look(pull)
    mark = w.github.mark()
    await w.look(pull)
    assert [call.path for call in w.calls(mark)] == ["/graphql"]


async def test_reviews_with_a_text_are_among_the_comments(w: World) -> None:
    pull = w.open({SPEC: "openapi: 3.1.0\n"})
    pull.review(w.github.user("bob"), "/approve-breaking", "APPROVED")
    pull.review(w.github.user("bob"), "", "COMMENTED")
    state = await w.look(pull)
    assert [(comment.kind, comment.body) for comment in state.comments] == [("review", "/approve-breaking")]
    assert state.reviewers == {"bob"}


async def test_a_merge_of_the_base_by_githubs_button_is_recognised(w: World) -> None:
    pull = w.open({"other.txt": "x"})
    w.repo.commit("main", {SPEC: "openapi: 3.1.0\n"}, author=w.github.user("bob"))
    pull.update_branch(w.github.user("dave"))
    state = await w.look(pull)
    assert [commit.base_merge for commit in state.commits] == [False, True]
    touched = await touching(w.client, state.repository, state.commits, [SPEC])
    assert [(commit.touches, commit.base_merge) for commit in touched] == [(False, False), (False, True)]


async def test_a_local_merge_of_the_base_is_no_merge_by_github(w: World) -> None:
    pull = w.open({"other.txt": "x"})
    main = w.repo.commit("main", {SPEC: "openapi: 3.1.0\n"}, author=w.github.user("bob"))
    merge = w.repo.make_commit(
        {SPEC: "openapi: 3.9.9\n"}, (pull.head_sha, main), w.github.user("dave"), "Merge branch 'main'"
    )
    w.repo.push("change", merge, w.github.user("dave"))
    state = await w.look(pull)
    assert [commit.base_merge for commit in state.commits] == [False, False]
    touched = await touching(w.client, state.repository, state.commits, [SPEC])
    assert [commit.touches for commit in touched] == [False, True]


async def test_who_changed_a_contract_is_told_in_one_call(w: World) -> None:
    pull = w.open({SPEC: "openapi: 3.1.0\n"})
    w.repo.commit("change", {"README.md": "Hi\n"}, author=w.github.user("bob"))
    state = await w.look(pull)
    mark = w.github.mark()
    touched = await touching(w.client, state.repository, state.commits, [SPEC, "nothing.yaml"])
    assert [commit.touches for commit in touched] == [True, False]
    await touching(w.client, state.repository, state.commits, [SPEC])
    assert len(w.calls(mark)) == 1


async def test_who_changed_what_is_asked_only_when_a_signer_took_part(w: World) -> None:
    pull = w.open({SPEC: "openapi: 3.1.0\n"})
    state = await w.look(pull)
    alice, bob = state.author, Person(w.github.user("bob").id, "bob")
    assert alice is not None
    assert not is_worth_asking(state.commits, Roster({"@acme/api": (alice, bob)}), alice)
    w.repo.commit("change", {"README.md": "Hi\n"}, author=w.github.user("bob"))
    state = await w.look(pull)
    assert is_worth_asking(state.commits, Roster({"@acme/api": (alice, bob)}), alice)
    assert is_worth_asking(state.commits, Roster(admins=(bob,)), alice)
    assert not is_worth_asking(state.commits, Roster({"@acme/api": (alice,)}), alice)


async def test_a_pull_request_that_is_not_there_is_told_from_an_outage(w: World) -> None:
    with pytest.raises(PullRequestGone):
        await look(w.client, "acme/shop", 99, app_id=w.app.id)
    with pytest.raises(PullRequestGone):
        await look(w.client, "acme/nothing", 1, app_id=w.app.id)
    pull = w.open({SPEC: "openapi: 3.1.0\n"})
    w.github.fault("POST /graphql", "502", times=10)
    with pytest.raises(Unavailable):
        await w.look(pull)


async def test_a_commit_that_github_does_not_have_yet_is_waited_for(w: World) -> None:
    pull = w.open({SPEC: "openapi: 3.1.0\n"})
    w.github.fault("GET */compare/*", "404", times=2)
    assert len((await w.look(pull)).files) == 1
    assert w.slept == [1.0, 2.0]
    w.repo.commit("change", {SPEC: "openapi: 3.1.1\n"}, author=w.github.user("alice"))
    w.github.fault("GET */compare/*", "404", times=9)
    with pytest.raises(CommitMissing):
        await w.look(pull)


async def test_a_renamed_repository_is_found_by_its_old_name(w: World) -> None:
    pull = w.open({SPEC: "openapi: 3.1.0\n"})
    w.repo.rename("store", w.github.user("alice"))
    state = await look(w.client, "acme/shop", pull.number, app_id=w.app.id)
    assert state.repository == "acme/store"
    assert len(state.files) == 1


async def test_open_pull_requests_onto_a_branch_are_listed(w: World) -> None:
    first = w.open({SPEC: "openapi: 3.1.0\n"})
    second = w.open({SPEC: "openapi: 3.1.0\n"}, branch="other")
    second.close(w.github.user("alice"))
    listed = await open_pulls(w.client, "acme/shop", "main")
    assert [(pull.number, pull.head_sha) for pull in listed] == [(first.number, first.head_sha)]
    assert await open_pulls(w.client, "acme/shop", "release/1.0") == ()
