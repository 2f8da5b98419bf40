"""GraphQL operations: documents, and the manifests that clients write of their persisted queries."""

from __future__ import annotations

from typing import Any

import pytest

from tests.registry.importers.asking import ask, contract, used

SCHEMA = "type Query { order(id: ID!): Order }\ntype Order { id: ID! total: Int old: Int }\n"
QUERY = "query One($id: ID!) { order(id: $id) { total } }"
ELEMENTS = {"Query.order", "Query.order(id:)", "Order.total"}


@pytest.mark.parametrize(
    ("path", "content"),
    [
        ("web/order.graphql", QUERY),
        (
            "apollo.json",
            {
                "format": "apollo-persisted-query-manifest",
                "version": 1,
                "operations": [{"id": "1", "name": "One", "type": "query", "body": QUERY}],
            },
        ),
        ("relay.json", {"3be4abb81fa595e25eb725b2c6a87508": QUERY}),
        ("ids.json", {"3be4abb8": {"name": "One", "source": QUERY}}),
    ],
)
def test_operations_name_all_that_they_use(path: str, content: Any) -> None:
    imported = ask("graphql", {path: content}, side=contract(SCHEMA, "schema.graphql"), format="graphql")

    assert set(used(imported)) == ELEMENTS
    assert imported.complete and not imported.problems


def test_a_file_that_cannot_be_read_takes_completeness_away() -> None:
    files = {"a.graphql": QUERY, "b.graphql": "query {"}
    imported = ask("graphql", files, side=contract(SCHEMA, "schema.graphql"), format="graphql")

    assert set(used(imported)) == ELEMENTS and not imported.complete
    assert imported.problems[0].startswith("`b.graphql:1`")


def test_without_the_schema_nothing_can_be_told() -> None:
    assert "without the schema" in ask("graphql", {"a.graphql": QUERY}, format="graphql").problems[0]


def test_a_kind_that_nobody_reads_is_named_with_those_that_are_known() -> None:
    assert "`logs`: write one of `backstage`, `dbt`, `graphql`, `har`" in ask("logs", {}).problems[0]
