"""`countersign who-uses`, `can-i-remove`, `unbacked` and `map` in a clone. Against a server: tests/end_to_end."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bot.cli import main
from tests.git.test_repository import git
from tests.registry.asking.graphs import CONSUMERS, CONTRACT
from tests.registry.registries import HEAD

EMAIL = "GET /orders/{id} 200:$.customer.email"
TODAY = ("--today", "2026-11-20")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    git(tmp_path, "init", "-q", "-b", "main")
    git(tmp_path, "remote", "add", "origin", "git@github.com:acme/orders.git")
    write(tmp_path, CONSUMERS)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(folder: Path, consumers: str, contract: str = CONTRACT) -> None:
    (folder / "contracts.yml").write_text(HEAD + contract + consumers)
    git(folder, "add", ".")
    git(folder, "commit", "-qm", "registry")


def test_who_uses_exits_with_1_when_somebody_does_and_0_when_nobody_does(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["who-uses", EMAIL, *TODAY]) == 1
    assert "checkout-web" in capsys.readouterr().out
    assert main(["who-uses", "GET /orders/{id} 200:$.note", *TODAY]) == 0
    assert "Nobody who is registered uses it." in capsys.readouterr().out


def test_who_uses_exits_with_2_when_nobody_is_registered(folder: Path) -> None:
    write(folder, "")
    assert main(["who-uses", EMAIL]) == 2


@pytest.mark.parametrize(
    ("element", "code", "answer"),
    [
        (EMAIL, 1, "no"),
        ("GET /orders query:page", 1, "not yet"),
        ("GET /orders/{id} 200:$.note", 0, "yes"),
        ("GET /orders/{id} 200:$.items[*].sku", 2, "unknown"),
    ],
)
def test_can_i_remove_answers_by_its_exit_code(
    folder: Path, capsys: pytest.CaptureFixture[str], element: str, code: int, answer: str
) -> None:
    assert main(["can-i-remove", element, "--format", "json", *TODAY]) == code
    assert json.loads(capsys.readouterr().out)["answer"] == answer


def test_unbacked_exits_with_1_while_there_are_gaps(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["unbacked", *TODAY]) == 1
    assert "answers within 1s" in capsys.readouterr().out
    write(folder, "", CONTRACT.partition("    behaviours")[0])
    assert main(["unbacked"]) == 0


@pytest.mark.parametrize(
    ("format", "begins"),
    [
        ("mermaid", "flowchart LR"),
        ("dot", "digraph"),
        ("markdown", "| Contract"),
        ("json", "{"),
        ("terminal", "orders"),
    ],
)
def test_the_map_comes_in_every_format(
    folder: Path, capsys: pytest.CaptureFixture[str], format: str, begins: str
) -> None:
    assert main(["map", "--format", format]) == 0
    assert capsys.readouterr().out.startswith(begins)


def test_contracts_are_named_after_the_remote(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["map", "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["contracts"][0]["name"] == "acme/orders#orders-api"


def write_evidence(folder: Path) -> None:
    """A pact in which checkout-web reads an order's note, and the contract that has it."""
    pact = {
        "consumer": {"name": "Checkout Web"},
        "provider": {"name": "orders-api"},
        "interactions": [
            {
                "description": "an order",
                "request": {"method": "GET", "path": "/orders/7"},
                "response": {"status": 200, "body": {"note": "fragile"}},
            }
        ],
        "metadata": {"pactSpecification": {"version": "2.0.0"}},
    }
    schema = {"type": "object", "properties": {"note": {"type": "string"}}}
    answer = {"description": "OK", "content": {"application/json": {"schema": schema}}}
    operation = {"parameters": [{"name": "id", "in": "path", "required": True}], "responses": {"200": answer}}
    (folder / "pacts").mkdir()
    (folder / "api").mkdir()
    (folder / "pacts/checkout.json").write_text(json.dumps(pact))
    document = {"openapi": "3.0.3", "info": {"title": "Orders", "version": "1"}}
    (folder / "api/openapi.json").write_text(json.dumps(document | {"paths": {"/orders/{id}": {"get": operation}}}))


def test_evidence_of_the_clone_s_own_files_counts(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_evidence(folder)
    evidence = '    evidence_from: [{kind: pact, path: "pacts/*.json"}]\n'
    write(folder, CONSUMERS, CONTRACT + evidence)
    assert main(["who-uses", "GET /orders/{id} 200:$.note", "--format", "json"]) == 1
    (found,) = json.loads(capsys.readouterr().out)["contracts"]
    assert [user["consumer"] for user in found["users"]] == ["checkout-web"]
    assert found["users"][0]["proofs"][0]["ref"] == "pacts/checkout.json"


def test_files_that_a_use_names_answer_for_a_consumer_that_lists_nothing(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_evidence(folder)
    uses = "uses: [{contract: orders-api, evidence: {kind: pact, ref: pacts/checkout.json}}]"
    write(folder, f"consumers:\n  - {{id: checkout-web, owner: '@acme/checkout', {uses}}}\n")
    assert main(["who-uses", "GET /orders/{id} 200:$.note", "--format", "json"]) == 1
    (found,) = json.loads(capsys.readouterr().out)["contracts"]
    assert [user["consumer"] for user in found["users"]] == ["checkout-web"]
    (proof,) = found["users"][0]["proofs"]
    assert proof["ref"] == "pacts/checkout.json", "and not that it may use anything"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["who-uses", "customer.email"], "did you mean `GET /orders/{id} 200:$.customer.email`?"),
        (["who-uses", EMAIL, "--contract", "orders"], "there is no contract `orders`: did you mean `orders-api`?"),
        (["unbacked", "--contract", "payments"], "there is no contract `payments` (there are: orders-api)"),
    ],
)
def test_a_question_that_cannot_be_answered_is_refused_with_what_to_ask(
    folder: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], said: str
) -> None:
    assert main(arguments) == 2
    assert said in capsys.readouterr().err


def test_a_broken_registry_is_named_with_file_and_line(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(folder, CONSUMERS, CONTRACT.replace("decision_owner", "decision_ower"))
    assert main(["map"]) == 2
    assert "contracts.yml:8" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("server", "said"),
    [
        ("http://countersign.example.com", "has no TLS, and your token would be sent there"),
        ("countersign.example.com", "is not the address of a server"),
        ("https://user:secret@example.com", "is not the address of a server"),
    ],
)
def test_a_token_is_sent_to_no_server_without_tls(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, server: str, said: str
) -> None:
    monkeypatch.setenv("COUNTERSIGN_TOKEN", "ghp_secret")
    assert main(["map", "--server", server]) == 2
    told = capsys.readouterr().err
    assert said in told
    assert "ghp_secret" not in told


def test_a_server_is_not_asked_without_a_token(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("COUNTERSIGN_TOKEN", raising=False)
    monkeypatch.delenv("GITHUB_TOKEN", raising=False)
    assert main(["map", "--server", "https://countersign.example.com"]) == 2
    assert "COUNTERSIGN_TOKEN or GITHUB_TOKEN" in capsys.readouterr().err


def test_docs_writes_a_page_for_each_contract_and_an_index(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["docs", "--out", "docs/contracts", *TODAY]) == 0
    assert capsys.readouterr().err == "countersign: wrote 2 files to docs/contracts\n"
    assert sorted(path.name for path in (folder / "docs/contracts").iterdir()) == ["README.md", "orders-api.md"]
    assert main(["docs", *TODAY]) == 0
    both = [(folder / "docs/contracts" / name).read_text() for name in ("README.md", "orders-api.md")]
    assert capsys.readouterr().out == "\n".join(both)


def test_docs_cannot_write_where_a_file_is(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["docs", "--out", "contracts.yml"]) == 2
    assert "contracts.yml: File exists" in capsys.readouterr().err


@pytest.mark.parametrize("command", ["who-uses", "can-i-remove"])
@pytest.mark.parametrize(
    ("element", "near"),
    [
        ("GET /order/{id}", "did you mean `GET /orders/{id}`?"),
        ("DELETE /orders/{id}", "is in no operation of orders-api"),
        ("GET /orders/{id} 200:$.noet", "`noet` is nowhere in it; did you mean `note`?"),
    ],
)
def test_what_the_contract_does_not_have_is_not_free_to_go(
    folder: Path, capsys: pytest.CaptureFixture[str], command: str, element: str, near: str
) -> None:
    write_evidence(folder)
    (folder / "pacts/checkout.json").unlink()
    write(folder, CONSUMERS)
    assert main([command, element, *TODAY]) == 2
    assert near in capsys.readouterr().err
    assert main([command, "GET /orders/{order} 200:$.note", *TODAY]) == 0


def test_evidence_that_cannot_be_read_leaves_a_consumer_that_may_use_anything(folder: Path) -> None:
    own = 'component: {id: web, owner: "@acme/web"}\nconsumes:\n  - contract: orders-api\n    evidence_from:\n'
    write_evidence(folder)
    for name in ("web", "broken"):
        pact = (folder / "pacts/checkout.json").read_text().replace("Checkout Web", "web")
        (folder / f"pacts/{name}.json").write_text(pact if name == "web" else "{")
    write(folder, own + "      - {kind: pact, path: pacts/web.json}\n")
    assert main(["can-i-remove", "GET /orders/{id}", "--contract", "orders-api"]) == 1
    assert main(["can-i-remove", "GET /orders/{id} 200", "--contract", "orders-api"]) == 1
    read_all = main(["who-uses", "GET /orders/{id} path:id", "--contract", "orders-api"])
    write(folder, own + "      - {kind: pact, path: 'pacts/*.json'}\n")
    assert main(["who-uses", "GET /orders/{id} 200:$.id", "--contract", "orders-api"]) == 1
    assert read_all == 1


@pytest.mark.parametrize("command", [["map"], ["unbacked"], ["docs"], ["who-uses", EMAIL], ["can-i-remove", EMAIL]])
def test_a_registry_that_is_only_proposed_answers_nothing(
    folder: Path, capsys: pytest.CaptureFixture[str], command: list[str]
) -> None:
    write(folder, CONSUMERS, CONTRACT.replace("    type: openapi", "    type: openapi\n    proposed: true"))
    assert main(command) == 2
    assert "only proposed, so nothing counts yet" in capsys.readouterr().err


@pytest.mark.parametrize("command", ["map", "lint"])
def test_a_registry_that_is_not_committed_yet_is_said_to_be_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], command: str
) -> None:
    git(tmp_path, "init", "-q", "-b", "main")
    git(tmp_path, "commit", "-q", "--allow-empty", "-m", "nothing")
    monkeypatch.chdir(tmp_path)
    assert main([command]) == 2
    assert "`countersign init` proposes one" in capsys.readouterr().err
    (tmp_path / "contracts.yml").write_text(HEAD + CONTRACT)
    assert main([command]) == 2
    assert "contracts.yml is not committed there" in capsys.readouterr().err
