"""What a request, response or message carries: the names in it, and where they stand."""

from __future__ import annotations

import binascii
from base64 import b64decode
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

import orjson

from bot.contracts.tree import Pointer
from bot.registry.importers.names import leaves
from bot.registry.importers.pact.file import Interaction, Part
from bot.registry.importers.pact.matching import Rules

_WRAPPER = frozenset({"content", "contentType", "contentTypeHint", "encoded"})
_FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True)
class Contents:
    """A body. at: its pointer from the interaction. embedded: it is text within the file, so nothing in it has a line
    of its own. opaque: it is there, and no names can be read from it (binary, XML, plain text).
    """

    at: Pointer
    value: Any = None
    media_type: str = ""
    embedded: bool = False
    opaque: bool = False


@dataclass(frozen=True, slots=True)
class Name:
    """A path in a body (`$.items[*].sku`), its pointer in the file, and whether its very value matters."""

    path: str
    pointer: Pointer
    exact: bool


def contents(interaction: Interaction, part: Part, key: str, headers: Mapping[str, Any]) -> Contents | None:
    """The body at `key`. None when there is none, or none is asked for (null).

    Version 4 wraps it (`content`, `contentType`, `encoded`); files with bare contents are met in every version. Before
    version 4, a body of `content` and `contentType` alone is a document that has such fields.
    """
    value = part.value.get(key)
    at: Pointer = (*part.at, key)
    media_type = _media_type(headers)
    encoded: Any = False
    wraps = interaction.typed or (isinstance(value, dict) and "encoded" in value)
    if wraps and isinstance(value, dict) and "content" in value and len(value) > 1 and value.keys() <= _WRAPPER:
        media_type = _essence(value.get("contentType")) or media_type
        encoded = value.get("encoded")
        value, at = value["content"], (*at, "content")
    if value is None:
        return None
    if not isinstance(value, str):
        return Contents(at, value, media_type)
    return _of_text(value, at, media_type, encoded)


def names(found: Contents, interaction: Interaction, rules: Rules) -> Iterator[Name]:
    """Every name in a body. Where its keys are data, any of them is meant."""

    def data_keys(_: str, pointer: Pointer) -> bool:
        return rules.has_data_keys("body", pointer)

    for leaf in leaves(found.value, data_keys):
        at = found.at if found.embedded else found.at + leaf.pointer
        yield Name(leaf.path, interaction.written(at), rules.exact("body", leaf.pointer))


def header_values(value: Any) -> dict[str, Any]:
    return {str(name): below for name, below in value.items() if name} if isinstance(value, dict) else {}


def _of_text(value: str, at: Pointer, media_type: str, encoded: Any) -> Contents:
    if isinstance(encoded, str) and encoded.lower() == "base64":
        try:
            value = b64decode(value, validate=False).decode()
        except (binascii.Error, ValueError):
            return Contents(at, None, media_type, embedded=True, opaque=bool(value))
    if _is_json(media_type) or (encoded and not media_type):
        try:
            return Contents(at, orjson.loads(value), media_type, embedded=True)
        except orjson.JSONDecodeError:
            pass  # a JSON document that is one text is written as that text
    if media_type == _FORM:
        fields = {name: "" for name, _ in parse_qsl(value, keep_blank_values=True) if name}
        return Contents(at, fields, media_type, embedded=True, opaque=not fields)
    return Contents(at, None, media_type, embedded=True, opaque=bool(value))


def _media_type(headers: Mapping[str, Any]) -> str:
    for name, value in headers.items():
        if name.lower().replace("-", "") == "contenttype":
            return _essence(value[0] if isinstance(value, list) and value else value)
    return ""


def _essence(value: Any) -> str:
    return value.partition(";")[0].strip().lower() if isinstance(value, str) else ""


def _is_json(media_type: str) -> bool:
    return media_type.endswith(("/json", "+json"))
