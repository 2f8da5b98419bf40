"""Consumers' GraphQL operations in the same repository as evidence, from the files to who is affected."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import pytest

from bot.contracts import formats
from bot.contracts.document import Document, Side
from bot.contracts.options import Options
from bot.contracts.used import Uses
from bot.judge.catalogue import shipped
from bot.registry.model import Consumer, Contract, Evidence, Registry, Use
from bot.registry.operations import with_operations
from bot.registry.snapshot import ContractSides, Snapshot
from bot.registry.trace import trace
from tests.registry.repositories import Repository

SCHEMA = """type Query { order(id: ID!): Order  orders(filter: Filter): [Order] }
type Order { id: ID!  total: Int  sum: Int  status: Status }
enum Status { NEW PAID }
input Filter { status: Status  since: String }
"""
OPERATION = """
query OrderPage($id: ID!) {
  order(id: $id) {
    ...Head
    sum
  }
}
fragment Head on Order { id }
"""


class InProcess:
    async def used_elements(self, format: str, schema: Side, documents: Mapping[str, Document]) -> Uses:
        return formats.used_elements(format, schema, documents)


def side(text: str) -> Side:
    return Side("schema.graphql", {"schema.graphql": Document("schema.graphql", str(hash(text)), text.encode())})


async def reach(head: str, operations: Mapping[str, str], ref: str = "web/**", elements: tuple[str, ...] = ()) -> str:
    """The consumer's reach and evidence for the first finding."""
    use = Use(contract="shop", elements=elements, evidence=Evidence(kind="graphql", ref=ref))
    registry = Registry(
        contracts=(Contract(id="shop", type="graphql", files=("schema.graphql",)),),
        consumers=(Consumer(id="web", uses=(use,)),),
    )
    sides = ContractSides("shop", "graphql", side(SCHEMA), side(head))
    snapshot = Snapshot("base", "merge_base", "head", (), contracts=(sides,))
    registry = await with_operations(registry, snapshot, Repository(merge_base=operations), InProcess())
    changes = formats.compare("graphql", sides.base, sides.head, options=Options(date(2026, 11, 20))).changes
    (impact,) = trace(shipped().judge("shop", "graphql", changes), registry, "shop")
    (consumer,) = impact.consumers
    return f"{consumer.reach}: {', '.join(consumer.evidence)}"


async def test_a_removed_field_that_an_operation_uses_affects_its_consumer_with_file_and_line() -> None:
    said = await reach(SCHEMA.replace("sum: Int", ""), {"web/order.graphql": OPERATION})

    assert said == "affected: graphql `web/order.graphql:5`, date unknown"


async def test_a_consumer_whose_operations_do_not_use_it_is_not_affected() -> None:
    said = await reach(SCHEMA.replace("total: Int", ""), {"web/order.graphql": OPERATION})

    assert said == "not: "


async def test_a_demand_reaches_those_who_select_the_field() -> None:
    said = await reach(SCHEMA.replace("(id: ID!)", "(id: ID!, tenant: ID!)"), {"web/order.graphql": OPERATION})

    assert said.startswith("affected: graphql `web/order.graphql:3`")


async def test_a_variable_of_an_input_type_possibly_carries_any_of_its_fields() -> None:
    operation = "query Q($f: Filter) { orders(filter: $f) { id } }"

    said = await reach(SCHEMA.replace("since: String", ""), {"web/a.graphql": operation})
    assert said.startswith("possibly: graphql `web/a.graphql:1`")


async def test_a_literal_names_exactly_what_is_sent() -> None:
    operation = "query Q { orders(filter: {status: NEW}) { id } }"

    assert await reach(SCHEMA.replace("since: String", ""), {"web/a.graphql": operation}) == "not: "
    removed = await reach(SCHEMA.replace("NEW PAID", "PAID"), {"web/a.graphql": operation})
    assert removed.startswith("affected: graphql `web/a.graphql:1`")


@pytest.mark.parametrize(
    "manifest",
    [
        '{"version": 1,\n "operations": [\n  {"id": "1", "body": "{ order(id: 1) { sum } }"}]}',
        '{\n\n  "8f14e45f": "query Q { order(id: 1) { sum } }"}',
    ],
)
async def test_a_manifest_of_persisted_queries_shows_use_at_its_entries(manifest: str) -> None:
    said = await reach(SCHEMA.replace("sum: Int", ""), {"web/manifest.json": manifest})

    assert said == "affected: graphql `web/manifest.json:3`, date unknown"


async def test_what_cannot_be_read_takes_away_completeness_never_a_consumer() -> None:
    broken = {"web/a.graphql": "query {", "web/b.graphql": "{ order(id: 1) { id } }"}

    assert (await reach(SCHEMA.replace("sum: Int", ""), broken)).startswith("affected: ")
    assert (await reach(SCHEMA.replace("sum: Int", ""), {"elsewhere.graphql": OPERATION})).startswith("affected: ")


async def test_declared_elements_stay_beside_the_shown_ones() -> None:
    said = await reach(SCHEMA.replace("total: Int", ""), {"web/order.graphql": OPERATION}, elements=("Order.total",))

    assert said.startswith("affected: graphql `web/**`")
