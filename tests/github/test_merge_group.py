"""Which pull requests a merge group brings, and which of its commits are whose."""

from __future__ import annotations

import pytest

from bot.github.merge_group import Entry, entries
from tests.github.world import World, world
from tests.github_standin import PullRequest


def _three(w: World) -> list[PullRequest]:
    return [w.open({f"{name}.md": f"{name}\n"}, branch=name) for name in ("one", "two", "three")]


async def test_each_pull_request_lands_on_those_before_it() -> None:
    async with world() as w:
        pulls = _three(w)
        group = w.repo.merge_group(w.github.user("alice"), *pulls)
        found = await entries(w.client, "acme/shop", group.head_sha, group.head_branch, group.base_sha)
        assert [entry.number for entry in found] == [pull.number for pull in pulls]
        assert [entry.before for entry in found] == [group.base_sha, found[0].after, found[1].after]
        assert found[-1].after == group.head_sha


@pytest.mark.parametrize(
    ("subjects", "numbers"),
    [
        (["One (#1)", "Two (#2)"], [1, 2]),
        (["One", "more of one", "Two"], [2]),
        (["One (#1)", "Two", "more of two"], [1, 2]),
        (["Fixes (#1) (#77)", "Two"], [2]),
    ],
    ids=["squashed", "rebased", "mixed", "a number that is no open pull request"],
)
async def test_commits_without_a_second_parent_are_told_by_their_messages(
    subjects: list[str], numbers: list[int]
) -> None:
    async with world() as w:
        _three(w)
        base = head = w.repo.tip("main")
        shas = []
        for place, subject in enumerate(subjects):
            head = w.repo.make_commit({f"{place}.txt": subject}, (head,), w.github.user("alice"), subject)
            shas.append(head)
        branch = f"gh-readonly-queue/main/pr-2-{base}"
        w.repo.push(branch, head, w.github.user("alice"))
        found = await entries(w.client, "acme/shop", head, branch, base)
        assert [entry.number for entry in found] == numbers
        assert found[0].before == base and found[-1].after == head
        if numbers == [1, 2]:
            assert found[0] == Entry(1, base, shas[0])


async def test_a_branch_that_is_no_queues_has_no_entries() -> None:
    async with world() as w:
        tip = w.repo.tip("main")
        assert await entries(w.client, "acme/shop", tip, "refs/heads/main", tip) == ()
