"""The element of a finding in words: two titles in one list can be told apart, and each can be read alone."""

from __future__ import annotations

import pytest

from bot.contracts.change import Change, Place
from bot.judge.subject import holder, operation, subject

BODY = {"direction": "response", "of": "body"}
PARAMETER = {"direction": "request", "of": "parameter"}


@pytest.mark.parametrize(
    ("element", "place", "attributes", "words"),
    [
        ("Order:$.owner", "GET /orders 200:$.owner", BODY, "`owner`"),
        ("Order:$.license.url", "GET /orders 200:$.license.url", BODY, "`license.url`"),
        ("Order:$.lines[*].sku", "GET /orders 200:$.lines[*].sku", BODY, "`lines[].sku`"),
        ("Order:$.a.b.c", "GET /orders 200:$.a.b.c", BODY, "`b.c`"),
        ("Order:$.tags[*]", "GET /orders 200:$.tags[*]", BODY, "each item of `tags`"),
        ("Order:$.labels.{*}", "GET /orders 200:$.labels.{*}", BODY, "each value of `labels`"),
        ("Order:$.point[1]", "GET /orders 200:$.point[1]", BODY, "item 1 of `point`"),
        ("Order:$", "GET /orders 200:$.order", BODY, "`Order`"),
        ("GET /orders 200:$", "GET /orders 200:$", BODY, "the response body of `GET /orders`"),
        ("GET /orders 200:$[*]", "GET /orders 200:$[*]", BODY, "each item of the response body of `GET /orders`"),
        ("GET /orders query:limit", "GET /orders query:limit", PARAMETER, "query parameter `limit`"),
        ("parameters.Limit:$", "GET /orders query:limit", PARAMETER, "query parameter `limit`"),
        ("parameters.Limit:$[*]", "GET /orders query:limit:$[*]", PARAMETER, "each item of query parameter `limit`"),
        ("GET /orders 200.header:ETag", "GET /orders 200.header:ETag", {"name": "ETag"}, "response header `ETag`"),
        ("Order:$['odd `name`']", "GET /orders 200:$['odd `name`']", BODY, "`odd 'name'`"),
    ],
)
def test_the_element_is_called_by_its_name(element: str, place: str, attributes: dict[str, str], words: str) -> None:
    at = Place(place, dict(attributes))

    assert subject(Change("schema.type.changed", element, (at,)), at) == words


def test_what_holds_an_unnamed_element_is_named_instead() -> None:
    at = Place("GET /orders 200:$.tags[*]", dict(BODY))

    assert holder(Change("schema.contains.added", "Order:$.tags[*]", (at,)), at) == "`tags`"
    assert holder(Change("schema.contains.added", "Order:$.tags", (at,)), at) == "`tags`"


def test_one_of_many_operations_is_named_and_the_others_are_counted() -> None:
    places = tuple(Place(f"GET /orders/{name} 200:$", dict(BODY)) for name in "abc")
    change = Change("schema.type.changed", "responses.Found:$", places)

    assert operation(change, places[1]) == "`GET /orders/b` and 2 more"
    assert subject(change, places[0]) == "the response body of `GET /orders/a` and 2 more"
    assert operation(Change("info.changed", "**", (Place("**"),)), Place("**")) == "the document"
