"""Expressions as the paths that they look at."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.contracts import address
from bot.registry.importers.json_path import paths_in


@pytest.mark.parametrize(
    ("expression", "paths"),
    [
        ("$", ["$"]),
        ("$.a.b", ["$.a.b"]),
        ("$['a']['odd name']", ["$.a['odd name']"]),
        ('$.["a"].b', ["$.a.b"]),
        ("$.items[*].sku", ["$.items[*].sku"]),
        ("$.items[0].sku", ["$.items[*].sku"]),
        ("$[1:3].sku", ["$[*].sku"]),
        ("$.items[?(@.sku == 'x' && @.quantity > 1)]", ["$.items[*].sku", "$.items[*].quantity"]),
        ("$[?(@.['clientId'] =~ /[0-9]{10}/)]", ["$.clientId"]),
        ("$.items.[*][?(@.['sku'] == 'x')]", ["$.items[*].sku"]),
        ("$.items[?(@.a.b)]", ["$.items[*].a.b"]),
        ("$.items.length()", ["$.items"]),
        ("$..sku", []),
        ("items", []),
        ("", []),
    ],
)
def test_an_expression_names_paths(expression: str, paths: list[str]) -> None:
    assert list(paths_in(expression)) == paths


@given(st.text(alphabet="$.[]'\"*?(@)=ab0: \\/-", max_size=60))
def test_any_expression_gives_paths_that_addresses_read(expression: str) -> None:
    for path in paths_in(f"${expression}"):
        assert address.parse(f"GET /a 200:{path}")
