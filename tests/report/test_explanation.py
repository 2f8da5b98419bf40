"""The explanation of a decision: everything in it, within bounds, nobody named who may not be, readable again."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from bot.registry.model import Registry
from bot.report.explained import (
    Explanation,
    Fact,
    NotUnderstood,
    answered,
    from_plain,
    to_plain,
    without_names,
)
from bot.report.explained_text import explained
from bot.report.explanation import Looked, explanation
from bot.report.publication import CheckOutput
from bot.review.values import Decision
from tests.report.samples import (
    GALLERY,
    HELD,
    HOSTILE_TEXT,
    MANY,
    NOW,
    OBJECTED,
    PARTLY_SIGNED,
    PRIVATE,
    PRIVATE_REGISTRY,
    REGISTRY,
    hostile,
)

CHECK = CheckOutput("failure", "Held: 1 breaking change", "", "", ())
FACTS = (
    Fact("members", "@acme/api-council", NOW, count=2),
    Fact("evidence", "checkout-web", seen=date(2026, 11, 2), note="orders-api: pact pacts/web.json"),
    Fact("evidence", "reporting", note="orders-api: declared"),
)
LOOKED = Looked(
    repository="acme/shop",
    number=412,
    url="https://github.com/acme/shop/pull/412",
    at=NOW,
    tool_version="1.2.3",
    base_ref="main",
    head_sha="a" * 40,
    registry_sha="b" * 40,
    merge_base_sha="c" * 40,
    draft=False,
    comment="https://github.com/acme/shop/pull/412#issuecomment-1",
    facts=FACTS,
)
DOCS = Path(__file__).parent.parent.parent / "docs"


def of(decision: Decision, registry: Registry | None = REGISTRY) -> Explanation:
    return explanation(decision, registry, CHECK, LOOKED)


def shown(told: Explanation) -> str:
    out = io.StringIO()
    Console(file=out, width=120, force_terminal=False).print(explained(told))
    return out.getvalue()


@pytest.mark.parametrize("name", GALLERY)
def test_every_decision_can_be_kept_read_again_and_shown(name: str) -> None:
    decision, registry, _ = GALLERY[name]
    told = of(decision, registry)
    plain = json.loads(json.dumps(to_plain(told)))
    assert to_plain(from_plain(plain)) == plain
    assert len(told.requirements) == len(decision.requirements)
    assert "acme/shop#412" in shown(told)


def test_a_signature_is_told_with_who_gave_it_in_which_role_and_by_which_comment() -> None:
    signed = next(one for one in of(PARTLY_SIGNED).requirements if one.signatures)
    (signature,) = signed.signatures
    assert (signature.by.login, signature.act) == ("tomkaiser", "approve")
    assert signature.capacity == signed.capacity and signature.comment.startswith("https://")


def test_objections_stand_first_and_as_they_were_written() -> None:
    told = of(OBJECTED)
    assert told.objections[0].text == "our receipts print it\nand nothing else has it"
    text = shown(told)
    assert "> our receipts print it" in text and "> and nothing else has it" in text
    assert text.index("our receipts") < text.index("Who has to sign")


def test_nobody_private_is_named() -> None:
    assert "secret-warehouse" not in json.dumps(to_plain(of(PRIVATE, PRIVATE_REGISTRY)))


def test_long_lists_are_cut_and_that_is_said() -> None:
    told = of(MANY)
    assert len(told.findings) == 500
    assert told.left_out["findings"] == len(MANY.findings) - 500
    assert f"Not told: {told.left_out['findings']:,} more findings" in shown(told)
    assert len(json.dumps(to_plain(told))) < 2_000_000


def test_half_characters_of_a_contract_can_be_kept() -> None:
    plain = to_plain(of(hostile("name \ud800 é")))
    assert "name ? é" in json.dumps(plain, ensure_ascii=False).encode().decode()
    assert to_plain(from_plain(plain)) == plain


def test_hostile_text_drives_no_terminal_and_is_no_markup() -> None:
    assert "\x1b" not in shown(of(hostile("\x1b]0;owned\x07 [bold red]x[/] [/nonsense]")))
    assert shown(of(hostile(HOSTILE_TEXT)))


def test_facts_have_their_age_when_somebody_asks() -> None:
    now = NOW + timedelta(hours=3)
    told = answered(of(HELD), now, is_open=False, waiting=2, names={"a private consumer": "x"}, ledger=())
    assert [fact.age_seconds for fact in told.facts] == [
        10_800,
        int((now - datetime(2026, 11, 2, tzinfo=UTC)).total_seconds()),
        None,
    ]
    text = shown(told)
    assert "2 members of @acme/api-council: 3 hours old" in text
    assert "19 days old" in text and "never seen" in text
    assert "2 events since then" in text and "It is closed" in text


def test_a_row_of_the_ledger_names_nobody_private() -> None:
    row: dict[str, Any] = {"capacity": "x-ray", "list": ["x-ray says", 1, None, {"x-ray": True}], "other": "x-rays"}
    assert without_names(row, {"x-ray": "a private consumer"}) == {
        "capacity": "a private consumer",
        "list": ["a private consumer says", 1, None, {"a private consumer": True}],
        "other": "x-rays",
    }


@pytest.mark.parametrize("value", [None, [], {}, {"version": 2}, {"version": 1}, {"version": 1, "number": "x"}])
def test_what_is_no_explanation_is_not_understood(value: object) -> None:
    with pytest.raises(NotUnderstood):
        from_plain(value)


def test_every_field_is_documented() -> None:
    text = (DOCS / "api.md").read_text("utf-8").partition("## Why a pull request")[2].partition("\n## ")[0]
    plain = to_plain(of(OBJECTED))
    parts = [plain, plain["findings"][0], plain["requirements"][0], plain["objections"][0], plain["facts"][0]]
    for part in parts:
        for key in part:
            assert f"`{key}`" in text or key == "version", key


def test_a_reader_of_this_version_ignores_what_it_does_not_know() -> None:
    plain = to_plain(of(HELD))
    assert from_plain({**plain, "new_field": 1}) == of(HELD)
    assert from_plain(plain) != of(replace(HELD, digest="another"))
