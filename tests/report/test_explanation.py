"""The explanation of a decision: everything in it, within bounds, nobody named who may not be, readable again."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from rich.console import Console

from bot.registry.model import Registry
from bot.report.explained import (
    Explanation,
    Fact,
    NotUnderstood,
    Row,
    answered,
    from_plain,
    to_plain,
    without_names,
)
from bot.report.explained_schema import schema_text, tables
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
SCHEMA = jsonschema_rs.validator_for(json.loads(schema_text()), validate_formats=True)


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
    assert [error.message for error in SCHEMA.iter_errors(plain)] == []
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
    assert "2 events since then" in text and "Closed; this is how it stood" in text


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


def test_a_reader_of_this_version_ignores_what_it_does_not_know() -> None:
    plain = to_plain(of(HELD))
    assert from_plain({**plain, "new_field": 1}) == of(HELD)
    assert from_plain(plain) != of(replace(HELD, digest="another"))


def test_the_published_schema_and_the_tables_of_its_fields_are_current() -> None:
    """If not: `schema_text()` and `tables()` of bot.report.explained_schema write them."""
    assert (DOCS / "schema" / "explanation.schema.json").read_text() == schema_text()
    between = (DOCS / "api.md").read_text().partition("held by a test -->\n\n")[2].partition("\n<!-- /fields -->")[0]
    assert between == tables()


def test_the_published_schema_refuses_what_is_no_answer() -> None:
    plain = to_plain(of(HELD))
    assert SCHEMA.is_valid({**plain, "more": 1})
    assert not SCHEMA.is_valid({**plain, "version": 2})
    assert not SCHEMA.is_valid({**plain, "looked_at": "yesterday"})
    assert not SCHEMA.is_valid({key: value for key, value in plain.items() if key != "facts"})


def test_the_first_lines_are_the_answer_and_whose_word_is_missing() -> None:
    first, second, *_ = shown(of(HELD)).splitlines()
    assert first.startswith("✗ Held: 1 breaking change  acme/shop#412")
    assert second.strip() == "Waits for @acme/api-council, as decision owner: /approve-breaking"
    assert "Waits for @acme/api-council, as decision owner: /rule\n" in shown(of(OBJECTED))
    assert "Waits for @acme/checkout, as checkout-web" not in shown(of(OBJECTED))  # it has answered: by objecting


def test_an_objection_to_several_findings_is_quoted_once() -> None:
    told = of(OBJECTED)
    both = replace(told, objections=(told.objections[0], replace(told.objections[0], finding="0123456789")))
    assert shown(both).count("our receipts print it") == 1
    assert f"to {told.objections[0].finding} and 0123456789" in shown(both)


@pytest.mark.parametrize(
    ("end", "first"),
    [
        ({"merged": True, "bypass": True}, "✗ Merged 2026-11-22 08:05 UTC by @ada, without what was needed"),
        ({"merged": True, "bypass": False}, "✓ Merged 2026-11-22 08:05 UTC by @ada, with all that was needed"),
        ({"merged": True, "bypass": None}, "! Merged 2026-11-22 08:05 UTC by @ada; what it would have needed by then"),
        ({"merged": False, "bypass": None}, "· Closed 2026-11-22 08:05 UTC by @ada, not merged"),
        ({"merged": False, "bypass": None, "actor": None, "at": None}, "· Closed (noticed 2026-11-22 08:06 UTC), not"),
    ],
)
def test_of_a_closed_pull_request_the_first_line_says_how_it_ended(end: dict[str, Any], first: str) -> None:
    at = datetime(2026, 11, 22, 8, 5, tzinfo=UTC)
    body = {"actor": {"id": 7, "login": "ada"}, "at": at.isoformat(), "merge_sha": None, "issue": None, **end}
    rows = (Row(1, NOW, "closed", body, ""), Row(2, at + timedelta(minutes=1), "closed", body, "f" * 64))
    told = answered(of(HELD), at, is_open=False, waiting=0, names={}, ledger=rows)
    text = shown(told)
    assert text.startswith(first)
    assert "The check was: Held: 1 breaking change" in text
    assert "Waits for" not in text and "a reminder comes" not in text
    assert answered(of(HELD), at, is_open=True, waiting=0, names={}, ledger=rows).closed is None


def test_the_ledger_is_told_in_words_and_with_a_hash_to_keep() -> None:
    body = {"capacity": "checkout-web", "finding": "3cabcca791", "from": None, "to": "open"}
    signed = {**body, "from": "open", "to": "approved", "actor": {"id": 7, "login": "cho"}}
    held, released = {"verdict": "held"}, {"verdict": "released"}
    kinds: list[tuple[str, dict[str, Any]]] = [("decision", held), ("transition", body), ("decision", held)]
    kinds += [("transition", signed), ("decision", released)]
    rows = tuple(Row(n, NOW, kind, body, f"{n:064}") for n, (kind, body) in enumerate(kinds, start=8))
    told = answered(of(HELD), NOW, is_open=True, waiting=0, names={}, ledger=rows)
    lines = [line.rstrip() for line in shown(told).splitlines()]
    lines = lines[lines.index("In the ledger (UTC)") + 1 :]
    assert [line.split(maxsplit=3)[3] for line in lines[:4]] == [
        "decision: held",
        "checkout-web, 3cabcca791: is asked",
        "checkout-web, 3cabcca791: open → approved by @cho",
        "decision: released",
    ]
    assert lines[5].strip() == f"{12:064}"
