"""A YAML file that only the registry calls a contract, judged as a pull request would be."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from bot.cli import main

REGISTRY = """\
apiVersion: contracts.review/v1
kind: ContractRegistry
contracts:
  - id: limits
    type: other
    files: ["config/*.yaml"]
    owner: "@acme/platform"
    decision_owner: "@acme/api-council"
consumers:
  - id: gateway
    owner: "@acme/gateway"
    uses:
      - {contract: limits, elements: ["rates:$.burst"]}
"""


def git(*arguments: str) -> None:
    who = ["-c", "user.name=Ann", "-c", "user.email=ann@example.org"]
    subprocess.run(["git", *who, *arguments], check=True, capture_output=True)


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    git("init", "-q", "-b", "main")
    for path, text in (
        (".github/contracts.yml", REGISTRY),
        ("config/rates.yaml", "rate: 10\nburst: 20\n"),
        ("config/quota.yaml", "rate: 1\n"),
    ):
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_text(text)
    git("add", ".")
    git("commit", "-qm", "Limits")
    git("switch", "-qc", "change")
    return tmp_path


def check(capsys: pytest.CaptureFixture[str]) -> tuple[int, list[tuple[str, str, list[str]]]]:
    git("commit", "-qam", "Change")
    code = main(["check", "--base", "main", "--format", "json"])
    findings = json.loads(capsys.readouterr().out)["findings"]
    return code, [
        (f["rule"], f["element"], [c["consumer"] for c in f["consumers"] if c["reach"] == "affected"]) for f in findings
    ]


def test_a_removed_value_asks_the_decision_owner_and_names_who_reads_it(
    repository: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (repository / "config/rates.yaml").write_text("rate: 10\n")
    (repository / "config/quota.yaml").write_text("rate: 1\nwindow: 60\n")
    assert check(capsys) == (
        1,
        [
            ("other-value-removed", "rates:$.burst", ["gateway"]),
            ("other-value-added", "quota:$.window", []),
        ],
    )


def test_an_addition_passes(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (repository / "config/rates.yaml").write_text("rate: 10\nburst: 20\nwindow: 60\n")
    assert check(capsys) == (0, [("other-value-added", "rates:$.window", [])])
