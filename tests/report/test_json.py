from __future__ import annotations

import json

from bot.registry.problem import Problem
from bot.report import json as report
from tests.report.samples import (
    EMAIL,
    GALLERY,
    HELD,
    PARTLY_SIGNED,
    PRIVATE,
    PRIVATE_REGISTRY,
    REGISTRY,
)


def test_the_keys_are_those_that_are_documented() -> None:
    document = json.loads(report.decision(HELD, REGISTRY))
    assert document["version"] == 1
    assert set(document) == {
        *("version", "verdict", "would", "title", "digest", "draft", "findings", "requirements", "disputes"),
        *("objections", "superseded", "follow_ups", "ignored", "not_checked", "faults", "problems"),
    }
    documentation = report.__doc__ or ""
    for entry in (document, document["findings"][0], document["requirements"][0]):
        assert all(key in documentation for key in entry)


def test_a_finding_is_complete() -> None:
    first = json.loads(report.decision(HELD, REGISTRY))["findings"][0]
    assert first["id"] == EMAIL.id
    assert first["level"] == "breaking"
    assert first["rule"] == "response-property-removed"
    assert first["position"] == {"path": "api/orders/openapi.yaml", "line": 212, "end_line": 212, "side": "base"}
    assert len(first["places"]) == 40
    assert first["consumers"][0] == {
        "consumer": "checkout-web",
        "reach": "affected",
        "uses": ["GET /orders/{id} 200:$.customer.email"],
        "evidence": ["pact `pacts/checkout-web-orders.json@3f2c1ab`, seen 2026-11-02"],
        "reasons": [
            {
                "verb": "reads",
                "element": "GET /orders/{id} 200:$.customer.email",
                "kind": "pact",
                "days": 18,
                "stale": False,
            }
        ],
    }


def test_signatures_are_listed_with_who_and_when() -> None:
    requirements = json.loads(report.decision(PARTLY_SIGNED, REGISTRY))["requirements"]
    (signature,) = requirements[2]["signatures"]
    assert requirements[2]["state"] == "approved"
    assert signature["login"] == "tomkaiser"
    assert signature["signed_at"] == "2026-11-21T10:30:00+00:00"


def test_hostile_text_stays_data() -> None:
    decision, registry, _ = GALLERY["hostile"]
    text = report.decision(decision, registry)
    assert text.isascii()
    assert json.loads(text)["findings"]


def test_private_consumers_stay_unnamed() -> None:
    assert "secret-warehouse" not in report.decision(PRIVATE, PRIVATE_REGISTRY)


def test_findings_alone_and_problems_of_a_registry() -> None:
    alone = json.loads(report.findings([EMAIL.impact.finding]))
    assert [found["rule"] for found in alone["findings"]] == ["response-property-removed"]
    assert alone["findings"][0]["id"] is None
    problem = Problem("error", "b.yml", 7, "`owner` is missing.", "Write it.")
    assert json.loads(report.lint([problem]))["problems"] == [
        {"severity": "error", "path": "b.yml", "line": 7, "message": "`owner` is missing.", "instead": "Write it."}
    ]
