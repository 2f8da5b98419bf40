"""What the doctor says of the graph, from the database alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from bot.engine.doctor_graph import examine_graph
from bot.registry.graph.half import Half
from bot.registry.model import Floors, Registry
from bot.report.doctor import Health
from bot.store import Store
from tests.registry.graph.halves import EMAIL, consumer, producer

NOW = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)


async def test_broken_halves_and_double_claims_are_named_with_file_and_line(tmp_path: Path) -> None:
    broken = replace(consumer(EMAIL), problems=(".github/contracts.yml:4: `konsumes` is no key.",), stale=True)
    twin = producer(repository="acme/copy", places={"orders-api": "contracts.yml:4"})
    async with await Store.open(tmp_path / "c.db") as store:
        assert await examine_graph(store, None) == ()
        for half in (producer(), twin, broken):
            await store.record_half(1, half, NOW)
        await store.complete_graph(1, [half.repository_id for half in (producer(), twin, broken)], NOW)
        found = await examine_graph(store, None)
        assert [one.health for one in found] == [Health.WARNING] * 3
        assert any(
            one.message.startswith("acme/checkout-web: .github/contracts.yml:4:")
            and one.instead == "Put it right in acme/checkout-web. Until then its last readable registry counts."
            for one in found
        )
        (only,) = await examine_graph(store, "acme/copy")
        assert only.message.startswith("acme/copy: contracts.yml:4: `orders-api` is claimed by acme/orders too.")


async def test_a_graph_without_complaints_is_well(tmp_path: Path) -> None:
    async with await Store.open(tmp_path / "c.db") as store:
        await store.record_half(1, producer(), NOW)
        await store.complete_graph(1, [producer().repository_id], NOW)
        (one,) = await examine_graph(store, None)
        assert (one.health, one.message) == (Health.OK, "1 repository read, nothing to put right.")


async def test_what_a_repository_sets_below_the_organisations_floors_is_named(tmp_path: Path) -> None:
    demanding = Half("acme/.github", 900, Registry(floors=Floors(notice="180d")))
    async with await Store.open(tmp_path / "c.db") as store:
        for half in (producer(), demanding):
            await store.record_half(1, half, NOW)
        await store.complete_graph(1, [producer().repository_id, 900], NOW)
        (one,) = await examine_graph(store, "acme/orders")
        assert one.message == (
            "acme/orders: `deprecation.notice` of `orders-api` counts as 180d, not 90d: the organisation's floor."
        )
