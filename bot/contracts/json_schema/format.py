"""JSON Schema as a format: recognise, references, compare."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any

import orjson

from bot.contracts.change import Comparison, Place
from bot.contracts.document import Document, Position, Side
from bot.contracts.formats import SideUnreadable, positions
from bot.contracts.json_schema.comparison import DataComparison, reading
from bot.contracts.json_schema.resources import SchemaResolver
from bot.contracts.options import Options
from bot.contracts.reading import Unreadable
from bot.contracts.references import referenced_files as files_of
from bot.contracts.roots import Felt, group
from bot.contracts.schema import Dialect, SchemaChange
from bot.contracts.schema.paths import ROOT
from bot.contracts.tree import Node, Pointer, UnresolvedReference

_EXTENSIONS = (".json", ".yaml", ".yml", ".jsonschema")
_NAMED = re.compile(rb"""["']?\$schema["']?\s*:\s*["']?https?://json-schema\.org/""")
_META = re.compile(r"https?://json-schema\.org/(?:draft-0([3-7])/schema|draft/(20\d\d-\d\d)/schema|schema)#?\Z")
_DEFINITIONS = ("$defs", "definitions")
_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*\Z")
_NO_CONSTRAINT = frozenset({"$schema", "$id", "id", "title", "description", "$comment", *_DEFINITIONS})


def recognise(path: str, data: bytes) -> bool:
    """By a `$schema` of json-schema.org at the top of the document. A document that is broken is recognised by its
    text all the same, so that it can be said; a meta-schema's own description of itself is one, too.
    """
    if not path.lower().endswith(_EXTENSIONS) or _NAMED.search(data) is None:
        return False
    if data.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] != b"{":
        return re.search(rb"""^["']?\$schema["']?\s*:""", data, re.MULTILINE) is not None
    try:
        value = orjson.loads(data)
    except orjson.JSONDecodeError:
        return True
    return isinstance(value, dict) and isinstance(value.get("$schema"), str) and bool(_META.match(value["$schema"]))


def referenced_files(document: Document) -> frozenset[str]:
    return files_of(document)


def compare(base: Side, head: Side, options: Options) -> Comparison:
    resolvers = SchemaResolver(base), SchemaResolver(head)
    roots = _root(resolvers[0], base, "base"), _root(resolvers[1], head, "head")
    dialects = dialect(roots[0].value), dialect(roots[1].value)
    schemas = DataComparison(*resolvers, dialects, options)
    scope = scope_of(roots[0])
    felt = [_felt(change, scope, change.path, roots) for change in schemas.compare(*roots)]
    felt += _definitions(schemas, resolvers, roots, options)

    def find(side: str, path: str, pointers: Collection[Pointer]) -> Mapping[Pointer, Position]:
        return positions(base, head, side, path, pointers)

    return Comparison(group(felt, find))


def dialect(value: Any) -> Dialect:
    """How references are read: up to draft 7 nothing beside a `$ref` counts.

    What names no draft is of an old one when it has `definitions`, which 2019-09 renamed, and of the newest otherwise.
    """
    if not isinstance(value, dict):
        return "2020-12"
    said = _META.match(str(value.get("$schema", "")))
    old = bool(said[1]) if said is not None else "definitions" in value and "$defs" not in value
    return "openapi-3.0" if old else "2020-12"


def _root(resolver: SchemaResolver, side: Side, name: str) -> Node:
    path = side.entrypoint or ""
    try:
        root = resolver.root(path)
        if not isinstance(root.value, (dict, bool)):
            raise Unreadable(
                "The document is not a JSON Schema: its top level is neither a mapping nor a boolean.", 1, 1
            )
    except Unreadable as error:
        raise SideUnreadable(name, path, error) from None
    return root


def scope_of(root: Node) -> str:
    """What addresses begin with: the schema's title, when it is one word, or the file's name without its endings."""
    title = root.value.get("title") if isinstance(root.value, dict) else None
    if isinstance(title, str) and _WORD.match(title):
        return title
    stem = root.path.rsplit("/", 1)[-1]
    for ending in (".json", ".yaml", ".yml", ".jsonschema", ".schema"):
        stem = stem.removesuffix(ending)
    return quoted(stem)


def quoted(name: str) -> str:
    """A name as addresses write it."""
    return name if _WORD.match(name) else "'" + name.replace("'", "''") + "'"


def _felt(change: SchemaChange, scope: str, path: str, roots: tuple[Node, Node]) -> Felt:
    named = any(part in _DEFINITIONS for part in change.site.pointer)
    definition = change.definition
    if not named and change.site.path in (roots[0].path, roots[1].path):
        definition = None
    return Felt(
        fact=change.fact,
        place=Place(f"{scope}:{path}", change.place_attributes),
        site=change.site,
        side=change.side,
        before=change.before,
        after=change.after,
        identity=change.identity,
        attributes=change.attributes,
        definition=definition,
    )


def _definitions(
    schemas: DataComparison,
    resolvers: tuple[SchemaResolver, SchemaResolver],
    roots: tuple[Node, Node],
    options: Options,
) -> Iterator[Felt]:
    """Named definitions that the schema itself does not use: other files may. Those that it uses are compared there."""
    old, new = (dict(_named(root)) for root in roots)
    used = {name for resolver, root in zip(resolvers, roots, strict=True) for name in _reached(resolver, root)}
    library = all(isinstance(root.value, dict) and root.value.keys() <= _NO_CONSTRAINT for root in roots)
    for name, before in old.items():
        after = new.get(name)
        if after is None:
            if library or name not in used:
                yield _definition(name, before, "base", "schema.definition.removed", options, removed=True)
        elif name not in used:
            for change in schemas.compare(before, after):
                yield _felt(change, quoted(name), change.path, roots)
    for name, after in new.items():
        if name not in old and (library or name not in used):
            yield _definition(name, after, "head", "schema.definition.added", options, removed=False)


def _definition(name: str, site: Node, side: Any, fact: str, options: Options, *, removed: bool) -> Felt:
    place = {"direction": "response", **reading(("breaks" if removed else "fine", "fine"), options.mode, None)}
    return Felt(
        fact=fact,
        place=Place(f"{quoted(name)}:{ROOT}", place),
        site=site,
        side=side,
        identity=(name, "") if removed else ("", name),
        attributes={"name": name},
    )


def _named(root: Node) -> Iterator[tuple[str, Node]]:
    for keyword in _DEFINITIONS:
        below = root.value.get(keyword) if isinstance(root.value, dict) else None
        for name in below if isinstance(below, dict) else ():
            yield str(name), root.child(keyword, name)


def _reached(resolver: SchemaResolver, root: Node) -> set[str]:
    """The names of the root's definitions that it refers to, directly or through others."""
    found: set[str] = set()
    start = root.value if isinstance(root.value, dict) else {}
    waiting = [Node(root.path, (), {key: below for key, below in start.items() if key not in _DEFINITIONS})]
    seen: set[tuple[str, Pointer]] = set()
    while waiting:
        node = waiting.pop()
        for reference in _references(node.value):
            try:
                target = resolver.resolve(Node(node.path, node.pointer, {"$ref": reference}))
            except UnresolvedReference:
                continue
            key = target.path, target.pointer
            if key in seen:
                continue
            seen.add(key)
            if target.path == root.path and len(target.pointer) >= 2 and target.pointer[0] in _DEFINITIONS:
                found.add(str(target.pointer[1]))
            waiting.append(target)
    return found


def _references(value: Any) -> Iterator[str]:
    waiting = [value]
    while waiting:
        at = waiting.pop()
        if isinstance(at, list):
            waiting.extend(at)
        elif isinstance(at, dict):
            if isinstance(at.get("$ref"), str):
                yield at["$ref"]
            waiting.extend(at.values())
