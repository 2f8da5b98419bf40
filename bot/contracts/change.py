"""Facts: what is different between two sides of a contract, and where."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from bot.contracts.document import Fault, Position

Direction = Literal["request", "response", "none"]
"""Who writes the value: the consumer (request, command) or the producer (response, event, stored record)."""

AttributeValue = str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class Place:
    """One place in the contract that a change reaches.

    `address` is an element address (see bot.contracts.address), for example `GET /orders/{id} 200:$.customer.email`.
    `attributes` are what rules may ask for besides the change's own: `direction` is always there; a comparison adds
    what
    its rules need (`part`: body | property | parameter | header, `status`: success | other, `required`, ...).
    """

    address: str
    attributes: Mapping[str, AttributeValue] = field(default_factory=dict)

    @property
    def direction(self) -> str:
        return str(self.attributes.get("direction", "none"))


@dataclass(frozen=True, slots=True)
class Change:
    """One fact with one root cause, wherever in the contract it is felt.

    fact: dotted id, only ever added to, never renamed (`schema.property.removed`).
    element: address of the root cause. Inline: the address of its only place. In a shared definition: the definition's
        name and the path below it (`Order:$.status`), however many places reach it.
    before, after: small plain values that a reader sees (a type, a number, an enum value); None when absent.
    identity: the normalised old and new values that make it this change and no other; part of every fingerprint.
    attributes: what rules match on (`where`) and titles are filled from (`{name}`).
    places: every place reached, sorted by address; at least one.
    position: at head, or at base for what was removed (`side` says which). None only when there is no text to point to.
    """

    fact: str
    element: str
    places: tuple[Place, ...]
    before: object = None
    after: object = None
    identity: tuple[str, str] = ("", "")
    attributes: Mapping[str, AttributeValue] = field(default_factory=dict)
    position: Position | None = None
    side: Literal["base", "head"] = "head"


@dataclass(frozen=True, slots=True)
class Comparison:
    """Everything one comparison of two sides found. `not_checked` are sentences for the reader."""

    changes: tuple[Change, ...]
    faults: tuple[Fault, ...] = ()
    not_checked: tuple[str, ...] = ()
