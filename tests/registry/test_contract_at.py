"""The documents of a contract at one commit."""

from __future__ import annotations

from bot.contracts.document import Side
from bot.registry.contract_at import contract_at
from bot.registry.model import Contract
from tests.registry.repositories import Content, Repository, SniffingParser


async def at(files: dict[str, Content], type: str, *patterns: str, entrypoint: str | None = None) -> Side | None:
    contract = Contract.model_validate(
        {"id": "x", "type": type, "files": patterns or ["api/**"], "entrypoint": entrypoint}
    )
    return await contract_at(Repository(tip=files), "tip", contract, SniffingParser())


FILES: dict[str, Content] = {
    "api/a.yaml": "openapi: 3.0.0\n$ref: api/part.yaml\n",
    "api/b.yaml": "openapi: 3.0.0\n",
    "api/part.yaml": "type: object\n",
    "api/notes.md": "openapi: no\n",
    "web/c.yaml": "openapi: 3.0.0\n",
}


async def test_an_entrypoint_comes_with_what_it_refers_to() -> None:
    side = await at(FILES, "openapi", entrypoint="api/a.yaml")

    assert side is not None and side.entrypoint == "api/a.yaml"
    assert set(side.documents) == {"api/a.yaml", "api/part.yaml"}


async def test_without_an_entrypoint_every_document_is_one_and_parts_are_none() -> None:
    side = await at(FILES, "openapi")

    assert side is not None and side.entrypoints == {"api/a.yaml", "api/b.yaml"}
    assert set(side.documents) == {"api/a.yaml", "api/b.yaml", "api/part.yaml"}


async def test_a_contract_that_is_a_set_of_files_has_them_all() -> None:
    side = await at({"s/a.graphql": "type Query", "s/b.graphql": "type A", "s/c.txt": ""}, "graphql", "s/")

    assert side is not None and side.entrypoints == {"s/a.graphql", "s/b.graphql"}


async def test_a_contract_whose_files_are_gone_is_none() -> None:
    assert await at({}, "openapi") is None
    assert await at({}, "openapi", entrypoint="api/a.yaml") is None
    assert await at({"api/part.yaml": "type: object\n"}, "openapi") is None
