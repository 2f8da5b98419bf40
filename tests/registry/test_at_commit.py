from __future__ import annotations

from bot.registry.at_commit import read_at
from bot.registry.snapshot import Unreadable
from tests.registry.repositories import Repository

MAIN = ".github/contracts.yml"
HEAD = "apiVersion: contracts.review/v1\nkind: ContractRegistry\n"
ORDERS = HEAD + "contracts:\n  - {id: orders, type: openapi, files: [api.yaml], owner: '@acme/orders'}\n"


async def test_no_other_file_is_taken_for_the_registry() -> None:
    repository = Repository(tip={"README.md": "# Orders\n"})
    assert await read_at(repository, "tip") is None
    assert repository.reads == []


async def test_what_the_main_file_includes_is_read_and_nothing_else() -> None:
    files = {
        MAIN: HEAD + "include: ['teams/*.yml']\n",
        "teams/orders.yml": ORDERS,
        "api.yaml": "openapi: 3.0.3",
    }
    repository = Repository(tip=files)
    reading = await read_at(repository, "tip")
    assert reading is not None and reading.registry is not None
    assert [contract.id for contract in reading.registry.contracts] == ["orders"]
    assert repository.reads == [{("tip", MAIN)}, {("tip", "teams/orders.yml")}]


async def test_a_registry_that_is_no_text_is_an_error_and_not_none_at_all() -> None:
    link = Unreadable("is a symbolic link, which is not followed")
    reading = await read_at(Repository(tip={MAIN: link}), "tip")
    assert reading is not None and reading.registry is None
    assert [str(problem) for problem in reading.errors] == [
        f"{MAIN}:1: This file is a symbolic link, which is not followed. Commit its text instead."
    ]
