"""Element addresses: what is written is what is meant, and containment has a direction."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.contracts.address import (
    AddressError,
    Relation,
    matches,
    normalise,
    parse,
    property_path,
    read,
    relation,
)
from bot.contracts.schema.paths import property_step

NATIVE = [
    "GET /orders/{id} 200:$.customer.email",
    "GET /orders query:page",
    "GET /orders query:filter[status]",
    "GET /orders query:$top",
    "POST /orders request:$.items[*].sku",
    "GET /orders/{id} 200.header:ETag",
    "GET /orders/{id} path:id",
    "POST /orders/{id}:cancel 2XX:$.labels.{*}",
    "GET /orders/{order id} default",
    "POST /subscriptions callback.'on.paid'.request:$['odd name'][0]",
    "/orders",
    "webhook.newOrder request:$",
    "OrderCreated:$.total.amount",
    "OrderCreated.header:trace-id",
    "Order.customer",
    "Query.order(id:)",
    "acme.orders.v1.Order.customer_id",
    "orders.customer_email",
    "* /orders/** *:$.**.display_name",
    "** 200:$.error",
    "**",
]

names = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=8)


@pytest.mark.parametrize("text", NATIVE)
def test_a_normalised_address_is_the_same_address(text: str) -> None:
    assert parse(normalise(text)) == parse(text)
    assert normalise(normalise(text)) == normalise(text)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "is empty"),
        ("GET orders", "write `GET /path`"),
        ("FETCH /orders", "which is no HTTP method"),
        ("GET /orders:$.total", "without a part"),
        ("Order:status", "`Order:$.name`"),
        ("GET /orders 200:status", "`200:$.name`"),
        ("GET /orders 200:$status", "cannot be read"),
        ("GET /orders 200:$.'total", "never closed"),
        ("GET /orders 200:$.a..b", "cannot be read from `..b` on"),
        ("GET /orders query: ", "a path starts with `$`|names no parameter"),
        ("Order..total", "empty name"),
    ],
)
def test_what_is_no_address_is_refused_with_what_to_write(text: str, says: str) -> None:
    with pytest.raises(AddressError, match=says.replace("$", r"\$").replace("..b", r"\.\.b")):
        parse(text)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("GET /orders/{id}", "get /orders/{order_id}"),
        ("GET /orders/{id} path:id", "GET /orders/{order} path:order"),
        ("GET /orders 200.header:ETag", "GET /orders 200.header:etag"),
        ("GET /orders 2xx", "GET /orders 2XX"),
        ("GET /orders 200:$.'odd name'", "GET /orders 200:$['odd name']"),
        ("GET /orders query:page", "GET /orders query:'page'"),
    ],
)
def test_spelling_makes_no_difference(one: str, other: str) -> None:
    assert parse(one) == parse(other)
    assert relation(one, other) is Relation.EQUAL


@pytest.mark.parametrize(
    ("use", "element", "expected"),
    [
        ("GET /o 200:$.a.b", "GET /o 200:$.a.b", Relation.EQUAL),
        ("GET /o 200:$.a.b", "GET /o 200:$.a", Relation.ELEMENT_CONTAINS_USE),
        ("GET /o 200:$.a.b", "GET /o 200", Relation.ELEMENT_CONTAINS_USE),
        ("GET /o 200:$.a.b", "GET /o", Relation.ELEMENT_CONTAINS_USE),
        ("GET /o 200:$.a.b", "/o", Relation.ELEMENT_CONTAINS_USE),
        ("GET /o 200:$.a.b", "**", Relation.ELEMENT_CONTAINS_USE),
        ("GET /o 200:$.a", "GET /o 200:$.a.b", Relation.USE_CONTAINS_ELEMENT),
        ("GET /o", "GET /o 200:$.a.b", Relation.USE_CONTAINS_ELEMENT),
        ("GET /o", "GET /o query:page", Relation.USE_CONTAINS_ELEMENT),
        ("GET /o 200", "GET /o 200.header:ETag", Relation.USE_CONTAINS_ELEMENT),
        ("GET /o", "GET /o/{id}", Relation.DISJOINT),
        ("GET /o/{id}", "GET /o", Relation.DISJOINT),
        ("GET /o", "POST /o", Relation.DISJOINT),
        ("GET /o 200:$.a", "GET /o 200:$.ab", Relation.DISJOINT),
        ("GET /o 200:$.a", "GET /o 404:$.a", Relation.DISJOINT),
        ("GET /o query:page", "GET /o query:size", Relation.DISJOINT),
        ("GET /o/search", "GET /o/{id}", Relation.DISJOINT),
        ("Order.customer", "Order", Relation.ELEMENT_CONTAINS_USE),
        ("OrderCreated:$.total", "OrderCreated", Relation.ELEMENT_CONTAINS_USE),
        ("OrderCreated:$.total", "OrderCancelled:$.total", Relation.DISJOINT),
    ],
)
def test_containment_has_a_direction(use: str, element: str, expected: Relation) -> None:
    assert relation(use, element) is expected


@pytest.mark.parametrize(
    ("use", "element", "expected"),
    [
        ("GET /o 200:$.customer.email", "GET /o 200:$.**", Relation.EQUAL),
        ("GET /o 200:$.customer.email", "GET /o 200:$.**.email", Relation.EQUAL),
        ("GET /o 200:$.customer.email", "GET /o 200:$.**.name", Relation.USE_CONTAINS_ELEMENT),
        ("GET /o 200:$.customer.email", "GET /o 200:$.shop.**", Relation.DISJOINT),
        ("GET /o 200:$.**.email", "GET /o 200:$.customer", Relation.ELEMENT_CONTAINS_USE),
        ("GET /o/** 200:$.id", "GET /o/{id}/lines 200:$.id", Relation.EQUAL),
        ("* /o 200:$.id", "GET /o 200:$.id", Relation.EQUAL),
        ("GET /o *:$.id", "GET /o request:$.id", Relation.EQUAL),
        ("GET /o 200:$.labels.colour", "GET /o 200:$.labels.{*}", Relation.EQUAL),
        ("GET /o 200:$.point[0]", "GET /o 200:$.point[*]", Relation.EQUAL),
        ("GET /o 200:$.id", "GET /o 2XX:$.id", Relation.EQUAL),
        ("GET /o 404:$.code", "GET /o default:$.code", Relation.EQUAL),
        ("GET /o 200:$.id", "GET /o default:$.id", Relation.DISJOINT),
        ("GET /o 200:$.a.**.x", "GET /o 200:$.**.y", Relation.ELEMENT_CONTAINS_USE),
    ],
)
def test_a_wildcard_on_either_side_comes_as_near_as_it_may(use: str, element: str, expected: Relation) -> None:
    # The last: `$.a.y` holds `$.a.y.x`, and both patterns allow that.
    assert relation(use, element) is expected


@pytest.mark.parametrize(
    ("pattern", "element"),
    [
        ("**", "GET /orders 200:$.x"),
        ("**", "OrderCreated"),
        ("GET /orders", "GET /orders 200:$.x"),
        ("GET /orders 200:$.debug.**", "GET /orders 200:$.debug"),
        ("GET /orders 200:$.debug.**", "GET /orders 200:$.debug.trace.id"),
        ("* /orders/** *:$.**.display_name", "GET /orders/{id}/lines 200:$.lines[*].display_name"),
        ("* /orders/** *:$.**.display_name", "POST /orders request:$.display_name"),
        ("GET /orders 2XX", "GET /orders 200:$.x"),
        ("GET /orders 200:$.labels.{*}", "GET /orders 200:$.labels.colour"),
    ],
)
def test_a_pattern_covers_what_it_names_and_all_below(pattern: str, element: str) -> None:
    assert matches(pattern, element)


@pytest.mark.parametrize(
    ("pattern", "element"),
    [
        ("GET /orders", "GET /orders/{id}"),
        ("GET /orders 200:$.debug", "GET /orders 200"),
        ("GET /orders 200:$.debug", "GET /orders 200:$.**"),
        ("GET /orders 200", "GET /orders 2XX"),
        ("GET /orders 200:$.labels.colour", "GET /orders 200:$.labels.{*}"),
        ("* /orders/** *:$.**.display_name", "GET /orders 200:$.name"),
    ],
)
def test_a_pattern_does_not_cover_what_it_covers_only_in_part(pattern: str, element: str) -> None:
    assert not matches(pattern, element)


def test_a_property_belongs_to_its_object_and_a_parameter_to_its_operation() -> None:
    assert str(parse("GET /o 200:$.a.b").parent) == "GET /o 200:$.a"
    assert str(parse("GET /o 200:$.a").parent) == "GET /o"
    assert str(parse("GET /o query:page").parent) == "GET /o"


@given(names)
def test_paths_of_any_property_name_read_back_and_match_the_schema_comparison(name: str) -> None:
    path = property_path("$.a", name)
    assert path == "$.a" + property_step(name)
    address = parse(f"GET /o 200:{path}")
    assert address.tokens[-1].text == "." + name
    assert relation(address, "GET /o 200:$.a") is Relation.ELEMENT_CONTAINS_USE


PIECES = [*"GET /o{}:$.*['] x2()\\\t", "''", "path:", "header:", "GET ", "* ", "** "]


@given(st.text(max_size=60) | st.lists(st.sampled_from(PIECES), max_size=30).map("".join))
@example("*\t/")
@example("GET\t/orders")
@example("'/'")
@example("'GET' '/'")
@example("** :$")
@example("Order path")
@example("Order path:''")
@example("Order.path: $")
@example("Order path:a /")
@example("GET /o path:'path.'$")
def test_no_text_stops_a_reader(text: str) -> None:
    address = read(text)
    assert read(str(address)) == address
    assert relation(address, address) is Relation.EQUAL
    assert matches(address, address)
    assert normalise(normalise(text)) == normalise(text)


@pytest.mark.parametrize("name", ["Query", "Delete", "'GET'"])
def test_a_type_may_be_called_like_a_method(name: str) -> None:
    assert relation(f"{name}.orders(id:)", name) is Relation.ELEMENT_CONTAINS_USE


@given(st.sampled_from(NATIVE), st.sampled_from(NATIVE))
def test_what_one_contains_the_other_is_contained_in(one: str, other: str) -> None:
    mirrored = {
        Relation.EQUAL: Relation.EQUAL,
        Relation.DISJOINT: Relation.DISJOINT,
        Relation.ELEMENT_CONTAINS_USE: Relation.USE_CONTAINS_ELEMENT,
        Relation.USE_CONTAINS_ELEMENT: Relation.ELEMENT_CONTAINS_USE,
    }
    forth, back = relation(one, other), relation(other, one)
    wild = read(one).has_wildcards or read(other).has_wildcards
    assert back is mirrored[forth] or (wild and Relation.DISJOINT not in (forth, back))
