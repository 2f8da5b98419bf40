from __future__ import annotations

import base64
from urllib.parse import quote

from tests.github_standin import Submodule, Symlink
from tests.standin.world import World

RAW = "application/vnd.github.raw+json"


async def test_odd_names_survive_the_address(world: World) -> None:
    name = "dïr/a b#c?d%2F'\"e.yml"
    world.shop.commit("main", {name: "odd"}, author=world.alice)
    reply = await world.call("GET", f"/repos/acme/shop/contents/{quote(name)}")
    assert base64.b64decode(reply.json["content"]) == b"odd"
    query = 'query($e: String!) { repository(owner: "acme", name: "shop") { object(expression: $e) { ... on Blob { text } } } }'  # noqa: E501
    answer = await world.query(query, e=f"main:{name}")
    assert answer["data"]["repository"]["object"] == {"text": "odd"}


async def test_a_file_over_a_megabyte_needs_the_raw_media_type(world: World) -> None:
    big = b"x" * (1024 * 1024 + 1)
    world.shop.commit("main", {"big.yml": big}, author=world.alice)
    shown = (await world.call("GET", "/repos/acme/shop/contents/big.yml")).json
    assert (shown["encoding"], shown["content"], shown["size"]) == ("none", "", len(big))
    assert (await world.call("GET", "/repos/acme/shop/contents/big.yml", Accept=RAW)).raw == big
    assert (await world.call("GET", f"/repos/acme/shop/git/blobs/{shown['sha']}", Accept=RAW)).raw == big


async def test_links_are_followed_and_submodules_are_called_files_in_listings(world: World) -> None:
    world.shop.commit(
        "main",
        {"d/link": Symlink("../api.yml"), "d/out": Symlink("/etc/passwd"), "d/sub": Submodule("1" * 40)},
        author=world.alice,
    )
    listed = (await world.call("GET", "/repos/acme/shop/contents/d")).json
    assert [(e["name"], e["type"]) for e in listed] == [("link", "symlink"), ("out", "symlink"), ("sub", "file")]
    followed = (await world.call("GET", "/repos/acme/shop/contents/d/link")).json
    assert (followed["type"], base64.b64decode(followed["content"])) == ("file", b"one\n")
    assert (await world.call("GET", "/repos/acme/shop/contents/d/out")).json["target"] == "/etc/passwd"
    assert (await world.call("GET", "/repos/acme/shop/contents/d/sub")).json["type"] == "submodule"


async def test_a_tree_lists_every_mode(world: World) -> None:
    world.shop.commit("main", {"d/link": Symlink("x"), "d/sub": Submodule("1" * 40)}, author=world.alice)
    tree = (await world.call("GET", "/repos/acme/shop/git/trees/main?recursive=1")).json
    modes = {entry["path"]: (entry["mode"], entry["type"]) for entry in tree["tree"]}
    assert modes["api.yml"] == ("100644", "blob")
    assert modes["d"] == ("040000", "tree")
    assert modes["d/link"] == ("120000", "blob")
    assert modes["d/sub"] == ("160000", "commit")
    assert tree["truncated"] is False


async def test_a_comparison_has_three_dots_and_its_files_on_the_first_page_alone(world: World) -> None:
    start = world.shop.tip("main")
    for n in range(3):
        world.shop.commit("change", {f"f{n}": "x"}, author=world.alice)
    world.shop.commit("main", {"other": "x"}, author=world.alice)
    shown = (await world.call("GET", "/repos/acme/shop/compare/main...change")).json
    assert shown["merge_base_commit"]["sha"] == start
    assert (shown["status"], shown["ahead_by"], shown["behind_by"]) == ("diverged", 3, 1)
    assert [f["filename"] for f in shown["files"]] == ["f0", "f1", "f2"]
    second = await world.call("GET", "/repos/acme/shop/compare/main...change?per_page=1&page=2")
    assert len(second.json["commits"]) == 1
    assert "files" not in second.json


async def test_a_comparison_shows_300_files_at_most(world: World) -> None:
    world.shop.commit("many", {f"f{n:03}": "x" for n in range(310)}, author=world.alice)
    shown = (await world.call("GET", "/repos/acme/shop/compare/main...many")).json
    assert len(shown["files"]) == 300


async def test_past_twenty_thousand_patch_lines_the_counts_are_zero(world: World) -> None:
    world.shop.commit("huge", {"a": "line\n" * 15_000, "b": "line\n" * 15_000}, author=world.alice)
    pull = world.shop.open_pull_request("huge", world.alice)
    first, second = (await world.call("GET", f"/repos/acme/shop/pulls/{pull.number}/files")).json
    assert (first["additions"], "patch" in first) == (15_000, True)
    assert (second["additions"], second["changes"], "patch" in second) == (0, 0, False)
