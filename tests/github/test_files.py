"""Files at commits, on the stand-in."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator

import pytest

from bot.contracts.document import Document
from bot.github.files import MAX_BYTES, CommitMissing, GitHubFiles, TooLargeToList
from bot.registry.snapshot import Unreadable
from tests.github.world import World, world
from tests.github_standin.world.git import Submodule, Symlink

ODD = ['with "quotes".yaml', "hash#and?mark.yaml", "ünïcödé/文件.yaml", "back\\slash.yaml", "a b/{c}.yaml", "$p0.yaml"]


@pytest.fixture
async def w() -> AsyncIterator[World]:
    async with world() as made:
        yield made


def put(w: World, files: dict[str, str | bytes | Symlink | Submodule | None]) -> tuple[str, GitHubFiles]:
    sha = w.repo.commit("main", files, author=w.github.user("alice"))
    return sha, GitHubFiles(w.client, "acme/shop")


async def read_one(w: World, path: str, content: str | bytes | Symlink | Submodule) -> Document | Unreadable:
    sha, files = put(w, {path: content})
    return (await files.read([(sha, path)]))[sha, path]


async def test_any_path_is_read_in_one_call(w: World) -> None:
    sha, files = put(w, {path: f"in {path}" for path in ODD})
    mark = w.github.mark()
    answer = await files.read([(sha, path) for path in [*ODD, "missing.yaml"]])
    assert {path: getattr(found, "data", None) for (_, path), found in answer.items()} == {
        path: f"in {path}".encode() for path in ODD
    }
    assert len(w.calls(mark)) == 1


async def test_what_was_read_once_is_not_asked_again(w: World) -> None:
    sha, files = put(w, {"a.yaml": "a: 1\n"})
    first = await files.read([(sha, "a.yaml"), (sha, "missing.yaml")])
    mark = w.github.mark()
    assert await GitHubFiles(w.client, "acme/shop").read([(sha, "a.yaml"), (sha, "missing.yaml")]) == first
    assert w.calls(mark) == []


async def test_the_registry_that_a_look_brought_along_is_not_asked_again(w: World) -> None:
    state = await w.look(w.open({"openapi.yaml": "openapi: 3.1.0\n"}))
    mark = w.github.mark()
    wanted = (state.base_sha, ".github/contracts.yml")
    answer = await GitHubFiles(w.client, state.repository).read([wanted])
    assert isinstance(answer[wanted], Document)
    assert w.calls(mark) == []


@pytest.mark.parametrize(
    "content",
    ["x" * 700_000, b"caf\xe9: 1\n", b"\xef\xbb\xbfa: 1\r\n", "", "a: \u2028\n"],
    ids=["longer than GraphQL gives", "Latin-1", "byte order mark", "empty", "line separator"],
)
async def test_documents_are_the_blob_to_the_byte(w: World, content: str | bytes) -> None:
    data = content.encode() if isinstance(content, str) else content
    found = await read_one(w, "a.yaml", content)
    assert isinstance(found, Document)
    assert found.data == data
    assert found.blob_sha == hashlib.sha1(b"blob %d\0" % len(data) + data).hexdigest()


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (Symlink("README.md"), "symbolic link"),
        (Submodule("1" * 40), "submodule"),
        (b"\x00\x01\x02", "binary"),
        ("version https://git-lfs.github.com/spec/v1\noid sha256:1\nsize 1\n", "LFS pointer"),
        (b"x: y\n" * (MAX_BYTES // 5 + 1), "larger than 20 MB"),
    ],
    ids=["symbolic link", "submodule", "binary", "LFS pointer", "too large"],
)
async def test_what_is_no_readable_file_says_what_it_is(
    w: World, content: str | bytes | Symlink | Submodule, reason: str
) -> None:
    found = await read_one(w, "a.yaml", content)
    assert isinstance(found, Unreadable)
    assert reason in found.reason


async def test_a_folder_is_no_file(w: World) -> None:
    sha, files = put(w, {"folder/a.yaml": "a: 1\n"})
    assert await files.read([(sha, "folder")]) == {}


async def test_a_commit_that_is_not_there_is_an_error_and_no_missing_file(w: World) -> None:
    with pytest.raises(CommitMissing):
        await GitHubFiles(w.client, "acme/shop").read([("1" * 40, "a.yaml")])


async def test_every_path_is_listed_in_one_call(w: World) -> None:
    sha, files = put(w, {"a/b/c.yaml": "x", "link": Symlink("README.md")})
    mark = w.github.mark()
    assert await files.paths(sha) == {
        ".github/contracts.yml", "openapi.yaml", "README.md", "a/b/c.yaml", "link"
    }  # fmt: skip
    await files.paths(sha)
    assert len(w.calls(mark)) == 1


async def test_a_tree_that_github_cuts_is_walked(w: World, monkeypatch: pytest.MonkeyPatch) -> None:
    sha, files = put(w, {"a/b/c.yaml": "x", "a/d.yaml": "y"})
    whole = await files.paths(sha)
    getitem = w.client.getitem

    async def cut(url: str, where: dict[str, str]) -> dict[str, object]:
        tree: dict[str, object] = dict(await getitem(url, where))
        if where["sha"] == sha and "recursive" in url:
            tree |= {"truncated": True, "tree": []}
        return tree

    monkeypatch.setattr(w.client, "getitem", cut)
    assert await GitHubFiles(w.client, "acme/shop").paths(sha) == whole


async def test_a_repository_too_large_to_list_is_an_error(w: World, monkeypatch: pytest.MonkeyPatch) -> None:
    sha, files = put(w, {"a/b.yaml": "x"})

    async def endless(url: str, where: dict[str, str]) -> dict[str, object]:
        return {"truncated": True, "tree": [{"path": "deeper", "type": "tree", "sha": sha}]}

    monkeypatch.setattr(w.client, "getitem", endless)
    with pytest.raises(TooLargeToList):
        await files.paths(sha)


async def test_the_last_commits_of_fifty_paths_are_asked_in_one_call(w: World) -> None:
    names = [f"pacts/{number}.json" for number in range(50)]
    old = w.repo.commit("main", dict.fromkeys(names, "{}"), author=w.github.user("alice"))
    w.github.clock.advance(40 * 86_400)
    sha, files = put(w, {names[0]: "{ }", "README.md": "more"})
    mark = w.github.mark()
    dates = await files.dates(sha, [*names[:49], "missing.json"])
    assert len(w.calls(mark)) == 1
    assert dates[names[0]] == "2026-12-31" and dates[names[1]] == "2026-11-21"
    assert "missing.json" not in dates
    assert (await files.dates(old, names[:1]))[names[0]] == "2026-11-21"
