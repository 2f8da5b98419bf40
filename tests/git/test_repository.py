"""A local repository answers what GitHub would answer about the same commits."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from bot.contracts.document import Document
from bot.git.repository import GitError, Repository
from bot.registry.snapshot import ChangedFile, Unreadable

ENVIRONMENT = {
    **os.environ,
    "GIT_AUTHOR_NAME": "Ann",
    "GIT_AUTHOR_EMAIL": "ann@example.org",
    "GIT_COMMITTER_NAME": "Ann",
    "GIT_COMMITTER_EMAIL": "ann@example.org",
    "GIT_CONFIG_GLOBAL": os.devnull,
}


def git(folder: Path, *arguments: str) -> str:
    return subprocess.run(
        ["git", "-C", str(folder), *arguments], check=True, capture_output=True, text=True, env=ENVIRONMENT
    ).stdout.strip()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    git(tmp_path, "init", "-q", "-b", "main")
    (tmp_path / "api.yaml").write_text("openapi: 3.0.3\n" + "".join(f"x-{n}: {n}\n" for n in range(20)))
    (tmp_path / "ümlaut file.yaml").write_text("a: 1\n")
    (tmp_path / "link.yaml").symlink_to("api.yaml")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-qm", "one")
    return tmp_path


async def test_files_are_read_at_any_commit_with_git_s_own_blob_name(folder: Path) -> None:
    repository = Repository(folder)
    head = repository.commit("HEAD")
    answer = await repository.read([(head, "ümlaut file.yaml"), (head, "missing.yaml")])
    assert set(answer) == {(head, "ümlaut file.yaml")}
    document = answer[head, "ümlaut file.yaml"]
    assert isinstance(document, Document)
    assert document.data == b"a: 1\n"
    assert document.blob_sha == git(folder, "rev-parse", "HEAD:ümlaut file.yaml")


async def test_a_symbolic_link_is_named_and_never_followed(folder: Path) -> None:
    repository = Repository(folder)
    head = repository.commit("HEAD")
    answer = await repository.read([(head, "link.yaml")])
    unreadable = answer[head, "link.yaml"]
    assert isinstance(unreadable, Unreadable)
    assert "symbolic link" in unreadable.reason


async def test_every_path_of_a_commit_is_listed(folder: Path) -> None:
    repository = Repository(folder)
    assert await repository.paths(repository.commit("HEAD")) == {"api.yaml", "ümlaut file.yaml", "link.yaml"}


def test_changes_since_the_merge_base_follow_renames(folder: Path) -> None:
    git(folder, "checkout", "-qb", "topic")
    git(folder, "mv", "api.yaml", "orders.yaml")
    git(folder, "rm", "-q", "ümlaut file.yaml")
    (folder / "new.yaml").write_text("b: 2\n")
    git(folder, "add", ".")
    git(folder, "commit", "-qm", "two")
    git(folder, "checkout", "-q", "main")
    (folder / "elsewhere.txt").write_text("moved on\n")
    git(folder, "add", ".")
    git(folder, "commit", "-qm", "three")

    repository = Repository(folder)
    base, head = repository.commit("main"), repository.commit("topic")
    merge_base = repository.merge_base(base, head)
    assert merge_base == repository.commit("main~1")
    assert set(repository.changed(merge_base, head)) == {
        ChangedFile("orders.yaml", "renamed", "api.yaml"),
        ChangedFile("ümlaut file.yaml", "removed"),
        ChangedFile("new.yaml", "added"),
    }


def test_an_unknown_ref_is_refused_by_name(folder: Path) -> None:
    with pytest.raises(GitError, match="`nowhere` names no commit here"):
        Repository(folder).commit("nowhere")


def test_a_folder_without_a_repository_is_refused(tmp_path: Path) -> None:
    with pytest.raises(GitError):
        Repository(tmp_path)


def test_uncommitted_work_is_seen(folder: Path) -> None:
    (folder / "api.yaml").write_text("openapi: 3.1.0\n")
    assert Repository(folder).uncommitted() == ("api.yaml",)


def test_the_base_is_guessed_from_the_usual_names(folder: Path) -> None:
    git(folder, "checkout", "-qb", "topic")
    assert Repository(folder).default_base() == "main"


async def test_a_file_s_date_is_that_of_the_last_commit_that_touched_it(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "a [b]*.json").write_text("1")
    (folder / "ümlaut file.yaml").write_text("a: 2\n")
    git(folder, "add", ".")
    monkeypatch.setitem(ENVIRONMENT, "GIT_COMMITTER_DATE", "2031-03-04T00:30:00 +0200")
    git(folder, "commit", "-qm", "two")
    monkeypatch.delitem(ENVIRONMENT, "GIT_COMMITTER_DATE")
    (folder / "a [b]*.json").write_text("2")
    git(folder, "commit", "-qam", "three")
    repository = Repository(folder)
    first, second = repository.commit("HEAD~2"), repository.commit("HEAD~1")

    found = await repository.dates(second, ["a [b]*.json", "ümlaut file.yaml", "api.yaml", "missing.yaml"])

    assert found["a [b]*.json"] == found["ümlaut file.yaml"] == "2031-03-03"  # in UTC, as GitHub says it
    assert found["api.yaml"] == (await repository.dates(first, ["ümlaut file.yaml"]))["ümlaut file.yaml"]
    assert "missing.yaml" not in found and found["api.yaml"] < "2031"


async def test_what_a_shallow_clone_cut_off_has_no_date(folder: Path, tmp_path: Path) -> None:
    (folder / "late.yaml").write_text("a: 1\n")
    git(folder, "add", ".")
    git(folder, "commit", "-qm", "late")
    for depth, dated in ((1, set()), (2, {"late.yaml"})):
        clone = tmp_path / f"clone{depth}"
        git(folder, "clone", "-q", "--depth", str(depth), folder.as_uri(), str(clone))
        repository = Repository(clone)
        assert repository.cut_off()
        assert (await repository.dates(repository.commit("HEAD"), ["late.yaml", "api.yaml"])).keys() == dated
    assert not Repository(folder).cut_off()
