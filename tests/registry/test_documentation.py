"""docs/registry.md and the published schema say what the code does."""

from __future__ import annotations

import json
import re
from pathlib import Path

import jsonschema_rs
import pytest
import yaml

from bot.contracts.address import parse
from bot.judge.catalogue import shipped
from bot.registry.evidence import KINDS
from bot.registry.lint import lint
from bot.registry.model import Consumer, Contract, RegistryFile
from bot.registry.reading import read_registry
from bot.registry.schema import schema_text
from bot.registry.terms import CONTRACT_TYPES
from bot.registry.tolerance import WORDS
from tests.registry.registries import MAIN, document

DOCS = Path(__file__).parents[2] / "docs"
TEXT = (DOCS / "registry.md").read_text()
EXAMPLES = re.findall(r"```yaml\n(.*?)```", TEXT, re.DOTALL)
SCHEMA = DOCS / "schema" / "contracts.schema.json"


@pytest.mark.parametrize("example", EXAMPLES)
def test_the_examples_have_no_problems(example: str) -> None:
    found = read_registry({MAIN: document(MAIN, example)})
    rules = shipped().entries.keys()
    paths = ["api/orders/openapi.yaml", "api/orders/parts/order.yaml"]
    paths += ["tests/contract/test_ordering.py", "pacts/checkout-web-orders.json"]
    paths += [".github/contracts.yml"]
    repository = "acme/.github" if "floors:" in example else "acme/checkout-web"
    assert [str(p) for p in lint(found, rule_ids=rules, paths=paths, repository=repository)] == []


def test_every_term_is_documented() -> None:
    terms = {
        field.alias or name
        for model in (RegistryFile, Contract, Consumer)
        for name, field in model.model_fields.items()
        if name != "title"
    }
    assert [term for term in sorted(terms) if f"`{term}" not in TEXT] == []
    for word in (*CONTRACT_TYPES, *KINDS, *WORDS):
        assert f"`{word}`" in TEXT


def test_every_address_of_the_grammars_table_can_be_read() -> None:
    section = TEXT.partition("## Element addresses")[2].partition("Paths begin")[0]
    rows = [line for line in section.splitlines() if line.startswith("| ")][1:]
    addresses = [address for row in rows for address in re.findall(r"`([^`]+)`", row.split("|")[2])]
    assert len(addresses) > 15
    for address in addresses:
        assert parse(address).tokens


def test_the_published_schema_is_current() -> None:
    """If not: `python -c "from bot.registry.schema import schema_text; print(schema_text(), end='')"` writes it."""
    assert SCHEMA.read_text() == schema_text()


@pytest.mark.parametrize("example", EXAMPLES)
def test_the_published_schema_accepts_the_examples(example: str) -> None:
    validator = jsonschema_rs.validator_for(json.loads(SCHEMA.read_text()))
    value = yaml.load(example, yaml.BaseLoader)
    value["x-ours"] = "kept"
    errors = [error.message for error in validator.iter_errors(_numbers(value))]
    assert errors == []


def test_the_published_schema_refuses_what_the_reader_refuses() -> None:
    validator = jsonschema_rs.validator_for(json.loads(SCHEMA.read_text()))
    head = {"apiVersion": "contracts.review/v1", "kind": "ContractRegistry"}
    assert validator.is_valid(head)
    assert not validator.is_valid({**head, "contract": []})
    assert not validator.is_valid({**head, "contracts": [{"id": "a", "type": "openapi"}]})
    assert not validator.is_valid({**head, "contracts": [{"id": "a", "type": "openapi", "files": ["a"], "owner": "b"}]})


def _numbers(value: object) -> object:
    """The numbers and truths that a loader which makes everything text has taken away."""
    if isinstance(value, dict):
        return {k: _numbers(v) for k, v in value.items()}
    if isinstance(value, list):
        return [_numbers(v) for v in value]
    if value in ("true", "false"):
        return value == "true"
    return int(value) if isinstance(value, str) and value.isdigit() else value
