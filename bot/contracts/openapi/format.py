"""OpenAPI as a format: recognise, references, compare."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

import orjson

from bot.contracts.change import Comparison
from bot.contracts.document import Document, Fault, Position, Side
from bot.contracts.formats import SideUnreadable, positions
from bot.contracts.openapi.comparison import compare as compare_documents
from bot.contracts.openapi.faults import faults
from bot.contracts.openapi.swagger import OpenApiResolver
from bot.contracts.options import Options
from bot.contracts.reading import Unreadable
from bot.contracts.references import referenced_files as files_of
from bot.contracts.roots import group
from bot.contracts.tree import Node, Pointer

_EXTENSIONS = (".yaml", ".yml", ".json")
_YAML_KEY = re.compile(rb"""^(?:\xef\xbb\xbf)?["']?(?:openapi|swagger)["']?[ \t]*:[ \t]*["']?\d""", re.MULTILINE)
_JSON_KEY = re.compile(rb"""["'](?:openapi|swagger)["']\s*:\s*["']?\d""")
_SUPPORTED = re.compile(r"3\.[012](\.\d+)?(-.*)?\Z")


def recognise(path: str, data: bytes) -> bool:
    """By the `openapi` or `swagger` key at the top of the document. YAML is not parsed for it, JSON only when it may
    hold the key. A document that names it and is broken is recognised all the same, so that it can be said.
    """
    if not path.lower().endswith(_EXTENSIONS):
        return False
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        data = data.decode("utf-16", "replace").encode()
    if data.lstrip()[:1] != b"{":
        return _YAML_KEY.search(data) is not None
    if _JSON_KEY.search(data) is None and _YAML_KEY.search(data) is None:
        return False
    try:
        value = orjson.loads(data)
    except orjson.JSONDecodeError:
        return True
    return isinstance(value, dict) and ("openapi" in value or "swagger" in value)


def referenced_files(document: Document) -> frozenset[str]:
    return files_of(document)


def compare(base: Side, head: Side, options: Options) -> Comparison:
    resolvers = OpenApiResolver(base), OpenApiResolver(head)
    roots = _root(resolvers[0], base, "base"), _root(resolvers[1], head, "head")
    record = compare_documents(*resolvers, roots, options)

    def find(side: str, path: str, pointers: Collection[Pointer]) -> Mapping[Pointer, Position]:
        return _written_at(resolvers[side == "head"], base, head, side, path, pointers)

    wrong = faults(roots[1], resolvers[1])
    placed = find("head", roots[1].path, {node.pointer for _, node in wrong if node.path == roots[1].path})
    told = tuple(Fault(sentence, placed.get(node.pointer)) for sentence, node in wrong)
    return Comparison(group(record.felt, find), faults=told, not_checked=tuple(record.not_checked))


def _written_at(
    resolver: OpenApiResolver, base: Side, head: Side, side: str, path: str, pointers: Collection[Pointer]
) -> Mapping[Pointer, Position]:
    """Where values stand in the text, also those of a document that was read in the words of another version."""
    origins = {pointer: resolver.origin(path, pointer) for pointer in pointers}
    by_file: dict[str, set[Pointer]] = {}
    for file, pointer in origins.values():
        by_file.setdefault(file, set()).add(pointer)
    found = {file: positions(base, head, side, file, written) for file, written in by_file.items()}
    return {pointer: found[file][written] for pointer, (file, written) in origins.items() if written in found[file]}


def _root(resolver: OpenApiResolver, side: Side, name: str) -> Node:
    """The entrypoint's value. Raises SideUnreadable when it is not an OpenAPI document that can be compared."""
    path = side.entrypoint or ""
    try:
        root = resolver.root(path)
        _check(root.value)
    except Unreadable as error:
        raise SideUnreadable(name, path, error) from None
    return root


def _check(value: object) -> None:
    if not isinstance(value, dict):
        raise Unreadable("The document is not an OpenAPI description: its top level is not a mapping.", 1, 1)
    version = str(value.get("openapi", ""))
    if not version:
        said = value.get("swagger")
        if said is not None:
            raise Unreadable(f"Swagger version `{str(said)[:40]}` is not supported. Supported: 2.0.", 1, 1)
        raise Unreadable("The document has no `openapi:` version, so it is not an OpenAPI description.", 1, 1)
    if version != "2.0" and not _SUPPORTED.match(version):
        raise Unreadable(f"OpenAPI version `{version[:40]}` is not supported. Supported: 2.0, 3.0, 3.1 and 3.2.", 1, 1)
