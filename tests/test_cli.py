"""The command line: what a newcomer tries first. Exit codes are an interface."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from bot.cli import main
from tests.git.test_repository import git
from tests.shop.world import REGISTRY, SPEC, registry, spec, with_phone, without_email


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with the shop's contract, registry and the test it names on main; a branch `topic` checked out."""
    git(tmp_path, "init", "-q", "-b", "main")
    for path, text in ((SPEC, spec()), (REGISTRY, registry()), ("tests/contract/test_ordering.py", "# held here\n")):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-qm", "one")
    git(tmp_path, "checkout", "-qb", "topic")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def commit(folder: Path, files: dict[str, str]) -> None:
    for path, text in files.items():
        (folder / path).write_text(text)
    git(folder, "add", ".")
    git(folder, "commit", "-qm", "change")


def test_check_says_who_would_have_to_sign_and_exits_with_1(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    commit(folder, {SPEC: without_email(spec())})
    assert main(["check"]) == 1
    said = capsys.readouterr().out
    assert "@acme/api-council" in said
    assert "@acme/checkout" in said
    assert f"{SPEC}:119" in said
    assert "time to answer" not in said, "nobody has been asked, so no time runs"


def test_check_asks_nobody_for_a_revert_of_what_was_never_released(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    git(folder, "tag", "v1.4.0", "main")
    git(folder, "checkout", "-q", "main")
    commit(folder, {SPEC: spec().replace("maximum: 100", "maximum: 200")})
    git(folder, "checkout", "-qb", "back")
    git(folder, "revert", "--no-edit", "HEAD")
    assert main(["check"]) == 0
    assert "undoes what was never released (newest release: v1.4.0)" in " ".join(capsys.readouterr().out.split())
    git(folder, "commit", "-q", "--amend", "-m", "Fewer at once")
    assert main(["check"]) == 1


@pytest.mark.parametrize(("name", "counts"), [("orders", False), (".github", True)])
def test_check_knows_floors_only_in_the_repository_that_sets_them(
    folder: Path, capsys: pytest.CaptureFixture[str], name: str, counts: bool
) -> None:
    git(folder, "remote", "add", "origin", f"https://github.com/acme/{name}.git")
    git(folder, "checkout", "-q", "main")
    commit(folder, {REGISTRY: registry() + "floors: {breaking: [verification_owner], fallback: '@acme/platform'}\n"})
    git(folder, "checkout", "-q", "topic")
    git(folder, "rebase", "-q", "main")
    commit(folder, {SPEC: without_email(spec())})
    assert main(["check", "--format", "json"]) == 1
    capacities = [one["capacity"] for one in json.loads(capsys.readouterr().out)["requirements"]]
    assert ("verification_owner" in str(capacities)) is counts


def test_check_exits_with_0_when_nothing_is_to_be_signed(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    commit(folder, {SPEC: with_phone(spec())})
    assert main(["check", "--base", "main", "--head", "topic"]) == 0
    assert "phone" in capsys.readouterr().out


def test_check_as_json_names_the_requirements(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    commit(folder, {SPEC: without_email(spec())})
    assert main(["check", "--format", "json"]) == 1
    judged = json.loads(capsys.readouterr().out)
    assert judged["verdict"] == "held"
    blocking = [asked["capacity"] for asked in judged["requirements"] if asked["blocking"]]
    assert blocking == [
        {"kind": "decision_owner", "consumer": None},
        {"kind": "consumer", "consumer": "checkout-web"},
    ]


def test_check_as_markdown_is_what_the_pull_request_would_be_told(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    commit(folder, {SPEC: without_email(spec())})
    assert main(["check", "--format", "markdown"]) == 1
    assert capsys.readouterr().out.startswith("### ⛔ 1 breaking change to `orders-api`")


def test_check_judges_by_the_registry_of_the_base(folder: Path) -> None:
    commit(folder, {SPEC: without_email(spec()), REGISTRY: registry().replace("production", "experimental")})
    assert main(["check"]) == 1


def test_a_broken_registry_on_the_base_cannot_be_judged(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    git(folder, "checkout", "-q", "main")
    commit(folder, {REGISTRY: registry().replace("decision_owner:", "decision_ower:")})
    git(folder, "checkout", "-qb", "next")
    commit(folder, {SPEC: without_email(spec())})
    assert main(["check"]) == 2
    assert f"{REGISTRY}:10" in capsys.readouterr().out


def test_without_a_registry_a_draft_is_offered(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    git(folder, "checkout", "-q", "main")
    git(folder, "rm", "-q", REGISTRY)
    git(folder, "commit", "-qm", "no registry")
    git(folder, "checkout", "-qb", "next")
    commit(folder, {SPEC: without_email(spec())})
    assert main(["check"]) == 0
    said = capsys.readouterr().out
    assert "email" in said
    assert "kind: ContractRegistry" in said


def test_what_is_not_committed_is_said_not_to_be_judged(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / SPEC).write_text(without_email(spec()))
    assert main(["check"]) == 0
    assert f"not committed, so not judged: {SPEC}" in capsys.readouterr().err


def test_an_unknown_ref_is_named(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "--base", "nowhere"]) == 2
    assert "`nowhere` names no commit here" in capsys.readouterr().err


def test_diff_compares_two_files(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    old, new = tmp_path / "old.yaml", tmp_path / "new.yaml"
    old.write_text(spec())
    new.write_text(without_email(spec()))
    assert main(["diff", str(old), str(new)]) == 1
    assert "email" in capsys.readouterr().out
    assert main(["diff", str(old), str(old)]) == 0


def test_diff_follows_references_into_other_files(tmp_path: Path) -> None:
    for name, text in (("old", "type: string\n"), ("new", "type: integer\n")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "id.yaml").write_text(text)
        (tmp_path / name / "api.yaml").write_text(
            spec().replace(
                "        id:\n          type: string\n          format: uuid\n        email:",
                "        id:\n          $ref: id.yaml\n        email:",
            )
        )
    assert main(["diff", str(tmp_path / "old" / "api.yaml"), str(tmp_path / "new" / "api.yaml")]) == 1


def test_diff_of_what_cannot_be_read_exits_with_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    old, broken = tmp_path / "old.yaml", tmp_path / "broken.yaml"
    old.write_text(spec())
    broken.write_text("openapi: 3.0.3\npaths: [\n")
    assert main(["diff", str(old), str(broken)]) == 2
    assert main(["diff", str(old), str(tmp_path / "missing.yaml")]) == 2
    assert "missing.yaml" in capsys.readouterr().err


def test_lint_names_file_and_line(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["lint"]) == 0
    broken = folder / "broken.yml"
    broken.write_text(registry().replace("decision_owner:", "decision_ower:"))
    assert main(["lint", broken.name]) == 1  # relative: a long path would wrap
    said = capsys.readouterr().out
    assert "broken.yml:10" in said
    assert "decision_owner" in said


def test_lint_takes_no_other_file_for_the_registry(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    git(tmp_path, "init", "-q", "-b", "main")
    commit(tmp_path, {"orders.yaml": spec()})
    assert main(["lint"]) == 2
    assert "no registry at HEAD" in capsys.readouterr().err


def test_serve_refuses_to_start_and_names_every_missing_setting() -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("COUNTERSIGN_")}
    done = subprocess.run(
        [sys.executable, "-m", "bot", "serve"], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    for name in ("COUNTERSIGN_APP_ID", "COUNTERSIGN_PRIVATE_KEY", "COUNTERSIGN_WEBHOOK_SECRET"):
        assert name in done.stderr
    assert "Traceback" not in done.stderr


def test_a_defect_of_ours_never_looks_like_a_verdict(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "api.yaml"
    file.write_text(spec())

    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("bot.contracts.formats.compare", broken)
    assert main(["diff", str(file), str(file)]) == 2
    assert "worth a report" in capsys.readouterr().err


def test_lint_fixes_in_place_and_says_what_is_left(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    tidy = registry()
    (folder / REGISTRY).write_text(
        tidy.replace("type: openapi", "type: swagger").replace("decision_owner:", "decision_ower:")
    )
    assert main(["lint", "--fix", "--check"]) == 1
    assert "`countersign lint --fix` makes them" in capsys.readouterr().out
    assert "decision_ower:" in (folder / REGISTRY).read_text()
    assert main(["lint", "--fix"]) == 0
    assert (folder / REGISTRY).read_text() == tidy
    assert "+    decision_owner:" in capsys.readouterr().out
    assert main(["lint", "--fix", "--check"]) == 0


def test_lint_fixes_included_files_too(folder: Path) -> None:
    (folder / REGISTRY).write_text('include: ["more/*.yml"]\n' + registry())
    (folder / "more").mkdir()
    commit(folder, {"more/one.yml": "consumers:\n  - {id: web, owner: @acme/web}\n"})
    assert main(["lint", "--fix"]) == 0
    assert (folder / "more" / "one.yml").read_text().endswith('consumers:\n  - {id: web, owner: "@acme/web"}\n')


def test_check_alone_means_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["lint", "--check"]) == 2
    assert "countersign lint --fix --check" in capsys.readouterr().err
