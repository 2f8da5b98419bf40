from __future__ import annotations

from tests.standin.world import World


async def test_a_push_synchronizes_and_a_forced_one_says_what_it_replaced(world: World) -> None:
    pull = world.pull()
    base, old = world.shop.tip("main"), pull.head_sha
    new = world.shop.commit("change", {"api.yml": "three\n"}, author=world.alice, parent=base)
    await world.github.settled()
    assert pull.head_sha == new
    assert [info.sha for info in pull.commits()] == [new]
    assert world.heard("push")[-1].payload["forced"] is True
    last = world.heard("pull_request")[-1].payload
    assert (last["action"], last["before"], last["after"]) == ("synchronize", old, new)


async def test_the_base_sha_is_not_the_merge_base(world: World) -> None:
    start = world.shop.tip("main")
    world.shop.commit("change", {"api.yml": "two\n"}, author=world.alice)
    world.shop.commit("main", {"other": "x"}, author=world.alice)
    pull = world.shop.open_pull_request("change", world.alice)
    assert pull.base_sha == world.shop.tip("main") != start
    assert pull.merge_base == start
    assert [file.path for file in pull.files()] == ["api.yml"]


async def test_retargeting_is_an_edit_and_no_synchronize(world: World) -> None:
    world.shop.create_branch("release", world.shop.tip("main"), world.alice)
    pull = world.pull()
    pull.retarget(world.alice, "release")
    await world.github.settled()
    last = world.heard("pull_request")[-1].payload
    assert last["action"] == "edited"
    assert last["changes"]["base"]["ref"] == {"from": "main"}
    assert last["pull_request"]["base"]["ref"] == "release"


async def test_a_forks_head_is_readable_in_the_base_repository(world: World) -> None:
    fork = world.shop.fork(world.bob)
    fork.commit("idea", {"api.yml": "from a fork\n"}, author=world.bob)
    pull = world.shop.open_pull_request((fork, "idea"), world.bob)
    shown = (await world.call("GET", f"/repos/acme/shop/pulls/{pull.number}")).json
    assert shown["head"]["repo"]["full_name"] == "bob/shop"
    content = await world.call(
        "GET", f"/repos/acme/shop/contents/api.yml?ref={pull.head_sha}", Accept="application/vnd.github.raw+json"
    )
    assert content.raw == b"from a fork\n"
    head = await world.call("GET", f"/repos/acme/shop/git/ref/pull/{pull.number}/head")
    assert head.json["object"]["sha"] == pull.head_sha


async def test_a_deleted_fork_leaves_no_head_repository(world: World) -> None:
    fork = world.shop.fork(world.bob)
    fork.commit("idea", {"api.yml": "x\n"}, author=world.bob)
    pull = world.shop.open_pull_request((fork, "idea"), world.bob)
    fork.delete(world.bob)
    shown = (await world.call("GET", f"/repos/acme/shop/pulls/{pull.number}")).json
    assert shown["head"]["repo"] is None
    assert shown["state"] == "closed"


async def test_mergeable_is_unknown_until_somebody_asked(world: World) -> None:
    pull = world.pull()
    path = f"/repos/acme/shop/pulls/{pull.number}"
    assert (await world.call("GET", path)).json["mergeable"] is None
    assert (await world.call("GET", path)).json["mergeable"] is True


async def test_a_read_can_lag_behind_a_push(world: World) -> None:
    pull = world.pull()
    old = pull.head_sha
    new = world.shop.commit("change", {"api.yml": "three\n"}, author=world.alice)
    path = f"/repos/acme/shop/pulls/{pull.number}"
    world.github.fault(f"GET {path}", "stale")
    assert (await world.call("GET", path)).json["head"]["sha"] == old
    assert (await world.call("GET", path)).json["head"]["sha"] == new
    world.github.fault("POST /graphql", "stale")
    query = '{ repository(owner: "acme", name: "shop") { pullRequest(number: 1) { headRefOid } } }'
    assert (await world.query(query))["data"]["repository"]["pullRequest"]["headRefOid"] == old


async def test_the_update_button_commits_as_github_and_only_that_is_signed(world: World) -> None:
    pull = world.pull()
    world.shop.commit("main", {"other": "x"}, author=world.alice)
    pull.update_branch(world.bob)
    query = """{ repository(owner: "acme", name: "shop") { pullRequest(number: 1) { commits(last: 2) { nodes { commit {
        message author { user { login } } committer { email user { login } } signature { wasSignedByGitHub isValid }
        parents(first: 3) { totalCount } } } } } } }"""
    nodes = (await world.query(query))["data"]["repository"]["pullRequest"]["commits"]["nodes"]
    first, button = (node["commit"] for node in nodes)
    assert button["committer"] == {"email": "noreply@github.com", "user": {"login": "web-flow"}}
    assert button["author"]["user"]["login"] == "bob"
    assert button["parents"]["totalCount"] == 2
    assert button["signature"] == {"wasSignedByGitHub": True, "isValid": True}
    assert first["signature"] is None
    assert [file.path for file in pull.files()] == ["api.yml"]


async def test_a_rebase_keeps_the_change_and_moves_it(world: World) -> None:
    pull = world.pull()
    world.shop.commit("main", {"other": "x"}, author=world.alice)
    before = pull.files()
    sha = pull.rebase(world.alice)
    assert pull.head_sha == sha
    assert pull.merge_base == world.shop.tip("main")
    assert [(f.path, f.patch) for f in pull.files()] == [(f.path, f.patch) for f in before]


async def test_renames_are_found_and_named(world: World) -> None:
    text = "line\n" * 50
    world.shop.commit("main", {"old.yml": text}, author=world.alice)
    world.shop.commit("move", {"old.yml": None, "new.yml": text + "more\n"}, author=world.alice)
    pull = world.shop.open_pull_request("move", world.alice)
    files = (await world.call("GET", f"/repos/acme/shop/pulls/{pull.number}/files")).json
    assert [(f["filename"], f["status"], f["previous_filename"]) for f in files] == [("new.yml", "renamed", "old.yml")]


async def test_files_come_in_pages(world: World) -> None:
    world.shop.commit("many", {f"f{n:03}": "x" for n in range(130)}, author=world.alice)
    pull = world.shop.open_pull_request("many", world.alice)
    path = f"/repos/acme/shop/pulls/{pull.number}/files"
    first = await world.call("GET", path)
    assert len(first.json) == 30
    assert 'rel="next"' in first.headers["Link"]
    last = await world.call("GET", f"{path}?per_page=500&page=2")
    assert len(last.json) == 30
    assert 'rel="next"' not in last.headers["Link"]


async def test_deleting_the_head_branch_closes(world: World) -> None:
    pull = world.pull()
    world.shop.delete_branch("change", world.alice)
    assert pull.state == "closed"
