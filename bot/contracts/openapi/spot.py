"""Where in an OpenAPI document a comparison stands, in the words of element addresses and of rules."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from bot.contracts.change import AttributeValue, Place

_PLAIN = re.compile(r"[^\s.:\[\]{}'*]+")

EVERYTHING = "**"
"""The address of what concerns the whole contract."""


@dataclass(frozen=True, slots=True)
class Spot:
    """scope: `GET /orders/{id}`, `webhook.newOrder`, or `**`. part: what comes behind it (`200.header:ETag`).

    prefix: a callback's name, put before every part. sent_by_consumer: whether requests here are written by the
    consumer (paths) or by the producer (callbacks and webhooks), who then reads what the consumer answers.
    """

    scope: str = EVERYTHING
    part: str = ""
    prefix: str = ""
    sent_by_consumer: bool = True
    attributes: Mapping[str, AttributeValue] = field(default_factory=lambda: {"direction": "none", "part": "document"})

    @property
    def address(self) -> str:
        part = ".".join(p for p in (self.prefix, self.part) if p)
        return f"{self.scope} {part}" if part else self.scope

    def at(self, part: str, /, **attributes: AttributeValue) -> Spot:
        """The same scope, another part."""
        return replace(self, part=part, attributes={**self.attributes, **attributes})

    def place(self, path: str = "", extra: Mapping[str, AttributeValue] | None = None) -> Place:
        address = f"{self.address}:{path}" if path else self.address
        return Place(address, {**self.attributes, **(extra or {})})

    @property
    def request(self) -> Literal["request", "response"]:
        """The direction of what goes with the request."""
        return "request" if self.sent_by_consumer else "response"

    @property
    def response(self) -> Literal["request", "response"]:
        """The direction of what goes with the response."""
        return "response" if self.sent_by_consumer else "request"


def quoted(text: str) -> str:
    """A name as addresses write it: quoted when it holds characters of the grammar."""
    if _PLAIN.fullmatch(text):
        return text
    doubled = text.replace("'", "''")
    return f"'{doubled}'"
