"""Entries are put into a registry that somebody wrote, and every line of it stays."""

from __future__ import annotations

import pytest

from bot.contracts.document import Position
from bot.registry.drafting.codeowners import Owners
from bot.registry.drafting.found import Consumed, Contract, Found, User
from bot.registry.drafting.insertion import NoPlace, inserted
from bot.registry.drafting.proposal import propose
from bot.registry.model import Registry
from bot.registry.reading import read_registry
from tests.registry.registries import HEAD, MAIN, document

AT = Position("api.yaml", 1)
FOUND = Found(
    contracts=(
        Contract(
            "openapi",
            ("api.yaml",),
            ("api.yaml",),
            "api.yaml",
            AT,
            users=(User("web", "pact", "p.json", Position("p.json", 2), {"GET /a": Position("p.json", 7)}),),
        ),
    ),
    consumed=(Consumed("Billing", "orders", "pact", "b.json", Position("b.json", 2), "Billing"),),
)
OWN = "  - {id: mine, type: avro, files: [a.avsc], owner: '@a', decision_owner: '@a'}\n"
LAYOUTS = {
    "nothing but the heading": HEAD,
    "no line end": HEAD + "branches: [main]",
    "a list": HEAD + "contracts:\n" + OWN + "branches: [main]  # ours\n",
    "a list without indentation": HEAD + "contracts:\n" + OWN.strip() + "\n# the end\n",
    "empty lists": HEAD + "contracts: []  # none\nconsumers: []\n# the end\nconsumes: []\nbranches: [main]\n",
    "a text at its end": HEAD
    + "contracts:\n- id: mine\n  type: avro\n  files: [a.avsc]\n  owner: '@a'\n  decision_owner: '@a'\n"
    + "  behaviours:\n  - id: x\n    aspect: meaning\n    statement: |+\n      Kept.\n\n\nbranches: [main]\n",
    "a component of its own": HEAD + "component: {id: me, owner: '@a'}\nconsumes:\n  - contract: a/b#c  # theirs\n",
    "windows line ends": (HEAD + "contracts:\n" + OWN).replace("\n", "\r\n"),
}


def nobody(_: str) -> tuple[Owners, str]:
    return Owners(), ""


def read(text: str) -> Registry:
    found = read_registry({MAIN: document(MAIN, text)})
    assert found.registry is not None, found.problems
    return found.registry


@pytest.mark.parametrize("text", LAYOUTS.values(), ids=LAYOUTS)
def test_every_line_stays_and_every_entry_counts_for_nothing_yet(text: str) -> None:
    before = read(text)
    after = inserted(text, propose(FOUND, nobody, before))
    gone = [line for line in text.splitlines() if line not in after.splitlines()]
    assert [line for line in gone if not line.startswith(("contracts: []", "consumers: []", "consumes: []"))] == []
    now = read(after)
    assert now.contracts[: len(before.contracts)] == before.contracts
    assert [contract.id for contract in now.contracts if contract.proposed] == ["api"]
    assert [consumer.id for consumer in now.consumers if consumer.proposed] == ["web"]
    assert [entry.contract for entry in now.consumes if entry.proposed] == ["TODO/TODO#billing"]
    assert now.component is not None


@pytest.mark.parametrize("text", LAYOUTS.values(), ids=LAYOUTS)
def test_nothing_is_proposed_twice(text: str) -> None:
    after = inserted(text, propose(FOUND, nobody, read(text)))
    assert propose(FOUND, nobody, read(after)).is_empty


def test_lists_in_brackets_are_left_to_their_author() -> None:
    text = HEAD + "contracts: [" + OWN.strip(" -\n") + "]\n"
    with pytest.raises(NoPlace, match="in brackets"):
        inserted(text, propose(FOUND, nobody, read(text)))
