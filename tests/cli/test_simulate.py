"""`countersign simulate`: what is, what would be, and the difference; nothing in the repository is touched."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from bot.cli import main
from tests.git.test_repository import git
from tests.shop.world import REGISTRY, SPEC, registry, spec, with_phone, with_required_currency, without_email


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The shop's contract and registry on main; on `topic`, which is checked out, the e-mail address is gone."""
    git(tmp_path, "init", "-q", "-b", "main")
    write(tmp_path, {SPEC: spec(), REGISTRY: registry()})
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-qm", "one")
    git(tmp_path, "checkout", "-qb", "topic")
    write(tmp_path, {SPEC: without_email(spec())})
    git(tmp_path, "commit", "-qam", "no email")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(folder: Path, files: dict[str, str]) -> None:
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)


def simulated(
    capsys: pytest.CaptureFixture[str], *arguments: str, code: int, today: str = "2026-11-20"
) -> dict[str, Any]:
    assert main(["simulate", *arguments, "--format", "json", "--today", today]) == code
    told: dict[str, Any] = json.loads(capsys.readouterr().out)
    return told


def states(told: dict[str, Any]) -> dict[str, str]:
    named = ((r["capacity"]["consumer"] or r["capacity"]["kind"], r["state"]) for r in told["then"]["requirements"])
    return dict(named)


def test_with_everybody_s_approval_it_would_be_released(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told = simulated(capsys, "--approve", "decision-owner", code=1)
    assert states(told) == {"decision_owner": "approved", "checkout-web": "open", "warehouse": "open"}
    told = simulated(capsys, "--approve", "decision-owner", "--approve", "checkout-web", code=0)
    assert told["difference"]["verdict"] == ["held", "released"]
    changed = told["difference"]["requirements"]["changed"]
    assert {one["to"]["capacity"]: (one["from"]["state"], one["to"]["state"]) for one in changed} == {
        "decision owner": ("open", "approved"),
        "checkout-web": ("open", "approved"),
    }
    told = simulated(capsys, "--approve", "@acme/api-council", "--approve", "@ACME/checkout", code=0)
    assert told["difference"]["findings"] == {"added": [], "gone": []}


def test_an_objection_would_hold_what_was_approved(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told = simulated(
        capsys, "--approve", "decision-owner", "--approve", "checkout-web", "--object", "warehouse", code=1
    )
    assert states(told)["warehouse"] == states(told)["decision_owner"] == "objected"


def test_what_would_not_count_says_why(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told = simulated(capsys, "--object", "checkout-web", "--approve", "decision-owner", code=1)
    (objected, approved) = told["difference"]["answers"]
    assert objected["counts"] and not approved["counts"]
    assert "/rule" in approved["reason"]


def test_a_quorum_takes_as_many_people(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    quorum = registry().replace("    verification_owner:", "    signoff: {quorum: 2}\n    verification_owner:")
    write(folder, {"stricter.yml": quorum})
    arguments = ["--registry", "stricter.yml", "--approve", "checkout-web", "--approve", "decision-owner"]
    assert states(simulated(capsys, *arguments, "--approve", "decision-owner", code=0))["decision_owner"] == "approved"


def test_files_on_disk_are_judged_as_if_they_were_in_the_change(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(folder, {SPEC: with_phone(spec())})
    told = simulated(capsys, SPEC, code=0)
    assert told["difference"]["verdict"] == ["held", "clear"]
    assert len(told["difference"]["findings"]["gone"]) == 1
    write(folder, {"elsewhere.yaml": with_required_currency(without_email(spec()))})
    told = simulated(capsys, f"{SPEC}=elsewhere.yaml", code=1)
    assert len(told["difference"]["findings"]["added"]) == 1 and not told["difference"]["findings"]["gone"]
    (folder / SPEC).unlink()
    told = simulated(capsys, SPEC, code=1)
    assert told["then"]["verdict"] == "held" and told["difference"]["findings"]["added"]


def test_another_registry_on_the_base_would_ask_others(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(folder, {"other.yml": registry().partition("consumers:")[0]})
    told = simulated(capsys, "--registry", "other.yml", code=1)
    assert {one["capacity"] for one in told["difference"]["requirements"]["gone"]} == {"checkout-web", "warehouse"}
    write(folder, {"other.yml": registry().replace("@acme/api-council", "@acme/board")})
    told = simulated(capsys, "--registry", "other.yml", "--approve", "@acme/board", code=1)
    assert states(told)["decision_owner"] == "approved"
    write(folder, {"other.yml": registry().replace("decision_owner:", "decision_ower:")})
    assert simulated(capsys, "--registry", "other.yml", code=2)["difference"]["verdict"] == ["held", "failed"]


def test_what_cannot_be_judged_is_not_said_to_ask_less(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(folder, {"other.yml": "contracts: [}"})
    told = simulated(capsys, "--registry", "other.yml", "--approve", "decision-owner", code=2)
    assert told["difference"]["findings"]["gone"] == told["difference"]["requirements"]["gone"] == []
    assert main(["simulate", "--registry", "other.yml"]) == 2
    said = capsys.readouterr().out
    assert "What if Cannot judge: .github/contracts.yml:1" in said and "no difference" not in said


def test_an_edit_of_the_registry_in_the_change_is_a_finding_of_its_own(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(folder, {"edited.yml": registry().replace("@acme/api-council", "@acme/orders")})
    told = simulated(capsys, f"{REGISTRY}=edited.yml", code=1)
    assert len(told["difference"]["findings"]["added"]) == 1
    (asked,) = told["difference"]["requirements"]["added"]
    assert (asked["capacity"], asked["signers"]) == ("decision owner", ["@acme/api-council"])


def test_everything_can_be_supposed_together(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(folder, {SPEC: with_required_currency(without_email(spec()))})
    write(folder, {"other.yml": registry().replace("@acme/api-council", "@acme/board")})
    arguments = [SPEC, "--registry", "other.yml", "--enforcement", "warn"]
    told = simulated(capsys, *arguments, "--approve", "@acme/board", "--object", "checkout-web", code=0)
    assert told["difference"]["verdict"] == ["held", "warned"]
    assert len(told["difference"]["findings"]["added"]) == 1
    assert {r["state"] for r in told["then"]["requirements"] if r["capacity"]["kind"] == "decision_owner"} == {
        "objected"
    }
    told = simulated(capsys, *arguments, "--approve", "@acme/board", "--approve", "checkout-web", code=0)
    assert told["difference"]["verdict"] == ["held", "released"]


@pytest.mark.parametrize(("enforcement", "verdict"), [("observe", "observed"), ("warn", "warned")])
def test_enforcement_can_be_tried(
    folder: Path, capsys: pytest.CaptureFixture[str], enforcement: str, verdict: str
) -> None:
    told = simulated(capsys, "--enforcement", enforcement, code=0)
    assert told["difference"]["verdict"] == ["held", verdict]


def test_the_difference_comes_first(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["simulate", "--approve", "checkout-web"]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("Now     Held: ") and lines[1].startswith("What if Held: ")
    assert lines[3].startswith("~ checkout-web, orders-api ") and lines[3].endswith("open → approved")
    assert main(["simulate", "--object", "checkout-web"]) == 1
    assert "@acme/checkout objects" in (said := capsys.readouterr().out) and "@@" not in said
    assert main(["simulate", "--enforcement", "enforce"]) == 1
    assert "That makes no difference to what is asked of anybody." in capsys.readouterr().out


def test_nothing_of_the_repository_is_touched(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def everything() -> dict[str, bytes]:
        return {str(p): p.read_bytes() for p in folder.rglob("*") if p.is_file()}

    write(folder, {SPEC: with_phone(spec()), "other.yml": registry()})
    before = everything()
    simulated(capsys, SPEC, "--registry", "other.yml", "--enforcement", "warn", code=0)
    assert everything() == before


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "say what to suppose"),
        (["--approve", "nobody"], "`nobody` has nothing to say about this change. Who could: decision-owner"),
        (["--approve", "@acme/nobody"], "checkout-web, warehouse, @acme/api-council"),
        (["../outside.yaml"], "../outside.yaml is not in the repository"),
        (["api"], "api is a folder: name files"),
        (["api/openapi.yml"], "there is no api/openapi.yml, neither on disk nor at HEAD"),
        (["--registry", "none.yml"], "none.yml cannot be read"),
        (["--base", "nowhere", "--approve", "decision-owner"], "`nowhere` names no commit here"),
    ],
)
def test_what_cannot_be_supposed_is_refused_by_name(
    folder: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], said: str
) -> None:
    assert main(["simulate", *arguments]) == 2
    assert said in capsys.readouterr().err


def test_from_a_subfolder_and_a_linked_working_tree(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    tree = folder.parent / f"{folder.name}-tree"
    git(folder, "worktree", "add", "-q", str(tree), "topic", "--force")
    write(tree, {SPEC: with_phone(spec())})
    monkeypatch.chdir(tree / "api")
    assert simulated(capsys, "openapi.yaml", code=0)["difference"]["verdict"] == ["held", "clear"]
