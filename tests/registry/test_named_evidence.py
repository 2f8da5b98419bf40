"""Evidence that uses name in files of the same repository, from the files to who is affected."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import pytest

from bot.contracts import formats
from bot.contracts.document import Document, Side
from bot.contracts.options import Options
from bot.judge.catalogue import shipped
from bot.registry.importers.imported import Imported, Question
from bot.registry.importers.kinds import import_evidence
from bot.registry.model import Consumer, Contract, Evidence, Registry, Use
from bot.registry.named_evidence import with_named_evidence
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
    async def import_evidence(self, kind: str, question: Question, documents: Mapping[str, Document]) -> Imported:
        return import_evidence(kind, question, documents)


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
    registry = await with_named_evidence(registry, snapshot, Repository(merge_base=operations), InProcess())
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


API = """openapi: 3.0.3
info: {title: t, version: "1"}
paths:
  /orders:
    get:
      responses: {"200": {description: ok, content: {application/json: {schema: {$ref: "#/components/schemas/Order"}}}}}
components: {schemas: {Order: {type: object, properties: {id: {type: string}, total: {type: integer}}}}}
"""
STUB = '{"request": {"method": "GET", "url": "/orders"}, "response": {"jsonBody": {"id": 1}}}'
PACT = """{"consumer": {"name": "Web Shop"}, "provider": {"name": "shop"},
 "interactions": [{"description": "d", "request": {"method": "GET", "path": "/orders"},
  "response": {"status": 200, "body": {"id": 1}}}]}"""


async def api_users(kind: str, ref: str, files: Mapping[str, str], **names: str) -> tuple[Use, ...]:
    """What is known of the consumer's use, once the files that it names were read."""
    use = Use(contract="shop", evidence=Evidence(kind=kind, ref=ref, seen="2026-11-02"))
    registry = Registry(
        contracts=(Contract(id="shop", type="openapi", files=("api.yaml",)),),
        consumers=(Consumer(id=names.get("id", "web-shop"), uses=(use,)),),
    )
    api = Side("api.yaml", {"api.yaml": Document("api.yaml", "a", API.encode())})
    snapshot = Snapshot("base", "merge_base", "head", (), contracts=(ContractSides("shop", "openapi", api, api),))
    registry = await with_named_evidence(registry, snapshot, Repository(merge_base=files), InProcess())
    return registry.consumer(names.get("id", "web-shop")).uses


@pytest.mark.parametrize(("kind", "content"), [("stub", STUB), ("pact", PACT)])
async def test_stubs_and_pacts_that_a_use_names_are_read_too(kind: str, content: str) -> None:
    uses = await api_users(kind, "evidence/*.json", {"evidence/web.json": content})

    assert "GET /orders 200:$.id" in {element for use in uses for element in use.elements}
    assert all(use.elements for use in uses)
    assert {use.evidence.kind for use in uses} == {kind} and {use.evidence.seen for use in uses} == {"2026-11-02"}
    assert all(use.evidence.ref.startswith("evidence/web.json:") for use in uses)


@pytest.mark.parametrize(
    ("ref", "files"),
    [
        ("pacts/web.json@3f2c1ab", {"pacts/web.json@3f2c1ab": PACT}),  # speaks of another place
        ("pacts/*.json", {"elsewhere.json": PACT}),
        ("pacts/*.json", {"pacts/web.json": PACT.replace("Web Shop", "Somebody Else")}),
    ],
)
async def test_a_use_whose_files_show_nothing_of_it_stays_what_it_was(ref: str, files: Mapping[str, str]) -> None:
    (use,) = await api_users("pact", ref, files)

    assert use.elements == () and use.evidence.ref == ref


async def test_what_the_graph_knows_of_the_same_files_counts_once() -> None:
    named = Use(contract="shop", evidence=Evidence(kind="graphql", ref="web/**"))
    line = Evidence(kind="graphql", ref="web/order.graphql:5", seen="2026-11-02")
    later = Evidence(kind="graphql", ref="web/order.graphql", seen="2026-11-02")
    gathered = (
        Use(contract="shop", elements=("Order.sum",), evidence=line),
        Use(contract="shop", elements=("Order.id", "Order.status"), evidence=later),
    )
    registry = Registry(
        contracts=(Contract(id="shop", type="graphql", files=("schema.graphql",)),),
        consumers=(Consumer(id="web", uses=(named, *gathered)),),
    )
    sides = ContractSides("shop", "graphql", side(SCHEMA), side(SCHEMA))
    snapshot = Snapshot("base", "merge_base", "head", (), contracts=(sides,))
    files = Repository(merge_base={"web/order.graphql": OPERATION})

    (consumer,) = (await with_named_evidence(registry, snapshot, files, InProcess())).consumers

    elements = [element for use in consumer.uses for element in use.elements]
    assert sorted(elements) == sorted(set(elements))
    assert "Order.status" in elements, "what the default branch shows since then still counts"
    assert all(use.elements for use in consumer.uses)
