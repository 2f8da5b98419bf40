"""No file makes the importer raise, and everything that it says can be used."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.contracts import address
from bot.registry.importers.imported import Question
from bot.registry.importers.pact import shown
from tests.registry.importers.pact.reading import SDL, document, http, imported, known, pact, side

_WORDS = st.sampled_from(
    re.findall(
        r"\S+",
        """
        request response body content contents contentType encoded base64 JSON method path query headers status cookie
        matchingRules matchers match type equality values arrayContains variants index rules $.a $.body $['x'][*] $.
        header metadata metaData messageType application/json application/protobuf;message=Order OrderCreated protobuf
        service Orders/Get pluginConfiguration message json_class Pact::Term Pact::SomethingLike Pact::ArrayLike data
        generate min providerStates providerState name description pending /orders/1 POST statusCode success a=1&b
        Synchronous/HTTP Asynchronous/Messages Synchronous/Messages
        """,
    )
)
_SCALARS = st.none() | st.booleans() | st.integers(-(2**40), 2**40) | st.floats(allow_nan=False) | st.text() | _WORDS
_JSON = st.recursive(
    _SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_WORDS | st.text(), inner), max_leaves=30
)
_PARTS = st.fixed_dictionaries(
    {},
    optional={
        "method": _JSON,
        "path": _WORDS | st.text() | _JSON,
        "query": _JSON,
        "headers": _JSON,
        "status": st.integers(90, 610) | _JSON,
        "body": _JSON,
        "contents": _JSON,
        "metadata": _JSON,
        "matchingRules": _JSON,
    },
)
_INTERACTIONS = st.fixed_dictionaries(
    {},
    optional={
        "type": _WORDS,
        "request": _PARTS | _JSON,
        "response": _PARTS | st.lists(_PARTS) | _JSON,
        "contents": _JSON,
        "metadata": _JSON,
        "matchingRules": _JSON,
        "providerStates": _JSON,
        "description": _JSON,
        "pending": _JSON,
        "pluginConfiguration": _JSON,
    },
)
_FORMATS = st.sampled_from(["openapi", "asyncapi", "protobuf", "json-schema", "avro", "graphql"])


def ask(format: str, data: bytes, *, contract: bool) -> None:
    """Whatever is answered can be read as what it claims to be."""
    sides = {
        "json-schema": side('{"title": "Order"}', "o.json"),
        "avro": side('{"type": "record", "name": "Order", "fields": []}', "o.avsc"),
        "graphql": side(SDL, "schema.graphql"),
    }
    given_side = (sides.get(format) or known(format)) if contract else None
    written = document(data)
    found = shown(Question(format, given_side), {written.path: written})
    lines = data.count(b"\n") + 1
    for one in found.used:
        assert isinstance(address.normalise(one.element), str)
        assert 1 <= one.line <= lines
    assert all(isinstance(one.statement, str) and 1 <= one.line <= lines for one in found.hints)
    assert not (found.complete and found.problems)
    assert all(isinstance(one, str) and "Traceback" not in one for one in found.problems)


@settings(max_examples=300)
@given(_FORMATS, st.lists(_INTERACTIONS, max_size=3), st.lists(_INTERACTIONS, max_size=2), _JSON, st.booleans())
def test_no_interaction_makes_it_raise(
    format: str, interactions: list[Any], messages: list[Any], metadata: Any, contract: bool
) -> None:
    file = {**pact(*interactions), "messages": messages, "metadata": metadata}
    ask(format, json.dumps(file, indent=1).encode(), contract=contract)


@given(_FORMATS, _JSON, st.booleans())
def test_no_json_makes_it_raise(format: str, value: Any, contract: bool) -> None:
    ask(format, json.dumps(value).encode(), contract=contract)


@given(_FORMATS, st.binary())
def test_no_bytes_make_it_raise(format: str, data: bytes) -> None:
    ask(format, data, contract=True)


@given(st.text(min_size=1), st.text(min_size=1), st.text(min_size=1))
def test_addresses_of_odd_names_can_be_read(field: str, query: str, path: str) -> None:
    file = pact(http({"status": 200, "body": {field: 1}}, query={query: ["1"]}, path=f"/{path}"))
    for one in imported(json.dumps(file).encode()).used:
        address.parse(one.element)


@pytest.mark.parametrize("shape", ["rules", "wrappers", "variants"])
def test_rules_and_wrappers_that_multiply_are_followed_to_their_end(shape: str) -> None:
    deep: Any = 1
    for _ in range(60):
        deep = {"json_class": "Pact::SomethingLike", "contents": {"a": deep}} if shape == "wrappers" else {"a": deep}
    rules: dict[str, Any] = {}
    if shape == "rules":
        for number in range(4096):
            steps = ".".join("*" if number >> bit & 1 else "a" for bit in range(12))
            rules[f"$.{steps}"] = {"matchers": [{"match": "type"}]}
    if shape == "variants":
        inner: dict[str, Any] = {"matchers": [{"match": "type"}]}
        for _ in range(15):
            inner = {"matchers": [{"match": "arrayContains", "variants": [{"index": 0, "rules": {"$.a": inner}}]}]}
        rules = {"$": inner}
    found = imported(pact(http({"status": 200, "body": deep, "matchingRules": {"body": rules}})))
    assert found.problems == () and len(found.used) == 2
