from __future__ import annotations

from datetime import date
from textwrap import indent

import pytest

from bot.registry.asking.removal import Answer, ContractRemoval, can_i_remove
from bot.registry.graph.graph import Graph
from tests.registry.asking.graphs import CONSUMERS, CONTRACT, TODAY, orders


def asked(element: str, graph: Graph | None = None, today: date = TODAY) -> ContractRemoval:
    (found,) = can_i_remove(graph or orders(), element, today).contracts
    return found


def test_what_somebody_uses_cannot_go_and_a_ready_announcement_is_given() -> None:
    found = asked("GET /orders/{id} 200:$.customer.email")
    assert found.answer is Answer.NO
    assert found.reasons[0] == (
        "checkout-web (@acme/checkout) uses `GET /orders/{id} 200:$.customer.email` "
        "(pact pacts/checkout.json, seen 18 days ago)."
    )
    assert found.edit == (
        '- at: "GET /orders/{id} 200:$.customer.email"\n  since: "2026-11-20"\n  sunset: "2027-04-01"'
    )
    assert (
        found.next_steps[-1] == "Before they have moved, it takes the signatures of @acme/council and @acme/checkout."
    )


def test_the_ready_announcement_makes_the_removal_a_matter_of_time() -> None:
    before = asked("GET /orders/{id} 200:$.customer.email")
    assert before.edit is not None
    edit = indent(before.edit, "      ")
    announced = orders(contract=CONTRACT.replace("    deprecated:\n", f"    deprecated:\n{edit}\n"))
    after = asked("GET /orders/{id} 200:$.customer.email", announced)
    assert (after.answer, after.from_day, after.edit) == (Answer.NOT_YET, "2027-04-01", None)


def test_before_its_sunset_nothing_goes() -> None:
    found = asked("GET /orders query:page")
    assert (found.answer, found.from_day) == (Answer.NOT_YET, "2027-01-01")
    assert "Ask @acme/checkout to have moved to `GET /orders query:cursor` by 2027-01-01." in found.next_steps


def test_after_its_sunset_what_is_still_used_does_not_go_quietly() -> None:
    found = asked("GET /orders query:page", today=date(2027, 1, 1))
    assert found.answer is Answer.NO
    assert "Its sunset, 2027-01-01, has passed." in found.reasons
    assert any("whether that is still so" in step for step in found.next_steps)


def test_after_its_sunset_what_nobody_uses_may_go_with_the_decision_owner() -> None:
    found = asked("GET /orders query:sort", orders(CONSUMERS.replace("kind: traffic", "kind: pact")))
    assert found.answer is Answer.YES
    assert found.next_steps == ("Open the pull request; @acme/council signs it.",)


@pytest.mark.parametrize(
    ("sunset", "windows", "day"),
    [
        ("2027-01-01", "quarterly", "2027-01-01"),
        ("2027-01-02", "quarterly", "2027-04-01"),
        ("2026-12-02", "quarterly", "2027-01-01"),
        ("2026-12-02", "monthly", "2027-01-01"),
        ("2027-02-01", "monthly", "2027-02-01"),
        ("2026-12-02", "any", "2026-12-02"),
    ],
)
def test_removals_wait_for_the_next_window(sunset: str, windows: str, day: str) -> None:
    contract = CONTRACT.replace("2027-01-01", sunset).replace("quarterly", windows)
    assert asked("GET /orders query:page", orders(contract=contract)).from_day == day


def test_what_nobody_registered_uses_may_go() -> None:
    found = asked("GET /orders/{id} 200:$.note")
    assert found.answer is Answer.YES
    assert found.reasons[0] == "None of its 2 registered consumers uses it."


def test_without_any_registered_consumer_nobody_knows() -> None:
    found = asked("GET /orders/{id} 200:$.note", orders(""))
    assert found.answer is Answer.UNKNOWN
    assert "Ask @acme/council: register its consumers, or sign that there are none." in found.next_steps


def test_who_named_something_wider_is_to_be_asked() -> None:
    found = asked("GET /orders/{id} 200:$.items[*].sku")
    assert found.answer is Answer.UNKNOWN
    assert "Ask @acme/warehouse to name the elements that it uses." in found.next_steps


def test_whom_a_sample_saw_in_the_operation_is_to_be_asked_even_after_the_sunset() -> None:
    found = asked("GET /orders query:sort")
    assert found.answer is Answer.UNKNOWN
    assert found.reasons[0].startswith("checkout-web (@acme/checkout) may use it: it uses `GET /orders query:page`")


def test_what_is_out_of_the_contract_goes_unless_somebody_is_seen_to_use_it() -> None:
    element = "GET /orders/{id} 200:$.debug.trace"
    assert asked(element, orders("")).answer is Answer.YES
    used = CONSUMERS.replace("GET /orders/{id} 200:$.items", element)
    assert asked(element, orders(used)).answer is Answer.NO


def test_an_experimental_contract_holds_nothing() -> None:
    found = asked(
        "GET /orders/{id} 200:$.status",
        orders(contract=CONTRACT.replace("id: orders-api", "id: orders-api\n    lifecycle: experimental")),
    )
    assert found.answer is Answer.YES
    assert found.next_steps == ("Open the pull request; nobody has to sign it.",)


def test_a_private_consumer_stands_in_the_way_without_a_name() -> None:
    found = asked(
        "GET /orders/{id} 200:$.customer.email", orders(CONSUMERS.replace("criticality: high", "visibility: private"))
    )
    assert found.answer is Answer.NO
    assert found.reasons[0] == "A private consumer uses it."
    assert "checkout" not in repr(found)


def test_a_proposed_end_is_no_announcement() -> None:
    contract = CONTRACT.replace('sunset: "2026-07-01"}', 'sunset: "2026-07-01", proposed: true}')
    assert "It is not announced in `deprecated`." in asked("GET /orders query:sort", orders(contract=contract)).reasons
