"""Whatever stands in a file, an importer answers, and every element is an address."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.contracts import address
from bot.registry.importers.imported import Imported
from tests.registry.importers.asking import ask, contract

WORDS = """
log entries request response method url headers cookies queryString postData params name value text content status
encoding mappings urlPath urlPattern urlPathPattern urlPathTemplate queryParameters bodyPatterns equalToJson
matchesJsonPath expression jsonBody body base64Body bodyFileName matchers path ignored partial http-request
http-response nodes sources exposures depends_on owner meta columns package_name patch_path model.a.b kind
metadata spec consumesApis providesApis definition $text operations documents id type API GET POST ANY /orders
/orders/1 /orders/[^/]+ orders b {orders(id:1){id}} 200 http://h/orders?page=1#x {"id":[1]} $.a[?(@.b)] base64
""".split()  # noqa: SIM905

scalars = st.one_of(st.none(), st.booleans(), st.integers(-5, 600), st.text(max_size=8), st.sampled_from(WORDS))
values = st.recursive(
    scalars,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4), st.dictionaries(st.sampled_from(WORDS) | st.text(max_size=4), inner, max_size=6)
    ),
    max_leaves=30,
)
exchanges = st.fixed_dictionaries(
    {"request": st.dictionaries(st.sampled_from(WORDS), values, max_size=8), "response": values}
)
files = st.one_of(
    values,
    st.lists(exchanges, max_size=3).map(lambda found: {"log": {"entries": found}}),
    st.lists(exchanges | values, max_size=3).map(lambda found: {"mappings": found}),
    st.fixed_dictionaries(
        {key: st.dictionaries(st.sampled_from(WORDS), values, max_size=3) for key in ("nodes", "sources", "exposures")}
    ),
    st.fixed_dictionaries({"metadata": st.just({"name": "x"}), "spec": values}),
)


def check(imported: Imported) -> None:
    for one in imported.used:
        address.parse(one.element)
        assert one.line >= 1 and one.path
    assert all(isinstance(problem, str) and problem for problem in imported.problems)


@pytest.mark.parametrize("kind", ["har", "stub", "dbt", "backstage"])
@settings(deadline=None)
@given(content=files)
def test_no_json_makes_an_importer_fail(kind: str, content: Any) -> None:
    check(ask(kind, {"contracts/web/a.json": json.dumps(content)}, side=contract(), names=frozenset({"orders"})))


@pytest.mark.parametrize("kind", ["har", "stub", "dbt", "backstage", "graphql"])
@settings(deadline=None)
@given(text=st.text(alphabet="-{}[]:,\n \"'|&*!%#.ab0", max_size=80))
def test_no_text_makes_an_importer_fail(kind: str, text: str) -> None:
    for path in ("contracts/web/a.yaml", "a.json", "a.graphql"):
        check(ask(kind, {path: text}, side=contract()))


@pytest.mark.parametrize("kind", ["har", "stub", "dbt", "backstage", "graphql"])
def test_deep_files_are_refused_in_words(kind: str) -> None:
    imported = ask(kind, {"a.json": "[" * 100_000, "b.yaml": "- " * 100_000 + "x"}, side=contract())

    assert not imported.used and imported.problems
