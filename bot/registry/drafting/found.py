"""What was found in a repository, each thing with the place that says so."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from bot.contracts.document import Position

Scheme = Literal["semver", "calver", "integer", "path"]


@dataclass(frozen=True, slots=True)
class Stated:
    """A text that a file states."""

    text: str
    position: Position


@dataclass(frozen=True, slots=True)
class Versioned:
    """How a contract is versioned. origin: where versions are written, in the registry's words (`info.version`)."""

    scheme: Scheme
    origin: str
    stated: Stated


@dataclass(frozen=True, slots=True)
class Outdated:
    """An element that the contract marks as deprecated. sunset: a day, or empty."""

    element: str
    position: Position
    sunset: str = ""


@dataclass(frozen=True, slots=True)
class User:
    """Who uses a contract, by what the repository's files show.

    name: as the files call it. kind: of evidence. ref: the file, or a glob of them. elements: what is used, each with
    its first place; none when the files do not say. seen: the day of the newest of the files, `YYYY-MM-DD`, or empty.
    provider: what they call the contract, empty when they do not.
    """

    name: str
    kind: str
    ref: str
    position: Position
    elements: Mapping[str, Position] = field(default_factory=dict)
    seen: str = ""
    provider: str = ""


@dataclass(frozen=True, slots=True)
class Contract:
    """A contract by its content.

    paths: the files it is made of. files: patterns that name just these. entrypoint: the one document that the others
    are parts of. known: the first line that shows what it is. operations: what callers can call, for asking which of
    them nobody uses.
    """

    format: str
    paths: tuple[str, ...]
    files: tuple[str, ...]
    entrypoint: str | None
    known: Position
    title: Stated | None = None
    version: Versioned | None = None
    deprecated: tuple[Outdated, ...] = ()
    shared_marks: tuple[Position, ...] = ()
    operations: tuple[str, ...] = ()
    users: tuple[User, ...] = ()


@dataclass(frozen=True, slots=True)
class Consumed:
    """A contract of another repository that this one consumes. contract, component: as the files call the two.

    provider: for `evidence_from`, empty where the kind of evidence does not say.
    """

    contract: str
    component: str
    kind: str
    path: str
    position: Position
    provider: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """Everything. ignored: globs of folders whose contracts were left out, and how many lie there. notes: sentences
    about what could not be looked into.
    """

    contracts: tuple[Contract, ...] = ()
    consumed: tuple[Consumed, ...] = ()
    ignored: Mapping[str, int] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
