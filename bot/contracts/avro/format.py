"""Avro as a format: recognise, compare."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

import orjson

from bot.contracts.avro.comparison import compare_schemas, roots_of
from bot.contracts.avro.model import Avro
from bot.contracts.avro.parsing import Meaningless, parse
from bot.contracts.avro.protocol import compare_protocols, protocol_roots
from bot.contracts.avro.record import Record
from bot.contracts.change import Comparison
from bot.contracts.document import Document, Fault, Position, Side
from bot.contracts.formats import SideUnreadable, positions
from bot.contracts.options import Options
from bot.contracts.reading import Unreadable, locate, read
from bot.contracts.roots import group
from bot.contracts.tree import Pointer

_IDL = re.compile(rb"^\s*(?:@[\w-]+\([^)]*\)\s*)*(?:protocol\s+\w+\s*\{|namespace\s+[\w.]+\s*;|schema\s+[^;]+;)", re.M)
_MAY_BE_RECORD = re.compile(rb'"type"\s*:\s*"record"')


def recognise(path: str, data: bytes) -> bool:
    """By the ending and what Avro documents begin with; a `.json` file by being a record with fields. One that is
    broken is recognised by its ending all the same, so that it can be said.
    """
    lower = path.lower()
    if lower.endswith((".avsc", ".avpr")):
        return data.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"{", b"[", b'"')
    if lower.endswith(".avdl"):
        return _IDL.search(data) is not None
    if not lower.endswith(".json") or _MAY_BE_RECORD.search(data) is None:
        return False
    try:
        value = orjson.loads(data)
    except orjson.JSONDecodeError:
        return False
    return (
        isinstance(value, dict)
        and value.get("type") == "record"
        and isinstance(value.get("name"), str)
        and isinstance(value.get("fields"), list)
    )


def referenced_files(document: Document) -> frozenset[str]:  # noqa: ARG001
    """A schema names types, never files."""
    return frozenset()


def compare(base: Side, head: Side, options: Options) -> Comparison:
    old, new = _read(base, "base"), _read(head, "head")
    record = Record(old, new, options.mode)
    if old.root is not None and new.root is not None:
        compare_schemas(record, old.root, new.root)
        roots = roots_of(old), roots_of(new)
    elif old.root is None and new.root is None:
        compare_protocols(record, old, new)
        scope = new.protocol.rpartition(".")[2]
        roots = protocol_roots(old, scope), protocol_roots(new, scope)
    else:
        what = "a protocol" if new.root is None else "a schema"
        raise SideUnreadable(
            "head", new.path, Unreadable(f"The document became {what}, which can't be compared with what it was.", 1, 1)
        )

    def find(side: str, path: str, pointers: Collection[Pointer]) -> Mapping[Pointer, Position]:
        return positions(base, head, side, path, pointers)

    return Comparison(group(record.felt(roots), find), faults=_faults(head, new), not_checked=_not_checked(new))


def _read(side: Side, name: str) -> Avro:
    path = side.entrypoint or ""
    document = side.documents.get(path)
    if document is None:
        reason = Unreadable(f"The file {side.unreadable.get(path, 'is missing')}.")
        raise SideUnreadable(name, path, reason)
    if path.lower().endswith(".avdl"):
        reason = Unreadable(
            "Avro IDL is recognised but not compared yet: commit the protocol (`.avpr`) that `avro-tools idl` makes "
            "of it, and register that file.",
            1,
            1,
        )
        raise SideUnreadable(name, path, reason)
    try:
        return parse(path, read(document))
    except Unreadable as error:
        raise SideUnreadable(name, path, error) from None
    except Meaningless as error:
        at = locate(document, [error.pointer])[error.pointer]
        raise SideUnreadable(name, path, Unreadable(error.message, at.line, at.column)) from None


def _faults(side: Side, avro: Avro) -> tuple[Fault, ...]:
    if not avro.faults:
        return ()
    found = locate(side.documents[avro.path], [pointer for _, pointer in avro.faults])
    return tuple(Fault(message, found[pointer]) for message, pointer in avro.faults)


def _not_checked(avro: Avro) -> tuple[str, ...]:
    if not any("is not defined in this file" in message for message, _ in avro.faults):
        return ()
    return ("Types that another file defines were compared by their names alone.",)
