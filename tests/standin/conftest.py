from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.standin.world import World, a_world


@pytest.fixture
async def world() -> AsyncIterator[World]:
    async with a_world() as built:
        yield built
