"""The formats that can be compared. Above this module nothing knows one format from another.

Adding a format is one entry in `FORMATS`. Formats are imported when they are first needed.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Literal, Protocol, cast

from bot.contracts.change import AttributeValue, Change, Comparison, Place
from bot.contracts.document import Document, Position, Side
from bot.contracts.options import Options
from bot.contracts.reading import Unreadable, error_position, locate
from bot.contracts.tree import Pointer
from bot.contracts.used import Uses

__all__ = ["FORMATS", "Options", "compare", "recognise", "referenced_files", "used_elements"]

WHOLE = "**"
"""The address of everything in a contract."""


class Format(Protocol):
    """What the module of a format offers."""

    def recognise(self, path: str, data: bytes) -> bool:
        """Whether this is a document of the format that stands for itself. By content, cheap, never an error."""
        ...

    def referenced_files(self, document: Document) -> frozenset[str]:
        """The paths that the document refers to."""
        ...

    def compare(self, base: Side, head: Side, options: Options) -> Comparison:
        """Both sides have their entrypoint. Raises SideUnreadable when one of these cannot be read."""
        ...


@dataclass(frozen=True, slots=True)
class _Entry:
    """of: what a contract of this format is. one: a document, with what it refers to. files: the files that the
    registry names, each meaning something without the others (and with what it refers to), so that of many only those
    that a change touches are compared. all: the files that the registry names, none of which means anything alone.
    parted: whether a document may have parts in files of its own, that it refers to by `$ref`.
    """

    module: str
    of: Literal["one", "files", "all"] = "one"
    parted: bool = False

    def load(self) -> Format:
        return cast("Format", import_module(self.module))


FORMATS: Mapping[str, _Entry] = {
    "asyncapi": _Entry("bot.contracts.asyncapi.format", parted=True),
    "avro": _Entry("bot.contracts.avro.format"),
    "graphql": _Entry("bot.contracts.graphql.format", of="all"),
    "json-schema": _Entry("bot.contracts.json_schema.format", parted=True),
    "openapi": _Entry("bot.contracts.openapi.format", parted=True),
    "other": _Entry("bot.contracts.other"),
    "protobuf": _Entry("bot.contracts.protobuf.format", of="files"),
}
"""By the name that a registry gives as `type`."""

SETS = frozenset(name for name, entry in FORMATS.items() if entry.of != "one")
"""Formats whose contract is a set of files, compared together."""

WHOLE_SETS = frozenset(name for name, entry in FORMATS.items() if entry.of == "all")
"""Those of SETS that need all files of the contract, changed or not."""

PARTED = frozenset(name for name, entry in FORMATS.items() if entry.parted)
"""Formats of which a changed YAML or JSON file may be a part, without being a document itself."""

ONLY_DECLARED = frozenset({"other"})
"""Formats of which no file can be known by its content: a registry names them."""


class SideUnreadable(Exception):
    """The entrypoint of one side cannot be compared, because of `error`."""

    def __init__(self, side: str, path: str, error: Unreadable) -> None:
        super().__init__(str(error))
        self.side = side
        self.path = path
        self.error = error


_OPENING = re.compile(rb"""(?:\xef\xbb\xbf)?\s*(?:\{\s*)?(["']?)(openapi|swagger|asyncapi)\1\s*:\s*["']?\d""")
_BY_FIRST_KEY = {b"openapi": "openapi", b"swagger": "openapi", b"asyncapi": "asyncapi"}


def recognise(path: str, data: bytes) -> str | None:
    """The format of a file that is a contract document of its own, by its content; None for every other file."""
    opening = _OPENING.match(data) if path.lower().endswith((".json", ".yaml", ".yml")) else None
    if opening is not None and (format := _BY_FIRST_KEY[opening[2]]) in FORMATS:
        return format  # what its first key says needs no reading of 13 MB
    return next((name for name, entry in FORMATS.items() if entry.load().recognise(path, data)), None)


def referenced_files(format: str, document: Document) -> frozenset[str]:
    """The repository paths that a document of this format refers to."""
    entry = FORMATS.get(format)
    return entry.load().referenced_files(document) if entry is not None else frozenset()


def used_elements(format: str, schema: Side, documents: Mapping[str, Document]) -> Uses:
    """What documents of a consumer use of a schema; nothing known of formats that have no such documents."""
    entry = FORMATS.get(format)
    walk = getattr(entry.load(), "used_elements", None) if entry is not None else None
    if walk is None:
        return Uses((), (f"What is used of a contract of type `{format}` can't be read from documents.",))
    try:
        return cast("Uses", walk(schema, documents))
    except RecursionError:
        return Uses((), ("The documents nest too deeply to be read.",))


def compare(format: str, base: Side, head: Side, *, options: Options) -> Comparison:
    """Everything that differs between two sides of one contract. Never raises for what stands in the documents."""
    if base.entrypoint is None and head.entrypoint is None:
        return Comparison(())
    if (base.entrypoint is None or head.entrypoint is None) and format not in SETS - WHOLE_SETS:
        return Comparison((_came_or_went(base, head),))
    if _identical(base, head):
        return Comparison(())
    entry = FORMATS.get(format)
    if entry is None:
        known = ", ".join(sorted(FORMATS))
        reason = Unreadable(f"Contracts of type `{format}` cannot be compared yet. Supported: {known}.")
        return Comparison((_unreadable(base, head, SideUnreadable("head", head.entrypoint or "", reason)),))
    try:
        return entry.load().compare(base, head, options)
    except SideUnreadable as error:
        return Comparison((_unreadable(base, head, error),))
    except RecursionError:
        reason = Unreadable("The document's definitions nest too deeply to be compared.")
        return Comparison((_unreadable(base, head, SideUnreadable("head", head.entrypoint or "", reason)),))


def positions(
    base: Side, head: Side, side: str, path: str, pointers: Collection[Pointer]
) -> Mapping[Pointer, Position]:
    """Where values of a file stand. Nothing when the file is not there."""
    document = (base if side == "base" else head).documents.get(path)
    return locate(document, pointers) if document is not None else {}


def _identical(base: Side, head: Side) -> bool:
    """The same file names with the same bytes, and nothing that could not be had."""
    return (
        base.entrypoint == head.entrypoint
        and not base.unreadable
        and not head.unreadable
        and base.documents.keys() == head.documents.keys()
        and bool(base.documents)
        and all(head.documents[path].data == document.data for path, document in base.documents.items())
    )


def _came_or_went(base: Side, head: Side) -> Change:
    if base.entrypoint is None:
        path, side, fact = str(head.entrypoint), head, "contract.added"
    else:
        path, side, fact = base.entrypoint, base, "contract.removed"
    blob = _blobs(side)
    return Change(
        fact=fact,
        element=WHOLE,
        places=(Place(WHOLE, {"direction": "none"}),),
        before=path if fact == "contract.removed" else None,
        after=path if fact == "contract.added" else None,
        identity=(blob, "") if fact == "contract.removed" else ("", blob),
        attributes={"name": path, "path": path},
        position=Position(path, 1),
        side="base" if fact == "contract.removed" else "head",
    )


def _unreadable(base: Side, head: Side, error: SideUnreadable) -> Change:
    """A signature for this is for exactly these bytes, so the blobs are its identity."""
    attributes: dict[str, AttributeValue] = {
        "reason": error.error.message,
        "side_name": error.side,
        "name": error.path,
        "path": error.path,
    }
    return Change(
        fact="contract.unreadable",
        element=WHOLE,
        places=(Place(WHOLE, {"direction": "none"}),),
        identity=(_blobs(base), _blobs(head)),
        attributes=attributes,
        position=error_position(error.path, error.error),
        side="base" if error.side == "base" else "head",
    )


def _blobs(side: Side) -> str:
    """The bytes of all files of a side: the blob's sha when there is one file, else a digest of them all."""
    found = {**side.unreadable, **side.unread, **{path: document.blob_sha for path, document in side.documents.items()}}
    if len(found) <= 1:
        return next(iter(found.values()), "")
    return hashlib.sha256("\n".join(f"{path} {found[path]}" for path in sorted(found)).encode()).hexdigest()[:40]
