"""One root cause, one change: many felt differences become the few edits that cause them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from bot.contracts.change import AttributeValue, Place
from bot.contracts.tree import Node


@dataclass(frozen=True, slots=True)
class Felt:
    """A difference as it is met at one place, before grouping.

    site: the node whose edit causes it (the head's, or the base's for what was removed: `side`); its position is
        looked up later.
    definition: name of the nearest named definition that holds the site (`Order`) and the path below it (`$.status`),
        None when the site is inline.
    """

    fact: str
    place: Place
    site: Node
    side: Literal["base", "head"]
    before: object = None
    after: object = None
    identity: tuple[str, str] = ("", "")
    attributes: Mapping[str, AttributeValue] = field(default_factory=dict)
    definition: tuple[str, str] | None = None
