"""The JSON Schema of the registry file, for editors. Generated from the models, published as docs/schema."""

from __future__ import annotations

import json
from typing import Any

from bot.registry.model import RegistryFile


def json_schema() -> dict[str, Any]:
    """The schema of one registry file, either half."""
    schema = _open_for_extensions(RegistryFile.model_json_schema(by_alias=True))
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Countersign contract registry",
        **{key: value for key, value in schema.items() if key != "title"},
    }


def schema_text() -> str:
    """The schema as it is published: indented, keys in the models' order, one newline at the end."""
    return json.dumps(json_schema(), indent=2, ensure_ascii=False) + "\n"


def _open_for_extensions(node: Any) -> Any:
    """Closed objects still take keys of other tools, `x-*`. Generated titles only repeat the key."""
    if isinstance(node, list):
        return [_open_for_extensions(item) for item in node]
    if not isinstance(node, dict):
        return node
    result = {
        key: _open_for_extensions(value)
        for key, value in node.items()
        if not (key == "title" and isinstance(value, str))
    }
    if result.get("additionalProperties") is False:
        result["patternProperties"] = {"^x-": {}}
    return result
