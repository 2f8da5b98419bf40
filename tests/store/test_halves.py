"""The halves of the graph outlive a restart as they were."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import text

from bot.contracts.document import Document
from bot.registry.graph.half import GatheredUse, Half
from bot.registry.reading import read_registry
from bot.store import Store
from bot.store.database import sqlite_engine
from bot.store.migrations import MIGRATIONS, migrate

NOW = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)

REGISTRY = b"""
apiVersion: contracts.review/v1
kind: ContractRegistry
defaults: {signoff: {quorum: 2}}
component: {id: checkout-web, owner: "@acme/checkout"}
contracts:
  - id: orders-api
    type: openapi
    files: [api/openapi.yaml]
    owner: "@acme/orders"
    decision_owner: "@acme/council"
    compatibility: {rules: {risky: [openapi-endpoint-removed]}}
    version: {from: info.version}
consumes:
  - contract: acme/customers#api
    elements: ["GET /customers 200:$.name"]
    signoff: {respond_within: 5d}
floors: {quorum: 2}
"""


def half(repository: str = "acme/orders", id: int = 7) -> Half:
    path = ".github/contracts.yml"
    reading = read_registry({path: Document(path, "0" * 40, REGISTRY)})
    assert reading.registry is not None, reading.problems
    use = GatheredUse(
        "acme/orders#orders-api", "web", "GET /orders", "pact", "pacts/a.json:3", "2026-11-02", pending=True
    )
    return Half(
        repository,
        id,
        reading.registry,
        commit="a" * 40,
        problems=("contracts.yml:3: odd",),
        uses=(use,),
        hidden=True,
        writers=frozenset({"@acme/checkout"}),
        former=("acme/shop",),
        places={"orders-api": ".github/contracts.yml:6"},
    )


async def test_a_half_comes_back_as_it_was_written(tmp_path: Path) -> None:
    async with await Store.open(tmp_path / "c.db") as store:
        await store.record_half(1, half(), NOW)
        await store.complete_graph(1, [7], NOW)
    async with await Store.open(tmp_path / "c.db") as store:
        (found,) = await store.halves(1) or ()
    assert found == replace(half(), refreshed_at=NOW)
    assert found.registry is not None and found.registry.component is not None
    assert found.registry.component.model_fields_set == {"id", "owner"}


async def test_a_graph_is_unknown_until_every_repository_was_read(tmp_path: Path) -> None:
    async with await Store.open(tmp_path / "c.db") as store:
        await store.record_half(1, half(), NOW)
        assert await store.halves(1) is None
        assert len(await store.kept_halves(1)) == 1
        await store.record_half(1, half("acme/gone", 8), NOW)
        await store.record_half(2, half("other/one", 9), NOW)
        await store.complete_graph(1, [7], NOW)
        assert [one.repository for one in await store.halves(1) or ()] == ["acme/orders"]
        assert await store.halves(2) is None
        assert await store.graphs() == (1,)


async def test_a_repository_that_was_renamed_is_the_same_one(tmp_path: Path) -> None:
    async with await Store.open(tmp_path / "c.db") as store:
        await store.record_half(1, half(), NOW)
        await store.record_half(1, half("acme/order-service"), NOW)
        await store.complete_graph(1, [7], NOW)
        assert [one.repository for one in await store.halves(1) or ()] == ["acme/order-service"]


async def test_a_graph_that_an_older_version_wrote_is_read_anew_and_not_half_believed(tmp_path: Path) -> None:
    async with await Store.open(tmp_path / "c.db") as store:
        await store.record_half(1, half(), NOW)
        await store.record_half(1, half("acme/odd", 8), NOW)
        await store.complete_graph(1, [7, 8], NOW)
    engine = sqlite_engine(tmp_path / "c.db", writes=True)
    with engine.begin() as connection:
        connection.execute(text("UPDATE halves SET half = replace(half, 'quorum', 'quota') WHERE repository_id = 8"))
    engine.dispose()
    async with await Store.open(tmp_path / "c.db") as store:
        assert await store.halves(1) is None
        assert [one.repository for one in await store.kept_halves(1)] == ["acme/orders"]


async def test_a_database_of_before_the_graph_gets_its_tables(tmp_path: Path) -> None:
    engine = sqlite_engine(tmp_path / "c.db", writes=True)
    migrate(engine, MIGRATIONS[:1])
    engine.dispose()
    async with await Store.open(tmp_path / "c.db") as store:
        assert await store.halves(1) is None
        await store.forget_graph(1)
