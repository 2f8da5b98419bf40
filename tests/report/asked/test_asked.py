"""Answers of the graph as people and programs read them."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable

import pytest
from rich.console import Console, RenderableType

from bot.registry.asking.picture import Map, picture
from bot.registry.asking.removal import Removal, can_i_remove
from bot.registry.asking.unbacked import Unbacked, unbacked
from bot.registry.asking.users import Users, who_uses
from bot.report.asked import drawing, terminal
from bot.report.asked.wire import NotUnderstood, Told, from_plain, to_json, to_plain
from tests.registry.asking.graphs import CONSUMERS, CONTRACT, TODAY, orders

EMAIL = "GET /orders/{id} 200:$.customer.email"
PRIVATE = CONSUMERS.replace("criticality: high", "visibility: private")


def shown(renderable: RenderableType) -> str:
    console = Console(file=io.StringIO(), width=200, color_system=None)
    console.print(renderable)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def asked(consumers: str = CONSUMERS) -> tuple[Users, Removal, Unbacked, Map]:
    graph = orders(consumers)
    return (
        who_uses(graph, EMAIL, TODAY),
        can_i_remove(graph, EMAIL, TODAY),
        unbacked(graph, TODAY),
        picture(graph, TODAY),
    )


@pytest.mark.parametrize("number", range(4))
def test_an_answer_survives_the_way_to_a_client(number: int) -> None:
    told = asked()[number]
    assert from_plain(type(told), json.loads(to_json(told))) == told


def test_a_client_ignores_what_it_does_not_know_and_refuses_another_version() -> None:
    told = to_plain(asked()[0])
    assert from_plain(Users, {**told, "weather": "fine"}) == asked()[0]
    wrong: object
    for wrong in ({**told, "version": 2}, [], None, {"version": 1}, {**told, "contracts": [{"users": 7}]}):
        with pytest.raises(NotUnderstood):
            from_plain(Users, wrong)


def test_a_removal_says_its_answer_in_one_word() -> None:
    assert to_plain(asked()[1])["answer"] == "no"


@pytest.mark.parametrize("number", range(4))
@pytest.mark.parametrize("told", [to_json, str])
def test_no_answer_names_a_private_consumer(number: int, told: Callable[[Told], str]) -> None:
    assert "checkout" not in told(asked(PRIVATE)[number])


def test_the_terminal_says_who_uses_it_and_how_that_is_known() -> None:
    text = shown(terminal.users(asked()[0]))
    assert "checkout-web  @acme/checkout, high criticality" in text
    assert "pact pacts/checkout.json, seen 18 days ago" in text
    assert text.endswith("1 consumer uses it.\n")


def test_the_terminal_says_what_to_do_before_something_can_go() -> None:
    text = shown(terminal.removal(asked()[1]))
    assert text.startswith(f"✗ No  {EMAIL}\n")
    assert f'- at: "{EMAIL}"\n' in text
    assert "signatures of @acme/council and @acme/checkout" in text


def test_the_terminal_lists_what_is_unbacked_by_kind() -> None:
    text = shown(terminal.unbacked(asked()[2]))
    assert "Assumed, and promised by nobody  1" in text
    assert text.endswith("4 gaps\n")


def test_a_pattern_of_the_terminal_drives_nothing() -> None:
    hostile = orders(CONSUMERS.replace("answers within 1s", '"\\e[2J[bold]boo"'))
    assert "\x1b" not in shown(terminal.unbacked(unbacked(hostile, TODAY)))
    assert "[bold]boo" in shown(terminal.unbacked(unbacked(hostile, TODAY)))


def test_mermaid_draws_every_contract_and_named_consumer_once() -> None:
    text = drawing.mermaid(picture(orders(PRIVATE), TODAY))
    assert text.splitlines() == [
        "flowchart LR",
        '  c1["orders-api<br/>openapi<br/>@acme/orders"]',
        '  u1(["warehouse<br/>acme/warehouse"])',
        '  u1 -.->|"1 element, declared 2 months ago, no evidence"| c1',
        '  pc1(["1 private consumer"]) -.-> c1',
    ]


@pytest.mark.parametrize("draw", [drawing.mermaid, drawing.dot, drawing.table])
def test_no_text_of_a_registry_ends_its_quotation(draw: Callable[[Map], str]) -> None:
    ref = CONSUMERS.replace("kind: pact", '"kind": "p\\"]; x | --> <b>\\n`#"')
    harmless, hostile = draw(picture(orders(), TODAY)), draw(picture(orders(ref), TODAY))
    assert len(hostile.splitlines()) == len(harmless.splitlines())
    if draw is drawing.mermaid:
        assert all(line.count('"') in (0, 2) for line in hostile.splitlines())
        assert "<b>" not in hostile
    if draw is drawing.dot:
        assert all(re.fullmatch(r'([^"]|"([^"\\]|\\.)*")*', line) for line in hostile.splitlines())
    if draw is drawing.table:
        assert {line.count("|") for line in hostile.splitlines()} == {7}
        assert "<b>" not in hostile


def test_a_contract_without_consumers_is_shown_as_unknown() -> None:
    empty = picture(orders("", CONTRACT), TODAY)
    assert "unknown: nobody is registered" in drawing.table(empty)
    assert "who uses it is unknown" in shown(terminal.contract_map(empty))
