"""The JSON Schema of an explanation, published as docs/schema, and the tables of its fields in docs/api.md."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator
from typing import Any

from pydantic import TypeAdapter

from bot.report import explained
from bot.report.explained_described import DESCRIPTIONS

_TITLES = {
    "Explanation": "The answer",
    "Shown": "`check`",
    "Asked": "One of `requirements`",
    "Said": "A signature, a waiver, a ruling",
    "Account": "An account: `by`, `proposed_by`",
    "Found": "One of `findings`",
    "Reached": "One of `consumers` of a finding",
    "Objected": "One of `objections`",
    "Reclassified": "One of `reclassified`",
    "Superseded": "One of `superseded`",
    "Commanded": "One of `commands`",
    "Barred": "One of `may_not_sign`",
    "Fact": "One of `facts`",
    "Closed": "`closed`",
    "Row": "One of `ledger`",
}


def json_schema() -> dict[str, Any]:
    """Every field is always there; further ones may come, and readers ignore what they do not know."""
    generated = TypeAdapter(explained.Explanation).json_schema(mode="serialization")
    whole = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Countersign explanation",
        **_described("Explanation", generated),
        "$defs": {name: _described(name, one) for name, one in sorted(generated["$defs"].items())},
    }
    whole["properties"]["version"]["const"] = explained.VERSION
    return whole


def schema_text() -> str:
    """As it is published: indented, one newline at the end."""
    return json.dumps(json_schema(), indent=2, ensure_ascii=False) + "\n"


def tables() -> str:
    """Markdown: a table of fields for each kind of object, as docs/api.md has them."""
    return "\n\n".join("\n".join(_table(name)) for name in _TITLES) + "\n"


def _table(name: str) -> Iterator[str]:
    yield f"| {_TITLES[name]} | |\n| --- | --- |"
    for field in dataclasses.fields(getattr(explained, name)):
        yield f"| `{field.name}` | {DESCRIPTIONS[name][field.name]} |"


def _described(name: str, model: dict[str, Any]) -> dict[str, Any]:
    properties = {
        field: {"description": DESCRIPTIONS[name][field], **_plain(schema)}
        for field, schema in model["properties"].items()
    }
    return {"type": "object", "properties": properties, "required": list(properties)}


def _plain(schema: dict[str, Any]) -> dict[str, Any]:
    """Without the titles, which only repeat the field, and the defaults, which mean nothing to a reader."""
    return {key: value for key, value in schema.items() if key not in ("title", "default")}
