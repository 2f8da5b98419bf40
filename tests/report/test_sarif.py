from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from bot.cli import main
from bot.judge.catalogue import shipped
from bot.judge.finding import Level, Rule
from bot.report import sarif
from bot.review.fingerprint import f1
from tests.report.samples import (
    BROKEN_REGISTRY,
    COURIER,
    EMAIL,
    GALLERY,
    HELD,
    MAPPING,
    PRIVATE,
    PRIVATE_REGISTRY,
    REGISTRY,
    finding,
)
from tests.report.samples import ENUM_ADDED as RISKY

_COUNT = {"type": "integer", "minimum": 1}
_MESSAGE = {"type": "object", "required": ["text"], "properties": {"text": {"type": "string", "minLength": 1}}}
_LEVEL = {"enum": ["none", "note", "warning", "error"]}
_PHYSICAL = {
    "type": "object",
    "required": ["artifactLocation", "region"],
    "additionalProperties": False,
    "properties": {
        "artifactLocation": {
            "type": "object",
            "required": ["uri"],
            "additionalProperties": False,
            "properties": {"uri": {"type": "string", "minLength": 1}, "uriBaseId": {"enum": ["SRCROOT", "BASE"]}},
        },
        "region": {
            "type": "object",
            "required": ["startLine"],
            "additionalProperties": False,
            "properties": dict.fromkeys(("startLine", "startColumn", "endLine", "endColumn"), _COUNT),
        },
    },
}
_LOCATION = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "id": {"type": "integer", "minimum": 0},
        "message": _MESSAGE,
        "physicalLocation": _PHYSICAL,
        "logicalLocations": {
            "type": "array",
            "items": {
                "type": "object",
                "additionalProperties": False,
                "properties": {"fullyQualifiedName": {"type": "string"}, "kind": {"type": "string"}},
            },
        },
    },
}
_RULE = {
    "type": "object",
    "required": ["id", "shortDescription", "fullDescription", "help", "defaultConfiguration"],
    "additionalProperties": False,
    "properties": {
        "id": {"type": "string"},
        "name": {"type": "string", "pattern": r"^[A-Za-z0-9]+$"},
        "shortDescription": _MESSAGE,
        "fullDescription": _MESSAGE,
        "help": _MESSAGE,
        "defaultConfiguration": {"type": "object", "properties": {"level": _LEVEL}},
        "properties": {"type": "object"},
    },
}
_RESULT = {
    "type": "object",
    "required": ["ruleId", "ruleIndex", "level", "message", "locations", "partialFingerprints"],
    "additionalProperties": False,
    "properties": {
        "ruleId": {"type": "string"},
        "ruleIndex": {"type": "integer", "minimum": 0},
        "level": _LEVEL,
        "message": _MESSAGE,
        "locations": {"type": "array", "minItems": 1, "maxItems": 1, "items": _LOCATION},
        "relatedLocations": {"type": "array", "uniqueItems": True, "items": _LOCATION},
        "partialFingerprints": {"type": "object", "additionalProperties": {"type": "string"}},
        "properties": {"type": "object"},
    },
}
_NOTIFICATION = {
    "type": "object",
    "required": ["message"],
    "additionalProperties": False,
    "properties": {"level": _LEVEL, "message": _MESSAGE},
}
ESSENTIALS = {
    "type": "object",
    "required": ["version", "runs"],
    "additionalProperties": False,
    "properties": {
        "$schema": {"type": "string", "format": "uri"},
        "version": {"const": "2.1.0"},
        "runs": {
            "type": "array",
            "minItems": 1,
            "items": {
                "type": "object",
                "required": ["tool", "results"],
                "additionalProperties": False,
                "properties": {
                    "tool": {
                        "type": "object",
                        "required": ["driver"],
                        "properties": {
                            "driver": {
                                "type": "object",
                                "required": ["name", "rules"],
                                "additionalProperties": False,
                                "properties": {
                                    "name": {"type": "string"},
                                    "semanticVersion": {"type": "string"},
                                    "rules": {"type": "array", "uniqueItems": True, "items": _RULE},
                                },
                            }
                        },
                    },
                    "columnKind": {"enum": ["utf16CodeUnits", "unicodeCodePoints"]},
                    "originalUriBaseIds": {"type": "object"},
                    "invocations": {
                        "type": "array",
                        "items": {
                            "type": "object",
                            "required": ["executionSuccessful"],
                            "additionalProperties": False,
                            "properties": {
                                "executionSuccessful": {"type": "boolean"},
                                "toolExecutionNotifications": {"type": "array", "items": _NOTIFICATION},
                            },
                        },
                    },
                    "results": {"type": "array", "items": _RESULT},
                },
            },
        },
    },
}
"""What OASIS's schema of SARIF 2.1.0 asks of the properties that are written here, and no others; stricter where GitHub
is: every result has a location with a line.
"""

OLD = """\
openapi: 3.0.3
info: {title: Orders, version: '1'}
paths:
  /orders/{id}:
    get:
      parameters:
        - {name: id, in: path, required: true, schema: {type: string}}
      responses:
        '200':
          description: OK
          content:
            application/json:
              schema:
                type: object
                required: [id, email]
                properties:
                  id: {type: string}
                  email: {type: string}
                  state: {type: string, enum: [a, b]}
"""
NEW = (
    OLD.replace("                  email: {type: string}\n", "")
    .replace("[id, email]", "[id]")
    .replace("[a, b]", "[a, b, c]")
)


def log(text: str) -> dict[str, Any]:
    """The one run of a log that is valid."""
    document = json.loads(text)
    problems = [error.message for error in jsonschema_rs.validator_for(ESSENTIALS).iter_errors(document)]
    assert problems == []
    (run,) = document["runs"]
    for result in run["results"]:
        assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"]
    return dict(run)


@pytest.mark.parametrize("name", GALLERY)
def test_every_decision_is_valid_sarif(name: str) -> None:
    judged, registry, _ = GALLERY[name]
    run = log(sarif.decision(judged, registry, shipped()))
    assert len(run["results"]) == len(judged.findings)


def test_levels_are_those_of_sarif_and_the_worst_comes_first() -> None:
    results = log(sarif.decision(HELD, REGISTRY, shipped()))["results"]
    assert [(r["properties"]["level"], r["level"]) for r in results] == [
        ("breaking", "error"),
        ("breaking", "error"),
        ("risky", "warning"),
        ("compatible", "note"),
        ("compatible", "note"),
    ]
    unclassified = sarif.findings([MAPPING.impact.finding], shipped(), files=("old.yaml", "new.yaml"))
    assert [r["level"] for r in log(unclassified)["results"]] == ["error"]


def test_a_rule_is_described_in_its_own_words_whatever_change_met_it() -> None:
    real = Rule("response-required-property-removed", Level.BREAKING, "`email` is no longer returned", "Because.", "")
    shown = [finding(real, "GET /a 200:$.email"), MAPPING.impact.finding]
    rules = log(sarif.findings(shown, shipped(), files=("old.yaml", "new.yaml")))["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == ["response-required-property-removed", "unclassified"]
    assert rules[0]["shortDescription"]["text"] == "‹subject› is no longer returned"
    assert "Compatible instead:" in rules[0]["help"]["text"]
    assert rules[0]["defaultConfiguration"] == {"level": "error"}
    assert rules[1]["shortDescription"]["text"] == "A change that no rule knows"


def test_what_was_removed_points_to_the_file_at_head_and_to_its_lines_at_base() -> None:
    first = log(sarif.decision(HELD, REGISTRY, shipped()))["results"][0]
    assert first["ruleId"] == "response-property-removed"
    here = first["locations"][0]["physicalLocation"]
    assert here == {
        "artifactLocation": {"uri": "api/orders/openapi.yaml", "uriBaseId": "SRCROOT"},
        "region": {"startLine": 1},
    }
    (before,) = first["relatedLocations"]
    assert before["physicalLocation"]["artifactLocation"]["uriBaseId"] == "BASE"
    assert before["physicalLocation"]["region"]["startLine"] == 212


def test_the_fingerprint_is_the_one_that_signatures_are_for() -> None:
    first = log(sarif.decision(HELD, REGISTRY, shipped()))["results"][0]
    impact = EMAIL.impact
    assert first["partialFingerprints"] == {"countersign/f1": f1(impact.finding, impact.guarantee)}


def test_whom_it_affects_is_said_and_private_consumers_stay_unnamed() -> None:
    text = sarif.decision(HELD, REGISTRY, shipped())
    assert COURIER.consumer in text
    assert "secret-warehouse" not in sarif.decision(PRIVATE, PRIVATE_REGISTRY, shipped())


def test_a_registry_that_cannot_be_read_is_a_run_that_failed() -> None:
    (invocation,) = log(sarif.decision(BROKEN_REGISTRY, None, shipped()))["invocations"]
    assert invocation["executionSuccessful"] is False
    assert [n["level"] for n in invocation["toolExecutionNotifications"]] == ["error"] * len(BROKEN_REGISTRY.problems)


def test_text_from_a_contract_makes_no_link() -> None:
    hostile = finding(RISKY, "Order:$['[here](https://evil.example)']", after="[x](javascript:1)")
    (result,) = log(sarif.findings([hostile], shipped(), files=("old.yaml", "new.yaml")))["results"]
    assert "](" not in result["message"]["text"]


def test_two_files_are_compared_with_lines_and_columns_and_the_same_text_every_time(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("before").mkdir()
    Path("before/api v1.yaml").write_text(OLD)
    Path("api.yaml").write_text(NEW)
    printed = []
    for _ in range(2):
        assert main(["diff", "before/api v1.yaml", "api.yaml", "--format", "sarif"]) == 1
        printed.append(capsys.readouterr().out)
    assert printed[0] == printed[1]
    removed, added = log(printed[0])["results"]
    assert removed["ruleId"] == "response-required-property-removed"
    assert removed["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "api.yaml"
    was = removed["relatedLocations"][0]["physicalLocation"]
    assert was["artifactLocation"] == {"uri": "before/api%20v1.yaml", "uriBaseId": "BASE"}
    line = OLD.splitlines()[was["region"]["startLine"] - 1]
    assert line[was["region"]["startColumn"] - 1 :].startswith("email:")
    region = added["locations"][0]["physicalLocation"]["region"]
    assert NEW.splitlines()[region["startLine"] - 1][region["startColumn"] - 1 : region["endColumn"] - 1] == "c"


def test_a_file_that_cannot_be_read_is_a_run_that_failed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "old.yaml").write_text(OLD)
    (tmp_path / "new.yaml").write_text("openapi: 3.0.3\npaths: [\n")
    assert main(["diff", str(tmp_path / "old.yaml"), str(tmp_path / "new.yaml"), "--format", "sarif"]) == 2
    run = log(capsys.readouterr().out)
    assert run["invocations"][0]["executionSuccessful"] is False
    (result,) = run["results"]
    assert result["ruleId"] == "contract-unreadable"
    assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"].startswith("file:///")
