"""Answers as JSON, and back.

Stable: `version` goes up when something is removed or changes its meaning; fields may be added without that. The fields
are those of the values in bot.registry.asking; what is not known is ignored on reading. `answer` of a removal is the
worst of its contracts'.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError

from bot.registry.asking.picture import Map
from bot.registry.asking.removal import Removal
from bot.registry.asking.unbacked import Unbacked
from bot.registry.asking.users import Users

VERSION = 1

Told = Users | Removal | Unbacked | Map
T = TypeVar("T", bound=Told)

_ADAPTERS: Mapping[type, TypeAdapter[Any]] = {kind: TypeAdapter(kind) for kind in (Users, Removal, Unbacked, Map)}


class NotUnderstood(Exception):
    """What came is no answer of this kind and version. The message is for a person."""


def to_plain(told: Told) -> dict[str, Any]:
    """The answer as a JSON object."""
    summed = {"answer": told.answer.value} if isinstance(told, Removal) else {}
    return {"version": VERSION, **summed, **_ADAPTERS[type(told)].dump_python(told, mode="json")}


def to_json(told: Told) -> str:
    """ASCII only, indented, one newline at the end."""
    return json.dumps(to_plain(told), indent=2) + "\n"


def from_plain(kind: type[T], value: object) -> T:
    """An answer that a server has given. Raises NotUnderstood."""
    if not isinstance(value, dict) or value.get("version") != VERSION:
        raise NotUnderstood(f"the server speaks another version than {VERSION}: use the countersign that fits to it")
    try:
        read: T = _ADAPTERS[kind].validate_python(value)
    except ValidationError as error:
        where = ".".join(str(step) for step in error.errors()[0]["loc"])
        raise NotUnderstood(f"the server's answer is not understood at `{where}`") from None
    return read
