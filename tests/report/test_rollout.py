"""What a team reads before it turns the enforcement up: counted from the ledger."""

from __future__ import annotations

from typing import Any

from rich.console import Console

from bot.report.rollout import Fared, Row, fared, terminal

FIRST, SECOND = "acme/orders#1", "acme/orders#2"


def decision(subject: str, *requirements: dict[str, Any], wrong: str = "") -> Row:
    said = [{"finding": wrong, "contract": "orders-api", "rule": "too-strict", "from": "breaking", "to": "compatible"}]
    return Row("decision", subject, {"requirements": list(requirements), "reclassified": said if wrong else []})


def asked(finding: str, state: str = "open", enforcement: str = "observe", *, blocking: bool = True) -> dict[str, Any]:
    return {
        "contract": "orders-api",
        "finding": finding,
        "blocking": blocking,
        "enforcement": enforcement,
        "state": state,
    }


def only(*rows: Row) -> Fared:
    (found,) = fared(rows)
    return found


def test_a_finding_counts_once_however_often_and_by_however_many_it_is_judged() -> None:
    found = only(decision(FIRST, asked("a"), asked("a")), decision(FIRST, asked("a"), asked("b")))
    assert (len(found.held), len(found.findings), len(found.settled)) == (1, 2, 0)


def test_it_is_settled_when_everybody_has_signed_and_only_while_that_holds() -> None:
    half = decision(FIRST, asked("a", "approved"), asked("a"))
    whole = decision(FIRST, asked("a", "approved"), asked("a", "waived"))
    assert [len(only(*rows).settled) for rows in ((half,), (half, whole), (whole, half))] == [0, 1, 0]


def test_what_people_made_less_is_wrong_and_what_they_took_back_is_not() -> None:
    found = only(decision(FIRST, asked("a")), decision(FIRST, wrong="a"), decision(SECOND, asked("a")))
    assert found.wrong == {(FIRST, "a"): "too-strict"}
    assert len(found.findings) == 2
    assert only(decision(FIRST, wrong="a"), decision(FIRST, asked("a"))).wrong == {}


def test_who_is_only_asked_holds_nothing() -> None:
    assert fared([decision(FIRST, asked("a", blocking=False))]) == ()


def test_the_newest_enforcement_and_merges_past_the_check_are_told() -> None:
    past = Row("bypass", SECOND, {"missing": [{"contract": "orders-api"}, {"contract": "orders-api"}]})
    found = only(decision(FIRST, asked("a")), decision(SECOND, asked("b", enforcement="enforce")), past)
    assert (found.enforcement, found.bypassed) == ("enforce", {SECOND})


def test_each_push_past_the_check_counts() -> None:
    pushed = [
        Row("bypass", "acme/orders", {"branch": "main", "merge_sha": sha, "missing": [{"contract": "orders-api"}]})
        for sha in ("a" * 40, "b" * 40, "b" * 40)
    ]
    found = only(decision(FIRST, asked("a")), *pushed)
    assert (found.repository, len(found.bypassed)) == ("acme/orders", 2)


def test_it_is_a_table_with_the_rules_that_were_wrong_below() -> None:
    rows = [decision(FIRST, asked("a"), asked("b")), decision(FIRST, asked("a"), wrong="b")]
    console = Console(width=100, color_system=None)
    with console.capture() as written:
        console.print(terminal(fared(rows)))
        console.print(terminal(()))
    shown = written.get()
    assert "acme/orders orders-api  observe     1         2        0      1         0" in shown
    assert "too-strict: 1 time (acme/orders#1)" in shown
    assert "Nothing was held so far" in shown
