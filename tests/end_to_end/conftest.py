from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tests.published.witness import Witness
from tests.shop.world import Shop, open_shop


@pytest.fixture
def witness() -> Iterator[Witness]:
    """Sees every exchange between bot and stand-in; what GitHub would not have sent or taken fails the test."""
    watching = Witness()
    yield watching
    watching.judge()


@pytest.fixture
async def shop(tmp_path: Path, witness: Witness, caplog: pytest.LogCaptureFixture) -> AsyncIterator[Shop]:
    async with open_shop(tmp_path, observers=[witness.see]) as opened:
        yield opened
    errors = [record for record in caplog.get_records("call") if record.levelno >= logging.ERROR]
    assert [f"{record.name}: {record.getMessage()}\n{record.exc_text or ''}" for record in errors] == []
