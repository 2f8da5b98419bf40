"""Evidence is read in a child, too, for nobody vouches for what stands in it."""

from __future__ import annotations

import pickle

import pytest

from bot.parsing.child import Child, ChildLimits
from bot.parsing.pool import ComparisonPool
from bot.parsing.protocol import frame, read_answer
from bot.registry.importers.imported import Hint, Imported, Question, Sighting
from tests.registry.importers.asking import contract, document

STUB = {"request": {"method": "GET", "url": "/orders"}, "response": {"jsonBody": [{"id": 1}]}}


async def test_what_evidence_shows_comes_back_from_a_child_and_is_kept() -> None:
    stub = document("stub.json", STUB)
    question = Question("openapi", contract(), frozenset({"orders"}))
    async with ComparisonPool([Child()]) as pool:
        shown = await pool.import_evidence("stub", question, {stub.path: stub})
        again = await pool.import_evidence("stub", question, {stub.path: stub})
        other = await pool.import_evidence("stub", Question("graphql", contract()), {stub.path: stub})

    assert [one.element for one in shown.used] == ["GET /orders 200:$[*].id"]
    assert again == shown and pool.statistics.cached == 1
    assert not other.used and other.problems


async def test_a_file_that_kills_its_child_is_a_problem_that_names_the_files() -> None:
    files = {path: document(path, "[" + "{}," * 3_000_000 + "{}]") for path in ("a.json", "b.json")}
    async with ComparisonPool([Child(ChildLimits(seconds=0.05))]) as pool:
        imported = await pool.import_evidence("stub", Question("openapi", contract()), files)

    assert not imported.used and imported.problems[0].startswith("`a.json` or one of 1 more files: Reading")


def test_importers_values_may_be_unpickled_and_their_functions_may_not() -> None:
    imported = Imported((Sighting("GET /a", "p", 1),), (Hint("meaning", "GET /a", "s", "p", 1),), problems=("x",))
    assert read_answer(frame(imported)[8:]) == imported
    with pytest.raises(pickle.UnpicklingError):
        read_answer(pickle.dumps(Question("openapi")))
