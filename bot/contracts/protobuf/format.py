"""Protobuf as a format: recognise, references, compare. A contract is a set of files."""

from __future__ import annotations

import re

from bot.contracts.change import Comparison
from bot.contracts.document import Document, Side
from bot.contracts.options import Options
from bot.contracts.protobuf.comparison import compare as compare_sides
from bot.contracts.protobuf.names import imports_of
from bot.contracts.protobuf.record import category

_STATEMENT = re.compile(rb"^[ \t]*(?:syntax|edition|package|import|message|enum|service|extend|option)\b", re.MULTILINE)


def recognise(path: str, data: bytes) -> bool:
    """A file named `.proto` with a statement of the language at the start of a line."""
    return path.lower().endswith(".proto") and _STATEMENT.search(data.removeprefix(b"\xef\xbb\xbf")) is not None


def referenced_files(document: Document) -> frozenset[str]:
    return imports_of(document)


def compare(base: Side, head: Side, options: Options) -> Comparison:
    record = compare_sides(base, head, category(options))
    return Comparison(record.finished(), tuple(record.faults), tuple(record.not_checked))
