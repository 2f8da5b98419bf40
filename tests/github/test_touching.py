"""Who has a hand in a merge of the base: the button "Update branch" and the conflict editor look the same to us."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from bot.github.touching import touching
from bot.review.people import Commit
from tests.github.world import World, world
from tests.github_standin.world.pulls import PullRequest

SPEC = "api/orders.yaml"
LINES = [f"line {n}" for n in range(40)]


@pytest.fixture
async def w() -> AsyncIterator[World]:
    async with world() as opened:
        yield opened


def text(**edits: str) -> str:
    """The contract with some lines written anew: `l3="..."`."""
    return "\n".join(edits.get(f"l{n}", line) for n, line in enumerate(LINES)) + "\n"


def both_changed(w: World, base_edit: str = "l30") -> PullRequest:
    """A pull request that changes line 3, while the base changes another line of the same file."""
    w.repo.commit("main", {SPEC: text()}, author=w.github.user("bob"))
    pull = w.open({SPEC: text(l3="mine")})
    w.repo.commit("main", {SPEC: text(**{base_edit: "theirs"})}, author=w.github.user("bob"))
    return pull


async def merges(w: World, pull: PullRequest) -> Commit:
    state = await w.look(pull)
    return (await touching(w.client, state.repository, state.commits, [SPEC, "README.md"]))[-1]


async def test_who_presses_update_branch_has_no_hand_in_a_file_that_both_sides_changed(w: World) -> None:
    pull = both_changed(w)
    pull.update_branch(w.github.user("dave"))
    merge = await merges(w, pull)
    assert (merge.touches, merge.base_merge) == (False, True)


async def test_a_line_more_than_both_sides_edits_is_a_hand_in_it(w: World) -> None:
    pull = both_changed(w)
    parents = (pull.head_sha, pull.base_tip)
    settled = text(l3="mine", l20="of dave's own", l30="theirs")
    merge_sha = w.repo.make_commit({SPEC: settled}, parents, w.github.user("dave"), "Merge branch 'main' into change")
    w.repo.push("change", merge_sha, w.github.user("dave"))
    state = await w.look(pull)
    as_by_github = replace(state.commits[-1], base_merge=True)
    (merge,) = await touching(w.client, state.repository, [as_by_github], [SPEC])
    assert (merge.touches, merge.base_merge) == (True, False)


async def test_a_file_that_one_side_took_away_is_never_taken_for_a_mere_merge(w: World) -> None:
    pull = both_changed(w)
    w.repo.commit("main", {SPEC: None}, author=w.github.user("bob"))
    parents = (pull.head_sha, pull.base_tip)
    merge_sha = w.repo.make_commit({SPEC: text(l5="again")}, parents, w.github.user("dave"), "Merge branch 'main'")
    w.repo.push("change", merge_sha, w.github.user("dave"))
    state = await w.look(pull)
    as_by_github = replace(state.commits[-1], base_merge=True)
    (merge,) = await touching(w.client, state.repository, [as_by_github], [SPEC])
    assert merge.touches


async def test_a_merge_is_looked_at_closer_only_once(w: World) -> None:
    pull = both_changed(w)
    pull.update_branch(w.github.user("dave"))
    first = await merges(w, pull)
    state = await w.look(pull)
    mark = w.github.mark()
    assert (await touching(w.client, state.repository, state.commits, [SPEC, "README.md"]))[-1] == first
    assert w.calls(mark) == []


async def test_a_merge_in_which_no_file_was_changed_by_both_costs_three_calls_once(w: World) -> None:
    w.repo.commit("main", {SPEC: text()}, author=w.github.user("bob"))
    pull = w.open({"other.txt": "x"})
    w.repo.commit("main", {SPEC: text(l30="theirs")}, author=w.github.user("bob"))
    pull.update_branch(w.github.user("dave"))
    state = await w.look(pull)
    mark = w.github.mark()
    (*_, merge) = await touching(w.client, state.repository, state.commits, [SPEC])
    assert merge.base_merge and not merge.touches
    assert len(w.calls(mark)) == 3, "what touched it; where the sides parted; what stood there"
    await touching(w.client, state.repository, state.commits, [SPEC])
    assert len(w.calls(mark)) == 3
