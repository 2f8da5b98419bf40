"""The JSON Schema of the registry file, for editors. Generated from the models, published as docs/schema."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from bot.registry.described import DESCRIPTIONS
from bot.registry.model import RegistryFile


def json_schema() -> dict[str, Any]:
    """The schema of one registry file, either half."""
    generated = RegistryFile.model_json_schema(by_alias=True)
    models = {RegistryFile.__name__: generated, **generated["$defs"]}
    for name, model in models.items():
        _describe(model, DESCRIPTIONS.get(name, {}))
    schema = _open_for_extensions(generated)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Countersign contract registry",
        **{key: value for key, value in schema.items() if key != "title"},
    }


def schema_text() -> str:
    """The schema as it is published: indented, keys in the models' order, one newline at the end."""
    return json.dumps(json_schema(), indent=2, ensure_ascii=False) + "\n"


def _describe(model: dict[str, Any], descriptions: Mapping[str, str]) -> None:
    """Each term with its description; what the models say of themselves is for those who work on the code."""
    model.pop("description", None)
    for term, schema in model.get("properties", {}).items():
        if term in descriptions:
            model["properties"][term] = {"description": descriptions[term], **schema}


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
