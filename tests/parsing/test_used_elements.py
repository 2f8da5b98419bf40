"""Operations are read in a child, too, for they are foreign files."""

from __future__ import annotations

from bot.contracts.document import Document, Side
from bot.contracts.used import Used
from bot.parsing.pool import ComparisonPool

SCHEMA = Document("schema.graphql", "s1", b"type Query { a: Int }")


async def test_what_operations_use_comes_back_from_a_child() -> None:
    page = Document("page.graphql", "p1", b"query Page {\n  a\n}")
    async with ComparisonPool(1) as pool:
        uses = await pool.used_elements("graphql", Side(SCHEMA.path, {SCHEMA.path: SCHEMA}), {page.path: page})
        again = await pool.used_elements("graphql", Side(SCHEMA.path, {SCHEMA.path: SCHEMA}), {page.path: page})
        other = await pool.used_elements("openapi", Side(SCHEMA.path, {SCHEMA.path: SCHEMA}), {page.path: page})

    assert uses.used == (Used("Query.a", "page.graphql", 2),) and not uses.problems
    assert again == uses and pool.statistics.cached == 1
    assert other.problems
