"""`countersign import`: what files show, and the block for the registry, which loses nothing that is declared."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

from bot.cli import main
from bot.contracts.document import Document
from bot.registry.reading import read_registry
from tests.git.test_repository import git
from tests.shop.world import REGISTRY, SPEC, registry, spec, without_email

PACT = {
    "consumer": {"name": "Checkout Web"},
    "provider": {"name": "orders-api"},
    "interactions": [
        {
            "description": "an order",
            "providerState": "order 17 exists",
            "request": {"method": "GET", "path": "/orders/17"},
            "response": {"status": 200, "body": {"status": "open", "customer": {"id": "c1", "email": "a@b.test"}}},
        }
    ],
}
HAR = {
    "log": {
        "entries": [
            {"request": {"method": "GET", "url": "https://api.test/orders?limit=1", "queryString": [{"name": "limit"}]}}
        ]
    }
}
NEW = ["GET /orders/{id} path:id", "GET /orders/{id} 200:$.customer.id"]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    git(tmp_path, "init", "-q", "-b", "main")
    files = {
        SPEC: spec(),
        REGISTRY: registry(),
        "pacts/web.json": json.dumps(PACT, indent=1),
        "rec/web.har": json.dumps(HAR),
    }
    for path, text in files.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-qm", "one")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "160")
    return tmp_path


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    code = main(["import", *arguments])
    return code, capsys.readouterr().out


def test_what_is_new_known_and_not_shown_is_told_with_file_and_line(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, said = run(capsys, "pacts", "--kind", "pact", "--contract", "orders-api", "--today", "2027-06-01")

    assert code == 1
    assert "checkout-web uses 4 elements of orders-api, 2 of them new" in said
    lines = (folder / "pacts/web.json").read_text().splitlines()
    line = next(number for number, text in enumerate(lines, start=1) if '"id": "c1"' in text)
    assert "+ GET /orders/{id} 200:$.customer.id" in said and f"pacts/web.json:{line}" in said
    assert "= GET /orders/{id} 200:$.customer.email" in said
    assert "? POST /orders request:$.items[*].sku" in said and "due for review" in " ".join(said.split())
    assert "order 17 exists" in said
    assert '      - {kind: pact, path: "pacts/web.json"}' in said


def test_the_block_takes_the_entry_s_place_and_loses_nothing(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, block = run(capsys, "pacts/web.json", "--kind", "pact", "--contract", SPEC, "--format", "yaml")
    whole = registry()
    before = read_registry({REGISTRY: Document(REGISTRY, "", whole.encode())}).registry
    merged = yaml.safe_load(whole) | {
        "consumers": [*yaml.safe_load(block)["consumers"], yaml.safe_load(whole)["consumers"][1]]
    }
    after = read_registry({REGISTRY: Document(REGISTRY, "", yaml.safe_dump(merged).encode())}).registry

    assert code == 1 and before is not None and after is not None
    (mine, use), theirs = after.consumer("checkout-web").uses, before.consumer("checkout-web")
    assert (mine,) == theirs.uses and list(use.elements) == NEW
    assert use.evidence.kind == "pact" and use.evidence.ref == "pacts/web.json" and use.evidence.seen is not None
    assert after.consumer("checkout-web").model_copy(update={"uses": ()}) == theirs.model_copy(update={"uses": ()})


def test_once_it_is_written_there_is_nothing_more_to_write(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _, block = run(capsys, "pacts/web.json", "--kind", "pact", "--contract", "orders-api", "--format", "yaml")
    head, _, rest = registry().partition("consumers:\n")
    warehouse = rest[rest.index("  - id: warehouse") :]
    (folder / REGISTRY).write_text(head + block + warehouse)
    git(folder, "commit", "-qam", "imported")

    code, said = run(capsys, "pacts/web.json", "--kind", "pact", "--contract", "orders-api")

    assert code == 0 and "The registry says all of it already." in said


def test_a_consumer_that_is_not_registered_is_offered_whole(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "pacts/web.json").write_text(json.dumps(PACT | {"consumer": {"name": "Mobile App"}}))
    code, said = run(capsys, "pacts/web.json", "--kind", "pact", "--contract", "orders-api", "--format", "json")
    (consumer,) = json.loads(said)["consumers"]

    assert code == 1 and consumer["id"] == "mobile-app" and not consumer["registered"]
    _, block = run(capsys, "pacts/web.json", "--kind", "pact", "--contract", "orders-api", "--format", "yaml")
    assert 'known_as: ["Mobile App"]' in block and "TODO" in block


def test_files_that_name_nobody_need_a_consumer(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, said = run(capsys, "rec/web.har", "--kind", "har", "--contract", "orders-api")
    assert code == 2 and "`rec/web.har` does not say whose it is: add --consumer ID." in said

    code, said = run(capsys, "rec/web.har", "--kind", "har", "--contract", "orders-api", "--consumer", "warehouse")
    assert code == 1 and "+ GET /orders query:limit" in said
    assert '{kind: har, path: "rec/web.har", consumer: warehouse}' in said


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["pacts", "--kind", "pact", "--contract", "nope"], "these are: orders-api"),
        (["nowhere.json", "--kind", "pact", "--contract", "orders-api"], "nowhere.json: No such file"),
        (["pacts", "--kind", "pact", "--contract", "pacts/web.json"], "no contract of a format that is known"),
    ],
)
def test_what_cannot_be_imported_is_refused_in_words(
    arguments: list[str], said: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["import", *arguments]) == 2
    assert said in capsys.readouterr().err


def test_without_a_repository_a_contract_s_file_is_enough(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "openapi.yaml").write_text(spec())
    (tmp_path / "web.json").write_text(json.dumps(PACT | {"provider": {"name": "Orders"}}))
    monkeypatch.chdir(tmp_path)
    code, said = run(capsys, "web.json", "--kind", "pact", "--contract", "openapi.yaml")

    assert code == 1 and "checkout-web uses 4 elements" in said and "evidence_from" not in said


WAREHOUSE_PACT = """
    evidence_from:
      - {kind: pact, path: "pacts/*.json"}
"""


def test_check_counts_evidence_in_the_same_repository(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The registry names another element for the warehouse: its pact shows that it reads e-mail addresses."""
    (folder / "pacts/warehouse.json").write_text(json.dumps(PACT | {"consumer": {"name": "Warehouse"}}, indent=1))
    named = registry().replace("consumers:\n", WAREHOUSE_PACT.lstrip("\n") + "consumers:\n", 1)
    (folder / REGISTRY).write_text(named)
    git(folder, "add", ".")
    git(folder, "commit", "-qm", "evidence")
    git(folder, "checkout", "-qb", "topic")
    (folder / SPEC).write_text(without_email(spec()))
    git(folder, "commit", "-qam", "remove")

    assert main(["check", "--base", "main", "--format", "json"]) == 1
    judged = json.loads(capsys.readouterr().out)
    (finding,) = [one for one in judged["findings"] if one["level"] == "breaking"]
    warehouse = next(one for one in finding["consumers"] if one["consumer"] == "warehouse")
    assert warehouse["reach"] == "affected"
    assert any("pacts/warehouse.json" in sentence and "seen " in sentence for sentence in warehouse["evidence"])
