"""A process that lives long reads the same bytes once, and never mistakes one file for another."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bot.contracts import references
from bot.contracts.document import Document, Side
from bot.contracts.references import FileResolver, keep_readings


@pytest.fixture(autouse=True)
def keeping(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(references, "_readings", None)
    keep_readings(1_000)
    yield


def value(text: str, name: str = "a.yaml") -> object:
    return FileResolver(Side(name, {name: Document(name, "sha", text.encode())})).root(name).value


def test_the_same_bytes_are_read_once() -> None:
    assert value("a: [1]\n") is value("a: [1]\n")


def test_other_bytes_under_the_same_name_and_sha_are_another_value() -> None:
    assert value("a: 1\n") == {"a": 1}
    assert value("a: 2\n") == {"a": 2}


def test_what_is_larger_than_the_room_is_read_each_time() -> None:
    text = "a: " + "x" * 2_000 + "\n"
    assert value(text) == value(text)
    assert value(text) is not value(text)
