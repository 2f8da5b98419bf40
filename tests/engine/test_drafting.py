"""`countersign init` on a real repository: what it finds, where it says so, and that nothing of it counts yet."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bot.cli import main
from bot.registry.model import Registry
from bot.registry.proposed import settled
from bot.registry.reading import read_registry
from tests.git.test_repository import git
from tests.registry.registries import document
from tests.shop.world import REGISTRY, spec

PACT = {
    "consumer": {"name": "Checkout Web"},
    "provider": {"name": "Orders API"},
    "interactions": [
        {
            "description": "an order",
            "request": {"method": "GET", "path": "/orders/17"},
            "response": {"status": 200, "body": {"status": "open", "customer": {"email": "a@b.c"}}},
        }
    ],
    "metadata": {"pactSpecification": {"version": "2.0.0"}},
}
CATALOGUE = """\
kind: Component
metadata: {name: orders}
spec:
  consumesApis: [api:default/payments, orders]
"""
FILES = {
    "api/openapi.yaml": spec(),
    "tests/openapi.yaml": spec(),
    ".github/CODEOWNERS": "* @acme/all\n/api/ @acme/orders docs@acme.example\n",
    "pacts/web.json": json.dumps(PACT, indent=1),
    "pacts/billing.json": json.dumps({**PACT, "provider": {"name": "Billing"}, "consumer": {"name": "orders"}}),
    "catalog-info.yaml": CATALOGUE,
    "proto/a.proto": 'syntax = "proto3";\npackage acme.rpc.v1;\nmessage M { string old = 1 [deprecated = true]; }\n',
    "schema/schema.graphql": "type Query { a: Int b: Int @deprecated }\n",
    "web/src/a.graphql": "query A { a }\n",
    "events/created.avsc": '{"type": "record", "name": "Created", "fields": [{"name": "id", "type": "string"}]}',
    "events/paid.avsc": '{"type": "record", "name": "Paid", "fields": [{"name": "id", "type": "string"}]}',
    "package.json": '{"name": "orders"}',
    "broken.yaml": "openapi: 3.0.0\npaths: [",
}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    git(tmp_path, "init", "-q", "-b", "main")
    for path, text in FILES.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-qm", "one")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def read(text: str) -> Registry:
    found = read_registry({REGISTRY: document(REGISTRY, text)})
    assert found.registry is not None, [str(problem) for problem in found.problems]
    return found.registry


def proposed(capsys: pytest.CaptureFixture[str]) -> str:
    assert main(["init"]) == 0
    return capsys.readouterr().out


def test_contracts_of_every_format_are_found_by_their_content(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = read(proposed(capsys))
    assert {(c.id, c.type, c.files, c.entrypoint) for c in found.contracts} == {
        ("orders-api", "openapi", ("api/openapi.yaml",), None),
        ("broken-api", "openapi", ("/broken.yaml",), None),
        ("rpc-v1", "protobuf", ("proto/a.proto",), None),
        ("graphql-api", "graphql", ("schema/schema.graphql",), None),
        ("events", "avro", ("events/*.avsc",), None),
    }
    assert found.ignore == ("**/tests/**",)


def test_nothing_that_was_inferred_counts_until_a_person_says_so(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    counts = settled(read(proposed(capsys)))
    assert (counts.contracts, counts.consumers, counts.consumes) == ((), (), ())


def test_every_inferred_line_says_where_it_is_from(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = proposed(capsys)
    for line in (
        '    title: "Orders"  # from api/openapi.yaml:3',
        "    version: {scheme: semver, from: info.version}  # from api/openapi.yaml:4 (2.4.0)",
        "    version: {scheme: path, from: package}  # from proto/a.proto:2 (acme.rpc.v1)",
        '      - {at: "Query.b", proposed: true}  # from schema/schema.graphql:1; TODO: since, sunset and successor',
        '      - {at: "acme.rpc.v1.M.old", proposed: true}  # from proto/a.proto:3; TODO: since, sunset and successor',
        "  - id: checkout-web  # from pacts/web.json:2",
    ):
        assert f"{line}\n" in text
    elements = [line for line in text.splitlines() if line.strip().startswith('- "GET /orders/{id}')]
    assert all("  # from pacts/web.json:" in line for line in elements)
    assert len(elements) >= 2


def test_owners_of_codeowners_are_suggested_and_never_entered(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = proposed(capsys)
    assert "# TODO: who produces it (.github/CODEOWNERS:2 says @acme/orders)" in text
    found = read(text)
    assert {c.owner for c in found.contracts} | {c.owner for c in found.consumers} == {"@TODO/TODO"}


def test_who_uses_a_contract_is_known_from_its_evidence(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = proposed(capsys)
    found = read(text)
    uses = {consumer.id: consumer.uses[0] for consumer in found.consumers}
    assert uses["checkout-web"].contract == "orders-api"
    assert "GET /orders/{id} 200:$.customer.email" in uses["checkout-web"].elements
    assert uses["checkout-web"].evidence.kind == "pact"
    assert uses["checkout-web"].evidence.seen
    assert uses["web"].contract == "graphql-api"
    assert uses["web"].evidence.seen
    assert "Query.a" in uses["web"].elements
    assert '- {at: "GET /orders/{id}", level: guaranteed, proposed: true}' in text
    assert '# - {at: "POST /orders", level: may_change}' in text


def test_what_pacts_call_a_contract_is_proposed_so_that_they_are_found_again(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "pacts/web.json").write_text(json.dumps({**PACT, "provider": {"name": "Orders"}}))
    git(folder, "commit", "-qam", "renamed")
    known = {contract.id: contract.known_as for contract in read(proposed(capsys)).contracts}
    assert (known["orders-api"], known["rpc-v1"]) == (("Orders",), ())


def test_evidence_about_other_repositories_shows_what_is_consumed(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = read(proposed(capsys))
    assert {entry.contract for entry in found.consumes} == {"TODO/TODO#billing", "TODO/TODO#payments"}
    assert found.component is not None
    assert found.component.id == "orders"


def test_written_it_is_a_registry_in_which_lint_lists_what_to_settle(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["init", "--write"]) == 0
    git(folder, "add", ".")
    git(folder, "commit", "-qm", "registry")
    assert main(["init"]) == 0
    assert "Everything that was found is registered" in capsys.readouterr().err
    main(["lint", "--format", "json"])
    problems = json.loads(capsys.readouterr().out)["problems"]
    errors = [problem["message"] for problem in problems if problem["severity"] == "error"]
    assert errors == ["The `owner` of the component `orders` is still to be named."]
    listed = [problem["message"] for problem in problems if "is proposed" in problem["message"]]
    assert "The contract `orders-api` is proposed: it counts for nothing yet." in listed


def test_what_a_person_has_registered_is_not_proposed_again(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    mine = """\
# Ours.
apiVersion: contracts.review/v1
kind: ContractRegistry
contracts:
  - {id: orders, type: openapi, files: [api/], owner: "@a", decision_owner: "@a"}   # mine
ignore: [broken.yaml]
"""
    (folder / REGISTRY).write_text(mine)
    assert main(["init", "--write"]) == 0
    text = (folder / REGISTRY).read_text()
    assert all(line in text.splitlines() for line in mine.splitlines())
    found = read(text)
    assert [c.id for c in found.contracts if not c.proposed] == ["orders"]
    assert {c.id for c in found.contracts if c.proposed} == {"rpc-v1", "graphql-api", "events"}
    assert next(c for c in found.consumers if c.id == "checkout-web").uses[0].contract == "orders"


def test_what_an_included_file_registers_is_not_proposed_again(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    head = "apiVersion: contracts.review/v1\nkind: ContractRegistry\n"
    entry = '{id: orders, type: openapi, files: [api/], owner: "@a", decision_owner: "@a"}'
    (folder / REGISTRY).write_text(head + "include: [more.yml]\n")
    (folder / "more.yml").write_text(head + f"contracts:\n  - {entry}\n")
    git(folder, "add", ".")
    git(folder, "commit", "-qm", "two files")
    assert main(["init"]) == 0
    said = capsys.readouterr().out
    assert "orders-api" not in said
    assert "+  - id: events" in said


def test_a_registry_that_cannot_be_read_is_left_alone(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / REGISTRY).write_text("contracts: [\n")
    assert main(["init", "--write"]) == 2
    assert f"{REGISTRY} can't be read" in capsys.readouterr().err
    assert (folder / REGISTRY).read_text() == "contracts: [\n"


def test_where_there_is_no_contract_nothing_is_proposed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    git(tmp_path, "init", "-q", "-b", "main")
    (tmp_path / "package.json").write_text("{}")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-qm", "one")
    monkeypatch.chdir(tmp_path)
    assert main(["init"]) == 1
    assert "No contract was found" in capsys.readouterr().err
