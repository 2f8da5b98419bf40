"""What the files of a repository show, from the registry's globs to consumers, days and problems in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest

from bot.contracts import formats
from bot.contracts.document import Document
from bot.registry import gather as gathering
from bot.registry.contract_at import contract_at
from bot.registry.gather import Gathered, Promised, gather
from bot.registry.importers.imported import Imported, Question
from bot.registry.importers.kinds import import_evidence
from bot.registry.model import Component
from bot.registry.snapshot import Unreadable
from tests.registry.importers.asking import ORDERS
from tests.registry.registries import registry
from tests.registry.repositories import Content, Repository

CONTRACT = """
contracts:
  - id: orders-api
    type: openapi
    files: [api/**]
    known_as: [Orders]
    owner: "@acme/orders"
    decision_owner: "@acme/council"
"""
CONSUMERS = """
consumers:
  - {id: checkout-web, known_as: [Web Shop], owner: "@acme/checkout"}
  - {id: warehouse, owner: "@acme/warehouse"}
"""
FILES: dict[str, Content] = {"api/orders.yaml": ORDERS, "api/README.md": "# Orders"}


class Reader:
    """Everything in this process. Implements `Parser` and `EvidenceReader`."""

    async def recognise(self, path: str, data: bytes) -> str | None:
        return formats.recognise(path, data)

    async def references(self, format: str, document: Document) -> frozenset[str]:
        return formats.referenced_files(format, document)

    async def import_evidence(self, kind: str, question: Question, documents: Mapping[str, Document]) -> Imported:
        return import_evidence(kind, question, documents)


def pact(consumer: str, *fields: str, provider: str = "Orders") -> str:
    body = ", ".join(f'"{field}": "x"' for field in fields)
    return (
        f'{{"consumer": {{"name": "{consumer}"}}, "provider": {{"name": "{provider}"}}, "interactions": [\n'
        '{"description": "d", "request": {"method": "GET", "path": "/orders/1"},\n'
        f'"response": {{"status": 200, "body": {{\n{body}}}}}}}]}}'
    )


def source(line: str) -> str:
    return CONTRACT + f"    evidence_from:\n      - {line}\n" + CONSUMERS


async def found(
    text: str,
    files: Mapping[str, Content],
    *,
    days: Mapping[str, str] | None = None,
    others: Sequence[Component] = (),
    home: str = "acme/orders",
) -> Gathered:
    """What `home` shows; the contract lies in acme/orders, whoever asks."""
    repository = Repository(tip={**FILES, **files})
    repository.days = dict(days or {})
    contract = registry(CONTRACT).contract("orders-api")
    reader = Reader()

    async def contract_of(name: str) -> Promised | None:
        if name != "acme/orders#orders-api":
            return None
        return Promised(contract, await contract_at(repository, "tip", contract, reader))

    return await gather(registry(text), home, repository, "tip", contract_of=contract_of, reader=reader, others=others)


def who(gathered: Gathered) -> set[tuple[str, str]]:
    return {(use.consumer, use.element.partition(" 200:")[2]) for use in gathered.uses if " 200:" in use.element}


async def test_pacts_that_lie_with_the_producer_are_uses_of_those_who_wrote_them() -> None:
    files = {"pacts/web.json": pact("checkout-web", "id", "status"), "pacts/warehouse.json": pact("warehouse", "id")}
    gathered = await found(source("{kind: pact, path: pacts/*.json}"), files, days={"pacts/web.json": "2026-11-02"})

    assert who(gathered) == {("checkout-web", "$.id"), ("checkout-web", "$.status"), ("warehouse", "$.id")}
    status = next(use for use in gathered.uses if use.element.endswith("$.status"))
    assert (status.contract, status.kind, status.ref, status.seen) == (
        "acme/orders#orders-api",
        "pact",
        "pacts/web.json:4",
        "2026-11-02",
    )
    assert not gathered.problems


@pytest.mark.parametrize("name", ["Web Shop", "web-shop", "WebShop", "Checkout Web", "CHECKOUT_WEB"])
async def test_a_consumer_is_known_by_its_names_however_they_are_spelled(name: str) -> None:
    gathered = await found(source("{kind: pact, path: pacts/*.json}"), {"pacts/a.json": pact(name, "id")})

    assert who(gathered) == {("checkout-web", "$.id")} and not gathered.problems


async def test_a_name_that_nobody_knows_is_a_problem_that_says_what_to_write() -> None:
    gathered = await found(source("{kind: pact, path: pacts/*.json}"), {"pacts/a.json": pact("Mobile", "id")})

    assert not gathered.uses
    assert gathered.problems == (
        "`pacts/a.json` is about the consumer `Mobile`, which no registry knows. "
        "Register it under `consumers`, or write `known_as: [Mobile]` at the one that it is.",
    )
    known = [Component(id="mobile-app", known_as=("mobile",))]
    files = {"pacts/a.json": pact("Mobile", "id")}
    elsewhere = await found(source("{kind: pact, path: pacts/*.json}"), files, others=known)
    assert who(elsewhere) == {("mobile-app", "$.id")} and not elsewhere.problems


async def test_a_name_that_two_consumers_share_is_nobody_s() -> None:
    twice = source("{kind: pact, path: pacts/*.json}").replace(
        "{id: warehouse,", "{id: warehouse, known_as: [web-shop],"
    )
    gathered = await found(twice, {"pacts/a.json": pact("webshop", "id")})

    assert not gathered.uses
    assert "which may be `checkout-web` or `warehouse`" in gathered.problems[0]


async def test_nobody_takes_the_name_of_a_registered_consumer_and_no_other_repository_is_named() -> None:
    claiming = [Component(id="secret-app", known_as=("checkout web",)), Component(id="other", known_as=("mobile app",))]
    claiming.append(Component(id="third", known_as=("mobile-app",)))
    files = {"pacts/a.json": pact("Checkout Web", "id"), "pacts/b.json": pact("MobileApp", "id")}
    gathered = await found(source("{kind: pact, path: pacts/*.json}"), files, others=claiming)

    assert who(gathered) == {("checkout-web", "$.id")}
    assert gathered.problems == (
        "`pacts/b.json` is about the consumer `MobileApp`, which may be any of 2 that speak for themselves in other "
        "repositories. Write `known_as: [MobileApp]` at the one that it is.",
    )


STUB = '{"request": {"method": "GET", "url": "/orders/1"}, "response": {"jsonBody": {"id": 1}}}'


async def test_files_that_do_not_say_whose_they_are_are_those_of_the_consumer_that_the_line_names() -> None:
    named = await found(source("{kind: stub, path: stubs/, consumer: warehouse}"), {"stubs/a.json": STUB})
    unnamed = await found(source("{kind: stub, path: stubs/}"), {"stubs/a.json": STUB})

    assert who(named) == {("warehouse", "$.id")} and not named.problems
    assert not unnamed.uses
    assert unnamed.problems == (
        "`stubs/a.json` does not say which consumer it is about. Write `consumer: its-id` beside `path: stubs/`.",
    )


OWN = """
component: {id: checkout-web, owner: "@acme/checkout"}
consumes:
  - contract: acme/orders#orders-api
    evidence_from:
      - {kind: pact, path: "pacts/*.json"}
"""


async def test_a_consumer_s_own_files_are_held_against_a_contract_in_another_repository() -> None:
    files = {"pacts/a.json": pact("checkout-web", "id"), "pacts/b.json": pact("checkout-web", "x", provider="Payments")}
    gathered = await found(OWN, files, home="acme/web")

    assert who(gathered) == {("checkout-web", "$.id")} and not gathered.problems
    assert {use.contract for use in gathered.uses} == {"acme/orders#orders-api"}


async def test_a_consumer_s_own_file_under_a_name_that_nobody_knows_counts_and_is_told() -> None:
    gathered = await found(OWN, {"pacts/a.json": pact("Browser", "id")}, home="acme/web")

    assert who(gathered) == {("checkout-web", "$.id")}
    assert "It was counted as `checkout-web`: write `known_as: [Browser]` at `component`" in gathered.problems[0]


async def test_a_contract_that_is_nowhere_is_a_problem_and_no_error() -> None:
    gathered = await found(OWN.replace("orders-api", "orders-v2"), {"pacts/a.json": pact("checkout-web", "id")})

    assert not gathered.uses and "there is no contract `acme/orders#orders-v2`" in gathered.problems[0]


async def test_what_is_only_proposed_shows_nothing() -> None:
    text = source("{kind: pact, path: pacts/*.json}").replace(
        "    type: openapi", "    type: openapi\n    proposed: true"
    )

    assert await found(text, {"pacts/a.json": pact("checkout-web", "id")}) == Gathered()


async def test_files_that_cannot_be_had_and_globs_that_name_none_are_told() -> None:
    missing = await found(source("{kind: pact, path: pacts/*.json}"), {})
    pointer = Unreadable("is a Git LFS pointer")
    unreadable = await found(source("{kind: pact, path: pacts/*.json}"), {"pacts/a.json": pointer})

    assert missing.problems == (
        "`evidence_from` of `acme/orders#orders-api`, `pacts/*.json`: names no file that is there.",
    )
    assert unreadable.problems == ("`pacts/a.json` is a Git LFS pointer, so it could not be read as evidence.",)


@pytest.mark.parametrize(("limit", "value"), [("MOST_FILES", 2), ("MOST_BYTES", 600)])
async def test_more_than_is_read_is_told_and_nothing_of_it_is_complete(
    limit: str, value: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gathering, limit, value)
    files = {f"pacts/{number}.json": pact("checkout-web", f"field{number}") for number in range(4)}
    gathered = await found(source("{kind: pact-full, path: pacts/*.json}"), files)

    assert who(gathered) == {("checkout-web", "$.field0"), ("checkout-web", "$.field1")}
    assert len(gathered.problems) == 1 and "pacts/*.json" in gathered.problems[0]
    assert {(use.kind, use.complete) for use in gathered.uses} == {("pact", False)}


async def test_of_several_files_that_show_the_same_the_newest_counts() -> None:
    files = {"pacts/a.json": pact("checkout-web", "id"), "pacts/b.json": pact("checkout-web", "id")}
    days = {"pacts/a.json": "2026-01-01", "pacts/b.json": "2026-11-02"}
    gathered = await found(source("{kind: pact, path: pacts/*.json}"), files, days=days)

    assert {use.seen for use in gathered.uses} == {"2026-11-02"}
    assert all(use.ref.startswith("pacts/b.json:") for use in gathered.uses)


NAMED = """
consumers:
  - id: checkout-web
    known_as: [Web Shop]
    uses: [{contract: orders-api, evidence: {kind: pact, ref: %s}}]
"""


async def test_files_that_a_registered_use_names_are_shown_for_its_consumer_alone() -> None:
    files = {"pacts/web.json": pact("Web Shop", "status"), "pacts/other.json": pact("somebody", "id")}
    gathered = await found(CONTRACT + NAMED % "pacts/*.json", files, days={"pacts/web.json": "2026-11-02"})

    assert who(gathered) == {("checkout-web", "$.status")}
    assert {(use.ref.partition(":")[0], use.seen) for use in gathered.uses} == {("pacts/web.json", "2026-11-02")}
    assert not gathered.problems


@pytest.mark.parametrize("ref", ["pacts/web.json@3f2c1ab", "our broker", "pacts/gone.json"])
async def test_a_ref_that_names_no_file_here_is_only_shown(ref: str) -> None:
    assert await found(CONTRACT + NAMED % f'"{ref}"', {"pacts/web.json": pact("Web Shop", "id")}) == Gathered()
