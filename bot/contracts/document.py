"""The files a contract is made of, and places in them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """A range in a file of the repository. Lines and columns count from 1; the end column is exclusive."""

    path: str
    line: int
    column: int = 1
    end_line: int = 0
    end_column: int = 0


@dataclass(frozen=True, slots=True)
class Document:
    """One file of the repository at one commit. `blob_sha` is git's name for exactly these bytes."""

    path: str
    blob_sha: str
    data: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Side:
    """One side (merge base or head) of a contract.

    `entrypoint` is the path the comparison starts from, None when the contract is not there on this side.
    `documents` holds the entrypoint and every file reached from it by `$ref`, by path.
    `unreadable` says, by path, why a file that is named could not be had ("is a symbolic link", "is too large").
    `unread`: git's name for what stands there instead, by path, as far as it is known.
    `entrypoints`: of a contract that is a set of files, those of `documents` that are the contract's own; the others
        are only referred to. Empty: all are, or there is but the one entrypoint.
    """

    entrypoint: str | None
    documents: Mapping[str, Document] = field(default_factory=dict)
    unreadable: Mapping[str, str] = field(default_factory=dict)
    entrypoints: frozenset[str] = frozenset()
    unread: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Fault:
    """Something wrong with the document itself, which did not stop the comparison. Reported once, never blocking."""

    message: str
    position: Position | None
