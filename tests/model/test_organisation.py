"""Plans with all that there is: git, webhooks, the running bot, the merge box.

Each of these faults, put into the product by hand, fails a plan: an edited comment signs, or an app's; whoever made the
change signs; who left a team still counts, or who joined it for what was written before; a bare approval means what was
not shown; a deleted comment, a base that moves or a retarget wakes nobody; what runs out is not looked at again; an
objection goes with its comment; a merge is not looked into, or only by the last verdict.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, note, settings

from tests.github_standin import App, Clock
from tests.model.organisation import FILES, OnePull
from tests.model.plan import Push, Step, rounds
from tests.shop.world import Shop, open_shop

EXAMPLES = int(os.environ.get("COUNTERSIGN_MODEL_EXAMPLES", "300")) // 6
BEGIN = Push("olga", "email", "gone")


class Stage:
    """One organisation and one bot for many plans; new ones after a plan that failed."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._runner = asyncio.Runner()
        self._open = AsyncExitStack()
        self._shop: Shop | None = None
        self._app: App | None = None
        self._number = 0

    def play(self, plan: list[Step]) -> OnePull:
        return self._runner.run(self._play(plan))

    async def _play(self, plan: list[Step]) -> OnePull:
        played = await OnePull.opened(*await self._at_acme(), BEGIN)
        try:
            for step in plan:
                await played.play(step)
                if not played.is_open:
                    break
            await played.finish()
            await played.close()
        except BaseException:
            note("\n".join(played.transcript))
            await self._leave()
            raise
        return played

    async def _at_acme(self) -> tuple[Shop, App]:
        if self._shop is None or self._app is None:
            self._number += 1
            folder = self._folder / str(self._number)
            folder.mkdir()
            clock = Clock(datetime(2026, 11, 23, 9, 0, tzinfo=UTC))
            self._shop = await self._open.enter_async_context(
                open_shop(folder, clock=clock, files=FILES, skips_waits=True)
            )
            self._app = self._shop.github.app("Helper", {"issues": "write"}, [])
        return self._shop, self._app

    async def _leave(self) -> None:
        self._shop = None
        await self._open.aclose()

    def close(self) -> None:
        with self._runner:
            self._runner.run(self._leave())


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    stage = Stage(tmp_path_factory.mktemp("acme"))
    yield stage
    stage.close()


@settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.generate],  # a dozen steps can be read as they are, and to make them fewer takes minutes
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(plan=rounds(3))
def test_nothing_is_merged_while_a_signature_is_missing_but_on_record(stage: Stage, plan: list[Step]) -> None:
    stage.play(plan)
