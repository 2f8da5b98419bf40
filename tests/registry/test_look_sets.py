"""Contracts that are a set of files: what one comparison of them holds."""

from __future__ import annotations

import re

from bot.contracts.document import Document
from bot.registry.look import look
from bot.registry.snapshot import Snapshot
from tests.registry.repositories import Repository, contents

REGISTRY = ".github/contracts.yml"
PROTO = 'syntax = "proto3";'


class ProtoParser:
    """Implements `Parser`: `.proto` files are recognised, and refer to what their imports name."""

    async def recognise(self, path: str, data: bytes) -> str | None:
        return "protobuf" if path.endswith(".proto") else "graphql" if path.endswith(".graphql") else None

    async def references(self, format: str, document: Document) -> frozenset[str]:
        return frozenset(re.findall(r'import "([^"]+)"', document.data.decode()))


def registry(contract: str) -> str:
    return f"apiVersion: contracts.review/v1\nkind: ContractRegistry\ncontracts:\n  - {contract}\n"


ORDERS = registry('{id: orders, type: protobuf, files: ["proto/**/*.proto"]}')


async def look_at(repository: Repository, *renames: tuple[str, str]) -> Snapshot:
    return await look(
        repository,
        base_sha="merge_base",
        merge_base_sha="merge_base",
        head_sha="head",
        changed=repository.changed(*renames),
        parser=ProtoParser(),
    )


async def test_changed_files_of_a_contract_are_compared_together_with_what_they_import() -> None:
    imports = PROTO + 'import "lib/money.proto";'
    same = {REGISTRY: ORDERS, "lib/money.proto": PROTO, "proto/unchanged.proto": PROTO}
    repository = Repository(
        merge_base={**same, "proto/a.proto": imports, "proto/b.proto": PROTO + "//1"},
        head={**same, "proto/a.proto": imports + "//2", "proto/c.proto": PROTO + "//1"},
    )
    snapshot = await look_at(repository)
    (found,) = snapshot.contracts
    assert (found.contract, found.format) == ("orders", "protobuf")
    base, head = contents(found)
    assert sorted(base) == ["lib/money.proto", "proto/a.proto", "proto/b.proto"]
    assert sorted(head) == ["lib/money.proto", "proto/a.proto", "proto/c.proto"]
    assert found.base.entrypoints == {"proto/a.proto", "proto/b.proto"}
    assert found.head.entrypoints == {"proto/a.proto", "proto/c.proto"}
    assert repository.listings == 0


async def test_a_renamed_file_is_of_the_contract_under_both_names() -> None:
    repository = Repository(
        merge_base={REGISTRY: ORDERS, "proto/a.proto": PROTO},
        head={REGISTRY: ORDERS, "proto/b.proto": PROTO},
    )
    (found,) = (await look_at(repository, ("proto/a.proto", "proto/b.proto"))).contracts
    assert found.base.entrypoints == {"proto/a.proto"}
    assert found.head.entrypoints == {"proto/b.proto"}


async def test_a_contract_whose_files_mean_nothing_alone_is_read_whole() -> None:
    schema = registry('{id: shop, type: graphql, files: ["schema/*.graphql"]}')
    same = {REGISTRY: schema, "schema/types.graphql": "type Query { a: Int }", "readme.graphql": "type No { a: Int }"}
    repository = Repository(
        merge_base={**same, "schema/more.graphql": "extend type Query { b: Int }"},
        head={**same, "schema/more.graphql": "extend type Query { c: Int }"},
    )
    (found,) = (await look_at(repository)).contracts
    base, head = contents(found)
    assert sorted(base) == sorted(head) == ["schema/more.graphql", "schema/types.graphql"]
    assert base != head


async def test_an_untouched_set_is_not_compared() -> None:
    repository = Repository(
        merge_base={REGISTRY: ORDERS, "proto/a.proto": PROTO, "main.py": "1"},
        head={REGISTRY: ORDERS, "proto/a.proto": PROTO, "main.py": "2"},
    )
    assert (await look_at(repository)).contracts == ()
