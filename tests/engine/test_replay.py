"""`countersign suggest-policy` on a real history: what each mode would have held, and what it is asked to suggest."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from bot.cli import main
from bot.engine.replay import Past, replay
from bot.git.repository import Repository
from bot.judge.catalogue import shipped
from tests.git.test_repository import ENVIRONMENT, git
from tests.shop.world import REGISTRY, registry, spec, with_phone, without_email

AVRO = "events/created.avsc"


def record(*fields: Mapping[str, Any]) -> str:
    return json.dumps({"type": "record", "name": "Created", "fields": [{"name": "id", "type": "string"}, *fields]})


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    git(tmp_path, "init", "-q", "-b", "main")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def commit(folder: Path, files: Mapping[str, str], day: str) -> str:
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
    git(folder, "add", ".")
    with pytest.MonkeyPatch.context() as patch:
        for name in ("GIT_AUTHOR_DATE", "GIT_COMMITTER_DATE"):
            patch.setitem(ENVIRONMENT, name, f"{day}T12:00:00Z")
        git(folder, "commit", "-qm", "change", "--allow-empty")
    return git(folder, "rev-parse", "HEAD")


async def past(folder: Path, since: str = "2020-01-01", most: int = 500, contract: str | None = None) -> Past:
    return await replay(
        Repository(folder),
        shipped(),
        since=date.fromisoformat(since),
        most=most,
        contract=contract,
        progress=lambda _what, _done, _of: None,
    )


async def test_each_commit_is_held_by_the_modes_that_it_breaks(folder: Path) -> None:
    added = {"name": "a", "type": "string"}
    commit(folder, {AVRO: record()}, "2026-01-01")
    new = commit(folder, {AVRO: record(added)}, "2026-01-02")
    gone = commit(folder, {AVRO: record()}, "2026-01-03")
    commit(folder, {"readme.md": "nothing"}, "2026-01-04")
    steps = (await past(folder)).steps
    held = {
        step.commit: {mode for mode in ("none", "backward", "forward", "full") if step.held(mode)} for step in steps
    }
    # A field without default: old data lacks it. Once it is there, readers that know it miss it.
    assert held == {gone: {"forward", "full"}, new: {"backward", "full"}}


async def test_the_registry_of_today_says_what_the_contracts_of_the_past_were(folder: Path) -> None:
    commit(folder, {"api/openapi.yaml": spec()}, "2026-01-01")
    broken = commit(folder, {"api/openapi.yaml": without_email(spec())}, "2026-01-02")
    commit(folder, {REGISTRY: registry()}, "2026-01-03")
    found = await past(folder)
    assert [(step.contract, step.commit, step.held("breaking")) for step in found.steps] == [
        ("orders-api", broken, True)
    ]
    assert (await past(folder, contract="another")).steps == ()


async def test_what_a_merge_brought_is_one_change_of_the_line_it_went_to(folder: Path) -> None:
    commit(folder, {"api.yaml": spec()}, "2026-01-01")
    git(folder, "checkout", "-qb", "topic")
    commit(folder, {"api.yaml": with_phone(spec())}, "2026-01-02")
    commit(folder, {"api.yaml": without_email(with_phone(spec()))}, "2026-01-03")
    git(folder, "checkout", "-q", "main")
    git(folder, "merge", "-q", "--no-ff", "-m", "merge", "topic")
    steps = (await past(folder)).steps
    assert [step.commit for step in steps] == [git(folder, "rev-parse", "HEAD")]
    assert len(steps[0].findings["breaking"]) == 2


async def test_versions_that_cannot_be_read_are_named_and_not_counted(folder: Path) -> None:
    commit(folder, {"api.yaml": spec()}, "2026-01-01")
    commit(folder, {"api.yaml": spec() + "\n  broken: [\n"}, "2026-01-02")
    commit(folder, {"api.yaml": spec()}, "2026-01-03")
    found = await past(folder)
    assert found.steps == ()
    assert found.notes == ("2 versions of api.yaml could not be read on one side or the other, and say nothing here.",)


async def test_the_walk_is_bounded_and_says_so(folder: Path) -> None:
    for day in range(1, 6):
        commit(folder, {"api.yaml": spec().replace("2.4.0", f"2.4.{day}")}, f"2026-01-0{day}")
    found = await past(folder, most=2)
    assert [step.day for step in found.steps] == ["2026-01-05", "2026-01-04"]
    assert found.notes == ("Of 4 commits, the newest 2 were replayed.",)
    assert [step.day for step in (await past(folder, since="2026-01-05")).steps] == ["2026-01-05"]


def test_the_suggestion_is_the_strictest_that_was_bearable(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    fields: list[dict[str, Any]] = []
    commit(folder, {AVRO: record()}, "2026-01-01")
    for number in range(6):
        fields.append({"name": f"f{number}", "type": "string"})
        commit(folder, {AVRO: record(*fields)}, f"2026-02-0{number + 1}")
    assert main(["suggest-policy", "--since", "1y", "--today", "2026-06-01", "--format", "json"]) == 0
    [found] = json.loads(capsys.readouterr().out)["contracts"]
    assert {one["mode"]: one["would_hold"] for one in found["modes"]} == {
        "none": 0,
        "backward": 6,
        "forward": 0,
        "full": 6,
    }
    assert found["rules"][0] == {
        "rule": "avro-field-added-without-default",
        "title": found["rules"][0]["title"],
        "commits": 6,
    }
    assert found["suggested"]["mode"] == "forward"
    assert found["suggested"]["block"] == "compatibility:\n  mode: forward\n"


def test_what_breaks_time_and_again_is_a_candidate_for_may_change(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    commit(folder, {"api/openapi.yaml": spec(), REGISTRY: registry()}, "2026-01-01")
    limits = [100, 90, 80, 70, 60, 50, 40]
    for day, (before, after) in enumerate(pairwise(limits), start=2):
        text = (folder / "api/openapi.yaml").read_text()
        commit(
            folder, {"api/openapi.yaml": text.replace(f"maximum: {before}\n", f"maximum: {after}\n")}, f"2026-01-0{day}"
        )
    assert main(["suggest-policy", "--since", "2026-01-01"]) == 0
    said = capsys.readouterr().out
    assert "Even `breaking`, the loosest, would have held 6 of 6 changes" in said
    assert '# - {at: "GET /orders query:limit", level: may_change}' in said
    assert main(["suggest-policy", "--since", "2026-01-01", "--format", "markdown"]) == 0
    assert "- `GET /orders query:limit` in 6 commits" in capsys.readouterr().out


def test_too_little_history_suggests_the_default(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    commit(folder, {"api.yaml": spec()}, "2026-01-01")
    commit(folder, {"api.yaml": without_email(spec())}, "2026-01-02")
    assert main(["suggest-policy", "--since", "2026-01-01"]) == 0
    assert "too few to tell" in capsys.readouterr().out
    assert main(["suggest-policy", "--since", "2026-03-01"]) == 1
    assert main(["suggest-policy", "--since", "yesterday"]) == 2
    assert "`--since yesterday` is no time" in capsys.readouterr().err


def test_a_past_that_a_shallow_clone_cut_off_is_said_to_be_so(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    commit(folder, {AVRO: record()}, "2026-01-01")
    git(folder, "clone", "-q", "--depth", "1", folder.as_uri(), str(folder / "shallow"))
    monkeypatch.chdir(folder / "shallow")
    assert main(["suggest-policy"]) == 1
    assert "This clone is shallow" in capsys.readouterr().out
