"""AsyncAPI as a format: recognise, references, compare."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

import orjson

from bot.contracts.asyncapi.comparison import compare as compare_documents
from bot.contracts.asyncapi.model import AsyncApi
from bot.contracts.asyncapi.reading import Reader
from bot.contracts.asyncapi.record import Record
from bot.contracts.change import Comparison
from bot.contracts.document import Document, Position, Side
from bot.contracts.formats import SideUnreadable, positions
from bot.contracts.options import Options
from bot.contracts.reading import Unreadable
from bot.contracts.references import FileResolver
from bot.contracts.references import referenced_files as files_of
from bot.contracts.roots import group
from bot.contracts.schema import SchemaComparison
from bot.contracts.tree import Pointer

_EXTENSIONS = (".yaml", ".yml", ".json")
_YAML_KEY = re.compile(rb"""^(?:\xef\xbb\xbf)?["']?asyncapi["']?[ \t]*:[ \t]*["']?\d""", re.MULTILINE)
_JSON_KEY = re.compile(rb"""["']asyncapi["']\s*:\s*["']?\d""")
_SUPPORTED = re.compile(r"[23]\.\d+(\.\d+)?(-.*)?\Z")


def recognise(path: str, data: bytes) -> bool:
    """By the `asyncapi` key at the top of the document. One that is broken is recognised all the same."""
    if not path.lower().endswith(_EXTENSIONS):
        return False
    if data.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] != b"{":
        return _YAML_KEY.search(data) is not None
    if _JSON_KEY.search(data) is None:
        return False
    try:
        value = orjson.loads(data)
    except orjson.JSONDecodeError:
        return True
    return isinstance(value, dict) and "asyncapi" in value


def referenced_files(document: Document) -> frozenset[str]:
    return files_of(document)


def compare(base: Side, head: Side, options: Options) -> Comparison:
    resolvers = FileResolver(base), FileResolver(head)
    old, new = _read(resolvers[0], base, "base"), _read(resolvers[1], head, "head")
    # AsyncAPI's schemas are a superset of JSON Schema draft 7, in which nothing beside a `$ref` counts.
    schemas = SchemaComparison(*resolvers, "openapi-3.0", "openapi-3.0", options)
    record = Record(schemas, resolvers, options)
    compare_documents(record, old, new)

    def find(side: str, path: str, pointers: Collection[Pointer]) -> Mapping[Pointer, Position]:
        return positions(base, head, side, path, pointers)

    return Comparison(group(record.felt, find), not_checked=tuple(record.not_checked))


def _read(resolver: FileResolver, side: Side, name: str) -> AsyncApi:
    path = side.entrypoint or ""
    try:
        root = resolver.root(path)
        if not isinstance(root.value, dict):
            raise Unreadable("The document is not an AsyncAPI description: its top level is not a mapping.", 1, 1)
        version = str(root.value.get("asyncapi", ""))
        if not version:
            raise Unreadable("The document has no `asyncapi:` version, so it is not an AsyncAPI description.", 1, 1)
        if not _SUPPORTED.match(version):
            raise Unreadable(f"AsyncAPI version `{version[:40]}` is not supported. Supported: 2.x and 3.x.", 1, 1)
    except Unreadable as error:
        raise SideUnreadable(name, path, error) from None
    return Reader(resolver, root).read()
