"""What an importer is asked, and what it answers. Names only: values that evidence holds are never kept."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bot.contracts.document import Document, Side

if TYPE_CHECKING:  # pydantic, which no parsing child needs
    from bot.registry.terms import Aspect


@dataclass(frozen=True, slots=True)
class Question:
    """Which contract the evidence is about.

    format: the contract's ("openapi", ...). contract: its documents where they are known (for path templates, message
    names); without them, what needs them is a problem. names: what evidence may call the contract (ids, `known_as`,
    `provider`), any when empty. host: which requests of a recording are to it, any when empty.
    """

    format: str
    contract: Side | None = None
    names: frozenset[str] = frozenset()
    host: str = ""


@dataclass(frozen=True, slots=True)
class Sighting:
    """One element (an address) in use, and where it says so. line counts from 1.

    consumer: as the file calls it, empty when it does not say. exact: the very value matters to the consumer, not only
    that it is there (an equality matcher, a literal of an enumeration).
    pending: recorded, but not counted yet (a pact's pending interaction). offered: only seen to be returned, which
    proves no use.
    """

    element: str
    path: str
    line: int
    consumer: str = ""
    exact: bool = False
    pending: bool = False
    offered: bool = False


@dataclass(frozen=True, slots=True)
class Hint:
    """What a consumer may be assuming, for a person to confirm (a provider state, an error that it expects)."""

    aspect: Aspect
    at: str
    statement: str
    path: str
    line: int
    consumer: str = ""


@dataclass(frozen=True, slots=True)
class Imported:
    """complete: what is not listed is not used (whole operations, a full pact). problems: sentences for a reader that
    name the file, the line where there is one, and what could not be followed; with any, nothing is complete.
    """

    used: tuple[Sighting, ...] = ()
    hints: tuple[Hint, ...] = ()
    complete: bool = False
    problems: tuple[str, ...] = field(default=())


Importer = Callable[[Question, Mapping[str, Document]], Imported]
"""The files of one kind, by path, to what they show. Never raises because of what is in them."""
