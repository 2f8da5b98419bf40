"""The five artefacts of the playbook, as Markdown."""

from __future__ import annotations

import re

import pytest
from markdown_it import MarkdownIt

from bot.registry.graph.graph import Graph
from bot.report.artefacts.pages import INDEX, pages
from bot.report.asked.whole import from_whole, whole
from bot.report.asked.wire import NotUnderstood
from tests.registry.asking.graphs import CONSUMERS, CONTRACT, TODAY, graph, half, orders

PRIVATE = CONSUMERS.replace("criticality: high", "visibility: private")


def page(asked: Graph | None = None, name: str = "orders-api.md") -> str:
    return pages(asked or orders(), TODAY)[name]


def section(text: str, title: str) -> str:
    return text.partition(f"\n## {title}\n")[2].partition("\n## ")[0]


def test_a_page_holds_the_five_artefacts() -> None:
    titles = re.findall(r"^## (.*)$", page(), re.MULTILINE)
    assert titles == [
        "Actual contract map",
        "Contract definition",
        "Compatibility policy",
        "Verification plan",
        "Change management model",
    ]


def test_each_promise_is_marked_verified_or_unverified() -> None:
    text = section(page(), "Contract definition")
    assert (
        "| `newest-first` | ordering | `GET /orders` | Newest first. | guaranteed | verified | checkout-web |" in text
    )
    assert "| `busy-is-503` | failure | `**` | Overload is 503. | guaranteed | **unverified** | – |" in text


def test_each_use_says_where_and_when_it_was_seen() -> None:
    text = section(page(), "Contract definition")
    assert "`GET /orders/{id} 200:$.status` | pact pacts/checkout.json, seen 2026-11-02 |" in text
    assert "traffic week 20, not seen since 2026-05-14 (**old**) |" in text
    assert "declared 2026-08-30, no evidence (**weak**) |" in text


def test_the_policy_is_told_in_sentences() -> None:
    text = section(page(), "Compatibility policy")
    assert "- Promised (backward): a client written against the old definition keeps working." in text
    assert "council) and the owner of every affected consumer." in text
    assert "- A signature is good for 30 days." in text


def test_the_verification_plan_leads_from_each_promise_to_its_test_and_owner() -> None:
    text = section(page(), "Verification plan")
    assert "Of 2 guaranteed behaviours, 1 is verified." in text
    assert "| `tests/order.py` | @\u200bacme/quality |" in text
    assert "**none: promised, not verified**" in text


def test_the_change_management_model_lists_what_goes_when_and_who_is_still_there() -> None:
    text = section(page(), "Change management model")
    assert "- Removals happen on the first day of a quarter." in text
    (row,) = [row for row in text.splitlines() if row.startswith("| `GET /orders query:page`")]
    assert row.endswith("| 2026-10-01 | 2027-01-01 | 2027-01-01 | `GET /orders query:cursor` | checkout-web |")


def test_the_index_leads_to_a_page_for_each_contract() -> None:
    asked = graph(half("acme/orders", CONTRACT), half("acme/copy", CONTRACT))
    found = pages(asked, TODAY)
    assert set(found) == {INDEX, "orders-api.md", "orders-api-2.md"}
    assert "(orders-api.md)" in found[INDEX]
    assert "(orders-api-2.md)" in found[INDEX]


@pytest.mark.parametrize(
    ("id", "name"),
    [("a/../../etc/passwd", "a-..-..-etc-passwd.md"), ("README", "README-2.md"), ("v1/Orders", "v1-Orders.md")],
)
def test_no_id_of_a_contract_leads_out_of_the_folder(id: str, name: str) -> None:
    found = pages(orders("", CONTRACT.replace("id: orders-api", f"id: {id}")), TODAY)
    assert set(found) == {INDEX, name}


def test_private_consumers_are_counted_and_never_named() -> None:
    for text in pages(orders(PRIVATE), TODAY).values():
        assert "checkout" not in text
        assert "1 private consumer" in text


def test_the_same_graph_gives_the_same_text_on_another_day_but_for_that_day() -> None:
    day = TODAY.replace(day=21)
    again = {name: text.replace("2026-11-21", "2026-11-20") for name, text in pages(orders(), day).items()}
    assert again == pages(orders(), TODAY)


def test_no_text_of_a_registry_breaks_a_page() -> None:
    nasty = "Newest |\\n first <img src=x> [a](b) @everyone `"
    text = page(orders(contract=CONTRACT.replace("statement: Newest first.", f"statement: '{nasty}'")))
    html = MarkdownIt("commonmark").enable("table").render(text)
    assert "<img" not in html
    assert 'href="b"' not in html
    rows = [row for row in text.splitlines() if row.startswith("| `newest-first`")]
    assert [row.replace("&#124;", "").count("|") for row in rows] == [8, 5]
    assert "@everyone" not in text


def test_a_graph_told_by_a_server_gives_the_same_pages() -> None:
    for asked in (orders(), orders(PRIVATE)):
        told = pages(from_whole(whole(asked)), TODAY)
        assert set(told) == set(pages(asked, TODAY))
        assert section(told["orders-api.md"], "Compatibility policy") == section(page(asked), "Compatibility policy")
        assert "1 private consumer" in told["orders-api.md"] or asked == orders()
    assert pages(from_whole(whole(orders())), TODAY) == pages(orders(), TODAY)


@pytest.mark.parametrize("value", [None, [], {}, {"version": 2}, {"version": 1}, {"version": 1, "contracts": [{}]}])
def test_what_is_no_graph_is_refused(value: object) -> None:
    with pytest.raises(NotUnderstood):
        from_whole(value)
