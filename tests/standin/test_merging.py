from __future__ import annotations

import pytest

from tests.github_standin import App, PullRequest, Refused, Repository
from tests.github_standin.world import checks
from tests.standin.world import World


def _check(repo: Repository, app: App, sha: str, conclusion: str) -> None:
    checks.create(repo, app, {"name": "countersign", "head_sha": sha, "status": "completed", "conclusion": conclusion})


@pytest.fixture
def pull(world: World) -> PullRequest:
    world.shop.require_check("countersign", world.app)
    return world.pull()


async def test_a_required_check_that_never_came_blocks(pull: PullRequest) -> None:
    assert not pull.may_merge
    assert "waiting for status" in pull.merge_blockers()[0]


@pytest.mark.parametrize(
    ("conclusion", "merges"),
    [("success", True), ("neutral", True), ("skipped", True), ("failure", False), ("cancelled", False)],
)
async def test_conclusions_open_or_close_the_gate(
    world: World, pull: PullRequest, conclusion: str, merges: bool
) -> None:
    _check(world.shop, world.app, pull.head_sha, conclusion)
    assert pull.may_merge is merges


async def test_the_newest_run_counts(world: World, pull: PullRequest) -> None:
    _check(world.shop, world.app, pull.head_sha, "success")
    _check(world.shop, world.app, pull.head_sha, "failure")
    assert pull.merge_blockers() == ["Required check `countersign` failed."]


async def test_a_check_of_the_same_name_by_another_app_does_not_count(world: World, pull: PullRequest) -> None:
    other = world.github.app("Impostor", {"checks": "write"}, ())
    other.install(world.acme)
    _check(world.shop, other, pull.head_sha, "success")
    world.shop.set_status(pull.head_sha, "countersign", "success", world.alice)
    assert not pull.may_merge


async def test_an_unpinned_requirement_takes_anyones_word(world: World) -> None:
    world.shop.require_check("lint")
    pull = world.pull()
    world.shop.set_status(pull.head_sha, "lint", "success", world.alice)
    assert pull.may_merge


async def test_a_push_asks_again(world: World, pull: PullRequest) -> None:
    _check(world.shop, world.app, pull.head_sha, "success")
    world.shop.commit("change", {"api.yml": "three\n"}, author=world.alice)
    assert not pull.may_merge


async def test_a_mere_comment_takes_no_request_for_changes_back(world: World) -> None:
    world.shop.grant(world.bob, "push")
    pull = world.pull()
    pull.review(world.bob, "no", "CHANGES_REQUESTED")
    pull.review(world.bob, "hm", "COMMENTED")
    assert not pull.may_merge
    pull.review(world.bob, "fine", "APPROVED")
    assert pull.may_merge


async def test_conflicts_and_drafts_block(world: World) -> None:
    pull = world.pull()
    pull.convert_to_draft(world.alice)
    world.shop.commit("main", {"api.yml": "elsewhere\n"}, author=world.alice)
    assert pull.merge_blockers() == [
        "This pull request is still a draft.",
        "This branch has conflicts that must be resolved.",
    ]


async def test_a_merge_lands_on_the_base_and_only_an_admin_goes_past_the_rules(world: World, pull: PullRequest) -> None:
    with pytest.raises(Refused, match="Required check"):
        pull.merge(world.alice, bypass=True)
    world.shop.grant(world.alice, "admin")
    sha = pull.merge(world.alice, bypass=True)
    await world.github.settled()
    assert world.shop.tip("main") == sha == pull.merge_commit_sha
    assert world.heard("pull_request")[-1].payload["pull_request"]["merged"] is True


async def test_a_merge_group_is_judged_on_its_own_head(world: World, pull: PullRequest) -> None:
    world.app.permissions["merge_queues"] = world.installation.permissions["merge_queues"] = "read"
    _check(world.shop, world.app, pull.head_sha, "success")
    world.shop.commit("second", {"other": "x"}, author=world.alice)
    second = world.shop.open_pull_request("second", world.alice)
    group = world.shop.merge_group(world.alice, pull, second)
    assert not group.may_merge
    _check(world.shop, world.app, group.head_sha, "success")
    group.merge(world.alice)
    await world.github.settled()
    assert pull.merged_at and second.merged_at
    asked, destroyed = world.heard("merge_group")
    assert asked.payload["merge_group"]["head_ref"].startswith("refs/heads/gh-readonly-queue/main/pr-2-")
    assert (destroyed.action, destroyed.payload["reason"]) == ("destroyed", "merged")


async def test_the_rules_of_a_branch_name_the_check_and_the_app(world: World, pull: PullRequest) -> None:
    rules = (await world.call("GET", "/repos/acme/shop/rules/branches/main")).json
    required = rules[0]["parameters"]["required_status_checks"]
    assert required == [{"context": "countersign", "integration_id": world.app.id}]
    assert (await world.call("GET", "/repos/acme/shop/rules/branches/change")).json == []


@pytest.mark.parametrize("method", ["merge", "squash", "rebase"])
async def test_what_was_merged_keeps_its_commits_and_files(world: World, method: str) -> None:
    pull = world.pull()
    before = [commit.sha for commit in pull.commits()], [file.path for file in pull.files()]
    pull.merge(world.alice, method=method)
    assert ([commit.sha for commit in pull.commits()], [file.path for file in pull.files()]) == before
    assert before[0] and before[1]


async def test_a_rebase_puts_the_commits_anew_onto_the_base(world: World) -> None:
    pull = world.pull()
    world.shop.commit(pull.head_branch, {"SECOND.md": "two\n"}, author=world.alice, message="Second")
    onto = pull.base_tip
    git = world.shop.git
    last = git.info(pull.merge(world.alice, method="rebase"))
    assert last.message == "Second"
    assert git.info(last.parents[0]).parents == (onto,)


async def test_of_two_merged_by_one_push_each_has_its_own_merge_commit(world: World) -> None:
    first = world.pull()
    second = world.shop.open_pull_request(_branch(world, "other"), world.alice)
    group = world.shop.merge_group(world.alice, first, second)
    group.merge(world.alice)
    assert first.merged_at and second.merged_at
    assert first.merge_commit_sha != second.merge_commit_sha
    assert second.merged_onto == first.merge_commit_sha


def _branch(world: World, name: str) -> str:
    world.shop.commit(name, {f"{name}.md": "x\n"}, author=world.alice)
    return name
