"""Pairs of JSON Schemas for the tests."""

from __future__ import annotations

from datetime import date
from typing import Any

import orjson

from bot.contracts.change import Change
from bot.contracts.document import Document, Side
from bot.contracts.formats import compare
from bot.contracts.json_schema.proof import Answer, Prover
from bot.contracts.json_schema.proof.formula import Schema
from bot.contracts.options import Options
from bot.contracts.references import FileResolver

TODAY = date(2026, 11, 21)


def side(schema: Any, path: str = "order.schema.json") -> Side:
    data = orjson.dumps(schema)
    return Side(path, {path: Document(path, str(hash(data)), data)})


def changes(before: Any, after: Any, **options: Any) -> tuple[Change, ...]:
    return compare("json-schema", side(before), side(after), options=Options(today=TODAY, **options)).changes


def readings(before: Any, after: Any, **options: Any) -> set[tuple[str, str, str]]:
    """Facts with the addresses where they are felt, and what they do to readers there."""
    return {
        (change.fact, place.address, str(place.attributes["reading"]))
        for change in changes(before, after, **options)
        for place in change.places
    }


def answer(data: Any, reader: Any, **options: Any) -> Answer:
    """Whether every value of `data` is one of `reader`."""
    options = {"content": "strict", **options}
    sides = side(data), side(reader)
    prover = Prover(FileResolver(sides[0]), FileResolver(sides[1]), (True, True), Options(TODAY, **options), "base")
    path = str(sides[0].entrypoint)
    return prover.included([Schema("base", path, (), data)], [Schema("head", path, (), reader)])
