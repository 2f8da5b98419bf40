"""The published schema tells an editor what each term means."""

from __future__ import annotations

import pytest

from bot.cli import main
from bot.registry.described import DESCRIPTIONS
from bot.registry.model import Component
from bot.registry.schema import json_schema, schema_text

SCHEMA = json_schema()
MODELS = {"RegistryFile": SCHEMA, **SCHEMA["$defs"]}


@pytest.mark.parametrize("model", MODELS)
def test_every_term_is_described_and_nothing_else(model: str) -> None:
    """If not: write its sentence into bot/registry/described.py."""
    terms = MODELS[model]["properties"]
    assert set(DESCRIPTIONS.get(model, {})) == set(terms)
    assert all(term["description"] == DESCRIPTIONS[model][name] for name, term in terms.items())


def test_no_description_of_a_model_that_is_gone() -> None:
    assert set(DESCRIPTIONS) == set(MODELS)


def test_schema_prints_what_is_published(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["schema"]) == 0
    assert capsys.readouterr().out == schema_text()


def test_a_managed_user_with_a_short_code_in_their_login_can_own_something() -> None:
    """docs: "Username considerations for external authentication": their logins end in `_` and the short code."""
    assert Component(id="checkout-web", owner="@mona-lisa_acme").owner == "@mona-lisa_acme"
