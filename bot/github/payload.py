"""A webhook's payload, read without trust in its shape."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Payload:
    """An object of JSON. What is missing, null or of another type reads as empty."""

    value: Mapping[str, Any]

    @classmethod
    def of(cls, value: object) -> Payload:
        return cls(value if isinstance(value, Mapping) else {})

    def __bool__(self) -> bool:
        return bool(self.value)

    def child(self, key: str) -> Payload:
        return Payload.of(self.value.get(key))

    def text(self, key: str) -> str:
        value = self.value.get(key)
        return value if isinstance(value, str) else ""

    def number(self, key: str) -> int | None:
        value = self.value.get(key)
        return value if isinstance(value, int) and not isinstance(value, bool) else None

    def items(self, key: str) -> list[Any]:
        value = self.value.get(key)
        return value if isinstance(value, list) else []

    def children(self, key: str) -> list[Payload]:
        return [Payload.of(item) for item in self.items(key)]
