"""Names of JSON bodies and queries as paths."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.contracts import address
from bot.registry.importers.names import deep_name, leaves
from bot.registry.importers.operations import Operation


def test_only_what_has_nothing_below_it_is_a_leaf_and_items_share_a_path() -> None:
    body: object = {"items": [{"sku": "a"}, {"sku": "b", "n": 1}], "odd.name": {}, "none": None, "empty": []}
    assert [(leaf.path, leaf.pointer) for leaf in leaves(body)] == [
        ("$.items[*].sku", ("items", 0, "sku")),
        ("$.items[*].n", ("items", 1, "n")),
        ("$['odd.name']", ("odd.name",)),
        ("$.none", ("none",)),
        ("$.empty", ("empty",)),
    ]
    assert [leaf.path for leaf in leaves("text")] == ["$"]


def test_keys_that_are_data_are_one_path() -> None:
    body = {"prices": {"EUR": {"n": 1}, "USD": {"n": 2}}}
    assert [leaf.path for leaf in leaves(body, lambda path, _: path == "$.prices")] == ["$.prices.{*}.n"]


def test_bracketed_query_names_are_paths() -> None:
    assert deep_name("filter[address][city]") == ("filter", "$.address.city")
    assert deep_name("ids[0]") == ("ids", "$[*]")
    assert deep_name("page") == ("page", "$")


_JSON = st.recursive(
    st.none() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=20,
)


@given(_JSON)
def test_every_leaf_of_a_body_has_an_address_that_can_be_read(body: object) -> None:
    found = list(leaves(body))
    assert found
    assert len({leaf.path for leaf in found}) == len(found)
    for leaf in found:
        address.parse(Operation("POST /orders").request(leaf.path))
