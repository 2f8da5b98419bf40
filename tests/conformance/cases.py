"""Case files: verdicts of other tools' own test suites, one JSON object a line."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import orjson

from bot.contracts.document import Document, Side

_DATE = re.compile(r"\d{4}-\d\d-\d\d")

FORMATS = {"json_schema": "json-schema", "avro": "avro"}
"""Names that case files use for formats which the registry calls otherwise."""

_LEVELS = {"error": "breaking", "warning": "risky", "info": "compatible"}


@dataclass(frozen=True, slots=True)
class Case:
    """One pair with the verdict of its source.

    levels: whether the source found a warning (what the case says risky is), None when it gives no levels.
    raw: the case as it stands in its file, for what only one source has.
    """

    name: str
    format: str
    mode: str
    base: Side
    head: Side
    breaking: bool
    levels: frozenset[str] | None
    raw: Mapping[str, Any] = field(default_factory=dict)

    def day(self, today: date) -> date:
        """The day on which the source judged, if it says so."""
        said = _DATE.search(self.mode)
        return date.fromisoformat(said[0]) if said else today


def read_cases(path: Path) -> Iterator[Case]:
    """The cases of one file, in order."""
    with path.open("rb") as lines:
        for line in lines:
            if line.strip():
                yield _case(orjson.loads(line))


def _case(raw: Mapping[str, Any]) -> Case:
    format = FORMATS.get(raw["format"], raw["format"])
    expected = raw.get("expected")
    levels = None
    if isinstance(expected, list) and all(isinstance(one, dict) and one.get("level") in _LEVELS for one in expected):
        levels = frozenset(_LEVELS[one["level"]] for one in expected)
    return Case(
        name=str(raw["name"]),
        format=format,
        mode=str(raw.get("mode", "")),
        base=_side(raw["base"], format),
        head=_side(raw["revision"], format),
        breaking=bool(raw["expected_breaking"]),
        levels=levels,
        raw=raw,
    )


def _side(value: Any, format: str) -> Side:
    """A value is one document, a string its text; for formats of several files a mapping of paths to texts."""
    if value is None:
        return Side(None)
    if isinstance(value, dict) and value and all(_is_file(path, text) for path, text in value.items()):
        documents = {path: _document(path, text.encode()) for path, text in value.items()}
        return Side(next(iter(documents)), documents)
    path = f"contract.{'json' if not isinstance(value, str) else 'yaml' if format == 'openapi' else 'txt'}"
    data = value.encode() if isinstance(value, str) else orjson.dumps(value)
    return Side(path, {path: _document(path, data)})


def _is_file(path: str, text: Any) -> bool:
    return isinstance(text, str) and "." in path and ("\n" in text or "/" in path)


def _document(path: str, data: bytes) -> Document:
    return Document(path, hashlib.sha1(data, usedforsecurity=False).hexdigest(), data)
